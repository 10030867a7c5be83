//! A file sink that tells when writing fails.
//!
//! Rerun's own file sink prints a failed write and drops everything after it, so a full
//! disk would pass for success. This one keeps the first failure for the recorder.

use crate::VizError;
use crate::error::whole_cause;
use rerun::external::re_build_info::CrateVersion;
use rerun::external::re_log_encoding::{EncodeError, Encoder, EncodingOptions};
use rerun::log::LogMsg;
use rerun::sink::{LogSink, SinkFlushError};
use std::fs::File;
use std::io::BufWriter;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// Writes messages to an `.rrd` file, compressed. Clones share the file.
#[derive(Clone)]
pub(crate) struct FileWriter {
    path: Arc<Path>,
    state: Arc<Mutex<State>>,
}

enum State {
    Open(Box<Encoder<BufWriter<File>>>),
    Failed(String),
    Finished,
}

impl FileWriter {
    /// Creates the file and writes its head.
    pub(crate) fn create(path: &Path) -> Result<Self, VizError> {
        let create = |source| VizError::Create { path: path.to_owned(), source };
        let file = BufWriter::new(File::create(path).map_err(create)?);
        let encoder =
            Encoder::new_eager(CrateVersion::LOCAL, EncodingOptions::PROTOBUF_COMPRESSED, file)
                .and_then(|mut encoder| encoder.flush_blocking().map(|()| encoder))
                .map_err(|error| write_error(path, whole_cause(&error)))?;
        let state = Arc::new(Mutex::new(State::Open(Box::new(encoder))));
        Ok(Self { path: path.into(), state })
    }

    /// Whether everything so far could be written.
    pub(crate) fn check(&self) -> Result<(), VizError> {
        match &*self.lock() {
            State::Failed(cause) => Err(write_error(&self.path, cause.clone())),
            State::Open(_) | State::Finished => Ok(()),
        }
    }

    /// Writes the end of the file. Messages that come later are dropped.
    pub(crate) fn finish(&self) -> Result<(), VizError> {
        self.with(|encoder| encoder.finish().and_then(|()| encoder.flush_blocking()));
        self.check()?;
        *self.lock() = State::Finished;
        Ok(())
    }

    /// Writes one message.
    pub(crate) fn append(&self, message: &LogMsg) {
        self.with(|encoder| encoder.append(message).map(drop));
    }

    fn with(&self, write: impl FnOnce(&mut Encoder<BufWriter<File>>) -> Result<(), EncodeError>) {
        let mut state = self.lock();
        let State::Open(encoder) = &mut *state else { return };
        if let Err(error) = write(encoder) {
            *state = State::Failed(whole_cause(&error));
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl LogSink for FileWriter {
    fn send(&self, message: LogMsg) {
        self.append(&message);
    }

    fn flush_blocking(&self, _timeout: Duration) -> Result<(), SinkFlushError> {
        self.with(Encoder::flush_blocking);
        self.check().map_err(|error| SinkFlushError::failed(error.to_string()))
    }
}

fn write_error(path: &Path, cause: String) -> VizError {
    VizError::Write { path: PathBuf::from(path), cause }
}
