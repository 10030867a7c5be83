//! What GPUs do while something is measured on them: clocks, memory, heat, as NVIDIA's management library tells.

mod sample;

pub use sample::{GpuUse, Spread};

use super::{GpuError, driver, raw};
use nvml_wrapper::Nvml;
use nvml_wrapper::error::NvmlError;
use sample::Log;
use std::collections::BTreeSet;
use std::sync::OnceLock;
use std::sync::mpsc::{self, RecvTimeoutError, Sender};
use std::thread::JoinHandle;
use std::time::Duration;

/// File name of the management library.
const LIBRARY: &str = "libnvidia-ml.so.1";

/// Looks at GPUs in regular intervals, on a thread of its own.
#[derive(Debug)]
pub struct GpuWatch {
    orders: Sender<Order>,
    thread: JoinHandle<Vec<GpuUse>>,
}

#[derive(Clone, Copy, Debug)]
enum Order {
    CountFromNow,
    Stop,
}

impl GpuWatch {
    /// Begins to look at the GPUs of these numbers, once in every `period`. Memory counts from now on, clocks and
    /// heat from [`count_from_now`](Self::count_from_now) on.
    ///
    /// # Errors
    /// When there is no such GPU, or NVIDIA's management library is missing, does not answer or does not know it.
    pub fn start(gpus: &BTreeSet<u32>, period: Duration) -> Result<Self, GpuError> {
        let nvml = management()?;
        let logs = gpus.iter().map(|ordinal| Log::open(nvml, *ordinal, &uuid(*ordinal)?));
        let mut logs = logs.collect::<Result<Vec<_>, _>>()?;
        let (orders, received) = mpsc::channel();
        let watch = move || {
            let mut counts = false;
            loop {
                look(&mut logs, counts);
                match received.recv_timeout(period) {
                    Ok(Order::CountFromNow) => counts = true,
                    Err(RecvTimeoutError::Timeout) => {}
                    Ok(Order::Stop) | Err(RecvTimeoutError::Disconnected) => break,
                }
            }
            look(&mut logs, counts);
            logs.into_iter().map(Log::finish).collect()
        };
        let thread = std::thread::Builder::new().name("gpu watch".into()).spawn(watch);
        let thread = thread.map_err(|error| failed("start to watch the GPU", &error))?;
        Ok(Self { orders, thread })
    }

    /// Warming up is over.
    pub fn count_from_now(&self) {
        // Who does not listen any more has an answer ready.
        let _ = self.orders.send(Order::CountFromNow);
    }

    /// Ends the watch; what was seen, a GPU after the other.
    pub fn stop(self) -> Vec<GpuUse> {
        let _ = self.orders.send(Order::Stop);
        self.thread.join().unwrap_or_default()
    }
}

fn look(logs: &mut [Log], counts: bool) {
    for log in logs {
        log.look(counts);
    }
}

/// The management library, opened once in a process and never closed, since closing runs code of the driver.
fn management() -> Result<&'static Nvml, GpuError> {
    static NVML: OnceLock<Result<Nvml, GpuError>> = OnceLock::new();
    NVML.get_or_init(open).as_ref().map_err(Clone::clone)
}

fn open() -> Result<Nvml, GpuError> {
    Nvml::builder().lib_path(LIBRARY.as_ref()).init().map_err(|error| match error {
        NvmlError::LibloadingError(_) => {
            GpuError::LibraryMissing { library: LIBRARY, package: "the NVIDIA driver" }
        }
        error => failed("open NVIDIA's management library", &error),
    })
}

/// What CUDA and the management library both call a GPU; their numbers differ.
fn uuid(ordinal: u32) -> Result<String, GpuError> {
    driver::check_number(ordinal)?;
    raw::uuid(ordinal).map(sample::in_words)
}

fn failed(doing: &'static str, error: &dyn std::error::Error) -> GpuError {
    GpuError::Driver { doing, cause: error.to_string() }
}
