//! Memory of the processor in the shape of an accelerator's.

use super::{Accelerator, DeviceBuffer, GpuError, InPlace, Launch, Memory};
use bytemuck::Pod;
use std::cell::Cell;
use std::ffi::c_void;
use std::fmt;

/// The processor: buffers in its memory, no kernels. Networks are bound to it as to a GPU.
#[derive(Clone, Copy, Debug, Default)]
pub struct Host;

/// Memory of the processor. Its values are cells, since others write to them by address.
pub struct HostBuffer<T> {
    cells: Vec<Cell<T>>,
}

impl<T> fmt::Debug for HostBuffer<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HostBuffer").field("len", &self.cells.len()).finish_non_exhaustive()
    }
}

impl<T> DeviceBuffer<T> for HostBuffer<T> {
    fn len(&self) -> usize {
        self.cells.len()
    }

    fn address(&self) -> u64 {
        self.cells.as_ptr().expose_provenance() as u64
    }
}

impl Accelerator for Host {
    type Buffer<T: Pod> = HostBuffer<T>;

    fn buffer<T: Pod>(&self, len: usize) -> Result<HostBuffer<T>, GpuError> {
        Ok(HostBuffer { cells: vec![Cell::new(T::zeroed()); len] })
    }

    fn upload<T: Pod>(&self, from: &[T], to: &mut HostBuffer<T>) -> Result<(), GpuError> {
        check_copy(from.len(), to.len())?;
        to.cells.iter().zip(from).for_each(|(cell, value)| cell.set(*value));
        Ok(())
    }

    fn download<T: Pod>(&self, from: &HostBuffer<T>, to: &mut [T]) -> Result<(), GpuError> {
        check_copy(to.len(), from.len())?;
        to.iter_mut().zip(&from.cells).for_each(|(value, cell)| *value = cell.get());
        Ok(())
    }

    fn fill<T: Pod>(&self, buffer: &mut HostBuffer<T>, byte: u8) -> Result<(), GpuError> {
        let mut value = T::zeroed();
        bytemuck::bytes_of_mut(&mut value).fill(byte);
        buffer.cells.iter().for_each(|cell| cell.set(value));
        Ok(())
    }

    fn launch(&self, launch: &Launch<'_>) -> Result<(), GpuError> {
        Err(GpuError::Parameter {
            kernel: launch.kernel(),
            cause: "the processor runs none".into(),
        })
    }
}

#[expect(unsafe_code, reason = "others write to the addresses that it tells")]
// SAFETY: the cells of a buffer are never moved to other memory, since their number never changes; they may
// be written to through a shared reference, and so by who knows their address.
unsafe impl InPlace for Host {
    fn memory(&self) -> Memory {
        Memory::Host
    }

    fn stream(&self) -> Option<*mut c_void> {
        None
    }
}

fn check_copy(wanted: usize, got: usize) -> Result<(), GpuError> {
    if wanted > got {
        let (kernel, what) = ("copy", "memory of the processor");
        return Err(GpuError::BufferTooShort { kernel, what, wanted, got });
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_go_in_and_come_out() {
        let mut buffer = Host.buffer::<u16>(3).expect("memory");
        let mut back = [9; 3];
        Host.download(&buffer, &mut back).expect("copied");
        assert_eq!(back, [0; 3]);
        Host.upload(&[1, 2], &mut buffer).expect("copied");
        Host.download(&buffer, &mut back).expect("copied");
        assert_eq!(back, [1, 2, 0]);
        Host.fill(&mut buffer, 0x12).expect("filled");
        Host.download(&buffer, &mut back[..1]).expect("copied");
        assert_eq!(back, [0x1212, 2, 0]);
    }

    #[test]
    fn more_than_there_is_room_for_is_refused() {
        let mut buffer = Host.buffer::<f32>(2).expect("memory");
        let wanted = GpuError::BufferTooShort {
            kernel: "copy",
            what: "memory of the processor",
            wanted: 3,
            got: 2,
        };
        assert_eq!(Host.upload(&[0.0; 3], &mut buffer), Err(wanted.clone()));
        assert_eq!(Host.download(&buffer, &mut [0.0; 3]), Err(wanted));
    }
}
