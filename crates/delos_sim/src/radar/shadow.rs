//! What hides what: intervals of bearing behind road users.

use crate::math::{Vec3, atan2};
use crate::scene::{Object, Pose};

/// The sector behind a road user, seen from the radar.
#[derive(Clone, Copy, Debug)]
pub(super) struct Shadow {
    /// Bearing of its middle and half of its width, radians.
    bearing: f32,
    half: f32,
    /// Distance of its nearest corner, metres.
    range: f32,
    /// Area that it shows, square metres.
    area: f32,
}

/// Smallest area that hides anything, square metres: more than a person's.
const LEAST_AREA: f32 = 1.8;

impl Shadow {
    pub(super) fn of(object: &Object, ego: &Pose, mount: [f32; 3]) -> Self {
        let size = &object.size;
        let (l, w) = (size.length() as f32 / 2.0, size.width() as f32 / 2.0);
        let radar = Vec3::from(mount);
        let seen = |x: f32, y: f32| {
            let p = ego.to_local(&object.pose.to_world(&Vec3::new(x, y, 0.5))) - radar;
            (atan2(p.y, p.x), (p.x * p.x + p.y * p.y).sqrt())
        };
        let (bearing, middle) = seen(0.0, 0.0);
        let corners = [seen(l, w), seen(l, -w), seen(-l, w), seen(-l, -w)];
        let turn = |b: f32| {
            let (sin, cos) = crate::math::sin_cos(b - bearing);
            atan2(sin, cos)
        };
        let low = corners.iter().map(|c| turn(c.0)).fold(0.0, f32::min);
        let high = corners.iter().map(|c| turn(c.0)).fold(0.0, f32::max);
        let range = corners.iter().map(|c| c.1).fold(middle, f32::min);
        let area = (high - low) * middle * size.height() as f32;
        Self { bearing: bearing + f32::midpoint(low, high), half: (high - low) / 2.0, range, area }
    }
}

/// Whether a place at this range and bearing lies behind another road user that is not
/// smaller than its owner.
pub(super) fn hidden(shadows: &[Shadow], owner: Option<usize>, range: f32, bearing: f32) -> bool {
    let own = owner.and_then(|i| shadows.get(i)).map_or(0.0, |s| s.area);
    shadows.iter().enumerate().any(|(i, s)| {
        let (sin, cos) = crate::math::sin_cos(bearing - s.bearing);
        Some(i) != owner
            && s.area > LEAST_AREA.max(0.8 * own)
            && s.range + 0.5 < range
            && atan2(sin, cos).abs() < s.half
    })
}
