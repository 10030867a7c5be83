//! Patterns of paths, and what of a folder they match.

use crate::IngestError;
use std::collections::BTreeMap;
use std::path::Path;

/// A path below the root: one [`Name`] for each component.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Pattern(Vec<Name>);

/// What a component of the path may be called.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Name {
    Exact(String),
    /// Any text between a beginning and an end.
    Any(String, String),
    /// The name of the sequence between a beginning and an end.
    Sequence(String, String),
}

impl Pattern {
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        let names = text.split('/').filter(|part| *part != ".").map(Name::parse);
        let names: Vec<Name> = names.collect::<Result<_, _>>()?;
        let sequences = names.iter().filter(|n| matches!(n, Name::Sequence(..))).count();
        if sequences > 1 || names.is_empty() {
            return Err(format!(
                "path `{text}` must have one component at least, {{seq}} at most once"
            ));
        }
        Ok(Self(names))
    }

    /// How many files match below `root`, by sequence; patterns without `{seq}` count
    /// under the empty name.
    pub(super) fn count(&self, root: &Path) -> Result<BTreeMap<String, usize>, IngestError> {
        let mut counts = BTreeMap::new();
        count(&self.0, root, "", &mut counts)?;
        Ok(counts)
    }
}

impl Name {
    fn parse(text: &str) -> Result<Self, String> {
        let two = |at: &str| text.split_once(at).map(|(a, b)| (a.to_owned(), b.to_owned()));
        let name = match (two("{seq}"), two("*")) {
            (Some((a, b)), None) => Self::Sequence(a, b),
            (None, Some((a, b))) => Self::Any(a, b),
            (None, None) => Self::Exact(text.to_owned()),
            (Some(_), Some(_)) => Self::Exact(String::new()),
        };
        let rest = match &name {
            Self::Exact(exact) => exact.is_empty() || exact == "..",
            Self::Any(a, b) | Self::Sequence(a, b) => [a, b].iter().any(|s| s.contains(['*', '{'])),
        };
        if rest {
            return Err(format!("`{text}` must be a name with at most one `*` or `{{seq}}`"));
        }
        Ok(name)
    }
}

/// The text between `start` and `end`, of one character at least.
pub(super) fn between<'a>(text: &'a str, start: &str, end: &str) -> Option<&'a str> {
    text.strip_prefix(start)?.strip_suffix(end).filter(|middle| !middle.is_empty())
}

fn count(
    names: &[Name],
    folder: &Path,
    sequence: &str,
    counts: &mut BTreeMap<String, usize>,
) -> Result<(), IngestError> {
    let Some((name, rest)) = names.split_first() else {
        *counts.entry(sequence.to_owned()).or_default() += 1;
        return Ok(());
    };
    match name {
        Name::Exact(exact) => {
            let path = folder.join(exact);
            if path.exists() { count(rest, &path, sequence, counts) } else { Ok(()) }
        }
        Name::Any(start, end) => {
            let matching =
                children(folder)?.into_iter().filter(|n| between(n, start, end).is_some());
            count_each(matching, rest, folder, |_| sequence.to_owned(), counts)
        }
        Name::Sequence(start, end) => {
            let matching =
                children(folder)?.into_iter().filter(|n| between(n, start, end).is_some());
            let name_of = |n: &str| between(n, start, end).unwrap_or_default().to_owned();
            count_each(matching, rest, folder, name_of, counts)
        }
    }
}

fn count_each(
    matching: impl Iterator<Item = String>,
    rest: &[Name],
    folder: &Path,
    sequence: impl Fn(&str) -> String,
    counts: &mut BTreeMap<String, usize>,
) -> Result<(), IngestError> {
    for name in matching {
        if rest.is_empty() || folder.join(&name).is_dir() {
            count(rest, &folder.join(&name), &sequence(&name), counts)?;
        }
    }
    Ok(())
}

/// The names in a folder that are not hidden; none where there is no folder.
fn children(folder: &Path) -> Result<Vec<String>, IngestError> {
    let mut names = Vec::new();
    if folder.is_dir() {
        for entry in folder.read_dir().map_err(|error| IngestError::io(folder, error))? {
            let entry = entry.map_err(|error| IngestError::io(folder, error))?;
            names.push(entry.file_name().to_string_lossy().into_owned());
        }
    }
    names.retain(|name| !name.starts_with('.'));
    Ok(names)
}
