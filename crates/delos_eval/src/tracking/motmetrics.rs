//! CLEAR and identity scores by the definitions of `py-motmetrics`.

use super::Identity;
use super::matcher::{Matcher, NONE};
use super::scene::{FrameView, Pair, Scene};
use serde::Serialize;

/// Distance (one less overlap) up to which an object and a result can be a pair.
const MAX_DISTANCE: f64 = 0.5;
/// Objects found in at least this share of their frames are mostly tracked.
const MOSTLY_TRACKED: f64 = 0.8;
/// Objects found in less than this share of their frames are mostly lost.
const MOSTLY_LOST: f64 = 0.2;

/// The metrics of `py-motmetrics` 1.4.0 (its list `motchallenge_metrics`), under its names.
///
/// They differ from [`Clear`](super::Clear): pairs are kept as long as they overlap by half,
/// however long ago they were made and whatever would fit better; of the others as many
/// pairs as possible are made, of smallest distance; `motp` is a distance (0 is best), an
/// object is mostly tracked from 80 % on, itself included, and a fragmentation is a gap
/// between two frames in which an object is found (absence of the object is none). Shares
/// without a divisor are `None`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
#[expect(missing_docs, reason = "names and meaning are those of the reference tool")]
pub struct Motmetrics {
    pub idf1: Option<f64>,
    pub idp: Option<f64>,
    pub idr: Option<f64>,
    pub recall: Option<f64>,
    pub precision: Option<f64>,
    pub num_unique_objects: u64,
    pub mostly_tracked: u64,
    pub partially_tracked: u64,
    pub mostly_lost: u64,
    pub num_false_positives: u64,
    pub num_misses: u64,
    pub num_switches: u64,
    pub num_fragmentations: u64,
    pub mota: Option<f64>,
    pub motp: Option<f64>,
    /// Results that take over an object from another, as they were last newly paired.
    pub num_transfer: u64,
    /// Switches to an identity that was never paired before.
    pub num_ascend: u64,
    /// Transfers to an object that was never paired before.
    pub num_migrate: u64,
}

impl Motmetrics {
    /// Whether a pair overlaps enough.
    pub(super) fn is_match(pair: &Pair) -> bool {
        distance(pair) <= MAX_DISTANCE
    }
}

fn distance(pair: &Pair) -> f64 {
    1.0 - pair.similarity
}

/// What is known of an object.
#[derive(Clone, Copy, Debug)]
struct Object {
    /// The result it belongs to since it was last newly paired.
    partner: u32,
    found: u32,
    /// Missed since it was last found.
    is_lost: bool,
}

const UNSEEN: Object = Object { partner: NONE, found: 0, is_lost: false };

/// Computes the metrics. Keeps its memory.
#[derive(Clone, Debug, Default)]
pub(super) struct MotmetricsMemory {
    objects: Vec<Object>,
    /// For each identity of the results the object it was last newly paired with.
    partner_of_result: Vec<u32>,
    row_taken: Vec<bool>,
    column_taken: Vec<bool>,
    /// Pairs of the frame that are still open.
    open: Vec<Pair>,
}

impl MotmetricsMemory {
    /// The metrics of one sequence, whose identity scores are known.
    pub(super) fn evaluate(
        &mut self,
        scene: &Scene,
        matcher: &mut Matcher,
        identity: &Identity,
    ) -> Motmetrics {
        self.objects.clear();
        self.objects.resize(scene.truth().identities(), UNSEEN);
        self.partner_of_result.clear();
        self.partner_of_result.resize(scene.results().identities(), NONE);
        let mut metrics = Motmetrics::default();
        let mut distances = 0.0;
        for frame in scene.frames() {
            self.begin_frame(frame);
            distances += self.keep_pairs(frame);
            distances += self.make_pairs(frame, matcher, &mut metrics);
            self.count_frame(frame, &mut metrics);
        }
        self.count_objects(scene, &mut metrics);
        with_shares(metrics, scene, distances, identity)
    }

    fn begin_frame(&mut self, frame: FrameView<'_>) {
        self.row_taken.clear();
        self.row_taken.resize(frame.truth.len(), false);
        self.column_taken.clear();
        self.column_taken.resize(frame.results.len(), false);
    }

    /// Keeps the pairs that were made before; returns the sum of their distances.
    fn keep_pairs(&mut self, frame: FrameView<'_>) -> f64 {
        let mut distances = 0.0;
        for pair in frame.pairs.iter().filter(|pair| Motmetrics::is_match(pair)) {
            let partner = self.objects[frame.truth[pair.row as usize].identity as usize].partner;
            let is_partner = partner == frame.results[pair.column as usize].identity;
            if is_partner && !self.column_taken[pair.column as usize] {
                self.take(pair);
                distances += distance(pair);
            }
        }
        distances
    }

    /// Pairs what is left; returns the sum of the distances.
    fn make_pairs(
        &mut self,
        frame: FrameView<'_>,
        matcher: &mut Matcher,
        metrics: &mut Motmetrics,
    ) -> f64 {
        self.open.clear();
        let (rows, columns) = (&self.row_taken, &self.column_taken);
        let is_open = |pair: &&Pair| {
            let is_taken = rows[pair.row as usize] || columns[pair.column as usize];
            Motmetrics::is_match(pair) && !is_taken
        };
        self.open.extend(frame.pairs.iter().filter(is_open));
        matcher.begin();
        for pair in &self.open {
            matcher.add_cost(pair.row, pair.column, distance(pair));
        }
        let mut distances = 0.0;
        for chosen in matcher.most_then_cheapest(frame.truth.len(), frame.results.len()) {
            let pair = self.open[*chosen as usize];
            self.take(&pair);
            self.join(frame, &pair, metrics);
            distances += distance(&pair);
        }
        distances
    }

    fn take(&mut self, pair: &Pair) {
        self.row_taken[pair.row as usize] = true;
        self.column_taken[pair.column as usize] = true;
    }

    /// Makes a new pair and counts what it breaks.
    fn join(&mut self, frame: FrameView<'_>, pair: &Pair, metrics: &mut Motmetrics) {
        let truth = frame.truth[pair.row as usize].identity;
        let result = frame.results[pair.column as usize].identity;
        let object = &mut self.objects[truth as usize];
        let partner = &mut self.partner_of_result[result as usize];
        if object.partner != NONE && object.partner != result {
            metrics.num_switches += 1;
            metrics.num_ascend += u64::from(*partner == NONE);
        }
        if *partner != NONE && *partner != truth {
            metrics.num_transfer += 1;
            metrics.num_migrate += u64::from(object.partner == NONE);
        }
        object.partner = result;
        *partner = truth;
    }

    fn count_frame(&mut self, frame: FrameView<'_>, metrics: &mut Motmetrics) {
        for (entry, is_found) in frame.truth.iter().zip(&self.row_taken) {
            let object = &mut self.objects[entry.identity as usize];
            if *is_found {
                object.found += 1;
                metrics.num_fragmentations += u64::from(std::mem::take(&mut object.is_lost));
            } else {
                metrics.num_misses += 1;
                object.is_lost = object.found > 0;
            }
        }
        let wrong = self.column_taken.iter().filter(|is_taken| !**is_taken).count();
        metrics.num_false_positives += wrong as u64;
    }

    fn count_objects(&self, scene: &Scene, metrics: &mut Motmetrics) {
        metrics.num_unique_objects = self.objects.len() as u64;
        for (object, frames) in self.objects.iter().zip(scene.truth().counts()) {
            let share = f64::from(object.found) / f64::from(*frames);
            if share >= MOSTLY_TRACKED {
                metrics.mostly_tracked += 1;
            } else if share >= MOSTLY_LOST {
                metrics.partially_tracked += 1;
            } else {
                metrics.mostly_lost += 1;
            }
        }
    }
}

/// All that follows from the counts.
fn with_shares(
    metrics: Motmetrics,
    scene: &Scene,
    distances: f64,
    identity: &Identity,
) -> Motmetrics {
    let share = |part: f64, whole: f64| (whole > 0.0).then(|| part / whole);
    let (objects, results) = (scene.truth().len() as f64, scene.results().len() as f64);
    let found = objects - metrics.num_misses as f64;
    let errors = metrics.num_misses + metrics.num_switches + metrics.num_false_positives;
    let right = identity.true_positives as f64;
    Motmetrics {
        idf1: share(2.0 * right, objects + results),
        idp: share(right, results),
        idr: share(right, objects),
        recall: share(found, objects),
        precision: share(found, found + metrics.num_false_positives as f64),
        mota: share(errors as f64, objects).map(|wrong| 1.0 - wrong),
        motp: share(distances, found),
        ..metrics
    }
}
