//! The evaluation of stored results: 14 sequences of KITTI's tracking benchmark with the tracks
//! of AB3DMOT, 10 of them with the detections of `PointRCNN`.
//!
//! The labels and detections are those of the data that `DELOS_DATA` names, the tracks lie in
//! the folder that `DELOS_ORACLE` names; without both there is nothing to measure.

use anyhow::{Context, Result, ensure};
use criterion::{Criterion, criterion_group, criterion_main};
use delos_core::{BenchmarkRow, ObjectClass};
use delos_eval::ab3dmot::{Mode, Rules, Sequence, evaluate};
use delos_eval::detection::{ObjectRules, ObjectSequence, object_ap};
use delos_eval::tracking::{Evaluator, KittiSequence, Report};
use delos_ingest::benchmark::{
    Comparison, OnMistake, Pair, PairRows, PairRules, Request, RowFormat, RowRules,
};
use flate2::read::GzDecoder;
use std::fs::File;
use std::hint::black_box;
use std::path::{Path, PathBuf};

const CLASSES: [ObjectClass; 3] = [ObjectClass::Car, ObjectClass::Pedestrian, ObjectClass::Cyclist];

/// The sequences that have detections.
const DETECTED: [&str; 10] =
    ["0000", "0002", "0003", "0004", "0005", "0007", "0009", "0011", "0017", "0020"];

/// Labels and results of sequences of the tracking benchmark, on disk.
struct Input {
    request: Request,
    rules: PairRules,
}

impl Input {
    fn new(labels: PathBuf, results: PathBuf, format: RowFormat, rules: RowRules) -> Self {
        let request = Request {
            labels,
            results,
            sequences: None,
            classes: CLASSES.to_vec(),
            lengths: None,
            on_mistake: OnMistake::Stop,
        };
        let rules = PairRules { labels: RowFormat::KittiTracking, results: format, rules };
        Self { request, rules }
    }

    /// Reads the files.
    fn rows(&self) -> Result<Vec<(String, PairRows<BenchmarkRow>)>> {
        let found = Comparison::kitti(&self.request)?;
        let read = |pair: &Pair| Ok((pair.name.clone(), pair.read(&self.rules)?));
        found.pairs.iter().map(read).collect()
    }

    /// HOTA, CLEAR and Identity of cars and pedestrians, reading included.
    fn tracking(&self) -> Result<Report> {
        let mut evaluator = Evaluator::default();
        let mut parts = Vec::new();
        for (name, rows) in self.rows()? {
            let sequence = KittiSequence::new(&rows.truth, &rows.results, rows.frames)?;
            for class in [ObjectClass::Car, ObjectClass::Pedestrian] {
                parts.push((name.clone(), class, evaluator.kitti(&sequence, class)?));
            }
        }
        Ok(Report::new(parts)?)
    }
}

/// A tracker's stored results, unpacked for as long as the folder is kept.
fn tracks(oracle: &Path, name: &str) -> Result<(tempfile::TempDir, PathBuf)> {
    let path = oracle.join(format!("results/ab3dmot_{name}.tar.gz"));
    let file = File::open(&path).with_context(|| path.display().to_string())?;
    let folder = tempfile::tempdir()?;
    tar::Archive::new(GzDecoder::new(file)).unpack(folder.path())?;
    let results = folder.path().join(format!("dev14_{name}"));
    Ok((folder, results))
}

fn tracking(c: &mut Criterion, labels: &Path, oracle: &Path) -> Result<()> {
    let (_kept, results) = tracks(oracle, "thres")?;
    let rules = RowRules { needs_identity: true, ..RowRules::default() };
    let input = Input::new(labels.to_owned(), results, RowFormat::KittiTracking, rules);
    let sequences = input.rows()?;
    ensure!(sequences.len() == 14, "{} sequences instead of 14", sequences.len());
    input.tracking()?;
    c.bench_function("eval/14 sequences, reading", |b| b.iter(|| input.rows().map(black_box)));
    c.bench_function("eval/14 sequences, 2 classes, reading and HOTA, CLEAR, Identity", |b| {
        b.iter(|| input.tracking().map(black_box));
    });
    Ok(())
}

fn sweep(c: &mut Criterion, labels: &Path, oracle: &Path) -> Result<()> {
    let (_kept, results) = tracks(oracle, "raw")?;
    let rules = RowRules { needs_identity: true, ..RowRules::default() };
    let rows = Input::new(labels.to_owned(), results, RowFormat::KittiTracking, rules).rows()?;
    let sequences: Vec<_> = rows
        .iter()
        .map(|(_, rows)| Sequence {
            truth: &rows.truth,
            results: &rows.results,
            frames: rows.frames,
        })
        .collect();
    let rules = Rules { mode: Mode::Solid, min_overlap: 0.25 };
    c.bench_function("eval/14 sequences, 3 classes, AB3DMOT sweep in space at IoU 0.25", |b| {
        b.iter(|| evaluate(black_box(&sequences), &CLASSES, rules));
    });
    Ok(())
}

fn detection(c: &mut Criterion, data: &Path, labels: &Path) -> Result<()> {
    let results = data.join("kitti_tracking/detections/pointrcnn");
    let rules = RowRules { needs_score: true, ..RowRules::default() };
    let mut input = Input::new(labels.to_owned(), results, RowFormat::Ab3dmot, rules);
    input.request.sequences = Some(DETECTED.map(str::to_owned).to_vec());
    let rows = input.rows()?;
    let sequences: Vec<_> = rows
        .iter()
        .map(|(_, rows)| ObjectSequence {
            truth: &rows.truth,
            results: &rows.results,
            frames: rows.frames,
        })
        .collect();
    let rules = ObjectRules::default();
    c.bench_function("eval/10 sequences, 3 classes, object AP", |b| {
        b.iter(|| object_ap(black_box(&sequences), &rules));
    });
    Ok(())
}

fn all(c: &mut Criterion) {
    let folder = |name: &str| std::env::var_os(name).map(PathBuf::from);
    let (Some(data), Some(oracle)) = (folder("DELOS_DATA"), folder("DELOS_ORACLE")) else {
        eprintln!("eval: DELOS_DATA and DELOS_ORACLE do not both name a folder; nothing measured");
        return;
    };
    let labels = data.join("kitti_tracking/training/label_02");
    let done = tracking(c, &labels, &oracle)
        .and_then(|()| sweep(c, &labels, &oracle))
        .and_then(|()| detection(c, &data, &labels));
    if let Err(error) = done {
        eprintln!("eval: {error:#}");
        std::process::exit(1);
    }
}

criterion_group!(benches, all);
criterion_main!(benches);
