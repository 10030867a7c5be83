//! What of a data set lies in a folder.

use super::layout::Pattern;
use super::{CardFile, DatasetCard, list};
use crate::kitti::write::SIMULATED_MARKER;
use crate::{IngestError, sha256_file};
use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};

/// What was found of a data set.
#[derive(Clone, Debug, PartialEq)]
pub struct VerifyReport {
    /// The data set.
    pub card: DatasetCard,
    /// The folder that was looked at.
    pub folder: PathBuf,
    /// Whether it was simulated and only has the data set's layout.
    pub is_simulated: bool,
    /// Where the layout begins, as the card writes it; `None` when nothing of it is there.
    pub root: Option<String>,
    /// What each sequence has, by name ascending. Data sets without sequences have one
    /// without a name.
    pub sequences: Vec<SequenceCount>,
    /// Archives of the data set that lie in the folder.
    pub archives: Vec<ArchiveCheck>,
}

/// How many files of each kind a sequence has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SequenceCount {
    /// Its name; empty for what belongs to no sequence.
    pub name: String,
    /// One count for each entry of the card's layout; `None` for entries of the other sort.
    pub counts: Vec<Option<usize>>,
}

/// An archive that lies in the folder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ArchiveCheck {
    /// The file.
    pub path: PathBuf,
    /// What is wrong with it.
    pub problem: Option<String>,
    /// Whether the card knows a SHA-256 to compare with.
    pub hash_known: bool,
}

/// Looks for a data set in a folder: its layout, how many files of each kind each sequence
/// has, and the archives that came with it (length and SHA-256 where the card knows them).
///
/// # Errors
/// [`IngestError::Io`] when the folder cannot be read.
pub fn verify(folder: &Path, card: &DatasetCard) -> Result<VerifyReport, IngestError> {
    folder.read_dir().map_err(|error| IngestError::io(folder, error))?;
    let mut best: Option<(String, Vec<SequenceCount>)> = None;
    for root in &card.roots {
        let sequences = count(folder, root, card)?;
        let score = |s: &[SequenceCount]| s.iter().filter(|s| s.is_complete(card)).count();
        let better = best.as_ref().is_none_or(|(_, found)| score(&sequences) > score(found));
        if !sequences.is_empty() && better {
            best = Some((root.clone(), sequences));
        }
    }
    let (root, sequences) = best.map_or((None, Vec::new()), |(root, found)| (Some(root), found));
    let archives = archives(folder, card)?;
    let (card, folder) = (card.clone(), folder.to_owned());
    let is_simulated = is_simulated(&folder);
    Ok(VerifyReport { card, folder, is_simulated, root, sequences, archives })
}

/// Whether [`DatasetWriter`](crate::kitti::write::DatasetWriter) has made the folder, or the one
/// around it.
fn is_simulated(folder: &Path) -> bool {
    let whole = folder.canonicalize().unwrap_or_else(|_| folder.to_owned());
    let around = whole.parent().map(|around| around.join(SIMULATED_MARKER));
    whole.join(SIMULATED_MARKER).is_file() || around.is_some_and(|marker| marker.is_file())
}

/// The reports of the data sets that are in a folder with everything they need; of those
/// that are there in part when none is whole; none when nothing is known.
///
/// # Errors
/// As [`verify`].
pub fn recognise(folder: &Path) -> Result<Vec<VerifyReport>, IngestError> {
    let reports: Vec<VerifyReport> =
        list()?.iter().map(|card| verify(folder, card)).collect::<Result<_, _>>()?;
    let whole: Vec<VerifyReport> = reports.iter().filter(|r| r.is_complete()).cloned().collect();
    if whole.is_empty() {
        return Ok(reports.into_iter().filter(|r| r.root.is_some()).collect());
    }
    Ok(whole)
}

/// What lies below one root.
fn count(folder: &Path, root: &str, card: &DatasetCard) -> Result<Vec<SequenceCount>, IngestError> {
    let folder = folder.canonicalize().map_err(|error| IngestError::io(folder, error))?;
    // From within a sequence only that one is meant.
    let (base, prefix, only) = match (root, folder.parent()) {
        ("..", Some(parent)) => (parent, ".", folder.file_name()),
        ("..", None) => return Ok(Vec::new()),
        _ => (&*folder, root, None),
    };
    let only = only.map(|name| name.to_string_lossy().into_owned());
    let mut table: BTreeMap<String, Vec<Option<usize>>> = BTreeMap::new();
    for (column, entry) in card.layout.iter().enumerate() {
        let pattern = Pattern::parse(&format!("{prefix}/{}", entry.path));
        let pattern =
            pattern.map_err(|what| IngestError::Card { name: card.name.clone(), what })?;
        for (sequence, count) in pattern.count(base)? {
            if only.as_ref().is_none_or(|name| sequence.is_empty() || sequence == *name) {
                table.entry(sequence).or_insert_with(|| no_counts(card))[column] = Some(count);
            }
        }
    }
    if !table.is_empty() && card.layout.iter().any(|e| !e.path.contains("{seq}")) {
        table.entry(String::new()).or_insert_with(|| no_counts(card));
    }
    if let Some(name) = only
        && !table.contains_key(&name)
    {
        return Ok(Vec::new());
    }
    let rows = table.into_iter().map(|(name, counts)| SequenceCount::new(name, counts, card));
    Ok(rows.collect())
}

fn no_counts(card: &DatasetCard) -> Vec<Option<usize>> {
    vec![None; card.layout.len()]
}

impl SequenceCount {
    /// Writes zero where an entry of this sort was not found.
    fn new(name: String, mut counts: Vec<Option<usize>>, card: &DatasetCard) -> Self {
        for (count, entry) in counts.iter_mut().zip(&card.layout) {
            if entry.path.contains("{seq}") != name.is_empty() {
                *count = Some(count.unwrap_or(0));
            }
        }
        Self { name, counts }
    }

    /// Whether everything that the card calls needed is there.
    pub fn is_complete(&self, card: &DatasetCard) -> bool {
        let missing =
            |(count, entry): (&Option<usize>, &super::Entry)| entry.needed && *count == Some(0);
        !self.counts.iter().zip(&card.layout).any(missing)
    }
}

/// The card's archives that lie in the folder, checked.
fn archives(folder: &Path, card: &DatasetCard) -> Result<Vec<ArchiveCheck>, IngestError> {
    let mut found = Vec::new();
    for file in &card.files {
        let path = folder.join(&file.file);
        if path.is_file() {
            let problem = problem_of(&path, file)?;
            found.push(ArchiveCheck { path, problem, hash_known: file.sha256.is_some() });
        }
    }
    Ok(found)
}

fn problem_of(path: &Path, file: &CardFile) -> Result<Option<String>, IngestError> {
    let length = path.metadata().map_err(|error| IngestError::io(path, error))?.len();
    if let Some(size) = file.size.filter(|size| *size != length) {
        return Ok(Some(format!("size is {length} bytes, should be {size} bytes")));
    }
    match &file.sha256 {
        Some(wanted) => {
            let got = sha256_file(path)?;
            let same = got.eq_ignore_ascii_case(wanted);
            Ok((!same).then(|| format!("sha256 is {got}, should be {wanted}")))
        }
        None => Ok(None),
    }
}

impl VerifyReport {
    /// The sequences, without what belongs to none.
    pub fn named(&self) -> impl Iterator<Item = &SequenceCount> {
        self.sequences.iter().filter(|sequence| !sequence.name.is_empty())
    }

    /// What it is, for people: the data set, or that it only looks like it.
    pub fn name(&self) -> String {
        let name = &self.card.name;
        if self.is_simulated {
            format!("simulated drives, laid out as {name}")
        } else {
            name.clone()
        }
    }

    /// Whether the card's layout knows sequences.
    fn has_sequences(&self) -> bool {
        self.card.layout.iter().any(|entry| entry.path.contains("{seq}"))
    }

    /// How much of it is there, for people: whether it can be replayed, and its sequences.
    pub fn state(&self) -> String {
        let whole = match (self.is_complete(), self.card.replay) {
            (true, true) => "usable",
            (true, false) => "whole, but delos cannot replay it yet",
            (false, _) => "incomplete",
        };
        if self.has_sequences() {
            format!("{whole}; sequences: {}", self.named().count())
        } else {
            whole.to_owned()
        }
    }

    /// Whether something can be replayed or read: one sequence at least has all it needs,
    /// what belongs to no sequence is there, and no archive is wrong.
    pub fn is_complete(&self) -> bool {
        let per_sequence = self.card.layout.iter().any(|e| e.needed && e.path.contains("{seq}"));
        let common = self.card.layout.iter().any(|e| e.needed && !e.path.contains("{seq}"));
        let has = |wanted: bool| {
            let mut rows = self.sequences.iter().filter(|s| s.name.is_empty() != wanted);
            rows.any(|s| s.is_complete(&self.card))
        };
        self.root.is_some()
            && (!per_sequence || has(true))
            && (!common || has(false))
            && self.archives.iter().all(|a| a.problem.is_none())
    }
}

impl fmt::Display for VerifyReport {
    /// The report as a person reads it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.name())?;
        if !self.is_simulated {
            write!(f, " ({})", self.card.licence)?;
        }
        writeln!(f, " in {}", self.folder.display())?;
        match &self.root {
            None => {
                let paths: Vec<&str> = self.card.layout.iter().map(|e| &*e.path).collect();
                writeln!(f, "  nothing of its layout is here; expected: {}", paths.join(", "))?;
            }
            Some(root) => {
                writeln!(f, "  {}; layout begins at `{root}`", self.state())?;
            }
        }
        for sequence in &self.sequences {
            self.write_sequence(sequence, f)?;
        }
        for archive in &self.archives {
            let state = match (&archive.problem, archive.hash_known) {
                (Some(problem), _) => problem,
                (None, true) => "size and sha256 are right",
                (None, false) => "not checked: no sha256 is known",
            };
            writeln!(f, "  archive {}: {state}", archive.path.display())?;
        }
        Ok(())
    }
}

impl VerifyReport {
    fn write_sequence(&self, sequence: &SequenceCount, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = if sequence.name.is_empty() { "for all" } else { &sequence.name };
        let rows = sequence.counts.iter().zip(&self.card.layout);
        let words: Vec<String> = rows
            .filter_map(|(count, entry)| {
                let missing = if entry.needed && *count == Some(0) { " (needed)" } else { "" };
                count.map(|n| format!("{n} {}{missing}", entry.what))
            })
            .collect();
        writeln!(f, "  {name}: {}", words.join(", "))
    }
}
