//! HOTA, CLEAR and Identity of sequences of KITTI's tracking benchmark.

use super::input::{self, InputArgs};
use super::json;
use crate::{say, table};
use anyhow::{Context, Result};
use delos_core::ObjectClass;
use delos_eval::tracking::{COMBINED, Evaluator, Hota, KittiSequence, Report, Scores};
use delos_ingest::benchmark::{Comparison, Pair, PairRules, RowFormat, RowRules, Skipped};

pub(super) fn evaluate(input: &InputArgs, classes: &[ObjectClass]) -> Result<()> {
    let found = Comparison::kitti(&input.request(classes)?).map_err(input::advise)?;
    let rules =
        RowRules { needs_identity: true, on_mistake: input.on_mistake(), ..RowRules::default() };
    let format = RowFormat::KittiTracking;
    let rules = PairRules { labels: format, results: format, rules };
    let judge = |evaluator: &mut Evaluator, pair: &Pair| judge(evaluator, pair, &rules, classes);
    let judged = input.each(&found, Evaluator::default, judge)?;
    conclude(input, "kitti", found.skipped, judged)
}

/// The scores of one sequence, and what was skipped in it.
pub(super) struct Judged {
    pub(super) scores: Vec<(String, ObjectClass, Scores)>,
    pub(super) skipped: Skipped<String>,
}

fn judge(
    evaluator: &mut Evaluator,
    pair: &Pair,
    rules: &PairRules,
    classes: &[ObjectClass],
) -> Result<Judged> {
    let rows = pair.read(rules).map_err(input::advise)?;
    let judge = |class: &ObjectClass| {
        let sequence = KittiSequence::new(&rows.truth, &rows.results, rows.frames)?;
        Ok((pair.name.clone(), *class, evaluator.kitti(&sequence, *class)?))
    };
    let scores = classes.iter().map(judge).collect::<Result<_, delos_eval::EvalError>>();
    let scores = scores.with_context(|| format!("sequence {}", pair.name))?;
    Ok(Judged { scores, skipped: rows.skipped })
}

/// Puts the sequences together, prints and writes the scores.
pub(super) fn conclude(
    input: &InputArgs,
    metric: &str,
    mut skipped: Skipped<String>,
    judged: Vec<Judged>,
) -> Result<()> {
    let mut parts = Vec::new();
    for one in judged {
        parts.extend(one.scores);
        skipped.append(one.skipped);
    }
    let report = Report::new(parts)?;
    input::say_skipped(&skipped);
    say::line(tables(&report));
    json::write(input, metric, &skipped, &report)
}

/// One table for each class: the sequences, then all together.
fn tables(report: &Report) -> String {
    let combined = report.sequences.get(COMBINED).into_iter().flatten();
    let tables = combined.map(|(class, all)| {
        let mut rows = vec![heads(class)];
        for (name, classes) in report.sequences.iter().filter(|(name, _)| *name != COMBINED) {
            rows.extend(classes.get(class).map(|scores| row(name, scores)));
        }
        rows.push(row("all", all));
        table::numbers(&rows)
    });
    tables.collect::<Vec<_>>().join("\n\n")
}

fn heads(class: &str) -> Vec<String> {
    const HEADS: [&str; 14] = [
        "HOTA", "DetA", "AssA", "LocA", "MOTA", "MOTP", "IDF1", "IDSW", "Frag", "FP", "FN", "MT",
        "ML", "objects",
    ];
    [class].iter().chain(&HEADS).map(|head| (*head).to_owned()).collect()
}

fn row(name: &str, scores: &Scores) -> Vec<String> {
    let Scores { hota, clear, identity, count } = scores;
    let curves = [&hota.hota, &hota.det_a, &hota.ass_a, &hota.loc_a].map(Hota::mean);
    let shares = curves.into_iter().chain([clear.mota, clear.motp, identity.f1]);
    let counts = [
        clear.id_switches,
        clear.fragmentations,
        clear.false_positives,
        clear.false_negatives,
        clear.mostly_tracked,
        clear.mostly_lost,
        count.objects,
    ];
    let cells = shares.map(percent).chain(counts.iter().map(ToString::to_string));
    std::iter::once(name.to_owned()).chain(cells).collect()
}

/// As papers write it; nothing where there is nothing to divide by.
pub(super) fn percent(share: f64) -> String {
    if share.is_finite() { format!("{:.2}", share * 100.0) } else { "-".to_owned() }
}
