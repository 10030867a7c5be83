//! Downloading and unpacking a part of a data set.

use super::layout::between;
use super::{CardFile, DatasetCard};
use crate::{Download, IngestError, Outcome, Progress, Unpacked, download, extract};
use std::path::{Path, PathBuf};

/// What fetching a part did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fetched {
    /// The archive; it may be removed.
    pub archive: PathBuf,
    /// Whether it was downloaded.
    pub outcome: Outcome,
    /// What came out of it.
    pub unpacked: Unpacked,
}

/// Downloads a part of a data set into a folder, checks it and unpacks it there.
///
/// `part` is the name of one of the card's files, where `{name}` in it stands for what the
/// user wants: `2011_09_26_drive_0005_sync`. Both steps may be repeated: the download goes
/// on where it broke off, and files that are there are not overwritten.
///
/// # Errors
/// [`IngestError::Fetch`] when there is no such part, or when the data set can only be had
/// by hand; else as [`download`] and [`extract`].
pub fn fetch(
    card: &DatasetCard,
    part: &str,
    target: &Path,
    progress: Progress<'_>,
) -> Result<Fetched, IngestError> {
    let file = card.file(part)?;
    let archive = target.join(&file.file);
    let (size, sha256) = (file.size, file.sha256.as_deref());
    let request = Download { url: &file.url, target: &archive, size, sha256 };
    let outcome = download(&request, progress)?;
    let into = file.unpack_into.as_ref().map_or(target.to_owned(), |folder| target.join(folder));
    let unpacked = extract(&archive, &into, &mut |_| {})?;
    Ok(Fetched { archive, outcome, unpacked })
}

impl DatasetCard {
    /// The file that a part's name stands for, `{name}` filled in.
    ///
    /// # Errors
    /// [`IngestError::Fetch`] with the parts there are, or how to get the data by hand.
    pub fn file(&self, part: &str) -> Result<CardFile, IngestError> {
        let found = self.files.iter().find_map(|file| file.filled_in(part));
        found.ok_or_else(|| {
            let how = if self.files.is_empty() {
                format!("get it by hand: {}", self.how.trim())
            } else {
                format!("it has the parts {}", self.part_names().join(", "))
            };
            IngestError::Fetch { name: format!("{} {part}", self.name), how }
        })
    }

    /// The parts that can be fetched, with an example where a name is the user's.
    pub fn part_names(&self) -> Vec<String> {
        let name = |file: &CardFile| match &file.example {
            Some(example) => format!("{} (as {})", file.part, file.part.replace("{name}", example)),
            None => file.part.clone(),
        };
        self.files.iter().map(name).collect()
    }
}

impl CardFile {
    /// The file for `part`; `None` when it is another one's name.
    fn filled_in(&self, part: &str) -> Option<Self> {
        let Some((start, end)) = self.part.split_once("{name}") else {
            return (self.part == part).then(|| self.clone());
        };
        let name = between(part, start, end)?;
        // It becomes part of a path and of a URL.
        let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-');
        let fill = |text: &str| text.replace("{name}", name);
        name.chars().all(plain).then(|| Self {
            part: part.to_owned(),
            file: fill(&self.file),
            url: fill(&self.url),
            ..self.clone()
        })
    }
}
