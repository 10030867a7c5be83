//! LiDAR scans: KITTI's, PCD files, and the compression in them.

#![no_main]

use delos_fuzz::{check_cloud, split};
use delos_ingest::{kitti::velodyne, user};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let Some((choice, bytes)) = split(data) else { return };
    match choice {
        b'b' => velodyne::parse_bin(bytes).iter().for_each(check_cloud),
        b'p' => user::parse_pcd(bytes).iter().for_each(check_cloud),
        b'l' => expand(bytes),
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
