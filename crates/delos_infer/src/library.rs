//! ONNX Runtime's library: found, loaded once per process, and named.

mod search;
mod version;

pub use search::{OrtPlace, OrtSearch};

use crate::InferError;
use ort::environment::Environment;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, OnceLock, PoisonError};

/// A library file that was found, not yet loaded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OrtLibrary {
    path: PathBuf,
}

impl OrtLibrary {
    /// Finds ONNX Runtime: at `explicit` (a file or a folder), else where `ORT_DYLIB_PATH`
    /// says, else beside the executable, else in `.delos/onnxruntime/` of the working
    /// folder, of the executable's folder or of any parent of the two. A place that was
    /// named (the first two) and holds nothing ends the search.
    ///
    /// # Errors
    /// [`InferError::LibraryMissing`] with every place that was looked at.
    pub fn find(explicit: Option<&Path>) -> Result<Self, InferError> {
        let search = OrtSearch::run(explicit);
        match search.found() {
            Some(path) => Ok(Self { path: path.to_owned() }),
            None => Err(InferError::LibraryMissing(search)),
        }
    }

    /// The library file.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Loads the library into the process, telemetry off. A process holds one ONNX Runtime:
    /// once one is loaded, every later call returns that one, whatever its own path
    /// ([`Runtime::path`] says which it is).
    ///
    /// # Errors
    /// [`InferError::LibraryBroken`] when the file is not an ONNX Runtime or is older than
    /// 1.24. A later call may then load another file.
    pub fn load(&self) -> Result<&'static Runtime, InferError> {
        static LOADED: OnceLock<Runtime> = OnceLock::new();
        static LOADING: Mutex<()> = Mutex::new(());
        let _one_at_a_time = LOADING.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(runtime) = LOADED.get() {
            return Ok(runtime);
        }
        let runtime = self.load_first()?;
        Ok(LOADED.get_or_init(|| runtime))
    }

    fn load_first(&self) -> Result<Runtime, InferError> {
        let broken = |cause: String| InferError::LibraryBroken { path: self.path.clone(), cause };
        let environment = ort::init_from(&self.path)
            .map_err(|error| broken(error.to_string()))?
            .with_name("delos")
            .with_telemetry(false)
            .build()
            .map_err(|error| broken(error.to_string()))?;
        let path = self.path.canonicalize().unwrap_or_else(|_| self.path.clone());
        let version = version::ask(&path).unwrap_or_else(|| "unknown".to_owned());
        Ok(Runtime { path, version, environment })
    }
}

/// ONNX Runtime, loaded.
#[derive(Debug)]
pub struct Runtime {
    path: PathBuf,
    version: String,
    environment: Environment,
}

impl Runtime {
    /// The library file that is loaded.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Its version, for example `1.31.1`; `unknown` where the library does not tell.
    pub fn version(&self) -> &str {
        &self.version
    }

    /// Whether the library holds a text, so that it can be expected to say it.
    pub(crate) fn holds_text(&self, text: &str) -> bool {
        let bytes = std::fs::read(&self.path).unwrap_or_default();
        memchr::memmem::find(&bytes, text.as_bytes()).is_some()
    }

    pub(crate) const fn environment(&self) -> &Environment {
        &self.environment
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_is_no_library_is_refused() {
        let folder = tempfile::tempdir().expect("temporary folder");
        let path = folder.path().join("libonnxruntime.so");
        std::fs::write(&path, b"not a library").expect("written");
        let library = OrtLibrary::find(Some(&path)).expect("a file is there");
        let message = library.load_first().expect_err("refused").to_string();
        assert!(message.contains("libonnxruntime.so") && message.contains("xtask setup"));
    }
}
