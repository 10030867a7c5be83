//! `delos eval detection`.

mod recall;

use super::input::{self, InputArgs};
use super::json;
use crate::{say, table};
use anyhow::{Result, bail};
use clap::{Args, ValueEnum};
use delos_core::{BenchmarkRow, ObjectClass};
use delos_eval::detection::{
    ClassScores, Levels, ObjectReport, ObjectRules, ObjectSequence, RecallReport, object_ap,
};
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
    rows.iter().for_each(|one| skipped.append(one.skipped.clone()));
    input::say_skipped(&skipped);
    say::line(tables(&scores));
    recall.iter().for_each(|recall| say::line(format!("\n{}", recall::table(recall))));
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
        let rules =
            RowRules { needs_score: true, is_lenient: self.input.lenient, ..RowRules::default() };
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

/// Average precision in percent, one row for each class and kind of box.
fn tables(report: &ObjectReport) -> String {
    const HEADS: [&str; 8] =
        ["AP, %", "least overlap", "easy R40", "moderate", "hard", "easy R11", "moderate", "hard"];
    let mut rows = vec![HEADS.map(str::to_owned).to_vec()];
    for (class, scores) in &report.classes {
        let overlap = report.min_overlap.get(class).map_or_else(String::new, ToString::to_string);
        rows.extend(kinds(scores).map(|(kind, levels)| {
            let levels = [&levels.easy, &levels.moderate, &levels.hard];
            let over_40 = levels.map(|level| format!("{:.2}", level.ap_r40));
            let over_11 = levels.map(|level| format!("{:.2}", level.ap_r11));
            let first = [format!("{class} {kind}"), overlap.clone()];
            first.into_iter().chain(over_40).chain(over_11).collect()
        }));
    }
    table::numbers(&rows)
}

/// The kinds of boxes that the results have.
fn kinds(scores: &ClassScores) -> impl Iterator<Item = (&'static str, &Levels)> {
    let all = [
        ("2d", &scores.image),
        ("aos", &scores.orientation),
        ("bev", &scores.ground),
        ("3d", &scores.volume),
    ];
    all.into_iter().filter_map(|(kind, levels)| Some((kind, levels.as_ref()?)))
}
