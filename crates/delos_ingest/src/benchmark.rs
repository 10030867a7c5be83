//! Labels and results of the field's benchmarks, for the evaluation: every number as it stands
//! in the file, and nothing let through that would spoil a score unseen.
//!
//! [`parse`] reads the bytes of one file. [`Comparison`] finds the files of both sides in their
//! folders and reads them sequence by sequence.
//!
//! ```
//! use delos_ingest::benchmark::{RowFormat, RowRules, Side, parse};
//!
//! let rules = RowRules {
//!     format: RowFormat::KittiTracking,
//!     side: Side::Results,
//!     frames: Some(154),
//!     needs_identity: true,
//!     needs_score: true,
//!     needs_place: true,
//!     is_lenient: false,
//! };
//! let row = b"0 3 Car 0 0 -1.57 100 80 150 120 1.5 1.6 3.9 1.0 1.6 15.0 -1.57 0.9\n";
//! let found = parse(row, &rules)?;
//! assert_eq!((found.rows[0].id, found.rows[0].score), (3, Some(0.9)));
//!
//! let twice = row.repeat(2);
//! let error = parse(&twice, &rules).unwrap_err().to_string();
//! assert_eq!(error, "line 2: frame 0, id 3 (Car) stands in line 1 already");
//! # Ok::<(), delos_ingest::ParseError>(())
//! ```

mod decimal;
mod duplicates;
mod fields;
mod format;
mod row;
mod wrong;

pub use format::{MOST_FRAMES, RowFormat, RowRules, Side};
pub use wrong::{Reason, Skipped, WrongRow};

use crate::ParseError;
use delos_core::BenchmarkRow;
use fields::Lines;

/// The rows of a file, and what was skipped.
#[derive(Clone, Debug, Default)]
pub struct Rows {
    /// Rows that can be used, in the file's order.
    pub rows: Vec<BenchmarkRow>,
    /// Rows that cannot; none where the rules are strict.
    pub skipped: Skipped<WrongRow>,
}

/// Reads the rows of a file. A file without rows is whole: nothing is there, or nothing was
/// found.
///
/// # Errors
/// The first wrong row, unless the rules are lenient.
pub fn parse(bytes: &[u8], rules: &RowRules) -> Result<Rows, ParseError> {
    let mut found = Rows { rows: Vec::with_capacity(bytes.len() / 96), ..Rows::default() };
    let mut lines = Lines::new(bytes, rules.format.separator(bytes));
    while lines.advance() {
        match row::read(&lines, rules) {
            Ok(row) => found.rows.push(row),
            Err(wrong) => found.refuse(wrong, rules)?,
        }
    }
    if rules.needs_identity {
        found.refuse_duplicates(rules)?;
    }
    Ok(found)
}

impl Rows {
    fn refuse(&mut self, wrong: WrongRow, rules: &RowRules) -> Result<(), ParseError> {
        if !rules.is_lenient {
            return Err(ParseError::line(wrong.line as usize, wrong.what));
        }
        self.skipped.count(wrong.reason, || wrong);
        Ok(())
    }

    fn refuse_duplicates(&mut self, rules: &RowRules) -> Result<(), ParseError> {
        let mut later = Vec::new();
        for wrong in duplicates::duplicates(&self.rows, rules.format.first_frame()) {
            later.push(wrong.line);
            self.refuse(wrong, rules)?;
        }
        self.rows.retain(|row| later.binary_search(&row.line).is_err());
        Ok(())
    }
}

#[cfg(test)]
mod tests;
