//! The ground as the camera sees it: a fan of rings, fine near the camera.

use super::target::{Owner, Target};
use super::view::View;
use crate::ground::Ground;
use crate::math::{Vec3, atan2, sin_cos};

/// First and last ring, metres from the camera.
const NEAR_M: f32 = 2.5;
const FAR_M: f32 = 170.0;
/// Radius of each ring over that of the one before.
const GROWTH: f32 = 1.022;
/// Cells across the field of view.
const SPOKES: usize = 180;

/// The normals of the cells that were drawn.
#[derive(Clone, Debug)]
pub(super) struct Terrain {
    normals: Vec<Vec3>,
}

impl Terrain {
    /// Unit normal of a cell.
    pub(super) fn normal(&self, cell: u32) -> Vec3 {
        self.normals.get(cell as usize).copied().unwrap_or_else(Vec3::z)
    }
}

/// Draws the ground.
pub(super) fn draw(ground: &Ground, view: &View, target: &mut Target) -> Terrain {
    let spokes = spokes(view);
    let mut terrain = Terrain { normals: Vec::new() };
    let mut radius = NEAR_M;
    let mut near = ring(ground, view, &spokes, radius);
    while radius < FAR_M {
        radius *= GROWTH;
        let far = ring(ground, view, &spokes, radius);
        draw_ring(view, target, &near, &far, &mut terrain.normals);
        near = far;
    }
    terrain
}

/// World directions that span the field of view and a little more.
fn spokes(view: &View) -> Vec<[f32; 2]> {
    let middle = atan2(view.forward.y, view.forward.x);
    let half = atan2(view.width as f32 * 0.56, view.focal) + 0.05;
    (0..=SPOKES)
        .map(|i| {
            let turn = (i as f32 / SPOKES as f32 - 0.5) * 2.0 * half;
            let (sin, cos) = sin_cos(middle + turn);
            [cos, sin]
        })
        .collect()
}

/// Points of a ring: in the world and in the camera's axes.
fn ring(ground: &Ground, view: &View, spokes: &[[f32; 2]], radius: f32) -> Vec<(Vec3, Vec3)> {
    spokes
        .iter()
        .map(|[cos, sin]| {
            let (x, y) = (view.origin.x + radius * cos, view.origin.y + radius * sin);
            let p = Vec3::new(x, y, ground.height(x, y));
            (p, view.to_camera(&p))
        })
        .collect()
}

/// Draws the cells between two rings; spokes go counter-clockwise seen from above.
fn draw_ring(
    view: &View,
    target: &mut Target,
    near: &[(Vec3, Vec3)],
    far: &[(Vec3, Vec3)],
    normals: &mut Vec<Vec3>,
) {
    for (a, b) in near.windows(2).zip(far.windows(2)) {
        let corners = [a[0], b[0], b[1], a[1]];
        let owner = Owner::Ground(normals.len() as u32);
        let across = (corners[2].0 - corners[0].0).cross(&(corners[3].0 - corners[1].0));
        normals.push(across.try_normalize(1e-12).unwrap_or_else(Vec3::z));
        if !on_screen(view, &corners) {
            continue;
        }
        for triangle in [[0, 1, 2], [0, 2, 3]] {
            let seen = triangle.map(|i| corners[i].1);
            target.cover(view, seen, |target, i, value| target.claim(i, value, owner));
        }
    }
}

fn on_screen(view: &View, corners: &[(Vec3, Vec3); 4]) -> bool {
    let at = corners.map(|(_, p)| (p.z > super::view::NEAREST_M).then(|| view.project(&p)));
    let [Some(a), Some(b), Some(c), Some(d)] = at else { return true };
    let all = [a, b, c, d];
    let (w, h) = (view.width as f32, view.height as f32);
    all.iter().any(|p| p[0] >= 0.0)
        && all.iter().any(|p| p[0] <= w)
        && all.iter().any(|p| p[1] >= 0.0)
        && all.iter().any(|p| p[1] <= h)
}
