//! Memory of the processor for copies that nobody waits for.

use super::{Cuda, CudaBuffer, bytes_of, is_copy};
use crate::gpu::GpuError;
use crate::gpu::raw::{PinnedBytes, while_doing};
use bytemuck::Pod;
use std::marker::PhantomData;

/// Memory of the processor that a GPU reads and writes by itself. It knows the last copy that was asked for: its
/// values can be looked at when that has been made, and it is given back then.
#[derive(Debug)]
pub struct Pinned<T> {
    memory: PinnedBytes,
    len: usize,
    values: PhantomData<T>,
}

impl<T: Pod> Pinned<T> {
    /// The values, after every copy into or out of them.
    ///
    /// # Errors
    /// [`GpuError::Driver`], which may come from any earlier call.
    pub fn values(&self) -> Result<&[T], GpuError> {
        let bytes = self.memory.bytes().map_err(while_doing("wait for a copy"))?;
        Ok(bytemuck::cast_slice(bytes))
    }

    /// The same, to write to.
    ///
    /// # Errors
    /// [`GpuError::Driver`], which may come from any earlier call.
    pub fn values_mut(&mut self) -> Result<&mut [T], GpuError> {
        let bytes = self.memory.bytes_mut().map_err(while_doing("wait for a copy"))?;
        Ok(bytemuck::cast_slice_mut(bytes))
    }
}

impl Cuda {
    /// Memory of the processor from and to which copies need no help, zeroed.
    ///
    /// # Errors
    /// [`GpuError::Driver`].
    pub fn pinned<T: Pod>(&self, len: usize) -> Result<Pinned<T>, GpuError> {
        let memory = PinnedBytes::new(&self.context, bytes_of::<T>(len)?)
            .map_err(while_doing("allocate pinned memory"))?;
        Ok(Pinned { memory, len, values: PhantomData })
    }

    /// Copies pinned values to the beginning of a buffer, without waiting.
    ///
    /// # Errors
    /// [`GpuError::BufferTooShort`], [`GpuError::Driver`].
    pub fn upload_pinned<T: Pod>(
        &self,
        from: &Pinned<T>,
        to: &mut CudaBuffer<T>,
    ) -> Result<(), GpuError> {
        if !is_copy(from.len, to.len)? {
            return Ok(());
        }
        self.upload_first(from.len, from, to)
    }

    /// The same for the first `count` values alone.
    ///
    /// # Errors
    /// The same.
    pub fn upload_first<T: Pod>(
        &self,
        count: usize,
        from: &Pinned<T>,
        to: &mut CudaBuffer<T>,
    ) -> Result<(), GpuError> {
        if !is_copy(count, from.len.min(to.len))? {
            return Ok(());
        }
        let copied = from.memory.upload(&self.stream, count * size_of::<T>(), &mut to.bytes);
        copied.map_err(while_doing("copy to the device"))
    }

    /// Copies the beginning of a buffer into pinned memory, without waiting: [`Pinned::values`] does.
    ///
    /// # Errors
    /// [`GpuError::BufferTooShort`], [`GpuError::Driver`].
    pub fn download_pinned<T: Pod>(
        &self,
        from: &CudaBuffer<T>,
        to: &mut Pinned<T>,
    ) -> Result<(), GpuError> {
        if !is_copy(to.len, from.len)? {
            return Ok(());
        }
        let copied = to.memory.download(&self.stream, to.len * size_of::<T>(), &from.bytes);
        copied.map_err(while_doing("copy from the device"))
    }
}
