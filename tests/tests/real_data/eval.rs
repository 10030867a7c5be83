//! The evaluation against the stored numbers of the field's reference tools.

mod ab3dmot;
mod command;
mod detection;
mod run;
mod streaming;
mod tracking;

use delos_core::BenchmarkRow;
use delos_ingest::benchmark::{RowFormat, RowRules, parse, read_rows};
use flate2::read::GzDecoder;
use serde_json::Value;
use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::Read;
use std::path::Path;

/// The labelled rows of a sequence of the tracking benchmark.
pub(crate) fn labels(data: &Path, sequence: &str) -> Vec<BenchmarkRow> {
    let path = data.join(format!("kitti_tracking/training/label_02/{sequence}.txt"));
    rows_of(&path, RowFormat::KittiTracking)
}

/// The rows of a file, which has no wrong one.
pub(crate) fn rows_of(path: &Path, format: RowFormat) -> Vec<BenchmarkRow> {
    let read = read_rows(path, format, &RowRules::default());
    read.unwrap_or_else(|e| panic!("{e}")).0
}

/// The rows of a tracker's stored results (`raw`, `thres`, `corrupt`) for each sequence.
fn results(oracle: &Path, name: &str) -> BTreeMap<String, Vec<BenchmarkRow>> {
    let path = oracle.join(format!("results/ab3dmot_{name}.tar.gz"));
    let file = File::open(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
    let mut archive = tar::Archive::new(GzDecoder::new(file));
    let mut found = BTreeMap::new();
    for entry in archive.entries().expect("an archive") {
        let mut entry = entry.expect("a whole archive");
        let path = entry.path().expect("a name").into_owned();
        if path.extension().is_none_or(|extension| extension != "txt") {
            continue;
        }
        let sequence = path.file_stem().expect("a name").to_string_lossy().into_owned();
        let mut bytes = Vec::new();
        entry.read_to_end(&mut bytes).expect("a whole file");
        let rows = parse(&bytes, RowFormat::KittiTracking, &RowRules::default());
        let rows = rows.unwrap_or_else(|e| panic!("{sequence}: {e}")).rows;
        found.insert(sequence, rows);
    }
    assert_eq!(found.len(), 14, "{}", path.display());
    found
}

/// A stored tree of numbers.
fn reference(oracle: &Path, name: &str) -> Value {
    let path = oracle.join(name);
    let text = fs::read_to_string(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
    serde_json::from_str(&text).unwrap_or_else(|e| panic!("{}: {e}", path.display()))
}

/// Walks the whole reference and compares each number with ours.
///
/// `tolerance` gives the allowed difference by path (`/sequences/0000/car/HOTA/HOTA/3`);
/// `None` leaves the path and all below it out. Returns how many numbers were compared.
///
/// # Panics
/// When a key or a number is missing or differs; all differences are listed.
fn assert_tree(reference: &Value, ours: &Value, tolerance: &dyn Fn(&str) -> Option<f64>) -> usize {
    let mut walk = Walk { tolerance, compared: 0, wrong: Vec::new() };
    walk.visit("", reference, ours);
    let shown = walk.wrong.iter().take(40).cloned().collect::<Vec<_>>().join("\n");
    assert!(walk.wrong.is_empty(), "{} of {} differ:\n{shown}", walk.wrong.len(), walk.compared);
    walk.compared
}

struct Walk<'a> {
    tolerance: &'a dyn Fn(&str) -> Option<f64>,
    compared: usize,
    wrong: Vec<String>,
}

impl Walk<'_> {
    fn visit(&mut self, path: &str, wanted: &Value, found: &Value) {
        let Some(tolerance) = (self.tolerance)(path) else { return };
        match (wanted, found) {
            (Value::Object(wanted), Value::Object(found)) => {
                for (key, value) in wanted {
                    let below = format!("{path}/{key}");
                    if (self.tolerance)(&below).is_none() {
                        continue;
                    }
                    match found.get(key) {
                        Some(other) => self.visit(&below, value, other),
                        None => self.wrong.push(format!("{below}: not there")),
                    }
                }
            }
            (Value::Array(wanted), Value::Array(found)) if wanted.len() == found.len() => {
                for (i, (value, other)) in wanted.iter().zip(found).enumerate() {
                    self.visit(&format!("{path}/{i}"), value, other);
                }
            }
            (Value::Number(wanted), Value::Number(found)) => {
                self.compared += 1;
                let (a, b) = (wanted.as_f64().unwrap_or(f64::NAN), found.as_f64());
                let difference = (a - b.unwrap_or(f64::NAN)).abs();
                if difference.is_nan() || difference > tolerance {
                    self.wrong.push(format!("{path}: {wanted} wanted, {found} found"));
                }
            }
            (wanted, found) => {
                self.compared += 1;
                if wanted != found {
                    self.wrong.push(format!("{path}: {wanted} wanted, {found} found"));
                }
            }
        }
    }
}
