//! Where the camera is in the world, and how it projects.

use super::CameraRig;
use crate::math::Vec3;
use crate::scene::Scene;

/// Nothing nearer to the camera's plane than this is drawn, metres.
pub(super) const NEAREST_M: f32 = 0.1;

/// A camera placed in the world. Pixels have their centres at whole numbers.
#[derive(Clone, Debug)]
pub(super) struct View {
    /// The centre of projection, world, metres.
    pub(super) origin: Vec3,
    /// World directions of the image's columns, of its rows, and of the optical axis.
    right: Vec3,
    down: Vec3,
    pub(super) forward: Vec3,
    pub(super) focal: f32,
    center: [f32; 2],
    pub(super) width: usize,
    pub(super) height: usize,
    limits: [(Vec3, f32); 5],
}

impl View {
    /// The camera of a rig on the scene's vehicle.
    pub(super) fn new(scene: &Scene, rig: &CameraRig) -> Self {
        let axis = |i: usize| scene.ego.turn.column(i).into_owned();
        Self {
            origin: scene.ego.to_world(&Vec3::from(rig.in_ego)),
            right: -axis(1),
            down: -axis(2),
            forward: axis(0),
            focal: rig.focal,
            center: rig.center,
            width: rig.size.width as usize,
            height: rig.size.height as usize,
            limits: limits(rig),
        }
    }

    /// A point of the world in the camera's axes: x right, y down, z forward, metres.
    pub(super) fn to_camera(&self, point: &Vec3) -> Vec3 {
        let d = point - self.origin;
        Vec3::new(d.dot(&self.right), d.dot(&self.down), d.dot(&self.forward))
    }

    /// Column, row and inverse depth (1/m) of a point in the camera's axes.
    pub(super) fn project(&self, p: &Vec3) -> [f32; 3] {
        let inverse = 1.0 / p.z;
        let scale = self.focal * inverse;
        [self.center[0] + p.x * scale, self.center[1] + p.y * scale, inverse]
    }

    /// The world direction seen by a pixel, one metre long along the optical axis, so
    /// that `origin + depth * ray` is what the pixel sees at a depth.
    pub(super) fn ray(&self, x: usize, y: usize) -> Vec3 {
        let u = (x as f32 - self.center[0]) / self.focal;
        let v = (y as f32 - self.center[1]) / self.focal;
        self.forward + self.right * u + self.down * v
    }

    /// Whether a point lies within the limits for drawing.
    pub(super) fn holds(&self, p: &Vec3) -> bool {
        let reach = self.limits[1].0.z * p.z;
        p.z >= NEAREST_M && p.x.abs() <= reach && p.y.abs() <= reach
    }

    /// Limits for drawing, in the camera's axes, as planes `(normal, offset)` with
    /// `normal * p + offset >= 0` inside: the near plane, then a band around the image
    /// wide enough that few triangles cross it and small enough for `f32`.
    pub(super) const fn limits(&self) -> &[(Vec3, f32); 5] {
        &self.limits
    }
}

fn limits(rig: &CameraRig) -> [(Vec3, f32); 5] {
    let reach = (rig.size.width.max(rig.size.height) as f32 * 1.5 + 64.0) / rig.focal;
    [
        (Vec3::new(0.0, 0.0, 1.0), -NEAREST_M),
        (Vec3::new(1.0, 0.0, reach), 0.0),
        (Vec3::new(-1.0, 0.0, reach), 0.0),
        (Vec3::new(0.0, 1.0, reach), 0.0),
        (Vec3::new(0.0, -1.0, reach), 0.0),
    ]
}
