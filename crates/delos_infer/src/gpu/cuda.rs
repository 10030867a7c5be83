//! A GPU with its kernels: context, stream, memory, launches, events.

mod buffer;
mod mark;
mod pinned;

pub use buffer::CudaBuffer;
pub use mark::Mark;
pub use pinned::Pinned;

use super::accelerator::{Accelerator, Launch};
use super::raw::{self, while_doing};
use super::{GpuError, KernelOrigin, Kernels, Memory, driver};
use bytemuck::Pod;
use cudarc::driver::{CudaContext, CudaFunction, CudaStream};
use std::ffi::c_void;
use std::fmt;
use std::sync::Arc;

/// Most parameters of a kernel.
const MOST_PARAMETERS: usize = 24;

/// A GPU with the kernels of this crate and one stream: everything asked of it happens in order.
///
/// A buffer belongs to the `Cuda` that made it. [`Cuda::beside`] makes a second one with a stream of
/// its own, one for each camera for example.
#[derive(Clone)]
pub struct Cuda {
    context: Arc<CudaContext>,
    stream: Arc<CudaStream>,
    functions: Arc<[(&'static str, CudaFunction)]>,
    origin: Arc<KernelOrigin>,
    /// Where its buffers lie.
    pub(super) memory: Memory,
}

impl fmt::Debug for Cuda {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Cuda")
            .field("ordinal", &self.context.ordinal())
            .field("kernels", &self.origin)
            .finish_non_exhaustive()
    }
}

impl Cuda {
    /// Opens the GPU of this number and loads the kernels for it: compiled by NVRTC (or taken from
    /// the folder of compiled ones), or those built in where there is no NVRTC.
    ///
    /// # Errors
    /// What is missing, as [`GpuError`] tells.
    pub fn open(ordinal: u32, kernels: &Kernels) -> Result<Self, GpuError> {
        let context = driver::open_for_kernels(ordinal)?;
        let compute = context.compute_capability().map_err(while_doing("ask for the device"))?;
        let (module, origin) = kernels.load(&context, compute)?;
        let functions = super::program::KERNELS
            .iter()
            .map(|name| {
                Ok((*name, module.load_function(name).map_err(while_doing("find a kernel"))?))
            })
            .collect::<Result<_, GpuError>>()?;
        let stream = context.new_stream().map_err(while_doing("make a stream"))?;
        let memory = Memory::Cuda(ordinal);
        Ok(Self { context, stream, functions, origin: Arc::new(origin), memory })
    }

    /// The same GPU and kernels with another stream.
    ///
    /// # Errors
    /// [`GpuError::Driver`].
    pub fn beside(&self) -> Result<Self, GpuError> {
        let stream = self.context.new_stream().map_err(while_doing("make a stream"))?;
        Ok(Self { stream, ..self.clone() })
    }

    /// Number of the GPU.
    pub fn ordinal(&self) -> u32 {
        u32::try_from(self.context.ordinal()).unwrap_or(u32::MAX)
    }

    /// Where the kernels came from; to be told to the user.
    pub fn origin(&self) -> &KernelOrigin {
        &self.origin
    }

    /// The stream's handle, as ONNX Runtime takes it; valid as long as `self`.
    pub fn stream_handle(&self) -> *mut c_void {
        self.stream.cu_stream().cast()
    }

    /// Copies the beginning of a buffer to the beginning of another one of the same device, without
    /// waiting.
    ///
    /// # Errors
    /// [`GpuError::BufferTooShort`], [`GpuError::Driver`].
    pub fn copy<T: Pod>(
        &self,
        from: &CudaBuffer<T>,
        to: &mut CudaBuffer<T>,
    ) -> Result<(), GpuError> {
        if !is_copy(from.len, to.len)? {
            return Ok(());
        }
        let source = from.bytes.slice(..from.len * size_of::<T>());
        self.stream
            .memcpy_dtod(&source, &mut to.bytes)
            .map_err(while_doing("copy within the device"))
    }

    /// Waits until everything asked for has been done.
    ///
    /// # Errors
    /// [`GpuError::Driver`], which may come from any earlier call.
    pub fn wait(&self) -> Result<(), GpuError> {
        self.stream.synchronize().map_err(while_doing("wait for the device"))
    }

    fn function(&self, name: &'static str) -> Result<&CudaFunction, GpuError> {
        let found = self.functions.iter().find(|(known, _)| *known == name);
        let unknown = || GpuError::Parameter { kernel: name, cause: "no such kernel".into() };
        found.map(|(_, function)| function).ok_or_else(unknown)
    }
}

impl Accelerator for Cuda {
    type Buffer<T: Pod> = CudaBuffer<T>;

    fn buffer<T: Pod>(&self, len: usize) -> Result<CudaBuffer<T>, GpuError> {
        let size = bytes_of::<T>(len)?.max(1);
        let bytes = self.stream.alloc_zeros(size).map_err(while_doing("allocate device memory"))?;
        Ok(CudaBuffer::new(bytes, len))
    }

    fn upload<T: Pod>(&self, from: &[T], to: &mut CudaBuffer<T>) -> Result<(), GpuError> {
        if !is_copy(from.len(), to.len)? {
            return Ok(());
        }
        let from: &[u8] = bytemuck::cast_slice(from);
        self.stream.memcpy_htod(from, &mut to.bytes).map_err(while_doing("copy to the device"))
    }

    fn download<T: Pod>(&self, from: &CudaBuffer<T>, to: &mut [T]) -> Result<(), GpuError> {
        if !is_copy(to.len(), from.len)? {
            return self.wait();
        }
        let source = from.bytes.slice(..size_of_val(to));
        let to: &mut [u8] = bytemuck::cast_slice_mut(to);
        self.stream.memcpy_dtoh(&source, to).map_err(while_doing("copy from the device"))?;
        self.wait()
    }

    fn fill<T: Pod>(&self, buffer: &mut CudaBuffer<T>, byte: u8) -> Result<(), GpuError> {
        raw::fill(&self.stream, &mut buffer.bytes, byte).map_err(while_doing("fill device memory"))
    }

    fn launch(&self, launch: &Launch<'_>) -> Result<(), GpuError> {
        let function = self.function(launch.kernel)?;
        let mut pointers = [std::ptr::null_mut::<c_void>(); MOST_PARAMETERS];
        let count = launch.parameters.len();
        for (pointer, bytes) in pointers.iter_mut().zip(launch.parameters()) {
            *pointer = bytes.as_ptr().cast_mut().cast();
        }
        let used = pointers.get_mut(..count).ok_or_else(|| GpuError::Parameter {
            kernel: launch.kernel,
            cause: format!("{count} parameters, at most {MOST_PARAMETERS}"),
        })?;
        self.context.bind_to_thread().map_err(while_doing("enter the device's context"))?;
        raw::launch(&self.stream, function, launch.grid, launch.block, used)
            .map_err(while_doing("launch a kernel"))
    }
}

/// Whether there is anything to copy.
fn is_copy(wanted: usize, got: usize) -> Result<bool, GpuError> {
    if wanted > got {
        return Err(GpuError::BufferTooShort {
            kernel: "copy",
            what: "device memory",
            wanted,
            got,
        });
    }
    Ok(wanted > 0)
}

/// Bytes of so many values.
fn bytes_of<T>(len: usize) -> Result<usize, GpuError> {
    let too_many = || GpuError::Driver {
        doing: "allocate memory",
        cause: format!("{len} values are more than can be addressed"),
    };
    len.checked_mul(size_of::<T>())
        .filter(|bytes| isize::try_from(*bytes).is_ok())
        .ok_or_else(too_many)
}
