//! Scores of tracks.

use super::folder::TRACKS;
use super::judge::Pairing;
use anyhow::{Context, Result};
use delos_core::ObjectClass;
use delos_eval::streaming::retime;
use delos_eval::tracking::{Evaluator, KittiSequence, Report};

/// HOTA, CLEAR and Identity of confirmed tracks, by sequence and together.
pub(super) fn report(pairings: &[Pairing<'_>], classes: &[ObjectClass]) -> Result<Report> {
    let mut evaluator = Evaluator::default();
    let mut parts = Vec::new();
    for pairing in pairings {
        with_sequence(pairing, |sequence| {
            for class in classes {
                let scores = evaluator.kitti(sequence, *class)?;
                parts.push((pairing.sequence.name.clone(), *class, scores));
            }
            Ok(())
        })?;
    }
    Ok(Report::new(parts)?)
}

/// Lends the labels and tracks of a sequence.
pub(super) fn with_sequence<T>(
    pairing: &Pairing<'_>,
    judge: impl FnOnce(&KittiSequence<'_>) -> Result<T>,
) -> Result<T> {
    let sequence = pairing.sequence;
    let truth = pairing.truth_in_image();
    let tracks = retime(sequence.results(TRACKS), &pairing.seen);
    KittiSequence::new(&truth, &tracks, sequence.length())
        .map_err(anyhow::Error::from)
        .and_then(|sequence| judge(&sequence))
        .with_context(|| format!("sequence {}", sequence.name))
}
