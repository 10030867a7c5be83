//! `delos bench compare`.

mod rows;

use super::file::{BenchFile, Model};
use super::scenario::Load;
use super::table::load;
use crate::commands::Outcome;
use crate::{say, table};
use anyhow::{anyhow, bail};
use clap::Args;
use rows::Row;
use std::path::PathBuf;

#[derive(Args)]
pub(crate) struct CompareArgs {
    /// The measurement to compare with
    before: PathBuf,
    /// The new measurement
    after: PathBuf,
    /// Worse end to end by more than this, and beyond noise, is a regression; of shares of late and
    /// left-out frames it is so many points
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
    if before.repetitions.len().min(after.repetitions.len()) == 1 {
        say::aside(
            "note: a single repetition does not tell how far runs lie apart: 10 % is taken for it; \
             --repetitions 5 measures it",
        );
    }
    let rows = rows::rows(before, after, limit);
    let heads = ["ms", "before", "after", "change", ""].map(str::to_owned).to_vec();
    let cells = std::iter::once(heads).chain(rows.iter().map(Row::cells));
    say::line(table::numbers(&cells.collect::<Vec<_>>()));
    let worse: Vec<&str> =
        rows.iter().filter(|row| row.fails).map(|row| row.name.as_str()).collect();
    if worse.is_empty() {
        return Outcome::Done;
    }
    let limit = limit * 100.0;
    say::error(&anyhow!("worse by more than {limit} % and beyond noise: {}", worse.join(", ")));
    Outcome::Code(SLOWER)
}

/// What makes two measurements speak of different things.
fn differences(a: &BenchFile, b: &BenchFile) -> Vec<String> {
    let models = |file: &BenchFile| file.models.iter().map(network).collect::<Vec<_>>().join(", ");
    let data = |file: &BenchFile| {
        file.data.as_ref().map_or_else(String::new, |d| format!("{} {:?}", d.layout, d.sequences))
    };
    // A short measurement and a long one speak of the same.
    let load = |file: &BenchFile| load(&Load { short: false, ..file.load.clone() }, file.workers);
    let all = [
        ("chain", a.name.clone(), b.name.clone()),
        ("machine", a.host.cpu.clone(), b.host.cpu.clone()),
        ("architecture", a.host.arch.clone(), b.host.arch.clone()),
        ("cores", a.host.cores.to_string(), b.host.cores.to_string()),
        ("GPU", a.gpu.clone(), b.gpu.clone()),
        ("load", load(a), load(b)),
        ("deadlines", deadlines(a), deadlines(b)),
        ("networks", models(a), models(b)),
        ("data", data(a), data(b)),
    ];
    // Files of earlier versions do not tell the build.
    let known = !a.delos.profile.is_empty() && !b.delos.profile.is_empty();
    let build = known.then(|| ("build", a.delos.profile.clone(), b.delos.profile.clone()));
    let differ = all.into_iter().chain(build).filter(|(_, a, b)| a != b);
    differ.map(|(what, a, b)| format!("{what} `{a}` and `{b}`")).collect()
}

/// Every deadline, for people.
fn deadlines(file: &BenchFile) -> String {
    let run = file.repetitions.first();
    let all = run.map(|run| run.analysis.deadlines.as_slice()).unwrap_or_default();
    let all = all.iter().map(|found| format!("{} {} ms", found.component, found.deadline_ms));
    all.collect::<Vec<_>>().join(", ")
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

/// `5%` or `5`, as a share.
fn percent(text: &str) -> Result<f64, String> {
    let number = text.trim().trim_end_matches('%').trim().parse::<f64>();
    let number = number.ok().filter(|n| n.is_finite() && (0.0..=1000.0).contains(n));
    number.map(|n| n / 100.0).ok_or_else(|| "expected a percentage such as 5%".to_owned())
}
