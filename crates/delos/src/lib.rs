//! The delos command as a library, so that a program with components of its own is one
//! call: register them and hand the registry over.
//!
//! ```no_run
//! fn main() -> std::process::ExitCode {
//!     // `.with::<MyComponent>()` adds one of your own.
//!     delos::run_cli(&delos_components::registry())
//! }
//! ```

mod ahead;
mod cli;
mod commands;
mod gpus;
mod host;
mod output;
mod page;
mod placement;
mod progress;
mod report;
mod say;
mod scores;
mod signals;
mod slow;
mod table;
mod trace;
mod words;

pub use cli::{build_cli, run_cli};
