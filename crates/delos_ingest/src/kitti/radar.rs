//! Radar scans: little-endian `f32` x, y, z, cross-section, radial velocity, the same
//! without the vehicle's own motion, time; 28 bytes an echo, no header. The format is that
//! of the View-of-Delft data set (Palffy et al., Multi-class Road User Detection with 3+1D
//! Radar in the View-of-Delft Dataset, RA-L 2022), the folder one of delos' own.

use super::records::Records;
use crate::ParseError;
use delos_core::{Ego, RadarEcho, RadarScan};

/// Bytes of one echo.
const ECHO_BYTES: usize = 28;

const RECORDS: Records =
    Records { bytes: ECHO_BYTES, most: 1_000_000, name: "echoes", file: "radar scan" };

/// Parses a scan: `[N] (x, y, z, cross-section, v, v compensated, time)` in the vehicle's
/// frame, metres, dB square metres, metres per second. The time of the echo in its scan is
/// skipped. Echoes that are not finite are dropped and counted by the scan; a scan without
/// echoes is legal.
///
/// # Errors
/// When the length is not a multiple of 28 bytes, or that of more than a million echoes.
pub fn parse_bin(bytes: &[u8]) -> Result<RadarScan<Ego>, ParseError> {
    RECORDS.check(bytes.len())?;
    Ok(RadarScan::new(bytes.as_chunks::<ECHO_BYTES>().0.iter().map(echo).collect()))
}

fn echo(bytes: &[u8; ECHO_BYTES]) -> RadarEcho {
    let [x, y, z, rcs, radial_velocity, compensated_velocity, _time] =
        std::array::from_fn(|field| {
            let at = 4 * field;
            f32::from_le_bytes([bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]])
        });
    RadarEcho { x, y, z, rcs, radial_velocity, compensated_velocity }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn bytes(values: &[[f32; 7]]) -> Vec<u8> {
        values.iter().flatten().flat_map(|v| v.to_le_bytes()).collect()
    }

    #[test]
    fn the_fields_keep_their_order_and_nan_is_dropped() {
        let scan = parse_bin(&bytes(&[
            [1.0, 2.0, 3.0, 4.0, 5.0, 6.0, f32::NAN],
            [1.0, 2.0, 3.0, 4.0, f32::NAN, 6.0, 0.0],
        ]))
        .expect("whole echoes");
        let wanted = RadarEcho {
            x: 1.0,
            y: 2.0,
            z: 3.0,
            rcs: 4.0,
            radial_velocity: 5.0,
            compensated_velocity: 6.0,
        };
        assert_eq!(scan.echoes(), [wanted], "the time is not looked at");
        assert_eq!(scan.dropped(), 1);
    }

    #[test]
    fn a_ragged_scan_is_refused_and_an_empty_one_is_not() {
        let error = parse_bin(&[0; 30]).expect_err("ragged").to_string();
        assert!(error.contains("30 bytes are 1 echoes of 28 bytes and 2 bytes more"), "{error}");
        assert_eq!(parse_bin(&[]).expect("empty is legal").echoes().len(), 0);
    }

    #[test]
    fn more_echoes_than_a_scan_has_are_refused() {
        assert_eq!(RECORDS.check(28_000_000), Ok(()));
        let error = RECORDS.check(28_000_028).expect_err("one too many").to_string();
        assert!(error.contains("1000001 echoes; supported are 1000000"), "{error}");
    }

    proptest! {
        #[test]
        fn every_whole_scan_is_read_completely(
            values in prop::collection::vec(prop::array::uniform7(any::<f32>()), 0..50),
        ) {
            let scan = parse_bin(&bytes(&values)).expect("whole echoes");
            prop_assert_eq!(scan.echoes().len() + scan.dropped() as usize, values.len());
        }
    }
}
