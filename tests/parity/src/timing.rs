//! How long the kernels take on a GPU, at the sizes of real sensors and networks.

mod chain;
mod inputs;
mod scans;

pub use chain::time_chain;
pub use scans::time_scans;

use anyhow::Result;
use delos_infer::gpu::{Cuda, Mark};
use serde::Serialize;

/// Durations on the device's clock from before the first to behind the last kernel of a step. A step of several
/// kernels contains the gaps between them; a processor too slow to ask in time shows in them.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Timing {
    /// What was done, on which input.
    pub step: String,
    /// How often the step was timed.
    pub repetitions: usize,
    /// Least, microseconds.
    pub least_us: f32,
    /// Half took no longer than this, microseconds.
    pub p50_us: f32,
    /// Nine of ten took no longer than this, microseconds; `None` for less than a hundred repetitions.
    pub p90_us: Option<f32>,
    /// 99 of a hundred took no longer than this, microseconds; `None` for less than a thousand.
    pub p99_us: Option<f32>,
    /// Greatest, microseconds.
    pub greatest_us: f32,
}

/// Times every step so many times, after a fifth as many that do not count.
///
/// # Errors
/// When the device fails.
pub fn time(on: &Cuda, repetitions: usize) -> Result<Vec<Timing>> {
    let clock = Clock { on, repetitions: repetitions.max(1), start: on.mark()?, end: on.mark()? };
    let mut timings = inputs::camera(&clock)?;
    timings.extend(inputs::lidar(&clock)?);
    Ok(timings)
}

/// A device, and two marks that are used again and again.
struct Clock<'a> {
    on: &'a Cuda,
    repetitions: usize,
    start: Mark,
    end: Mark,
}

impl Clock<'_> {
    /// Times a step.
    fn time(&self, step: &str, mut run: impl FnMut() -> Result<()>) -> Result<Timing> {
        for _ in 0..self.repetitions.div_ceil(5) {
            run()?;
        }
        let mut micros = Vec::with_capacity(self.repetitions);
        for _ in 0..self.repetitions {
            self.on.mark_again(&self.start)?;
            run()?;
            self.on.mark_again(&self.end)?;
            self.end.wait()?;
            micros.push(self.end.millis_since(&self.start)? * 1000.0);
        }
        Ok(summary(step, micros))
    }
}

/// A percentile is given where ten values lie beyond it.
fn summary(step: &str, mut micros: Vec<f32>) -> Timing {
    micros.sort_unstable_by(f32::total_cmp);
    let at = |share: f64| {
        let place = (micros.len() as f64 * share).ceil() as usize;
        micros.get(place.max(1) - 1).copied().unwrap_or(f32::NAN)
    };
    let known = |share: f64, least: usize| (micros.len() >= least).then(|| at(share));
    Timing {
        step: step.to_owned(),
        repetitions: micros.len(),
        least_us: at(0.0),
        p50_us: at(0.5),
        p90_us: known(0.9, 100),
        p99_us: known(0.99, 1000),
        greatest_us: at(1.0),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_need_values_beyond_them() {
        let timing = summary("s", (1..=1000).rev().map(|i| i as f32).collect());
        let got = [timing.least_us, timing.p50_us, timing.greatest_us];
        assert!(got.iter().zip([1.0, 500.0, 1000.0]).all(|(a, b)| (a - b).abs() < 0.1), "{got:?}");
        assert_eq!((timing.p90_us, timing.p99_us), (Some(900.0), Some(990.0)));
        let few = summary("s", vec![3.0, 1.0, 2.0]);
        assert_eq!((few.p90_us, few.p99_us), (None, None));
        assert!((few.p50_us - 2.0).abs() < 0.1 && (few.greatest_us - 3.0).abs() < 0.1);
    }
}
