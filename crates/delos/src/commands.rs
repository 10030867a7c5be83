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

/// How a command ended when nothing went wrong.
pub(crate) enum Outcome {
    /// As expected.
    Done,
    /// With an exit code of its own.
    Code(u8),
}
