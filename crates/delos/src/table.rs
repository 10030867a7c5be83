//! Plain tables for the terminal.

/// How a column stands.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Align {
    Left,
    Right,
}

/// Names on the left, numbers on the right: the first column to the left, the others to the
/// right.
pub(crate) fn numbers(rows: &[Vec<String>]) -> String {
    table(rows, Align::Right)
}

/// Every column to the left.
pub(crate) fn texts(rows: &[Vec<String>]) -> String {
    table(rows, Align::Left)
}

/// Columns as wide as their widest cell; `align` is for all but the first.
fn table(rows: &[Vec<String>], align: Align) -> String {
    let columns = rows.iter().map(Vec::len).max().unwrap_or(0);
    let width = |column: usize| {
        rows.iter().filter_map(|row| row.get(column)).map(|cell| cell.chars().count()).max()
    };
    let widths: Vec<usize> = (0..columns).map(|column| width(column).unwrap_or(0)).collect();
    let line = |row: &Vec<String>| {
        let cells = row.iter().zip(&widths).enumerate().map(|(index, (cell, width))| {
            if index == 0 || align == Align::Left {
                format!("{cell:<width$}")
            } else {
                format!("{cell:>width$}")
            }
        });
        cells.collect::<Vec<_>>().join("  ").trim_end().to_owned()
    };
    rows.iter().map(line).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_aligned() {
        let rows = [vec!["component".into(), "p50".into()], vec!["a".into(), "12.50".into()]];
        assert_eq!(numbers(&rows), "component    p50\na          12.50");
        assert_eq!(texts(&rows), "component  p50\na          12.50");
    }
}
