//! Runs the kernels on a GPU and compares them with the processor: `gpu_parity [--device N] [--json FILE]`. With
//! `--time N` it says how long they take there too.
//!
//! Exits with 0 when every comparison is right, 1 when one is not, 2 when there is no GPU to run on; then the
//! reason stands on stderr. `--stand-in` runs the stand-in of the tests instead.

use anyhow::{Context, Result};
use clap::{Parser, ValueEnum};
use delos_detect::models::ModelStore;
use delos_infer::gpu::{self, Cuda, GpuReport, Kernels};
use delos_infer::{GpuCeilings, GpuTrial, OrtLibrary, StreamOptions};
use delos_parity::{
    Networks, Outcome, PillarNetworks, Schedule, Shim, Timing, copies, resident, resident_scans,
    run, stand_in, time, time_chain, time_scans,
};
use delos_runtime::{Clock, MonotonicClock};
use serde::Serialize;
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::process::ExitCode;

/// The CUDA kernels against the processor's code, on seeded inputs.
#[derive(Parser)]
struct Options {
    /// Number of the GPU
    #[arg(long, default_value_t = 0)]
    device: u32,
    /// Inputs of each kind
    #[arg(long, default_value_t = 200)]
    seeds: u64,
    /// Time each step so many times too; 0 for no timing
    #[arg(long, value_name = "N", default_value_t = 0)]
    time: usize,
    /// Where to write every comparison
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
    /// Run the kernels' source on the processor instead; needs a C++ compiler
    #[arg(long)]
    stand_in: bool,
    /// Run the whole chains of camera and LiDAR too, with networks between the kernels; needs ONNX Runtime
    #[arg(long, value_enum, value_name = "WHERE")]
    network: Option<Where>,
    /// A further network, of a camera or of pillars, whose chain is timed: name of a card, or a file with a card
    #[arg(long, value_name = "MODEL")]
    model: Option<String>,
    /// Let ONNX Runtime's CUDA provider order tensors by pixels (NHWC)
    #[arg(long)]
    by_pixels: bool,
    /// ONNX Runtime's library, or its folder
    #[arg(long, value_name = "PATH")]
    ort: Option<PathBuf>,
}

/// Where the network runs.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Where {
    /// On the GPU, through ONNX Runtime's CUDA provider
    Cuda,
    /// The same, recorded as a CUDA graph
    CudaGraph,
    /// On the processor, on a driver that keeps the device's memory in this process: the stand-in of the tests
    StandInDriver,
}

/// What is written to the file.
#[derive(Serialize)]
struct Report {
    device: String,
    kernels: String,
    sources: String,
    right: usize,
    wrong: usize,
    timings: Vec<Timing>,
    /// What the device can do at best, where that was measured.
    ceilings: Option<GpuCeilings>,
    outcomes: Vec<Outcome>,
}

fn main() -> Result<ExitCode> {
    let options = Options::parse();
    if options.stand_in {
        let device = Shim::compile()?.start(Schedule::Shuffled(1))?;
        let outcomes = run(&device, 0..options.seeds)?;
        let kernels = "source".to_owned();
        return finish(&options, "stand-in".into(), kernels, (outcomes, Vec::new(), None));
    }
    let device = match Cuda::open(options.device, &Kernels::of_user()) {
        Ok(device) => device,
        Err(error) => {
            eprintln!("no GPU to run on: {error}");
            return Ok(ExitCode::from(2));
        }
    };
    let kernels = device.origin().to_string();
    eprintln!("{kernels}");
    let ceilings = options.network.map(|place| ceilings(&options, &device, place)).transpose()?;
    let mut outcomes = run(&device, 0..options.seeds)?;
    outcomes.extend(copies(&device, 1)?);
    let mut timings = if options.time > 0 { time(&device, options.time)? } else { Vec::new() };
    if let Some(place) = options.network {
        let (compared, timed) = chain(&options, device, place)?;
        outcomes.extend(compared);
        timings.extend(timed);
    }
    finish(&options, name_of(options.device), kernels, (outcomes, timings, ceilings))
}

/// What the device can do at best. A stand-in is asked for less.
fn ceilings(options: &Options, device: &Cuda, place: Where) -> Result<GpuCeilings> {
    let runtime = OrtLibrary::find(options.ort.as_deref())?.load()?;
    let clock = MonotonicClock::start();
    let (device, trial) = if place == Where::StandInDriver {
        (&stand_in()?, GpuTrial { bytes: 1 << 20, side: 32 })
    } else {
        (device, GpuTrial::default())
    };
    Ok(GpuCeilings::measure(runtime, device, trial, &|| clock.now_ns())?)
}

/// The whole chains of camera and LiDAR: comparisons on a tenth of the seeds, and timings.
fn chain(options: &Options, device: Cuda, place: Where) -> Result<(Vec<Outcome>, Vec<Timing>)> {
    let runtime = OrtLibrary::find(options.ort.as_deref())?.load()?;
    let stream = StreamOptions { graph: place == Where::CudaGraph, by_pixels: options.by_pixels };
    let device = if place == Where::StandInDriver { stand_in()? } else { device };
    let seeds = 0..options.seeds.div_ceil(10);
    let mut outcomes = resident(&device, runtime, &Networks::new()?, seeds.clone(), stream)?;
    let mut timings = Vec::new();
    let pillars = PillarNetworks::new()?;
    let scans = resident_scans(&device, runtime, &pillars, seeds, stream);
    let lidars = if scans.is_ok() { pillars.models() } else { &[] };
    match scans {
        Ok(compared) => outcomes.extend(compared),
        // What the camera's chain answered is told all the same.
        Err(error) => outcomes.push(Outcome::failure(format!("the LiDAR's chain: {error:#}"))),
    }
    if options.time > 0 {
        let store = ModelStore::open(&["models".into()])?;
        let names =
            ["delos_camera", "delos_camera_f16"].into_iter().chain(options.model.as_deref());
        let mut models = names.map(|name| store.resolve(name)).collect::<Result<Vec<_>, _>>()?;
        models.extend_from_slice(lidars);
        for model in &models {
            let is_lidar = model.card.pillars().is_ok();
            let time = if is_lidar { time_scans } else { time_chain };
            timings.extend(time(&device, runtime, model, stream, options.time)?);
        }
    }
    Ok((outcomes, timings))
}

fn name_of(ordinal: u32) -> String {
    match gpu::probe() {
        GpuReport::Found { devices, .. } => devices
            .iter()
            .find(|device| device.ordinal == ordinal)
            .map_or_else(String::new, ToString::to_string),
        report => report.to_string(),
    }
}

fn finish(
    options: &Options,
    device: String,
    kernels: String,
    (outcomes, timings, ceilings): (Vec<Outcome>, Vec<Timing>, Option<GpuCeilings>),
) -> Result<ExitCode> {
    say(&outcomes);
    for Timing { step, least_us, p50_us, greatest_us, .. } in &timings {
        eprintln!("{step}: p50 {p50_us:.1} us ({least_us:.1} to {greatest_us:.1})");
    }
    if let Some(ceilings) = ceilings {
        eprintln!("at best {ceilings:?}");
    }
    let right = outcomes.iter().filter(|outcome| outcome.is_right()).count();
    let wrong = outcomes.len() - right;
    let sources = gpu::source_hash();
    let report = Report { device, kernels, sources, right, wrong, timings, ceilings, outcomes };
    if let Some(path) = &options.json {
        let text = serde_json::to_string_pretty(&report)?;
        std::fs::write(path, text).with_context(|| format!("write {}", path.display()))?;
    }
    eprintln!("{right} comparisons right, {wrong} wrong, on {}", report.device);
    Ok(if wrong == 0 && right > 0 { ExitCode::SUCCESS } else { ExitCode::from(1) })
}

/// One line for each kind of comparison, and one for each that is wrong.
fn say(outcomes: &[Outcome]) {
    let mut kinds: BTreeMap<&str, Kind> = BTreeMap::new();
    for outcome in outcomes {
        let kind = outcome.case.split(", seed").next().unwrap_or_default();
        let sums = kinds.entry(kind).or_default();
        sums.cases += 1;
        sums.values += outcome.values;
        sums.differing += outcome.differing;
        sums.worst = sums.worst.max(outcome.worst);
        if !outcome.is_right() {
            eprintln!("WRONG {outcome:?}");
        }
    }
    for (name, Kind { cases, values, differing, worst }) in kinds {
        eprintln!(
            "{name}: {cases} cases, {values} values, {differing} differ, at most by {worst:.1e}"
        );
    }
}

#[derive(Default)]
struct Kind {
    cases: usize,
    values: usize,
    differing: usize,
    worst: f64,
}
