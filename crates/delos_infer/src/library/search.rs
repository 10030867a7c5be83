//! Where ONNX Runtime's library may lie, in the order of precedence.

use std::env;
use std::ffi::OsString;
use std::fmt;
use std::path::{Path, PathBuf};

/// One place that was looked at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OrtPlace {
    /// Why this place: "`--ort`", "`ORT_DYLIB_PATH`", "beside the executable", ….
    pub reason: &'static str,
    /// The file or folder.
    pub path: PathBuf,
    /// The library there, if there is one.
    pub library: Option<PathBuf>,
}

/// A search for ONNX Runtime's library: every place looked at, up to the one with a library.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OrtSearch {
    /// The places, in the order they were looked at.
    pub places: Vec<OrtPlace>,
}

impl OrtSearch {
    /// Searches, in the order of [`OrtLibrary::find`](crate::OrtLibrary::find).
    pub fn run(explicit: Option<&Path>) -> Self {
        let around = Surroundings {
            variable: env::var_os("ORT_DYLIB_PATH"),
            executable: env::current_exe().ok(),
            working: env::current_dir().ok(),
        };
        Self::among(places(explicit, &around))
    }

    /// The library that was found.
    pub fn found(&self) -> Option<&Path> {
        self.places.iter().find_map(|place| place.library.as_deref())
    }

    fn among(places: Vec<(&'static str, PathBuf)>) -> Self {
        let mut search = Self::default();
        for (reason, path) in places {
            let library = library_at(&path);
            let done = library.is_some();
            search.places.push(OrtPlace { reason, path, library });
            if done {
                break;
            }
        }
        search
    }
}

impl fmt::Display for OrtSearch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (position, place) in self.places.iter().enumerate() {
            let separator = if position == 0 { "" } else { "; " };
            write!(f, "{separator}{} ({})", place.path.display(), place.reason)?;
        }
        Ok(())
    }
}

/// What the search depends on besides its argument.
struct Surroundings {
    variable: Option<OsString>,
    executable: Option<PathBuf>,
    working: Option<PathBuf>,
}

fn places(explicit: Option<&Path>, around: &Surroundings) -> Vec<(&'static str, PathBuf)> {
    if let Some(path) = explicit {
        return vec![("--ort", path.to_owned())];
    }
    if let Some(path) = around.variable.as_ref().filter(|path| !path.is_empty()) {
        return vec![("ORT_DYLIB_PATH", path.into())];
    }
    let beside = around.executable.as_deref().and_then(Path::parent);
    let mut places: Vec<_> =
        beside.iter().map(|folder| ("beside the executable", folder.to_path_buf())).collect();
    for start in [around.working.as_deref(), beside].into_iter().flatten() {
        for folder in start.ancestors().map(|parent| parent.join(".delos/onnxruntime")) {
            if places.iter().all(|(_, known)| *known != folder) {
                places.push(("set up by xtask", folder));
            }
        }
    }
    places
}

/// The library at `path`: the file itself, or the newest one in the folder.
fn library_at(path: &Path) -> Option<PathBuf> {
    if path.is_file() {
        return Some(path.to_owned());
    }
    let entries = std::fs::read_dir(path).ok()?;
    let mut files: Vec<_> = entries
        .filter_map(|entry| {
            let file = entry.ok()?.path();
            let version = library_version(file.file_name()?.to_str()?)?;
            file.is_file().then_some((version, file))
        })
        .collect();
    files.sort();
    files.pop().map(|(_, file)| file)
}

/// The version in the name of a library file, empty without one; `None` for other files,
/// such as `libonnxruntime_providers_shared.so`.
fn library_version(name: &str) -> Option<Vec<u32>> {
    if matches!(name, "libonnxruntime.so" | "libonnxruntime.dylib" | "onnxruntime.dll") {
        return Some(Vec::new());
    }
    let version = name
        .strip_prefix("libonnxruntime.so.")
        .or_else(|| name.strip_prefix("libonnxruntime.")?.strip_suffix(".dylib"))?;
    version.split('.').map(|part| part.parse().ok()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    fn touch(path: &Path) {
        fs::create_dir_all(path.parent().expect("a folder")).expect("created");
        fs::write(path, b"").expect("written");
    }

    fn around(root: &Path) -> Surroundings {
        Surroundings {
            variable: None,
            executable: Some(root.join("target/release/delos")),
            working: Some(root.join("some/where")),
        }
    }

    #[test]
    fn names_of_libraries() {
        for (name, wanted) in [
            ("libonnxruntime.so", Some(vec![])),
            ("libonnxruntime.so.1.31.1", Some(vec![1, 31, 1])),
            ("libonnxruntime.1.31.1.dylib", Some(vec![1, 31, 1])),
            ("onnxruntime.dll", Some(vec![])),
            ("libonnxruntime_providers_cuda.so", None),
            ("libonnxruntime.so.1.x", None),
            ("notes.txt", None),
        ] {
            assert_eq!(library_version(name), wanted, "{name}");
        }
    }

    #[test]
    fn the_order_is_explicit_variable_executable_checkout() {
        let root = tempfile::tempdir().expect("temporary folder");
        let mut around = around(root.path());
        let checkout = root.path().join(".delos/onnxruntime/libonnxruntime.so.1.9.0");
        let newer = root.path().join(".delos/onnxruntime/libonnxruntime.so.1.31.1");
        touch(&checkout);
        touch(&newer);
        assert_eq!(OrtSearch::among(places(None, &around)).found(), Some(newer.as_path()));

        let beside = root.path().join("target/release/libonnxruntime.so");
        touch(&beside);
        assert_eq!(OrtSearch::among(places(None, &around)).found(), Some(beside.as_path()));

        let named = root.path().join("named/libonnxruntime.so");
        touch(&named);
        around.variable = Some(root.path().join("named").into());
        assert_eq!(OrtSearch::among(places(None, &around)).found(), Some(named.as_path()));
        let explicit = OrtSearch::among(places(Some(&checkout), &around));
        assert_eq!(explicit.found(), Some(checkout.as_path()));
    }

    #[test]
    fn a_named_place_without_library_ends_the_search() {
        let root = tempfile::tempdir().expect("temporary folder");
        touch(&root.path().join(".delos/onnxruntime/libonnxruntime.so"));
        let nowhere = root.path().join("nowhere");
        let search = OrtSearch::among(places(Some(&nowhere), &around(root.path())));
        assert_eq!(search.found(), None);
        assert_eq!(search.to_string(), format!("{} (--ort)", nowhere.display()));
    }

    #[test]
    fn every_place_is_reported_once() {
        let root = tempfile::tempdir().expect("temporary folder");
        let search = OrtSearch::among(places(None, &around(root.path())));
        let mut paths: Vec<_> = search.places.iter().map(|place| &place.path).collect();
        let count = paths.len();
        paths.sort();
        paths.dedup();
        assert_eq!(paths.len(), count);
        assert!(count >= 5, "{search}");
    }
}
