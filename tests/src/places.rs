//! Folders and files that a test may or may not find on this machine.

use std::env;
use std::ffi::OsString;
use std::fs::OpenOptions;
use std::io::Write;
use std::path::{Path, PathBuf};

/// Recorded data sets: the absolute folder that `DELOS_DATA` names.
///
/// `test` is the name of the asking test; `None` means: return, the miss has been reported.
///
/// # Panics
/// When `DELOS_REQUIRE_DATA` is set and there is no such folder.
pub fn real_data(test: &str) -> Option<PathBuf> {
    Request::data(test, "DELOS_DATA").settle(folder("DELOS_DATA"))
}

/// Pretrained networks: the absolute folder that `DELOS_MODELS` names. See [`real_data`].
///
/// # Panics
/// When `DELOS_REQUIRE_DATA` is set and there is no such folder.
pub fn real_models(test: &str) -> Option<PathBuf> {
    Request::data(test, "DELOS_MODELS").settle(folder("DELOS_MODELS"))
}

/// Results of reference implementations: the absolute folder that `DELOS_ORACLE` names. See
/// [`real_data`].
///
/// # Panics
/// When `DELOS_REQUIRE_DATA` is set and there is no such folder.
pub fn oracle(test: &str) -> Option<PathBuf> {
    Request::data(test, "DELOS_ORACLE").settle(folder("DELOS_ORACLE"))
}

/// ONNX Runtime's shared library: `ORT_DYLIB_PATH`, else what `cargo xtask setup` put into
/// `.delos/onnxruntime/` of the checkout.
///
/// # Panics
/// When `DELOS_REQUIRE_ORT` is set and there is no such file.
pub fn ort_library(test: &str) -> Option<PathBuf> {
    let request = Request { test, what: "ONNX Runtime", required_by: "DELOS_REQUIRE_ORT" };
    request.settle(library())
}

/// The root of the checkout that these tests were compiled from.
pub fn checkout() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().map_or_else(PathBuf::new, Path::to_path_buf)
}

/// Who asks for what, and the variable that makes a miss fatal.
struct Request<'a> {
    test: &'a str,
    what: &'a str,
    required_by: &'a str,
}

impl<'a> Request<'a> {
    fn data(test: &'a str, variable: &'a str) -> Self {
        Self { test, what: variable, required_by: "DELOS_REQUIRE_DATA" }
    }

    fn settle(&self, found: Result<PathBuf, String>) -> Option<PathBuf> {
        let required = is_on(env::var_os(self.required_by));
        self.settle_as(found, required, env::var_os("DELOS_SKIP_LOG").map(PathBuf::from))
    }

    fn settle_as(
        &self,
        found: Result<PathBuf, String>,
        required: bool,
        log: Option<PathBuf>,
    ) -> Option<PathBuf> {
        let reason = match found {
            Ok(path) => return Some(path),
            Err(reason) => reason,
        };
        assert!(
            !required,
            "{} needs {}: {reason} ({} is set)",
            self.test, self.what, self.required_by
        );
        let line = format!("NOT RUN: {}: {reason}\n", self.test);
        eprint!("{line}");
        if let Some(log) = log {
            append(&log, &line);
        }
        None
    }
}

/// One write to a file opened for appending: lines of parallel tests do not mix.
fn append(log: &Path, line: &str) {
    let written = OpenOptions::new()
        .create(true)
        .append(true)
        .open(log)
        .and_then(|mut file| file.write_all(line.as_bytes()));
    if let Err(error) = written {
        panic!("DELOS_SKIP_LOG {} cannot be written: {error}", log.display());
    }
}

fn folder(variable: &str) -> Result<PathBuf, String> {
    folder_in(variable, env::var_os(variable))
}

fn folder_in(variable: &str, value: Option<OsString>) -> Result<PathBuf, String> {
    let value = value.filter(|value| !value.is_empty());
    let path = PathBuf::from(value.ok_or_else(|| format!("{variable} is not set"))?);
    if !path.is_dir() {
        return Err(format!("{variable} is {}, which is not a folder", path.display()));
    }
    path.canonicalize().map_err(|error| format!("{variable} is {}: {error}", path.display()))
}

fn library() -> Result<PathBuf, String> {
    if let Some(path) = env::var_os("ORT_DYLIB_PATH").filter(|value| !value.is_empty()) {
        let path = PathBuf::from(path);
        return if path.is_file() {
            Ok(path)
        } else {
            Err(format!("ORT_DYLIB_PATH is {}, which is not a file", path.display()))
        };
    }
    let folder = checkout().join(".delos/onnxruntime");
    let mut found: Vec<_> = folder.read_dir().map_or_else(
        |_| Vec::new(),
        |entries| {
            entries.flatten().map(|entry| entry.path()).filter(|path| is_library(path)).collect()
        },
    );
    found.sort();
    found.pop().ok_or_else(|| {
        format!("no ONNX Runtime in {} and ORT_DYLIB_PATH is not set", folder.display())
    })
}

fn is_library(path: &Path) -> bool {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    name.starts_with("libonnxruntime.so")
}

fn is_on(value: Option<OsString>) -> bool {
    value.is_some_and(|value| !value.is_empty() && value != "0")
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    const REQUEST: Request<'_> =
        Request { test: "some_test", what: "DELOS_DATA", required_by: "DELOS_REQUIRE_DATA" };

    #[test]
    fn a_folder_that_exists_is_made_absolute() {
        let found = folder_in("DELOS_DATA", Some("src".into())).unwrap();
        assert!(found.is_absolute() && found.ends_with("src"));
    }

    #[test]
    fn what_is_missing_is_named() {
        let cases = [
            (None, "DELOS_DATA is not set"),
            (Some(""), "DELOS_DATA is not set"),
            (Some("/no/such"), "DELOS_DATA is /no/such, which is not a folder"),
        ];
        for (value, wanted) in cases {
            let found = folder_in("DELOS_DATA", value.map(OsString::from));
            assert_eq!(found, Err(wanted.to_owned()));
        }
    }

    #[test]
    fn a_miss_is_logged_once_per_test() {
        let folder = tempfile::tempdir().unwrap();
        let log = folder.path().join("skipped");
        for _ in 0..2 {
            let none = REQUEST.settle_as(Err("gone".to_owned()), false, Some(log.clone()));
            assert_eq!(none, None);
        }
        assert_eq!(fs::read_to_string(log).unwrap(), "NOT RUN: some_test: gone\n".repeat(2));
    }

    #[test]
    #[should_panic(expected = "some_test needs DELOS_DATA: gone (DELOS_REQUIRE_DATA is set)")]
    fn a_miss_is_fatal_where_data_is_required() {
        REQUEST.settle_as(Err("gone".to_owned()), true, None);
    }

    #[test]
    fn switches_are_off_when_absent_empty_or_zero() {
        let cases = [(None, false), (Some(""), false), (Some("0"), false), (Some("1"), true)];
        for (value, wanted) in cases {
            assert_eq!(is_on(value.map(OsString::from)), wanted, "{value:?}");
        }
    }
}
