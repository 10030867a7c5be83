//! Multi-object tracking with Kalman filters
