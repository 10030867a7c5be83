//! What is found, how much of it is right and how far it is off, above one score.

use super::judge::{Judged, Off, Verdict};
use super::report::share;
use serde::Serialize;
use std::f64::consts::{FRAC_PI_2, PI};
use std::ops::Range;

/// What the detections with at least a score come to in a band of distance. Shares are in 0..=1,
/// and `None` where there is nothing to divide by; errors are medians over the right detections.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct CutReport {
    /// Objects that count.
    pub counted: u64,
    /// Detections that have found one.
    pub right: u64,
    /// Detections that have not.
    pub wrong: u64,
    /// Share of the objects that are found.
    pub recall: Option<f64>,
    /// Share of the detections that are right.
    pub precision: Option<f64>,
    /// Distance of the centres seen from above, metres.
    pub centre_error_m: Option<f64>,
    /// Angle between the long axes, radians in 0..=π/2: front and back are the same.
    pub axis_error_rad: Option<f64>,
    /// Share of the right detections that head more than a quarter turn off.
    pub reversed: Option<f64>,
}

impl CutReport {
    pub(super) fn of(judged: &Judged, score: f64, band_m: Range<f64>) -> Self {
        let counted = judged.counted.iter().filter(|range| band_m.contains(range)).count() as u64;
        let is_in = |v: &&Verdict| v.score >= score && band_m.contains(&v.range_m);
        let (right, wrong): (Vec<&Verdict>, Vec<&Verdict>) =
            judged.verdicts.iter().filter(is_in).partition(|v| v.is_right);
        let off: Vec<Off> = right.iter().filter_map(|v| v.off).collect();
        let (right, wrong) = (right.len() as u64, wrong.len() as u64);
        let reversed = off.iter().filter(|off| off.heading_rad > FRAC_PI_2).count() as u64;
        Self {
            counted,
            right,
            wrong,
            recall: share(right, counted),
            precision: share(right, right + wrong),
            centre_error_m: median(off.iter().map(|off| off.centre_m)),
            axis_error_rad: median(off.iter().map(|o| o.heading_rad.min(PI - o.heading_rad))),
            reversed: share(reversed, right),
        }
    }
}

/// The middle value, the mean of the two in the middle where their number is even.
fn median(values: impl Iterator<Item = f64>) -> Option<f64> {
    let mut values: Vec<f64> = values.collect();
    values.sort_by(f64::total_cmp);
    let upper = *values.get(values.len() / 2)?;
    let lower = *values.get((values.len() - 1) / 2)?;
    Some(f64::midpoint(lower, upper))
}
