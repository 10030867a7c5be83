//! `cargo xtask pack`: a folder that measures delos on a machine with glibc and no more.
//!
//! The programs are built without OpenCV and Rerun, in their own profile, so that those in
//! `target/release` stay what they are.

mod drive;
mod elf;
mod folder;

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};

use crate::checkout::Checkout;
use crate::shell;
use folder::Folder;

/// What goes into the folder besides programs, launch files and the script.
#[derive(clap::Args)]
pub(crate) struct Options {
    /// Folder to make; must not exist
    #[arg(long, value_name = "DIR", default_value = "out/delos-bench")]
    out: PathBuf,
    /// ONNX Runtime to take along: its library, or a folder of libraries (`.xz` ones are unpacked there)
    #[arg(long, value_name = "PATH")]
    ort: Option<PathBuf>,
    /// A KITTI raw drive to take along, cut to its first frames
    #[arg(long, value_name = "DRIVE")]
    data: Option<PathBuf>,
    /// How many frames of it
    #[arg(long, value_name = "N", default_value_t = 8, requires = "data")]
    frames: usize,
    /// Networks to take along: `.onnx` files, each with its card where there is one
    #[arg(long = "model", value_name = "FILE")]
    models: Vec<PathBuf>,
    /// Pack programs, libraries and networks with `xz`; there `xz` or Python unpacks them
    #[arg(long)]
    xz: bool,
}

/// The profile of `Cargo.toml` that is built.
const PROFILE: &str = "packed";
/// What is carried must not be larger, bytes.
const LARGEST: u64 = 64 << 20;

/// Builds and packs, and says how large it is.
pub(crate) fn run(checkout: &Checkout, options: &Options) -> Result<()> {
    build(checkout)?;
    let programs = checkout.program(PROFILE)?;
    let mut folder = Folder::create(&options.out)?;
    let glibc =
        take_programs(&mut folder, programs.parent().context("no target folder")?, options.xz)?;
    take_texts(checkout, &mut folder)?;
    if let Some(ort) = &options.ort {
        take_libraries(&mut folder, ort, options.xz)?;
    }
    for model in &options.models {
        take_model(&mut folder, model, options.xz)?;
    }
    if let Some(data) = &options.data {
        drive::take(&mut folder, data, options.frames)?;
    }
    let bytes = folder.finish()?;
    eprintln!("{}: {:.1} MiB, needs glibc {glibc}", options.out.display(), mebibytes(bytes));
    ensure!(
        bytes <= LARGEST,
        "that is more than {} MiB: take fewer frames or networks along, or pack with --xz; without \
         --data a drive is simulated there",
        LARGEST >> 20
    );
    Ok(())
}

fn mebibytes(bytes: u64) -> f64 {
    bytes as f64 / f64::from(1 << 20)
}

fn build(checkout: &Checkout) -> Result<()> {
    let mut command = checkout.cargo();
    command.args(["build", "--profile", PROFILE, "--no-default-features"]);
    command.args(["--package", "delos", "--bin", "delos"]);
    shell::run(command.args(["--package", "delos_parity", "--bin", "gpu_parity"]))
}

/// The two programs; the oldest glibc that has all they need.
fn take_programs(folder: &mut Folder, from: &Path, xz: bool) -> Result<String> {
    let mut newest = (0, 0);
    for name in ["delos", "gpu_parity"] {
        let program = from.join(name);
        let facts = elf::Facts::of(&program)?;
        facts.check(&program)?;
        newest = newest.max(facts.glibc);
        folder.take(&program, "programs", xz)?;
    }
    Ok(format!("{}.{}", newest.0, newest.1))
}

/// Launch files, the script and how to use it.
fn take_texts(checkout: &Checkout, folder: &mut Folder) -> Result<()> {
    for file in files_in(&checkout.path("launch"), "toml")? {
        let name = file.file_name().context("no name")?.to_string_lossy().into_owned();
        folder.copy(&file, &format!("launch/{name}"))?;
    }
    for name in ["bench.sh", "README.md"] {
        folder.copy(&checkout.path("benches/bare").join(name), name)?;
    }
    Ok(())
}

fn take_libraries(folder: &mut Folder, ort: &Path, xz: bool) -> Result<()> {
    let files = if ort.is_file() { vec![ort.to_owned()] } else { libraries_in(ort)? };
    ensure!(!files.is_empty(), "{} holds no library of ONNX Runtime", ort.display());
    for file in files {
        folder.take(&file, "onnxruntime", xz)?;
    }
    Ok(())
}

/// `libonnxruntime*.so*` and the same packed.
fn libraries_in(folder: &Path) -> Result<Vec<PathBuf>> {
    let is_library = |path: &PathBuf| {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        path.is_file() && name.starts_with("libonnxruntime") && name.contains(".so")
    };
    Ok(files_of(folder)?.into_iter().filter(is_library).collect())
}

fn take_model(folder: &mut Folder, model: &Path, xz: bool) -> Result<()> {
    ensure!(
        model.extension().is_some_and(|ending| ending == "onnx"),
        "{} is no .onnx file",
        model.display()
    );
    folder.take(model, "models", xz)?;
    let card = model.with_extension("toml");
    if card.is_file() {
        folder.take(&card, "models", false)?;
    }
    Ok(())
}

fn files_in(folder: &Path, ending: &str) -> Result<Vec<PathBuf>> {
    let mut files = files_of(folder)?;
    files.retain(|path| path.extension().is_some_and(|found| found == ending));
    Ok(files)
}

/// What lies in a folder, in order of names.
fn files_of(folder: &Path) -> Result<Vec<PathBuf>> {
    let entries = fs::read_dir(folder).with_context(|| format!("read {}", folder.display()))?;
    let mut files: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
    files.sort();
    Ok(files)
}

#[cfg(test)]
mod tests;
