//! What size road users have, and how a box that is seen in part is completed.

use crate::lshape::LShape;
use delos_core::{Box3, Ego, ObjectClass, Position, Size, Yaw};
use std::f64::consts::FRAC_PI_2;

/// A range of one extent, metres.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Extent {
    /// Smaller ones are only parts.
    pub min: f64,
    /// The mean.
    pub typical: f64,
    /// Larger ones are something else.
    pub max: f64,
}

const fn extent(min: f64, typical: f64, max: f64) -> Extent {
    Extent { min, typical, max }
}

/// Sizes of one class. Means are those of KITTI's labels, ranges cover nearly all of them.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ShapePrior {
    /// Along the heading.
    pub length: Extent,
    /// Across the heading.
    pub width: Extent,
    /// Over ground.
    pub height: Extent,
}

impl ShapePrior {
    /// The prior of a class; classes without one of their own share the car's.
    pub const fn of(class: ObjectClass) -> Self {
        match class {
            ObjectClass::Van => Self {
                length: extent(4.2, 5.0, 6.5),
                width: extent(1.6, 1.9, 2.4),
                height: extent(1.7, 2.15, 2.5),
            },
            ObjectClass::Truck | ObjectClass::Bus | ObjectClass::Tram => Self {
                length: extent(6.0, 10.0, 16.0),
                width: extent(2.1, 2.55, 3.0),
                height: extent(2.4, 3.2, 4.2),
            },
            ObjectClass::Pedestrian | ObjectClass::PersonSitting => Self {
                length: extent(0.3, 0.8, 1.2),
                width: extent(0.3, 0.65, 1.0),
                height: extent(1.2, 1.75, 2.0),
            },
            ObjectClass::Cyclist | ObjectClass::Motorcycle => Self {
                length: extent(1.4, 1.75, 2.2),
                width: extent(0.4, 0.6, 0.9),
                height: extent(1.3, 1.72, 2.0),
            },
            _ => Self {
                length: extent(3.2, 3.9, 5.0),
                width: extent(1.4, 1.63, 2.0),
                height: extent(1.25, 1.53, 1.85),
            },
        }
    }
}

/// Which axis of an [`LShape`] is the length.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LengthAxis {
    /// The first.
    First,
    /// The second.
    Second,
}

/// A footprint seen from above, completed.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Footprint {
    /// Centre `(x, y)`, metres.
    pub center: [f64; 2],
    /// Along `yaw`, metres.
    pub length: f64,
    /// Across `yaw`, metres.
    pub width: f64,
    /// Direction of the length, radians.
    pub yaw: f64,
}

impl Footprint {
    /// The upright box over the footprint; `None` where a size is not positive or finite.
    pub fn raised(&self, bottom: f64, height: f64) -> Option<Box3<Ego>> {
        let size = Size::new(self.length, self.width, height).ok()?;
        let center = Position::new(self.center[0], self.center[1], bottom + height / 2.0);
        Some(Box3::new(center, size, Yaw::new(self.yaw).ok()?))
    }
}

/// Completes what is seen to the prior's size: edges that face the sensor stay, the
/// others move away from the sensor.
pub fn complete(shape: &LShape, axis: LengthAxis, prior: &ShapePrior) -> Footprint {
    let (along, across, yaw) = match axis {
        LengthAxis::First => (shape.first, shape.second, shape.yaw),
        LengthAxis::Second => (
            [shape.second[0], shape.second[1]],
            [-shape.first[1], -shape.first[0]],
            shape.yaw + FRAC_PI_2,
        ),
    };
    let along = grown(along, &prior.length);
    let across = grown(across, &prior.width);
    let (sin, cos) = yaw.sin_cos();
    let (u, v) = (f64::midpoint(along[0], along[1]), f64::midpoint(across[0], across[1]));
    Footprint {
        center: [u * cos - v * sin, u * sin + v * cos],
        length: along[1] - along[0],
        width: across[1] - across[0],
        yaw,
    }
}

/// The interval, grown to the typical extent away from the sensor where less than the
/// least extent is seen. The sensor's own coordinate is zero; an interval around it grows to both sides.
fn grown(seen: [f64; 2], wanted: &Extent) -> [f64; 2] {
    let length = seen[1] - seen[0];
    let missing = if length < wanted.min { wanted.typical - length } else { 0.0 };
    if seen[0] >= 0.0 {
        [seen[0], seen[1] + missing]
    } else if seen[1] <= 0.0 {
        [seen[0] - missing, seen[1]]
    } else {
        [seen[0] - missing / 2.0, seen[1] + missing / 2.0]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CAR: ShapePrior = ShapePrior::of(ObjectClass::Car);

    fn seen(first: [f64; 2], second: [f64; 2]) -> LShape {
        LShape { yaw: 0.0, first, second, residual: 0.0 }
    }

    #[test]
    fn a_box_grows_away_from_the_sensor_on_either_side() {
        for (along, wanted) in [([10.0, 10.3], 11.95), ([-10.3, -10.0], -11.95)] {
            let rear = complete(&seen(along, [-0.8, 0.8]), LengthAxis::First, &CAR);
            assert!((rear.center[0] - wanted).abs() < 1e-9, "{rear:?}");
            assert!((rear.length - 3.9).abs() < 1e-9 && (rear.width - 1.6).abs() < 1e-9);
        }
    }

    #[test]
    fn an_interval_across_the_sensors_axis_grows_to_both_sides() {
        let part = complete(&seen([10.0, 14.0], [-0.2, 0.2]), LengthAxis::First, &CAR);
        assert!(part.center[1].abs() < 1e-9 && (part.width - 1.63).abs() < 1e-9);
    }

    #[test]
    fn the_second_axis_as_length_turns_the_box_by_a_quarter() {
        let side = complete(&seen([8.0, 9.6], [-2.0, 2.0]), LengthAxis::Second, &CAR);
        assert!((side.yaw - FRAC_PI_2).abs() < 1e-9);
        assert!((side.center[0] - 8.8).abs() < 1e-9 && side.center[1].abs() < 1e-9);
        assert!((side.length - 4.0).abs() < 1e-9);
    }

    #[test]
    fn what_is_longer_than_the_least_extent_stays_as_seen() {
        let long = complete(&seen([10.0, 14.6], [2.0, 3.7]), LengthAxis::First, &CAR);
        assert!((long.length - 4.6).abs() < 1e-9 && (long.center[0] - 12.3).abs() < 1e-9);
    }

    #[test]
    fn a_footprint_without_area_is_no_box() {
        let flat = Footprint { center: [0.0; 2], length: 0.0, width: 1.0, yaw: 0.0 };
        assert_eq!(flat.raised(0.0, 1.5), None);
    }

    #[test]
    fn every_prior_is_in_order() {
        for class in [ObjectClass::Car, ObjectClass::Van, ObjectClass::Truck, ObjectClass::Cyclist]
        {
            let prior = ShapePrior::of(class);
            for extent in [prior.length, prior.width, prior.height] {
                assert!(extent.min < extent.typical && extent.typical < extent.max, "{class:?}");
            }
        }
    }
}
