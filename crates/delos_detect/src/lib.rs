//! Detection in camera images and LiDAR scans
