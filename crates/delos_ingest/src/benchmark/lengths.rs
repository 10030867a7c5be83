//! How long sequences are, where a file says so.

use super::format::MOST_FRAMES;
use crate::{IngestError, ParseError};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// Lengths by sequence.
pub(super) struct Lengths {
    path: PathBuf,
    frames: BTreeMap<String, u32>,
}

impl Lengths {
    /// The length of a sequence.
    pub(super) fn take(&mut self, name: &str) -> Result<u32, IngestError> {
        let missing = || {
            let what = format!("no length of sequence {name}; a line `{name} empty 000000 000154`");
            IngestError::format(&self.path, format!("{what} says that it has 154 frames"))
        };
        self.frames.get(name).copied().ok_or_else(missing)
    }
}

/// Reads a list as KITTI and `TrackEval` have it: `0000 empty 000000 000154`, one line a
/// sequence, the last number its length.
pub(super) fn of_list(path: &Path) -> Result<Lengths, IngestError> {
    let text = std::fs::read_to_string(path).map_err(|source| IngestError::io(path, source))?;
    let frames = parse_list(&text).map_err(|error| error.in_file(path))?;
    Ok(Lengths { path: path.to_owned(), frames })
}

fn parse_list(text: &str) -> Result<BTreeMap<String, u32>, ParseError> {
    let mut found = BTreeMap::new();
    for (index, line) in text.lines().enumerate() {
        let fields: Vec<&str> = line.split_ascii_whitespace().collect();
        let refuse = |what: String| ParseError::line(index + 1, what);
        let [name, _, _, frames] = fields.as_slice() else {
            if fields.is_empty() {
                continue;
            }
            let what = "4 columns expected (`0000 empty 000000 000154`)";
            return Err(refuse(format!("{what}, {} found", fields.len())));
        };
        let frames = length(frames).map_err(refuse)?;
        if found.insert((*name).to_owned(), frames).is_some() {
            return Err(refuse(format!("sequence {name} is listed twice")));
        }
    }
    Ok(found)
}

/// Reads `seqLength=...` of a `seqinfo.ini` of `MOTChallenge`.
pub(super) fn of_seqinfo(path: &Path) -> Result<u32, IngestError> {
    let text = std::fs::read_to_string(path).map_err(|source| IngestError::io(path, source))?;
    let is_key = |key: &str| key.trim().eq_ignore_ascii_case("seqLength");
    let value = |line: &str| {
        line.split_once('=').filter(|(key, _)| is_key(key)).map(|p| p.1.trim().to_owned())
    };
    let found = text.lines().enumerate().find_map(|(index, line)| Some((index + 1, value(line)?)));
    let (line, value) =
        found.ok_or_else(|| IngestError::format(path, "no line `seqLength=...`"))?;
    length(&value).map_err(|what| ParseError::line(line, what).in_file(path))
}

fn length(text: &str) -> Result<u32, String> {
    let found = text.parse().ok().filter(|frames| *frames <= MOST_FRAMES);
    found.ok_or_else(|| format!("`{text}` is no number of frames (0 to {MOST_FRAMES})"))
}
