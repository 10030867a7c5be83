//! ONNX Runtime's own interface for bound memory. The safe one of `ort` copies every input that it does not own
//! and collects the outputs anew after each run.
#![expect(unsafe_code, reason = "calls of ONNX Runtime with addresses of memory")]

use super::tensor::Element;
use crate::gpu;
use ort::AsPointer;
use ort::memory::{AllocationDevice, AllocatorType, MemoryInfo, MemoryType};
use ort::session::{RunOptions, Session};
use ort::sys::{ONNXTensorElementDataType, OrtIoBinding, OrtStatusPtr, OrtValue};
use std::ffi::{CStr, CString};
use std::fmt;
use std::ptr::NonNull;

/// Side of a network.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Side {
    Input,
    Output,
}

impl Side {
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Input => "input",
            Self::Output => "output",
        }
    }
}

/// Memory of a tensor.
pub(super) struct Memory<'a> {
    pub(super) place: gpu::Memory,
    pub(super) address: u64,
    pub(super) bytes: usize,
    pub(super) shape: &'a [usize],
    pub(super) element: Element,
}

/// What is bound to a session.
pub(super) struct Bound {
    binding: NonNull<OrtIoBinding>,
    values: Vec<Value>,
    options: RunOptions,
}

impl fmt::Debug for Bound {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Bound").field("values", &self.values).finish_non_exhaustive()
    }
}

// SAFETY: ONNX Runtime ties neither bindings nor values to a thread, and nothing here is reached by two at once:
// running takes the session exclusively, binding takes this so.
unsafe impl Send for Bound {}

/// A tensor in memory of others, released at the end.
#[derive(Debug)]
struct Value(NonNull<OrtValue>);

impl Drop for Value {
    fn drop(&mut self) {
        // SAFETY: made by CreateTensorWithDataAsOrtValue and released once.
        unsafe { (ort::api().ReleaseValue)(self.0.as_ptr()) };
    }
}

impl Drop for Bound {
    fn drop(&mut self) {
        // SAFETY: made by CreateIoBinding and released once. It holds values and session by itself.
        unsafe { (ort::api().ReleaseIoBinding)(self.binding.as_ptr()) };
    }
}

impl Bound {
    /// Nothing bound yet. With `in_order` a run on a GPU is asked for and not waited for.
    pub(super) fn new(session: &Session, in_order: bool) -> Result<Self, String> {
        let mut options = RunOptions::new().map_err(|error| error.message().to_owned())?;
        if in_order {
            options.disable_device_sync().map_err(|error| error.message().to_owned())?;
        }
        let mut binding = std::ptr::null_mut();
        // SAFETY: the session is alive, the pointer is to a live pointer.
        check(unsafe { (ort::api().CreateIoBinding)(session.ptr().cast_mut(), &raw mut binding) })?;
        let binding = NonNull::new(binding).ok_or("no binding was made")?;
        Ok(Self { binding, values: Vec::new(), options })
    }

    /// Binds a tensor.
    ///
    /// # Safety
    /// From the address on there must be so many bytes in the memory said, until this is dropped.
    pub(super) unsafe fn bind(
        &mut self,
        side: Side,
        name: &str,
        memory: &Memory<'_>,
    ) -> Result<(), String> {
        let name = CString::new(name).map_err(|error| error.to_string())?;
        // SAFETY: as the caller promises.
        let value = unsafe { tensor(memory) }?;
        let (binding, pointer) = (self.binding.as_ptr(), value.0.as_ptr());
        let api = ort::api();
        // SAFETY: binding and value are alive, the name ends in zero.
        check(unsafe {
            match side {
                Side::Input => (api.BindInput)(binding, name.as_ptr(), pointer),
                Side::Output => (api.BindOutput)(binding, name.as_ptr(), pointer),
            }
        })?;
        self.values.push(value);
        Ok(())
    }

    /// Runs the network.
    ///
    /// # Safety
    /// The session must be that of [`Bound::new`], and all memory bound must still be there.
    pub(super) unsafe fn run(&self, session: &mut Session) -> Result<(), String> {
        let (session, options) = (session.ptr_mut(), self.options.ptr());
        // SAFETY: session, options and binding are alive and belong together; the session is lent exclusively.
        check(unsafe { (ort::api().RunWithBinding)(session, options, self.binding.as_ptr()) })
    }
}

/// A tensor in given memory.
///
/// # Safety
/// As for [`Bound::bind`].
unsafe fn tensor(memory: &Memory<'_>) -> Result<Value, String> {
    let (device, number) = match memory.place {
        gpu::Memory::Host => (AllocationDevice::CPU, 0),
        gpu::Memory::Cuda(number) => (AllocationDevice::CUDA, number.cast_signed()),
    };
    let info = MemoryInfo::new(device, number, AllocatorType::Device, MemoryType::Default);
    let info = info.map_err(|error| error.message().to_owned())?;
    let shape: Vec<_> = memory.shape.iter().map(|side| side.cast_signed() as i64).collect();
    let mut value = std::ptr::null_mut();
    // An address of a GPU is never followed here; one of the processor was exposed when it was asked for.
    let address = std::ptr::with_exposed_provenance_mut(memory.address as usize);
    // SAFETY: the memory is as the caller promises, the other pointers are to what lives until the end.
    check(unsafe {
        (ort::api().CreateTensorWithDataAsOrtValue)(
            info.ptr(),
            address,
            memory.bytes,
            shape.as_ptr(),
            shape.len(),
            number_type(memory.element),
            &raw mut value,
        )
    })?;
    NonNull::new(value).map(Value).ok_or_else(|| "no tensor was made".to_owned())
}

const fn number_type(element: Element) -> ONNXTensorElementDataType {
    use ONNXTensorElementDataType as Kind;
    match element {
        Element::F32 => Kind::ONNX_TENSOR_ELEMENT_DATA_TYPE_FLOAT,
        Element::F16 => Kind::ONNX_TENSOR_ELEMENT_DATA_TYPE_FLOAT16,
        Element::I32 => Kind::ONNX_TENSOR_ELEMENT_DATA_TYPE_INT32,
        Element::I64 => Kind::ONNX_TENSOR_ELEMENT_DATA_TYPE_INT64,
    }
}

/// What ONNX Runtime says of a call.
pub(super) fn check(status: OrtStatusPtr) -> Result<(), String> {
    if status.0.is_null() {
        return Ok(());
    }
    let api = ort::api();
    // SAFETY: a status that is not null has a text that ends in zero and lives until it is released.
    let text =
        unsafe { CStr::from_ptr((api.GetErrorMessage)(status.0)) }.to_string_lossy().into_owned();
    // SAFETY: released once, after its last use.
    unsafe { (api.ReleaseStatus)(status.0) };
    Err(text)
}
