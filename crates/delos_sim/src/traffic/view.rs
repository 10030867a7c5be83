//! What a driver makes of the road users around.

use crate::traffic::driver::{Ahead, STANDING_GAP_M};
use crate::traffic::flat::{Flat, distance};
use crate::traffic::vehicle::Vehicle;
use crate::traffic::way::{Along, Outlook};

/// A road user as the others see it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Seen {
    pub(crate) flat: Flat,
    /// Velocity in the world, m/s.
    pub(crate) velocity: [f32; 2],
    /// Slow enough to be passed within the lane (cyclists, parked cars).
    pub(crate) passable: bool,
}

/// What is on the way of a vehicle.
#[derive(Clone, Debug, Default)]
pub(crate) struct View {
    /// What to keep a distance from.
    pub(crate) ahead: Vec<Ahead>,
    /// How far to the left one must be to pass what can be passed, metres.
    pub(crate) left: f32,
}

/// A road user's extent on the way: from where to where ahead of the rear axle, and left.
#[derive(Clone, Copy, Debug)]
struct Extent {
    near: f32,
    far: f32,
    right: f32,
    left: f32,
    speed: f32,
}

/// Free metres on each side in motion, when passing and when squeezing through.
const CLEARANCE_M: f32 = 0.3;

/// Looks along the way at all that is near.
pub(crate) fn look<'a>(
    me: &Vehicle,
    flat: &Flat,
    outlook: &Outlook,
    others: impl Iterator<Item = &'a Seen>,
) -> View {
    let reach = me.reach();
    let near: Vec<(Extent, bool)> = others
        .filter(|seen| distance(seen.flat.place, flat.place) < reach + seen.flat.half[0])
        .filter(|seen| flat.local(seen.flat.place)[0] > -14.0)
        .filter_map(|seen| Some((extent(seen, outlook)?, seen.passable)))
        .collect();
    let left = near.iter().filter(|(_, passable)| *passable).map(|(e, _)| passing(me, e));
    let left = left.fold(me.home, f32::max);
    let ahead = near.iter().filter_map(|(e, _)| blocks(me, e, left)).collect();
    View { ahead, left }
}

/// Where one must be to pass this one; far to the right where there is no need.
fn passing(me: &Vehicle, other: &Extent) -> f32 {
    let beside = other.far > me.middle() - me.half[0] - 1.0 && other.near < me.nose() + 28.0;
    let on_the_right = f32::midpoint(other.left, other.right) < -0.4 && other.right < 0.0;
    let left = other.left + me.half[1] + CLEARANCE_M + 0.15;
    if beside && on_the_right && left < 0.75 { left } else { f32::NEG_INFINITY }
}

fn blocks(me: &Vehicle, other: &Extent, wanted: f32) -> Option<Ahead> {
    if other.far < me.middle() || f32::midpoint(other.near, other.far) < me.middle() {
        return None;
    }
    let gap = other.near - me.nose();
    let within = |left: f32, clearance: f32| {
        let reach = me.half[1] + clearance;
        other.right < left + reach && other.left > left - reach
    };
    let wanted = wanted.min(0.5);
    let standing = STANDING_GAP_M;
    (within(wanted, CLEARANCE_M - 0.05) || gap < 5.0 && within(me.left, 0.15)).then_some(Ahead {
        gap,
        speed: other.speed,
        standing,
    })
}

/// The extent of another one near the way, piece by piece along its length, so that a
/// long one in a bend is not taken for a wide one.
fn extent(seen: &Seen, outlook: &Outlook) -> Option<Extent> {
    let middle = outlook.project(seen.flat.place)?;
    let pieces = (seen.flat.half[0] / 1.2).ceil().max(1.0) as usize;
    let half = seen.flat.half[0] / pieces as f32;
    let all = (0..pieces).filter_map(|i| {
        let along = -seen.flat.half[0] + half * (2 * i + 1) as f32;
        let at = if pieces == 1 { middle } else { outlook.project(seen.flat.at(along, 0.0))? };
        Some(piece(seen, &at, half))
    });
    // Pieces beside the lane do not widen the others.
    let all: Vec<Extent> = all.collect();
    let far = all.iter().map(|e| e.far).fold(f32::NEG_INFINITY, f32::max);
    let first = all.into_iter().min_by(|a, b| nearness(a).total_cmp(&nearness(b)))?;
    Some(Extent { far, ..first })
}

/// Pieces in the lane come first, the nearest of them before all.
fn nearness(e: &Extent) -> f32 {
    let beside = e.right.max(-e.left).max(0.0);
    e.near + 30.0 * (beside - 1.5).max(0.0)
}

fn piece(seen: &Seen, at: &Along, half: f32) -> Extent {
    let (d, a) = (at.direction, seen.flat.ahead);
    let cos = (d[0] * a[0] + d[1] * a[1]).abs();
    let sin = (d[0] * a[1] - d[1] * a[0]).abs();
    let along = half * cos + seen.flat.half[1] * sin;
    let across = half * sin + seen.flat.half[1] * cos;
    Extent {
        near: at.ahead - along,
        far: at.ahead + along,
        right: at.left - across,
        left: at.left + across,
        speed: seen.velocity[0] * d[0] + seen.velocity[1] * d[1],
    }
}
