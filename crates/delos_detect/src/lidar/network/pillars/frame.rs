//! The vehicle's frame and the network's.

use crate::models::{ForwardAxis, PillarCard};
use delos_core::{Box3, Ego, LidarPoint, Position, Size, Yaw};

/// Boxes farther away or larger than this are no boxes, metres.
const LARGEST_M: f64 = 1000.0;

/// Carries points of a scan into the frame of a network's training data, and boxes back.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct NetworkFrame {
    pub(super) forward: ForwardAxis,
    /// Yaw added on the way to the network, radians.
    pub(super) turn: f64,
    /// Added after turning, metres.
    pub(super) shift_m: [f64; 3],
}

/// A box in a network's frame: middle and sizes in metres, yaw from x towards y.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct NetworkBox {
    pub(super) middle: [f64; 3],
    /// Length, width, height.
    pub(super) size: [f64; 3],
    pub(super) yaw: f64,
}

impl NetworkFrame {
    /// For a sensor so high above nominal ground; `None` takes the card's height.
    pub fn new(card: &PillarCard, ego_height_m: Option<f64>) -> Self {
        let [x, y, _] = card.sensor_m;
        let shift_m = [x, y, card.lift_m(ego_height_m)];
        Self { forward: card.forward, turn: card.turn(), shift_m }
    }

    /// A point in the network's frame, metres.
    pub(super) fn point(&self, point: &LidarPoint) -> [f32; 3] {
        let [x, y, z] = self.shift_m.map(|part| part as f32);
        match self.forward {
            ForwardAxis::X => [point.x + x, point.y + y, point.z + z],
            ForwardAxis::Y => [x - point.y, point.x + y, point.z + z],
        }
    }

    /// A box in the vehicle's frame; `None` where its numbers are out of all bounds.
    pub(super) fn ego(&self, found: &NetworkBox) -> Option<Box3<Ego>> {
        let [x, y, z] = [0, 1, 2].map(|axis| found.middle[axis] - self.shift_m[axis]);
        let [x, y] = match self.forward {
            ForwardAxis::X => [x, y],
            ForwardAxis::Y => [y, -x],
        };
        let [length, width, height] = found.size;
        let fits = [x, y, z, length, width, height].iter().all(|value| value.abs() <= LARGEST_M);
        let size = Size::new(length, width, height).ok().filter(|_| fits)?;
        let yaw = Yaw::new(found.yaw - self.turn).ok()?;
        Some(Box3::new(Position::new(x, y, z), size, yaw))
    }
}
