//! Where a network's tensors lie when it runs, as ONNX Runtime has decided when it opened it.
#![expect(unsafe_code, reason = "asking ONNX Runtime's C interface is foreign code")]

use super::TensorShape;
use super::raw::{Side, check};
use crate::gpu::Memory;
use crate::session::Session;
use crate::{InferError, TensorInfo};
use ort::AsPointer;
use ort::sys::{OrtMemType, OrtMemoryInfo, OrtMemoryInfoDeviceType};
use std::ffi::CStr;
use std::ptr;

/// Memory that ONNX Runtime names.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Home {
    /// Its name of the memory: `Cpu`, `Cuda`, `CudaPinned`.
    name: String,
    /// The number of the GPU whose own memory it is.
    gpu: Option<u32>,
}

/// Refuses tensors that a run takes from, or leaves in, other memory than the one said. ONNX Runtime copies such an
/// input once, when it is bound, and feeds that copy for ever. So it is with inputs that only nodes on the processor
/// read: ONNX Runtime leaves those that compute shapes there.
///
/// # Errors
/// [`InferError::Elsewhere`], and [`InferError::Binding`] where ONNX Runtime does not tell.
pub(super) fn check_homes(
    session: &Session,
    memory: Memory,
    side: Side,
    bound: &[TensorShape<'_>],
) -> Result<(), InferError> {
    let known = match side {
        Side::Input => session.inputs(),
        Side::Output => session.outputs(),
    };
    let homes = homes(session, side, known.len());
    let homes = homes.map_err(|cause| super::refused(session, cause))?;
    match stranger(known, &homes, memory, bound) {
        None => Ok(()),
        Some((tensor, home)) => Err(InferError::Elsewhere {
            model: session.model.clone(),
            side: side.name(),
            tensor: tensor.name.clone(),
            home: home.name.clone(),
        }),
    }
}

/// The first tensor bound whose home is another one.
fn stranger<'a>(
    known: &'a [TensorInfo],
    homes: &'a [Home],
    memory: Memory,
    bound: &[TensorShape<'_>],
) -> Option<(&'a TensorInfo, &'a Home)> {
    let wanted = match memory {
        Memory::Host => None,
        Memory::Cuda(number) => Some(number),
    };
    let is_bound = |info: &TensorInfo| bound.iter().any(|shape| shape.name == info.name);
    let mut all = known.iter().zip(homes);
    all.find(|(info, home)| is_bound(info) && home.gpu != wanted)
}

/// The home of each of `count` inputs or outputs, in the order of the network.
fn homes(session: &Session, side: Side, count: usize) -> Result<Vec<Home>, String> {
    let api = ort::api();
    let ask = match side {
        Side::Input => api.SessionGetMemoryInfoForInputs,
        Side::Output => api.SessionGetMemoryInfoForOutputs,
    };
    let mut infos = vec![ptr::null::<OrtMemoryInfo>(); count];
    // SAFETY: the session is alive, and the list has room for as many as are said.
    check(unsafe { ask(session.inner.ptr(), infos.as_mut_ptr(), count) })?;
    infos.into_iter().map(|info| home(session, info)).collect()
}

/// What there is to say of memory of a live session.
fn home(_alive: &Session, info: *const OrtMemoryInfo) -> Result<Home, String> {
    if info.is_null() {
        return Err("ONNX Runtime does not tell where a tensor lies".to_owned());
    }
    let api = ort::api();
    let (mut name, mut number, mut kind) = (ptr::null(), 0, OrtMemType::OrtMemTypeDefault);
    let mut device = OrtMemoryInfoDeviceType::OrtMemoryInfoDeviceType_CPU;
    // SAFETY: the session keeps what it told of, and the pointers are to live variables.
    unsafe {
        check((api.MemoryInfoGetName)(info, &raw mut name))?;
        check((api.MemoryInfoGetId)(info, &raw mut number))?;
        check((api.MemoryInfoGetMemType)(info, &raw mut kind))?;
        (api.MemoryInfoGetDeviceType)(info, &raw mut device);
    }
    // SAFETY: ends in zero and lives as long as the memory info.
    let name = unsafe { CStr::from_ptr(name) }.to_string_lossy().into_owned();
    let is_own = device == OrtMemoryInfoDeviceType::OrtMemoryInfoDeviceType_GPU
        && kind == OrtMemType::OrtMemTypeDefault;
    Ok(Home { name, gpu: u32::try_from(number).ok().filter(|_| is_own) })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Model, OrtLibrary, SessionOptions};

    /// `values` f32 [n, 3, w] to `largest` f32 [n, w] and `place` i64 [n, w].
    const LARGEST: &[u8] = include_bytes!("../../../tests/data/largest.onnx");

    fn info(name: &str) -> TensorInfo {
        TensorInfo { name: name.to_owned(), element: "f32".to_owned(), shape: vec![None] }
    }

    fn home(name: &str, gpu: Option<u32>) -> Home {
        Home { name: name.to_owned(), gpu }
    }

    #[test]
    fn an_input_of_the_processor_is_a_stranger_on_a_gpu() {
        let known = [info("voxels"), info("counts"), info("unused")];
        let homes = [home("Cuda", Some(1)), home("Cpu", None), home("Cpu", None)];
        let all = ["voxels", "counts"].map(|name| TensorShape { name, shape: &[1] });
        let found = |memory, bound: &[TensorShape<'_>]| {
            stranger(&known, &homes, memory, bound).map(|(info, _)| info.name.clone())
        };
        assert_eq!(found(Memory::Cuda(1), &all).as_deref(), Some("counts"));
        assert_eq!(found(Memory::Cuda(1), &all[..1]), None);
        assert_eq!(found(Memory::Cuda(0), &all[..1]).as_deref(), Some("voxels"));
        assert_eq!(found(Memory::Host, &all[1..]), None);
        assert_eq!(found(Memory::Host, &all[..1]).as_deref(), Some("voxels"));
    }

    #[test]
    fn on_the_processor_every_tensor_lies_in_its_memory() {
        let runtime = match OrtLibrary::find(None) {
            Ok(library) => library.load().expect("a library that was set up loads"),
            Err(error) if std::env::var_os("DELOS_REQUIRE_ORT").is_some() => panic!("{error}"),
            Err(error) => return eprintln!("SKIPPED homes: {error}"),
        };
        let options = SessionOptions::default();
        let session = Session::open(runtime, Model::Bytes(LARGEST), &options).expect("opens");
        let cpu = || home("Cpu", None);
        assert_eq!(homes(&session, Side::Input, 1), Ok(vec![cpu()]));
        assert_eq!(homes(&session, Side::Output, 2), Ok(vec![cpu(), cpu()]));
        assert!(homes(&session, Side::Input, 2).is_err());
        // Bound to a GPU's memory, each would be a stranger.
        let shape = [TensorShape { name: "values", shape: &[1, 3, 1] }];
        let refused = check_homes(&session, Memory::Cuda(0), Side::Input, &shape);
        let error = refused.expect_err("another memory").to_string();
        assert!(error.contains("input `values`") && error.contains("`Cpu`"), "{error}");
        assert!(check_homes(&session, Memory::Host, Side::Input, &shape).is_ok());
    }
}
