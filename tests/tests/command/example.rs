//! The component written outside the workspace's crates: it compiles, registers and runs.

use delos_tests::{MadeUpDrive, checkout, delos_program};
use std::fs;
use std::process::Command;

#[test]
fn a_component_of_ones_own_runs_from_a_launch_file() {
    let program = delos_program().with_file_name("custom_component");
    assert!(
        program.is_file(),
        "{} does not exist: `cargo build -p custom_component` makes it",
        program.display()
    );
    let drive = MadeUpDrive::with_scans(8);
    let status = Command::new(&program)
        .args(["run", "examples/custom_component/launch.toml", "--data"])
        .arg(drive.path())
        .arg("--out")
        .arg(drive.out())
        .args(["--set", "ahead.half_width_m=3.5"])
        .current_dir(checkout())
        .status()
        .unwrap();
    assert!(status.success());
    let name = drive.path().file_name().unwrap().to_string_lossy().into_owned();
    let all = fs::read_to_string(drive.out().join(format!("detections_3d/{name}.txt"))).unwrap();
    let across = |line: &str| line.split(' ').nth(13).and_then(|x| x.parse::<f64>().ok()).unwrap();
    assert!(!all.is_empty(), "the car at 3 m to the left is kept");
    assert!(all.lines().all(|line| across(line).abs() < 3.6), "the one at 4 m is not:\n{all}");
}
