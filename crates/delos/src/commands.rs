//! One module for each command.

pub(crate) mod bench;
pub(crate) mod check;
pub(crate) mod compare;
pub(crate) mod components;
pub(crate) mod data;
pub(crate) mod doctor;
pub(crate) mod eval;
pub(crate) mod explain;
pub(crate) mod graph;
pub(crate) mod launch;
pub(crate) mod models;
pub(crate) mod prepare;
pub(crate) mod run;
pub(crate) mod shot;

/// A command line that cannot be meant, although each of its parts can: exit code 2.
#[derive(Debug)]
pub(crate) struct Usage(pub(crate) String);

impl std::fmt::Display for Usage {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Usage {}

/// How a command ended when nothing went wrong.
pub(crate) enum Outcome {
    /// As expected.
    Done,
    /// With an exit code of its own.
    Code(u8),
}
