//! Files among the cards that are none, or not yet.

use crate::DetectError;
use crate::models::ModelCard;
use std::fmt;
use std::path::{Path, PathBuf};

/// A `.toml` file in a folder of cards that is no finished card: a draft with gaps, a card with
/// a mistake, or a file of somebody else. It matters to nobody who does not ask for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnreadCard {
    /// The file.
    pub path: PathBuf,
    /// Why it is no card.
    pub cause: String,
    name: Option<String>,
    model_file: Option<String>,
    sha256: Option<String>,
}

impl fmt::Display for UnreadCard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.path.display(), self.cause)
    }
}

impl UnreadCard {
    /// Of a file that was refused for this reason; what it says of itself is kept.
    pub(super) fn new(path: PathBuf, error: DetectError) -> Self {
        let cause = match error {
            DetectError::Card { cause, .. } => cause,
            DetectError::Io { source, .. } => source.to_string(),
            other => other.to_string(),
        };
        let text = std::fs::read_to_string(&path).unwrap_or_default();
        let table: toml::Table = toml::from_str(&text).unwrap_or_default();
        let said = |key| table.get(key).and_then(toml::Value::as_str).map(str::to_owned);
        let (name, model_file) = (said("name"), said("file"));
        let sha256 = said("sha256").map(|sha256| sha256.to_ascii_lowercase());
        Self { path, cause, name, model_file, sha256 }
    }

    /// Whether somebody who asks for the card `name` means this one: it says so, or its file is
    /// called so.
    pub(super) fn is_named(&self, name: &str) -> bool {
        self.name.as_deref() == Some(name) || self.path.file_stem().is_some_and(|stem| stem == name)
    }

    /// Whether it is meant for a model file with this hash.
    pub(super) fn has_hash(&self, sha256: &str) -> bool {
        self.sha256.as_deref() == Some(sha256)
    }

    /// Whether it is meant for a model file of this name.
    pub(super) fn is_for(&self, file: &str) -> bool {
        self.model_file.as_deref() == Some(file)
    }

    pub(super) fn error(&self) -> DetectError {
        DetectError::Card { place: self.path.display().to_string(), cause: self.cause.clone() }
    }
}

/// Reads the card in a file.
pub(super) fn read_card(path: &Path) -> Result<ModelCard, DetectError> {
    let text = std::fs::read_to_string(path).map_err(DetectError::io(path))?;
    ModelCard::parse(&text, &path.display().to_string())
}
