//! Finding and reading files: the only place of the KITTI readers that touches the disk
//! before the first frame.

use super::notices::Notices;
use crate::gaps::counted;
use crate::names::text_of;
use crate::{IngestError, ParseError};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// Files whose names are numbers, by number. The number is the frame's.
pub(super) type Numbered = BTreeMap<u32, PathBuf>;

/// The files `NNNN.ext` of a folder by number; none where there is no folder. Files with
/// other names are not looked at; those whose numbers are too large are told of.
///
/// # Errors
/// When the folder is there and cannot be read, one number belongs to two files, or all numbers
/// are too large.
pub(super) fn numbered(
    folder: &Path,
    extensions: &[&str],
    sequence: &str,
    notices: &mut Notices,
) -> Result<Numbered, IngestError> {
    let (mut found, mut beyond) = (Numbered::new(), Vec::new());
    for path in entries(folder)? {
        let Some(digits) = digits(&path, extensions) else { continue };
        let Ok(number) = digits.parse() else {
            beyond.push(path);
            continue;
        };
        if let Some(other) = found.insert(number, path) {
            return Err(IngestError::format(
                other,
                format!("a second file has the number {number}"),
            ));
        }
    }
    let Some(first) = beyond.first() else { return Ok(found) };
    let limit = format!("frame numbers end at {}", u32::MAX);
    if found.is_empty() {
        let what = format!("{limit}: rename it, and the {} others like it", beyond.len() - 1);
        return Err(IngestError::format(first, what));
    }
    let count = counted(beyond.len(), "file");
    notices.add(sequence, format!("{limit}: left out {count} (first {})", first.display()));
    Ok(found)
}

/// The digits that a file is named with.
fn digits<'a>(path: &'a Path, extensions: &[&str]) -> Option<&'a str> {
    let extension = path.extension()?.to_str()?.to_ascii_lowercase();
    let stem = path.file_stem()?.to_str()?;
    let is_number = stem.bytes().all(|b| b.is_ascii_digit());
    (is_number && extensions.contains(&extension.as_str())).then_some(stem)
}

/// What a folder holds, by name ascending; nothing where there is no folder.
pub(super) fn entries(folder: &Path) -> Result<Vec<PathBuf>, IngestError> {
    if !folder.is_dir() {
        return Ok(Vec::new());
    }
    let fail = |source| IngestError::io(folder, source);
    let listing = std::fs::read_dir(folder).map_err(fail)?;
    let mut paths = listing
        .map(|entry| entry.map(|e| e.path()))
        .collect::<Result<Vec<_>, _>>()
        .map_err(fail)?;
    paths.sort();
    Ok(paths)
}

/// The subfolders of a folder, by name ascending.
pub(super) fn subfolders(folder: &Path) -> Result<Vec<PathBuf>, IngestError> {
    Ok(entries(folder)?.into_iter().filter(|path| path.is_dir()).collect())
}

/// The last part of a path as text.
pub(super) fn name(path: &Path) -> String {
    path.file_name().map_or_else(String::new, text_of)
}

/// The last part of a path without its extension.
pub(super) fn stem(path: &Path) -> String {
    path.file_stem().map_or_else(String::new, text_of)
}

/// Reads a text file and parses it; errors name the file.
pub(super) fn parse_file<T>(
    path: &Path,
    parse: impl FnOnce(&str) -> Result<T, ParseError>,
) -> Result<T, IngestError> {
    let bytes = std::fs::read(path).map_err(|source| IngestError::io(path, source))?;
    parse_text(path, bytes, parse)
}

/// Parses the content of a text file; errors name the file.
pub(super) fn parse_text<T>(
    path: &Path,
    bytes: Vec<u8>,
    parse: impl FnOnce(&str) -> Result<T, ParseError>,
) -> Result<T, IngestError> {
    let text = String::from_utf8(bytes).map_err(|error| {
        let good = &error.as_bytes()[..error.utf8_error().valid_up_to()];
        let line = good.split(|byte| *byte == b'\n').count();
        ParseError::line(line, "no text (not UTF-8)").in_file(path)
    })?;
    parse(&text).map_err(|error| error.in_file(path))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_numbers_with_the_right_extension_count() {
        let folder = tempfile::tempdir().expect("a folder");
        for name in ["000007.bin", "12.BIN", "x.bin", "3.txt", "-1.bin", "99999999999.bin"] {
            std::fs::write(folder.path().join(name), "").expect("written");
        }
        let mut notices = Notices::default();
        let mut read = |folder: &Path| numbered(folder, &["bin"], "a", &mut notices);
        let found = read(folder.path()).expect("readable");
        assert_eq!(found.keys().copied().collect::<Vec<_>>(), [7, 12]);
        std::fs::write(folder.path().join("7.bin"), "").expect("written");
        assert!(read(folder.path()).is_err(), "7 comes twice");
        assert!(read(&folder.path().join("none")).expect("no folder").is_empty());
        let said = notices.into_lines(1).concat();
        let wanted = "frame numbers end at 4294967295: left out 1 file (first ";
        assert!(said.starts_with(wanted) && said.ends_with("99999999999.bin)"), "{said}");
    }

    #[test]
    fn a_folder_whose_numbers_are_all_too_large_is_refused() {
        let folder = tempfile::tempdir().expect("a folder");
        for stamp in ["1317042145951199337.bin", "1317042146054281661.bin"] {
            std::fs::write(folder.path().join(stamp), "").expect("written");
        }
        let error = numbered(folder.path(), &["bin"], "a", &mut Notices::default());
        let error = error.expect_err("no frame number").to_string();
        let wanted = "frame numbers end at 4294967295: rename it, and the 1 others like it";
        assert!(error.contains("1317042145951199337.bin") && error.contains(wanted), "{error}");
    }

    #[test]
    fn a_file_that_is_no_text_is_named_with_its_line() {
        let error = parse_text(Path::new("a.txt"), b"one\ntwo\n\xff".to_vec(), |_| Ok(()))
            .expect_err("no text");
        assert_eq!(error.to_string(), "a.txt, line 3: no text (not UTF-8)");
    }
}
