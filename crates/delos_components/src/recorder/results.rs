//! Result files: one for each sequence and kind, complete or not there.

use super::rows::FOLDERS;
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// A result file could not be written.
#[derive(Debug, thiserror::Error)]
#[error("cannot write {}", path.display())]
pub(super) struct WriteError {
    path: PathBuf,
    source: std::io::Error,
}

/// Collects the rows of a sequence and writes them when it is over.
pub(super) struct ResultFiles {
    out: PathBuf,
    sequence: Option<Arc<str>>,
    texts: BTreeMap<&'static str, String>,
}

impl ResultFiles {
    pub(super) fn new(out: &Path) -> Self {
        Self { out: out.to_owned(), sequence: None, texts: BTreeMap::new() }
    }

    /// Takes the rows of the next frame.
    pub(super) fn add(
        &mut self,
        sequence: &Arc<str>,
        rows: &[(&'static str, String)],
    ) -> Result<(), WriteError> {
        if self.sequence.as_ref() != Some(sequence) {
            self.close()?;
            self.sequence = Some(Arc::clone(sequence));
        }
        for (folder, row) in rows {
            let text = self.texts.entry(folder).or_default();
            text.push_str(row);
            text.push('\n');
        }
        Ok(())
    }

    /// Writes the files of the sequence; kinds without a row get an empty file.
    pub(super) fn close(&mut self) -> Result<(), WriteError> {
        let Some(sequence) = self.sequence.take() else { return Ok(()) };
        let texts = std::mem::take(&mut self.texts);
        for folder in FOLDERS {
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
