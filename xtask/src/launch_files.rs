//! Every launch file that is shipped is checked, without sensors or networks.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, ensure};

use crate::checkout::Checkout;
use crate::shell;

/// Runs `delos check --graph-only` on each file in `launch/` with the debug build.
pub(crate) fn check(checkout: &Checkout) -> Result<()> {
    let program = checkout.program("debug")?;
    let files = toml_files(&checkout.path("launch"))?;
    ensure!(!files.is_empty(), "there is no launch file in launch/");
    for file in files {
        shell::run(Command::new(&program).args(["check", "--graph-only"]).arg(file))?;
    }
    Ok(())
}

fn toml_files(folder: &Path) -> Result<Vec<PathBuf>> {
    let entries = fs::read_dir(folder).with_context(|| format!("read {}", folder.display()))?;
    let mut files: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
    files.retain(|path| path.extension().is_some_and(|extension| extension == "toml"));
    files.sort();
    Ok(files)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_toml_files_count_and_in_order() {
        let folder = tempfile::tempdir().unwrap();
        for name in ["b.toml", "a.toml", "README.md"] {
            fs::write(folder.path().join(name), "").unwrap();
        }
        let names: Vec<_> = toml_files(folder.path()).unwrap();
        let names: Vec<_> = names.iter().map(|path| path.file_name().unwrap()).collect();
        assert_eq!(names, ["a.toml", "b.toml"]);
    }
}
