//! One pass over all sequences at one threshold.

use super::lives::{Lives, Step};
use super::matching::Matcher;
use super::report::Scores;
use super::scene::{Frame, Scene};

/// What a pass counts.
#[derive(Default)]
pub(super) struct Pass {
    slots: u64,
    objects: u64,
    tracks: u64,
    matched: u64,
    matched_ignored: u64,
    missed: u64,
    missed_ignored: u64,
    boxes: u64,
    excused: u64,
    overlap: f64,
    precision: f64,
    lives: Lives,
}

impl Pass {
    /// Drops the tracks below the threshold and matches the rest.
    pub(super) fn run(scenes: &mut [Scene], threshold: f64, matcher: &mut Matcher) -> Self {
        let mut pass = Self::default();
        let mut steps = Vec::new();
        for scene in scenes {
            for track in &mut scene.tracks {
                // Written so that a score that is no number stays, as in the reference.
                let is_below = track.score < threshold;
                track.is_kept = !is_below;
            }
            pass.add_scene(scene, matcher);
            pass.add_lives(scene, &mut steps);
        }
        pass
    }

    /// Matches plus what was missed: what the recall is measured against.
    pub(super) fn recall_base(&self) -> u64 {
        self.matched + self.missed
    }

    fn add_scene(&mut self, scene: &mut Scene, matcher: &mut Matcher) {
        self.slots += scene.slots;
        self.objects += scene.trajectories.len() as u64;
        self.tracks += scene.tracks.len() as u64;
        self.precision += (scene.slots - scene.frames.len() as u64) as f64;
        matcher.make_room(scene.truths.len(), scene.found.len());
        for i in 0..scene.frames.len() {
            match_frame(scene, i, matcher);
            self.add_truths(scene, &scene.frames[i]);
            self.add_found(scene, &scene.frames[i]);
        }
    }

    fn add_truths(&mut self, scene: &Scene, frame: &Frame) {
        let (mut overlap, mut counted) = (0.0, 0u64);
        for truth in &scene.truths[frame.truths.clone()] {
            let ignored = u64::from(truth.is_ignored);
            if let Some(pair) = truth.pair {
                let shared = 1.0 - scene.pairs[pair].cost;
                self.matched += 1;
                self.matched_ignored += ignored;
                self.overlap += shared;
                counted += 1 - ignored;
                overlap += if truth.is_ignored { 0.0 } else { shared };
            } else {
                self.missed += 1 - ignored;
                self.missed_ignored += ignored;
            }
        }
        self.precision += if counted > 0 { overlap / counted as f64 } else { 1.0 };
    }

    fn add_found(&mut self, scene: &Scene, frame: &Frame) {
        for found in &scene.found[frame.found.clone()] {
            if scene.tracks[found.track].is_kept {
                self.boxes += 1;
                self.excused += u64::from(found.is_excusable && !found.was_matched);
            }
        }
    }

    fn add_lives(&mut self, scene: &Scene, steps: &mut Vec<Step>) {
        for trajectory in &scene.trajectories {
            steps.clear();
            steps.extend(trajectory.iter().map(|i| {
                let truth = &scene.truths[*i];
                let track = truth.pair.map(|pair| scene.pairs[pair].track);
                Step { track, is_ignored: truth.is_ignored }
            }));
            self.lives.add(steps);
        }
    }

    /// The scores, `sMOTA` for this recall level.
    pub(super) fn scores(&self, recall_target: f64) -> Scores {
        let (tp, missed) = (self.matched as f64, self.missed as f64);
        let fp = self.boxes - self.matched - self.excused;
        let n_gt = self.matched - self.matched_ignored + self.missed;
        let (truths, switches) = (n_gt as f64, self.lives.switches as f64);
        let wrong = missed + fp as f64;
        let accuracy =
            |wrong: f64| if n_gt == 0 { f64::NEG_INFINITY } else { 1.0 - wrong / truths };
        let out_of_reach = (1.0 - recall_target) * truths;
        let scaled = 1.0 - (wrong + switches - out_of_reach) / (recall_target * truths);
        let (recall, precision) = (ratio(tp, tp + missed), ratio(tp, tp + fp as f64));
        let lives = (self.objects - self.lives.ignored) as f64;
        Scores {
            mota: accuracy(wrong + switches),
            motp: ratio(self.overlap, tp),
            motal: accuracy(wrong + if switches > 0.0 { switches.log10() } else { 0.0 }),
            moda: accuracy(wrong),
            modp: ratio(self.precision, self.slots as f64),
            recall,
            precision,
            f1: ratio(2.0 * (precision * recall), precision + recall),
            far: ratio(fp as f64, self.slots as f64),
            mt: ratio(self.lives.mostly as f64, lives),
            pt: ratio(self.lives.partly as f64, lives),
            ml: ratio(self.lives.lost as f64, lives),
            tp: self.matched,
            itp: self.matched_ignored,
            fp,
            fn_: self.missed,
            ifn: self.missed_ignored,
            id_switches: self.lives.switches,
            fragments: self.lives.fragments,
            n_gt,
            n_igt: self.matched_ignored + self.missed_ignored,
            n_gt_trajectories: self.objects,
            n_tr: self.boxes,
            n_itr: self.excused,
            n_tr_trajectories: self.tracks,
            smota: if n_gt == 0 { f64::NEG_INFINITY } else { scaled.clamp(0.0, 1.0) },
        }
    }
}

/// Gives each labelled box of a frame its pair.
fn match_frame(scene: &mut Scene, frame: usize, matcher: &mut Matcher) {
    let frame = &scene.frames[frame];
    for truth in &mut scene.truths[frame.truths.clone()] {
        truth.pair = None;
    }
    for i in matcher.choose(&scene.pairs, frame.pairs.clone(), &scene.tracks) {
        let pair = &scene.pairs[*i];
        scene.truths[pair.truth].pair = Some(*i);
        scene.found[pair.found].was_matched = true;
    }
}

/// The quotient, 0 where there is nothing to divide by.
fn ratio(part: f64, whole: f64) -> f64 {
    if whole > 0.0 { part / whole } else { 0.0 }
}
