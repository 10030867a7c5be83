//! Says whether a camera network in half precision may stand for the same network in single precision, on images of
//! simulated drives: `half_check yolox_nano yolox_nano_f16.onnx [--device cuda:0]`.
//!
//! Exits with 0 when it may, 1 when a bound is broken.

use anyhow::Result;
use clap::Parser;
use delos_detect::camera::CameraDetector;
use delos_detect::models::{ModelStore, ResolvedModel, Thresholds};
use delos_infer::{Device, OrtLibrary, SessionOptions};
use delos_parity::{LEAST_SHARE, MOST_SCORE, MOST_SHIFT, compare_on_drives};
use std::path::PathBuf;
use std::process::ExitCode;

/// The boxes of a network in half precision against those of the same in single precision.
#[derive(Parser)]
struct Options {
    /// The network in single precision: name of a card, or a file with a card
    single: String,
    /// The file in half precision; the card of the other counts
    half: PathBuf,
    /// Where the network in half precision runs
    #[arg(long, default_value = "cpu")]
    device: Device,
    /// Images
    #[arg(long, default_value_t = 100)]
    images: usize,
    /// First seed of the drives
    #[arg(long, default_value_t = 1000)]
    seed: u64,
    /// Width and height of the network's input
    #[arg(long, num_args = 2)]
    size: Option<Vec<u32>>,
    /// Least score; the card's where absent
    #[arg(long)]
    score: Option<f32>,
    /// ONNX Runtime's library, or its folder
    #[arg(long, value_name = "PATH")]
    ort: Option<PathBuf>,
}

fn main() -> Result<ExitCode> {
    let options = Options::parse();
    let runtime = OrtLibrary::find(options.ort.as_deref())?.load()?;
    let model = ModelStore::open(&["models".into()])?.resolve(&options.single)?;
    let half = ResolvedModel { path: options.half.clone(), embedded: None, ..model.clone() };
    let usual = model.card.thresholds;
    let thresholds = Thresholds { score: options.score.unwrap_or(usual.score), ..usual };
    let size = options.size.as_deref().and_then(|size| <[u32; 2]>::try_from(size).ok());
    let open = |model, device| {
        let session = SessionOptions { device, ..SessionOptions::default() };
        CameraDetector::new(runtime, model, size, Some(thresholds), &session)
    };
    let (mut single, mut half) = (open(model, Device::Cpu)?, open(half, options.device)?);
    let report = compare_on_drives(&mut single, &mut half, options.seed, options.images)?;
    eprintln!("{}", serde_json::to_string(&report)?);
    eprintln!(
        "{:.2} % of the boxes are the same (at least {:.0} %): edges within {MOST_SHIFT} pixels, scores within {MOST_SCORE}",
        100.0 * report.share(),
        100.0 * LEAST_SHARE,
    );
    let is_accepted = report.is_accepted();
    eprintln!("{}", if is_accepted { "accepted" } else { "not accepted" });
    Ok(if is_accepted { ExitCode::SUCCESS } else { ExitCode::from(1) })
}
