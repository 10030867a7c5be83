//! Everything there is at one instant, as the sensors find it.

use crate::ground::Ground;
use crate::math::{Vec3, rotation};
use crate::shape::{Mesh, Volume};
use delos_core::{ObjectClass, Size};
use nalgebra::Matrix3;
use std::sync::Arc;

/// Where a thing is in the world, and how it is turned.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Pose {
    /// Its origin in the world, metres.
    pub origin: Vec3,
    /// World from its own frame.
    pub turn: Matrix3<f32>,
}

impl Pose {
    /// From a place and angles: yaw about z, pitch (positive: nose down), roll; radians.
    pub fn new(origin: Vec3, yaw: f32, pitch: f32, roll: f32) -> Self {
        Self { origin, turn: rotation(yaw, pitch, roll) }
    }

    /// A point of its own frame, in the world.
    pub fn to_world(&self, point: &Vec3) -> Vec3 {
        self.origin + self.turn * point
    }

    /// A point of the world, in its own frame.
    pub fn to_local(&self, point: &Vec3) -> Vec3 {
        self.turn.tr_mul(&(point - self.origin))
    }

    /// The direction of its x axis seen from above, radians.
    pub fn yaw(&self) -> f32 {
        crate::math::atan2(self.turn[(1, 0)], self.turn[(0, 0)])
    }
}

/// A thing made of triangles, in its place.
#[derive(Clone, Debug)]
pub struct Solid {
    /// Its shape.
    pub mesh: Arc<Mesh>,
    /// Its place.
    pub pose: Pose,
    /// Which of [`Scene::objects`] it is (part of), if any.
    pub object: Option<u32>,
}

/// A road user: what the labels speak of.
#[derive(Clone, Debug, PartialEq)]
pub struct Object {
    /// Identity over the drive.
    pub id: u32,
    /// What it is.
    pub class: ObjectClass,
    /// Extents of its box, metres.
    pub size: Size,
    /// The middle of the lower face of its box, and its heading.
    pub pose: Pose,
    /// Velocity in the world, metres per second.
    pub velocity: Vec3,
}

/// Everything at one instant. Static things far from the vehicle may have been left out.
#[derive(Clone, Debug)]
pub struct Scene {
    /// The ground.
    pub ground: Arc<Ground>,
    /// Things made of triangles, road users among them.
    pub solids: Vec<Solid>,
    /// Leafy things.
    pub volumes: Vec<Volume>,
    /// Road users, the vehicle itself not among them.
    pub objects: Vec<Object>,
    /// The vehicle: the frame of its LiDAR ([`delos_core::Ego`]), x forward, y left, z up.
    pub ego: Pose,
    /// Its velocity in the world, metres per second.
    pub ego_velocity: Vec3,
}

/// Height of the vehicle's LiDAR above the ground it stands on, metres (as in KITTI).
pub const LIDAR_HEIGHT_M: f32 = 1.73;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_and_back() {
        let pose = Pose::new(Vec3::new(3.0, -2.0, 1.0), 0.4, 0.03, -0.02);
        let point = Vec3::new(7.0, 1.0, 0.5);
        assert!((pose.to_local(&pose.to_world(&point)) - point).norm() < 1e-5);
        assert!((pose.yaw() - 0.4).abs() < 1e-5);
    }
}
