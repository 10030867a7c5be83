//! Memory of a GPU.

use crate::gpu::DeviceBuffer;
use cudarc::driver::{CudaSlice, DevicePtr};
use std::fmt;
use std::marker::PhantomData;

/// Memory of a GPU for values of one type. It is given back in the order of its stream: after all that was asked for
/// before.
pub struct CudaBuffer<T> {
    pub(super) bytes: CudaSlice<u8>,
    pub(super) len: usize,
    values: PhantomData<T>,
}

impl<T> CudaBuffer<T> {
    pub(super) const fn new(bytes: CudaSlice<u8>, len: usize) -> Self {
        Self { bytes, len, values: PhantomData }
    }
}

impl<T> Drop for CudaBuffer<T> {
    fn drop(&mut self) {
        // `cudarc` frees memory in whatever context the thread has; one that did nothing with the device has none.
        let context = self.bytes.context();
        // The first call fails with what another one left behind; that is kept for whoever asks next.
        let before = context.bind_to_thread();
        if before.is_err() {
            context.record_err(context.bind_to_thread());
            context.record_err(before);
        }
    }
}

impl<T> fmt::Debug for CudaBuffer<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CudaBuffer").field("len", &self.len).finish_non_exhaustive()
    }
}

impl<T> DeviceBuffer<T> for CudaBuffer<T> {
    fn len(&self) -> usize {
        self.len
    }

    fn address(&self) -> u64 {
        self.bytes.device_ptr(self.bytes.stream()).0
    }
}
