//! Labels and results side by side.

use super::folders::{self, Files};
use super::format::{MOST_FRAMES, OnMistake, RowFormat, RowRules};
use super::wrong::{Reason, Skipped, WrongRow};
use super::{Rows, lengths, parse, parse_mot};
use crate::{IngestError, ParseError};
use delos_core::{BenchmarkRow, MotRow, ObjectClass};
use std::path::{Path, PathBuf};

/// What is to be compared.
#[derive(Clone, Debug)]
pub struct Request {
    /// Folder of the labels.
    pub labels: PathBuf,
    /// Folder of the results.
    pub results: PathBuf,
    /// The sequences (or, where files are single frames, the frames); all that have labels
    /// where there is no word on it.
    pub sequences: Option<Vec<String>>,
    /// The classes, where results lie in a folder for each.
    pub classes: Vec<ObjectClass>,
    /// A list of the sequences' lengths (`evaluate_tracking.seqmap` of KITTI and `TrackEval`).
    pub lengths: Option<PathBuf>,
    /// What happens with results of sequences that have no labels.
    pub on_mistake: OnMistake,
}

/// The files of both sides, sequence by sequence. No row has been read.
#[derive(Clone, Debug)]
pub struct Comparison {
    /// The sequences, by name.
    pub pairs: Vec<Pair>,
    /// Files that were skipped.
    pub skipped: Skipped<String>,
}

/// The files of one sequence.
#[derive(Clone, Debug)]
pub struct Pair {
    /// Name of the sequence.
    pub name: String,
    /// The file of its labels.
    pub labels: PathBuf,
    /// The files of its results: one, or one for each class.
    pub results: Vec<PathBuf>,
    /// Its length, where the files do not have to tell.
    pub frames: Option<u32>,
}

/// The rows of one sequence.
#[derive(Clone, Debug)]
pub struct PairRows<R> {
    /// What is there.
    pub truth: Vec<R>,
    /// What was found.
    pub results: Vec<R>,
    /// Length in frames: as listed, else up to the last labelled one.
    pub frames: u32,
    /// What was skipped, with file and line of the first case of each kind.
    pub skipped: Skipped<String>,
}

/// How the files of both sides are written, and what is asked of them.
#[derive(Clone, Copy, Debug)]
pub struct PairRules {
    /// How labels are written.
    pub labels: RowFormat,
    /// How results are written.
    pub results: RowFormat,
    /// What is asked of the results; of the labels an identity, if the results need one.
    pub rules: RowRules,
}

impl Comparison {
    /// Finds the files of KITTI's benchmarks.
    ///
    /// # Errors
    /// When a folder cannot be read or has no known layout, a sequence has no labels or no
    /// results, or results belong to a sequence without labels and are not to be skipped.
    pub fn kitti(request: &Request) -> Result<Self, IngestError> {
        let labels = folders::labels(&request.labels)?;
        let results = folders::results(&request.results, &request.classes, &labels)?;
        Self::of(request, labels, results)
    }

    /// Finds the files of `MOTChallenge`. A sequence's length is that of the `seqinfo.ini`
    /// beside its labels, where there is one.
    ///
    /// # Errors
    /// As [`Comparison::kitti`].
    pub fn mot(request: &Request) -> Result<Self, IngestError> {
        let labels = folders::mot_labels(&request.labels)?;
        let results = folders::mot_results(&request.results, &labels)?;
        let mut found = Self::of(request, labels, results)?;
        for pair in &mut found.pairs {
            let beside = pair.labels.parent().into_iter().flat_map(|folder| folder.ancestors());
            let info = beside.take(2).map(|folder| folder.join("seqinfo.ini"));
            if let (None, Some(info)) = (pair.frames, info.into_iter().find(|path| path.is_file()))
            {
                pair.frames = Some(lengths::of_seqinfo(&info)?);
            }
        }
        Ok(found)
    }

    /// Whether labels are files of sequences or of single frames, told by their first row.
    ///
    /// # Errors
    /// When a file cannot be read.
    pub fn label_format(&self) -> Result<RowFormat, IngestError> {
        for pair in &self.pairs {
            let bytes = read_file(&pair.labels, |bytes| Ok(bytes.to_vec()))?;
            let text = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&bytes);
            if let Some(first) = text.trim_ascii_start().first() {
                // An object's class, or a frame's number.
                let is_class = first.is_ascii_alphabetic();
                let of = if is_class { RowFormat::KittiObject } else { RowFormat::KittiTracking };
                return Ok(of);
            }
        }
        Ok(RowFormat::KittiTracking)
    }

    fn of(request: &Request, labels: Files, mut results: Files) -> Result<Self, IngestError> {
        let skipped = refuse_unlabelled(request, &labels, &mut results)?;
        let mut listed = request.lengths.as_deref().map(lengths::of_list).transpose()?;
        let chosen = choose(request, labels)?;
        let mut missing = Vec::new();
        let mut pairs = Vec::new();
        for (name, files) in chosen {
            let found = results.remove(&name).unwrap_or_default();
            missing.extend(found.iter().filter(|path| !path.is_file()).cloned());
            if found.is_empty() {
                missing.push(request.results.join(format!("{name}.txt")));
            }
            let frames = listed.as_mut().map(|list| list.take(&name)).transpose()?;
            let labels = files.into_iter().next().unwrap_or_default();
            pairs.push(Pair { name, labels, results: found, frames });
        }
        if !missing.is_empty() {
            return Err(IngestError::NoResults { missing });
        }
        Ok(Self { pairs, skipped })
    }
}

/// Takes the results of sequences without labels away.
fn refuse_unlabelled(
    request: &Request,
    labels: &Files,
    results: &mut Files,
) -> Result<Skipped<String>, IngestError> {
    let mut skipped = Skipped::default();
    let strays: Vec<String> =
        results.keys().filter(|name| !labels.contains_key(*name)).cloned().collect();
    for name in strays {
        for path in results.remove(&name).unwrap_or_default() {
            let error = IngestError::Unlabelled {
                path,
                sequence: name.clone(),
                labels: request.labels.clone(),
            };
            if request.on_mistake == OnMistake::Stop {
                return Err(error);
            }
            skipped.count(Reason::Sequence, || error.to_string());
        }
    }
    Ok(skipped)
}

/// The labels of the sequences asked for.
fn choose(request: &Request, mut labels: Files) -> Result<Files, IngestError> {
    let Some(wanted) = &request.sequences else { return Ok(labels) };
    let mut chosen = Files::new();
    for name in wanted {
        if chosen.contains_key(name) {
            return Err(IngestError::SequenceTwice { name: name.clone() });
        }
        let Some(files) = labels.remove(name) else {
            return Err(IngestError::Sequence {
                name: name.clone(),
                path: request.labels.clone(),
                available: labels.into_keys().chain(chosen.into_keys()).take(30).collect(),
            });
        };
        chosen.insert(name.clone(), files);
    }
    Ok(chosen)
}

impl Pair {
    /// Reads both sides of a sequence of KITTI's benchmarks.
    ///
    /// # Errors
    /// When a file cannot be read or, unless those are skipped, holds a wrong row.
    pub fn read(&self, rules: &PairRules) -> Result<PairRows<BenchmarkRow>, IngestError> {
        let labels = |bytes: &[u8], asked: &RowRules| parse(bytes, rules.labels, asked);
        let results = |bytes: &[u8], asked: &RowRules| parse(bytes, rules.results, asked);
        let length = |rows: &[BenchmarkRow]| match rules.labels {
            RowFormat::KittiObject => Some(1),
            _ => rows.iter().map(|row| row.frame + 1).max(),
        };
        self.read_with(&rules.rules, labels, results, length)
    }

    /// Reads both sides of a sequence of `MOTChallenge`.
    ///
    /// # Errors
    /// As [`Pair::read`].
    pub fn read_mot(&self, rules: &RowRules) -> Result<PairRows<MotRow>, IngestError> {
        let length = |rows: &[MotRow]| rows.iter().map(|row| row.frame).max();
        self.read_with(rules, parse_mot, parse_mot, length)
    }

    fn read_with<R>(
        &self,
        rules: &RowRules,
        labels: impl Fn(&[u8], &RowRules) -> Result<Rows<R>, ParseError>,
        results: impl Fn(&[u8], &RowRules) -> Result<Rows<R>, ParseError>,
        length: impl Fn(&[R]) -> Option<u32>,
    ) -> Result<PairRows<R>, IngestError> {
        let asked =
            RowRules { frames: self.frames, needs_score: false, needs_place: false, ..*rules };
        let (truth, skipped) = file_rows(&self.labels, |bytes| labels(bytes, &asked))?;
        let frames = self.frames.or_else(|| length(&truth)).unwrap_or(0).min(MOST_FRAMES);
        let mut found = PairRows { truth, results: Vec::new(), frames, skipped };
        let asked = RowRules { frames: Some(frames), ..*rules };
        for path in &self.results {
            let (mut rows, skipped) = file_rows(path, |bytes| results(bytes, &asked))?;
            found.skipped.append(skipped);
            if found.results.is_empty() {
                found.results = rows;
            } else {
                found.results.append(&mut rows);
            }
        }
        Ok(found)
    }
}

/// Reads the rows of one file of KITTI's benchmarks, and what was skipped in it.
///
/// # Errors
/// When it cannot be read or, unless those are skipped, holds a wrong row.
pub fn read_rows(
    path: &Path,
    format: RowFormat,
    rules: &RowRules,
) -> Result<(Vec<BenchmarkRow>, Skipped<String>), IngestError> {
    file_rows(path, |bytes| parse(bytes, format, rules))
}

fn file_rows<R>(
    path: &Path,
    parse: impl FnOnce(&[u8]) -> Result<Rows<R>, ParseError>,
) -> Result<(Vec<R>, Skipped<String>), IngestError> {
    let found = read_file(path, parse)?;
    Ok((found.rows, in_file(found.skipped, path)))
}

fn read_file<T>(
    path: &Path,
    parse: impl FnOnce(&[u8]) -> Result<T, ParseError>,
) -> Result<T, IngestError> {
    let bytes = std::fs::read(path).map_err(|source| IngestError::io(path, source))?;
    parse(&bytes).map_err(|error| error.in_file(path))
}

fn in_file(skipped: Skipped<WrongRow>, path: &Path) -> Skipped<String> {
    let words = |row: WrongRow| ParseError::line(row.line as usize, row.what);
    skipped.map(|row| words(row).in_file(path).to_string())
}

#[cfg(test)]
mod tests;
