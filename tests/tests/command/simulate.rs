//! A simulated drive: streamed, written and read back, scored, as hard as it should be.

mod hard;
mod refused;
mod repeat;
mod scored;
mod smoothed;

use delos_tests::{Finished, run_delos};
use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};

/// LiDAR and tracks over the frames of a source called `drive`, without a network.
const CHAIN: &str = r#"
[node.lidar]
kind = "lidar_detector"
reads = { cloud = "sensor/lidar" }

[node.tracker]
kind = "tracker"
reads = { objects = "perception/lidar/objects", pose = "sensor/pose" }

[node.recorder]
kind = "recorder"
reads = { objects = "perception/lidar/objects" }
"#;

/// A temporary folder with what a test writes.
pub(crate) struct Place(tempfile::TempDir);

impl Place {
    pub(crate) fn new() -> Self {
        Self(tempfile::tempdir().expect("a temporary folder"))
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    /// Writes the launch file `NAME.toml`: this source before [`CHAIN`], and more behind it.
    pub(crate) fn launch(&self, name: &str, source: &str, more: &str) -> PathBuf {
        let path = self.path(name).with_extension("toml");
        fs::write(&path, format!("name = \"test\"\n[node.drive]\n{source}\n{CHAIN}{more}"))
            .expect("written");
        path
    }

    /// `delos run LAUNCH --out FOLDER/OUT MORE`.
    pub(crate) fn run(&self, launch: &Path, out: &str, more: &[&str]) -> Finished {
        let out = self.path(out).into_os_string();
        let mut args: Vec<OsString> = vec!["run".into(), launch.into(), "--out".into(), out];
        args.extend(more.iter().map(OsString::from));
        run_delos(args)
    }

    /// `delos data simulate --out FOLDER/OUT MORE`.
    pub(crate) fn write(&self, out: &str, more: &[&str]) -> Finished {
        let out = self.path(out).into_os_string();
        let mut args: Vec<OsString> = ["data", "simulate", "--out"].map(OsString::from).to_vec();
        args.push(out);
        args.extend(more.iter().map(OsString::from));
        run_delos(args)
    }

    fn compare(&self, a: &str, b: &str) -> Finished {
        run_delos(["compare".into(), self.path(a).into_os_string(), self.path(b).into_os_string()])
    }

    /// What lies directly in the folder.
    fn names(&self) -> Vec<String> {
        let entries = fs::read_dir(self.0.path()).expect("a folder").flatten();
        let mut names: Vec<String> =
            entries.map(|entry| entry.file_name().to_string_lossy().into_owned()).collect();
        names.sort();
        names
    }
}

/// Every file below a folder, by its path from there.
pub(crate) fn files(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut found = BTreeMap::new();
    let mut open = vec![folder.to_owned()];
    while let Some(path) = open.pop() {
        if path.is_dir() {
            open.extend(fs::read_dir(&path).expect("read").flatten().map(|entry| entry.path()));
        } else {
            let name = path.strip_prefix(folder).expect("below the folder").to_owned();
            found.insert(name, fs::read(&path).expect("read"));
        }
    }
    found
}
