//! Labels and results of the field's benchmarks, for the evaluation: every number as it stands
//! in the file, and nothing let through that would spoil a score unseen.
//!
//! [`parse`] and [`parse_mot`] read the bytes of one file. [`Comparison`] finds the files of
//! both sides in their folders and reads them sequence by sequence.
//!
//! ```
//! use delos_ingest::benchmark::{RowFormat, RowRules, parse};
//!
//! let rules = RowRules { frames: Some(154), needs_identity: true, ..RowRules::default() };
//! let row = b"0 3 Car 0 0 -1.57 100 80 150 120 1.5 1.6 3.9 1.0 1.6 15.0 -1.57 0.9\n";
//! let found = parse(row, RowFormat::KittiTracking, &rules)?;
//! assert_eq!((found.rows[0].id, found.rows[0].score), (3, Some(0.9)));
//!
//! let error = parse(&row.repeat(2), RowFormat::KittiTracking, &rules).unwrap_err();
//! assert_eq!(error.to_string(), "line 2: frame 0, id 3 (Car) stands in line 1 already");
//! # Ok::<(), delos_ingest::ParseError>(())
//! ```

mod comparison;
mod decimal;
mod duplicates;
mod fields;
mod folders;
mod format;
mod lengths;
mod row;
mod wrong;

pub use comparison::{Comparison, Pair, PairRows, PairRules, Request, read_rows};
pub use format::{MOST_FRAMES, OnMistake, OnOddity, RowFormat, RowRules};
pub use wrong::{Reason, Skipped, WrongRow};

use crate::ParseError;
use delos_core::{BenchmarkRow, MotRow};
use duplicates::{Identified, duplicates};
use fields::Lines;
use format::{Columns, MOT_CHALLENGE};
use row::RowReader;

/// The rows of a file, and what was skipped.
#[derive(Clone, Debug)]
pub struct Rows<R> {
    /// Rows that can be used, in the file's order.
    pub rows: Vec<R>,
    /// Rows that cannot; none where reading ends with the first.
    pub skipped: Skipped<WrongRow>,
}

/// Reads the rows of a file of KITTI's benchmarks. A file without rows is whole: nothing is
/// there, or nothing was found.
///
/// # Errors
/// The first wrong row, unless wrong rows are skipped.
pub fn parse(
    bytes: &[u8],
    format: RowFormat,
    rules: &RowRules,
) -> Result<Rows<BenchmarkRow>, ParseError> {
    rows_of(bytes, &format.columns(rules.needs_score), rules, |reader| reader.benchmark(format))
}

/// Reads one line of a file whose lines differ. A blank one has no columns.
///
/// # Errors
/// What is wrong with it, whatever the rules say of mistakes.
pub(crate) fn parse_line(
    line: usize,
    text: &str,
    format: RowFormat,
    rules: &RowRules,
) -> Result<BenchmarkRow, ParseError> {
    let columns = format.columns(rules.needs_score);
    let mut lines = Lines::new(text.as_bytes(), columns.separator(text.as_bytes()));
    lines.advance();
    let reader = RowReader { lines: &lines, columns: &columns, rules };
    let row = reader.benchmark(format).map_err(|wrong| ParseError::line(line, wrong.what))?;
    Ok(BenchmarkRow { line: u32::try_from(line).unwrap_or(u32::MAX), ..row })
}

/// Reads the rows of a file of `MOTChallenge`: `frame,id,left,top,width,height,confidence` and
/// up to three columns more, between commas or blanks.
///
/// # Errors
/// As [`parse`].
pub fn parse_mot(bytes: &[u8], rules: &RowRules) -> Result<Rows<MotRow>, ParseError> {
    rows_of(bytes, &MOT_CHALLENGE, rules, row::mot)
}

fn rows_of<R: Identified>(
    bytes: &[u8],
    columns: &Columns,
    rules: &RowRules,
    read: impl Fn(&RowReader<'_, '_>) -> Result<R, WrongRow>,
) -> Result<Rows<R>, ParseError> {
    let rows = Vec::with_capacity(bytes.len() / USUAL_LINE);
    let mut found = Rows { rows, skipped: Skipped::default() };
    let mut lines = Lines::new(bytes, columns.separator(bytes));
    while lines.advance() {
        match read(&RowReader { lines: &lines, columns, rules }) {
            Ok(row) => found.rows.push(row),
            Err(wrong) => found.refuse(wrong, rules)?,
        }
    }
    if rules.needs_identity {
        refuse_duplicates(&mut found, rules)?;
    }
    Ok(found)
}

/// Bytes of a line with few decimals.
const USUAL_LINE: usize = 96;

impl<R> Rows<R> {
    fn refuse(&mut self, wrong: WrongRow, rules: &RowRules) -> Result<(), ParseError> {
        if rules.on_mistake == OnMistake::Stop {
            return Err(ParseError::line(wrong.line as usize, wrong.what));
        }
        self.skipped.count(wrong.reason, || wrong);
        Ok(())
    }
}

fn refuse_duplicates<R: Identified>(
    found: &mut Rows<R>,
    rules: &RowRules,
) -> Result<(), ParseError> {
    let mut later = Vec::new();
    for wrong in duplicates(&found.rows) {
        later.push(wrong.line);
        found.refuse(wrong, rules)?;
    }
    if !later.is_empty() {
        found.rows.retain(|row| later.binary_search(&row.key().line).is_err());
    }
    Ok(())
}

#[cfg(test)]
mod tests;
