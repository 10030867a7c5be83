//! Points of a stream.

use super::Cuda;
use crate::gpu::GpuError;
use crate::gpu::raw::while_doing;
use cudarc::driver::CudaEvent;
use cudarc::driver::sys::CUevent_flags;

/// A point of a stream.
#[derive(Debug)]
pub struct Mark(CudaEvent);

impl Mark {
    /// Waits until the stream has come to this point.
    ///
    /// # Errors
    /// [`GpuError::Driver`], which may come from any earlier call.
    pub fn wait(&self) -> Result<(), GpuError> {
        self.0.synchronize().map_err(while_doing("wait for an event"))
    }

    /// Milliseconds on the device's clock from `start` to this point; waits for both.
    ///
    /// # Errors
    /// [`GpuError::Driver`].
    pub fn millis_since(&self, start: &Self) -> Result<f32, GpuError> {
        start.0.elapsed_ms(&self.0).map_err(while_doing("read the device's clock"))
    }
}

impl Cuda {
    /// Marks this point of the stream.
    ///
    /// # Errors
    /// [`GpuError::Driver`].
    pub fn mark(&self) -> Result<Mark, GpuError> {
        // The default of cudarc is an event without a clock.
        let flags = Some(CUevent_flags::CU_EVENT_DEFAULT);
        self.stream.record_event(flags).map(Mark).map_err(while_doing("record an event"))
    }

    /// Moves a mark to this point of the stream; nothing is allocated.
    ///
    /// # Errors
    /// [`GpuError::Driver`].
    pub fn mark_again(&self, mark: &Mark) -> Result<(), GpuError> {
        mark.0.record(&self.stream).map_err(while_doing("record an event"))
    }
}
