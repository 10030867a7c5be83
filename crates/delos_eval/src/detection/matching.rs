//! The benchmark's way to match the objects and detections of one frame.

/// A labelled object.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Truth {
    /// Whether finding it is neither right nor wrong.
    pub(crate) is_ignored: bool,
    /// The angle under which the camera sees it, radians.
    pub(crate) alpha: f64,
    /// The detections that overlap it by more than the least overlap: position among the
    /// frame's detections in ascending order, and overlap.
    pub(crate) near: Vec<(usize, f64)>,
}

/// A detection.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Candidate {
    /// How sure the detector is.
    pub(crate) score: f64,
    /// The angle under which the camera sees it, radians.
    pub(crate) alpha: f64,
    /// Whether it is too low to be right or wrong. It can still take an object.
    pub(crate) is_ignored: bool,
    /// Whether it lies in a region where nothing is wrong.
    pub(crate) is_excused: bool,
}

/// One frame for one class, one kind of box and one difficulty.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Scene {
    /// The objects that count or are ignored, in the order of the file.
    pub(crate) truths: Vec<Truth>,
    /// The detections that count or are ignored, in the order of the file.
    pub(crate) found: Vec<Candidate>,
}

/// What one frame, or all of them, come to at one cut of the scores.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Counts {
    /// Objects that are found.
    pub(crate) right: usize,
    /// Detections that found nothing.
    pub(crate) wrong: usize,
    /// Objects that are not found.
    pub(crate) missed: usize,
    /// Sum over the right ones of `(1 + cos(difference of alpha)) / 2`.
    pub(crate) similarity: f64,
}

impl Scene {
    /// How many objects count.
    pub(crate) fn counted(&self) -> usize {
        self.truths.iter().filter(|truth| !truth.is_ignored).count()
    }

    /// Scores of the right detections when each object takes the surest one that is free
    /// (`computeStatistics` with `compute_fp` false): the recalls are sampled from these.
    pub(crate) fn surest_scores(&self, taken: &mut Vec<bool>, scores: &mut Vec<f64>) {
        reset(taken, self.found.len());
        for truth in &self.truths {
            let free = truth.near.iter().map(|(at, _)| *at).filter(|at| !taken[*at]);
            let surest = free.reduce(|best, next| {
                if self.found[next].score > self.found[best].score { next } else { best }
            });
            let Some(at) = surest else { continue };
            taken[at] = true;
            if !truth.is_ignored && !self.found[at].is_ignored {
                scores.push(self.found[at].score);
            }
        }
    }

    /// The counts of the detections with at least the score `cut` (`computeStatistics` with
    /// `compute_fp` true): each object in turn takes the free one that overlaps it most.
    pub(crate) fn counts_at(&self, cut: f64, taken: &mut Vec<bool>) -> Counts {
        reset(taken, self.found.len());
        let mut counts = Counts::default();
        for truth in &self.truths {
            let Some(at) = self.choice(truth, cut, taken) else {
                counts.missed += usize::from(!truth.is_ignored);
                continue;
            };
            taken[at] = true;
            if !truth.is_ignored && !self.found[at].is_ignored {
                counts.right += 1;
                let turn = truth.alpha - self.found[at].alpha;
                counts.similarity += f64::midpoint(1.0, turn.cos());
            }
        }
        for (found, taken) in self.found.iter().zip(&*taken) {
            let is_wrong = found.score >= cut && !taken && !found.is_ignored && !found.is_excused;
            counts.wrong += usize::from(is_wrong);
        }
        counts
    }

    /// Of the detections that are free, the one that overlaps most; where all of them are
    /// ignored, the first.
    fn choice(&self, truth: &Truth, cut: f64, taken: &[bool]) -> Option<usize> {
        let free = || {
            truth.near.iter().copied().filter(|(at, _)| !taken[*at] && self.found[*at].score >= cut)
        };
        let most = free()
            .filter(|(at, _)| !self.found[*at].is_ignored)
            .reduce(|best, next| if next.1 > best.1 { next } else { best });
        most.or_else(|| free().next()).map(|(at, _)| at)
    }

    /// The scores that occur, descending, each once.
    pub(crate) fn cuts(&self) -> Vec<f64> {
        let mut cuts: Vec<f64> = self.found.iter().map(|found| found.score).collect();
        cuts.sort_by(|a, b| b.total_cmp(a));
        cuts.dedup_by(|a, b| a.total_cmp(b).is_eq());
        cuts
    }
}

fn reset(taken: &mut Vec<bool>, len: usize) {
    taken.clear();
    taken.resize(len, false);
}
