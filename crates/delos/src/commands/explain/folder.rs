//! The output folder of a run, as far as its tracks are explained by it.

use crate::output::RUN_FILE;
use anyhow::{Context, Result, bail};
use delos_ingest::track_log::{self, ENDING, FOLDER, TrackLog};
use serde_json::Value;
use std::fs;
use std::path::{Path, PathBuf};

/// The logs of a run, and what it says about itself.
pub(super) struct Logs {
    run: PathBuf,
    facts: Value,
    /// By name ascending; at least one.
    sequences: Vec<String>,
}

impl Logs {
    /// Looks at the folder; reads no log yet.
    pub(super) fn of(run: &Path) -> Result<Self> {
        let facts = facts(run)?;
        let sequences = sequences(&run.join(FOLDER))?;
        if sequences.is_empty() {
            bail!("{} has no {FOLDER}/: {}", run.display(), why_none(&facts));
        }
        Ok(Self { run: run.to_owned(), facts, sequences })
    }

    /// Content of `run.json`.
    pub(super) const fn facts(&self) -> &Value {
        &self.facts
    }

    /// The log of a sequence; the name may be left out where there is one.
    pub(super) fn read(&self, name: Option<&str>) -> Result<TrackLog> {
        let known = self.sequences.join(", ");
        let name = match (name, self.sequences.as_slice()) {
            (Some(name), all) if all.iter().any(|known| known == name) => name,
            (Some(name), _) => bail!("the run has no log of sequence {name}; there are: {known}"),
            (None, [only]) => only,
            (None, _) => bail!("the run has several sequences: name one with --sequence ({known})"),
        };
        Ok(track_log::read(&self.run.join(FOLDER).join(format!("{name}.{ENDING}")))?)
    }
}

fn facts(run: &Path) -> Result<Value> {
    let name = run.display();
    if !run.is_dir() {
        bail!("there is no folder {name}");
    }
    let path = run.join(RUN_FILE);
    if !path.is_file() {
        bail!("{name} has no {RUN_FILE}; is it the output folder of a run?");
    }
    let text =
        fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))?;
    serde_json::from_str(&text)
        .with_context(|| format!("{} is not what delos writes; run again", path.display()))
}

/// Names of the files of a folder; none where it is not there.
fn sequences(folder: &Path) -> Result<Vec<String>> {
    if !folder.is_dir() {
        return Ok(vec![]);
    }
    let entries =
        fs::read_dir(folder).with_context(|| format!("cannot read {}", folder.display()))?;
    let paths = entries.flatten().map(|entry| entry.path());
    let mut names: Vec<String> = paths
        .filter(|path| path.extension().is_some_and(|ending| ending == ENDING))
        .filter_map(|path| Some(path.file_stem()?.to_str()?.to_owned()))
        .collect();
    names.sort();
    Ok(names)
}

/// Why a run has no log.
fn why_none(facts: &Value) -> &'static str {
    let nodes = facts["launch"]["node"].as_object();
    let recorders: Vec<&Value> = nodes
        .into_iter()
        .flat_map(|nodes| nodes.values())
        .filter(|n| n["kind"] == "recorder")
        .collect();
    if recorders.is_empty() {
        "its launch file has no `recorder`, which writes it"
    } else if recorders.iter().all(|recorder| recorder["track_log"] == false) {
        "it was switched off with `track_log = false` at the recorder"
    } else if recorders.iter().all(|recorder| recorder["reads"]["tracks"].is_null()) {
        "nothing in its launch file makes tracks"
    } else if recorders.iter().all(|recorder| recorder["track_log"].is_null()) {
        "the run was made by an older version of delos; run again"
    } else {
        "no frame was processed, or the files were removed"
    }
}
