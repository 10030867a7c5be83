//! The viewer: where it is.

use crate::VizError;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Viewers of this series read the recordings; newer ones mostly do, too, but nobody
/// has looked.
const SERIES: &str = "0.36";
/// Where the set-up puts the viewer, from the root of the checkout.
const IN_CHECKOUT: &str = ".delos/viewer/rerun";

/// A viewer on this machine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Viewer {
    /// Its program.
    pub path: PathBuf,
    /// What it says of itself, for example `0.36.3`.
    pub version: String,
}

/// Finds the viewer: `DELOS_VIEWER`, then `.delos/viewer/rerun` in the working folder, the
/// folders above it and those above this program, then `rerun` in `PATH`.
///
/// # Errors
/// [`VizError::NoViewer`] lists where it was looked for; [`VizError::ViewerVersion`] and
/// [`VizError::Start`] when the first one found is of no use.
pub fn find_viewer() -> Result<Viewer, VizError> {
    if let Some(path) = std::env::var_os("DELOS_VIEWER").filter(|value| !value.is_empty()) {
        return examine(Path::new(&path));
    }
    let here = std::env::current_dir().ok();
    let program = std::env::current_exe().ok();
    let checkouts = [here, program].into_iter().flatten().flat_map(|start| {
        start.ancestors().map(|folder| folder.join(IN_CHECKOUT)).collect::<Vec<_>>()
    });
    let search_path = std::env::var_os("PATH").unwrap_or_default();
    let installed = std::env::split_paths(&search_path).map(|folder| folder.join("rerun"));
    match checkouts.chain(installed).find(|path| path.is_file()) {
        Some(path) => examine(&path),
        None => Err(VizError::NoViewer {
            looked_at: format!("DELOS_VIEWER, {IN_CHECKOUT} here and above, rerun in PATH"),
        }),
    }
}

/// Asks a viewer for its version.
fn examine(path: &Path) -> Result<Viewer, VizError> {
    let start = |source| VizError::Start { viewer: path.to_owned(), source };
    let output = Command::new(path).arg("--version").output().map_err(start)?;
    let text = String::from_utf8_lossy(&output.stdout);
    let version = version_in(&text).unwrap_or("unknown").to_owned();
    if version == SERIES || version.starts_with(&format!("{SERIES}.")) {
        Ok(Viewer { path: path.to_owned(), version })
    } else {
        Err(VizError::ViewerVersion { viewer: path.to_owned(), found: version, wanted: SERIES })
    }
}

/// The second word of `rerun-cli 0.36.3 (features ...)`.
fn version_in(text: &str) -> Option<&str> {
    let mut words = text.split_whitespace();
    words.next().filter(|name| name.starts_with("rerun"))?;
    words.next()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_version_is_the_second_word() {
        let cases = [
            ("rerun-cli 0.36.3 (base lance) [rustc 1.95.0]", Some("0.36.3")),
            ("rerun_py 0.36.1", Some("0.36.1")),
            ("", None),
            ("rerun-cli", None),
            ("GNU coreutils 9.1", None),
        ];
        for (text, wanted) in cases {
            assert_eq!(version_in(text), wanted, "{text}");
        }
    }

    #[test]
    fn a_program_that_is_no_viewer_is_refused() {
        let error = examine(Path::new("/bin/true")).expect_err("says nothing");
        assert!(matches!(error, VizError::ViewerVersion { .. }), "{error}");
        let error = examine(Path::new("/nowhere/rerun")).expect_err("is not there");
        assert!(matches!(error, VizError::Start { .. }), "{error}");
    }
}
