//! From the device asked for to a session on the device used.

use super::{Model, SessionOptions, builder};
use crate::gpu::{self, GpuReport};
use crate::{Device, InferError, Runtime};
use ort::ErrorCode;
use ort::ep::{self, ExecutionProviderDispatch};
use ort::session::Session;

/// A session, the device it runs on, and what there is to say about the choice.
type Opened = (Session, Device, Option<String>);

/// Opens `model` on the device asked for.
pub(super) fn open(
    runtime: &Runtime,
    model: Model<'_>,
    name: &str,
    options: &SessionOptions,
) -> Result<Opened, InferError> {
    let on = |device| commit(runtime, model, name, options.intra_threads, device);
    match options.device {
        Device::Auto => auto(&gpu::probe(), on),
        device @ (Device::Cuda(number) | Device::TensorRt(number)) => {
            gpu::check(number)
                .map_err(|error| InferError::Device { device, cause: error.to_string() })?;
            on(device).map(|session| (session, device, None))
        }
        Device::Cpu => on(Device::Cpu).map(|session| (session, Device::Cpu, None)),
    }
}

/// CUDA where a GPU opens and the session too, else the processor with the reason.
fn auto<S>(
    report: &GpuReport,
    on: impl Fn(Device) -> Result<S, InferError>,
) -> Result<(S, Device, Option<String>), InferError> {
    let gpu = Device::Cuda(0);
    let reason = if report.is_usable() {
        match on(gpu) {
            Ok(session) => return Ok((session, gpu, Some(format!("device auto: {gpu}")))),
            // A file that is no network fails on every device.
            Err(error @ InferError::Model { .. }) => return Err(error),
            Err(error) => error.to_string(),
        }
    } else {
        report.to_string()
    };
    let session = on(Device::Cpu)?;
    Ok((session, Device::Cpu, Some(format!("device auto: falls back to cpu: {reason}"))))
}

fn commit(
    runtime: &Runtime,
    model: Model<'_>,
    name: &str,
    intra_threads: usize,
    device: Device,
) -> Result<Session, InferError> {
    let unusable =
        |error: ort::Error| InferError::Device { device, cause: first_line(error.message()) };
    let mut builder = builder(runtime, intra_threads).map_err(unusable)?;
    if device != Device::Cpu {
        let registered = builder.with_execution_providers(providers(device));
        builder = registered.map_err(|error| unusable(error.into()))?;
    }
    let session = match model {
        Model::File(path) => builder.commit_from_file(path),
        Model::Bytes(bytes) => builder.commit_from_memory(bytes),
    };
    session.map_err(|error| {
        if device == Device::Cpu || is_the_models_fault(error.code()) {
            InferError::Model { model: name.to_owned(), cause: first_line(error.message()) }
        } else {
            unusable(error)
        }
    })
}

pub(super) const fn is_the_models_fault(code: ErrorCode) -> bool {
    matches!(code, ErrorCode::InvalidProtobuf | ErrorCode::InvalidGraph | ErrorCode::NoModel)
}

/// The execution providers behind a device, each an error where it does not work: by
/// itself ONNX Runtime would go on with the processor and say nothing.
fn providers(device: Device) -> Vec<ExecutionProviderDispatch> {
    let cuda = |number: u32| {
        ep::CUDA::default()
            .with_device_id(number.cast_signed())
            .with_tf32(false)
            .build()
            .error_on_failure()
    };
    let tensorrt = |number: u32| {
        ep::TensorRT::default().with_device_id(number.cast_signed()).build().error_on_failure()
    };
    match device {
        Device::Cpu | Device::Auto => Vec::new(),
        Device::Cuda(number) => vec![cuda(number)],
        Device::TensorRt(number) => vec![tensorrt(number), cuda(number)],
    }
}

pub(super) fn first_line(message: &str) -> String {
    message.lines().map(str::trim).find(|line| !line.is_empty()).unwrap_or("no reason given").into()
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

    fn no_cuda(device: Device) -> Result<(), InferError> {
        match device {
            Device::Cpu => Ok(()),
            _ => Err(InferError::Device { device, cause: "not in this build".into() }),
        }
    }

    #[test]
    fn auto_takes_the_gpu_where_it_works() {
        let ((), device, notice) = auto(&one_gpu(), |_| Ok(())).expect("opened");
        assert_eq!((device, notice.as_deref()), (Device::Cuda(0), Some("device auto: cuda:0")));
    }

    #[test]
    fn auto_announces_each_fallback() {
        for (report, wanted) in [(one_gpu(), "not in this build"), (GpuReport::NoDriver, "libcuda")]
        {
            let ((), device, notice) = auto(&report, no_cuda).expect("opened");
            let notice = notice.expect("announced");
            assert!(device == Device::Cpu && notice.contains(wanted), "{notice}");
        }
    }

    #[test]
    fn auto_does_not_hide_a_broken_model() {
        let broken = |_| Err::<(), _>(InferError::Model { model: "m".into(), cause: "c".into() });
        assert!(matches!(auto(&one_gpu(), broken), Err(InferError::Model { .. })));
    }
}
