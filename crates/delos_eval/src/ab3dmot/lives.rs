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
