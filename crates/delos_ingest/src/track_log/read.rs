//! Reading a log back.

use super::wire::{Head, Line, Tail};
use super::{LoggedFrame, TrackLog, VERSION};
use crate::{IngestError, ParseError};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use std::path::Path;

/// Reads a file `SEQUENCE.jsonl`.
///
/// # Errors
/// A file that cannot be read, or does not hold the whole log of that sequence; with its line.
pub fn read(path: &Path) -> Result<TrackLog, IngestError> {
    let bytes = std::fs::read(path).map_err(|source| IngestError::io(path, source))?;
    let log = parse(&bytes).map_err(|error| error.in_file(path))?;
    if path.file_stem().is_none_or(|stem| stem != log.sequence.as_str()) {
        let what = format!("the log is of sequence {}; was the file renamed?", log.sequence);
        return Err(ParseError::line(1, what).in_file(path));
    }
    Ok(log)
}

/// Reads the lines of a file.
///
/// # Errors
/// The first line that is none of a log, a frame that is not later than the one before, tracks
/// out of order, or a last line that does not count the frames.
pub fn parse(bytes: &[u8]) -> Result<TrackLog, ParseError> {
    let whole = bytes.strip_suffix(b"\n").unwrap_or(bytes);
    let mut lines = (1..).zip(whole.split(|byte| *byte == b'\n'));
    let sequence = head(lines.next().map_or(&[], |(_, line)| line))?;
    let mut frames: Vec<LoggedFrame> = Vec::new();
    let mut rest = lines.peekable();
    let mut last = 1;
    while let Some((number, line)) = rest.next() {
        last = number;
        if rest.peek().is_none() && is_tail(line) {
            check_count(number, line, frames.len())?;
            return Ok(TrackLog { sequence, frames });
        }
        let frame: Line = json(number, line)?;
        check_order(number, &frame, frames.last())?;
        frames.push(frame.into());
    }
    let what = "the file ends here without its count of frames: it was cut off";
    Err(ParseError::line(last, what))
}

/// Name of the sequence.
fn head(line: &[u8]) -> Result<String, ParseError> {
    #[derive(Deserialize)]
    struct Version {
        track_log: u32,
    }
    let Ok(Version { track_log }) = serde_json::from_slice(line) else {
        let what = "expected `{\"track_log\":1,\"sequence\":...}`: this is no log of tracks";
        return Err(ParseError::line(1, what));
    };
    if track_log != VERSION {
        let what = format!("version {track_log} of the log; this program reads {VERSION}");
        return Err(ParseError::line(1, what));
    }
    json(1, line).map(|head: Head| head.sequence)
}

fn is_tail(line: &[u8]) -> bool {
    line.starts_with(b"{\"frames\"")
}

fn check_count(number: usize, line: &[u8], found: usize) -> Result<(), ParseError> {
    let Tail { frames: wanted } = json(number, line)?;
    if wanted == found {
        return Ok(());
    }
    Err(ParseError::line(number, format!("{wanted} frames were written, {found} are there")))
}

fn check_order(
    number: usize,
    frame: &Line,
    before: Option<&LoggedFrame>,
) -> Result<(), ParseError> {
    if let Some(before) = before.filter(|before| before.frame >= frame.frame) {
        let what = format!("frame {} comes after frame {}", frame.frame, before.frame);
        return Err(ParseError::line(number, what));
    }
    match frame.tracks.windows(2).find(|pair| pair[0].id >= pair[1].id) {
        Some([a, b]) => {
            let what = format!("track {} comes after track {}", b.id, a.id);
            Err(ParseError::line(number, what))
        }
        _ => Ok(()),
    }
}

/// A line as what it should be; where in the line the mistake is, is said.
fn json<T: DeserializeOwned>(number: usize, line: &[u8]) -> Result<T, ParseError> {
    serde_json::from_slice(line).map_err(|error| {
        let text = error.to_string();
        let what = text.split(" at line ").next().unwrap_or_default();
        ParseError::line(number, format!("column {}: {what}", error.column()))
    })
}
