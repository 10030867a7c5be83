//! A scan that takes time: slices of a turn, each seen at its own instant.

use crate::lidar::{Lidar, LidarScan, NO_OBJECT, Sector};
use crate::scene::{Object, Scene};
use delos_core::{PointCloud, PointTimes};

/// Instants of a turn. Of a tenth of a second each takes 1.6 ms, in which a vehicle at 15 m/s
/// moves by 23 mm, no more than the noise of a range.
const SLICES: u16 = 64;

/// A turn of `turn_s` seconds whose middle is the stamp. `scene_at` gives the scene so many
/// seconds after it; `objects` are those at the stamp, by whose numbers the hits go.
pub(super) fn scan(
    lidar: &Lidar,
    noise: u64,
    turn_s: f64,
    objects: &[Object],
    scene_at: impl Fn(f64) -> Scene,
) -> LidarScan {
    let (mut points, mut times, mut hits) = (Vec::new(), Vec::new(), Vec::new());
    for index in 0..SLICES {
        let share = (f64::from(index) + 0.5) / f64::from(SLICES) - 0.5;
        let offset_s = turn_s * share;
        let scene = scene_at(offset_s);
        let part = lidar.scan(&scene, Sector::Slice { index, of: SLICES }, noise);
        let numbers = numbers_of(&scene.objects, objects);
        let number = |hit: &u32| numbers.get(*hit as usize).copied().unwrap_or(NO_OBJECT);
        hits.extend(part.hits.iter().map(number));
        times.resize(times.len() + part.hits.len(), offset_s as f32);
        points.extend_from_slice(part.cloud.points());
    }
    // Points of the sensor are finite, one time was given to each: never refused.
    let cloud = PointCloud::with_times(points, PointTimes::Rolling(times));
    LidarScan { cloud: cloud.unwrap_or_else(|_| PointCloud::new(vec![])), hits }
}

/// For each object its number among the others, [`NO_OBJECT`] where it is not there.
fn numbers_of(objects: &[Object], others: &[Object]) -> Vec<u32> {
    let number = |object: &Object| {
        let at = others.iter().position(|other| other.id == object.id);
        at.map_or(NO_OBJECT, |at| at as u32)
    };
    objects.iter().map(number).collect()
}

#[cfg(test)]
mod tests;
