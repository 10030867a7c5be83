//! What all evaluations read: labels on one side, results on the other.

use crate::{ahead, say};
use anyhow::{Error, Result, anyhow, bail};
use clap::Args;
use delos_core::ObjectClass;
use delos_ingest::IngestError;
use delos_ingest::benchmark::{Comparison, OnMistake, Pair, Request, Skipped};
use std::ops::ControlFlow;
use std::path::PathBuf;
use std::str::FromStr;
use std::thread;

#[derive(Args)]
pub(super) struct InputArgs {
    /// Folder of the labels, one file SEQUENCE.txt for each sequence
    #[arg(long, value_name = "DIR")]
    pub(super) labels: PathBuf,
    /// Folder of the results, files of the same names (also in data/ or Car/, Pedestrian/, ...);
    /// an empty file says that nothing was found
    #[arg(long, value_name = "DIR")]
    pub(super) results: PathBuf,
    /// Sequences to judge, names between commas; all that have labels by default
    #[arg(long, value_name = "LIST", default_value = "all")]
    sequences: String,
    /// Lengths of the sequences, as KITTI's `evaluate_tracking.seqmap` lists them; by default a
    /// sequence ends with its last label
    #[arg(long, value_name = "FILE")]
    seqmap: Option<PathBuf>,
    /// Skip what is wrong and say how much it was, instead of stopping at the first mistake
    #[arg(long)]
    lenient: bool,
    /// Write all figures to a file too
    #[arg(long, value_name = "FILE")]
    pub(super) json: Option<PathBuf>,
    /// Threads (default: one for each core); the scores do not depend on it
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..=1024))]
    workers: Option<u64>,
}

/// What there may be a score of.
const CLASSES: [ObjectClass; 9] = [
    ObjectClass::Car,
    ObjectClass::Van,
    ObjectClass::Truck,
    ObjectClass::Bus,
    ObjectClass::Tram,
    ObjectClass::Pedestrian,
    ObjectClass::PersonSitting,
    ObjectClass::Cyclist,
    ObjectClass::Motorcycle,
];

/// One class of `--classes`.
pub(super) fn class(name: &str) -> Result<ObjectClass, String> {
    let found = ObjectClass::from_str(name).ok().filter(|class| CLASSES.contains(class));
    let known = CLASSES.map(ObjectClass::name).join(", ");
    found.ok_or_else(|| format!("known classes are {known}"))
}

/// The classes asked for, each once, in an order that does not depend on how they were named.
pub(super) fn classes(wanted: &[ObjectClass], default: &[ObjectClass]) -> Vec<ObjectClass> {
    let wanted = if wanted.is_empty() { default } else { wanted };
    ObjectClass::all().filter(|class| wanted.contains(class)).collect()
}

impl InputArgs {
    pub(super) fn on_mistake(&self) -> OnMistake {
        if self.lenient { OnMistake::Skip } else { OnMistake::Stop }
    }

    pub(super) fn request(&self, classes: &[ObjectClass]) -> Result<Request> {
        let names: Vec<String> = self.sequences.split(',').map(|n| n.trim().to_owned()).collect();
        if names.iter().any(String::is_empty) {
            bail!("--sequences {}: names between commas, or all", self.sequences);
        }
        Ok(Request {
            labels: self.labels.clone(),
            results: self.results.clone(),
            sequences: (self.sequences != "all").then_some(names),
            classes: classes.to_vec(),
            lengths: self.seqmap.clone(),
            on_mistake: self.on_mistake(),
        })
    }

    /// Does the same with the files of every sequence, on several threads.
    ///
    /// `work` gets a state of its thread. What comes back is in the order of the sequences.
    pub(super) fn each<R: Send, S>(
        &self,
        found: &Comparison,
        state: impl Fn() -> S + Sync,
        work: impl Fn(&mut S, &Pair) -> Result<R> + Sync,
    ) -> Result<Vec<R>> {
        if found.pairs.is_empty() {
            bail!("{} has no labels", self.labels.display());
        }
        self.on_threads(&found.pairs, state, work)
    }

    /// Does the same with every item, on several threads; in the order of the items.
    pub(super) fn on_threads<T: Sync, R: Send, S>(
        &self,
        items: &[T],
        state: impl Fn() -> S + Sync,
        work: impl Fn(&mut S, &T) -> Result<R> + Sync,
    ) -> Result<Vec<R>> {
        let cores = || thread::available_parallelism().map_or(1, usize::from);
        let workers = self.workers.map_or_else(cores, |n| usize::try_from(n).unwrap_or(1));
        let mut done = Vec::with_capacity(items.len());
        let make = |state: &mut S, index: u64| {
            let item = usize::try_from(index).ok().and_then(|index| items.get(index));
            item.map_or_else(|| Err(anyhow!("no item {index}")), |item| work(state, item))
        };
        ahead::in_order(items.len() as u64, workers.min(items.len()), state, make, |one| {
            done.push(one?);
            Ok(ControlFlow::Continue(()))
        })?;
        Ok(done)
    }
}

/// Says what can be done about an error of the input.
pub(super) fn advise(error: IngestError) -> Error {
    let advice = match &error {
        IngestError::Format { line: Some(_), .. } => {
            "mend the row, or skip wrong rows with --lenient"
        }
        IngestError::Unlabelled { .. } => "take the file away, or skip it with --lenient",
        IngestError::NoResults { .. } => "--sequences names those to judge",
        _ => return error.into(),
    };
    anyhow!("{:#}; {advice}", Error::from(error))
}

/// Tells what was skipped.
pub(super) fn say_skipped(skipped: &Skipped<String>) {
    for (reason, count, first) in skipped.iter() {
        say::aside(format!("skipped: {count} x {reason}, first: {first}"));
    }
}
