//! Tests on real recordings, networks and reference results: one program, one module per part.
//!
//! Each test asks `delos_tests` for the folders it needs and says aloud when they are not there.

mod camera;
mod chain;
mod cost;
mod eval;
mod explain;
mod image_tracker;
mod ingest;
mod ingest_user;
mod lidar;
mod odometry;
mod scores;
mod tracking;
