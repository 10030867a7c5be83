//! Fusion of camera and LiDAR detections
