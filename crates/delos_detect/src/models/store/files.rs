//! Files and folders of models.

use crate::DetectError;
use sha2::{Digest, Sha256};
use std::env;
use std::fmt::Write as _;
use std::fs::File;
use std::io::{ErrorKind, Read};
use std::path::{Path, PathBuf};

/// Whether a text means a file rather than the name of a card.
pub(super) fn is_path(spec: &str) -> bool {
    let path = Path::new(spec);
    path.extension().is_some_and(|end| end.eq_ignore_ascii_case("onnx"))
        || path.components().count() > 1
        || path.is_absolute()
}

/// sha256 of a file, hexadecimal.
pub(super) fn sha256_of(path: &Path) -> Result<String, DetectError> {
    let mut file = File::open(path).map_err(DetectError::io(path))?;
    let mut hasher = Sha256::new();
    let mut buffer = vec![0; 1 << 16];
    loop {
        match file.read(&mut buffer) {
            Ok(0) => break,
            Ok(count) => hasher.update(buffer.get(..count).unwrap_or_default()),
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) => return Err(DetectError::io(path)(error)),
        }
    }
    Ok(hexadecimal(&hasher.finalize()))
}

/// sha256 of bytes, hexadecimal.
pub(super) fn sha256_of_bytes(bytes: &[u8]) -> String {
    hexadecimal(&Sha256::digest(bytes))
}

fn hexadecimal(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(2 * bytes.len());
    for byte in bytes {
        let _ = write!(text, "{byte:02x}");
    }
    text
}

/// The `.toml` files of a folder, by name; none where there is no such folder.
pub(super) fn toml_files(folder: &Path) -> Result<Vec<PathBuf>, DetectError> {
    let entries = match std::fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => {
            return Ok(Vec::new());
        }
        Err(error) => return Err(DetectError::io(folder)(error)),
    };
    let mut files = Vec::new();
    for entry in entries {
        let path = entry.map_err(DetectError::io(folder))?.path();
        if path.extension().is_some_and(|end| end == "toml") {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}

/// Whether two paths of files that are there name the same one.
pub(super) fn is_same_file(a: &Path, b: &Path) -> bool {
    let real = |path: &Path| path.canonicalize().ok();
    a == b || real(a).is_some_and(|real_a| Some(real_a) == real(b))
}

/// The folder that an environment variable names, if it is set.
pub(super) fn variable(name: &str) -> Option<PathBuf> {
    env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from)
}

/// The user's cache for models.
pub(super) fn cache() -> Option<PathBuf> {
    let base = variable("XDG_CACHE_HOME")
        .filter(|path| path.is_absolute())
        .or_else(|| variable("HOME").map(|home| home.join(".cache")))?;
    Some(base.join("delos/models"))
}
