//! Why each track is as it is, frame by frame, beside the results of a run.

use crate::result_files::WriteError;
use delos_core::{Header, Tracks};
use delos_ingest::track_log::{ENDING, FOLDER, head, line, tail};
use delos_runtime::ComponentResult;
use std::fs::{self, File};
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Writes `OUT/track_log/SEQUENCE.jsonl`, line by line beside its place: a file is whole or
/// absent, and no sequence is too long for the memory.
pub(crate) struct TrackLog {
    folder: PathBuf,
    open: Option<Open>,
}

/// The file of the present sequence.
struct Open {
    sequence: Arc<str>,
    path: PathBuf,
    file: BufWriter<File>,
    frames: usize,
}

impl TrackLog {
    pub(crate) fn new(out: &Path) -> Self {
        Self { folder: out.join(FOLDER), open: None }
    }

    /// Takes the next frame.
    pub(crate) fn add(&mut self, header: &Header, tracks: &Tracks) -> ComponentResult {
        if self.open.as_ref().is_none_or(|open| open.sequence != header.sequence) {
            self.close()?;
            self.open = Some(Open::begin(&self.folder, &header.sequence)?);
        }
        let Some(open) = &mut self.open else { return Ok(()) };
        open.frames += 1;
        open.write(&line(header, tracks)?)
    }

    /// Moves the file of the sequence to its place.
    pub(crate) fn close(&mut self) -> ComponentResult {
        self.open.take().map_or(Ok(()), Open::end)
    }
}

impl Open {
    fn begin(folder: &Path, sequence: &Arc<str>) -> ComponentResult<Self> {
        let path = folder.join(format!("{sequence}.{ENDING}"));
        let part = part(&path);
        let file = fs::create_dir_all(folder).and_then(|()| File::create(&part));
        let file = BufWriter::new(file.map_err(|source| WriteError::new(&part, source))?);
        let mut open = Self { sequence: Arc::clone(sequence), path, file, frames: 0 };
        open.write(&head(sequence)?)?;
        Ok(open)
    }

    fn write(&mut self, line: &str) -> ComponentResult {
        let written = writeln!(self.file, "{line}");
        Ok(written.map_err(|source| WriteError::new(&part(&self.path), source))?)
    }

    fn end(mut self) -> ComponentResult {
        self.write(&tail(self.frames))?;
        let done = self.file.flush().and_then(|()| fs::rename(part(&self.path), &self.path));
        Ok(done.map_err(|source| WriteError::new(&self.path, source))?)
    }
}

/// Where a file is written until it is whole.
fn part(path: &Path) -> PathBuf {
    path.with_extension("part")
}

#[cfg(test)]
mod tests;
