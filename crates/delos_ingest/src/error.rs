//! What can go wrong while sensor data is read.

use std::path::{Path, PathBuf};

/// Why a recording, or a frame of it, cannot be read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum IngestError {
    /// The operating system refused to read (or write) a file or folder.
    #[error("cannot access {}", path.display())]
    Io {
        /// The file or folder.
        path: PathBuf,
        /// What the system says.
        source: std::io::Error,
    },
    /// A file does not hold what its format demands.
    #[error("{}{}: {what}", path.display(), at_line(*line))]
    Format {
        /// The file.
        path: PathBuf,
        /// Line, counted from 1, where the format has lines.
        line: Option<usize>,
        /// What is wrong and what was expected.
        what: String,
    },
    /// An input that was asked for is not there.
    #[error("{what} not found; looked for {}", list(looked_for))]
    Missing {
        /// The input.
        what: String,
        /// Every place that was looked at.
        looked_for: Vec<PathBuf>,
    },
    /// A video was to be read several times over.
    #[error("a video cannot be read several times over; take a folder of its images")]
    NoRepeat,
    /// A folder that no reader recognises.
    #[error("{}: no known layout: {known}", path.display())]
    Layout {
        /// The folder.
        path: PathBuf,
        /// The layouts that are known and what makes them recognisable.
        known: String,
    },
    /// A sequence was named that the data set does not have.
    #[error("sequence `{name}` not found in {}; there are: {}", path.display(), available.join(", "))]
    Sequence {
        /// The name asked for.
        name: String,
        /// The data set's folder.
        path: PathBuf,
        /// The names that exist.
        available: Vec<String>,
    },
    /// A sequence was named more than once.
    #[error("sequence `{name}` is listed twice; list it once")]
    SequenceTwice {
        /// The name.
        name: String,
    },
    /// Sequences that were to be judged have no results.
    #[error(
        "no results: {}{} not found; an empty file says that nothing was found",
        missing.first().map_or_else(String::new, |path| path.display().to_string()),
        and_more(missing.len())
    )]
    NoResults {
        /// The files that should be there.
        missing: Vec<PathBuf>,
    },
    /// Results of a sequence that has no labels.
    #[error(
        "{}: results of sequence {sequence}, of which {} has no labels",
        path.display(),
        labels.display()
    )]
    Unlabelled {
        /// The file of results.
        path: PathBuf,
        /// Name of the sequence.
        sequence: String,
        /// Folder of the labels.
        labels: PathBuf,
    },
    /// Nothing is left to read.
    #[error("{}: no frame has all required inputs: {why}", path.display())]
    Empty {
        /// The data set's folder.
        path: PathBuf,
        /// What each sequence lacks.
        why: String,
    },
    /// The thread that read a frame broke off.
    #[error("reading frame {index} broke off without a result")]
    Worker {
        /// Position of the frame in the run, from 0.
        index: usize,
    },
    /// A server answered with something else than the file.
    #[error("{url}: the server answers with status {status}{}", status_hint(*status))]
    HttpStatus {
        /// What was asked for.
        url: String,
        /// The HTTP status.
        status: u16,
    },
    /// A download broke off, or did not begin.
    #[error(
        "{url}: broke off after {got} bytes{}: {cause}{}",
        of_total(*wanted),
        kept(*got, part)
    )]
    Transfer {
        /// What was asked for.
        url: String,
        /// Where the bytes that have arrived lie.
        part: PathBuf,
        /// How many have arrived.
        got: u64,
        /// How many there are, where that is known.
        wanted: Option<u64>,
        /// What the connection says.
        cause: String,
    },
    /// A file is not the one it should be.
    #[error("{}: {what} is {got}, should be {wanted}; {advice}", path.display())]
    Mismatch {
        /// The file.
        path: PathBuf,
        /// `size` or `sha256`.
        what: &'static str,
        /// What it should be.
        wanted: String,
        /// What it is.
        got: String,
        /// What has been done with the file, or what to do.
        advice: &'static str,
    },
    /// An archive that cannot or must not be unpacked. Nothing of it has been.
    #[error("{}{}: {what}; nothing has been unpacked", path.display(), in_entry(entry.as_deref()))]
    Archive {
        /// The archive.
        path: PathBuf,
        /// The entry at fault.
        entry: Option<String>,
        /// What is wrong.
        what: String,
    },
    /// No data set has this name.
    #[error("no data set is called `{name}`; {known}")]
    UnknownDataset {
        /// What was asked for.
        name: String,
        /// The names that are near, or all there are.
        known: String,
    },
    /// A folder around several days of KITTI raw, each of which is a recording.
    #[error("{}: drives of several days; name one of them: {}", path.display(), days.join(", "))]
    Days {
        /// The folder.
        path: PathBuf,
        /// The days' folders in it.
        days: Vec<String>,
    },
    /// A data set, or a part of one, that no program can or may fetch.
    #[error("{name} cannot be fetched: {how}")]
    Fetch {
        /// What was asked for.
        name: String,
        /// How to get it, or what there is instead.
        how: String,
    },
    /// The operating system refused to write a file or folder.
    #[error("cannot write {}", path.display())]
    Write {
        /// The file or folder.
        path: PathBuf,
        /// What the system says.
        source: std::io::Error,
    },
    /// A folder that cannot be taken for new data.
    #[error("{}: {what}", path.display())]
    Output {
        /// The folder.
        path: PathBuf,
        /// What is in the way, and what to do.
        what: String,
    },
    /// A drive that the layout has no words for, or that is not complete.
    #[error("sequence {name}: {what}")]
    Drive {
        /// Name of the sequence.
        name: String,
        /// What is wrong.
        what: String,
    },
    /// A simulator did not give a frame.
    #[error("cannot simulate frame {frame}")]
    Simulation {
        /// Number of the frame.
        frame: usize,
        /// What it says.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// A card that came with the program is wrong.
    #[error("card of data set {name}: {what}")]
    Card {
        /// The data set.
        name: String,
        /// What is wrong.
        what: String,
    },
}

impl IngestError {
    /// A refusal of the operating system, with the file it is about.
    pub fn io(path: impl Into<PathBuf>, source: std::io::Error) -> Self {
        Self::Io { path: path.into(), source }
    }

    /// A refusal of the operating system to write, with the file it is about.
    pub fn write(path: impl Into<PathBuf>, source: std::io::Error) -> Self {
        Self::Write { path: path.into(), source }
    }

    /// A file whose content is wrong as a whole.
    pub fn format(path: impl Into<PathBuf>, what: impl Into<String>) -> Self {
        Self::Format { path: path.into(), line: None, what: what.into() }
    }
}

/// What is wrong with content that a parser was given. Parsers know no files: the
/// caller adds the path with [`ParseError::in_file`].
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}{what}", line.map_or(String::new(), |n| format!("line {n}: ")))]
pub struct ParseError {
    /// Line, counted from 1, where the format has lines.
    pub line: Option<usize>,
    /// What is wrong and what was expected.
    pub what: String,
}

impl ParseError {
    /// Content that is wrong as a whole.
    pub fn whole(what: impl Into<String>) -> Self {
        Self { line: None, what: what.into() }
    }

    /// A wrong line, counted from 1.
    pub fn line(line: usize, what: impl Into<String>) -> Self {
        Self { line: Some(line), what: what.into() }
    }

    /// Names the file the content came from.
    pub fn in_file(self, path: &Path) -> IngestError {
        IngestError::Format { path: path.to_owned(), line: self.line, what: self.what }
    }
}

fn at_line(line: Option<usize>) -> String {
    line.map_or(String::new(), |n| format!(", line {n}"))
}

fn status_hint(status: u16) -> &'static str {
    match status {
        401 | 403 => " (it wants an account, or forbids the download)",
        404 | 410 => " (the file is not there)",
        429 | 500..=599 => " (try again later)",
        _ => "",
    }
}

fn of_total(wanted: Option<u64>) -> String {
    wanted.map_or(String::new(), |n| format!(" of {n}"))
}

fn kept(got: u64, part: &Path) -> String {
    if got == 0 {
        return String::new();
    }
    format!("; what has arrived is kept in {}, run the same again to go on", part.display())
}

fn in_entry(entry: Option<&str>) -> String {
    entry.map_or(String::new(), |e| format!(", entry `{}`", e.escape_debug()))
}

fn and_more(count: usize) -> String {
    match count {
        0 | 1 => String::new(),
        2 => " and one more".to_owned(),
        count => format!(" and {} more", count - 1),
    }
}

fn list(paths: &[PathBuf]) -> String {
    let names: Vec<String> = paths.iter().map(|p| p.display().to_string()).collect();
    names.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_name_file_and_line() {
        let error =
            ParseError::line(7, "17 columns expected, 3 found").in_file(Path::new("a/0000.txt"));
        assert_eq!(error.to_string(), "a/0000.txt, line 7: 17 columns expected, 3 found");
        let error = ParseError::whole("no `P2`");
        assert_eq!(error.to_string(), "no `P2`");
        assert_eq!(error.in_file(Path::new("c.txt")).to_string(), "c.txt: no `P2`");
    }
}
