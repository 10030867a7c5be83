//! Velodyne scans: little-endian `f32` x, y, z, reflectance, 16 bytes a point, no header.

use super::records::Records;
use crate::ParseError;
use delos_core::{Ego, LidarPoint, PointCloud};

/// Bytes of one point.
const POINT_BYTES: usize = 16;

const RECORDS: Records =
    Records { bytes: POINT_BYTES, most: 20_000_000, name: "points", file: "scan" };

/// Parses a scan: `[N] (x, y, z, reflectance)` in the Velodyne's frame (which is
/// [`Ego`]), metres. Points that are not finite are dropped and counted by the cloud;
/// a scan without points is legal.
///
/// # Errors
/// When the length is not a multiple of 16 bytes, or that of more than 20 million points.
pub fn parse_bin(bytes: &[u8]) -> Result<PointCloud<Ego>, ParseError> {
    RECORDS.check(bytes.len())?;
    Ok(PointCloud::new(bytes.as_chunks::<POINT_BYTES>().0.iter().map(point).collect()))
}

fn point(bytes: &[u8; POINT_BYTES]) -> LidarPoint {
    let value =
        |at: usize| f32::from_le_bytes([bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]]);
    LidarPoint { x: value(0), y: value(4), z: value(8), intensity: value(12) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn bytes(values: &[[f32; 4]]) -> Vec<u8> {
        values.iter().flatten().flat_map(|v| v.to_le_bytes()).collect()
    }

    #[test]
    fn points_keep_their_order_and_nan_is_dropped() {
        let cloud = parse_bin(&bytes(&[
            [1.0, 2.0, 3.0, 0.5],
            [f32::NAN, 0.0, 0.0, 0.0],
            [0.0, f32::INFINITY, 0.0, 0.0],
            [-4.0, 5.0, -6.0, 0.25],
        ]))
        .expect("whole points");
        assert_eq!(cloud.dropped(), 2);
        assert_eq!(cloud.points().len(), 2);
        assert_eq!(cloud.points()[1], LidarPoint { x: -4.0, y: 5.0, z: -6.0, intensity: 0.25 });
    }

    #[test]
    fn a_ragged_scan_is_refused_and_an_empty_one_is_not() {
        let error = parse_bin(&[0; 33]).expect_err("ragged").to_string();
        assert!(error.contains("33 bytes are 2 points of 16 bytes and 1 bytes more"), "{error}");
        assert_eq!(parse_bin(&[]).expect("empty is legal").points().len(), 0);
    }

    #[test]
    fn more_points_than_a_scan_has_are_refused() {
        assert_eq!(RECORDS.check(320_000_000), Ok(()));
        let error = RECORDS.check(320_000_016).expect_err("one too many").to_string();
        assert!(error.contains("20000001 points; supported are 20000000"), "{error}");
    }

    proptest! {
        #[test]
        fn every_whole_scan_is_read_completely(values in prop::collection::vec(prop::array::uniform4(any::<f32>()), 0..50)) {
            let cloud = parse_bin(&bytes(&values)).expect("whole points");
            prop_assert_eq!(cloud.points().len() + cloud.dropped() as usize, values.len());
        }
    }
}
