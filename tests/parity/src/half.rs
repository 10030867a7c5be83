//! Whether a network in half precision finds the boxes of the same network in single precision.

use anyhow::Result;
use delos_core::{Box2, Detection2d, Image};
use delos_detect::camera::CameraDetector;
use delos_geom::iou2d;
use delos_sim::camera::{CameraRig, Light, render};
use delos_sim::drive::{Drive, DriveConfig};
use serde::Serialize;

/// Two boxes of a class mean one object from this overlap on.
const PARTNERS: f64 = 0.7;

/// Least share of boxes that are the same in both.
pub const LEAST_SHARE: f64 = 0.99;
/// Same boxes: no edge further apart than this, pixels of the image.
pub const MOST_SHIFT: f64 = 0.5;
/// Same boxes: scores no further apart than this.
pub const MOST_SCORE: f64 = 0.01;

/// What two networks found in the same images.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct HalfReport {
    /// Images.
    pub images: usize,
    /// Boxes in single precision.
    pub single: usize,
    /// Boxes in half precision.
    pub half: usize,
    /// Boxes of one class and with an overlap of 0.7 at least.
    pub partners: usize,
    /// Of these the same ones: edges within [`MOST_SHIFT`], scores within [`MOST_SCORE`].
    pub same: usize,
    /// Greatest shift of an edge between partners, pixels of the image. It can be great where the network
    /// gives two boxes of nearly one score to one object, of which suppression takes the other.
    pub worst_shift: f64,
    /// Greatest difference of scores of partners.
    pub worst_score: f64,
}

impl HalfReport {
    /// Share of all boxes that are the same in both.
    pub fn share(&self) -> f64 {
        let all = self.single + self.half;
        if all == 0 { 1.0 } else { 2.0 * self.same as f64 / all as f64 }
    }

    /// Whether the network in half precision may stand for the other: at least one box was found, and enough
    /// are the same.
    pub fn is_accepted(&self) -> bool {
        self.same > 0 && self.share() >= LEAST_SHARE
    }

    /// Compares what was found in one image, best first.
    pub fn add(&mut self, single: &[Detection2d], half: &[Detection2d]) {
        self.images += 1;
        self.single += single.len();
        self.half += half.len();
        let mut free: Vec<_> = half.iter().collect();
        for wanted in single {
            let overlap = |other: &&Detection2d| iou2d(&wanted.bbox, &other.bbox);
            let place = (0..free.len())
                .filter(|place| {
                    free[*place].class == wanted.class && overlap(&free[*place]) >= PARTNERS
                })
                .max_by(|a, b| overlap(&free[*a]).total_cmp(&overlap(&free[*b])));
            if let Some(place) = place {
                let found = free.remove(place);
                let shift = shift(&wanted.bbox, &found.bbox);
                let score = (wanted.score.get() - found.score.get()).abs();
                self.partners += 1;
                self.same += usize::from(shift <= MOST_SHIFT && score <= MOST_SCORE);
                self.worst_shift = self.worst_shift.max(shift);
                self.worst_score = self.worst_score.max(score);
            }
        }
    }
}

/// Greatest distance of two edges.
fn shift(a: &Box2, b: &Box2) -> f64 {
    let edges = [a.x1 - b.x1, a.y1 - b.y1, a.x2 - b.x2, a.y2 - b.y2];
    edges.into_iter().map(|edge| f64::from(edge.abs())).fold(0.0, f64::max)
}

/// Runs two detectors over `count` images of simulated drives, one frame each second, ten of each seed from
/// `seed` on.
///
/// # Errors
/// When a drive cannot be simulated or a network fails.
pub fn compare_on_drives(
    single: &mut CameraDetector,
    half: &mut CameraDetector,
    seed: u64,
    count: usize,
) -> Result<HalfReport> {
    let mut report = HalfReport::default();
    for first in (0..count).step_by(10) {
        let seed = seed + first as u64 / 10;
        for image in pictures(seed, (count - first).min(10))? {
            report.add(&single.detect(&image)?.0, &half.detect(&image)?.0);
        }
    }
    Ok(report)
}

/// Images of a simulated drive, one each second.
fn pictures(seed: u64, count: usize) -> Result<Vec<Image>> {
    let drive = Drive::new(&DriveConfig { seed, frames: count, rate_hz: 1.0, actors: None })?;
    let (rig, light) = (CameraRig::default(), Light::of_seed(seed));
    let picture = |frame| Ok(render(&drive.scene(frame)?, &rig, &light, seed + frame as u64).image);
    (0..count).map(picture).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use delos_core::{ObjectClass, Score};

    fn car(x1: f32, score: f64) -> Detection2d {
        let bbox = Box2 { x1, y1: 10.0, x2: x1 + 50.0, y2: 40.0 };
        Detection2d { bbox, class: ObjectClass::Car, score: Score::clamped(score) }
    }

    #[test]
    fn small_shifts_are_accepted_and_great_ones_not() {
        let report = |half: &[Detection2d]| {
            let mut report = HalfReport::default();
            report.add(&[car(0.0, 0.9), car(100.0, 0.5)], half);
            report
        };
        let fine = report(&[car(100.3, 0.507), car(0.1, 0.9)]);
        assert!(fine.is_accepted() && fine.same == 2, "{fine:?}");
        assert!(
            (fine.worst_shift - 0.3).abs() < 1e-4 && (fine.worst_score - 0.007).abs() < 1e-6,
            "{fine:?}"
        );
        for wrong in [
            &[car(0.6, 0.9), car(100.0, 0.5)][..],
            &[car(0.0, 0.9), car(100.0, 0.52)],
            &[car(0.0, 0.9)],
            &[car(0.0, 0.9), car(100.0, 0.5), car(200.0, 0.4)],
            &[],
        ] {
            assert!(!report(wrong).is_accepted(), "{wrong:?}");
        }
        assert!(!HalfReport::default().is_accepted(), "nothing was found");
    }
}
