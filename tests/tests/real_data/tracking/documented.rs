//! Tables of `docs/tracking.md`: what stands there is what tests hold.

use delos_tests::checkout;
use std::fs;

/// A table as it is written: heads, then rows.
pub(super) struct Table {
    lines: Vec<Vec<String>>,
}

impl Table {
    /// The table number `index` (from 0) after a heading.
    pub(super) fn after(heading: &str, index: usize) -> Self {
        let text = fs::read_to_string(checkout().join("docs/tracking.md")).expect("text");
        let (_, below) = text.split_once(heading).expect("the heading");
        let lines: Vec<&str> = below.lines().collect();
        let blocks = lines.split(|line| !line.starts_with('|')).filter(|block| !block.is_empty());
        let block = blocks.into_iter().nth(index).expect("a table");
        let cells = |line: &&str| {
            let inner = line.trim_matches('|');
            inner.split('|').map(|cell| cell.trim().to_owned()).collect::<Vec<_>>()
        };
        Self { lines: block.iter().map(cells).collect() }
    }

    /// Compares a figure with that of the table.
    ///
    /// # Panics
    /// When it is farther away than `margin`, or there is no such figure.
    pub(super) fn check(&self, row: &str, column: &str, found: f64, margin: f64) {
        let wanted = self.number(row, column);
        let near = (found - wanted).abs() <= margin + 1e-9;
        assert!(near, "{row}, {column}: {wanted} is documented, {found:.3} found");
    }

    fn number(&self, row: &str, column: &str) -> f64 {
        let heads = self.lines.first().expect("heads");
        let index = heads.iter().position(|head| head == column);
        let line = self.lines.iter().find(|line| line.first().is_some_and(|name| name == row));
        let cell = index.and_then(|index| line?.get(index)?.parse().ok());
        cell.unwrap_or_else(|| panic!("no figure of {row}, {column} in {:?}", self.lines))
    }
}
