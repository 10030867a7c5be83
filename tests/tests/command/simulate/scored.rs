//! A run with ground truth says how good it was; the demo does.

use super::Place;
use delos_tests::{MadeUpDrive, checkout, ort_library, run_delos, run_delos_with};
use serde_json::Value;
use std::fs;
use std::path::Path;

const SCORES: &str = "\n[node.scores]\nkind = \"scores\"\n";

fn scores(run: &Path) -> Value {
    let text = fs::read_to_string(run.join("scores.json")).expect("written by the run");
    serde_json::from_str(&text).expect("JSON")
}

#[test]
fn a_run_with_truth_leaves_scores() {
    let place = Place::new();
    let source = "kind = \"simulate\"\nseed = 5\nframes = 20";
    let stdout = place.run(&place.launch("launch", source, SCORES), "out", &[]).succeeded().stdout;
    let scores = scores(&place.path("out"));
    let number = |key: &str| scores[key].as_f64().unwrap_or_else(|| panic!("no {key}: {scores}"));
    assert_eq!(number("frames") as u64, 20);
    assert_eq!(number("frames_not_judged") as u64, 0);
    assert!((0.2..=1.0).contains(&number("recall")), "{scores}");
    assert!((0.05..=1.0).contains(&number("precision")), "{scores}");
    assert!((0.01..1.0).contains(&number("position_error_m")), "{scores}");
    assert!(number("id_switches") < number("vehicles_found"), "{scores}");
    let recall = format!("recall {:.1} %", 100.0 * number("recall"));
    assert!(stdout.contains(&recall), "no `{recall}` in\n{stdout}");
}

#[test]
fn frames_that_a_slow_chain_drops_stand_beside_the_scores() {
    let place = Place::new();
    let source = "kind = \"simulate\"\nseed = 5\nframes = 20";
    let launch = place.launch("launch", source, SCORES);
    // A thousand times faster than the sensor: nearly all frames find the chain busy.
    let pace = ["--pace", "realtime", "--set", "run.rate=1000", "--workers", "1"];
    let finished = place.run(&launch, "out", &pace).succeeded();
    let scores = scores(&place.path("out"));
    let facts = fs::read_to_string(place.path("out/run.json")).expect("written");
    let facts: Value = serde_json::from_str(&facts).expect("JSON");
    let dropped = facts["frames"]["dropped"].as_u64().expect("a number");
    assert!(dropped > 0, "{}", facts["frames"]);
    assert_eq!(scores["not_judged"]["dropped"], dropped);
    assert_eq!(scores["frames_not_judged"], dropped);
    assert_eq!(scores["frames"], 20 - dropped);
    let wanted = format!("not in these figures: {dropped} dropped");
    assert!(finished.stdout.contains(&wanted), "no `{wanted}` in\n{}", finished.stdout);
}

#[test]
fn the_demo_finds_what_it_used_to_find() {
    let Some(ort) = ort_library("the_demo_finds_what_it_used_to_find") else { return };
    let place = Place::new();
    let args = ["run", "demo", "--out", "out", "--quiet", "--set", "recorder.recording=false"];
    let drive = ["--set", "drive.seed=21", "--set", "drive.frames=60", "--ort"];
    let args = args.iter().chain(&drive).map(Into::into).chain([ort.into_os_string()]);
    run_delos_with(args.collect::<Vec<std::ffi::OsString>>(), |command| {
        command.current_dir(place.path("")).env_remove("DELOS_MODELS");
    })
    .succeeded();
    let scores = scores(&place.path("out"));
    let number = |key: &str| scores[key].as_f64().unwrap_or_else(|| panic!("no {key}: {scores}"));
    // Measured: recall 0.855, precision 0.922, error 0.23 m, AP 0.874. What makes them worse is a step back, or wants a reason here.
    assert!(number("recall") >= 0.82, "{scores}");
    assert!(number("precision") >= 0.88, "{scores}");
    assert!(number("position_error_m") <= 0.4, "{scores}");
    assert!(scores["camera"]["ap_r40"].as_f64().is_some_and(|ap| ap >= 0.8), "{scores}");
}

#[test]
fn a_run_without_truth_says_that_it_has_no_scores() {
    let drive = MadeUpDrive::with_scans(3);
    let place = Place::new();
    let launch = place.launch("launch", "kind = \"replay\"\nscans = \"required\"", SCORES);
    let data = drive.path().to_string_lossy().into_owned();
    let finished = place.run(&launch, "out", &["--data", &data]).succeeded();
    assert!(finished.stderr.contains("without ground truth"), "{}", finished.report());
    assert!(!place.path("out/scores.json").exists());
}

#[test]
fn the_demo_runs_from_any_folder() {
    let Some(ort) = ort_library("the_demo_runs_from_any_folder") else { return };
    let place = Place::new();
    let args = ["run", "demo", "--out", "out", "--set", "drive.frames=4", "--ort"];
    let args = args.iter().map(Into::into).chain([ort.into_os_string()]);
    let finished = run_delos_with(args.collect::<Vec<std::ffi::OsString>>(), |command| {
        command.current_dir(place.path("")).env_remove("DELOS_MODELS");
    })
    .succeeded();
    assert!(finished.stdout.contains("4 frames read, 4 processed"), "{}", finished.report());
    let out = place.path("out");
    assert!(scores(&out)["camera"]["counted"].is_u64(), "{}", scores(&out));
    for file in ["recording.rrd", "tracks/0007.txt", "digest.json", "latency.json"] {
        assert!(out.join(file).is_file(), "{file}");
    }
    let facts: Value =
        serde_json::from_str(&fs::read_to_string(out.join("run.json")).unwrap()).unwrap();
    assert_eq!(facts["data"]["layout"], "simulated");
    assert_eq!(facts["launch_file"], "demo");
}

#[test]
fn the_demo_is_sound_and_can_be_drawn_by_path_and_by_name() {
    for launch in ["demo", "launch/demo.toml"] {
        run_delos(["check", "--graph-only", launch]).succeeded();
        let graph = run_delos(["graph", launch]).succeeded().stdout;
        for edge in ["drive -- \"sensor/radar\" --> recorder", "drive -- \"truth\" --> scores"] {
            assert!(graph.contains(edge), "no {edge} in\n{graph}");
        }
    }
    if let Some(ort) = ort_library("the_demo_is_sound_and_can_be_drawn_by_path_and_by_name") {
        let check = ["check".as_ref(), "demo".as_ref(), "--ort".as_ref(), ort.as_os_str()];
        let stdout = run_delos(check).succeeded().stdout;
        // Nothing was left out.
        assert_eq!(stdout.trim(), "demo: 7 components, 14 topics, 27 connections");
    }
}

#[test]
fn the_parameters_in_the_readme_have_the_defaults_it_names() {
    let readme = fs::read_to_string(checkout().join("launch/README.md")).unwrap();
    let (_, table) = readme.split_once("## Parameters of `demo.toml`").expect("the section");
    let cells = |line: &str| line.split('|').map(|cell| cell.trim().to_owned()).collect();
    let rows: Vec<Vec<String>> =
        table.lines().map(cells).filter(|row: &Vec<_>| row.len() == 5).collect();
    let mut args = ["graph", "demo", "--format", "toml"].map(str::to_owned).to_vec();
    let plain = run_delos(&args).succeeded().stdout;
    for row in rows.iter().filter(|row| row[1].contains('.') && !row[2].starts_with("as many")) {
        let default = row[2].split(':').next().unwrap_or_default();
        args.extend(["--set".to_owned(), format!("{}={default}", row[1]).replace('`', "")]);
    }
    assert_eq!(args.len(), 4 + 2 * 18, "rows of the table: {args:?}");
    assert_eq!(run_delos(&args).succeeded().stdout, plain);
}

#[test]
fn a_launch_file_nobody_knows_is_refused_with_the_known_ones() {
    for command in ["check", "graph"] {
        run_delos([command, "dmeo"]).failed_saying(&["dmeo", "demo, kitti_camera"]);
    }
    let place = Place::new();
    fs::write(place.path("demo"), "nam = 1").unwrap();
    run_delos_with(["check", "demo"], |command| {
        command.current_dir(place.path(""));
    })
    .failed_saying(&["demo:1: unknown key `nam`; did you mean `name`?"]);
}
