//! Skins over cross-sections: hulls of vehicles, limbs of people, tubes of frames.

use crate::math::{Vec3, sin_cos};
use crate::shape::Mesh;

/// A piece of the skin that [`loft`] stretches.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Patch {
    /// Left and right, between two sections (numbered from the front), between two points
    /// of them (numbered from below).
    Side(usize, usize),
    /// Between the highest points of two sections.
    Top(usize),
    /// Between the lowest points of two sections.
    Bottom(usize),
    /// Of the front face, between two points of the first section.
    Front(usize),
    /// Of the rear face, between two points of the last section.
    Rear(usize),
}

/// Stretches a skin over sections that follow each other from front to rear. A section is
/// its left half from below to above; the right half mirrors it. `surface` names the
/// surface of each patch, or `None` to leave it open.
pub(super) fn loft<const N: usize>(
    mesh: &mut Mesh,
    sections: &[[Vec3; N]],
    surface: impl Fn(Patch) -> Option<u16>,
) {
    let mut add = |patch: Patch, corners: [Vec3; 4]| {
        if let Some(surface) = surface(patch) {
            mesh.polygon(&corners, surface);
        }
    };
    for (i, pair) in sections.windows(2).enumerate() {
        let (f, r) = (&pair[0], &pair[1]);
        for k in 0..N - 1 {
            let left = [f[k], r[k], r[k + 1], f[k + 1]];
            add(Patch::Side(i, k), left);
            let [a, b, c, d] = left.map(mirror);
            add(Patch::Side(i, k), [a, d, c, b]);
        }
        add(Patch::Top(i), [f[N - 1], r[N - 1], mirror(r[N - 1]), mirror(f[N - 1])]);
        add(Patch::Bottom(i), [f[0], mirror(f[0]), mirror(r[0]), r[0]]);
    }
    let (Some(f), Some(r)) = (sections.first(), sections.last()) else { return };
    for k in 0..N - 1 {
        add(Patch::Front(k), [f[k], f[k + 1], mirror(f[k + 1]), mirror(f[k])]);
        add(Patch::Rear(k), [r[k], mirror(r[k]), mirror(r[k + 1]), r[k + 1]]);
    }
}

/// The same place on the other side.
pub(super) fn mirror(point: Vec3) -> Vec3 {
    Vec3::new(point.x, -point.y, point.z)
}

/// A place on the axis of a limb, with half its thickness across (along y, or along x for
/// a limb that lies along y) and at right angles to that; metres.
#[derive(Clone, Copy, Debug)]
pub(super) struct Knot {
    /// Place on the axis.
    pub at: Vec3,
    /// Half thickness across.
    pub across: f32,
    /// Half thickness the other way.
    pub deep: f32,
}

/// A knot of a round limb.
pub(super) const fn knot(at: Vec3, radius: f32) -> Knot {
    Knot { at, across: radius, deep: radius }
}

/// Adds a closed tube with `sides` faces around an axis through the knots.
pub(super) fn limb(mesh: &mut Mesh, knots: &[Knot], sides: u16, surface: u16) {
    let rings: Vec<Vec<Vec3>> = (0..knots.len()).map(|i| ring(knots, i, sides)).collect();
    for pair in rings.windows(2) {
        for (i, a) in pair[0].iter().enumerate() {
            let next = (i + 1) % pair[0].len();
            mesh.polygon(&[*a, pair[0][next], pair[1][next], pair[1][i]], surface);
        }
    }
    let (Some(first), Some(last)) = (rings.first(), rings.last()) else { return };
    mesh.polygon(last, surface);
    mesh.polygon(&first.iter().rev().copied().collect::<Vec<_>>(), surface);
}

/// The ring at knot `i`, counter-clockwise seen along the axis from its far end.
fn ring(knots: &[Knot], i: usize, sides: u16) -> Vec<Vec3> {
    let before = knots[i.saturating_sub(1)].at;
    let after = knots[(i + 1).min(knots.len() - 1)].at;
    let along = (after - before).try_normalize(1e-6).unwrap_or(Vec3::z());
    let sideways = if along.y.abs() > 0.8 { Vec3::x() } else { Vec3::y() };
    let across = (sideways - along * along.dot(&sideways)).normalize();
    let deep = along.cross(&across);
    (0..sides)
        .map(|k| {
            let (sin, cos) =
                sin_cos(std::f32::consts::TAU * (f32::from(k) + 0.5) / f32::from(sides));
            knots[i].at + across * (knots[i].across * cos) + deep * (knots[i].deep * sin)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The area vector (zero for a closed skin) and the volume.
    fn measure(mesh: &Mesh) -> (Vec3, f32) {
        mesh.triangles.iter().fold((Vec3::zeros(), 0.0), |(area, volume), t| {
            let [a, b, c] = t.corners.map(|i| mesh.vertices[i as usize]);
            let normal = (b - a).cross(&(c - a)) / 2.0;
            (area + normal, volume + normal.dot(&a) / 3.0)
        })
    }

    #[test]
    fn a_loft_is_closed_and_holds_its_volume() {
        let section =
            |x: f32| [Vec3::new(x, 1.0, 0.5), Vec3::new(x, 1.0, 1.5), Vec3::new(x, 0.5, 2.0)];
        let mut mesh = Mesh::default();
        loft(&mut mesh, &[section(3.0), section(1.0), section(-1.0)], |_| Some(0));
        let (area, volume) = measure(&mesh);
        assert!(area.norm() < 1e-4, "{area}");
        assert!((volume - 4.0 * (2.0 + 0.75)).abs() < 1e-3, "{volume}");
    }

    #[test]
    fn a_limb_in_any_direction_is_closed_and_looks_outwards() {
        for to in
            [Vec3::x(), -Vec3::x(), Vec3::y(), -Vec3::y(), Vec3::z(), Vec3::new(1.0, 0.4, -2.0)]
        {
            let mut mesh = Mesh::default();
            limb(&mut mesh, &[knot(Vec3::zeros(), 0.2), knot(to / 2.0, 0.2), knot(to, 0.2)], 4, 0);
            let (area, volume) = measure(&mesh);
            assert!(area.norm() < 1e-4, "{area}");
            // A square whose corners lie at the radius.
            assert!((volume - 2.0 * 0.04 * to.norm()).abs() < 1e-4, "{volume}");
        }
    }
}
