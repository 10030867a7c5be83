//! Objects in camera images, through a network.
//!
//! Three steps, each pure and with a plain version in [`reference`](mod@reference): [`Letterbox`] fits the
//! image into the network's input, the network runs, [`PostProcess`] makes boxes of its
//! numbers. [`CameraDetector`] holds the three together; [`DeviceSteps`] describes the first and the last
//! for a GPU.

mod decode;
mod detector;
mod device;
mod fit;
mod letterbox;
mod post;
pub mod reference;
mod taps;

pub use detector::CameraDetector;
pub use device::DeviceSteps;
pub use fit::Fit;
pub use letterbox::Letterbox;
pub use post::PostProcess;
