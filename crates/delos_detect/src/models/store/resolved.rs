//! A network that was found.

use super::Embedded;
use super::files::sha256_of;
use crate::DetectError;
use crate::models::{InputContent, ModelCard};
use delos_infer::Model;
use std::path::{Path, PathBuf};

/// A network that is the one its card describes: a file, or a part of the program.
#[derive(Clone, Debug, PartialEq)]
pub struct ResolvedModel {
    /// The card.
    pub card: ModelCard,
    /// The file; its name alone where the network is part of the program.
    pub path: PathBuf,
    /// sha256 of the file, hexadecimal.
    pub sha256: String,
    /// The network where it is part of the program.
    pub embedded: Option<Embedded>,
}

impl ResolvedModel {
    /// The network, to be opened as a session.
    pub fn network(&self) -> Model<'_> {
        match self.embedded {
            Some(embedded) => Model::Bytes(embedded.bytes()),
            None => Model::File(&self.path),
        }
    }

    /// The file of the pillar feature net, beside the network's own, where the card names one.
    ///
    /// # Errors
    /// [`DetectError::MissingFile`] and [`DetectError::Hash`] when it is not there or not the
    /// one that the card describes.
    pub fn encoder(&self) -> Result<Option<PathBuf>, DetectError> {
        let InputContent::Pillars(pillars) = &self.card.input.content else { return Ok(None) };
        let Some(encoder) = &pillars.encoder else { return Ok(None) };
        let path = self.path.with_file_name(&encoder.file);
        if !path.is_file() {
            let looked = self.path.parent().unwrap_or(Path::new("")).display().to_string();
            return Err(DetectError::MissingFile {
                name: self.card.name.clone(),
                file: encoder.file.clone(),
                looked,
                remedy: "the pillar feature net belongs beside the network's file".to_owned(),
            });
        }
        let Some(wanted) = &encoder.sha256 else { return Ok(Some(path)) };
        let got = sha256_of(&path)?;
        if got == *wanted {
            return Ok(Some(path));
        }
        Err(DetectError::Hash { path, card: self.card.name.clone(), wanted: wanted.clone(), got })
    }
}
