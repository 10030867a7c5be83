//! The place where an archive is unpacked before anything of it counts.

use super::Unpacked;
use crate::IngestError;
use std::fmt::Display;
use std::fs::{self, File, OpenOptions};
use std::io::{BufReader, ErrorKind, Read, Write};
use std::path::{Component, Path, PathBuf};

/// An archive may grow to so many times its size. Deflate reaches 1032 on zeros; text and
/// tables of numbers stay below 20.
const LARGEST_GROWTH: u64 = 200;

/// A folder that goes away when it has not been published.
pub(super) struct Stage {
    archive: PathBuf,
    folder: PathBuf,
    /// Relative to the folder, in the archive's order.
    files: Vec<PathBuf>,
    bytes: u64,
    limit: u64,
}

impl Stage {
    pub(super) fn new(archive: &Path, into: &Path) -> Result<Self, IngestError> {
        let length = archive.metadata().map_err(|e| IngestError::io(archive, e))?.len();
        let name = archive.file_name().unwrap_or_default().to_string_lossy();
        let folder = into.join(format!(".unpacking-{name}"));
        if folder.exists() {
            // What an attempt has left that was killed.
            fs::remove_dir_all(&folder).map_err(|e| IngestError::io(&folder, e))?;
        }
        fs::create_dir_all(&folder).map_err(|e| IngestError::io(&folder, e))?;
        let limit = length.saturating_mul(LARGEST_GROWTH);
        Ok(Self { archive: archive.to_owned(), folder, files: Vec::new(), bytes: 0, limit })
    }

    /// Files unpacked so far.
    pub(super) fn files(&self) -> usize {
        self.files.len()
    }

    pub(super) fn refusal(&self, entry: Option<&str>, what: impl Display) -> IngestError {
        let (path, entry) = (self.archive.clone(), entry.map(str::to_owned));
        IngestError::Archive { path, entry, what: what.to_string() }
    }

    pub(super) fn folder(&self, name: &str) -> Result<(), IngestError> {
        let path = self.folder.join(self.safe_path(name)?);
        fs::create_dir_all(&path).map_err(|error| self.cannot_create(name, &path, error))
    }

    pub(super) fn file(&mut self, name: &str, content: &mut dyn Read) -> Result<(), IngestError> {
        let relative = self.safe_path(name)?;
        if relative.as_os_str().is_empty() {
            return Err(self.refusal(Some(name), "a file without a name"));
        }
        let path = self.folder.join(&relative);
        if let Some(parent) = path.parent() {
            fs::create_dir_all(parent).map_err(|error| self.cannot_create(name, parent, error))?;
        }
        let file = OpenOptions::new().write(true).create_new(true).open(&path);
        let mut file = file.map_err(|error| self.cannot_create(name, &path, error))?;
        self.copy(name, content, &mut file, &path)?;
        self.files.push(relative);
        Ok(())
    }

    fn copy(
        &mut self,
        name: &str,
        content: &mut dyn Read,
        file: &mut File,
        path: &Path,
    ) -> Result<(), IngestError> {
        let mut buffer = vec![0; 1 << 16];
        loop {
            let count = match content.read(&mut buffer) {
                Ok(0) => return Ok(()),
                Ok(count) => count,
                Err(error) if error.kind() == ErrorKind::Interrupted => continue,
                Err(error) => return Err(self.refusal(Some(name), error)),
            };
            self.bytes += count as u64;
            if self.bytes > self.limit {
                let what = format!("more than {LARGEST_GROWTH} times the archive's own size");
                return Err(self.refusal(Some(name), what));
            }
            file.write_all(&buffer[..count]).map_err(|error| IngestError::io(path, error))?;
        }
    }

    /// A name that another entry has taken is the archive's fault, the rest the disk's.
    fn cannot_create(&self, name: &str, path: &Path, error: std::io::Error) -> IngestError {
        match error.kind() {
            ErrorKind::AlreadyExists | ErrorKind::NotADirectory | ErrorKind::IsADirectory => {
                self.refusal(Some(name), "another entry has this name already")
            }
            _ => IngestError::io(path, error),
        }
    }

    /// The entry's name as a path that stays within the folder.
    fn safe_path(&self, name: &str) -> Result<PathBuf, IngestError> {
        let mut path = PathBuf::new();
        if name.contains(['\\', '\0']) {
            return Err(self.refusal(Some(name), "its name holds a backslash or zero byte"));
        }
        for component in Path::new(name).components() {
            match component {
                Component::Normal(part) => path.push(part),
                Component::CurDir => {}
                _ => return Err(self.refusal(Some(name), "it would be written outside the target")),
            }
        }
        Ok(path)
    }

    /// Moves everything to its place, unless something else is there.
    pub(super) fn publish(self, into: &Path) -> Result<Unpacked, IngestError> {
        for relative in &self.files {
            if let Some(what) = self.in_the_way(into, relative)? {
                return Err(self.refusal(Some(&relative.to_string_lossy()), what));
            }
        }
        for relative in &self.files {
            let target = into.join(relative);
            if let Some(parent) = target.parent() {
                fs::create_dir_all(parent).map_err(|e| IngestError::io(parent, e))?;
            }
            fs::rename(self.folder.join(relative), &target)
                .map_err(|e| IngestError::io(&target, e))?;
        }
        Ok(Unpacked { files: self.files.len(), bytes: self.bytes })
    }

    /// What keeps a file from its place: another one there, or a file where a folder belongs.
    fn in_the_way(&self, into: &Path, relative: &Path) -> Result<Option<String>, IngestError> {
        for folder in relative.ancestors().skip(1).filter(|part| !part.as_os_str().is_empty()) {
            let folder = into.join(folder);
            if is_taken(&folder)? && !folder.is_dir() {
                let what = format!("{} is there and is no folder; move it away", folder.display());
                return Ok(Some(what));
            }
        }
        let target = into.join(relative);
        if is_taken(&target)? && !equal(&self.folder.join(relative), &target)? {
            return Ok(Some(format!(
                "{} is there and is different; move it away",
                target.display()
            )));
        }
        Ok(None)
    }
}

impl Drop for Stage {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.folder);
    }
}

/// Whether there is anything of this name. Below a file there is nothing.
fn is_taken(path: &Path) -> Result<bool, IngestError> {
    match path.symlink_metadata() {
        Ok(_) => Ok(true),
        Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => {
            Ok(false)
        }
        Err(error) => Err(IngestError::io(path, error)),
    }
}

/// Whether two files hold the same bytes.
fn equal(a: &Path, b: &Path) -> Result<bool, IngestError> {
    let length = |path: &Path| path.metadata().map(|m| (m.is_file(), m.len())).ok();
    if length(a) != length(b) {
        return Ok(false);
    }
    let open = |path: &Path| File::open(path).map_err(|e| IngestError::io(path, e));
    let (mut x, mut y) = (BufReader::new(open(a)?), BufReader::new(open(b)?));
    let (mut left, mut right) = (vec![0; 1 << 16], vec![0; 1 << 16]);
    loop {
        let count = x.read(&mut left).map_err(|e| IngestError::io(a, e))?;
        if count == 0 {
            return Ok(true);
        }
        if y.read_exact(&mut right[..count]).is_err() || left[..count] != right[..count] {
            return Ok(false);
        }
    }
}
