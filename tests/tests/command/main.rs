//! The command as its users meet it, on made-up drives.

mod bad_input;
#[cfg(unix)]
mod bare;
mod basics;
mod bench;
mod cameras;
mod chain;
mod device;
mod eval;
mod eval_run;
mod example;
mod explain;
mod held_out;
mod interrupted;
mod lidar;
mod models;
mod prepare;
mod scans;
mod short_run;
mod simulate;

/// LiDAR objects by clusters alone: runs where there is no ONNX Runtime.
const NO_NETWORK: [&str; 2] = ["--set", "lidar.model=none"];
