//! `delos eval` on real sequences: the files it writes against those of the reference tools.

use super::{assert_tree, reference};
use delos_tests::{delos_program, oracle, real_data, run_delos};
use flate2::read::GzDecoder;
use serde_json::Value;
use std::ffi::OsString;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Command;

struct Inputs {
    data: PathBuf,
    oracle: PathBuf,
    folder: tempfile::TempDir,
}

impl Inputs {
    fn of(test: &str) -> Option<Self> {
        let folder = tempfile::tempdir().expect("a temporary folder");
        Some(Self { data: real_data(test)?, oracle: oracle(test)?, folder })
    }

    fn labels(&self) -> PathBuf {
        self.data.join("kitti_tracking/training/label_02")
    }

    /// A tracker's stored results (`raw`, `thres`, `corrupt`), unpacked.
    fn results(&self, name: &str) -> PathBuf {
        let file = File::open(self.oracle.join(format!("results/ab3dmot_{name}.tar.gz")));
        let file = file.expect("an archive");
        tar::Archive::new(GzDecoder::new(file)).unpack(self.folder.path()).expect("unpacked");
        self.folder.path().join(format!("dev14_{name}"))
    }

    /// What `delos eval` writes.
    fn scores(&self, kind: &str, labels: &Path, results: &Path, more: &[&str]) -> Value {
        let json = self.folder.path().join("scores.json");
        run_delos(args(kind, labels, results, &json, more)).succeeded();
        serde_json::from_str(&fs::read_to_string(&json).expect("written")).expect("JSON")
    }
}

fn args(kind: &str, labels: &Path, results: &Path, json: &Path, more: &[&str]) -> Vec<OsString> {
    let mut args: Vec<OsString> = vec!["eval".into(), kind.into(), "--labels".into()];
    args.extend([labels.into(), "--results".into(), results.into()]);
    args.extend(["--json".into(), json.into()]);
    args.extend(more.iter().map(OsString::from));
    args
}

/// What the tools say of themselves and of their speed.
const OWN: [&str; 5] = ["tracker", "evaluator", "eval_cpu_seconds", "result", "eval_seconds"];

/// All numbers within 1e-6, whole ones exactly with that.
fn tolerance(path: &str) -> Option<f64> {
    let key = path.rsplit('/').next().unwrap_or_default();
    (!OWN.contains(&key)).then_some(1e-6)
}

/// How many values a reference holds that have to be compared.
fn values(tree: &Value) -> usize {
    match tree {
        Value::Object(tree) => {
            let theirs = tree.iter().filter(|(key, _)| !OWN.contains(&key.as_str()));
            theirs.map(|(_, below)| values(below)).sum()
        }
        Value::Array(tree) => tree.iter().map(values).sum(),
        _ => 1,
    }
}

/// Every value of the reference is there and right.
fn assert_same(wanted: &Value, found: &Value, tolerance: &dyn Fn(&str) -> Option<f64>) {
    let compared = assert_tree(wanted, found, tolerance);
    assert!(compared > 30, "{compared}");
    assert_eq!(compared, values(wanted));
}

#[test]
fn tracking_writes_the_tree_of_trackeval() {
    let Some(inputs) = Inputs::of("tracking_writes_the_tree_of_trackeval") else { return };
    for (name, file) in [("thres", "ab3dmot_clean.json"), ("corrupt", "ab3dmot_corrupt.json")] {
        let wanted = reference(&inputs.oracle, &format!("trackeval/{file}"));
        let found = inputs.scores("tracking", &inputs.labels(), &inputs.results(name), &[]);
        assert_same(&wanted, &found, &tolerance);
    }
}

#[test]
fn tracking_writes_the_tree_of_ab3dmot() {
    let Some(inputs) = Inputs::of("tracking_writes_the_tree_of_ab3dmot") else { return };
    let table = [
        ("raw", "3d", "0.25"),
        ("raw", "3d", "0.5"),
        ("raw", "3d", "0.7"),
        ("raw", "2d", "0.5"),
        ("corrupt", "3d", "0.5"),
    ];
    for (name, mode, iou) in table {
        let wanted =
            reference(&inputs.oracle, &format!("ab3dmot/{name}_eval_{mode}_iou{iou}.json"));
        let more = ["--metric", "ab3dmot", "--mode", mode, "--iou", iou];
        let found = inputs.scores("tracking", &inputs.labels(), &inputs.results(name), &more);
        assert_same(&wanted, &found, &tolerance);
    }
}

#[test]
fn tracking_writes_the_tree_of_motmetrics() {
    let Some(inputs) = Inputs::of("tracking_writes_the_tree_of_motmetrics") else { return };
    let folder = inputs.data.join("mot/motmetrics");
    let found = inputs.scores("tracking", &folder, &folder, &["--metric", "motmetrics"]);
    let wanted = reference(&inputs.oracle, "motmetrics_tud.json");
    assert_same(&wanted, &found, &tolerance);
}

#[test]
fn detection_writes_the_tree_of_the_object_benchmark() {
    let test = "detection_writes_the_tree_of_the_object_benchmark";
    let Some(inputs) = Inputs::of(test) else { return };
    // The reference has counted scans; two sequences end with frames without labels.
    let lengths = [
        ("0000", 154),
        ("0002", 233),
        ("0003", 144),
        ("0004", 314),
        ("0005", 297),
        ("0007", 800),
        ("0009", 803),
        ("0011", 373),
        ("0017", 145),
        ("0020", 837),
    ];
    let line = |(name, frames): (&str, u32)| format!("{name} empty 000000 {frames:06}\n");
    let seqmap = inputs.folder.path().join("evaluate_tracking.seqmap");
    fs::write(&seqmap, lengths.map(line).concat()).unwrap();
    let (seqmap, names) = (seqmap.to_string_lossy(), lengths.map(|(name, _)| name).join(","));
    let more = ["--format", "ab3dmot", "--sequences", &names, "--seqmap", &seqmap];
    let results = inputs.data.join("kitti_tracking/detections/pointrcnn");
    let found = inputs.scores("detection", &inputs.labels(), &results, &more);
    let wanted = reference(&inputs.oracle, "object_ap/pointrcnn_train10.json");
    let tolerance = |path: &str| Some(if path.contains("/AP_R") { 1e-4 } else { 1e-6 });
    assert_same(&wanted, &found, &tolerance);
}

/// CPU seconds, its start included, that `delos` needs for `args`.
fn cpu_seconds(args: &[OsString]) -> f64 {
    let script = "\"$0\" \"$@\" > /dev/null && times";
    let output = Command::new("sh").args(["-c", script]).arg(delos_program()).args(args).output();
    let output = output.expect("a shell");
    assert!(output.status.success(), "{output:?}");
    let text = String::from_utf8(output.stdout).expect("text");
    // The second line holds the user and system time of what the shell has run.
    let times = text.lines().nth(1).expect("two lines").split_whitespace();
    let seconds = times.map(|time| {
        let (minutes, seconds) = time.trim_end_matches('s').split_once('m').expect("0m0.1s");
        60.0 * minutes.parse::<f64>().expect("minutes") + seconds.parse::<f64>().expect("seconds")
    });
    seconds.sum()
}

/// Says how long it takes; the machine may be busy, so only gross slowness fails.
#[test]
fn tracking_takes_a_fraction_of_a_second() {
    let Some(inputs) = Inputs::of("tracking_takes_a_fraction_of_a_second") else { return };
    let json = inputs.folder.path().join("scores.json");
    let args = args("tracking", &inputs.labels(), &inputs.results("thres"), &json, &[]);
    let median = |args: &[OsString]| {
        let mut seconds: Vec<f64> = (0..5).map(|_| cpu_seconds(args)).collect();
        seconds.sort_by(f64::total_cmp);
        seconds[2]
    };
    let (all, start) = (median(&args), median(&["--version".into()]));
    println!(
        "14 sequences, 2 classes: {all:.3} s of CPU, of which the program's start {start:.3} s"
    );
    assert!(all - start < 1.0, "{all} s");
}
