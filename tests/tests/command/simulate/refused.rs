//! Wishes that cannot be met: one clear line each, and nothing left behind.

use super::Place;
use delos_tests::{Finished, delos_program, run_delos, with_small_disk};
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::thread::sleep;
use std::time::Duration;

/// Exit code 1 or 2, one line `error: ...` with all of `parts`.
#[track_caller]
fn is_refused(finished: Finished, parts: &[&str]) {
    let finished = finished.failed_saying(parts);
    assert!(matches!(finished.code, Some(1 | 2)), "{}", finished.report());
    let errors = finished.stderr.matches("error: ").count();
    assert!(errors == 1 && finished.stdout.is_empty(), "{}", finished.report());
}

#[test]
fn drives_that_cannot_be_written_are_refused() {
    let rate = "between 1 and 100 frames per second";
    let table: [(&[&str], &[&str]); 20] = [
        (&["--frames", "0"], &["--frames", "1..=3000"]),
        (&["--frames", "-3"], &["'-3'", "--frames", "1..=3000"]),
        (&["--frames", "3001"], &["--frames", "1..=3000"]),
        (&["--frames", "ten"], &["'ten'", "--frames"]),
        (&["--frames", "301", "--rate", "1"], &["--frames is 301", "1 to 300 frames"]),
        (&["--rate", "-1"], &["--rate is -1", rate]),
        (&["--rate", "0"], &["--rate is 0", rate]),
        (&["--rate", "nan"], &["--rate is NaN", rate]),
        (&["--rate", "inf"], &["--rate is inf", rate]),
        (&["--rate", "1e9"], &["--rate is 1000000000", rate]),
        (&["--rate", "fast"], &["'fast'", "--rate"]),
        (&["--actors", "900", "--frames", "3"], &["--actors is 900", "holds", "ask for fewer"]),
        (&["--actors", "-1"], &["--actors", "0..="]),
        (&["--lidar", "vlp16"], &["vlp16", "--lidar", "hdl64, hdl32"]),
        (&["--seed", "-1"], &["--seed", "0..="]),
        (&["--seed", "1.5"], &["--seed", "1.5"]),
        (&["--drives", "0"], &["--drives", "1..=10000"]),
        (&["--workers", "0"], &["--workers", "1..=1024"]),
        (&["--sensors", "sonar"], &["sonar", "camera, lidar, radar"]),
        (&["--sensor", "lidar"], &["--sensor"]),
    ];
    let place = Place::new();
    for (args, wanted) in table {
        is_refused(place.write("out", args), wanted);
        assert!(place.names().is_empty(), "{args:?} left {:?}", place.names());
    }
}

#[test]
fn a_folder_that_cannot_be_made_is_refused() {
    let place = Place::new();
    fs::create_dir(place.path("there")).unwrap();
    fs::write(place.path("file"), "mine").unwrap();
    let few = ["--frames", "2"];
    is_refused(place.write("there", &few), &["--out", "there", "exists", "choose another"]);
    is_refused(place.write("file", &few), &["--out", "file", "exists"]);
    is_refused(place.write("file/out", &few), &["--out", "file/out.part", "Not a directory"]);
    is_refused(place.write("..", &few), &["--out", "not the path of a folder to make"]);
    assert_eq!(place.names(), ["file", "there"]);
    assert_eq!(fs::read(place.path("file")).unwrap(), b"mine");
    assert_eq!(fs::read_dir(place.path("there")).unwrap().count(), 0);
}

#[test]
fn a_full_disk_is_one_clear_error_and_leaves_nothing() {
    let place = Place::new();
    let disk = place.path("disk");
    fs::create_dir(&disk).unwrap();
    let script = format!(
        "{} data simulate --frames 3 --out {}/out; code=$?; ls -A {}; exit $code",
        delos_program().display(),
        disk.display(),
        disk.display(),
    );
    let test = "a_full_disk_is_one_clear_error_and_leaves_nothing";
    let Some(output) = with_small_disk(test, &disk, &script) else { return };
    let stderr = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(1), "{stderr}");
    assert_eq!(stderr.lines().count(), 1, "{stderr}");
    assert!(stderr.starts_with("error: cannot write") && stderr.contains("No space"), "{stderr}");
    assert_eq!(String::from_utf8_lossy(&output.stdout), "", "what is left on the disk");
}

#[test]
fn ctrl_c_leaves_nothing() {
    let place = Place::new();
    let mut command = Command::new(delos_program());
    command.args(["data", "simulate", "--frames", "2000", "--out"]).arg(place.path("out"));
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    let child = command.spawn().unwrap();
    wait_for_a_file(&place.path("out.part/training/velodyne/0007"));
    let killed = Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap();
    assert!(killed.success());
    let output = child.wait_with_output().unwrap();
    let stderr = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(130), "{stderr}");
    let last = stderr.trim_end().lines().next_back().unwrap_or_default();
    assert!(last.starts_with("error: interrupted; nothing was left in"), "{stderr}");
    assert!(place.names().is_empty(), "{:?}", place.names());
    assert!(output.stdout.is_empty());
}

/// Waits for the first file of a folder; gives up after about a minute.
fn wait_for_a_file(folder: &Path) {
    let has_file = || fs::read_dir(folder).is_ok_and(|entries| entries.count() > 0);
    let came = (0..3000).any(|_| {
        sleep(Duration::from_millis(20));
        has_file()
    });
    assert!(came, "{} stays empty", folder.display());
}

#[test]
fn wrong_parameters_of_a_launch_file_are_refused() {
    let rate = "a rate lies between 1 and 100";
    let table: [(&str, &[&str]); 14] = [
        ("drive.frames=0", &["`drive`", "`frames` is 0", "1 to 3000"]),
        ("drive.frames=-3", &["--set drive.frames=-3", "`frames`", "whole number"]),
        ("drive.frames=99999", &["`frames` is 99999", "1 to 3000"]),
        ("drive.frames=many", &["--set drive.frames=many", "`frames`", "whole number"]),
        ("drive.rate_hz=-1", &["`rate_hz` is -1", rate]),
        ("drive.rate_hz=0.0", &["`rate_hz` is 0", rate]),
        ("drive.rate_hz=nan", &["`rate_hz` is NaN", rate]),
        ("drive.rate_hz=1e9", &["`rate_hz` is 1000000000", rate]),
        ("drive.actors=9000", &["`actors` is 9000", "holds", "ask for fewer"]),
        ("drive.lidar=vlp16", &["vlp16", "hdl64, hdl32"]),
        ("drive.seed=-1", &["--set drive.seed=-1", "`seed`", "whole number"]),
        ("drive.prefetch=-1", &["--set drive.prefetch=-1", "`prefetch`", "whole number"]),
        ("drive.prefetch=9000000000000000000", &["prefetch = 9000000000000000000", "0 to 1024"]),
        ("drive.fames=3", &["unknown key `fames`", "did you mean `frames`?"]),
    ];
    let place = Place::new();
    let launch = place.launch("launch", "kind = \"simulate\"\nframes = 3", "");
    for (set, wanted) in table {
        is_refused(place.run(&launch, "out", &["--set", set]), wanted);
        let check = ["check".as_ref(), launch.as_os_str(), "--set".as_ref(), set.as_ref()];
        is_refused(run_delos(check), wanted);
        assert_eq!(place.names(), ["launch.toml"], "{set}");
    }
}

#[test]
fn data_and_a_simulated_drive_do_not_go_together() {
    let place = Place::new();
    let launch = place.launch("launch", "kind = \"simulate\"\nframes = 3", "");
    let refused = place.run(&launch, "out", &["--data", "some/folder"]);
    is_refused(refused, &["--data some/folder", "leave --data out", "`replay`"]);
    assert_eq!(place.names(), ["launch.toml"]);
}
