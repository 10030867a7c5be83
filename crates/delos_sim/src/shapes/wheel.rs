//! Wheels of vehicles.

use crate::math::{Vec3, sin_cos};
use crate::shape::Mesh;

/// A wheel that stands on the ground at x, with its outer face at `outside` (negative: on
/// the right); metres. The upper part of its tread is left out: the body hides it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Wheel {
    /// Along the vehicle.
    pub x: f32,
    /// The outer face, y.
    pub outside: f32,
    /// Radius.
    pub radius: f32,
    /// Thickness.
    pub thickness: f32,
}

/// Corners of a wheel's outline.
const SIDES: u16 = 8;

impl Wheel {
    /// Adds it with the surfaces of its tyre and its rim.
    pub(super) fn add(&self, mesh: &mut Mesh, tyre: u16, rim: u16) {
        let sign = self.outside.signum();
        let face = self.outside - sign * 0.015;
        let outer = self.outline(face, 1.0, SIDES);
        let inner = self.outline(face - sign * self.thickness, 1.0, SIDES);
        mesh.pane(&facing(outer.clone(), sign), tyre);
        mesh.pane(&facing(self.outline(self.outside, 0.62, 6), sign), rim);
        for i in 0..outer.len() {
            let next = (i + 1) % outer.len();
            if outer[i].z + outer[next].z < 2.8 * self.radius {
                let tread = vec![outer[i], inner[i], inner[next], outer[next]];
                mesh.polygon(&facing(tread, sign), tyre);
            }
        }
    }

    /// A regular outline around the hub, flat below, counter-clockwise seen from the left.
    fn outline(&self, y: f32, scale: f32, sides: u16) -> Vec<Vec3> {
        let step = std::f32::consts::TAU / f32::from(sides);
        let reach = self.radius * scale / sin_cos(step / 2.0).1;
        (0..sides)
            .map(|i| {
                let (sin, cos) = sin_cos(step * (f32::from(i) + 0.5) - std::f32::consts::FRAC_PI_2);
                Vec3::new(self.x - reach * cos, y, self.radius + reach * sin)
            })
            .collect()
    }
}

/// The corners, turned round for the right side.
fn facing(mut corners: Vec<Vec3>, sign: f32) -> Vec<Vec3> {
    if sign < 0.0 {
        corners.reverse();
    }
    corners
}
