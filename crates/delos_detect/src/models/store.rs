//! Cards and model files, found by name, by path and by hash.

mod embedded;
mod files;
mod make;
mod resolved;
mod unread;

pub use embedded::Embedded;
pub use resolved::ResolvedModel;
pub use unread::UnreadCard;

use super::{ModelCard, draft_card};
use crate::DetectError;
use delos_infer::{Model, Runtime, Session, SessionOptions};
use files::{is_path, is_same_file, sha256_of, toml_files};
use std::path::{Path, PathBuf};
use unread::read_card;

/// The cards of the repository's `models/` folder.
const SHIPPED: [(&str, &str); 6] = [
    ("delos_camera.toml", include_str!("../../../../models/delos_camera.toml")),
    ("delos_camera_f16.toml", include_str!("../../../../models/delos_camera_f16.toml")),
    ("delos_lidar.toml", include_str!("../../../../models/delos_lidar.toml")),
    ("yolov8n.toml", include_str!("../../../../models/yolov8n.toml")),
    ("yolox_nano.toml", include_str!("../../../../models/yolox_nano.toml")),
    ("yolox_nano_416.toml", include_str!("../../../../models/yolox_nano_416.toml")),
];

/// Cards, and the folders in which model files are looked for.
#[derive(Clone, Debug)]
pub struct ModelStore {
    cards: Vec<ModelCard>,
    unread: Vec<UnreadCard>,
    folders: Vec<PathBuf>,
    cache: Option<PathBuf>,
}

/// A card and where its file lies.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ListedModel<'a> {
    /// The card.
    pub card: &'a ModelCard,
    /// The folder with a file of the card's name, not looked into.
    pub folder: Option<&'a Path>,
    /// Whether the network is part of the program and needs no file.
    pub is_embedded: bool,
}

/// What a download of a model needs to know.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Download {
    /// Official address.
    pub url: String,
    /// Size, bytes, where it is known.
    pub size: Option<u64>,
    /// sha256, hexadecimal, where it is known.
    pub sha256: Option<String>,
    /// Where the file belongs.
    pub target: PathBuf,
}

impl Default for ModelStore {
    /// The shipped cards and no folder.
    fn default() -> Self {
        let cards = SHIPPED.iter().filter_map(|(name, text)| ModelCard::parse(text, name).ok());
        Self { cards: cards.collect(), unread: Vec::new(), folders: Vec::new(), cache: None }
    }
}

impl ModelStore {
    /// The shipped cards, those in `card_folders` (absent folders are none; a card there
    /// replaces a shipped one of its name), and the usual folders for model files: the one
    /// that `DELOS_MODELS` names, then the user's cache (`$XDG_CACHE_HOME/delos/models`,
    /// else `~/.cache/delos/models`). A file that is no finished card is only an error for
    /// who asks for it, see [`ModelStore::unread`].
    ///
    /// # Errors
    /// [`DetectError::Io`] for a folder that cannot be read.
    pub fn open(card_folders: &[PathBuf]) -> Result<Self, DetectError> {
        let mut store = Self::default().with_model_folders(files::variable("DELOS_MODELS"));
        store.cache = files::cache();
        for folder in card_folders {
            store.read_cards(folder)?;
        }
        Ok(store)
    }

    /// Further folders in which model files are looked for, before the user's cache.
    #[must_use]
    pub fn with_model_folders(mut self, folders: impl IntoIterator<Item = PathBuf>) -> Self {
        self.folders.extend(folders);
        self
    }

    fn read_cards(&mut self, folder: &Path) -> Result<(), DetectError> {
        for path in toml_files(folder)? {
            match read_card(&path) {
                Ok(card) => {
                    self.cards.retain(|known| known.name != card.name);
                    self.cards.push(card);
                }
                // Two names of one folder are usual: that of the launch file, the working folder.
                Err(_) if self.unread.iter().any(|known| is_same_file(&known.path, &path)) => {}
                Err(error) => self.unread.push(UnreadCard::new(path, error)),
            }
        }
        Ok(())
    }

    /// The files in the folders of cards that are no finished cards, by folder and name.
    pub fn unread(&self) -> &[UnreadCard] {
        &self.unread
    }

    /// The card of this name.
    ///
    /// # Errors
    /// [`DetectError::Card`] when the card of this name cannot be read, even where a shipped one
    /// has the name too; [`DetectError::UnknownModel`] with the names there are.
    pub fn card(&self, name: &str) -> Result<&ModelCard, DetectError> {
        if let Some(unread) = self.unread.iter().find(|unread| unread.is_named(name)) {
            return Err(unread.error());
        }
        self.cards.iter().find(|card| card.name == name).ok_or_else(|| self.unknown(name))
    }

    fn unknown(&self, name: &str) -> DetectError {
        let known: Vec<_> = self.list().iter().map(|model| model.card.name.as_str()).collect();
        let unread: Vec<_> = self.unread.iter().map(ToString::to_string).collect();
        let unread = unread.iter().flat_map(|unread| ["; ", unread]).collect();
        DetectError::UnknownModel { name: name.to_owned(), known: known.join(", "), unread }
    }

    /// Every card, by name, with the folder of its file.
    pub fn list(&self) -> Vec<ListedModel<'_>> {
        let folder = |card: &ModelCard| {
            self.all_folders()
                .find(|folder| folder.join(&card.file).is_file())
                .map(PathBuf::as_path)
        };
        let listed = |card| ListedModel {
            card,
            folder: folder(card),
            is_embedded: Embedded::of(card).is_some(),
        };
        let mut models: Vec<_> = self.cards.iter().map(listed).collect();
        models.sort_by(|a, b| a.card.name.cmp(&b.card.name));
        models
    }

    /// Finds a model by the name of its card or by the path of its file, and makes sure
    /// that file and card belong together. A file given by path has the card with its
    /// sha256, else the card `FILE.toml` beside it.
    ///
    /// # Errors
    /// [`DetectError::UnknownModel`], [`DetectError::MissingFile`], [`DetectError::Hash`],
    /// [`DetectError::NoCard`], or a file or card that cannot be read.
    pub fn resolve(&self, spec: &str) -> Result<ResolvedModel, DetectError> {
        if is_path(spec) { self.resolve_file(Path::new(spec)) } else { self.verify(spec) }
    }

    /// Finds the network of the card `name`, in the program or else as a file, and compares
    /// its sha256 with the card's.
    ///
    /// # Errors
    /// As [`ModelStore::resolve`].
    pub fn verify(&self, name: &str) -> Result<ResolvedModel, DetectError> {
        let card = self.card(name)?;
        if let Some(embedded) = Embedded::of(card) {
            return Ok(embedded.resolved(card.clone()));
        }
        let path = self.find_file(&card.file).ok_or_else(|| self.missing(card))?;
        let sha256 = sha256_of(&path)?;
        matched(card.clone(), path, sha256)
    }

    /// What is needed to download a model into the user's cache; `None` when the card has
    /// no official address or there is no cache.
    pub fn download(&self, card: &ModelCard) -> Option<Download> {
        Some(Download {
            url: card.url.clone()?,
            size: card.size,
            sha256: card.sha256.clone(),
            target: self.cache.as_ref()?.join(&card.file),
        })
    }

    /// Text of a card for a network file, with what can be read from it; see [`draft_card`].
    ///
    /// # Errors
    /// When the file cannot be read or is no network.
    pub fn add(runtime: &Runtime, file: &Path) -> Result<String, DetectError> {
        let session = Session::open(runtime, Model::File(file), &SessionOptions::default())?;
        let size = file.metadata().map_err(DetectError::io(file))?.len();
        let sha256 = sha256_of(file)?;
        Ok(draft_card(file, &sha256, size, session.inputs(), session.outputs()))
    }

    /// The card with the sha256 of a file, which goes before any card beside it.
    ///
    /// # Errors
    /// [`DetectError::Io`] when the file cannot be read.
    pub fn card_of_file(&self, file: &Path) -> Result<Option<&ModelCard>, DetectError> {
        Ok(self.card_with(&sha256_of(file)?))
    }

    fn card_with(&self, sha256: &str) -> Option<&ModelCard> {
        self.cards.iter().find(|card| card.sha256.as_deref() == Some(sha256))
    }

    fn all_folders(&self) -> impl Iterator<Item = &PathBuf> {
        self.folders.iter().chain(&self.cache)
    }

    fn find_file(&self, name: &str) -> Option<PathBuf> {
        self.all_folders().map(|folder| folder.join(name)).find(|path| path.is_file())
    }

    fn resolve_file(&self, given: &Path) -> Result<ResolvedModel, DetectError> {
        let path = if given.is_file() {
            given.to_owned()
        } else {
            // A bare file name is also looked for in the folders of models.
            let bare = given.file_name().filter(|name| Path::new(name) == given);
            bare.and_then(|name| self.find_file(&name.to_string_lossy()))
                .ok_or_else(|| self.missing_path(given))?
        };
        let sha256 = sha256_of(&path)?;
        if let Some(card) = self.card_with(&sha256) {
            return Ok(ResolvedModel { card: card.clone(), path, sha256, embedded: None });
        }
        let beside = path.with_extension("toml");
        if beside.is_file() {
            return matched(read_card(&beside)?, path, sha256);
        }
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if let Some(card) = self.cards.iter().find(|card| card.file == name) {
            return matched(card.clone(), path, sha256);
        }
        let is_meant = |unread: &&UnreadCard| unread.has_hash(&sha256) || unread.is_for(&name);
        let unread = self.unread.iter().find(is_meant);
        Err(unread.map_or(DetectError::NoCard { path, sha256 }, UnreadCard::error))
    }

    fn missing(&self, card: &ModelCard) -> DetectError {
        let remedy = if card.url.is_some() || card.made_from.is_some() {
            format!("`delos models fetch {}` downloads it", card.name)
        } else {
            let origin = card.origin.as_deref().unwrap_or("the card names no address");
            format!("put it into the folder that DELOS_MODELS names ({origin})")
        };
        self.missing_file(&card.name, &card.file, remedy)
    }

    fn missing_path(&self, path: &Path) -> DetectError {
        let text = path.display().to_string();
        self.missing_file(&text, &text, "check the path".to_owned())
    }

    fn missing_file(&self, name: &str, file: &str, remedy: String) -> DetectError {
        let folders: Vec<_> = self.all_folders().map(|f| f.display().to_string()).collect();
        let looked =
            if folders.is_empty() { "the working folder".into() } else { folders.join(", ") };
        DetectError::MissingFile { name: name.to_owned(), file: file.to_owned(), looked, remedy }
    }
}

fn matched(card: ModelCard, path: PathBuf, sha256: String) -> Result<ResolvedModel, DetectError> {
    match &card.sha256 {
        Some(wanted) if *wanted != sha256 => Err(DetectError::Hash {
            path,
            card: card.name.clone(),
            wanted: wanted.clone(),
            got: sha256,
        }),
        _ => Ok(ResolvedModel { card, path, sha256, embedded: None }),
    }
}

#[cfg(test)]
mod tests;
