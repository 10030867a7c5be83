//! Networks that are made out of others.

use super::files::sha256_of_bytes;
use super::{ModelStore, matched};
use crate::DetectError;
use crate::models::{ModelCard, free_axes};
use std::fs;
use std::path::PathBuf;

impl ModelStore {
    /// Makes the network of a card with `made_from` out of that one's file, puts it into the
    /// user's cache and gives its place; `None` where the card names no other or there is no cache.
    ///
    /// # Errors
    /// As [`ModelStore::verify`] for the other network, as [`free_axes`],
    /// [`DetectError::Hash`] when something else than the card's network came out, and
    /// [`DetectError::Io`].
    pub fn make(&self, card: &ModelCard) -> Result<Option<PathBuf>, DetectError> {
        let (Some(from), Some(cache)) = (&card.made_from, &self.cache) else { return Ok(None) };
        let source = self.verify(from)?;
        let bytes = fs::read(&source.path).map_err(DetectError::io(&source.path))?;
        let made = free_axes(&bytes, &source.card)?;
        let path = cache.join(&card.file);
        let path = matched(card.clone(), path, sha256_of_bytes(&made))?.path;
        // Whoever looks while it is written finds nothing rather than a part.
        let part = cache.join(format!("{}.{}.part", card.file, std::process::id()));
        fs::create_dir_all(cache).map_err(DetectError::io(cache))?;
        fs::write(&part, made).map_err(DetectError::io(&part))?;
        fs::rename(&part, &path).map_err(DetectError::io(&path))?;
        Ok(Some(path))
    }
}
