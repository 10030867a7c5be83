//! Scores of sequences of MOTChallenge.

use super::input::{self, InputArgs};
use super::kitti::{Judged, conclude, percent};
use crate::{output, say, table};
use anyhow::{Context, Result};
use delos_core::{MotRow, ObjectClass};
use delos_eval::EvalError;
use delos_eval::tracking::{Evaluator, MotRules, MotSequence, Motmetrics};
use delos_ingest::benchmark::{Comparison, Pair, PairRows, RowRules, Skipped};
use std::collections::BTreeMap;

pub(super) fn evaluate(input: &InputArgs, rules: MotRules) -> Result<()> {
    let found = Comparison::mot(&input.request(&[])?).map_err(input::advise)?;
    let judged = input.each(&found, Evaluator::default, |evaluator, pair| {
        let rows = read(pair, input)?;
        let judge = |sequence: &MotSequence<'_>| evaluator.mot(sequence, rules);
        let scores = on_sequence(pair, &rows, judge)?;
        let scores = vec![(pair.name.clone(), ObjectClass::Pedestrian, scores)];
        Ok(Judged { scores, skipped: rows.skipped })
    })?;
    conclude(input, "motchallenge", found.skipped, judged)
}

pub(super) fn evaluate_motmetrics(input: &InputArgs) -> Result<()> {
    let found = Comparison::mot(&input.request(&[])?).map_err(input::advise)?;
    let judged = input.each(&found, Evaluator::default, |evaluator, pair| {
        let rows = read(pair, input)?;
        let scores = on_sequence(pair, &rows, |sequence| evaluator.motmetrics(sequence))?;
        Ok((pair.name.clone(), scores, rows.skipped))
    })?;
    let mut skipped: Skipped<String> = found.skipped;
    let mut scores = BTreeMap::new();
    for (name, one, more) in judged {
        skipped.append(more);
        scores.insert(name, one);
    }
    input::say_skipped(&skipped);
    say::line(table(&scores));
    let Some(path) = &input.json else { return Ok(()) };
    // The reference's file holds the sequences and nothing else.
    let text = serde_json::to_string_pretty(&scores).context("cannot write JSON")?;
    output::write_whole(path, &(text + "\n"))
}

fn read(pair: &Pair, input: &InputArgs) -> Result<PairRows<MotRow>> {
    let rules =
        RowRules { needs_identity: true, on_mistake: input.on_mistake(), ..RowRules::default() };
    pair.read_mot(&rules).map_err(input::advise)
}

fn on_sequence<T>(
    pair: &Pair,
    rows: &PairRows<MotRow>,
    judge: impl FnOnce(&MotSequence<'_>) -> Result<T, EvalError>,
) -> Result<T> {
    let sequence = MotSequence::new(&rows.truth, &rows.results, rows.frames);
    sequence.and_then(|s| judge(&s)).with_context(|| format!("sequence {}", pair.name))
}

fn table(scores: &BTreeMap<String, Motmetrics>) -> String {
    const HEADS: [&str; 9] =
        ["sequence", "MOTA", "MOTP (distance)", "IDF1", "recall", "precision", "IDSW", "FP", "FN"];
    let mut rows = vec![HEADS.map(str::to_owned).to_vec()];
    rows.extend(scores.iter().map(|(name, one)| {
        let shares = [one.mota, one.motp, one.idf1, one.recall, one.precision];
        let shares = shares.map(|share| share.map_or_else(|| "-".to_owned(), percent));
        let counts = [one.num_switches, one.num_false_positives, one.num_misses];
        let cells = shares.into_iter().chain(counts.iter().map(ToString::to_string));
        std::iter::once(name.clone()).chain(cells).collect()
    }));
    table::numbers(&rows)
}
