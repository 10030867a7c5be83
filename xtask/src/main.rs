//! The tasks of this workspace: set up a machine, show the pipeline, check everything, fuzz.
//!
//! It is the first thing that is compiled on a bare machine, so it needs no system library and few
//! crates. What it does is said on stderr.

mod checkout;
mod demo;
mod fuzz;
mod kernels;
mod launch_files;
mod layers;
mod pack;
mod setup;
mod shell;
mod test;

use std::process::ExitCode;

use clap::Parser;

use checkout::Checkout;

/// Set up, show, check and fuzz delos.
#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
enum Task {
    /// Install what the build and the run need: OpenCV, clang, ONNX Runtime
    Setup(setup::Options),
    /// Set up, build in release mode and run a simulated drive through the whole pipeline
    Demo(demo::Options),
    /// Set up and check everything: format, lints, tests, documents, layers, launch files
    Test(test::Options),
    /// Check that every crate uses only crates of lower layers
    Layers,
    /// Compile the CUDA kernels for every architecture, without a GPU
    Kernels(kernels::Options),
    /// Build without OpenCV and Rerun and pack a folder that measures delos on a bare machine
    Pack(pack::Options),
    /// Feed the parsers with made-up input and look for a panic
    Fuzz(fuzz::Options),
}

fn main() -> ExitCode {
    match run(Task::parse()) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("error: {}", one_line(&error));
            ExitCode::FAILURE
        }
    }
}

fn run(task: Task) -> anyhow::Result<ExitCode> {
    let checkout = Checkout::find()?;
    match task {
        Task::Setup(options) => setup::run(&checkout, &options)?,
        Task::Demo(options) => return demo::run(&checkout, &options),
        Task::Test(options) => test::run(&checkout, &options)?,
        Task::Layers => layers::run(&checkout)?,
        Task::Kernels(options) => kernels::run(&checkout, &options)?,
        Task::Pack(options) => pack::run(&checkout, &options)?,
        Task::Fuzz(options) => fuzz::run(&checkout, &options)?,
    }
    Ok(ExitCode::SUCCESS)
}

/// What failed and the whole chain of causes, on one line.
fn one_line(error: &anyhow::Error) -> String {
    let chain: Vec<String> = error.chain().map(ToString::to_string).collect();
    chain.join(": ").split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_command_line_is_consistent() {
        Task::command().debug_assert();
    }

    #[test]
    fn an_error_is_one_line() {
        let error = anyhow::anyhow!("no such\n  file").context("read it").context("set up");
        assert_eq!(one_line(&error), "set up: read it: no such file");
    }
}
