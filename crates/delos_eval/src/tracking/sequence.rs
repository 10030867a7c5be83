//! The rows of a sequence, frame by frame.

use super::scene::Twice;
use crate::{EvalError, Side};
use delos_core::{BenchmarkRow, MotRow};
use std::ops::Range;

/// A sequence of KITTI's tracking benchmark, sorted into frames once for all classes.
#[derive(Clone, Debug)]
pub struct KittiSequence<'a>(pub(super) Sequence<'a, BenchmarkRow>);

impl<'a> KittiSequence<'a> {
    /// Labels and results of a sequence of `frames` frames, counted from 0, in any order of
    /// the frames. The order of rows of one frame decides nothing but exact ties.
    ///
    /// # Errors
    /// [`EvalError::FrameOutside`] for a row of a frame that the sequence does not have.
    pub fn new(
        truth: &'a [BenchmarkRow],
        results: &'a [BenchmarkRow],
        frames: u32,
    ) -> Result<Self, EvalError> {
        Sequence::new(truth, results, 0..frames).map(Self)
    }
}

/// A sequence of `MOTChallenge`, sorted into frames.
#[derive(Clone, Debug)]
pub struct MotSequence<'a>(pub(super) Sequence<'a, MotRow>);

impl<'a> MotSequence<'a> {
    /// Truth and results of a sequence of `frames` frames, counted from 1; as
    /// [`KittiSequence::new`].
    ///
    /// # Errors
    /// [`EvalError::FrameOutside`] for a row of a frame that the sequence does not have.
    pub fn new(truth: &'a [MotRow], results: &'a [MotRow], frames: u32) -> Result<Self, EvalError> {
        Sequence::new(truth, results, 1..frames.saturating_add(1)).map(Self)
    }
}

/// A row that belongs to a frame.
pub(super) trait Row {
    fn frame(&self) -> u32;
    fn line(&self) -> u32;
}

impl Row for BenchmarkRow {
    fn frame(&self) -> u32 {
        self.frame
    }

    fn line(&self) -> u32 {
        self.line
    }
}

impl Row for MotRow {
    fn frame(&self) -> u32 {
        self.frame
    }

    fn line(&self) -> u32 {
        self.line
    }
}

/// Rows of both sides, with their order by frames.
#[derive(Clone, Debug)]
pub(super) struct Sequence<'a, R> {
    pub(super) truth: &'a [R],
    pub(super) results: &'a [R],
    truth_order: Vec<u32>,
    results_order: Vec<u32>,
    frames: Range<u32>,
}

/// The rows of one frame, by their positions in the input.
#[derive(Clone, Copy, Debug)]
pub(super) struct FrameRows<'a> {
    pub(super) number: u32,
    pub(super) truth: &'a [u32],
    pub(super) results: &'a [u32],
}

impl<'a, R: Row> Sequence<'a, R> {
    fn new(truth: &'a [R], results: &'a [R], frames: Range<u32>) -> Result<Self, EvalError> {
        let truth_order = order(Side::Truth, truth, &frames)?;
        let results_order = order(Side::Results, results, &frames)?;
        Ok(Self { truth, results, truth_order, results_order, frames })
    }

    /// Length in frames.
    pub(super) fn length(&self) -> u32 {
        self.frames.end - self.frames.start
    }

    /// The error for an identity that is in a frame twice.
    pub(super) fn refuse(&self, twice: Twice) -> EvalError {
        let Twice { side, row, frame, id } = twice;
        let line = match side {
            Side::Truth => self.truth[row as usize].line(),
            Side::Results => self.results[row as usize].line(),
        };
        EvalError::IdTwice { side, line, frame, id }
    }

    /// The frames that have rows, in ascending order.
    pub(super) fn frames(&self) -> impl Iterator<Item = FrameRows<'_>> {
        let (mut truth, mut results) = (&self.truth_order[..], &self.results_order[..]);
        std::iter::from_fn(move || {
            let first =
                |rows: &[R], order: &[u32]| order.first().map(|i| rows[*i as usize].frame());
            let heads = [first(self.truth, truth), first(self.results, results)];
            let number = heads.into_iter().flatten().min()?;
            Some(FrameRows {
                number,
                truth: split_off_frame(self.truth, &mut truth, number),
                results: split_off_frame(self.results, &mut results, number),
            })
        })
    }
}

/// Positions of the rows by ascending frame; rows of one frame keep their order.
fn order<R: Row>(side: Side, rows: &[R], frames: &Range<u32>) -> Result<Vec<u32>, EvalError> {
    if let Some(row) = rows.iter().find(|row| !frames.contains(&row.frame())) {
        return Err(EvalError::FrameOutside {
            side,
            line: row.line(),
            frame: row.frame(),
            first: frames.start,
            last: i64::from(frames.end) - 1,
        });
    }
    let mut order: Vec<u32> = (0..rows.len() as u32).collect();
    order.sort_by_key(|i| rows[*i as usize].frame());
    Ok(order)
}

/// Takes the rows of frame `number` from the front.
fn split_off_frame<'a, R: Row>(rows: &[R], order: &mut &'a [u32], number: u32) -> &'a [u32] {
    let is_other = |i: &u32| rows[*i as usize].frame() != number;
    let (frame, rest) = order.split_at(order.iter().position(is_other).unwrap_or(order.len()));
    *order = rest;
    frame
}
