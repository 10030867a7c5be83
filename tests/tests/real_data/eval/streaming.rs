//! Streaming accuracy of stored results of a tracker: the two laws, and the table in
//! `docs/evaluation.md`.

use super::{labels, results};
use delos_core::{BenchmarkRow, ObjectClass, Span, Stamp};
use delos_eval::streaming::{Instant, Work, newest_seen, retime, side_by_side, single_worker};
use delos_eval::tracking::{COMBINED, Evaluator, Hota, KittiSequence, Report, Scores};
use delos_tests::{checkout, oracle, real_data};
use std::collections::BTreeMap;
use std::fmt::Write;
use std::fs;

const CLASSES: [ObjectClass; 2] = [ObjectClass::Car, ObjectClass::Pedestrian];
/// KITTI's scanner turns ten times a second.
const FRAME: Span = Span::from_millis(100);

struct Sequence {
    name: String,
    truth: Vec<BenchmarkRow>,
    results: Vec<BenchmarkRow>,
    frames: u32,
}

fn sequences(test: &str) -> Option<Vec<Sequence>> {
    let (data, oracle) = (real_data(test)?, oracle(test)?);
    let sequence = |(name, results): (String, Vec<BenchmarkRow>)| {
        let truth = labels(&data, &name);
        let frames = truth.iter().map(|row| row.frame + 1).max().expect("labels");
        Sequence { name, truth, results, frames }
    };
    Some(results(&oracle, "thres").into_iter().map(sequence).collect())
}

impl Sequence {
    /// Every frame, and how long a chain works on it.
    fn work(&self, takes: Span) -> Vec<Work> {
        let stamp = |frame: u32| Stamp::default() + FRAME * i64::from(frame);
        (0..self.frames).map(|frame| Work { frame, stamp: stamp(frame), takes }).collect()
    }

    /// The results as they are held at each frame's instant.
    fn held(&self, takes: Span, is_single: bool, added: Span) -> Vec<BenchmarkRow> {
        let work = self.work(takes);
        let instants: Vec<Instant> =
            work.iter().map(|work| Instant { frame: work.frame, at: work.stamp }).collect();
        let published = if is_single { single_worker(&work) } else { side_by_side(&work) };
        retime(&self.results, &newest_seen(&instants, &published, added))
    }
}

/// The scores of all sequences together, by class, with these results.
fn scores(
    sequences: &[Sequence],
    held: impl Fn(&Sequence) -> Vec<BenchmarkRow>,
) -> BTreeMap<&'static str, Scores> {
    let mut evaluator = Evaluator::default();
    let mut parts = Vec::new();
    for sequence in sequences {
        let held = held(sequence);
        let rows = KittiSequence::new(&sequence.truth, &held, sequence.frames).expect("inside");
        for class in CLASSES {
            let scores = evaluator.kitti(&rows, class).expect("each identity once a frame");
            parts.push((sequence.name.clone(), class, scores));
        }
    }
    Report::new(parts).expect("names").sequences.remove(COMBINED).expect("all together")
}

fn hota(scores: &BTreeMap<&'static str, Scores>, class: ObjectClass) -> f64 {
    Hota::mean(&scores[class.name()].hota.hota)
}

#[test]
fn without_latency_the_streaming_scores_are_the_offline_ones() {
    let test = "without_latency_the_streaming_scores_are_the_offline_ones";
    let Some(sequences) = sequences(test) else { return };
    let offline = scores(&sequences, |sequence| sequence.results.clone());
    for is_single in [true, false] {
        let held = scores(&sequences, |s| s.held(Span::ZERO, is_single, Span::ZERO));
        assert_eq!(held, offline, "to the bit");
    }
}

#[test]
fn added_latency_costs_accuracy_as_documented() {
    let Some(sequences) = sequences("added_latency_costs_accuracy_as_documented") else { return };
    let mut table = String::new();
    let mut before: Option<BTreeMap<&'static str, Scores>> = None;
    for added in [0, 50, 100, 200, 400] {
        let now = scores(&sequences, |s| s.held(Span::ZERO, true, Span::from_millis(added)));
        let _ = write!(table, "| {added} |");
        for class in CLASSES {
            let Scores { clear, identity, .. } = &now[class.name()];
            let figures = [hota(&now, class), clear.mota, identity.f1].map(|share| share * 100.0);
            let _ = write!(table, " {:.2} | {:.2} | {:.2} |", figures[0], figures[1], figures[2]);
            if let Some(before) = &before {
                assert!(hota(&now, class) <= hota(before, class), "{class} at {added} ms");
            }
        }
        table.push('\n');
        before = Some(now);
    }
    let documented = fs::read_to_string(checkout().join("docs/evaluation.md")).expect("text");
    assert!(documented.contains(&table), "not in docs/evaluation.md:\n{table}");
}

#[test]
fn a_chain_that_takes_longer_is_worth_less() {
    let Some(sequences) = sequences("a_chain_that_takes_longer_is_worth_less") else { return };
    let with = |takes: i64, is_single: bool| {
        let takes = Span::from_millis(takes);
        hota(&scores(&sequences, |s| s.held(takes, is_single, Span::ZERO)), ObjectClass::Car)
    };
    let single = [0, 40, 130, 250].map(|takes| with(takes, true));
    assert!(single.is_sorted_by(|a, b| a > b), "{single:?}");
    // More workers help only where one cannot keep up.
    assert_eq!(with(40, false).to_bits(), single[1].to_bits());
    assert!(with(130, false) > single[2]);
}
