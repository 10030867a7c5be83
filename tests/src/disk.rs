//! A disk that is soon full.

use std::path::Path;
use std::process::{Command, Output};

use crate::places::checkout;

/// Runs a shell script in the root of the checkout, with a disk of one megabyte at `place`
/// that only the script sees.
///
/// Needs a mount of its own: where the machine allows none, this says so and returns `None`.
pub fn with_small_disk(test: &str, place: &Path, script: &str) -> Option<Output> {
    let mount = format!("mount -t tmpfs -o size=1m tmpfs {}", place.display());
    let unshare = |script: &str| {
        let mut command = Command::new("unshare");
        command.args(["--map-root-user", "--mount", "sh", "-c", script]).current_dir(checkout());
        command.output().ok()
    };
    if !unshare(&mount).is_some_and(|output| output.status.success()) {
        eprintln!("NOT RUN: {test}: no mounts allowed here");
        return None;
    }
    unshare(&format!("{mount} && {script}"))
}
