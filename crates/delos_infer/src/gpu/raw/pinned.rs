//! Memory of the processor that a GPU reads and writes by itself.
#![expect(unsafe_code, reason = "the driver's memory is reached by its address")]

use cudarc::driver::{
    CudaContext, CudaEvent, CudaSlice, CudaStream, DevicePtr, DevicePtrMut, DriverError, result,
};
use std::ptr::NonNull;
use std::sync::Arc;

/// Pinned memory, and a mark behind the last copy into or out of it. Copies are asked for and happen later: who
/// looks at the bytes, writes to them or gives them back waits for that mark, and so does a copy on another stream.
#[derive(Debug)]
pub(in crate::gpu) struct PinnedBytes {
    start: NonNull<u8>,
    len: usize,
    copied: CudaEvent,
}

// SAFETY: the memory is this value's own and belongs to no thread.
unsafe impl Send for PinnedBytes {}
// SAFETY: through a shared reference bytes are only read, by processor and device.
unsafe impl Sync for PinnedBytes {}

impl PinnedBytes {
    /// So many bytes, zeroed.
    pub(in crate::gpu) fn new(context: &Arc<CudaContext>, len: usize) -> Result<Self, DriverError> {
        let copied = context.new_event(None)?;
        // Flags 0: write-combined memory, cudarc's default, is very slow to read.
        // SAFETY: the context is this thread's, since an event was made in it; no byte is read before it is written.
        let start: *mut u8 = unsafe { result::malloc_host(len.max(1), 0) }?.cast();
        // SAFETY: the driver gave so many bytes from there on.
        unsafe { start.write_bytes(0, len) };
        let start = NonNull::new(start);
        let start = start.ok_or(DriverError(cudarc::driver::sys::CUresult::CUDA_ERROR_UNKNOWN))?;
        Ok(Self { start, len, copied })
    }

    /// The bytes, when all copies of them have been made.
    pub(in crate::gpu) fn bytes(&self) -> Result<&[u8], DriverError> {
        self.copied.synchronize()?;
        // SAFETY: the bytes are this value's own, and the device writes to none: a copy into them takes `&mut self`,
        // and those asked for before have been waited for.
        Ok(unsafe { std::slice::from_raw_parts(self.start.as_ptr(), self.len) })
    }

    /// The same, to write to.
    pub(in crate::gpu) fn bytes_mut(&mut self) -> Result<&mut [u8], DriverError> {
        self.copied.synchronize()?;
        // SAFETY: as for `bytes`, and the device reads none: every copy has been waited for.
        Ok(unsafe { std::slice::from_raw_parts_mut(self.start.as_ptr(), self.len) })
    }

    /// Copies the first `size` bytes, at most all that both have, to a buffer in the order of the stream.
    pub(in crate::gpu) fn upload(
        &self,
        stream: &Arc<CudaStream>,
        size: usize,
        to: &mut CudaSlice<u8>,
    ) -> Result<(), DriverError> {
        let size = size.min(self.len).min(to.len());
        let (address, _own_guard) = to.device_ptr_mut(stream);
        self.marked(stream, || {
            // SAFETY: the bytes are this value's own; until the mark has been waited for, nobody writes to them.
            let source = unsafe { std::slice::from_raw_parts(self.start.as_ptr(), size) };
            // SAFETY: `size` bytes from `address` on are the buffer's own, which is freed in the order of the stream;
            // the pinned ones are neither written nor given back before the mark behind this copy.
            unsafe { result::memcpy_htod_async(address, source, stream.cu_stream()) }
        })
    }

    /// Copies the beginning of a buffer to all of the first `size` bytes, at most all that both have, in the order of
    /// the stream.
    pub(in crate::gpu) fn download(
        &mut self,
        stream: &Arc<CudaStream>,
        size: usize,
        from: &CudaSlice<u8>,
    ) -> Result<(), DriverError> {
        let size = size.min(self.len).min(from.len());
        let (address, _own_guard) = from.device_ptr(stream);
        self.marked(stream, || {
            // SAFETY: the bytes are this value's own, and lent to nobody else: it is borrowed exclusively.
            let target = unsafe { std::slice::from_raw_parts_mut(self.start.as_ptr(), size) };
            // SAFETY: as for `upload`; nobody reads the pinned bytes before the mark either.
            unsafe { result::memcpy_dtoh_async(target, address, stream.cu_stream()) }
        })
    }

    /// Asks for a copy behind all earlier ones, on whatever stream, and moves the mark behind it.
    fn marked(
        &self,
        stream: &Arc<CudaStream>,
        copy: impl FnOnce() -> Result<(), DriverError>,
    ) -> Result<(), DriverError> {
        stream.wait(&self.copied)?;
        copy()?;
        self.copied.record(stream).inspect_err(|_| {
            // Without a mark there would be nothing to wait for later.
            let _failed_already = stream.synchronize();
        })
    }
}

impl Drop for PinnedBytes {
    fn drop(&mut self) {
        let context = self.copied.context();
        // What failed before comes with the first call and keeps it from being made; it is kept for whoever asks next.
        let before = self.copied.synchronize();
        if before.is_err() {
            context.record_err(self.copied.synchronize());
        }
        // SAFETY: given by `malloc_host` and given back once, after the last copy.
        context.record_err(unsafe { result::free_host(self.start.as_ptr().cast()) });
        context.record_err(before);
    }
}
