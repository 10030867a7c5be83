//! Steep ground under a scene.

use delos_sim::ground::Ground;
use delos_sim::random::Random;
use delos_sim::scene::Scene;
use std::sync::Arc;

/// Where a ramp begins, as a range of metres ahead of the vehicle.
const BEGINS_M: [f32; 2] = [8.0, 30.0];
/// Its slope, rise per metre, either way; the steepest public roads rise by about a fifth.
const SLOPES: [f32; 2] = [0.06, 0.18];
/// Length over which it bends, metres.
const BEND_M: f32 = 6.0;
/// Ground is rebuilt so far around, metres.
const REACH_M: f32 = 80.0;

/// A ramp across the street, up or down, that begins some way ahead and goes on.
pub(super) struct Ramp {
    begin: f32,
    slope: f32,
}

impl Ramp {
    /// A ramp of a seed.
    pub(super) fn new(seed: u64) -> Self {
        let mut random = Random::new(seed, 78);
        let slope = random.range(SLOPES[0], SLOPES[1]);
        let begin = random.range(BEGINS_M[0], BEGINS_M[1]);
        Self { begin, slope: if random.chance(0.5) { slope } else { -slope } }
    }

    /// Height of the ramp at a distance ahead, metres: a parabola, then straight.
    fn height(&self, ahead: f32) -> f32 {
        let along = ahead - self.begin;
        let bend = along.clamp(0.0, BEND_M);
        self.slope * (0.5 * bend * bend / BEND_M + (along - BEND_M).max(0.0))
    }

    /// Bends the ground of a scene and lifts what stands on it.
    pub(super) fn bend(&self, scene: &mut Scene) {
        let (ego, old) = (scene.ego.origin, scene.ground.clone());
        let mut ground = Ground::new([-REACH_M; 2], [REACH_M; 2], old.beyond());
        let near = |x: f32, y: f32| x * x + y * y < REACH_M * REACH_M;
        let lifted = |x: f32, y: f32| old.height(x, y) + self.height(x - ego.x);
        ground.fill(near, |x, y| (lifted(x, y), old.cover(x, y)));
        scene.ground = Arc::new(ground);
        for solid in &mut scene.solids {
            solid.pose.origin.z += self.height(solid.pose.origin.x - ego.x);
        }
        for object in &mut scene.objects {
            object.pose.origin.z += self.height(object.pose.origin.x - ego.x);
        }
        for volume in &mut scene.volumes {
            volume.center.z += self.height(volume.center.x - ego.x);
        }
    }
}
