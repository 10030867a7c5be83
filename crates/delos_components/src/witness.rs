//! What happens to networks while components get ready, told at once: some of it takes minutes.

use delos_infer::{Device, Placement};
use std::fmt::Debug;
use std::path::Path;

/// Sees networks getting ready.
pub trait Witness: Debug + Send + Sync {
    /// Something happens to a network of component `node`.
    fn sees(&self, node: &str, step: &NetworkStep<'_>);
}

/// What happens to a network.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub enum NetworkStep<'a> {
    /// It is about to be opened.
    Opens {
        /// Name of its card.
        card: &'a str,
        /// The device asked for.
        device: Device,
    },
    /// `TensorRT` has no engine for it and builds one now, which can take minutes.
    BuildsEngine {
        /// Name of its card.
        card: &'a str,
        /// Folder where the engine will lie.
        folder: &'a Path,
    },
    /// It is open.
    Opened {
        /// Where the nodes run, for each of its sessions.
        sessions: &'a [Placement],
        /// What `auto` has chosen, and why.
        notice: Option<&'a str>,
    },
    /// It has run once, on made-up input.
    Rehearsed,
}
