//! The extents of a wall, from which rows of windows are laid out.

use crate::math::Vec3;
use crate::shape::Mesh;

/// An upright polygon in the frame of its solid.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Wall {
    /// Level direction along the wall.
    pub(super) along: Vec3,
    /// Smallest and largest place along it, metres.
    pub(super) ends: [f32; 2],
    /// Height of its foot and of its eaves (where a gable begins), metres.
    pub(super) foot: f32,
    pub(super) eaves: f32,
}

impl Wall {
    /// The wall whose fan of triangles starts at this one; `None` when it does not stand
    /// upright.
    pub(super) fn of_polygon(mesh: &Mesh, first: usize) -> Option<Self> {
        let start = mesh.triangles.get(first)?;
        let mut corners = start.corners.to_vec();
        for next in &mesh.triangles[first + 1..] {
            if next.corners[0] != start.corners[0] || corners.last() != Some(&next.corners[1]) {
                break;
            }
            corners.push(next.corners[2]);
        }
        let points: Vec<Vec3> =
            corners.iter().filter_map(|i| mesh.vertices.get(*i as usize).copied()).collect();
        let [a, b, c, ..] = points[..] else { return None };
        let normal = (b - a).cross(&(c - a)).try_normalize(1e-9)?;
        let along = Vec3::z().cross(&normal).try_normalize(0.5)?;
        Some(Self::around(&points, along))
    }

    fn around(points: &[Vec3], along: Vec3) -> Self {
        let bounds = |values: &mut dyn Iterator<Item = f32>| {
            values.fold([f32::MAX, f32::MIN], |[low, high], v| [low.min(v), high.max(v)])
        };
        let ends = bounds(&mut points.iter().map(|p| p.dot(&along)));
        let [foot, top] = bounds(&mut points.iter().map(|p| p.z));
        // One single highest corner is the tip of a gable; two are the eaves.
        let tips = points.iter().filter(|p| p.z > top - 0.05).count();
        let below = points.iter().map(|p| p.z).filter(|z| *z <= top - 0.05);
        let eaves = if tips > 1 { top } else { below.fold(foot, f32::max) };
        Self { along, ends, foot, eaves }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::shape::{Material, Surface};

    #[test]
    fn a_gable_has_its_eaves_below_its_tip() {
        let mut mesh = Mesh::default();
        let s = mesh.surface(Surface::new(Material::Facade, [200; 3]));
        let v = |x: f32, z: f32| Vec3::new(x, 0.0, z);
        mesh.polygon(&[v(-4.0, 0.0), v(4.0, 0.0), v(4.0, 6.0), v(0.0, 9.0), v(-4.0, 6.0)], s);
        let wall = Wall::of_polygon(&mesh, 0).expect("upright");
        assert!((wall.eaves - 6.0).abs() < 1e-5 && wall.foot.abs() < 1e-5);
        assert!((wall.ends[1] - wall.ends[0] - 8.0).abs() < 1e-5);
        mesh.polygon(&[v(-4.0, 0.0), Vec3::new(4.0, 0.0, 0.0), Vec3::new(4.0, 9.0, 0.0)], s);
        assert_eq!(Wall::of_polygon(&mesh, 3), None);
    }
}
