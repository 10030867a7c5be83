//! The kernels of a GPU against the processor's code of the same algorithms, on seeded inputs.
//!
//! [`run`] takes anything that runs kernels: a GPU ([`delos_infer::gpu::Cuda`], in the program `gpu_parity`),
//! or [`Simulated`], which runs the kernels' own source on the processor, so that the tests need no GPU.
//! With [`SimulatedDriver`] in the place of `libcuda` even the program itself runs without one.
//! Nothing here needs OpenCV: the program runs on a bare host.

mod cases;
mod half;
mod outcome;
mod random;
mod simulated;
mod timing;

pub use cases::{
    Networks, PillarNetworks, copies, lidar_options_on, model_of, options_on, resident,
    resident_scans, run,
};
pub use half::{HalfReport, LEAST_SHARE, MOST_SCORE, MOST_SHIFT, compare_on_drives};
pub use outcome::Outcome;
pub use random::Random;
pub use simulated::{Schedule, Shim, Simulated, SimulatedDriver, stand_in};
pub use timing::{Timing, time, time_chain, time_scans};
