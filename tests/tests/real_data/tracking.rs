//! Stored detections of fourteen sequences of KITTI's tracking benchmark, tracked through the
//! command and scored by the reference definitions.

use delos_tests::{real_data, run_delos};
use serde_json::Value;
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};

/// What has to be reached, in percent: what docs/tracking.md shows, less a margin for the last
/// digits of another machine's mathematics.
struct Floor {
    class: &'static str,
    hota: f64,
    association: f64,
    mota: f64,
    most_switches: u64,
}

const ONLINE: [Floor; 2] = [
    Floor { class: "car", hota: 76.3, association: 81.0, mota: 80.5, most_switches: 8 },
    Floor { class: "pedestrian", hota: 51.5, association: 57.0, mota: 56.0, most_switches: 22 },
];

const TWO_SECONDS_LATER: [Floor; 2] = [
    Floor { class: "car", hota: 79.8, association: 84.5, mota: 83.6, most_switches: 10 },
    Floor { class: "pedestrian", hota: 55.6, association: 61.0, mota: 62.9, most_switches: 20 },
];

const OFFLINE: [Floor; 2] = [
    Floor { class: "car", hota: 80.3, association: 85.0, mota: 84.5, most_switches: 10 },
    Floor { class: "pedestrian", hota: 55.7, association: 61.0, mota: 62.6, most_switches: 20 },
];

/// sAMOTA of cars in space, with every track of the same run, at each overlap.
const SPATIAL: [(&str, f64); 3] = [("0.25", 91.0), ("0.5", 89.5), ("0.7", 74.0)];

#[test]
fn stored_detections_are_tracked_better_than_by_the_known_trackers() {
    let test = "stored_detections_are_tracked_better_than_by_the_known_trackers";
    let Some(data) = real_data(test) else { return };
    let folder = tempfile::tempdir().expect("a temporary folder");
    let data = data.join("kitti_tracking");
    let scorer = Scorer { labels: data.join("training/label_02"), folder: folder.path() };

    let out = run(&data, &folder.path().join("out"), "2.0");
    let online = scorer.scores(&out.join("tracks"), &[]);
    let later = scorer.scores(&out.join("tracks_delayed"), &[]);
    check(&ONLINE, &online);
    check(&TWO_SECONDS_LATER, &later);
    for (overlap, wanted) in SPATIAL {
        let more = ["--metric", "ab3dmot", "--iou", overlap];
        let spatial = scorer.scores(&out.join("tracks_all"), &more);
        let found = number(&spatial, &["classes", "car", "sAMOTA"]) * 100.0;
        assert!(found >= wanted, "sAMOTA at {overlap}: {found}");
    }
    let out = run(&data, &folder.path().join("offline"), "offline");
    let offline = scorer.scores(&out.join("tracks_delayed"), &[]);
    check(&OFFLINE, &offline);
}

fn check(floors: &[Floor], scores: &Value) {
    for floor in floors {
        floor.check(scores);
    }
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

struct Scorer<'a> {
    labels: PathBuf,
    folder: &'a Path,
}

impl Scorer<'_> {
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

impl Floor {
    fn check(&self, scores: &Value) {
        let of = |path: &[&str]| {
            let whole = ["sequences", "COMBINED_SEQ", self.class];
            number(scores, &[&whole[..], path].concat())
        };
        let mean = |metric: &str| {
            let curve = at(scores, &["sequences", "COMBINED_SEQ", self.class, "HOTA", metric]);
            let curve = curve.as_array().expect("a curve").iter();
            let values: Vec<f64> = curve.map(|v| v.as_f64().expect("a number")).collect();
            values.iter().sum::<f64>() / values.len() as f64 * 100.0
        };
        let found = (mean("HOTA"), mean("AssA"), of(&["CLEAR", "MOTA"]) * 100.0);
        let switches = of(&["CLEAR", "IDSW"]);
        let what = format!("{}: HOTA, AssA, MOTA {found:.2?}, switches {switches}", self.class);
        assert!(found.0 >= self.hota, "{what}");
        assert!(found.1 >= self.association, "{what}");
        assert!(found.2 >= self.mota, "{what}");
        assert!(switches <= self.most_switches as f64, "{what}");
    }
}

fn at<'a>(value: &'a Value, path: &[&str]) -> &'a Value {
    path.iter().fold(value, |value, key| &value[*key])
}

fn number(value: &Value, path: &[&str]) -> f64 {
    at(value, path).as_f64().unwrap_or_else(|| panic!("no number at {path:?}"))
}
