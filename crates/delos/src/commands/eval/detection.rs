//! `delos eval detection`.

mod recall;
mod table;

use super::input::{self, InputArgs};
use super::json;
use crate::say;
use anyhow::{Result, bail};
use clap::{Args, ValueEnum};
use delos_core::{BenchmarkRow, ObjectClass};
use delos_eval::detection::{ObjectReport, ObjectRules, ObjectSequence, RecallReport, object_ap};
use delos_ingest::benchmark::{Comparison, PairRows, PairRules, RowFormat, RowRules};
use serde::Serialize;
use std::collections::BTreeMap;

#[derive(Args)]
#[command(after_help = NOTES)]
pub(crate) struct DetectionArgs {
    #[command(flatten)]
    pub(super) input: InputArgs,
    /// How the results are written
    #[arg(long, value_enum, default_value = "kitti")]
    format: FormatArg,
    /// Classes, names between commas (default: car,pedestrian,cyclist)
    #[arg(long, value_name = "LIST", value_delimiter = ',', value_parser = input::class)]
    classes: Vec<ObjectClass>,
    #[command(flatten)]
    recall: recall::RecallArgs,
}

const NOTES: &str = "\
Labels are files of KITTI's object benchmark (one for each frame) or of its tracking benchmark
(one for each sequence), told by their first row; results are of the same kind, or AB3DMOT's
comma rows of a sequence with --format ab3dmot.

Any of --match, --max-range, --min-points and --ignore adds recall at a stated precision: boxes
are matched from above, the surest first; objects with too few points or too far away, boxes in
DontCare regions and on ignored objects count neither way.

Examples:
  delos eval detection --labels training/label_2 --results my_detector/data
  delos eval detection --labels training/label_02 --results pointrcnn --format ab3dmot
  delos eval detection --labels training/label_02 --results my_detector --classes car \\
      --match centre:1.0 --min-points 30 --scans training/velodyne --max-range 40";

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum FormatArg {
    /// Rows of KITTI: type truncated occluded alpha x1 y1 x2 y2 h w l x y z ry score, with frame
    /// and id before them in files of sequences
    Kitti,
    /// Rows of AB3DMOT: frame,type,x1,y1,x2,y2,score,h,w,l,x,y,z,ry,alpha
    Ab3dmot,
}

pub(super) fn detection(args: &DetectionArgs) -> Result<()> {
    let default = [ObjectClass::Car, ObjectClass::Pedestrian, ObjectClass::Cyclist];
    let classes = input::classes(&args.classes, &default);
    let input = &args.input;
    let found = Comparison::kitti(&input.request(&classes)?).map_err(input::advise)?;
    let rules = args.row_rules(&found)?;
    args.recall.check(&found)?;
    let rows = input.each(&found, || (), |(), pair| pair.read(&rules).map_err(input::advise))?;
    let scores = judge(input, &rows, &classes)?;
    let mut skipped = found.skipped.clone();
    let recall = args.recall.judge(input, &found, &rows, &classes, &mut skipped)?;
    for one in &rows {
        skipped.append(one.skipped.clone());
    }
    input::say_skipped(&skipped);
    say::line(table::of_benchmark(&scores));
    if let Some(recall) = &recall {
        say::line(format!("\n{}", table::of_recall(recall)));
    }
    let sequences = found.pairs.iter().map(|pair| Name::of(&pair.name)).collect();
    json::write(input, "kitti_object", &skipped, &ScoresFile { sequences, scores, recall })
}

/// Scores with the sequences they are of.
#[derive(Serialize)]
struct ScoresFile {
    sequences: Vec<Name>,
    #[serde(flatten)]
    scores: ObjectReport,
    #[serde(skip_serializing_if = "Option::is_none")]
    recall: Option<BTreeMap<ObjectClass, RecallReport>>,
}

/// The name of a sequence, a number where it is one.
#[derive(Serialize)]
#[serde(untagged)]
enum Name {
    Number(u32),
    Text(String),
}

impl Name {
    fn of(name: &str) -> Self {
        name.parse().map_or_else(|_not_a_number| Self::Text(name.to_owned()), Self::Number)
    }
}

impl DetectionArgs {
    fn row_rules(&self, found: &Comparison) -> Result<PairRules> {
        let labels = found.label_format().map_err(input::advise)?;
        let results = match self.format {
            FormatArg::Kitti => labels,
            FormatArg::Ab3dmot => RowFormat::Ab3dmot,
        };
        if results == RowFormat::Ab3dmot && labels == RowFormat::KittiObject {
            bail!("--format ab3dmot: such files are of sequences, and the labels of single frames");
        }
        let rules = RowRules {
            needs_score: true,
            on_mistake: self.input.on_mistake(),
            ..RowRules::default()
        };
        Ok(PairRules { labels, results, rules })
    }
}

/// Each class on a thread of its own.
fn judge<'a>(
    input: &InputArgs,
    rows: &'a [PairRows<BenchmarkRow>],
    classes: &[ObjectClass],
) -> Result<ObjectReport> {
    let sequence = |rows: &'a PairRows<BenchmarkRow>| ObjectSequence {
        truth: &rows.truth,
        results: &rows.results,
        frames: rows.frames,
    };
    let sequences: Vec<ObjectSequence<'a>> = rows.iter().map(sequence).collect();
    let judge = |(): &mut (), class: &ObjectClass| {
        Ok(object_ap(&sequences, &ObjectRules::of(std::slice::from_ref(class))))
    };
    let judged = input.on_threads(classes, || (), judge)?;
    let mut all = ObjectReport {
        frames: rows.iter().map(|rows| u64::from(rows.frames)).sum(),
        min_overlap: ObjectRules::of(classes).min_overlap,
        classes: BTreeMap::new(),
    };
    all.classes.extend(judged.into_iter().flat_map(|report| report.classes));
    Ok(all)
}
