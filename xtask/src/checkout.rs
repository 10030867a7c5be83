//! Where things lie in this checkout.

use std::env;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};
use serde_json::Value;

/// The version of ONNX Runtime that set-up installs and everything is tested with.
pub(crate) const ORT_LIBRARY: &str = "libonnxruntime.so.1.31.1";

/// The folder this workspace lies in.
pub(crate) struct Checkout {
    root: PathBuf,
}

impl Checkout {
    /// The workspace that this program was compiled from.
    pub(crate) fn find() -> Result<Self> {
        let manifest = Path::new(env!("CARGO_MANIFEST_DIR"));
        let root = manifest.parent().context("xtask lies in no workspace")?.to_path_buf();
        Ok(Self { root })
    }

    /// `relative` as an absolute path.
    pub(crate) fn path(&self, relative: &str) -> PathBuf {
        self.root.join(relative)
    }

    /// ONNX Runtime as set-up installs it.
    pub(crate) fn ort_library(&self) -> PathBuf {
        self.path(".delos/onnxruntime").join(ORT_LIBRARY)
    }

    /// The folder of the compiler of CUDA kernels.
    pub(crate) fn nvrtc(&self) -> PathBuf {
        self.path(".delos/nvrtc")
    }

    /// The Rerun viewer as `setup --viewer` installs it.
    pub(crate) fn viewer(&self) -> PathBuf {
        self.path(".delos/viewer/rerun")
    }

    /// A command of the cargo that runs this, in the root of the checkout.
    pub(crate) fn cargo(&self) -> Command {
        let mut command = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
        command.current_dir(&self.root);
        command
    }

    /// What cargo knows of the packages of this workspace.
    pub(crate) fn metadata(&self) -> Result<Value> {
        let mut command = self.cargo();
        let output = command
            .args(["metadata", "--format-version", "1", "--no-deps"])
            .output()
            .context("run cargo metadata")?;
        let problem = String::from_utf8_lossy(&output.stderr);
        anyhow::ensure!(output.status.success(), "cargo metadata: {problem}");
        serde_json::from_slice(&output.stdout).context("read what cargo metadata printed")
    }

    /// The `delos` program built with `profile` (`debug` or `release`).
    pub(crate) fn program(&self, profile: &str) -> Result<PathBuf> {
        let metadata = self.metadata()?;
        let target = metadata["target_directory"].as_str().context("no target_directory")?;
        Ok(Path::new(target).join(profile).join("delos"))
    }
}

/// The folder that an environment variable names, as an absolute path.
pub(crate) fn folder_in(variable: &str) -> Result<PathBuf> {
    folder_from(variable, env::var_os(variable))
}

fn folder_from(variable: &str, value: Option<OsString>) -> Result<PathBuf> {
    let value = value.filter(|value| !value.is_empty());
    let path = PathBuf::from(value.with_context(|| format!("{variable} is not set"))?);
    anyhow::ensure!(path.is_dir(), "{variable} is {}, which is not a folder", path.display());
    path.canonicalize().with_context(|| format!("{variable} is {}", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_root_holds_the_workspace() {
        assert!(Checkout::find().unwrap().path("Cargo.toml").is_file());
    }

    #[test]
    fn a_folder_must_be_named_and_exist() {
        let cases = [
            (None, "DIR is not set"),
            (Some(""), "DIR is not set"),
            (Some("/no/such"), "DIR is /no/such, which is not a folder"),
        ];
        for (value, wanted) in cases {
            let error = folder_from("DIR", value.map(OsString::from)).unwrap_err();
            assert_eq!(error.to_string(), wanted);
        }
        assert!(folder_from("DIR", Some("src".into())).unwrap().is_absolute());
    }
}
