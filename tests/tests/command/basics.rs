//! The command as its users meet it, without recordings.

use delos_tests::{checkout, run_delos};

#[test]
fn help_names_the_commands() {
    let help = run_delos(["--help"]).succeeded().stdout;
    for command in
        ["run", "check", "graph", "compare", "shot", "models", "data", "doctor", "completions"]
    {
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
