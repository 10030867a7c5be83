//! Scans: KITTI's and PCD files of a LiDAR, the compression in them, and a radar's.

#![no_main]

use delos_fuzz::{check_cloud, split};
use delos_ingest::{
    kitti::{radar, velodyne},
    user,
};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let Some((choice, bytes)) = split(data) else { return };
    match choice {
        b'b' => velodyne::parse_bin(bytes).iter().for_each(check_cloud),
        b'p' => user::parse_pcd(bytes).iter().for_each(check_cloud),
        b'l' => expand(bytes),
        b'r' => echoes(bytes),
        _ => {}
    }
});

/// The first two bytes are the length that a header promises.
fn expand(bytes: &[u8]) {
    let Some((length, packed)) = bytes.split_first_chunk::<2>() else { return };
    let length = usize::from(u16::from_le_bytes(*length));
    if let Ok(unpacked) = user::decompress_lzf(packed, length) {
        assert_eq!(unpacked.len(), length);
    }
}

fn echoes(bytes: &[u8]) {
    if let Ok(scan) = radar::parse_bin(bytes) {
        assert_eq!(scan.echoes().len() + scan.dropped() as usize, bytes.len() / 28);
        assert!(scan.echoes().iter().all(|echo| echo.is_finite()));
    }
}
