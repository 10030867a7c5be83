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
    Floor { class: "car", hota: 75.5, association: 80.0, mota: 80.5, most_switches: 20 },
    Floor { class: "pedestrian", hota: 45.0, association: 0.0, mota: 48.5, most_switches: 60 },
];

/// sAMOTA of cars in space, with every track of the same run, at each overlap.
const SPATIAL: [(&str, f64); 3] = [("0.25", 90.0), ("0.5", 87.5), ("0.7", 74.0)];

#[test]
fn stored_detections_are_tracked_better_than_by_the_known_trackers() {
    let test = "stored_detections_are_tracked_better_than_by_the_known_trackers";
    let Some(data) = real_data(test) else { return };
    let folder = tempfile::tempdir().expect("a temporary folder");
    let data = data.join("kitti_tracking");
    let out = folder.path().join("out");
    let mut args: Vec<OsString> =
        vec!["run".into(), "launch/kitti_tracking_detections.toml".into()];
    args.extend(["--data".into(), data.clone().into(), "--out".into(), out.clone().into()]);
    args.extend(["--quiet", "--set", "replay.sequences=all"].map(OsString::from));
    args.extend(["--set", "recorder.recording=false"].map(OsString::from));
    run_delos(args).succeeded();

    let scorer = Scorer { labels: data.join("training/label_02"), folder: folder.path() };
    let online = scorer.scores(&out.join("tracks"), &[]);
    for floor in &ONLINE {
        floor.check(&online);
    }
    for (overlap, wanted) in SPATIAL {
        let more = ["--metric", "ab3dmot", "--iou", overlap];
        let spatial = scorer.scores(&out.join("tracks_all"), &more);
        let found = number(&spatial, &["classes", "car", "sAMOTA"]) * 100.0;
        assert!(found >= wanted, "sAMOTA at {overlap}: {found}");
    }
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
