//! Whether a scan's axes and height can be what is said of them.
//!
//! Data sets disagree: in nuScenes the LiDAR's x points right, cameras have z forward and y down,
//! some scans have their origin on the ground. Wrong axes give no error further on, only few and
//! wrong objects. The ground tells: it is level, below the sensor, and hidden longest before and
//! behind the vehicle, which is longer than it is wide.

use delos_core::{Ego, LidarPoint, PointCloud};
use std::fmt;

/// What contradicts x forward, y left, z up and the height over ground.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum AxesDoubt {
    /// The ground is on another side than below.
    Ground {
        /// The axis that seems to point up: `-z`, `+x`, ...
        up: &'static str,
    },
    /// Nothing level is below the sensor.
    NoGround,
    /// The ground is at another height.
    Height {
        /// Height of the sensor over the ground as found, to half a metre.
        found_m: f64,
        /// Height as stated, metres.
        stated_m: f64,
    },
    /// The vehicle lies across: it hides more of the ground along y than along x.
    Across,
}

impl fmt::Display for AxesDoubt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Ground { up } => write!(
                f,
                "the ground in the scans is where {up} is up: turn them so that x points forward, \
                 y left and z up"
            ),
            Self::NoGround => write!(
                f,
                "there is no level ground below the sensor: are x forward, y left and z up, and \
                 are the numbers metres?"
            ),
            Self::Height { found_m, stated_m } => write!(
                f,
                "the ground in the scans lies about {found_m:.1} m below their origin, \
                 ego_height_m says {stated_m:.2} m: set it to the height of the LiDAR's origin"
            ),
            Self::Across => write!(
                f,
                "the vehicle hides more ground along y than along x: x seems to point sideways \
                 (in scans of nuScenes it points right); turn them so that x points forward"
            ),
        }
    }
}

/// Fewer points say nothing.
const LEAST_POINTS: usize = 2000;
/// Of so many some should be near.
const MANY_POINTS: usize = 20_000;
/// Points between these distances count, metres.
const RANGE_M: [f32; 2] = [2.5, 25.0];
/// Heights of level ground are looked for within this much above and below, metres.
const HEIGHTS_M: f32 = 6.0;
const STEP_M: f32 = 0.2;
const STEPS: usize = (2.0 * HEIGHTS_M / STEP_M) as usize;
/// Steps that together hold the ground.
const THICK: usize = 3;
/// Least share of the counted points in the ground for it to be one; another axis must have so
/// many times as much.
const LEAST_SHARE: f32 = 0.08;
const CLEARLY: f32 = 2.0;
/// What lies no lower than this below the origin is not on one side of it, metres.
const CLEAR_M: f32 = 0.4;
/// Ground so far from the stated height contradicts it, metres.
const HEIGHT_M: f32 = 0.7;

/// Sectors in which the hidden ground is measured: within so much of an axis (sine).
const SECTOR: f32 = 0.3;
/// The ground of the sectors lies this near to the level of the ground, metres.
const LEVEL_M: f32 = 0.25;
/// Only ground this near can be the edge of what the vehicle hides, metres.
const EDGE_M: f32 = 9.0;
/// Fewer points make no edge; the edge is their lowest quantile.
const EDGE_POINTS: usize = 40;
/// The vehicle hides so much more along one axis.
const LONGER: f32 = 1.05;

/// Looks at a whole scan once. `None`: nothing contradicts, or too little is seen to say so.
///
/// The sensor is the origin, `ego_height_m` metres over nominal ground. The time is linear in the
/// points. Meant for the first scans of a run, not for each.
pub fn axes_doubt(cloud: &PointCloud<Ego>, ego_height_m: f64) -> Option<AxesDoubt> {
    let near: Vec<&LidarPoint> = cloud.points().iter().filter(|p| is_near(p)).collect();
    if near.len() < LEAST_POINTS {
        // So few of so many: thousands of a unit, or all within the vehicle.
        return (cloud.points().len() >= MANY_POINTS).then_some(AxesDoubt::NoGround);
    }
    let below = Level::find(near.iter().map(|p| p.z));
    let off = below.height + ego_height_m as f32;
    let is_there = below.share >= LEAST_SHARE && off.abs() <= HEIGHT_M;
    let clearly = if is_there { CLEARLY } else { 1.0 };
    if let Some(doubt) = other_axis(&near, clearly * below.share.max(LEAST_SHARE)) {
        return Some(doubt);
    }
    if below.share < LEAST_SHARE {
        return Some(AxesDoubt::NoGround);
    }
    if !is_there {
        // Adding nothing turns a negative zero round.
        let found_m = f64::from((-2.0 * below.height).round()) / 2.0 + 0.0;
        return Some(AxesDoubt::Height { found_m, stated_m: ego_height_m });
    }
    lies_across(&near, below.height).then_some(AxesDoubt::Across)
}

fn is_near(p: &LidarPoint) -> bool {
    let squared = p.x * p.x + p.y * p.y + p.z * p.z;
    (RANGE_M[0] * RANGE_M[0]..RANGE_M[1] * RANGE_M[1]).contains(&squared)
}

/// How far a point lies along an axis, metres.
type Along = fn(&LidarPoint) -> f32;

/// An axis below which a larger share of the points is level.
fn other_axis(near: &[&LidarPoint], share: f32) -> Option<AxesDoubt> {
    let axes: [(&str, Along); 5] =
        [("-z", |p| -p.z), ("+y", |p| p.y), ("-y", |p| -p.y), ("+x", |p| p.x), ("-x", |p| -p.x)];
    let levels = axes.map(|(up, along)| (up, Level::find(near.iter().map(|p| along(p)))));
    let below = levels.into_iter().filter(|(_, level)| level.height < -CLEAR_M);
    let (up, level) = below.max_by(|(_, a), (_, b)| a.share.total_cmp(&b.share))?;
    (level.share > share).then_some(AxesDoubt::Ground { up })
}

/// The height that most points share.
struct Level {
    height: f32,
    share: f32,
}

impl Level {
    /// Of these heights; only those below the sensor can be ground.
    fn find(heights: impl Iterator<Item = f32>) -> Self {
        let (mut counts, mut all) = ([0_u32; STEPS], 0_u32);
        for height in heights {
            all += 1;
            let step = (height + HEIGHTS_M) / STEP_M;
            if (0.0..STEPS as f32).contains(&step) && height < STEP_M {
                counts[step as usize] += 1;
            }
        }
        // Of windows with as many points, the one that has most in its middle.
        let sums = counts.windows(THICK).map(|w| (w.iter().sum::<u32>(), w[THICK / 2]));
        let best = sums.enumerate().max_by_key(|(_, sums)| *sums);
        let (step, (most, _)) = best.unwrap_or_default();
        let height = (step as f32 + 0.5 * THICK as f32) * STEP_M - HEIGHTS_M;
        Self { height, share: most as f32 / all.max(1) as f32 }
    }
}

/// Whether left and right of the sensor the ground begins farther away than before and behind it,
/// and nothing but the vehicle hides it.
fn lies_across(near: &[&LidarPoint], level: f32) -> bool {
    let sides: [fn(&LidarPoint) -> [f32; 2]; 4] =
        [|p| [p.x, p.y], |p| [-p.x, p.y], |p| [p.y, p.x], |p| [-p.y, p.x]];
    let edges = sides.map(|turned| edge(near, level, turned));
    let [Some(ahead), Some(behind), Some(left), Some(right)] = edges else { return false };
    left.min(right) > LONGER * ahead.max(behind)
}

/// Distance at which the ground begins on a side, seen over nothing but the vehicle; `turned`
/// gives a point's places along and across the side's direction.
fn edge(near: &[&LidarPoint], level: f32, turned: impl Fn(&LidarPoint) -> [f32; 2]) -> Option<f32> {
    let in_sector = |p: &&&LidarPoint| {
        let [along, across] = turned(p);
        along > 0.0 && across.abs() < SECTOR * along
    };
    let sector: Vec<&LidarPoint> = near.iter().filter(in_sector).copied().collect();
    let is_ground = |p: &&&LidarPoint| (p.z - level).abs() < LEVEL_M && p.planar_range() < EDGE_M;
    let mut ground: Vec<f32> = sector.iter().filter(is_ground).map(|p| p.planar_range()).collect();
    if ground.len() < EDGE_POINTS {
        return None;
    }
    let quantile = ground.len() / 50;
    let edge = *ground.select_nth_unstable_by(quantile, f32::total_cmp).1;
    let hides = |p: &&&LidarPoint| p.z > level + LEVEL_M && p.planar_range() < edge;
    (sector.iter().filter(hides).count() < EDGE_POINTS).then_some(edge)
}

#[cfg(test)]
mod tests;
