//! Which rows count in `MOTChallenge`'s 2-D benchmarks.
//!
//! The rules of `TrackEval` (`datasets/mot_challenge_2d_box.py`): pedestrians are judged;
//! results that lie on something like one are neither right nor wrong.

use super::frame::{FrameBuffer, Labelled};
use super::matcher::Matcher;
use super::scene::Scene;
use super::sequence::{FrameRows, Sequence};
use crate::rectangle::Rectangle;
use crate::{EvalError, Side};
use delos_core::MotRow;

const PEDESTRIAN: i64 = 1;
/// Person on a vehicle, static person, distractor, reflection.
const DISTRACTORS: [i64; 4] = [2, 7, 8, 12];
/// Another vehicle: a distractor in MOT20.
const OTHER_VEHICLE: i64 = 6;
const LAST_CLASS: i64 = 13;

/// The years of `MOTChallenge` differ in what counts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum MotRules {
    /// No classes: all rows of the truth whose flag is not 0 count, and all results.
    #[default]
    Mot15,
    /// MOT16 and MOT17: pedestrians count; results that are matched with persons on vehicles,
    /// static persons, distractors or reflections are taken out.
    Mot16,
    /// As MOT16, with other vehicles among the distractors.
    Mot20,
}

impl MotRules {
    fn counts(self, row: &MotRow) -> bool {
        // `TrackEval` reads the flag as a whole number.
        row.confidence.trunc() != 0.0 && (self == Self::Mot15 || class(row) == PEDESTRIAN)
    }

    fn excuses(self, row: &MotRow) -> bool {
        match self {
            Self::Mot15 => false,
            Self::Mot16 => DISTRACTORS.contains(&class(row)),
            Self::Mot20 => DISTRACTORS.contains(&class(row)) || class(row) == OTHER_VEHICLE,
        }
    }

    fn check(self, sequence: &Sequence<'_, MotRow>) -> Result<(), EvalError> {
        if self == Self::Mot15 {
            return Ok(());
        }
        let wanted = "classes are 1 to 13";
        let is_known = |row: &MotRow| (PEDESTRIAN..=LAST_CLASS).contains(&class(row));
        check_classes(Side::Truth, sequence.truth, is_known, wanted)?;
        let wanted = "results may be pedestrians (1) only";
        check_classes(Side::Results, sequence.results, |row| class(row) <= PEDESTRIAN, wanted)
    }
}

/// The number of the class, where the rows have classes.
const fn class(row: &MotRow) -> i64 {
    row.rest[0] as i64
}

fn check_classes(
    side: Side,
    rows: &[MotRow],
    is_fine: impl Fn(&MotRow) -> bool,
    wanted: &'static str,
) -> Result<(), EvalError> {
    let wrong = rows.iter().find(|row| !is_fine(row));
    wrong.map_or(Ok(()), |row| {
        Err(EvalError::MotClass { side, line: row.line, class: class(row), wanted })
    })
}

/// Fills `scene` with what counts by the rules of a year.
pub(super) fn prepare(
    sequence: &Sequence<'_, MotRow>,
    rules: MotRules,
    frame: &mut FrameBuffer,
    matcher: &mut Matcher,
    scene: &mut Scene,
) -> Result<(), EvalError> {
    rules.check(sequence)?;
    scene.begin(sequence.length());
    for rows in sequence.frames() {
        collect(frame, sequence, rows, |row| (rules.counts(row), rules.excuses(row)));
        frame.overlap();
        if rules != MotRules::Mot15 {
            frame.excuse(matcher);
        }
        frame.hand_over(rows.number, scene);
    }
    scene.end().map_err(|twice| sequence.refuse(twice))
}

/// Fills `scene` as `py-motmetrics` reads it: rows of the truth with a flag of at least 1,
/// results with a confidence of at least -1 (`io.load_motchallenge`).
pub(super) fn prepare_motmetrics(
    sequence: &Sequence<'_, MotRow>,
    frame: &mut FrameBuffer,
    scene: &mut Scene,
) -> Result<(), EvalError> {
    scene.begin(sequence.length());
    for rows in sequence.frames() {
        collect(frame, sequence, rows, |row| (row.confidence >= 1.0, false));
        frame.results.retain(|found| sequence.results[found.row as usize].confidence >= -1.0);
        frame.overlap();
        frame.hand_over(rows.number, scene);
    }
    scene.end().map_err(|twice| sequence.refuse(twice))
}

/// Takes the rows of one frame; `role` says of an object whether it counts and whether it
/// excuses.
fn collect(
    frame: &mut FrameBuffer,
    sequence: &Sequence<'_, MotRow>,
    rows: FrameRows<'_>,
    role: impl Fn(&MotRow) -> (bool, bool),
) {
    frame.begin();
    for index in rows.truth.iter().copied() {
        let row = &sequence.truth[index as usize];
        let rectangle = Rectangle::from_extent(row.rectangle);
        let (counts, excuses) = role(row);
        frame.truth.push(Labelled { row: index, id: row.id, rectangle, counts, excuses });
    }
    for index in rows.results.iter().copied() {
        let row = &sequence.results[index as usize];
        frame.add_result(index, row.id, Rectangle::from_extent(row.rectangle));
    }
}
