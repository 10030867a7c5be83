//! `cargo xtask kernels`: the CUDA kernels, compiled without a GPU and without a driver.

use anyhow::Result;

use crate::checkout::Checkout;
use crate::{setup, shell};

/// What to do with the kernels.
#[derive(clap::Args, Default)]
pub(crate) struct Options {
    /// Make the program that hosts without NVRTC use (`crates/delos_infer/kernels/delos.ptx`) anew
    #[arg(long)]
    write: bool,
}

/// Brings NVRTC and compiles the kernels for every architecture they are checked for.
pub(crate) fn run(checkout: &Checkout, options: &Options) -> Result<()> {
    setup::nvrtc(checkout).install()?;
    if options.write {
        compile(checkout, &["--", "--write"])?;
    }
    compile(checkout, &[])
}

fn compile(checkout: &Checkout, arguments: &[&str]) -> Result<()> {
    let mut command = checkout.cargo();
    command
        .args(["run", "--quiet", "--package", "delos_infer", "--example", "kernels"])
        .args(arguments)
        .env("DELOS_NVRTC", checkout.nvrtc());
    shell::run(&mut command)
}
