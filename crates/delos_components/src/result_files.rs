//! Result files: one for each sequence and kind, complete or not there.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// A result file could not be written.
#[derive(Debug, thiserror::Error)]
#[error("cannot write {}", path.display())]
pub(crate) struct WriteError {
    path: PathBuf,
    source: std::io::Error,
}

/// Collects the rows of a sequence and writes them when it is over.
pub(crate) struct ResultFiles {
    out: PathBuf,
    folders: &'static [&'static str],
    sequence: Option<Arc<str>>,
    texts: BTreeMap<&'static str, String>,
}

impl ResultFiles {
    /// Files `OUT/FOLDER/SEQUENCE.txt` for each of the folders.
    pub(crate) fn new(out: &Path, folders: &'static [&'static str]) -> Self {
        Self { out: out.to_owned(), folders, sequence: None, texts: BTreeMap::new() }
    }

    /// Ends the sequence before, where the name is another one.
    pub(crate) fn begin(&mut self, sequence: &Arc<str>) -> Result<(), WriteError> {
        if self.sequence.as_ref() != Some(sequence) {
            self.close()?;
            self.sequence = Some(Arc::clone(sequence));
        }
        Ok(())
    }

    /// Takes text, with its line ends, for a file of the sequence that has begun. A folder that
    /// is none of those given comes to be with its first text, even an empty one.
    pub(crate) fn add(&mut self, folder: &'static str, text: &str) {
        self.texts.entry(folder).or_default().push_str(text);
    }

    /// Writes the files of the sequence; kinds without a row get an empty file.
    pub(crate) fn close(&mut self) -> Result<(), WriteError> {
        let Some(sequence) = self.sequence.take() else { return Ok(()) };
        let texts = std::mem::take(&mut self.texts);
        let others = texts.keys().filter(|folder| !self.folders.contains(folder));
        for folder in self.folders.iter().chain(others) {
            let text = texts.get(folder).map_or("", String::as_str);
            let path = self.out.join(folder).join(format!("{sequence}.txt"));
            write(&path, text).map_err(|source| WriteError { path, source })?;
        }
        Ok(())
    }
}

/// Writes beside the target first, so that a file is whole or absent.
fn write(path: &Path, text: &str) -> std::io::Result<()> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    let part = path.with_extension("part");
    fs::write(&part, text)?;
    fs::rename(&part, path)
}
