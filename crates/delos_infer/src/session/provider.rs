//! From the device asked for to a session on the device used.

mod settings;

pub(super) use settings::{cuda, tensorrt};

use super::engines::EnginePlace;
use super::listener::Listener;
use super::obstacle::{self, first_line};
use super::placement::Placement;
use super::{Model, SessionOptions};
use crate::gpu::{self, GpuReport};
use crate::{Device, InferError, Runtime};
use ort::ErrorCode;
use ort::ep::ExecutionProviderDispatch;
use ort::session::Session;

/// A session, and where its nodes run.
type Placed = (Session, Placement);

/// The same, and what there is to say about the choice.
type Opened = (Session, Placement, Option<String>);

/// The execution providers of a device, in the order of precedence, each with
/// `error_on_failure`; and where `TensorRT` keeps its engines.
pub(super) type Providers<'a> =
    dyn Fn(Device, Option<&EnginePlace>) -> Vec<ExecutionProviderDispatch> + 'a;

/// Opens `model` on the device asked for.
pub(super) fn open(
    runtime: &Runtime,
    model: Model<'_>,
    name: &str,
    options: &SessionOptions,
) -> Result<Opened, InferError> {
    open_with(runtime, model, name, options, &settings::of_device)
}

/// The same with other execution providers for the device.
pub(super) fn open_with(
    runtime: &Runtime,
    model: Model<'_>,
    name: &str,
    options: &SessionOptions,
    providers: &Providers<'_>,
) -> Result<Opened, InferError> {
    let opening = Opening { runtime, model, name, options, providers };
    let on = |device| opening.on(device);
    let ((session, placement), notice) = match options.device {
        Device::Auto => auto(&gpu::probe(), options.require_gpu, on)?,
        Device::Cpu if options.require_gpu => return Err(InferError::GpuRequired(Device::Cpu)),
        device => (on(device)?, None),
    };
    Ok((session, placement, notice))
}

/// CUDA where a GPU opens and the session too, else the processor with the reason; where a GPU is
/// required the reason alone.
fn auto<S>(
    report: &GpuReport,
    require_gpu: bool,
    on: impl Fn(Device) -> Result<S, InferError>,
) -> Result<(S, Option<String>), InferError> {
    let device = Device::Cuda(0);
    let reason = if report.is_usable() || require_gpu {
        match on(device) {
            Ok(session) => return Ok((session, Some(format!("device auto: {device}")))),
            // A file that is no network fails on every device.
            Err(error @ InferError::Model { .. }) => return Err(error),
            Err(error) if require_gpu => return Err(error),
            Err(error) => error.to_string(),
        }
    } else {
        report.to_string()
    };
    let session = on(Device::Cpu)?;
    Ok((session, Some(format!("device auto: falls back to cpu: {reason}"))))
}

/// A network that is being opened.
struct Opening<'a> {
    runtime: &'a Runtime,
    model: Model<'a>,
    name: &'a str,
    options: &'a SessionOptions,
    providers: &'a Providers<'a>,
}

/// Why an attempt to open failed.
enum Failure {
    /// It would have left nodes to the processor, in ONNX Runtime's words.
    Fallback(String),
    Other(InferError),
}

impl Opening<'_> {
    /// Opens the network on a device, or says why that cannot be.
    fn on(&self, device: Device) -> Result<Placed, InferError> {
        let unusable = |cause| self.unusable(device, cause);
        obstacle::before(self.runtime, device).map_err(unusable)?;
        let strict = self.options.require_gpu && device != Device::Cpu;
        match self.commit(device, strict) {
            Ok(placed) => Ok(placed),
            Err(Failure::Other(error)) => Err(error),
            Err(Failure::Fallback(said)) => {
                let lax = self.commit(device, false).ok();
                let cause = lax.map(|(_, placed)| obstacle::left_to_processor(&placed.fallen_back));
                Err(unusable(cause.unwrap_or(said)))
            }
        }
    }

    /// One attempt; a `strict` one fails where a node is left to the processor.
    fn commit(&self, device: Device, strict: bool) -> Result<Placed, Failure> {
        let place = EnginePlace::of(self.runtime, self.model, device).map_err(Failure::Other)?;
        let unusable = |cause| Failure::Other(self.unusable(device, cause));
        place.as_ref().map_or(Ok(()), EnginePlace::make).map_err(unusable)?;
        let listener = Listener::default();
        let failed = |error: ort::Error| self.failure(device, &error);
        let intra_threads = self.options.intra_threads;
        let mut builder = settings::builder(self.runtime, intra_threads).map_err(failed)?;
        if device != Device::Cpu {
            let own = (self.providers)(device, place.as_ref());
            builder = settings::add(builder, own, &listener, device, strict).map_err(failed)?;
        }
        let session = match self.model {
            Model::File(path) => builder.commit_from_file(path),
            Model::Bytes(bytes) => builder.commit_from_memory(bytes),
        };
        let session = session.map_err(failed)?;
        let copies = listener.copies(self.runtime, device);
        let asked = self.options.device;
        let placement = Placement::of(&session, self.name, asked, device, copies);
        Ok((session, placement.map_err(failed)?))
    }

    fn unusable(&self, device: Device, cause: String) -> InferError {
        if self.options.require_gpu {
            InferError::RequiredDevice { device, cause }
        } else {
            InferError::Device { device, cause }
        }
    }

    fn failure(&self, device: Device, error: &ort::Error) -> Failure {
        let said = error.message();
        if obstacle::is_fallback(said) {
            return Failure::Fallback(first_line(said));
        }
        Failure::Other(if device == Device::Cpu || is_the_models_fault(error.code()) {
            InferError::Model { model: self.name.to_owned(), cause: first_line(said) }
        } else {
            self.unusable(device, obstacle::explain(said))
        })
    }
}

const fn is_the_models_fault(code: ErrorCode) -> bool {
    matches!(code, ErrorCode::InvalidProtobuf | ErrorCode::InvalidGraph | ErrorCode::NoModel)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::gpu::GpuDevice;

    fn one_gpu() -> GpuReport {
        let device =
            GpuDevice { ordinal: 0, name: "test".into(), memory_bytes: 1, compute: (9, 0) };
        GpuReport::Found { driver: (13, 0), devices: vec![device] }
    }

    fn no_cuda(device: Device) -> Result<Device, InferError> {
        match device {
            Device::Cpu => Ok(device),
            _ => Err(InferError::Device { device, cause: "not in this build".into() }),
        }
    }

    #[test]
    fn auto_takes_the_gpu_where_it_works() {
        let opened = auto(&one_gpu(), false, Ok).expect("opened");
        assert_eq!(opened, (Device::Cuda(0), Some("device auto: cuda:0".to_owned())));
    }

    #[test]
    fn auto_announces_each_fallback() {
        for (report, wanted) in [(one_gpu(), "not in this build"), (GpuReport::NoDriver, "libcuda")]
        {
            let (device, notice) = auto(&report, false, no_cuda).expect("opened");
            let notice = notice.expect("announced");
            assert!(device == Device::Cpu && notice.contains(wanted), "{notice}");
        }
    }

    #[test]
    fn auto_does_not_fall_back_where_a_gpu_is_required() {
        for report in [one_gpu(), GpuReport::NoDriver] {
            let error = auto(&report, true, no_cuda).expect_err("refused");
            assert!(matches!(error, InferError::Device { device: Device::Cuda(0), .. }), "{error}");
        }
    }

    #[test]
    fn auto_does_not_hide_a_broken_model() {
        let broken = |_| Err::<(), _>(InferError::Model { model: "m".into(), cause: "c".into() });
        assert!(matches!(auto(&one_gpu(), false, broken), Err(InferError::Model { .. })));
    }
}
