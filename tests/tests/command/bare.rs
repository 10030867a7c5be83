//! The script that measures on a bare machine, in a folder as `cargo xtask pack` makes it, with a program that stands
//! in for the GPU's checks.

use delos_tests::{checkout, delos_program, ort_library};
use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use tempfile::TempDir;

/// A packed folder.
struct Packed {
    root: TempDir,
    ort: PathBuf,
}

impl Packed {
    /// With `gpu_parity` as a script; `None` where there is no ONNX Runtime to test with.
    fn with(test: &str, gpu_parity: &str) -> Option<Self> {
        let ort = ort_library(test)?;
        let root = tempfile::tempdir().expect("a folder");
        let programs = root.path().join("programs");
        fs::create_dir(&programs).expect("created");
        symlink(delos_program(), programs.join("delos")).expect("linked");
        symlink(checkout().join("launch"), root.path().join("launch")).expect("linked");
        let script = checkout().join("benches/bare/bench.sh");
        fs::copy(script, root.path().join("bench.sh")).expect("copied");
        let stand_in = programs.join("gpu_parity");
        fs::write(&stand_in, format!("#!/bin/sh\n{gpu_parity}\n")).expect("written");
        fs::set_permissions(&stand_in, fs::Permissions::from_mode(0o755)).expect("made to run");
        Some(Self { root, ort })
    }

    fn path(&self, name: &str) -> PathBuf {
        self.root.path().join(name)
    }

    /// Runs the script with nothing of this test's surroundings but the search path.
    fn run(&self, more: &[&str]) -> Output {
        let mut command = Command::new("/bin/sh");
        command.arg(self.path("bench.sh")).args(["--out"]).arg(self.path("results"));
        command.arg("--ort").arg(&self.ort).args(more).env_clear();
        command.env("PATH", "/usr/bin:/bin").current_dir("/");
        command.output().expect("started")
    }

    fn report(&self) -> String {
        read(&self.path("results/report.md"))
    }
}

fn read(path: &Path) -> String {
    fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn told(output: &Output) -> String {
    let texts = [&output.stdout, &output.stderr].map(|text| String::from_utf8_lossy(text));
    texts.join("\n")
}

const NO_GPU: &str = "echo 'no GPU to run on: made up' >&2; exit 2";

#[test]
fn without_a_gpu_the_processor_is_measured_and_the_rest_is_named() {
    let test = "without_a_gpu_the_processor_is_measured_and_the_rest_is_named";
    let Some(packed) = Packed::with(test, NO_GPU) else { return };
    let output = packed.run(&["--queries", "2", "--only", "*camera-*"]);
    let (report, told) = (packed.report(), told(&output));
    assert_eq!(output.status.code(), Some(0), "{told}");
    let wanted = [
        "**No GPU was measured:** no GPU to run on: made up",
        "| cpu-camera-delos | passed | mean ",
        "| cpu-camera-delos | camera delos_camera on CPUExecutionProvider, ",
        " nodes on CPU | single stream, 1 worker",
        "| gpu-camera-delos | **NOT RUN** | no GPU to run on: made up |",
        "| camera chain on the GPU | **NOT RUN** | no GPU to run on: made up |",
        "| cpu-camera-yolox_s | **NOT RUN** | its model is not packed here |",
        "| files | **NOT RUN** | there is no SHA256SUMS",
    ];
    for wanted in wanted {
        assert!(report.contains(wanted), "{wanted}\n{report}\n{told}");
    }
    assert!(!report.contains("lidar-delos |"), "--only leaves it out: {report}");
    let json = read(&packed.path("results/cpu-camera-delos.json"));
    assert!(json.contains("\"frames\": 2") && json.contains("kitti_camera"), "{json}");
    assert!(!packed.path("results/simulated").exists());
}

#[test]
fn what_fails_is_named_and_told_by_the_exit_code() {
    let test = "what_fails_is_named_and_told_by_the_exit_code";
    let wrong = "echo '3 comparisons right, 1 wrong' >&2; exit 1";
    let cases = [
        (wrong, "none", "| parity on the GPU | **FAILED** | 3 comparisons right, 1 wrong |"),
        (NO_GPU, "--require-gpu", "| parity on the GPU | **FAILED** | no GPU to run on: made up |"),
        ("exit 0", "files", "| files | **FAILED** | "),
        (
            "case $* in *--network*) echo 'no CUDA provider' >&2; exit 1 ;; esac",
            "none",
            "| camera chain on the GPU | **FAILED** | no CUDA provider |",
        ),
    ];
    for (gpu_parity, case, wanted) in cases {
        let Some(packed) = Packed::with(test, gpu_parity) else { return };
        if case == "files" {
            let sums = format!("{}  bench.sh\n", "0".repeat(64));
            fs::write(packed.path("SHA256SUMS"), sums).expect("written");
        }
        let mut more = vec!["--queries", "1", "--only", "none"];
        more.extend((case == "--require-gpu").then_some(case));
        let output = packed.run(&more);
        assert_eq!(output.status.code(), Some(1), "{}", told(&output));
        assert!(packed.report().contains(wanted), "{}", packed.report());
    }
}

#[test]
fn a_wrong_command_line_writes_nothing() {
    let script = checkout().join("benches/bare/bench.sh");
    let folder = tempfile::tempdir().expect("a folder");
    let (there, new) = (folder.path().display().to_string(), folder.path().join("new"));
    let new = new.display().to_string();
    let cases: [(&[&str], &str); 5] = [
        (&[], "--out DIR is missing"),
        (&["--out"], "--out needs a value"),
        (&["--out", &there], "exists"),
        (&["--out", &new, "--fast"], "unknown option --fast"),
        (&["--out", &new, "--queries", "1.5"], "whole number"),
    ];
    for (arguments, wanted) in cases {
        let output =
            Command::new("/bin/sh").arg(&script).args(arguments).output().expect("started");
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        assert!(told(&output).contains(wanted), "{wanted}: {}", told(&output));
        assert!(!Path::new(&new).exists());
    }
}
