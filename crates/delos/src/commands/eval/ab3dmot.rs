//! sAMOTA, AMOTA and AMOTP.

use super::input::{self, InputArgs};
use super::json;
use super::kitti::percent;
use crate::{say, table};
use anyhow::Result;
use delos_core::ObjectClass;
use delos_eval::ab3dmot::{ClassReport, Mode, Report, Rules, Sequence, evaluate as sweep};
use delos_ingest::benchmark::{Comparison, Pair, PairRules, RowFormat, RowRules};
use std::collections::BTreeMap;

pub(super) fn evaluate(input: &InputArgs, classes: &[ObjectClass], rules: Rules) -> Result<()> {
    let found = Comparison::kitti(&input.request(classes)?).map_err(input::advise)?;
    let asked = RowRules {
        needs_identity: true,
        needs_score: true,
        needs_place: rules.mode == Mode::Solid,
        on_mistake: input.on_mistake(),
        ..RowRules::default()
    };
    let format = RowFormat::KittiTracking;
    let asked = PairRules { labels: format, results: format, rules: asked };
    let read = |(): &mut (), pair: &Pair| pair.read(&asked).map_err(input::advise);
    let rows = input.each(&found, || (), read)?;
    let sequences: Vec<Sequence<'_>> = rows
        .iter()
        .map(|rows| Sequence { truth: &rows.truth, results: &rows.results, frames: rows.frames })
        .collect();
    let judge = |(): &mut (), class: &_| Ok(sweep(&sequences, &[*class], rules).classes);
    let judged = input.on_threads(classes, || (), judge)?;
    let report = Report {
        mode: rules.mode,
        iou_threshold: rules.min_overlap,
        classes: judged.into_iter().flatten().collect(),
    };
    let mut skipped = found.skipped;
    for one in rows {
        skipped.append(one.skipped);
    }
    input::say_skipped(&skipped);
    say::line(tables(&report.classes));
    json::write(input, "ab3dmot", &skipped, &report)
}

/// The averages, then what the best threshold gives.
fn tables(classes: &BTreeMap<&'static str, ClassReport>) -> String {
    const HEADS: [&str; 13] = [
        "class",
        "sAMOTA",
        "AMOTA",
        "AMOTP",
        "threshold",
        "MOTA",
        "MOTP",
        "IDSW",
        "Frag",
        "FP",
        "FN",
        "MT",
        "ML",
    ];
    let mut rows = vec![HEADS.map(str::to_owned).to_vec()];
    for (class, report) in classes {
        let averages = [report.samota, report.amota, report.amotp].map(percent);
        let best = |threshold: String, scores: &delos_eval::ab3dmot::Scores| {
            let counts = [scores.id_switches, scores.fragments, scores.fp, scores.fn_];
            let shares = [scores.mota, scores.motp].map(percent);
            let ends = [scores.mt, scores.ml].map(percent);
            let counts = counts.map(|count| count.to_string());
            std::iter::once(threshold).chain(shares).chain(counts).chain(ends)
        };
        let at = format!("{:.4}", report.best_threshold);
        let first = std::iter::once((*class).to_owned()).chain(averages);
        rows.push(first.chain(best(at, &report.best)).collect());
        let blank = std::iter::repeat_n(String::new(), 4);
        rows.push(blank.chain(best("none".to_owned(), &report.no_threshold)).collect());
    }
    table::numbers(&rows)
}
