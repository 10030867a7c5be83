//! The folder that is packed, with the sums of its files.

use std::fmt::Write as _;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, ensure};
use sha2::{Digest, Sha256};

/// A new folder and the files in it, in the order they came.
pub(super) struct Folder {
    root: PathBuf,
    names: Vec<String>,
}

impl Folder {
    /// Makes it; it must not be there yet.
    pub(super) fn create(root: &Path) -> Result<Self> {
        ensure!(!root.exists(), "{} exists: move it away first", root.display());
        fs::create_dir_all(root).with_context(|| format!("create {}", root.display()))?;
        Ok(Self { root: root.to_owned(), names: Vec::new() })
    }

    /// Where a file of this name (`launch/demo.toml`) is to lie.
    pub(super) fn place(&mut self, name: &str) -> Result<PathBuf> {
        let path = self.root.join(name);
        if let Some(parent) = path.parent() {
            fs::create_dir_all(parent).with_context(|| format!("create {}", parent.display()))?;
        }
        self.names.push(name.to_owned());
        Ok(path)
    }

    /// Copies a file, and whether it can be run.
    pub(super) fn copy(&mut self, from: &Path, name: &str) -> Result<()> {
        let to = self.place(name)?;
        fs::copy(from, &to)
            .with_context(|| format!("copy {} to {}", from.display(), to.display()))?;
        Ok(())
    }

    /// Copies a file under its own name, packed with `xz` where that is wanted.
    pub(super) fn take(&mut self, file: &Path, folder: &str, xz: bool) -> Result<()> {
        let name = file.file_name().with_context(|| format!("{} has no name", file.display()))?;
        let name = format!("{folder}/{}", name.to_string_lossy());
        if !xz || file.extension().is_some_and(|ending| ending == "xz") {
            return self.copy(file, &name);
        }
        let to = self.place(&format!("{name}.xz"))?;
        let target = fs::File::create(&to).with_context(|| format!("create {}", to.display()))?;
        let status = Command::new("xz")
            .args(["-6", "--threads=0", "--stdout"])
            .arg(file)
            .stdout(Stdio::from(target))
            .status()
            .context("--xz: start xz")?;
        ensure!(status.success(), "xz cannot pack {}", file.display());
        Ok(())
    }

    /// Writes `SHA256SUMS`; how large everything is, bytes.
    pub(super) fn finish(&self) -> Result<u64> {
        let (mut sums, mut bytes) = (String::new(), 0);
        for name in &self.names {
            let path = self.root.join(name);
            let mut file =
                fs::File::open(&path).with_context(|| format!("open {}", path.display()))?;
            let mut hasher = Sha256::new();
            bytes += io::copy(&mut file, &mut hasher)
                .with_context(|| format!("read {}", path.display()))?;
            let sum = hasher.finalize();
            let _ = writeln!(sums, "{sum:x}  {name}");
        }
        let path = self.root.join("SHA256SUMS");
        fs::write(&path, &sums).with_context(|| format!("write {}", path.display()))?;
        Ok(bytes + sums.len() as u64)
    }
}
