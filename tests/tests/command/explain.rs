//! `delos explain`: what a run says about its tracks.

use crate::short_run::{RUN, SOURCE, copy};
use crate::simulate::Place;
use delos_tests::{Finished, run_delos};
use serde_json::Value;
use std::fs;
use std::path::Path;

const LOG: &str = "track_log/0005.jsonl";

fn explain(out: &Path, more: &[&str]) -> Finished {
    let mut args = vec!["explain".into(), out.as_os_str().to_owned()];
    args.extend(more.iter().map(Into::into));
    run_delos(args)
}

fn json(out: &Path, more: &[&str]) -> Value {
    let text = explain(out, &[more, &["--json"]].concat()).succeeded().stdout;
    serde_json::from_str(&text).expect("JSON")
}

fn list(value: &Value) -> &[Value] {
    value.as_array().unwrap_or_else(|| panic!("{value} is no list"))
}

fn number(value: &Value) -> f64 {
    value.as_f64().unwrap_or_else(|| panic!("{value} is no number"))
}

/// Frame and probability of existence of a track, as the results have them.
fn rows_of_results(out: &Path, id: u64) -> Vec<(u64, f64)> {
    let text = fs::read_to_string(out.join("tracks_all/0005.txt")).expect("written by the run");
    let rows = text.lines().map(|row| row.split(' ').collect::<Vec<&str>>());
    let of_track = rows.filter(|row| row[1].parse() == Ok(id));
    of_track
        .map(|row| (row[0].parse().expect("a frame"), row[17].parse().expect("a score")))
        .collect()
}

#[test]
fn what_is_explained_is_what_the_results_hold() {
    let out = RUN.path("out");
    let tracks = json(&out, &[]);
    let tracks = list(&tracks["tracks"]);
    let some = tracks.iter().step_by(tracks.len().div_ceil(12));
    for track in some {
        let id = track["track"].as_u64().unwrap();
        let story = json(&out, &["--track", &id.to_string()]);
        let frames = list(&story["frames"]);
        let wanted = rows_of_results(&out, id);
        assert!(!wanted.is_empty() && frames.len() == wanted.len(), "{track}");
        for (frame, (number_of, existence)) in frames.iter().zip(wanted) {
            assert_eq!(frame["frame"].as_u64(), Some(number_of));
            assert!((number(&frame["existence"]) - existence).abs() < 1e-5, "{frame}");
        }
        let hits = frames.iter().filter(|frame| !frame["pairing"].is_null());
        assert_eq!(track["hits"].as_u64(), Some(hits.count() as u64), "{track}");
        let none = number(&story["rules"]["none"]);
        let costs = frames.iter().filter_map(|frame| frame["pairing"]["cost"].as_f64());
        assert!(costs.into_iter().all(|cost| cost <= none), "{story}");
        assert_eq!(track["end"].is_null(), track["is_alive"] == true, "{track}");
    }
    let ids = tracks.iter().map(|track| track["track"].as_u64());
    assert!(tracks.len() > 20 && ids.is_sorted());
}

#[test]
fn a_believed_track_tells_its_story() {
    let out = RUN.path("out");
    let tracks = json(&out, &[]);
    let believed =
        |track: &&Value| number(&track["hits"]) > 10.0 && !track["believed_from"].is_null();
    let track = list(&tracks["tracks"]).iter().find(believed).expect("a good one");
    let id = track["track"].to_string();
    let text = explain(&out, &["--track", &id]).succeeded().stdout;
    let title = format!("track {id} of sequence 0005: {}", track["class"].as_str().unwrap());
    assert!(text.starts_with(&title), "{text}");
    for part in
        ["born as ", " at detection", "believed", "frames: existence", "of the gate", " of 1"]
    {
        assert!(text.contains(part), "no `{part}` in\n{text}");
    }
    let frames = number(&track["last_frame"]) - number(&track["first_frame"]) + 1.0;
    assert!((text.lines().count() as f64) < frames + 4.0, "it is condensed:\n{text}");
    let first = track["first_frame"].to_string();
    let rows = explain(&out, &["--track", &id, "--frames", &first]).succeeded().stdout;
    assert_eq!(rows.lines().count(), 2, "{rows}");
    assert!(explain(&out, &[]).succeeded().stdout.contains("tracks in 20 frames"));
}

#[test]
fn the_log_changes_no_result_and_can_be_switched_off() {
    let place = Place::new();
    let launch = place.launch("launch", SOURCE, "");
    place.run(&launch, "out", &["--set", "recorder.track_log=false"]).succeeded();
    let out = place.path("out");
    assert!(!out.join("track_log").exists());
    explain(&out, &[]).failed_saying(&["track_log", "switched off"]);
    let compared = run_delos(["compare".into(), out.into_os_string(), RUN.path("out").into()]);
    assert!(compared.succeeded().stdout.starts_with("equal"));
}

#[test]
fn several_sequences_must_be_told_apart() {
    let (_place, out) = copy();
    let text = fs::read_to_string(out.join(LOG)).unwrap();
    fs::write(out.join("track_log/0006.jsonl"), text.replacen("0005", "0006", 1)).unwrap();
    explain(&out, &[]).failed_saying(&["several sequences", "--sequence", "0005, 0006"]);
    explain(&out, &["--sequence", "../0005"]).failed_saying(&["../0005", "0005, 0006"]);
    let text = explain(&out, &["--sequence", "0006"]).succeeded().stdout;
    assert!(text.starts_with("sequence 0006: "), "{text}");
}

/// Changes the log.
fn rewrite(out: &Path, change: impl Fn(&str) -> String) {
    let path = out.join(LOG);
    let text = fs::read_to_string(&path).expect("on the disk");
    fs::write(&path, change(&text)).expect("on the disk");
}

type Spoil = fn(&Path);

#[test]
fn what_is_missing_or_broken_is_named() {
    let table: [(Spoil, &[&str]); 10] = [
        (
            |out| fs::remove_file(out.join("run.json")).unwrap(),
            &["run.json", "output folder of a run"],
        ),
        (|out| fs::write(out.join("run.json"), "{").unwrap(), &["run.json", "run again"]),
        (|out| fs::remove_file(out.join(LOG)).unwrap(), &["no track_log", "removed"]),
        (
            |out| {
                let text = fs::read_to_string(out.join("run.json")).unwrap();
                fs::write(out.join("run.json"), text.replace("\"track_log\": true,", "")).unwrap();
                fs::remove_dir_all(out.join("track_log")).unwrap();
            },
            &["no track_log", "older version"],
        ),
        (|out| rewrite(out, |text| text[..text.len() / 2].to_owned()), &["0005.jsonl, line "]),
        (
            |out| rewrite(out, |text| text.lines().take(9).collect::<Vec<_>>().join("\n")),
            &["0005.jsonl, line 9", "cut off"],
        ),
        (
            |out| rewrite(out, |text| text.replacen("\"frame\":7", "\"frame\":x", 1)),
            &["0005.jsonl, line 9", "column"],
        ),
        (
            |out| fs::copy(out.join("tracks/0005.txt"), out.join(LOG)).map(drop).unwrap(),
            &["0005.jsonl, line 1", "no log of tracks"],
        ),
        (
            |out| rewrite(out, |text| text.replacen("\"0005\"", "\"0009\"", 1)),
            &["0005.jsonl, line 1", "0009"],
        ),
        (
            |out| {
                let empty = "{\"track_log\":1,\"sequence\":\"0005\"}\n{\"frames\":0}\n";
                fs::write(out.join(LOG), empty).unwrap();
            },
            &["nothing was tracked", "0005"],
        ),
    ];
    for (spoil, parts) in table {
        let (_place, out) = copy();
        spoil(&out);
        explain(&out, &["--track", "1"]).failed_saying(parts);
    }
    run_delos(["explain", "no/such/run"]).failed_saying(&["no folder no/such/run"]);
}

#[test]
fn what_is_not_there_is_answered_with_what_is() {
    let out = RUN.path("out");
    let table: [(&[&str], &[&str]); 7] = [
        (&["--sequence", "0001"], &["0001", "there are: 0005"]),
        (&["--track", "99999"], &["no track 99999", "nearest", "are listed"]),
        (&["--track", "1", "--frames", "900.."], &["track 1 lives from frame", "900.."]),
        (&["--frames", "900.."], &["no track", "900.."]),
        (&["--track", "1", "--frames", "9..3"], &["9 comes after 3"]),
        (&["--frames", "a"], &["40..60"]),
        (&["--track", "-1"], &["-1"]),
    ];
    for (args, parts) in table {
        explain(&out, args).failed_saying(parts);
    }
}
