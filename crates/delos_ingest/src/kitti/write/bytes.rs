//! Scans as bytes, for [`velodyne::parse_bin`](crate::kitti::velodyne::parse_bin) and
//! [`radar::parse_bin`](crate::kitti::radar::parse_bin).

use delos_core::{Ego, PointCloud, RadarScan};

/// A LiDAR scan: little-endian `f32` x, y, z, reflectance.
pub fn scan_bytes(cloud: &PointCloud<Ego>) -> Vec<u8> {
    let values = cloud.points().iter().map(|p| [p.x, p.y, p.z, p.intensity]);
    little_endian(values)
}

/// A radar scan: little-endian `f32` x, y, z, cross-section, radial velocity, compensated
/// velocity, and 0 for the time in the scan.
pub fn radar_bytes(scan: &RadarScan<Ego>) -> Vec<u8> {
    let values = scan
        .echoes()
        .iter()
        .map(|e| [e.x, e.y, e.z, e.rcs, e.radial_velocity, e.compensated_velocity, 0.0]);
    little_endian(values)
}

fn little_endian<const N: usize>(records: impl ExactSizeIterator<Item = [f32; N]>) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(records.len() * N * size_of::<f32>());
    for record in records {
        for value in record {
            bytes.extend_from_slice(&value.to_le_bytes());
        }
    }
    bytes
}
