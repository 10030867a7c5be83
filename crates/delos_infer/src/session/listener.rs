//! What ONNX Runtime says while it opens a network: how many copies it had to put in.
//!
//! It tells that nowhere else: the nodes are shared out before copies between providers are put in.

use crate::{Device, Runtime};
use ort::logging::{LogLevel, LoggerFunction};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// The summary that CUDA's provider gets, once for each graph: `3 Memcpy nodes are added to the graph
/// main_graph for CUDAExecutionProvider. …` (`transformer_memcpy.cc` of ONNX Runtime 1.24 to 1.32).
const SUMMARY: &str = " Memcpy nodes are added to the graph ";

/// What is said of every single copy, at the level of information: `Add MemcpyFromHost after images for
/// TensorrtExecutionProvider` (the same file).
const SINGLE: &str = "Add Memcpy";

/// Counts the copies that are told of.
#[derive(Clone, Debug, Default)]
pub(super) struct Listener {
    messages: Arc<AtomicUsize>,
    in_summaries: Arc<AtomicUsize>,
    single: Arc<AtomicUsize>,
}

impl Listener {
    /// The least level at which a session has to speak, so that copies are told. Only CUDA's provider
    /// gets a summary.
    pub(super) const fn level(device: Device) -> LogLevel {
        match device {
            Device::TensorRt(_) => LogLevel::Info,
            Device::Cpu | Device::Cuda(_) | Device::Auto => LogLevel::Warning,
        }
    }

    /// What a session is to call. Warnings and errors are passed on to the log.
    pub(super) fn logger(&self) -> LoggerFunction {
        let own = self.clone();
        Arc::new(move |level, _category, session, place, message| {
            own.hear(message);
            match level {
                LogLevel::Verbose | LogLevel::Info => {}
                LogLevel::Warning => tracing::warn!(target: "ort", session, place, "{message}"),
                LogLevel::Error | LogLevel::Fatal => {
                    tracing::error!(target: "ort", session, place, "{message}");
                }
            }
        })
    }

    /// How many copies a network has on a device; `None` where ONNX Runtime does not tell.
    pub(super) fn copies(&self, runtime: &Runtime, device: Device) -> Option<usize> {
        let told = |count: &AtomicUsize| count.load(Ordering::SeqCst);
        match device {
            Device::Cpu | Device::Auto => Some(0),
            Device::Cuda(_) => runtime.holds_text(SUMMARY).then(|| told(&self.in_summaries)),
            // At its level ONNX Runtime always has something to say; silence means that nobody listens.
            Device::TensorRt(_) => (told(&self.messages) > 0).then(|| told(&self.single)),
        }
    }

    fn hear(&self, message: &str) {
        self.messages.fetch_add(1, Ordering::SeqCst);
        if let Some(count) = summed(message) {
            self.in_summaries.fetch_add(count, Ordering::SeqCst);
        } else if message.starts_with(SINGLE) {
            self.single.fetch_add(1, Ordering::SeqCst);
        }
    }
}

fn summed(message: &str) -> Option<usize> {
    message.split_once(SUMMARY)?.0.trim().parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn copies_are_counted_over_all_graphs() {
        let listener = Listener::default();
        let hear = listener.logger();
        let says =
            |level, text: &str| hear(level, "onnxruntime", "", "transformer_memcpy.cc", text);
        for name in ["main_graph", "then_branch"] {
            let text = format!("3{SUMMARY}{name} for CUDAExecutionProvider. It might have");
            says(LogLevel::Warning, &text);
        }
        says(LogLevel::Warning, "Removing initializer 'w'. It is not used by any node");
        says(LogLevel::Info, "Add MemcpyToHost before boxes for CUDAExecutionProvider");
        assert_eq!(listener.in_summaries.load(Ordering::SeqCst), 6);
        assert_eq!(listener.single.load(Ordering::SeqCst), 1);
    }

    #[test]
    fn other_numbers_are_no_copies() {
        for text in [
            "",
            "Memcpy nodes are added to the graph x",
            "many Memcpy nodes are added to the graph x",
        ] {
            assert_eq!(summed(text), None, "{text}");
        }
    }
}
