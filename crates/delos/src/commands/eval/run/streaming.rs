//! Scores of what is held at each labelled instant.

use super::detection::object_report;
use super::folder::{DETECTIONS_2D, RunFolder, RunSequence};
use super::judge::Pairing;
use super::publication::Path;
use super::report::{Streaming, StreamingRow, Timing};
use super::tracking;
use anyhow::{Context, Result};
use delos_core::{ObjectClass, Span, Stamp};
use delos_eval::streaming::{
    Instant, Publication, Seen, Work, newest_seen, side_by_side, single_worker,
};
use delos_eval::tracking::COMBINED;

const MEASURED: &str = "Answers are there when the run, in realtime, published them.";
const SIMULATED: &str = "Answers are there when the work on their frame, as measured, would be done \
                         by one worker that takes the newest frame whenever it is free. Tracks are \
                         those of a chain that sees every frame.";

/// The run without latency, with its own, and with more of it.
pub(super) fn streaming(
    run: &RunFolder,
    classes: &[ObjectClass],
    added_ms: &[f64],
) -> Result<Streaming> {
    let is_realtime = run.facts.launch.run.pace == "realtime";
    let own = if is_realtime { Timing::Measured } else { Timing::SingleWorker };
    let mut wanted = vec![(Timing::NoLatency, 0.0)];
    if !is_realtime {
        wanted.push((Timing::SideBySide, 0.0));
    }
    wanted.push((own, 0.0));
    wanted.extend(added_ms.iter().map(|ms| (own, *ms)));
    let rows = wanted.into_iter().map(|(timing, ms)| row(run, classes, timing, ms));
    let rows = rows.collect::<Result<_>>()?;
    Ok(Streaming { source: if is_realtime { MEASURED } else { SIMULATED }, rows })
}

fn row(
    run: &RunFolder,
    classes: &[ObjectClass],
    timing: Timing,
    added_ms: f64,
) -> Result<StreamingRow> {
    let launch = &run.facts.launch;
    let tracks = Path::to(launch, "tracks").context("the run's launch file has no tracker")?;
    let pairings = pairings(run, &tracks, timing, added_ms);
    let mut report = tracking::report(&pairings, classes)?;
    let camera = Path::to(launch, "detections_2d");
    let camera = camera.map(|camera| {
        let pairings = self::pairings(run, &camera, timing, added_ms);
        let report = object_report(&pairings, DETECTIONS_2D, classes);
        let counted = report.classes.into_iter().filter_map(|(class, scores)| {
            let level = scores.image?.moderate;
            (level.counted > 0).then_some((class.name(), level.ap_r40))
        });
        counted.collect()
    });
    let ages: Vec<f64> = pairings.iter().flat_map(ages_ms).collect();
    let instants: usize = pairings.iter().map(|pairing| pairing.seen.len()).sum();
    Ok(StreamingRow {
        timing,
        added_ms,
        age_ms: (!ages.is_empty()).then(|| ages.iter().sum::<f64>() / ages.len() as f64),
        without_answer: instants - ages.len(),
        tracking: report.sequences.remove(COMBINED).unwrap_or_default(),
        camera_ap_r40: camera.unwrap_or_default(),
    })
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
