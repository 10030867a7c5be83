//! What GPUs did during a measurement.

use crate::gpus::asked_for;
use delos_infer::gpu::{GpuUse, GpuWatch, Spread};
use delos_runtime::Plan;
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// A GPU is looked at so often: rare enough to disturb one frame in many.
const PERIOD: Duration = Duration::from_millis(500);

/// Watches the GPUs that networks ask for.
pub(super) struct Watch {
    running: Option<GpuWatch>,
    missing: Option<String>,
}

/// What the GPUs did that networks asked for.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct GpuFigures {
    pub(super) watched: Vec<GpuUse>,
    /// Why they could not be watched.
    pub(super) missing: Option<String>,
}

impl Watch {
    /// Watches nothing where no network asks for a GPU.
    pub(super) fn start(plan: &Plan) -> Self {
        let gpus = asked_for(plan);
        if gpus.is_empty() {
            return Self { running: None, missing: None };
        }
        match GpuWatch::start(&gpus, PERIOD) {
            Ok(watch) => Self { running: Some(watch), missing: None },
            Err(error) => Self { running: None, missing: Some(error.to_string()) },
        }
    }

    /// Warming up is over.
    pub(super) fn count_from_now(&self) {
        self.running.iter().for_each(GpuWatch::count_from_now);
    }

    pub(super) fn stop(self) -> GpuFigures {
        let watched = self.running.map(GpuWatch::stop).unwrap_or_default();
        GpuFigures { watched, missing: self.missing }
    }
}

impl GpuFigures {
    /// A line for each GPU, for people.
    pub(super) fn lines(&self) -> Vec<String> {
        let missing = self.missing.iter();
        let missing = missing.map(|why| format!("GPU: clocks and memory are not known: {why}"));
        self.watched.iter().map(told).chain(missing).collect()
    }
}

fn told(found: &GpuUse) -> String {
    let mut parts = Vec::new();
    let mut spread = |name: &str, unit: &str, values: Option<Spread>| {
        let Some(Spread { min, median, max }) = values else { return };
        parts.push(format!("{name} {median:.0} {unit} ({min:.0} to {max:.0})"));
    };
    spread("clock", "MHz", found.sm_mhz);
    spread("of the memory", "MHz", found.memory_mhz);
    spread("power", "W", found.power_w);
    spread("temperature", "\u{b0}C", found.temperature_c);
    let mib = |bytes: Option<u64>| bytes.map_or_else(|| "-".to_owned(), |b| (b >> 20).to_string());
    let (before, peak) = (mib(found.memory_before_bytes), mib(found.memory_peak_bytes));
    parts.push(format!("memory at most {peak} MiB ({before} before)"));
    if !found.held_down_by.is_empty() {
        let reasons: Vec<&str> = found.held_down_by.iter().map(String::as_str).collect();
        parts.push(format!("CLOCK HELD DOWN by {}", reasons.join(", ")));
    }
    format!("cuda:{}: {}", found.ordinal, parts.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_gpu_is_told_in_a_line() {
        let spread = |min, median, max| Some(Spread { min, median, max });
        let found = GpuUse {
            ordinal: 1,
            sm_mhz: spread(345.0, 1980.0, 1980.0),
            held_down_by: ["heat".to_owned(), "power limit".to_owned()].into(),
            memory_before_bytes: Some(64 << 20),
            memory_peak_bytes: Some(1 << 30),
            ..GpuUse::default()
        };
        let wanted = "cuda:1: clock 1980 MHz (345 to 1980), memory at most 1024 MiB (64 before), \
                      CLOCK HELD DOWN by heat, power limit";
        assert_eq!(told(&found), wanted);
        assert_eq!(told(&GpuUse::default()), "cuda:0: memory at most - MiB (- before)");
    }

    #[test]
    fn a_gpu_that_is_not_watched_is_told_too() {
        let missing = GpuFigures { watched: Vec::new(), missing: Some("no library".into()) };
        assert_eq!(missing.lines(), ["GPU: clocks and memory are not known: no library"]);
        assert!(GpuFigures::default().lines().is_empty(), "nobody asked for one");
    }
}
