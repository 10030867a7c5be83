//! `delos data`.

mod scans;
mod simulate;

use super::Outcome;
use crate::{progress, say, table};
use anyhow::{Context, Result, bail};
use clap::Subcommand;
use delos_ingest::dataset_cards;
use std::path::{Path, PathBuf};

#[derive(Subcommand)]
pub(crate) enum DataCommand {
    /// List the known data sets, their licences and what can be fetched
    List {
        /// Show this data set in full
        name: Option<String>,
    },
    /// Say which data set a folder holds and what of it is there
    Verify {
        /// The folder
        dir: PathBuf,
    },
    /// Download a part of a data set, check it and unpack it
    Fetch {
        /// Name of the data set
        name: String,
        /// Part of it, as `delos data list NAME` shows them
        part: Option<String>,
        /// Folder to unpack into
        #[arg(long, value_name = "DIR", default_value = "data")]
        into: PathBuf,
    },
    /// Simulate drives and write them in the layout of the KITTI tracking benchmark
    Simulate(simulate::SimulateArgs),
    /// Simulate labelled LiDAR scans of random scenes, to train a detector on
    Scans(scans::ScansArgs),
}

pub(crate) fn data(command: &DataCommand) -> Result<Outcome> {
    match command {
        DataCommand::List { name: None } => list()?,
        DataCommand::List { name: Some(name) } => show(name)?,
        DataCommand::Verify { dir } => return verify(dir),
        DataCommand::Fetch { name, part, into } => fetch(name, part.as_deref(), into)?,
        DataCommand::Simulate(args) => return simulate::simulate(args),
        DataCommand::Scans(args) => return scans::scans(args),
    }
    Ok(Outcome::Done)
}

fn list() -> Result<()> {
    let mut rows = vec![["name", "replayed", "account", "licence"].map(str::to_owned).to_vec()];
    rows.extend(dataset_cards::list()?.iter().map(|card| {
        let yes = |value: bool| if value { "yes" } else { "no" }.to_owned();
        vec![card.name.clone(), yes(card.replay), yes(card.account), card.licence.clone()]
    }));
    say::line(table::texts(&rows));
    say::line("\n`delos data list NAME` shows one in full");
    Ok(())
}

fn show(name: &str) -> Result<()> {
    let card = dataset_cards::find(name)?;
    say::line(card.to_string().trim_end());
    for file in &card.files {
        say::line(format!("  from {}", file.url));
    }
    for part in card.part_names() {
        say::line(format!("  `delos data fetch {name} PART` takes {part}"));
    }
    Ok(())
}

fn verify(dir: &Path) -> Result<Outcome> {
    let reports = dataset_cards::recognise(dir)?;
    if reports.is_empty() {
        bail!("{} holds no data set that delos knows; `delos data list` names them", dir.display());
    }
    for report in &reports {
        say::line(report.to_string().trim_end());
    }
    let whole = reports.iter().any(dataset_cards::VerifyReport::is_complete);
    if !whole {
        bail!("{} is not complete", dir.display());
    }
    Ok(Outcome::Done)
}

fn fetch(name: &str, part: Option<&str>, into: &Path) -> Result<()> {
    let card = dataset_cards::find(name)?;
    let names = card.part_names();
    let part = match (part, names.as_slice()) {
        (Some(part), _) => part.to_owned(),
        (None, [only]) if !only.contains("{name}") => only.clone(),
        (None, []) => bail!("`{name}` cannot be fetched by a program: {}", card.how.trim()),
        (None, _) => bail!("name a part of `{name}`: {}", names.join(", ")),
    };
    std::fs::create_dir_all(into)
        .with_context(|| format!("cannot make folder {}", into.display()))?;
    say::aside(format!("{}: licence {}", card.title, card.licence));
    let bar = progress::bytes(None);
    let fetched = dataset_cards::fetch(card, &part, into, &mut |done, total| {
        if let Some(total) = total {
            bar.set_length(total);
        }
        bar.set_position(done);
    });
    bar.finish_and_clear();
    let fetched = fetched?;
    say::line(format!(
        "{} files from {} unpacked into {}",
        fetched.unpacked.files,
        fetched.archive.display(),
        into.display()
    ));
    Ok(())
}
