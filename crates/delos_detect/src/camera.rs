//! Objects in camera images, through a network.
//!
//! Three steps, each pure and with a plain version in [`reference`](mod@reference): [`Letterbox`] fits the
//! image into the network's input, the network runs, [`PostProcess`] makes boxes of its
//! numbers. [`CameraDetector`] holds the three together; on a GPU all three run there, as [`DeviceSteps`]
//! describes the first and the last.

mod decode;
mod detector;
mod device;
mod fit;
mod letterbox;
mod options;
mod post;
mod processor;
pub mod reference;
mod resident;
mod taps;

pub use detector::CameraDetector;
pub use device::DeviceSteps;
pub use fit::Fit;
pub use letterbox::Letterbox;
pub use options::{CameraOptions, Together};
pub use post::PostProcess;
