//! GPS and inertial records (`oxts`).

use super::text::{Fields, frame_lines};
use crate::ParseError;
use delos_core::{Ego, Transform, World};
use nalgebra::{Isometry3, Translation3, UnitQuaternion};
use std::f64::consts::PI;

/// What a record says of the vehicle's place.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Record {
    /// Latitude, degrees.
    pub latitude: f64,
    /// Longitude, degrees.
    pub longitude: f64,
    /// Altitude, metres.
    pub altitude: f64,
    /// Roll, radians.
    pub roll: f64,
    /// Pitch, radians.
    pub pitch: f64,
    /// Heading, radians, 0 = east, counter-clockwise.
    pub yaw: f64,
}

/// Radius of the earth in KITTI's Mercator projection, metres.
const EARTH_RADIUS_M: f64 = 6_378_137.0;

/// Parses records of 30 numbers, one a line: a raw drive's file has one line, a file of
/// the tracking benchmark one per frame. Only the first six numbers are used.
///
/// # Errors
/// The first line that has fewer than 30 fields, no number where one is used, or a
/// latitude for which the projection is not defined, or is blank before others.
pub fn parse(text: &str) -> Result<Vec<Record>, ParseError> {
    frame_lines(text)
        .map(|numbered| {
            let (line, text) = numbered?;
            let fields = Fields::between_blanks(line, text)
                .at_least(30, "lat lon alt roll pitch yaw and 24 more")?;
            let [latitude, longitude, altitude, roll, pitch, yaw] = fields.numbers(0)?;
            if latitude.abs() >= 89.9 {
                return Err(fields.refuse(format!("latitude {latitude} is too near to a pole")));
            }
            Ok(Record { latitude, longitude, altitude, roll, pitch, yaw })
        })
        .collect()
}

/// The vehicle's pose at the time of `record`, in a world that is the vehicle's frame at
/// the time of `first`. Mercator projection scaled for the first latitude, and
/// `Rz(yaw) Ry(pitch) Rx(roll)`, as in KITTI's development kit (`convertOxtsToPose`).
pub fn world_from_ego(
    first: &Record,
    record: &Record,
    ego_from_imu: &Isometry3<f64>,
) -> Transform<World, Ego> {
    let scale = (first.latitude * PI / 180.0).cos();
    let moved = mercator(first, scale).inverse() * mercator(record, scale);
    Transform::new(ego_from_imu * moved * ego_from_imu.inverse())
}

/// The inertial unit in the projection's plane.
fn mercator(record: &Record, scale: f64) -> Isometry3<f64> {
    let east = scale * EARTH_RADIUS_M * record.longitude * PI / 180.0;
    let north = scale * EARTH_RADIUS_M * (PI * (90.0 + record.latitude) / 360.0).tan().ln();
    Isometry3::from_parts(
        Translation3::new(east, north, record.altitude),
        UnitQuaternion::from_euler_angles(record.roll, record.pitch, record.yaw),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::f64::consts::FRAC_PI_2;

    fn line(latitude: f64, longitude: f64, yaw: f64) -> String {
        format!("{latitude} {longitude} 116.4 0 0 {yaw}{}", " 0".repeat(24))
    }

    #[test]
    fn a_way_north_is_a_way_ahead_for_a_vehicle_that_faces_north() {
        // One second of arc along a meridian of the projection's sphere.
        let step = EARTH_RADIUS_M * PI / 180.0 / 3600.0;
        let text = format!(
            "{}\n{}\n",
            line(49.0, 8.4, FRAC_PI_2),
            line(49.0 + 1.0 / 3600.0, 8.4, FRAC_PI_2)
        );
        let records = parse(&text).expect("valid");
        let pose = world_from_ego(&records[0], &records[1], &Isometry3::identity());
        let moved = pose.isometry().translation.vector;
        assert!((moved.x - step).abs() < 1e-3 * step, "{moved} is not {step}");
        assert!(moved.y.abs() < 1e-6 && moved.z.abs() < 1e-9);
    }

    #[test]
    fn a_turn_swings_a_scanner_that_sits_ahead_of_the_unit() {
        let records = parse(&format!("{}\n{}\n", line(49.0, 8.4, 0.0), line(49.0, 8.4, FRAC_PI_2)))
            .expect("valid");
        let ego_from_imu = Isometry3::translation(-1.0, 0.0, 0.0);
        let pose = world_from_ego(&records[0], &records[1], &ego_from_imu);
        let moved = pose.isometry().translation.vector;
        assert!((moved.x + 1.0).abs() < 1e-6 && (moved.y - 1.0).abs() < 1e-6, "{moved}");
        assert!((pose.yaw() - FRAC_PI_2).abs() < 1e-9);
    }

    #[test]
    fn the_wrong_line_is_named() {
        for wrong in ["1 2 3".to_owned(), line(90.0, 8.0, 0.0), line(f64::NAN, 8.0, 0.0)] {
            let error = parse(&format!("{}\n{wrong}\n", line(49.0, 8.4, 0.0))).expect_err(&wrong);
            assert_eq!(error.line, Some(2), "{wrong}");
        }
    }
}
