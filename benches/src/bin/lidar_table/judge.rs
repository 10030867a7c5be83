//! The rules: which cars count, what is right, what is neither right nor wrong.
//!
//! Cars with at least [`AP_POINTS`] points count for average precision, those with at least
//! [`RECALL_POINTS`] for recall, where a detection is right whose centre lies within a metre.
//! Vans, cars with fewer points, regions to leave out, cars of the ignore list, what is beyond the
//! range and what the image does not see count neither way ([`RecallRules`]).

use crate::detector::{self, Detector};
use crate::follow::{self, Settings, TrackRows};
use crate::scenes::{Frame, Scene, Source};
use anyhow::Result;
use delos_core::BenchmarkRow;
use delos_eval::detection::{
    BandRecall, CutReport, MatchRule, RecallFrame, RecallReport, RecallRules, RecallScores,
};

/// Least number of points for average precision and for recall.
pub(crate) const AP_POINTS: u32 = 10;
pub(crate) const RECALL_POINTS: u32 = 30;
/// The precision at which recall is asked for.
const PRECISION: f64 = 0.7;
/// Farthest cars of the table, metres.
const FARTHEST_M: f64 = 60.0;
/// Within this, the cut of the scores is chosen, metres.
const NEAR_M: f64 = 40.0;
/// Bands of distance, metres.
const BANDS_M: [[f64; 2]; 4] = [[0.0, 20.0], [20.0, 40.0], [40.0, 60.0], [0.0, 40.0]];

/// What is found in a scene.
pub(crate) struct Found {
    /// Rows of each frame, each frame alone.
    pub(crate) alone: Vec<Vec<BenchmarkRow>>,
    /// Rows of each frame, tracked; none where every frame is a scene of its own.
    pub(crate) tracked: Option<Vec<TrackRows>>,
}

impl Found {
    pub(crate) fn of(scene: &Scene, detector: &mut Detector, settings: &Settings) -> Result<Self> {
        let mut tracker = match scene.source {
            Source::Objects => None,
            _ => Some(settings.tracker()?),
        };
        let (mut alone, mut tracked) = (Vec::new(), Vec::new());
        for frame in &scene.frames {
            let [all, chain] = detector.detect(frame)?;
            let camera = frame.labels.as_ref().map_or(&frame.camera, |labels| &labels.camera);
            alone.push(detector::rows(frame.number, &all, camera));
            if let Some(tracker) = &mut tracker {
                let moment = (frame.number, frame.stamp);
                tracked.push(follow::step(tracker, moment, frame.world_from_ego, &chain, camera)?);
            }
        }
        Ok(Self { alone, tracked: tracker.map(|_| tracked) })
    }
}

/// The judged frames of some sources.
pub(crate) fn frames<'a>(
    scenes: &'a [Scene],
    found: &'a [Found],
    sources: &[Source],
    is_tracked: bool,
) -> Vec<RecallFrame<'a>> {
    let both = scenes.iter().zip(found).filter(|(scene, _)| sources.contains(&scene.source));
    both.flat_map(|(scene, found)| {
        scene.frames.iter().enumerate().filter_map(move |(at, frame)| {
            let results = match (&found.tracked, is_tracked) {
                (Some(tracked), true) => tracked.get(at).map(|rows| &rows.all)?,
                (_, false) => found.alone.get(at)?,
                (None, true) => return None,
            };
            judged(frame, results)
        })
    })
    .collect()
}

fn judged<'a>(frame: &'a Frame, results: &'a [BenchmarkRow]) -> Option<RecallFrame<'a>> {
    let labels = frame.labels.as_ref()?;
    let (truth, points, ignore) = (&labels.truth, &labels.points, &labels.ignore);
    Some(RecallFrame { truth, points, results, ignore })
}

/// A row of the table by distance.
pub(crate) struct Line {
    pub(crate) band_m: [f64; 2],
    /// Recall, precision and errors at the cut.
    pub(crate) cut: CutReport,
    /// Cars that count for average precision.
    pub(crate) counted: u64,
    /// At overlaps of 0.5 and 0.7.
    pub(crate) ap: [Option<f64>; 2],
}

/// The table by distance, and the least score of its cut: the one with the highest recall among
/// those with a precision of [`PRECISION`] within [`NEAR_M`].
pub(crate) fn lines(frames: &[RecallFrame<'_>]) -> (Option<f64>, Vec<Line>) {
    let centre = MatchRule::Centre(1.0);
    let score = add(frames, centre, RECALL_POINTS, NEAR_M).report().recall_at[0].score;
    let far = add(frames, centre, RECALL_POINTS, FARTHEST_M);
    let reports = [NEAR_M, FARTHEST_M].map(|range_m| {
        [0.5, 0.7].map(|iou| add(frames, MatchRule::Iou(iou), AP_POINTS, range_m).report())
    });
    let line = |band_m: [f64; 2]| {
        let ap = ap_of(&reports, band_m);
        let [from, to] = band_m;
        let cut = far.cut(score.unwrap_or(f64::INFINITY), from, to);
        Line { band_m, cut, counted: ap[0].0, ap: ap.map(|(_, ap)| ap) }
    };
    (score, BANDS_M.map(line).into())
}

/// Cars that count in a band, and the average precision there.
fn ap_of(reports: &[[RecallReport; 2]; 2], band_m: [f64; 2]) -> [(u64, Option<f64>); 2] {
    let [near, far] = reports;
    let is_it = |band: &&BandRecall| {
        let mut edges = [band.from_m, band.to_m].into_iter().zip(band_m);
        edges.all(|(edge, wanted)| (edge - wanted).abs() < 1e-9)
    };
    let in_band = |report: &RecallReport| {
        report.bands.iter().find(is_it).map(|band| (band.counted, band.ap_r40))
    };
    [0, 1].map(|at| in_band(&far[at]).unwrap_or((near[at].counted, near[at].ap_r40)))
}

/// What is asked of a range as a whole.
pub(crate) struct Whole {
    /// Cars that count for recall, and recall at the stated precision.
    pub(crate) recall: (u64, Option<f64>),
    /// Recall and precision of everything that is found, whatever its score.
    pub(crate) uncut: [Option<f64>; 2],
    /// Cars that count for average precision.
    pub(crate) counted: u64,
    /// At overlaps of 0.5 and 0.7.
    pub(crate) ap: [Option<f64>; 2],
}

pub(crate) fn whole(frames: &[RecallFrame<'_>], range_m: f64) -> Whole {
    let metre = add(frames, MatchRule::Centre(1.0), RECALL_POINTS, range_m).report();
    let [half, most] =
        [0.5, 0.7].map(|iou| add(frames, MatchRule::Iou(iou), AP_POINTS, range_m).report());
    Whole {
        recall: (metre.counted, metre.recall_at[0].recall),
        uncut: [metre.recall, metre.precision],
        counted: half.counted,
        ap: [half.ap_r40, most.ap_r40],
    }
}

fn add(frames: &[RecallFrame<'_>], rule: MatchRule, points: u32, range_m: f64) -> RecallScores {
    let rules = RecallRules {
        match_rule: rule,
        min_points: points,
        max_range_m: Some(range_m),
        precisions: vec![PRECISION],
        band_edges_m: vec![0.0, 20.0, 40.0, 60.0],
        ..RecallRules::default()
    };
    let mut scores = RecallScores::new(rules);
    for frame in frames {
        scores.add(frame);
    }
    scores
}
