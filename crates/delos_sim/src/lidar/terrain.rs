//! Rays against the ground: one march outwards for each column.
//!
//! The ground is cut by the upright half-plane of a column and taken as straight between
//! samples. Beams are handled from the steepest up; as soon as the ground rises above a
//! beam, the beam has ended there, and the next higher one is looked at. Work per column
//! is thus the number of samples plus the number of beams.

use super::NO_OBJECT;
use super::beams::Beam;
use super::columns::Columns;
use super::rays::{Hit, Layer, Rays};
use crate::math::Vec3;
use crate::scene::Scene;

/// The first sample, metres from the sensor's axis: nearer than any beam reaches level
/// ground.
const NEAREST_M: f32 = 2.0;
/// Steps between samples: this many metres, or this share of the distance if greater.
const STEP_M: f32 = 0.16;
const STEP_SHARE: f32 = 0.016;

/// Heights are sampled along every fourth column and blended between: at 40 m these are
/// half a metre apart, two cells of the ground.
const STRIDE: u64 = 4;

/// The height this many samples before tells where the next one lies on tilted ground. More
/// than one, so that heights of neighbours do not wait for one another.
const BEHIND: usize = 4;

/// Lets the ground end the rays.
pub(super) fn cast(scene: &Scene, beams: &[Beam], columns: &Columns, rays: &mut Rays) {
    let distances = distances(rays.max_range_m());
    let line = |number: u64| Profile::new(scene, columns.direction(number)).heights(&distances);
    let mut rows: Vec<&mut [Hit]> = rays.rows_mut(Layer::Opaque).collect();
    let mut cell = None;
    let (mut right, mut left) = (Vec::new(), Vec::new());
    let mut heights = vec![0.0; distances.len()];
    for (place, direction) in columns.directions().iter().enumerate() {
        let number = columns.number(place);
        let now = number / STRIDE;
        if cell != Some(now) {
            let next = now > 0 && cell == Some(now - 1);
            right = if next { left } else { line(now * STRIDE) };
            left = line((now + 1) * STRIDE);
            cell = Some(now);
        }
        let share = (number % STRIDE) as f32 / STRIDE as f32;
        for (height, (r, l)) in heights.iter_mut().zip(right.iter().zip(&left)) {
            *height = r + (l - r) * share;
        }
        let profile = Profile::new(scene, *direction);
        march(&profile, &distances, &heights, beams, |laser, hit| rows[laser][place] = hit);
    }
}

/// Where the ground is sampled: densely near the sensor, then ever more coarsely.
fn distances(farthest: f32) -> Vec<f32> {
    let next = |r: &f32| Some(r + STEP_M.max(STEP_SHARE * r)).filter(|r| *r < farthest);
    std::iter::successors(Some(NEAREST_M), next).collect()
}

/// The ground under one column.
struct Profile<'a> {
    scene: &'a Scene,
    /// World directions of the column and of the sensor's axis.
    outwards: Vec3,
    up: Vec3,
}

impl<'a> Profile<'a> {
    fn new(scene: &'a Scene, [x, y]: [f32; 2]) -> Self {
        let turn = &scene.ego.turn;
        Self { scene, outwards: turn * Vec3::new(x, y, 0.0), up: turn * Vec3::z() }
    }

    fn place(&self, distance: f32, height: f32) -> Vec3 {
        self.scene.ego.origin + self.outwards * distance + self.up * height
    }

    /// Heights of the ground in the ego frame at these distances.
    fn heights(&self, distances: &[f32]) -> Vec<f32> {
        let nearest = distances.first().map_or(0.0, |first| self.height(*first, 0.0));
        let mut heights: Vec<f32> = Vec::with_capacity(distances.len());
        for (index, distance) in distances.iter().enumerate() {
            let before = index.checked_sub(BEHIND).map_or(nearest, |before| heights[before]);
            heights.push(self.height(*distance, before));
        }
        heights
    }

    /// Height of the ground in the ego frame. The vehicle may be tilted: `guess`, the
    /// height some steps before, says well enough which place that is seen from above.
    fn height(&self, distance: f32, guess: f32) -> f32 {
        let place = self.place(distance, guess);
        guess + (self.scene.ground.height(place.x, place.y) - place.z) / self.up.z
    }
}

/// Ends the beams of one column at the ground, the steepest first.
fn march(
    profile: &Profile,
    distances: &[f32],
    heights: &[f32],
    beams: &[Beam],
    mut end: impl FnMut(usize, Hit),
) {
    let mut left = beams.len();
    for index in 1..distances.len().min(heights.len()) {
        let now = (distances[index], heights[index]);
        while left > 0 && now.1 >= beams[left - 1].tan * now.0 {
            left -= 1;
            let before = (distances[index - 1], heights[index - 1]);
            end(left, hit(profile, before, now, &beams[left]));
        }
    }
}

/// Where a beam meets the straight piece of ground between two places (distance,
/// height). The ground across the column is taken as level.
fn hit(profile: &Profile, from: (f32, f32), to: (f32, f32), beam: &Beam) -> Hit {
    let (run, rise) = (to.0 - from.0, to.1 - from.1);
    let gain = rise - beam.tan * run;
    let share = if gain > 1e-9 { (beam.tan * from.0 - from.1) / gain } else { 0.0 };
    let distance = from.0 + run * share.clamp(0.0, 1.0);
    let place = profile.place(distance, beam.tan * distance);
    let slant = (beam.cos * rise - beam.sin * run) / (run * run + rise * rise).sqrt();
    Hit {
        range_m: distance / beam.cos,
        cos: slant.clamp(0.0, 1.0),
        object: NO_OBJECT,
        material: profile.scene.ground.cover(place.x, place.y),
    }
}
