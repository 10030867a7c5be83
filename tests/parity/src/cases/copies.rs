//! Copies through pinned memory, on two streams.

use crate::{Outcome, Random};
use anyhow::Result;
use delos_infer::gpu::{Accelerator, Cuda};

/// Values go to a GPU and come back, through pinned memory that is used again.
///
/// # Errors
/// When the device fails.
pub fn copies(on: &Cuda, seed: u64) -> Result<Vec<Outcome>> {
    let other = on.beside()?;
    let mut outcomes = Vec::new();
    for (stream, device) in [on, &other].into_iter().enumerate() {
        for count in [0, 1, 1000] {
            outcomes.push(copy(
                device,
                seed,
                format!("copies, seed {seed}, stream {stream}"),
                count,
            )?);
        }
    }
    Ok(outcomes)
}

fn copy(on: &Cuda, seed: u64, case: String, count: usize) -> Result<Outcome> {
    let mut random = Random::new(seed);
    let (mut there, mut back) = (on.pinned::<f32>(count)?, on.pinned::<f32>(count)?);
    let mut buffer = on.buffer::<f32>(count + 3)?;
    let (mut wanted, mut got) = (Vec::new(), Vec::new());
    for _ in 0..2 {
        there.values_mut()?.iter_mut().for_each(|value| *value = random.unit());
        wanted.extend(there.values()?.iter().map(|value| f64::from(*value)));
        on.upload_pinned(&there, &mut buffer)?;
        on.download_pinned(&buffer, &mut back)?;
        on.mark()?.wait()?;
        got.extend(back.values()?.iter().map(|value| f64::from(*value)));
    }
    Ok(Outcome::new(case, &wanted, &got, 0.0))
}
