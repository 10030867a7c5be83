//! Inference sessions and devices: ONNX Runtime and CUDA, opened safely.
//!
//! ONNX Runtime is loaded at run time ([`OrtLibrary`]), never linked, so that a build needs
//! neither it nor CUDA. A [`Session`] runs one network; [`gpu::probe`] says what NVIDIA GPU
//! there is, in words where there is none.
//!
//! ```no_run
//! use delos_infer::{InferError, Model, OrtLibrary, Session, SessionOptions};
//!
//! let runtime = OrtLibrary::find(None)?.load()?;
//! let model = Model::File("yolox_nano.onnx".as_ref());
//! let mut session = Session::open(runtime, model, &SessionOptions::default())?;
//! let image = vec![114.0; 3 * 416 * 416];
//! let rows = session.run("images", &[1, 3, 416, 416], &image, |outputs| {
//!     Ok::<_, InferError>(outputs.get("output")?.shape[1])
//! })?;
//! assert_eq!(rows, 3549);
//! # Ok::<(), InferError>(())
//! ```

mod ceilings;
mod cost;
mod device;
mod error;
pub mod gpu;
pub mod kernels;
mod library;
mod session;
mod tensor;
mod user_cache;

pub use ceilings::{GpuCeilings, GpuTrial};
pub use cost::Cost;
pub use device::Device;
pub use error::InferError;
pub use library::{OrtLibrary, OrtPlace, OrtSearch, Runtime};
pub use session::{
    Binding, BoundTensor, EnginePlace, Input, Model, Numbers, Outputs, PlacedNode, Placement,
    Session, SessionOptions, StreamOptions, TensorShape, TensorView,
};
pub use tensor::{TensorInfo, halves};
