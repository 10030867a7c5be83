//! Memory that others than kernels use where it lies.

use super::{Accelerator, Cuda};
use std::ffi::c_void;

/// Where memory lies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Memory {
    /// Memory of this process.
    Host,
    /// Memory of the NVIDIA GPU of this number.
    Cuda(u32),
}

/// An accelerator whose memory ONNX Runtime can read and write where it lies.
///
/// # Safety
/// As long as a buffer is not dropped, its [`address`](super::DeviceBuffer::address) does not change, and from
/// there on `len` values can be read and written in the memory that [`InPlace::memory`] says.
#[expect(unsafe_code, reason = "others write to the addresses that it tells")]
pub unsafe trait InPlace: Accelerator {
    /// Where buffers lie.
    fn memory(&self) -> Memory;

    /// The stream in whose order everything happens; `None` where each call has done its work when it
    /// returns.
    fn stream(&self) -> Option<*mut c_void>;
}

#[expect(unsafe_code, reason = "others write to the addresses that it tells")]
// SAFETY: a `CudaBuffer` owns the memory at its address, which the driver gave for as many bytes, on the
// device of its context, or in this process, as the caller of `with_memory_of_process` has promised.
unsafe impl InPlace for Cuda {
    fn memory(&self) -> Memory {
        self.memory
    }

    fn stream(&self) -> Option<*mut c_void> {
        Some(self.stream_handle())
    }
}

impl Cuda {
    /// The same, for a driver that keeps a device's memory in this process, as a stand-in for one does:
    /// networks that run on the processor can be bound to its buffers.
    ///
    /// # Safety
    /// The driver's addresses of device memory must be addresses of this process, and nobody may touch that memory
    /// once a stream that works on it has been waited for, until something else is asked of it.
    #[must_use]
    #[expect(unsafe_code, reason = "whether it is so cannot be asked")]
    pub unsafe fn with_memory_of_process(mut self) -> Self {
        self.memory = Memory::Host;
        self
    }
}
