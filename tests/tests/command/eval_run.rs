//! `delos eval run`: a run against its own ground truth.

mod page;
mod refused;
mod timing;

use crate::short_run::{SOURCE, copy};
use crate::simulate::{Place, files};
use delos_tests::{Finished, run_delos};
use serde_json::Value;
use std::fs;
use std::path::Path;

const FRAMES: usize = 20;

fn eval(out: &Path, more: &[&str]) -> Finished {
    let mut args = vec!["eval".into(), "run".into(), out.as_os_str().to_owned()];
    args.extend(more.iter().map(Into::into));
    run_delos(args)
}

fn json(path: &Path) -> Value {
    let text = fs::read_to_string(path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
    serde_json::from_str(&text).expect("JSON")
}

/// Changes a JSON file.
fn change(path: &Path, change: impl FnOnce(&mut Value)) {
    let mut value = json(path);
    change(&mut value);
    fs::write(path, value.to_string()).expect("on the disk");
}

/// Changes the one file of a folder.
fn rewrite(folder: &Path, change: impl Fn(&str) -> String) {
    let path = folder.join("0005.txt");
    let text = fs::read_to_string(&path).expect("on the disk");
    fs::write(&path, change(&text)).expect("on the disk");
}

fn number(value: &Value) -> f64 {
    value.as_f64().unwrap_or_else(|| panic!("{value} is no number"))
}

#[test]
fn a_run_is_judged_by_what_lies_beside_it() {
    let (_place, out) = copy();
    let finished = eval(&out, &[]).succeeded();
    let report = json(&out.join("eval.json"));
    let hota = &report["tracking"]["sequences"]["COMBINED_SEQ"]["car"]["HOTA"]["HOTA"];
    let mean = hota.as_array().unwrap().iter().map(number).sum::<f64>() / 19.0;
    assert!((0.1..1.0).contains(&mean), "{hota}");
    assert!(finished.stdout.contains(&format!("{:.2}", mean * 100.0)), "{}", finished.stdout);
    assert_eq!(report["run"]["sequences"][0]["labelled"].as_u64(), Some(FRAMES as u64));
    let cars = &report["detection"]["detections_lidar"]["classes"]["car"];
    assert!(number(&cars["bev"]["moderate"]["AP_R40"]) > 20.0, "{cars}");
    assert!(report["detection"]["detections_2d"].is_null(), "there is no camera network");
    let near = &report["recall_by_distance"]["of"]["detections_lidar"]["car"][1];
    assert!(near["found"].as_u64() > Some(10), "{near}");
    let clear = &report["tracking"]["sequences"]["COMBINED_SEQ"]["car"]["CLEAR"];
    let listed = report["incidents"]["missed"].as_array().unwrap().iter();
    let listed = listed.filter(|object| object["class"] == "car");
    let missed: u64 = listed.map(|object| object["frames"].as_u64().unwrap()).sum();
    assert_eq!(Some(missed), clear["CLR_FN"].as_u64(), "every miss is listed");
}

#[test]
fn a_chain_without_a_tracker_is_judged_by_what_it_detects() {
    let place = Place::new();
    let launch = place.path("launch.toml");
    let text = format!(
        "name = \"test\"\n[node.drive]\n{SOURCE}\n[node.lidar]\nkind = \"lidar_detector\"\n\
         reads = {{ cloud = \"sensor/lidar\" }}\n[node.recorder]\nkind = \"recorder\"\n\
         recording = false\nreads = {{ objects = \"perception/lidar/objects\" }}\n"
    );
    fs::write(&launch, text).expect("on the disk");
    place.run(&launch, "out", &[]).succeeded();
    let out = place.path("out");
    let finished = eval(&out, &[]).succeeded();
    assert!(finished.stdout.contains("makes no tracks"), "{}", finished.report());
    assert!(!finished.stdout.contains("HOTA"), "{}", finished.report());
    let report = json(&out.join("eval.json"));
    for part in ["tracking", "streaming"] {
        assert!(report[part].is_null(), "{part}");
    }
    // The same detections as those of the chain with a tracker.
    let (_place, with) = copy();
    eval(&with, &[]).succeeded();
    let with = json(&with.join("eval.json"));
    for part in ["detections_lidar", "detections_3d"] {
        assert_eq!(report["detection"][part], with["detection"][part], "{part}");
        let recall = |report: &Value| report["recall_by_distance"]["of"][part].clone();
        assert_eq!(recall(&report), recall(&with), "{part}");
    }
    assert_eq!(report["latency"]["work"]["count"], FRAMES, "the objects are the answer");
    assert!(number(&report["latency"]["work"]["max"]) > 0.0);
    let page = fs::read_to_string(out.join("eval.html")).expect("written");
    assert!(page.contains("<h2>Detections</h2>") && !page.contains("<h2>Tracks</h2>"));
}

#[test]
fn figures_are_the_same_again_and_go_where_they_are_wanted() {
    let (place, out) = copy();
    for name in ["a", "b"] {
        let names = [format!("{name}.json"), format!("{name}.html")].map(|name| place.path(&name));
        let [json, html] = names.each_ref().map(|path| path.to_str().unwrap());
        eval(&out, &["--json", json, "--html", html]).succeeded();
    }
    for ending in ["json", "html"] {
        let [a, b] = ["a", "b"].map(|n| fs::read(place.path(&format!("{n}.{ending}"))).unwrap());
        assert!(a == b, "{ending}");
    }
    assert!(!out.join("eval.json").exists() && !out.join("eval.html").exists());
}

#[test]
fn perfect_tracks_have_perfect_scores_and_nothing_to_look_at() {
    let (_place, out) = copy();
    let truth = fs::read_to_string(out.join("truth/0005.txt")).unwrap();
    rewrite(&out.join("tracks"), |_| truth.replace('\n', " 0.9\n"));
    eval(&out, &[]).succeeded();
    let report = json(&out.join("eval.json"));
    for (class, scores) in report["tracking"]["sequences"]["COMBINED_SEQ"].as_object().unwrap() {
        assert!(number(&scores["CLEAR"]["MOTA"]).to_bits() == 1f64.to_bits(), "{class}");
        let hota = scores["HOTA"]["HOTA"].as_array().unwrap();
        assert!(hota.iter().all(|score| number(score) > 1.0 - 1e-9), "{class}: {hota:?}");
    }
    for list in ["worst_frames", "switches", "missed"] {
        assert_eq!(report["incidents"][list], Value::Array(vec![]), "{list}");
    }
    let found = report["recall_by_distance"]["of"]["tracks"]["car"].as_array().unwrap();
    assert!(found.iter().all(|bin| bin["found"] == bin["counted"]), "{found:?}");
}

#[test]
fn the_truth_beside_a_run_is_that_of_its_data() {
    let place = Place::new();
    place.write("data", &["--seed", "5", "--frames", "6"]).succeeded();
    let labels = fs::read_to_string(place.path("data/training/label_02/0005.txt")).unwrap();
    let streamed = place.launch("streamed", "kind = \"simulate\"\nseed = 5\nframes = 6", "");
    place.run(&streamed, "a", &["--workers", "1"]).succeeded();
    let read = "kind = \"replay\"\nimages = \"required\"\nscans = \"required\"";
    let data = place.path("data").to_string_lossy().into_owned();
    place.run(&place.launch("read", read, ""), "b", &["--data", &data]).succeeded();
    let [a, b] = ["a", "b"].map(|run| place.path(run).join("truth/0005.txt"));
    let [a, b] = [a, b].map(|path| fs::read_to_string(path).unwrap());
    assert!(a == b && a.lines().count() > 30);
    for (ours, theirs) in a.lines().zip(labels.lines()) {
        assert!(is_same_label(ours, theirs), "{ours}\n{theirs}");
    }
    assert_eq!(a.lines().count(), labels.lines().count());
    for run in ["a", "b"] {
        let facts = json(&place.path(run).join("run.json"));
        assert_eq!(facts["truth"]["frames"]["0005"].to_string(), "[[0,5]]");
    }
}

/// The same text; but the angle of view follows from the other numbers, and its last digit is
/// rounded again.
fn is_same_label(a: &str, b: &str) -> bool {
    let [a, b] = [a, b].map(|row| row.split(' ').collect::<Vec<&str>>());
    let angles = [&a, &b].map(|row| row[5].parse::<f64>().expect("an angle"));
    let others = |row: &[&str]| [&row[..5], &row[6..]].concat().join(" ");
    (angles[0] - angles[1]).abs() < 2e-6 && others(&a) == others(&b)
}

#[test]
fn what_a_run_leaves_does_not_depend_on_the_workers() {
    let place = Place::new();
    let launch = place.launch("launch", "kind = \"simulate\"\nseed = 6\nframes = 6", "");
    for workers in ["1", "4"] {
        place.run(&launch, workers, &["--workers", workers]).succeeded();
    }
    let folders =
        ["truth", "tracks", "tracks_all", "track_log", "detections_lidar", "detections_3d"];
    for folder in folders {
        let [one, four] = ["1", "4"].map(|run| files(&place.path(run).join(folder)));
        assert!(one == four && one.values().all(|text| !text.is_empty()), "{folder}");
    }
}
