//! Cards of public data sets: what each is, where it comes from, what belongs to it.
//!
//! The cards are the files `datasets/*.toml` of the repository, built into the program.

mod fetch;
mod layout;
mod verify;

pub use fetch::{Fetched, fetch};
pub use verify::{ArchiveCheck, SequenceCount, VerifyReport, recognise, verify};

use crate::IngestError;
use serde::Deserialize;
use std::fmt;
use std::sync::LazyLock;

/// What is known about a data set.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DatasetCard {
    /// Its name on the command line.
    pub name: String,
    /// Its name for people.
    pub title: String,
    /// What it holds, in a few sentences.
    pub what: String,
    /// Its licence, by its short name.
    pub licence: String,
    /// What the licence allows, or whom to ask, in a sentence.
    pub terms: String,
    /// The official page.
    pub homepage: String,
    /// Whether it can only be had with an account or on request.
    pub account: bool,
    /// How to get it by hand.
    pub how: String,
    /// Whether this program can replay it.
    pub replay: bool,
    /// Where the layout may begin, seen from the folder that a user names: `.`, patterns
    /// such as `*`, or `..` when the user names a sequence.
    pub roots: Vec<String>,
    /// What belongs to it.
    pub layout: Vec<Entry>,
    /// What can be downloaded.
    #[serde(default)]
    pub files: Vec<CardFile>,
}

/// One kind of file of a data set.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Entry {
    /// Where, below the root: names between slashes, each with at most one `*` (any text)
    /// or `{seq}` (the name of the sequence).
    pub path: String,
    /// What it is.
    pub what: String,
    /// Whether a sequence (or the data set) is incomplete without it.
    #[serde(default)]
    pub needed: bool,
}

/// A file that can be downloaded.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CardFile {
    /// Its name on the command line; `{name}` stands for one that the user gives.
    pub part: String,
    /// What it is.
    pub what: String,
    /// Its file name; may hold `{name}`.
    pub file: String,
    /// Where it lies; may hold `{name}`.
    pub url: String,
    /// Its length in bytes, where that is known.
    pub size: Option<u64>,
    /// Its SHA-256, where that is known.
    pub sha256: Option<String>,
    /// Roughly how large it is, for people, where the length is not known.
    pub about: Option<String>,
    /// An example of `{name}`.
    pub example: Option<String>,
    /// Folder below the target that it is unpacked into; the target itself without it.
    pub unpack_into: Option<String>,
}

/// The texts of the cards, in the order of [`list`].
const CARDS: [(&str, &str); 8] = [
    ("kitti_raw", include_str!("../../../datasets/kitti_raw.toml")),
    ("kitti_tracking", include_str!("../../../datasets/kitti_tracking.toml")),
    ("kitti_object", include_str!("../../../datasets/kitti_object.toml")),
    ("nuscenes_mini", include_str!("../../../datasets/nuscenes_mini.toml")),
    ("av2_sensor", include_str!("../../../datasets/av2_sensor.toml")),
    ("waymo", include_str!("../../../datasets/waymo.toml")),
    ("vod", include_str!("../../../datasets/vod.toml")),
    ("comma2k19", include_str!("../../../datasets/comma2k19.toml")),
];

static PARSED: LazyLock<Result<Vec<DatasetCard>, (String, String)>> = LazyLock::new(|| {
    let parse = |(name, text): (&str, &str)| {
        DatasetCard::parse(text).map_err(|what| (name.to_owned(), what))
    };
    CARDS.into_iter().map(parse).collect()
});

/// All cards.
///
/// # Errors
/// [`IngestError::Card`] when a card that was built in is wrong.
///
/// ```
/// let names: Vec<_> = delos_ingest::dataset_cards::list()?.iter().map(|c| &c.name).collect();
/// assert_eq!(names[0], "kitti_raw");
/// # Ok::<(), delos_ingest::IngestError>(())
/// ```
pub fn list() -> Result<&'static [DatasetCard], IngestError> {
    match &*PARSED {
        Ok(cards) => Ok(cards),
        Err((name, what)) => Err(IngestError::Card { name: name.clone(), what: what.clone() }),
    }
}

/// The card of that name.
///
/// # Errors
/// [`IngestError::UnknownDataset`] with the names that begin like it, else all there are.
pub fn find(name: &str) -> Result<&'static DatasetCard, IngestError> {
    let cards = list()?;
    cards.iter().find(|card| card.name == name).ok_or_else(|| {
        let names = || cards.iter().map(|card| &*card.name);
        let beginning = name.split(['_', '-']).next().unwrap_or(name).to_ascii_lowercase();
        let near: Vec<&str> = names()
            .filter(|known| !beginning.is_empty() && known.starts_with(&beginning))
            .collect();
        let known = if near.is_empty() {
            format!("there are {}", names().collect::<Vec<_>>().join(", "))
        } else {
            format!("near it are {}", near.join(", "))
        };
        IngestError::UnknownDataset { name: name.to_owned(), known }
    })
}

impl DatasetCard {
    /// From the text of a card.
    ///
    /// # Errors
    /// The line and what is wrong with it.
    pub fn parse(text: &str) -> Result<Self, String> {
        let card: Self = toml::from_str(text).map_err(|error| error.to_string())?;
        for entry in &card.layout {
            layout::Pattern::parse(&entry.path)?;
        }
        for file in &card.files {
            let digits = |s: &String| s.len() == 64 && s.bytes().all(|b| b.is_ascii_hexdigit());
            if file.sha256.as_ref().is_some_and(|s| !digits(s)) {
                return Err(format!("{}: sha256 must be 64 hexadecimal digits", file.part));
            }
        }
        Ok(card)
    }
}

impl CardFile {
    /// How large it is, for people.
    pub fn size_text(&self) -> String {
        match (self.size, &self.about) {
            (Some(bytes), _) => format!("{bytes} bytes"),
            (None, Some(about)) => format!("about {about}"),
            (None, None) => "size unknown".to_owned(),
        }
    }
}

impl fmt::Display for DatasetCard {
    /// The card as a person reads it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}: {}", self.name, self.title)?;
        writeln!(f, "  {}", self.what.trim().replace('\n', "\n  "))?;
        writeln!(f, "  licence: {} ({})", self.licence, self.terms)?;
        writeln!(f, "  page:    {}", self.homepage)?;
        writeln!(f, "  account: {}", if self.account { "needed" } else { "not needed" })?;
        writeln!(f, "  replay:  {}", if self.replay { "yes" } else { "not yet" })?;
        writeln!(f, "  by hand: {}", self.how.trim().replace('\n', "\n           "))?;
        for file in &self.files {
            let checked = if file.sha256.is_some() { "sha256 known" } else { "sha256 not known" };
            writeln!(f, "  part {}: {}, {}, {checked}", file.part, file.what, file.size_text())?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;
