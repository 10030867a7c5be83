//! The fields of a file's lines, without an allocation for each.

use super::decimal::Field;
use std::borrow::Cow;

/// No format has more columns.
pub(super) const MOST_FIELDS: usize = 18;

/// What stands between two fields.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Separator {
    /// Blanks and tabs, any number of them.
    Blanks,
    /// One comma, with blanks around it or not; one may close the line.
    Comma,
}

/// A file's lines, one after the other. LF and CRLF may be mixed; blank lines only count.
pub(super) struct Lines<'a> {
    rest: &'a [u8],
    separator: Separator,
    line: u32,
    fields: [Field<'a>; MOST_FIELDS],
    count: usize,
}

impl<'a> Lines<'a> {
    pub(super) fn new(bytes: &'a [u8], separator: Separator) -> Self {
        let rest = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
        Self { rest, separator, line: 0, fields: [Field::default(); MOST_FIELDS], count: 0 }
    }

    /// Goes to the next line that is not blank; `false` after the last.
    pub(super) fn advance(&mut self) -> bool {
        while !self.rest.is_empty() {
            self.line = self.line.saturating_add(1);
            self.count = 0;
            match self.separator {
                Separator::Blanks => self.split_at_blanks(),
                Separator::Comma => self.split_at_commas(),
            }
            if self.count > 0 {
                return true;
            }
        }
        false
    }

    /// Number of the line, from 1.
    pub(super) const fn line(&self) -> u32 {
        self.line
    }

    /// How many fields the line has; those after [`MOST_FIELDS`] are counted alone.
    pub(super) const fn count(&self) -> usize {
        self.count
    }

    /// Field `index`, empty where the line has none.
    pub(super) fn field(&self, index: usize) -> &'a [u8] {
        self.at(index).bytes()
    }

    fn at(&self, index: usize) -> Field<'a> {
        let found = if index < self.count { self.fields.get(index).copied() } else { None };
        found.unwrap_or_default()
    }

    /// Field `index` as a number, finite or not.
    pub(super) fn number(&self, index: usize) -> Option<f64> {
        self.at(index).number()
    }

    /// Field `index` for a message, not longer than a person wants to read.
    pub(super) fn shown(&self, index: usize) -> String {
        let text: Cow<'_, str> = String::from_utf8_lossy(self.field(index));
        let mut shown: String = text.chars().take(40).flat_map(char::escape_debug).collect();
        if text.chars().count() > 40 {
            shown.push_str("...");
        }
        shown
    }

    fn split_at_blanks(&mut self) {
        let bytes = self.rest;
        let mut at = 0;
        loop {
            while bytes.get(at).is_some_and(|byte| is_blank(*byte)) {
                at += 1;
            }
            let start = at;
            while bytes.get(at).is_some_and(|byte| !is_blank(*byte) && *byte != b'\n') {
                at += 1;
            }
            if start == at {
                break;
            }
            self.keep(bytes.get(start..).unwrap_or_default(), at - start);
        }
        self.rest = bytes.get(at + 1..).unwrap_or_default();
    }

    fn split_at_commas(&mut self) {
        let bytes = self.rest;
        let end = bytes.iter().position(|byte| *byte == b'\n').unwrap_or(bytes.len());
        let (line, rest) = bytes.split_at(end);
        self.rest = rest.get(1..).unwrap_or_default();
        if line.trim_ascii().is_empty() {
            return;
        }
        let line = line.trim_ascii_end();
        let line = line.strip_suffix(b",").unwrap_or(line);
        let mut start = 0;
        for field in line.split(|byte| *byte == b',') {
            let blanks = field.len() - field.trim_ascii_start().len();
            self.keep(bytes.get(start + blanks..).unwrap_or_default(), field.trim_ascii().len());
            start += field.len() + 1;
        }
    }

    /// Keeps a field, which are the first `length` bytes of `tail`.
    fn keep(&mut self, tail: &'a [u8], length: usize) {
        if let Some(place) = self.fields.get_mut(self.count) {
            *place = Field { tail, length };
        }
        self.count += 1;
    }
}

const fn is_blank(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\r' | 0x0c)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn split(text: &[u8], separator: Separator) -> Vec<(u32, Vec<String>)> {
        let mut lines = Lines::new(text, separator);
        let mut found = Vec::new();
        while lines.advance() {
            found.push((lines.line(), (0..lines.count()).map(|i| lines.shown(i)).collect()));
        }
        found
    }

    fn wanted(rows: &[(u32, &[&str])]) -> Vec<(u32, Vec<String>)> {
        rows.iter().map(|(line, f)| (*line, f.iter().map(ToString::to_string).collect())).collect()
    }

    #[test]
    fn blanks_of_any_kind_and_mixed_line_ends_separate() {
        let text = b"\xef\xbb\xbfa  b\t c \r\n\r\n \t\n d\n\ne";
        let rows: [(u32, &[&str]); 3] = [(1, &["a", "b", "c"]), (4, &["d"]), (6, &["e"])];
        assert_eq!(split(text, Separator::Blanks), wanted(&rows));
    }

    #[test]
    fn between_commas_an_empty_field_is_one() {
        let rows: [(u32, &[&str]); 3] = [(1, &["1", "", "2"]), (3, &["3"]), (4, &["4"])];
        assert_eq!(split(b"1, ,2\r\n \r\n3, \r\n4", Separator::Comma), wanted(&rows));
    }

    #[test]
    fn more_fields_than_any_format_has_are_counted() {
        let text = "x ".repeat(30);
        let mut lines = Lines::new(text.as_bytes(), Separator::Blanks);
        assert!(lines.advance());
        assert_eq!((lines.count(), lines.field(17), lines.field(18)), (30, &b"x"[..], &b""[..]));
        assert!(!lines.advance());
    }

    #[test]
    fn fields_of_any_length_and_bytes_are_whole() {
        let odd = "\u{0}\u{1}\u{7f}\u{80}ß\u{fffd}\u{1f}0123456789abcdef";
        for length in 0..=odd.chars().count() {
            let field: String = odd.chars().rev().take(length).collect();
            let text = format!("{field}x {field}y\t{field}z\r\n");
            let mut lines = Lines::new(text.as_bytes(), Separator::Blanks);
            assert!(lines.advance());
            let wanted = ["x", "y", "z"].map(|end| format!("{field}{end}"));
            let found = [0, 1, 2].map(|i| String::from_utf8_lossy(lines.field(i)).into_owned());
            assert_eq!((lines.count(), found), (3, wanted));
        }
    }

    #[test]
    fn a_file_of_zeros_is_not_taken_for_a_blank_one() {
        assert_eq!(split(&[0; 4], Separator::Blanks).len(), 1);
    }

    #[test]
    fn long_fields_are_cut_for_messages() {
        let text = format!("{} \x1b[31m", "ä".repeat(60));
        let found = split(text.as_bytes(), Separator::Blanks);
        assert_eq!(found[0].1, [format!("{}...", "ä".repeat(40)), "\\u{1b}[31m".to_owned()]);
    }
}
