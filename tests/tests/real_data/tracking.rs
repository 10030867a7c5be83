//! Stored detections of fourteen sequences of KITTI's tracking benchmark, tracked through the
//! command and scored by the reference definitions: the figures of `docs/tracking.md`.

mod documented;

use delos_tests::{oracle, real_data, run_delos};
use documented::Table;
use flate2::read::GzDecoder;
use serde_json::Value;
use std::ffi::OsString;
use std::fs::{self, File};
use std::path::{Path, PathBuf};

/// How far a figure, percent, may lie from the documented one, on either side: the last digits
/// of another machine's mathematics, and no more. A law of motion that is a little worse moves
/// HOTA by 0.3.
const MARGIN: f64 = 0.05;
/// The same for identity switches.
const SWITCHES: f64 = 1.0;

const CLASSES: [&str; 2] = ["car", "pedestrian"];
const OVERLAPS: [&str; 3] = ["0.25", "0.5", "0.7"];

#[test]
fn stored_detections_are_tracked_as_documented() {
    let Some(data) = real_data("stored_detections_are_tracked_as_documented") else { return };
    let folder = tempfile::tempdir().expect("a temporary folder");
    let data = data.join("kitti_tracking");
    let scorer = Scorer { labels: data.join("training/label_02"), folder: folder.path() };
    let (image, space) = (Table::after("## Accuracy", 0), Table::after("## Accuracy", 1));

    let out = run(&data, &folder.path().join("out"), "2.0");
    scorer.check_image(&image, "online", &out.join("tracks"));
    scorer.check_image(&image, "2 s later", &out.join("tracks_delayed"));
    scorer.check_space(&space, "delos, `tracks/`", &out.join("tracks"));
    scorer.check_space(&space, "delos, `tracks_all/`", &out.join("tracks_all"));
    let out = run(&data, &folder.path().join("offline"), "offline");
    scorer.check_image(&image, "offline", &out.join("tracks_delayed"));
}

/// The other side of the same tables: AB3DMOT's stored results.
#[test]
fn stored_tracks_of_the_known_tracker_score_as_documented() {
    let test = "stored_tracks_of_the_known_tracker_score_as_documented";
    let (Some(data), Some(oracle)) = (real_data(test), oracle(test)) else { return };
    let folder = tempfile::tempdir().expect("a temporary folder");
    let labels = data.join("kitti_tracking/training/label_02");
    let scorer = Scorer { labels, folder: folder.path() };
    let (image, space) = (Table::after("## Accuracy", 0), Table::after("## Accuracy", 1));
    let [whole, cut] = ["raw", "thres"].map(|name| unpacked(&oracle, name, folder.path()));
    scorer.check_image(&image, "AB3DMOT", &cut);
    scorer.check_space(&space, "AB3DMOT, score cut", &cut);
    scorer.check_space(&space, "AB3DMOT, every track", &whole);
}

/// Tracks all sequences into a folder, and hands it back.
fn run(data: &Path, out: &Path, lag_s: &str) -> PathBuf {
    let mut args: Vec<OsString> =
        vec!["run".into(), "launch/kitti_tracking_detections.toml".into()];
    args.extend(["--data".into(), data.into(), "--out".into(), out.into()]);
    args.extend(["--quiet", "--set", "replay.sequences=all"].map(OsString::from));
    args.extend(["--set", "recorder.recording=false"].map(OsString::from));
    args.extend(["--set".into(), format!("smoother.lag_s={lag_s}").into()]);
    run_delos(args).succeeded();
    out.to_owned()
}

/// The stored results of the tracker, as a folder of files.
fn unpacked(oracle: &Path, name: &str, into: &Path) -> PathBuf {
    let path = oracle.join(format!("results/ab3dmot_{name}.tar.gz"));
    let file = File::open(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
    tar::Archive::new(GzDecoder::new(file)).unpack(into).expect("a whole archive");
    into.join(format!("dev14_{name}"))
}

struct Scorer<'a> {
    labels: PathBuf,
    folder: &'a Path,
}

impl Scorer<'_> {
    /// HOTA, CLEAR of rectangles: one column of the table.
    fn check_image(&self, table: &Table, column: &str, results: &Path) {
        let scores = self.scores(results, &[]);
        for class in CLASSES {
            let all = at(&scores, &["sequences", "COMBINED_SEQ", class]);
            let of = |metric: &str| match metric {
                "MOTA" => number(all, &["CLEAR", "MOTA"]) * 100.0,
                "IDSW" => number(all, &["CLEAR", "IDSW"]),
                curve => mean(at(all, &["HOTA", curve])) * 100.0,
            };
            for metric in ["HOTA", "AssA", "MOTA", "IDSW"] {
                let margin = if metric == "IDSW" { SWITCHES } else { MARGIN };
                table.check(&format!("{class} {metric}"), column, of(metric), margin);
            }
        }
    }

    /// sAMOTA of boxes in space: one row of the table for each class.
    fn check_space(&self, table: &Table, row: &str, results: &Path) {
        for overlap in OVERLAPS {
            let more = ["--metric", "ab3dmot", "--classes", "car,pedestrian", "--iou", overlap];
            let scores = self.scores(results, &more);
            for class in CLASSES {
                let found = number(&scores, &["classes", class, "sAMOTA"]) * 100.0;
                table.check(&format!("{class}: {row}"), overlap, found, MARGIN);
            }
        }
    }

    fn scores(&self, results: &Path, more: &[&str]) -> Value {
        let json = self.folder.join("scores.json");
        let mut args: Vec<OsString> = vec!["eval".into(), "tracking".into(), "--labels".into()];
        args.extend([self.labels.clone().into(), "--results".into(), results.into()]);
        args.extend(["--json".into(), json.clone().into()]);
        args.extend(more.iter().map(OsString::from));
        run_delos(args).succeeded();
        serde_json::from_str(&fs::read_to_string(&json).expect("written")).expect("JSON")
    }
}

/// Mean of a curve.
fn mean(curve: &Value) -> f64 {
    let curve = curve.as_array().expect("a curve").iter();
    let values: Vec<f64> = curve.map(|v| v.as_f64().expect("a number")).collect();
    values.iter().sum::<f64>() / values.len() as f64
}

fn at<'a>(value: &'a Value, path: &[&str]) -> &'a Value {
    path.iter().fold(value, |value, key| &value[*key])
}

fn number(value: &Value, path: &[&str]) -> f64 {
    at(value, path).as_f64().unwrap_or_else(|| panic!("no number at {path:?}"))
}
