//! What the tests of the whole pipeline share: where real data lies, and the built `delos` program.
//!
//! Real recordings, networks and reference results are too large, and their licences too narrow, to
//! lie in the repository. Tests that need them ask here, and return when there is none:
//!
//! ```no_run
//! # fn test() {
//! let Some(data) = delos_tests::real_data("drive_0052_has_32_frames") else { return };
//! let drive = data.join("kitti_raw/2011_09_26/2011_09_26_drive_0052_sync");
//! # }
//! ```
//!
//! A test that did not run says so on stderr and in the file named by `DELOS_SKIP_LOG`, where
//! `cargo xtask test` counts it. `DELOS_REQUIRE_DATA=1` turns every such case into a failure.

mod command;
mod disk;
mod drive;
mod places;

pub use command::{Finished, delos_program, run_delos, run_delos_with};
pub use disk::with_small_disk;
pub use drive::{MadeUpDrive, scan_bytes, scene};
pub use places::{checkout, oracle, ort_library, real_data, real_models};
