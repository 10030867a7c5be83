//! From rows to scores.

use super::clear::ClearMemory;
use super::events::{Events, Place};
use super::frame::{FrameBuffer, SAME};
use super::hota::HotaMemory;
use super::identity::IdentityMemory;
use super::kitti;
use super::matcher::Matcher;
use super::mot::{self, MotRules};
use super::motmetrics::{Motmetrics, MotmetricsMemory};
use super::scene::Scene;
use super::{Count, KittiSequence, MotSequence, Scores};
use crate::EvalError;
use crate::rectangle::Rectangle;
use delos_core::{BenchmarkRow, MotRow, ObjectClass};

/// Scores sequences. One evaluator for each thread: it remembers no sequence, but keeps its
/// memory, so that a frame needs no new one.
#[derive(Clone, Debug, Default)]
pub struct Evaluator {
    scene: Scene,
    matcher: Matcher,
    hota: HotaMemory,
    clear: ClearMemory,
    identity: IdentityMemory,
    motmetrics: MotmetricsMemory,
    kitti: kitti::Buffer,
    mot: FrameBuffer,
}

impl Evaluator {
    /// Scores one class of a sequence of KITTI's tracking benchmark, as `TrackEval`'s
    /// `Kitti2DBox`: rectangles in the image decide. `TrackEval` knows cars (with vans not
    /// held against the tracker) and pedestrians (with sitting persons); other classes follow
    /// the same rules with no such neighbour.
    ///
    /// Rows with a negative identity are left out on both sides, and so are results of other
    /// classes. A truncation between 0 and 1 counts as 0.
    ///
    /// # Errors
    /// [`EvalError::IdTwice`] when an identity that counts is in a frame twice.
    pub fn kitti(
        &mut self,
        sequence: &KittiSequence<'_>,
        class: ObjectClass,
    ) -> Result<Scores, EvalError> {
        self.prepare_kitti(sequence, class)?;
        Ok(self.scores())
    }

    /// What goes wrong in such a sequence, frame by frame.
    ///
    /// # Errors
    /// As [`Evaluator::kitti`].
    pub fn kitti_events(
        &mut self,
        sequence: &KittiSequence<'_>,
        class: ObjectClass,
    ) -> Result<Events, EvalError> {
        self.prepare_kitti(sequence, class)?;
        let KittiSequence(rows) = sequence;
        Ok(self.events(
            |row| benchmark_place(&rows.truth[row as usize]),
            |row| benchmark_place(&rows.results[row as usize]),
        ))
    }

    /// Scores a sequence of `MOTChallenge`, as `TrackEval`'s `MotChallenge2DBox`.
    ///
    /// # Errors
    /// [`EvalError::IdTwice`] when an identity that counts is in a frame twice,
    /// [`EvalError::MotClass`] for a class that the rules do not allow.
    pub fn mot(
        &mut self,
        sequence: &MotSequence<'_>,
        rules: MotRules,
    ) -> Result<Scores, EvalError> {
        self.prepare_mot(sequence, rules)?;
        Ok(self.scores())
    }

    /// What goes wrong in such a sequence, frame by frame.
    ///
    /// # Errors
    /// As [`Evaluator::mot`].
    pub fn mot_events(
        &mut self,
        sequence: &MotSequence<'_>,
        rules: MotRules,
    ) -> Result<Events, EvalError> {
        self.prepare_mot(sequence, rules)?;
        let MotSequence(rows) = sequence;
        Ok(self.events(
            |row| mot_place(&rows.truth[row as usize]),
            |row| mot_place(&rows.results[row as usize]),
        ))
    }

    /// Scores a sequence of `MOTChallenge` by the definitions of `py-motmetrics`.
    ///
    /// # Errors
    /// [`EvalError::IdTwice`] when an identity that counts is in a frame twice.
    pub fn motmetrics(&mut self, sequence: &MotSequence<'_>) -> Result<Motmetrics, EvalError> {
        mot::prepare_motmetrics(&sequence.0, &mut self.mot, &mut self.scene)?;
        let is_match = |pair: &_| Motmetrics::is_match(pair);
        let identity = self.identity.evaluate(&self.scene, &mut self.matcher, is_match);
        Ok(self.motmetrics.evaluate(&self.scene, &mut self.matcher, &identity))
    }

    fn prepare_kitti(
        &mut self,
        sequence: &KittiSequence<'_>,
        class: ObjectClass,
    ) -> Result<(), EvalError> {
        let Self { scene, matcher, kitti, .. } = self;
        kitti::prepare(&sequence.0, class, kitti, matcher, scene)
    }

    fn prepare_mot(
        &mut self,
        sequence: &MotSequence<'_>,
        rules: MotRules,
    ) -> Result<(), EvalError> {
        let Self { scene, matcher, mot, .. } = self;
        mot::prepare(&sequence.0, rules, mot, matcher, scene)
    }

    /// All scores of the prepared scene.
    fn scores(&mut self) -> Scores {
        let Self { scene, matcher, .. } = self;
        Scores {
            hota: self.hota.evaluate(scene, matcher),
            clear: self.clear.evaluate(scene, matcher, |_, _| ()),
            identity: self.identity.evaluate(scene, matcher, |pair| pair.similarity >= SAME),
            count: Count::of(scene),
        }
    }

    /// What goes wrong in the prepared scene.
    fn events(&mut self, truth: impl Fn(u32) -> Place, results: impl Fn(u32) -> Place) -> Events {
        let mut events = Events::default();
        let Self { scene, matcher, .. } = self;
        self.clear.evaluate(scene, matcher, |frame, matched| {
            events.add(scene, frame, matched, &truth, &results);
        });
        events
    }
}

/// What KITTI writes where no place is known.
const NO_PLACE: f64 = -1000.0;

fn benchmark_place(row: &BenchmarkRow) -> Place {
    let [x, _, z] = row.bottom;
    let is_known = row.bottom.iter().all(|value| *value > NO_PLACE);
    Place { image_box: row.image_box, distance_m: is_known.then(|| x.hypot(z)) }
}

fn mot_place(row: &MotRow) -> Place {
    Place { image_box: Rectangle::from_extent(row.rectangle).corners(), distance_m: None }
}
