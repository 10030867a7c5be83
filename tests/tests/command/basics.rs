//! The command as its users meet it, without recordings.

use delos_tests::{checkout, run_delos};

#[test]
fn help_names_the_commands() {
    let help = run_delos(["--help"]).succeeded().stdout;
    let commands = [
        "run",
        "prepare",
        "check",
        "graph",
        "compare",
        "explain",
        "eval",
        "shot",
        "models",
        "data",
        "components",
        "doctor",
        "completions",
    ];
    for command in commands {
        let starts = format!("  {command} ");
        assert!(help.lines().any(|line| line.starts_with(&starts)), "no `{command}` in\n{help}");
    }
}

#[test]
fn every_shipped_launch_file_is_sound() {
    let files = std::fs::read_dir(checkout().join("launch")).unwrap();
    let mut count = 0;
    let is_launch = |path: &std::path::PathBuf| path.extension().is_some_and(|e| e == "toml");
    for file in files.flatten().map(|entry| entry.path()).filter(is_launch) {
        run_delos(["check".as_ref(), "--graph-only".as_ref(), file.as_os_str()]).succeeded();
        count += 1;
    }
    assert!(count >= 4, "{count} launch files");
}

#[test]
fn a_launch_file_that_is_not_there_is_one_line() {
    run_delos(["check", "launch/no_such.toml"]).failed_saying(&["launch/no_such.toml"]);
}

#[test]
fn an_unknown_command_is_one_line() {
    run_delos(["fly"]).failed_saying(&["fly"]);
}

#[test]
fn runs_that_cannot_be_read_are_no_difference() {
    let finished = run_delos(["compare", "no/such/run", "no/other"]);
    assert_eq!(finished.code, Some(2), "{}", finished.report());
    finished.failed_saying(&["no/such/run"]);
}

#[test]
fn a_kind_shows_ports_and_parameters() {
    let text = run_delos(["components", "camera_detector"]).succeeded().stdout;
    for part in
        ["reads  image", "writes detections", "model = \"yolox_nano\"", "size, resident, score"]
    {
        assert!(text.contains(part), "no `{part}` in\n{text}");
    }
    run_delos(["components", "radar"]).failed_saying(&["radar", "tracker"]);
}

#[test]
fn completions_name_the_commands() {
    for shell in ["bash", "zsh", "fish"] {
        let script = run_delos(["completions", shell]).succeeded().stdout;
        assert!(script.contains("compare") && script.contains("doctor"), "{shell}");
    }
}

#[test]
fn data_sets_are_listed_and_verified() {
    let list = run_delos(["data", "list"]).succeeded().stdout;
    assert!(list.contains("kitti_tracking") && list.contains("CC BY-NC-SA 3.0"), "{list}");
    assert!(run_delos(["data", "list", "kitti_raw"]).succeeded().stdout.contains("https://"));
    run_delos(["data", "list", "kity"]).failed_saying(&["kity"]);
    run_delos(["data", "verify", "no/such/folder"]).failed_saying(&["no/such/folder"]);
}

#[test]
fn a_shot_needs_a_run_and_a_png() {
    run_delos(["shot", "no/run", "--png", "a.png"]).failed_saying(&["no/run"]);
    run_delos(["shot", "no/run", "--frame", "x", "--png", "a.png"]).failed_saying(&["x"]);
}
