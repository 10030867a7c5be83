//! Kalman filters and assignment
