//! What kernels run on, as their launchers see it: memory, copies, launches.
//!
//! [`Cuda`](super::Cuda) is a GPU. The tests bring another one, which runs the same kernels' source on
//! the processor: the launchers, their grids and their parameters are checked without a GPU.

use super::GpuError;
use bytemuck::Pod;
use std::fmt::Debug;

/// Something that kernels run on. Everything happens in the order of the calls.
pub trait Accelerator {
    /// Memory of the device for values of one type.
    type Buffer<T: Pod>: DeviceBuffer<T>;

    /// New memory for `len` values, zeroed.
    ///
    /// # Errors
    /// [`GpuError::Driver`] when there is not enough.
    fn buffer<T: Pod>(&self, len: usize) -> Result<Self::Buffer<T>, GpuError>;

    /// Copies values to the beginning of a buffer.
    ///
    /// # Errors
    /// [`GpuError::BufferTooShort`], [`GpuError::Driver`].
    fn upload<T: Pod>(&self, from: &[T], to: &mut Self::Buffer<T>) -> Result<(), GpuError>;

    /// Copies the beginning of a buffer back, after all that was asked for before.
    ///
    /// # Errors
    /// [`GpuError::BufferTooShort`], [`GpuError::Driver`], which may come from any earlier call.
    fn download<T: Pod>(&self, from: &Self::Buffer<T>, to: &mut [T]) -> Result<(), GpuError>;

    /// Sets every byte of a buffer.
    ///
    /// # Errors
    /// [`GpuError::Driver`].
    fn fill<T: Pod>(&self, buffer: &mut Self::Buffer<T>, byte: u8) -> Result<(), GpuError>;

    /// Runs a kernel.
    ///
    /// # Errors
    /// [`GpuError::Driver`].
    fn launch(&self, launch: &Launch<'_>) -> Result<(), GpuError>;
}

/// Memory of a device.
pub trait DeviceBuffer<T>: Debug {
    /// Number of values.
    fn len(&self) -> usize;

    /// Whether there are none.
    fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Where the first value is, as kernels see it.
    fn address(&self) -> u64;
}

/// A kernel with its grid and parameters. Only the launchers of this crate make one.
#[derive(Debug)]
pub struct Launch<'a> {
    pub(crate) kernel: &'static str,
    pub(crate) grid: [u32; 3],
    pub(crate) block: [u32; 3],
    pub(crate) parameters: &'a [Parameter<'a>],
}

impl Launch<'_> {
    /// Name of the kernel.
    pub const fn kernel(&self) -> &'static str {
        self.kernel
    }

    /// Blocks along x, y and z.
    pub const fn grid(&self) -> [u32; 3] {
        self.grid
    }

    /// Threads of a block along x, y and z.
    pub const fn block(&self) -> [u32; 3] {
        self.block
    }

    /// The bytes of each parameter, in order.
    pub fn parameters(&self) -> impl ExactSizeIterator<Item = &[u8]> {
        self.parameters.iter().map(Parameter::bytes)
    }
}

/// A parameter of a kernel.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Parameter<'a> {
    Address(u64),
    Value(&'a [u8]),
}

impl<'a> Parameter<'a> {
    /// A buffer: its address.
    pub(crate) fn buffer<T>(buffer: &impl DeviceBuffer<T>) -> Self {
        Self::Address(buffer.address())
    }

    /// A number or a structure, passed by value.
    pub(crate) fn value<T: Pod>(value: &'a T) -> Self {
        Self::Value(bytemuck::bytes_of(value))
    }

    fn bytes(&self) -> &[u8] {
        match self {
            Self::Address(address) => bytemuck::bytes_of(address),
            Self::Value(bytes) => bytes,
        }
    }
}

/// Refuses a buffer that is shorter than what a kernel reads or writes.
pub(crate) fn require<T>(
    kernel: &'static str,
    what: &'static str,
    buffer: &impl DeviceBuffer<T>,
    wanted: usize,
) -> Result<(), GpuError> {
    let got = buffer.len();
    if got < wanted { Err(GpuError::BufferTooShort { kernel, what, wanted, got }) } else { Ok(()) }
}
