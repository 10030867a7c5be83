//! What cannot be judged: one clear error each, and no page.

use super::{change, copy, eval, rewrite};
use crate::NO_NETWORK;
use crate::simulate::Place;
use delos_tests::{MadeUpDrive, run_delos};
use std::fs;
use std::path::Path;

type Spoil = fn(&Path);

fn remove_tracks(out: &Path) {
    fs::remove_dir_all(out.join("tracks")).expect("on the disk");
}

#[test]
fn what_is_missing_or_broken_is_named() {
    let table: [(Spoil, &[&str]); 15] = [
        (
            |out| fs::remove_file(out.join("run.json")).unwrap(),
            &["run.json", "output folder of a run"],
        ),
        (
            |out| fs::remove_file(out.join("latency.json")).unwrap(),
            &["cannot read", "latency.json"],
        ),
        (
            |out| fs::remove_file(out.join("tracks/0005.txt")).unwrap(),
            &["cannot access", "tracks/0005.txt"],
        ),
        (
            |out| fs::remove_file(out.join("truth/0005.txt")).unwrap(),
            &["cannot access", "truth/0005.txt"],
        ),
        (remove_tracks, &["has no tracks/", "removed"]),
        (
            |out| {
                remove_tracks(out);
                change(&out.join("run.json"), |facts| {
                    facts["launch"]["node"]["recorder"]["results"] = false.into();
                });
            },
            &["has no tracks/", "switched off", "results = false"],
        ),
        (
            |out| {
                remove_tracks(out);
                change(&out.join("run.json"), |facts| {
                    facts["launch"]["node"]["recorder"] = serde_json::json!({ "kind": "scores" });
                });
            },
            &["has no tracks/", "no `recorder`"],
        ),
        (|out| fs::write(out.join("run.json"), "{").unwrap(), &["run.json", "run again"]),
        (
            |out| fs::write(out.join(delos_ingest::UNFINISHED_MARKER), "").unwrap(),
            &["has not ended"],
        ),
        (
            |out| rewrite(&out.join("tracks"), |text| format!("{text}3 1 Car 0\n")),
            &["tracks/0005.txt", "line ", "columns"],
        ),
        (
            |out| rewrite(&out.join("truth"), |text| text.replacen("Car", "Lorry", 1)),
            &["truth/0005.txt", "Lorry"],
        ),
        (
            |out| rewrite(&out.join("tracks"), |text| format!("{text}{text}")),
            &["tracks/0005.txt", "stands in line", "already"],
        ),
        (
            |out| change(&out.join("run.json"), |facts| facts["truth"] = serde_json::Value::Null),
            &["no ground truth", "simulated"],
        ),
        (
            |out| change(&out.join("run.json"), |facts| facts["status"] = "failed".into()),
            &["failed", "not whole"],
        ),
        (
            |out| change(&out.join("latency.json"), |latency| latency["frames"] = [0; 0].into()),
            &["no labelled frame"],
        ),
    ];
    for (spoil, parts) in table {
        let (_place, out) = copy();
        spoil(&out);
        eval(&out, &[]).failed_saying(parts);
        assert!(!out.join("eval.html").exists() && !out.join("eval.json").exists(), "{parts:?}");
    }
}

#[test]
fn a_run_without_results_says_that_they_were_switched_off() {
    let place = Place::new();
    let launch = place.launch("launch", "kind = \"simulate\"\nseed = 5\nframes = 2", "");
    place.run(&launch, "out", &["--set", "recorder.results=false"]).succeeded();
    eval(&place.path("out"), &[]).failed_saying(&["switched off", "results = false"]);
}

#[test]
fn a_folder_that_is_none_is_refused() {
    run_delos(["eval", "run", "no/such/folder"]).failed_saying(&["no folder no/such/folder"]);
}

#[test]
fn a_run_without_labels_cannot_be_judged() {
    let drive = MadeUpDrive::with_scans(3);
    let (data, out) = (drive.path(), drive.out());
    run_delos([
        "run".as_ref(),
        "launch/kitti_lidar.toml".as_ref(),
        NO_NETWORK[0].as_ref(),
        NO_NETWORK[1].as_ref(),
        "--data".as_ref(),
        data.as_os_str(),
        "--out".as_ref(),
        out.as_os_str(),
    ])
    .succeeded();
    assert!(!out.join("truth").exists());
    eval(&out, &[]).failed_saying(&["no ground truth", "kitti_raw"]);
}

#[test]
fn a_run_that_failed_is_refused_with_its_reason() {
    let place = Place::new();
    place.write("data", &["--seed", "5", "--frames", "4"]).succeeded();
    let scan = place.path("data/training/velodyne/0005/000002.bin");
    fs::write(&scan, [0; 7]).unwrap();
    let data = place.path("data").to_string_lossy().into_owned();
    let read = "kind = \"replay\"\nimages = \"required\"\nscans = \"required\"";
    let run = place.run(&place.launch("read", read, ""), "out", &["--data", &data]);
    run.failed_saying(&["000002.bin"]);
    eval(&place.path("out.part"), &[]).failed_saying(&["failed", "not whole", "000002.bin"]);
}

#[test]
fn latencies_are_milliseconds() {
    let (_place, out) = copy();
    for wrong in ["-1", "60001", "nan", "soon"] {
        let option = format!("--added-latency={wrong}");
        eval(&out, &[&option]).failed_saying(&["--added-latency"]);
    }
}
