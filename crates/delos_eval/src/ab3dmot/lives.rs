//! How objects are followed over their lives.

/// An object in one frame.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Step {
    /// The track it is matched with.
    pub(super) track: Option<usize>,
    pub(super) is_ignored: bool,
}

/// Counts over objects.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Lives {
    pub(super) mostly: u64,
    pub(super) partly: u64,
    pub(super) lost: u64,
    /// Objects that are ignored in all their frames.
    pub(super) ignored: u64,
    pub(super) switches: u64,
    pub(super) fragments: u64,
}

impl Lives {
    /// Adds an object with all its labelled frames; gaps between these do not exist here.
    ///
    /// As in KITTI's devkit the first frame counts as followed even where the object is
    /// ignored in it, so that the share may exceed 1.
    pub(super) fn add(&mut self, steps: &[Step]) {
        let counted = steps.iter().filter(|step| !step.is_ignored).count();
        if counted == 0 {
            self.ignored += 1;
            return;
        }
        if steps.iter().all(|step| step.track.is_none()) {
            self.lost += 1;
            return;
        }
        let followed = self.walk(steps);
        match followed as f64 / counted as f64 {
            share if share > 0.8 => self.mostly += 1,
            share if share < 0.2 => self.lost += 1,
            _ => self.partly += 1,
        }
    }

    /// Counts switches and fragments; returns in how many frames the object is followed.
    fn walk(&mut self, steps: &[Step]) -> usize {
        let mut last = steps[0].track;
        let mut followed = usize::from(last.is_some());
        for i in 1..steps.len() {
            let Step { track, is_ignored } = steps[i];
            if is_ignored {
                last = None;
            } else if track.is_some() {
                let before = steps[i - 1].track;
                let is_new = last.is_some() && last != track;
                self.switches += u64::from(is_new && before.is_some());
                self.fragments += u64::from(before != track && goes_on(last, steps.get(i + 1)));
                followed += 1;
                last = track;
            }
        }
        followed
    }
}

/// Whether a change counts as a fragment: something was followed before and the next
/// frame is matched too. In an object's last frame every change counts.
fn goes_on(last: Option<usize>, next: Option<&Step>) -> bool {
    next.is_none_or(|next| last.is_some() && next.track.is_some())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A letter is a track, a point nothing; `x` below marks an ignored frame.
    fn lived(tracks: &str, ignored: &str) -> Lives {
        let steps: Vec<_> = tracks
            .bytes()
            .zip(ignored.bytes())
            .map(|(track, ignored)| Step {
                track: (track != b'.').then_some(usize::from(track)),
                is_ignored: ignored == b'x',
            })
            .collect();
        let mut lives = Lives::default();
        lives.add(&steps);
        lives
    }

    /// Wanted values are those of the reference's own loop.
    #[test]
    fn lives_of_single_objects() {
        let table = [
            ("aaaaa", ".....", [1, 0, 0, 0, 0, 0]),
            (".....", ".....", [0, 0, 1, 0, 0, 0]),
            ("aaaaa", "xxxxx", [0, 0, 0, 1, 0, 0]),
            ("aabbb", ".....", [1, 0, 0, 0, 1, 1]),
            ("aa.aa", ".....", [0, 1, 0, 0, 0, 1]),
            ("aa.bb", ".....", [0, 1, 0, 0, 0, 1]),
            ("aa..b", ".....", [0, 1, 0, 0, 0, 1]),
            ("aaaab", ".....", [1, 0, 0, 0, 1, 1]),
            ("....a", ".....", [0, 1, 0, 0, 0, 1]),
            ("aaaa.", ".....", [0, 1, 0, 0, 0, 0]),
            ("a.........", "..........", [0, 0, 1, 0, 0, 0]),
            ("aa........", "..........", [0, 1, 0, 0, 0, 0]),
            ("aaaaaaaa..", "..........", [0, 1, 0, 0, 0, 0]),
            ("aaaaaaaaa.", "..........", [1, 0, 0, 0, 0, 0]),
            ("aaabb", "..x..", [1, 0, 0, 0, 0, 0]),
            ("aabbb", "..x..", [1, 0, 0, 0, 0, 0]),
            ("aa.b.", ".....", [0, 1, 0, 0, 0, 0]),
            ("ababa", ".....", [1, 0, 0, 0, 4, 4]),
            ("a", ".", [1, 0, 0, 0, 0, 0]),
            (".", ".", [0, 0, 1, 0, 0, 0]),
            ("a", "x", [0, 0, 0, 1, 0, 0]),
            ("aa...", "xx...", [0, 1, 0, 0, 0, 0]),
            ("aaa", "xx.", [1, 0, 0, 0, 0, 0]),
            ("ab.", "x..", [1, 0, 0, 0, 1, 0]),
            ("a.b", "...", [0, 1, 0, 0, 0, 1]),
            ("aab", "..x", [1, 0, 0, 0, 0, 0]),
        ];
        for (tracks, ignored, wanted) in table {
            let Lives { mostly, partly, lost, ignored: never, switches, fragments } =
                lived(tracks, ignored);
            let found = [mostly, partly, lost, never, switches, fragments];
            assert_eq!(found, wanted, "{tracks} {ignored}");
        }
    }
}
