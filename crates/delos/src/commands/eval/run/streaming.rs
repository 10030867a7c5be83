//! Scores of what is held at each labelled instant.

use super::detection::object_report;
use super::folder::{DETECTIONS_2D, RunFolder, RunSequence};
use super::judge::Pairing;
use super::publication::Path;
use super::report::{Streaming, StreamingRow, Timing};
use super::tracking;
use anyhow::Result;
use delos_core::{ObjectClass, Span, Stamp};
use delos_eval::streaming::{
    Instant, Publication, Seen, Work, newest_seen, side_by_side, single_worker,
};
use delos_eval::tracking::COMBINED;
use std::collections::BTreeMap;

const MEASURED: &str = "Answers are there when the run, in realtime, published them.";
const SIMULATED: &str = "Answers are there when the work on their frame, as measured, would be done \
                         by one worker that takes the newest frame whenever it is free. Tracks are \
                         those of a chain that sees every frame.";

/// The ways to what is judged, each where there is one.
struct Ways {
    tracks: Option<Path>,
    camera: Option<Path>,
}

impl Streaming {
    /// Whether tracks are judged, and not the camera alone.
    pub(super) fn has_tracks(&self) -> bool {
        self.rows.iter().any(|row| !row.tracking.is_empty())
    }

    /// Whether the camera is judged.
    pub(super) fn has_camera(&self) -> bool {
        self.rows.iter().any(|row| !row.camera_ap_r40.is_empty())
    }
}

/// The run without latency, with its own, and with more of it; `None` where it has neither
/// tracks nor detections in images.
pub(super) fn streaming(
    run: &RunFolder,
    classes: &[ObjectClass],
    added_ms: &[f64],
) -> Result<Option<Streaming>> {
    let to = |port| Path::to(&run.facts.launch, port);
    let ways = Ways { tracks: to("tracks"), camera: to("detections_2d") };
    if ways.tracks.is_none() && ways.camera.is_none() {
        return Ok(None);
    }
    let is_realtime = run.facts.launch.run.pace == "realtime";
    let own = if is_realtime { Timing::Measured } else { Timing::SingleWorker };
    let mut wanted = vec![(Timing::NoLatency, 0.0)];
    if !is_realtime {
        wanted.push((Timing::SideBySide, 0.0));
    }
    wanted.push((own, 0.0));
    wanted.extend(added_ms.iter().map(|ms| (own, *ms)));
    let rows = wanted.into_iter().map(|(timing, ms)| row(run, &ways, classes, timing, ms));
    let rows = rows.collect::<Result<_>>()?;
    Ok(Some(Streaming { source: if is_realtime { MEASURED } else { SIMULATED }, rows }))
}

fn row(
    run: &RunFolder,
    ways: &Ways,
    classes: &[ObjectClass],
    timing: Timing,
    added_ms: f64,
) -> Result<StreamingRow> {
    let held = |path: &Path| pairings(run, path, timing, added_ms);
    let (tracks, camera) = (ways.tracks.as_ref().map(held), ways.camera.as_ref().map(held));
    let report = tracks.as_ref().map(|held| tracking::report(held, classes)).transpose()?;
    let combined = report.and_then(|mut report| report.sequences.remove(COMBINED));
    let aged = tracks.as_ref().or(camera.as_ref()).map_or(&[][..], Vec::as_slice);
    let ages: Vec<f64> = aged.iter().flat_map(ages_ms).collect();
    let instants: usize = aged.iter().map(|pairing| pairing.seen.len()).sum();
    Ok(StreamingRow {
        timing,
        added_ms,
        age_ms: (!ages.is_empty()).then(|| ages.iter().sum::<f64>() / ages.len() as f64),
        without_answer: instants - ages.len(),
        tracking: combined.unwrap_or_default(),
        camera_ap_r40: camera.map_or_else(BTreeMap::new, |held| camera_ap(&held, classes)),
    })
}

/// The camera's average precision for each class of which an object counts.
fn camera_ap(held: &[Pairing<'_>], classes: &[ObjectClass]) -> BTreeMap<&'static str, f64> {
    let report = object_report(held, DETECTIONS_2D, classes);
    let counted = report.classes.into_iter().filter_map(|(class, scores)| {
        let level = scores.image?.moderate;
        (level.counted > 0).then_some((class.name(), level.ap_r40))
    });
    counted.collect()
}

/// What is held at the labelled instants of each sequence.
fn pairings<'a>(
    run: &'a RunFolder,
    path: &Path,
    timing: Timing,
    added_ms: f64,
) -> Vec<Pairing<'a>> {
    let rate = run.facts.launch.run.rate;
    let added = Span::from_secs_f64(added_ms * 1e-3);
    let pairing = |sequence| {
        let published = match timing {
            Timing::NoLatency => side_by_side(&at_once(&path.work(sequence))),
            Timing::Measured => path.measured(sequence, rate),
            Timing::SingleWorker => single_worker(&path.work(sequence)),
            Timing::SideBySide => side_by_side(&path.work(sequence)),
        };
        Pairing::new(sequence, seen(sequence, &published, added))
    };
    run.sequences.iter().map(pairing).collect()
}

/// The same frames without any work.
fn at_once(work: &[Work]) -> Vec<Work> {
    work.iter().map(|work| Work { takes: Span::ZERO, ..*work }).collect()
}

fn seen(sequence: &RunSequence, published: &[Publication], added: Span) -> Vec<Seen> {
    let instant = |frame: &super::folder::RunFrame| Instant {
        frame: frame.frame,
        at: Stamp::from_nanos(frame.stamp),
    };
    let instants: Vec<Instant> = sequence.labelled().map(instant).collect();
    newest_seen(&instants, published, added)
}

/// How old each held answer is.
fn ages_ms(pairing: &Pairing<'_>) -> Vec<f64> {
    let stamp = |frame: u32| pairing.sequence.frame(frame).map(|frame| frame.stamp);
    let held = pairing.seen.iter().filter_map(|seen| {
        let age = stamp(seen.frame)?.saturating_sub(stamp(seen.answer?)?);
        Some(age as f64 * 1e-6)
    });
    held.collect()
}
