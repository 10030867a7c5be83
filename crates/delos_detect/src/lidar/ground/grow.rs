//! Banks, ditches and kerbs: planes where the line of the ground was lost, grown from the ground
//! that is known.
//!
//! A plane begins at the lowest points of a patch and is tested for uprightness and flatness, as
//! in Patchwork++ (Lee, Lim, Myung, IROS 2022, III-C and III-D), but with a limit that lets steep
//! banks pass. What Patchwork++ asks of elevation is asked here of the border: a plane is ground if
//! it meets known ground there. The face of a bank does; bonnets, roofs and what a wet road mirrors
//! do not.

use super::cells::cell_of;
use super::patches::{Patches, Place, Sorted, Zone};
use super::plane::{Moments, Plane};

/// Sizes of patches: about 2 m by 2 m.
const ZONES: [Zone; 2] =
    [Zone { rings: 2..22, depth: 2, width: 4 }, Zone { rings: 22..43, depth: 3, width: 2 }];

/// The mean of so many lowest points is where a plane begins.
const LOWEST: usize = 8;
/// Points up to so much above it are seeds, metres.
const SEED_M: f32 = 0.3;
/// Points this near to the plane make the next one, metres, round by round.
const NEAR_M: [f32; 4] = [0.4, 0.25, 0.15, 0.12];
/// Fewer points, or a smaller share of those in the patch, make no plane.
const LEAST_POINTS: u32 = 12;
const LEAST_SHARE: f32 = 0.6;
/// Tests of a plane: upward part of its normal (up to 45 degrees), deviation from it, width.
const UPRIGHT: f64 = 0.7;
const FLAT_M: f64 = 0.05;
const WIDE_M: f64 = 0.1;
/// How far a plane may be off at the border to known ground, metres.
const JOINT_M: f32 = 0.25;
/// Joints are looked at so far beyond the border, metres.
const BEYOND_M: f32 = 0.3;
/// How often all patches are asked whether a neighbour has become ground.
const SWEEPS: usize = 4;

/// A place beyond a border of a patch.
#[derive(Clone, Copy, Debug)]
struct Joint {
    at: [f32; 2],
    cell: u16,
}

/// Planes of small patches that meet known ground.
pub(super) struct Grown {
    pub(super) patches: Patches,
    pub(super) points: Sorted,
    /// In coordinates of the sensor's frame.
    pub(super) planes: Vec<Option<Plane>>,
    /// What could be ground if it met some.
    candidates: Vec<Option<Plane>>,
    joints: Vec<[Joint; 4]>,
}

impl Default for Grown {
    fn default() -> Self {
        let patches = Patches::new(&ZONES);
        let none = vec![None; patches.count()];
        let joints = patches.places.iter().map(joints).collect();
        let points = Sorted::default();
        Self { patches, points, planes: none.clone(), candidates: none, joints }
    }
}

impl Grown {
    /// Fits planes to the points and keeps those that meet ground;
    /// `known` is its height in a cell at a place, where it is.
    pub(super) fn fit(&mut self, known: impl Fn(u16, [f32; 2]) -> Option<f32>) {
        let Self { patches, points, planes, candidates, .. } = self;
        planes.fill(None);
        for (patch, (candidate, place)) in candidates.iter_mut().zip(&patches.places).enumerate() {
            *candidate = fit(points, patch).map(|plane| plane.seen_from(place.middle));
        }
        for _ in 0..SWEEPS {
            if !self.sweep(&known) {
                return;
            }
        }
    }

    /// Takes candidates that meet ground; whether there were any.
    fn sweep(&mut self, known: &impl Fn(u16, [f32; 2]) -> Option<f32>) -> bool {
        let mut grew = false;
        for patch in 0..self.candidates.len() {
            let Some(plane) = self.candidates[patch] else { continue };
            if self.joints[patch].iter().any(|joint| self.meets(&plane, joint, known)) {
                self.planes[patch] = self.candidates[patch].take();
                grew = true;
            }
        }
        grew
    }

    fn meets(
        &self,
        plane: &Plane,
        joint: &Joint,
        known: &impl Fn(u16, [f32; 2]) -> Option<f32>,
    ) -> bool {
        let [x, y] = joint.at;
        let grown = self.patches.of(joint.cell).and_then(|patch| self.planes[patch]);
        let ground = grown.map(|ground| ground.at(x, y)).or_else(|| known(joint.cell, joint.at));
        ground.is_some_and(|ground| (plane.at(x, y) - ground).abs() < JOINT_M)
    }
}

/// Inner, left, right and outer joint of a patch.
fn joints(place: &Place) -> [Joint; 4] {
    let [x, y] = place.middle;
    let range = x.hypot(y);
    let ahead = [x / range, y / range];
    let aside = place.half_width + BEYOND_M;
    let [inner, outer] = [place.ranges[0] - BEYOND_M, place.ranges[1] + BEYOND_M];
    let at = |[x, y]: [f32; 2]| Joint { at: [x, y], cell: cell_of(x, y, x.hypot(y)) };
    [
        at(ahead.map(|part| part * inner)),
        at([x - ahead[1] * aside, y + ahead[0] * aside]),
        at([x + ahead[1] * aside, y - ahead[0] * aside]),
        at(ahead.map(|part| part * outer)),
    ]
}

/// The plane of a patch around the middle of the patch.
fn fit(points: &Sorted, patch: usize) -> Option<Plane> {
    let all = points.heights(patch).len();
    if (all as u32) < LEAST_POINTS {
        return None;
    }
    let seed = lowest(points.heights(patch)) + SEED_M;
    let mut moments = Moments::of(points.points(patch).filter(|point| point[2] < seed));
    for near in NEAR_M {
        let plane = moments.fit()?.plane;
        let near = |[x, y, z]: &[f32; 3]| (z - plane.at(*x, *y)).abs() < near;
        moments = Moments::of(points.points(patch).filter(near));
    }
    let fit = moments.fit()?;
    let enough = moments.count >= LEAST_POINTS && moments.count as f32 >= LEAST_SHARE * all as f32;
    let good = fit.uprightness > UPRIGHT && fit.deviation_m < FLAT_M && fit.width_m > WIDE_M;
    (enough && good).then_some(fit.plane)
}

/// Mean of the [`LOWEST`] lowest heights.
fn lowest(heights: &[f32]) -> f32 {
    // Ascending; most heights are above all of them and cost one comparison.
    let mut least = [f32::INFINITY; LOWEST];
    for height in heights {
        if *height < least[LOWEST - 1] {
            let place = least.partition_point(|other| other <= height);
            least[place..].rotate_right(1);
            least[place] = *height;
        }
    }
    let count = LOWEST.min(heights.len());
    least[..count].iter().sum::<f32>() / count as f32
}
