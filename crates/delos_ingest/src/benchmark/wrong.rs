//! What can be wrong with a row, and the count of what was skipped.

use std::collections::BTreeMap;
use std::fmt;

/// Why a row cannot be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Reason {
    /// Another number of columns than the format has.
    Columns,
    /// A column that is no number, or not a whole one where one belongs.
    Number,
    /// A number that is NaN or infinite.
    NotFinite,
    /// A class that the format does not know.
    Class,
    /// A frame before the first or after the last one of the sequence.
    Frame,
    /// A tracked object without an identity.
    Identity,
    /// An object that stands in a frame twice.
    Duplicate,
    /// A rectangle whose right or lower edge comes before the left or upper one.
    Rectangle,
    /// An extent below zero, or none where one is needed.
    Size,
    /// A whole file of results for a sequence that has no labels.
    Sequence,
}

impl Reason {
    /// In a few words, for tables.
    pub const fn text(self) -> &'static str {
        match self {
            Self::Columns => "wrong number of columns",
            Self::Number => "not a number",
            Self::NotFinite => "not finite",
            Self::Class => "unknown class",
            Self::Frame => "no frame of the sequence",
            Self::Identity => "no identity",
            Self::Duplicate => "twice in a frame",
            Self::Rectangle => "edges in the wrong order",
            Self::Size => "impossible size",
            Self::Sequence => "file of no labelled sequence",
        }
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.text())
    }
}

/// A row that cannot be used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WrongRow {
    /// Line in the file, counted from 1.
    pub line: u32,
    /// Kind of mistake.
    pub reason: Reason,
    /// What is wrong and what was expected.
    pub what: String,
}

/// How often something was skipped, with the first case of each kind.
///
/// `T` tells where a case is: a [`WrongRow`] within one file, a whole message across files.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Skipped<T> {
    counts: BTreeMap<Reason, (usize, T)>,
}

impl<T> Skipped<T> {
    /// Counts one more case; `first` is made for the first of its kind alone.
    pub fn count(&mut self, reason: Reason, first: impl FnOnce() -> T) {
        self.counts.entry(reason).or_insert_with(|| (0, first())).0 += 1;
    }

    /// Adds what comes later.
    pub fn append(&mut self, later: Self) {
        for (reason, (count, first)) in later.counts {
            self.counts.entry(reason).or_insert_with(|| (0, first)).0 += count;
        }
    }

    /// Puts the cases into other words.
    pub fn map<U>(self, mut words: impl FnMut(T) -> U) -> Skipped<U> {
        let counts = self.counts.into_iter();
        Skipped { counts: counts.map(|(reason, (n, first))| (reason, (n, words(first)))).collect() }
    }

    /// All kinds that occurred, with their number and first case.
    pub fn iter(&self) -> impl Iterator<Item = (Reason, usize, &T)> {
        self.counts.iter().map(|(reason, (count, first))| (*reason, *count, first))
    }

    /// How many cases there are.
    pub fn total(&self) -> usize {
        self.counts.values().map(|(count, _)| count).sum()
    }
}

impl<T> Default for Skipped<T> {
    fn default() -> Self {
        Self { counts: BTreeMap::new() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_case_of_each_kind_is_kept() {
        let mut early = Skipped::default();
        early.count(Reason::Class, || "a");
        early.count(Reason::Class, || "b");
        let mut late = Skipped::default();
        late.count(Reason::Class, || "c");
        late.count(Reason::Size, || "d");
        early.append(late);
        let found: Vec<_> =
            early.iter().map(|(reason, count, first)| (reason, count, *first)).collect();
        assert_eq!(found, [(Reason::Class, 3, "a"), (Reason::Size, 1, "d")]);
        assert_eq!(early.total(), 4);
        let upper = early.map(str::to_uppercase);
        assert_eq!(upper.iter().map(|(.., first)| first.as_str()).collect::<Vec<_>>(), ["A", "D"]);
    }
}
