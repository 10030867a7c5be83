//! `delos doctor`.

use super::Outcome;
use crate::gpus::Libraries;
use crate::say;
use anyhow::{Result, anyhow};
use clap::Args;
use delos_detect::models::ModelStore;
use delos_infer::{Device, OrtLibrary, OrtSearch, Runtime, gpu};
use delos_ingest::dataset_cards;
use std::path::PathBuf;

#[derive(Args)]
pub(crate) struct DoctorArgs {
    /// ONNX Runtime's library, a file or its folder
    #[arg(long, value_name = "PATH")]
    ort: Option<PathBuf>,
}

/// Exit code when something is missing that every run with a network needs.
const NOT_READY: u8 = 1;

pub(crate) fn doctor(args: &DoctorArgs) -> Result<Outcome> {
    let revision = env!("DELOS_GIT_REVISION");
    row("delos", &format!("{} ({revision})", env!("CARGO_PKG_VERSION")));
    row("OpenCV", &delos_ingest::opencv_version());
    let runtime = onnxruntime(args);
    row("GPU", &gpu::probe().to_string());
    if let Some(runtime) = runtime {
        devices(runtime);
    }
    match delos_viz::find_viewer() {
        Ok(viewer) => row("viewer", &format!("{} {}", viewer.version, viewer.path.display())),
        Err(error) => row("viewer", &format!("{error}; only --view and `delos shot` need it")),
    }
    models()?;
    data();
    if runtime.is_some() {
        return Ok(Outcome::Done);
    }
    say::error(&anyhow!("not ready: without ONNX Runtime only launch files without a network run"));
    Ok(Outcome::Code(NOT_READY))
}

fn row(name: &str, text: &str) {
    say::line(format!("{name:<13} {text}"));
}

fn onnxruntime(args: &DoctorArgs) -> Option<&'static Runtime> {
    let loaded = OrtLibrary::find(args.ort.as_deref()).and_then(|library| library.load());
    match loaded {
        Ok(runtime) => {
            row("ONNX Runtime", &format!("{} {}", runtime.version(), runtime.path().display()));
            Some(runtime)
        }
        Err(error) => {
            row("ONNX Runtime", &format!("not usable: {error}"));
            for place in &OrtSearch::run(args.ort.as_deref()).places {
                row("", &format!("looked at {} ({})", place.path.display(), place.reason));
            }
            None
        }
    }
}

/// Where networks can run.
fn devices(runtime: &Runtime) {
    let device = Device::Cuda(0);
    match device.check(runtime) {
        Ok(()) => {
            row("networks", &format!("cpu, {device}"));
            row("", &Libraries::of(runtime).to_string());
            for library in gpu::missing_libraries() {
                row("", &library.to_string());
            }
        }
        Err(error) => row("networks", &format!("cpu; {error}")),
    }
}

fn models() -> Result<()> {
    let store = ModelStore::open(&[PathBuf::from("models")])?;
    for model in store.list() {
        let place = model.folder.map_or_else(
            || if model.is_embedded { "part of the program" } else { "no file" }.to_owned(),
            |folder| folder.join(&model.card.file).display().to_string(),
        );
        row("model", &format!("{}: {place}", model.card.name));
    }
    for unread in store.unread() {
        row("no model card", &unread.to_string());
    }
    Ok(())
}

fn data() {
    let Some(path) = std::env::var_os("DELOS_DATA").map(PathBuf::from) else {
        row("data", "DELOS_DATA is not set; --data names a folder for a run");
        return;
    };
    row("data", &format!("DELOS_DATA is {}", path.display()));
    let Ok(entries) = std::fs::read_dir(&path) else {
        row("", "which is no folder that can be read");
        return;
    };
    let mut folders: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
    folders.sort();
    for folder in folders {
        // What cannot be read here is said when somebody uses it.
        let found = dataset_cards::recognise(&folder).unwrap_or_default();
        for report in &found {
            row("", &format!("{}: {} ({})", folder.display(), report.name(), report.state()));
        }
    }
}
