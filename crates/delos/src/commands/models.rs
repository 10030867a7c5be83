//! `delos models`.

use super::Outcome;
use crate::{progress, say, table};
use anyhow::{Context, Result, bail};
use clap::Subcommand;
use delos_detect::models::{ModelCard, ModelStore};
use delos_infer::OrtLibrary;
use std::path::{Path, PathBuf};

#[derive(Subcommand)]
pub(crate) enum ModelsCommand {
    /// List the known networks and where their files were found
    List,
    /// Download a network from its official address, or the one it is made out of; checked by sha256
    Fetch {
        /// Name of the model card
        name: String,
    },
    /// Compare the file of a network with its card; all that have a file where no name is given
    Verify {
        /// Name of the model card, or a file whose card is found by its sha256
        name: Option<String>,
    },
    /// Write a card to fill in for a network of your own, beside its file
    Add {
        /// The network
        file: PathBuf,
        /// ONNX Runtime's library, a file or its folder
        #[arg(long, value_name = "PATH")]
        ort: Option<PathBuf>,
    },
}

pub(crate) fn models(command: &ModelsCommand) -> Result<Outcome> {
    let store = ModelStore::open(&[PathBuf::from("models")])?;
    match command {
        ModelsCommand::List => list(&store),
        ModelsCommand::Fetch { name } => fetch(&store, name)?,
        ModelsCommand::Verify { name: Some(name) } => verify(&store, name)?,
        ModelsCommand::Verify { name: None } => verify_all(&store)?,
        ModelsCommand::Add { file, ort } => add(&store, file, ort.as_deref())?,
    }
    Ok(Outcome::Done)
}

fn list(store: &ModelStore) {
    let mut rows =
        vec![["name", "licence", "file", "found in", "fetched from"].map(str::to_owned).to_vec()];
    rows.extend(store.list().iter().map(|model| {
        let none = || if model.is_embedded { "(part of the program)" } else { "-" }.to_owned();
        let folder = model.folder.map_or_else(none, |f| f.display().to_string());
        let card = model.card;
        let made = card.made_from.as_ref().map(|from| format!("made out of {from}"));
        let url = card.url.clone().or(made).unwrap_or_else(|| "-".to_owned());
        vec![card.name.clone(), card.licence.clone(), card.file.clone(), folder, url]
    }));
    say::line(table::texts(&rows));
    for unread in store.unread() {
        say::aside(format!("not read as a card: {unread}"));
    }
}

fn fetch(store: &ModelStore, name: &str) -> Result<()> {
    let card = store.card(name)?;
    match &card.made_from {
        Some(from) => make(store, card, from),
        None => download(store, card),
    }
}

fn download(store: &ModelStore, card: &ModelCard) -> Result<()> {
    let Some(request) = store.download(card) else {
        let origin = card.origin.as_deref().unwrap_or("its card names no address");
        let others: Vec<&str> = store
            .list()
            .iter()
            .filter(|model| model.card.url.is_some() || model.card.made_from.is_some())
            .map(|model| model.card.name.as_str())
            .collect();
        bail!("`{}` cannot be fetched ({origin}); these can: {}", card.name, others.join(", "));
    };
    let bar = progress::bytes(request.size);
    let outcome = delos_ingest::download(
        &delos_ingest::Download {
            url: &request.url,
            target: &request.target,
            size: request.size,
            sha256: request.sha256.as_deref(),
        },
        &mut |done, total| {
            if let Some(total) = total {
                bar.set_length(total);
            }
            bar.set_position(done);
        },
    );
    bar.finish_and_clear();
    let what = match outcome? {
        delos_ingest::Outcome::AlreadyThere => "already there",
        delos_ingest::Outcome::Downloaded { .. } => "downloaded",
    };
    say::line(format!("{what}: {}", request.target.display()));
    Ok(())
}

/// Makes a network out of another one, which is downloaded where it is not there.
fn make(store: &ModelStore, card: &ModelCard, from: &str) -> Result<()> {
    if let Ok(found) = store.verify(&card.name) {
        say::line(format!("already there: {}", found.path.display()));
        return Ok(());
    }
    if store.verify(from).is_err() {
        download(store, store.card(from)?)?;
    }
    let Some(path) = store.make(card)? else {
        bail!("there is no cache to put it into: neither HOME nor XDG_CACHE_HOME is set");
    };
    say::line(format!("made out of {from}: {}", path.display()));
    Ok(())
}

fn verify(store: &ModelStore, name: &str) -> Result<()> {
    let model = store.resolve(name)?;
    say::line(format!(
        "{}: {} is the file of its card (sha256 {})",
        model.card.name,
        model.path.display(),
        model.sha256
    ));
    Ok(())
}

fn verify_all(store: &ModelStore) -> Result<()> {
    let found: Vec<String> = store
        .list()
        .iter()
        .filter(|model| model.folder.is_some())
        .map(|model| model.card.name.clone())
        .collect();
    if found.is_empty() {
        bail!(
            "no model file found; `delos models fetch NAME` downloads one, DELOS_MODELS names a folder"
        );
    }
    let mut wrong = Vec::new();
    for name in &found {
        if let Err(error) = verify(store, name) {
            say::aside(format!("{error:#}"));
            wrong.push(name.as_str());
        }
    }
    if !wrong.is_empty() {
        bail!("not the files of their cards: {}", wrong.join(", "));
    }
    Ok(())
}

fn add(store: &ModelStore, file: &Path, ort: Option<&Path>) -> Result<()> {
    if let Some(card) = store.card_of_file(file)? {
        bail!(
            "{} is the file of the card `{}` already, which goes before one beside it: use `--set NODE.model={}`",
            file.display(),
            card.name,
            file.display(),
        );
    }
    let runtime = OrtLibrary::find(ort)?.load()?;
    let card = ModelStore::add(runtime, file)?;
    let path = file.with_extension("toml");
    if path.exists() {
        bail!("{} exists; move it away first", path.display());
    }
    std::fs::write(&path, card).with_context(|| format!("cannot write {}", path.display()))?;
    say::line(format!("{}: fill in what is marked, then use the file by its path", path.display()));
    Ok(())
}
