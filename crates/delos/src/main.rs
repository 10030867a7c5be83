//! The delos command.

use std::process::ExitCode;

fn main() -> ExitCode {
    delos::run_cli(&delos_components::registry())
}
