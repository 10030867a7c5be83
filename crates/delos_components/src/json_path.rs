//! Paths in JSON.
//!
//! JSON is text and a path need not be: bytes that are no UTF-8 are shown as `\u{fffd}`. Results that
//! took minutes are not lost for them, as they would be with serde's own way, which is an error.

use serde::{Serialize, Serializer};
use std::path::{Path, PathBuf};

/// Writes a path, for `serialize_with`.
///
/// # Errors
/// What the writer says.
pub fn serialize_path<S: Serializer>(path: &Path, to: S) -> Result<S::Ok, S::Error> {
    to.collect_str(&path.display())
}

/// The same where there may be none.
///
/// # Errors
/// What the writer says.
pub fn serialize_optional_path<S: Serializer>(
    path: &Option<PathBuf>,
    to: S,
) -> Result<S::Ok, S::Error> {
    path.as_ref().map(|path| path.to_string_lossy()).serialize(to)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Serialize)]
    struct Paths {
        #[serde(serialize_with = "serialize_path")]
        whole: PathBuf,
        #[serde(serialize_with = "serialize_optional_path")]
        given: Option<PathBuf>,
        #[serde(serialize_with = "serialize_optional_path")]
        none: Option<PathBuf>,
    }

    #[cfg(unix)]
    #[test]
    fn a_path_that_is_no_text_is_shown_as_far_as_it_is() {
        use std::os::unix::ffi::OsStrExt;
        let path = PathBuf::from(std::ffi::OsStr::from_bytes(b"dr\xffive/\xc3\xa4 \"b\""));
        let paths = Paths { whole: path.clone(), given: Some(path), none: None };
        let shown = "dr\u{fffd}ive/ä \"b\"";
        let written = toml::Table::try_from(&paths).expect("text");
        assert_eq!(written["whole"].as_str(), Some(shown));
        assert_eq!(written["given"].as_str(), Some(shown));
        assert_eq!(written.len(), 2, "none is none");
    }
}
