//! `delos bench compare`.

use super::file::{BenchFile, Model, Run};
use crate::commands::Outcome;
use crate::{say, table};
use anyhow::{anyhow, bail};
use clap::Args;
use delos_runtime::analysis::{Estimate, Quantiles};
use std::path::PathBuf;

#[derive(Args)]
pub(crate) struct CompareArgs {
    /// The measurement to compare with
    before: PathBuf,
    /// The new measurement
    after: PathBuf,
    /// Slower by more than this, and beyond noise, is a regression
    #[arg(long, value_name = "PERCENT", default_value = "5%", value_parser = percent)]
    fail_over: f64,
    /// Compare even where machine, load, data or networks differ
    #[arg(long)]
    anyway: bool,
}

/// Exit code when the second measurement is slower.
const SLOWER: u8 = 1;
/// Exit code when the two cannot be compared.
const TROUBLE: u8 = 2;

pub(super) fn compare(args: &CompareArgs) -> Outcome {
    let files = BenchFile::read(&args.before).and_then(|a| Ok((a, BenchFile::read(&args.after)?)));
    let files = files.and_then(|(a, b)| {
        let differences = differences(&a, &b);
        if differences.is_empty() || args.anyway {
            return Ok((a, b, differences));
        }
        bail!("not comparable: {}; compare all the same with --anyway", differences.join("; "))
    });
    match files {
        Ok((before, after, differences)) => verdict(&before, &after, &differences, args.fail_over),
        Err(error) => {
            say::error(&error);
            Outcome::Code(TROUBLE)
        }
    }
}

fn verdict(before: &BenchFile, after: &BenchFile, differ: &[String], limit: f64) -> Outcome {
    for difference in differ {
        say::aside(format!("note: they differ: {difference}"));
    }
    let changes = changes(before, after);
    let mut rows: Vec<Vec<String>> =
        vec![["ms", "before", "after", "change", ""].map(str::to_owned).to_vec()];
    rows.extend(changes.iter().map(|change| change.row(limit)));
    say::line(table::numbers(&rows));
    let slower: Vec<&str> =
        changes.iter().filter(|c| c.is_regression(limit)).map(|c| c.name.as_str()).collect();
    if slower.is_empty() {
        return Outcome::Done;
    }
    let limit = limit * 100.0;
    say::error(&anyhow!("slower by more than {limit} % and beyond noise: {}", slower.join(", ")));
    Outcome::Code(SLOWER)
}

/// What makes two measurements speak of different things.
fn differences(a: &BenchFile, b: &BenchFile) -> Vec<String> {
    let models = |file: &BenchFile| file.models.iter().map(network).collect::<Vec<_>>().join(", ");
    let data = |file: &BenchFile| {
        file.data.as_ref().map_or_else(String::new, |d| format!("{} {:?}", d.layout, d.sequences))
    };
    let load = |file: &BenchFile| {
        let load = &file.load;
        let rate = load.rate_hz.map_or_else(String::new, |hz| format!(" {hz} Hz"));
        format!("{}{rate}", load.scenario.name())
    };
    let all = [
        ("chain", a.name.clone(), b.name.clone()),
        ("machine", a.host.cpu.clone(), b.host.cpu.clone()),
        ("cores", a.host.cores.to_string(), b.host.cores.to_string()),
        ("GPU", a.gpu.clone(), b.gpu.clone()),
        ("load", load(a), load(b)),
        ("workers", a.workers.to_string(), b.workers.to_string()),
        ("networks", models(a), models(b)),
        ("data", data(a), data(b)),
    ];
    let differ = all.into_iter().filter(|(_, a, b)| a != b);
    differ.map(|(what, a, b)| format!("{what} `{a}` and `{b}`")).collect()
}

/// A network and where it ran; nodes that fell back to the processor make it another one.
fn network(model: &Model) -> String {
    let Model { node, sha256, provider, sessions, .. } = model;
    let fallen: usize = sessions.iter().map(|session| session.fallen_back.len()).sum();
    let fallen = match fallen {
        0 => String::new(),
        1 => " but for 1 node".to_owned(),
        fallen => format!(" but for {fallen} nodes"),
    };
    format!("{node} {sha256} {provider}{fallen}")
}

/// One figure before and after.
struct Change {
    name: String,
    before: Estimate,
    after: Estimate,
}

impl Change {
    fn ratio(&self) -> f64 {
        self.after.ms / self.before.ms.max(1e-9)
    }

    /// Whether the intervals lie apart.
    fn is_beyond_noise(&self) -> bool {
        self.after.low_ms > self.before.high_ms || self.after.high_ms < self.before.low_ms
    }

    fn is_regression(&self, limit: f64) -> bool {
        self.is_beyond_noise() && self.ratio() > 1.0 + limit
    }

    fn row(&self, limit: f64) -> Vec<String> {
        let cell = |e: &Estimate| format!("{:.3} ({:.3} to {:.3})", e.ms, e.low_ms, e.high_ms);
        let change = format!("{:+.1} %", (self.ratio() - 1.0) * 100.0);
        let word = match (self.is_beyond_noise(), self.ratio()) {
            (false, _) => "noise",
            (true, ratio) if ratio > 1.0 + limit => "slower",
            (true, ratio) if ratio < 1.0 - limit => "faster",
            (true, _) => "within the limit",
        };
        vec![self.name.clone(), cell(&self.before), cell(&self.after), change, word.to_owned()]
    }
}

/// The end-to-end percentiles that both samples carry, and the median of every segment.
fn changes(before: &BenchFile, after: &BenchFile) -> Vec<Change> {
    let mut all = Vec::new();
    let mut add = |name: String, pick: &dyn Fn(&Run) -> Option<Estimate>| {
        if let Some((before, after)) = before.over_all(pick).zip(after.over_all(pick)) {
            all.push(Change { name, before, after });
        }
    };
    for (index, name) in Quantiles::NAMES.iter().enumerate() {
        add(format!("end to end {name}"), &|run| run.analysis.end_to_end.quantiles.all()[index]);
    }
    let segments = before.repetitions.first().map(|run| run.analysis.segments.as_slice());
    for segment in segments.unwrap_or_default() {
        let (component, share) = (segment.component.as_str(), segment.share.as_str());
        // Waiting has no cause of its own, and the shortest pieces are the clock's noise.
        if ["queued", "behind the frame before"].contains(&share) || segment.time.mean_ms < 0.01 {
            continue;
        }
        let name = format!("{component} {share} p50");
        add(name, &|run| run.segment(component, share)?.quantiles.p50);
    }
    all
}

/// `5%` or `5`, as a share.
fn percent(text: &str) -> Result<f64, String> {
    let number = text.trim().trim_end_matches('%').trim().parse::<f64>();
    let number = number.ok().filter(|n| n.is_finite() && (0.0..=1000.0).contains(n));
    number.map(|n| n / 100.0).ok_or_else(|| "expected a percentage such as 5%".to_owned())
}
