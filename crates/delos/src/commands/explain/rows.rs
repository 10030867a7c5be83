//! A track frame by frame.

use super::life::{Fate, Life, Row};
use super::range::FrameRange;
use super::words::{self, coarse, number, percent};
use crate::table;
use anyhow::{Result, bail};
use delos_core::{Pairing, Rival};

const HEADS: [&str; 12] = [
    "frame",
    "what",
    "expected",
    "existence",
    "ahead",
    "left",
    "detection",
    "score",
    "prob.",
    "cost",
    "gate",
    "rival",
];

/// One row for each of the frames.
pub(super) fn table(life: &Life<'_>, frames: FrameRange) -> Result<String> {
    let mut rows = vec![HEADS.map(str::to_owned).to_vec()];
    let wanted = life.rows.iter().filter(|row| frames.contains(row.frame));
    rows.extend(wanted.map(|row| cells(row).to_vec()));
    if rows.len() == 1 {
        bail!("track {} is in none of the frames {frames}", life.id);
    }
    if let Fate::Ended { frame, how, .. } = life.fate
        && frames.contains(frame)
    {
        let what = format!("ended: {}", words::end(how.cause));
        rows.push(vec![frame.to_string(), what, String::new(), number(how.existence.get())]);
    }
    Ok(table::texts(&rows))
}

fn cells(row: &Row<'_>) -> [String; 12] {
    let step = row.track.step;
    let [ahead, left] = row.track.place.map(coarse);
    let [detection, score, probability, cost, gate] = pairing(step.pairing.as_ref());
    [
        row.frame.to_string(),
        words::cause(step.cause),
        number(step.expected),
        number(row.track.existence),
        ahead,
        left,
        detection,
        score,
        probability,
        cost,
        gate,
        step.rival.as_ref().map_or_else(String::new, rival),
    ]
}

fn pairing(pairing: Option<&Pairing>) -> [String; 5] {
    let Some(pairing) = pairing else { return std::array::from_fn(|_| "-".to_owned()) };
    let round = if pairing.round > 1 { " (2nd)" } else { "" };
    [
        format!("{}{round}", pairing.detection),
        coarse(pairing.score),
        number(pairing.probability),
        number(pairing.cost),
        percent(pairing.gate_share),
    ]
}

fn rival(Rival { pairing, taken_by }: &Rival) -> String {
    let owner = taken_by.map_or_else(|| "free".to_owned(), |track| format!("track {track}"));
    format!("{} at {}, {owner}", pairing.detection, number(pairing.cost))
}
