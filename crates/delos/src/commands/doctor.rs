//! `delos doctor`.

use super::Outcome;
use crate::say;
use anyhow::Result;
use clap::Args;
use delos_detect::models::ModelStore;
use delos_infer::{OrtLibrary, OrtSearch, gpu};
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
    let has_ort = onnxruntime(args);
    row("GPU", &gpu::probe().to_string());
    match delos_viz::find_viewer() {
        Ok(viewer) => row("viewer", &format!("{} {}", viewer.version, viewer.path.display())),
        Err(error) => row("viewer", &format!("{error}; only --view and `delos shot` need it")),
    }
    models()?;
    data();
    Ok(if has_ort { Outcome::Done } else { Outcome::Code(NOT_READY) })
}

fn row(name: &str, text: &str) {
    say::line(format!("{name:<13} {text}"));
}

fn onnxruntime(args: &DoctorArgs) -> bool {
    let loaded = OrtLibrary::find(args.ort.as_deref()).and_then(|library| library.load());
    match loaded {
        Ok(runtime) => {
            row("ONNX Runtime", &format!("{} {}", runtime.version(), runtime.path().display()));
            true
        }
        Err(error) => {
            row("ONNX Runtime", &format!("not usable: {error}"));
            for place in &OrtSearch::run(args.ort.as_deref()).places {
                row("", &format!("looked at {} ({})", place.path.display(), place.reason));
            }
            false
        }
    }
}

fn models() -> Result<()> {
    let store = ModelStore::open(&[PathBuf::from("models")])?;
    for model in store.list() {
        let place = model.folder.map_or_else(
            || "no file".to_owned(),
            |folder| folder.join(&model.card.file).display().to_string(),
        );
        row("model", &format!("{}: {place}", model.card.name));
    }
    Ok(())
}

fn data() {
    match std::env::var_os("DELOS_DATA") {
        Some(path) if PathBuf::from(&path).is_dir() => {
            row("data", &format!("DELOS_DATA is {}", PathBuf::from(path).display()));
        }
        Some(path) => {
            row(
                "data",
                &format!("DELOS_DATA is {}, which is no folder", PathBuf::from(path).display()),
            );
        }
        None => row("data", "DELOS_DATA is not set; --data names a folder for a run"),
    }
}
