//! The file that grows while a download runs.

use super::Download;
use crate::IngestError;
use std::fs::{self, File, OpenOptions};
use std::io::Write;
use std::path::{Path, PathBuf};

/// `TARGET.part`, and beside it `TARGET.part.from` with the URL and the server's tag.
pub(super) struct Part {
    path: PathBuf,
    origin: PathBuf,
    url: String,
    file: File,
    /// Bytes in the file.
    pub(super) length: u64,
    /// What tells this version of the file from others; empty where nothing does.
    pub(super) tag: String,
}

impl Part {
    /// Opens what an earlier attempt has left if it can be gone on with, else an empty file.
    pub(super) fn open(request: &Download<'_>) -> Result<Self, IngestError> {
        let beside = |end: &str| {
            let mut name = request.target.as_os_str().to_owned();
            name.push(end);
            PathBuf::from(name)
        };
        let (path, origin) = (beside(".part"), beside(".part.from"));
        let io = |source| IngestError::io(&path, source);
        let file = OpenOptions::new().append(true).create(true).open(&path).map_err(io)?;
        let length = file.metadata().map_err(io)?.len();
        let noted = fs::read_to_string(&origin).unwrap_or_default();
        let (url, tag) = noted.split_once('\n').unwrap_or_default();
        let same = url == request.url && (!tag.is_empty() || request.sha256.is_some());
        let (url, tag) = (request.url.to_owned(), tag.to_owned());
        let mut part = Self { path, origin, url, file, length, tag };
        if !same {
            part.restart("")?;
        }
        Ok(part)
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Empties the file, for the version of it that the server calls `tag`.
    pub(super) fn restart(&mut self, tag: &str) -> Result<(), IngestError> {
        self.file.set_len(0).map_err(|source| IngestError::io(&self.path, source))?;
        tag.clone_into(&mut self.tag);
        self.length = 0;
        let noted = format!("{}\n{tag}", self.url);
        fs::write(&self.origin, noted).map_err(|source| IngestError::io(&self.origin, source))
    }

    pub(super) fn write(&mut self, bytes: &[u8]) -> Result<(), IngestError> {
        self.file.write_all(bytes).map_err(|source| IngestError::io(&self.path, source))?;
        self.length += bytes.len() as u64;
        Ok(())
    }

    /// Removes what has come.
    pub(super) fn discard(self) -> Result<(), IngestError> {
        let _ = fs::remove_file(&self.origin);
        fs::remove_file(&self.path).map_err(|source| IngestError::io(&self.path, source))
    }

    /// Makes the file the target, after the disk has it.
    pub(super) fn finish(self, target: &Path) -> Result<(), IngestError> {
        self.file.sync_all().map_err(|source| IngestError::io(&self.path, source))?;
        fs::rename(&self.path, target).map_err(|source| IngestError::io(target, source))?;
        let _ = fs::remove_file(&self.origin);
        Ok(())
    }

    /// The error for a connection that ended too early.
    pub(super) fn broken_off(&self, wanted: Option<u64>, cause: String) -> IngestError {
        let (url, part) = (self.url.clone(), self.path.clone());
        IngestError::Transfer { url, part, got: self.length, wanted, cause }
    }
}
