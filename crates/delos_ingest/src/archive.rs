//! Unpacking of archives that nobody trusts.

mod stage;

use crate::IngestError;
use flate2::read::GzDecoder;
use stage::Stage;
use std::fs::File;
use std::io::{BufReader, Read, Seek};
use std::path::Path;
use zip::ZipArchive;

/// What came out of an archive.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Unpacked {
    /// Files, folders not counted.
    pub files: usize,
    /// Their bytes.
    pub bytes: u64,
}

/// Unpacks a `.zip` or a gzipped tar archive into a folder, all of it or nothing.
///
/// What it is is told by its first bytes. Everything goes to a folder `.unpacking-NAME`
/// within the target first and is moved when the whole archive has been read and its
/// checksums are right. A file that is there already stays when it is equal byte for byte;
/// when it is not, nothing is unpacked.
///
/// `progress` is called with the number of files after each of them.
///
/// # Errors
/// [`IngestError::Archive`] with the entry: damaged, encrypted or of an unknown kind; names
/// that are absolute, lead upwards with `..`, hold a backslash or are not UTF-8; links and
/// devices; more than two hundred times the archive's own size; a different file is in the
/// way. [`IngestError::Io`] when the disk refuses.
pub fn extract(
    archive: &Path,
    into: &Path,
    progress: &mut dyn FnMut(usize),
) -> Result<Unpacked, IngestError> {
    let io = |source| IngestError::io(archive, source);
    let mut file = BufReader::new(File::open(archive).map_err(io)?);
    let mut magic = Vec::new();
    file.by_ref().take(4).read_to_end(&mut magic).map_err(io)?;
    file.rewind().map_err(io)?;
    let mut stage = Stage::new(archive, into)?;
    match magic[..] {
        [b'P', b'K', 3, 4] | [b'P', b'K', 5, 6] => unzip(file, &mut stage, progress)?,
        [0x1f, 0x8b, ..] => untar(GzDecoder::new(file), &mut stage, progress)?,
        _ => return Err(stage.refusal(None, "neither a zip nor a gzipped tar archive")),
    }
    stage.publish(into)
}

fn unzip(
    file: BufReader<File>,
    stage: &mut Stage,
    progress: &mut dyn FnMut(usize),
) -> Result<(), IngestError> {
    let mut zip = ZipArchive::new(file).map_err(|error| stage.refusal(None, error))?;
    for index in 0..zip.len() {
        let name = zip.name_for_index(index).unwrap_or("?").to_owned();
        let mut entry = zip.by_index(index).map_err(|error| stage.refusal(Some(&name), error))?;
        // The file type of Unix, where the archive was made there: 0 elsewhere.
        match entry.unix_mode().unwrap_or(0) & 0o170_000 {
            0 | 0o100_000 | 0o040_000 => {}
            _ => return Err(stage.refusal(Some(&name), "a link or device, not a file or folder")),
        }
        if entry.is_dir() {
            stage.folder(&name)?;
        } else {
            stage.file(&name, &mut entry)?;
            progress(stage.files());
        }
    }
    Ok(())
}

fn untar(
    reader: impl Read,
    stage: &mut Stage,
    progress: &mut dyn FnMut(usize),
) -> Result<(), IngestError> {
    let mut tar = tar::Archive::new(reader);
    let entries = tar.entries().map_err(|error| stage.refusal(None, error))?;
    for entry in entries {
        let mut entry = entry.map_err(|error| stage.refusal(None, error))?;
        let bytes = entry.path_bytes().into_owned();
        let name = String::from_utf8(bytes)
            .map_err(|error| stage.refusal(None, format!("a name is not UTF-8: {error}")))?;
        let kind = entry.header().entry_type();
        if kind.is_dir() {
            stage.folder(&name)?;
        } else if kind.is_file() {
            stage.file(&name, &mut entry)?;
            progress(stage.files());
        } else if !kind.is_pax_global_extensions() {
            return Err(stage.refusal(Some(&name), "a link or device, not a file or folder"));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests;
