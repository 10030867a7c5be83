//! Fields and numbers of text files.

use crate::ParseError;

/// 2^53: up to here every whole number is an `f64` of its own.
const LARGEST_WHOLE: f64 = 9_007_199_254_740_992.0;

/// The lines that are not blank, with their numbers from 1, without trailing CR.
pub(crate) fn lines(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    text.lines()
        .enumerate()
        .map(|(i, line)| (i + 1, line.trim()))
        .filter(|(_, line)| !line.is_empty())
}

/// The lines of a file in which line `i` (from 0) is frame `i`, with their numbers from 1.
///
/// Blank lines may only follow the last frame: one among the others would shift all frames
/// after it, so it is an error.
pub(crate) fn frame_lines(text: &str) -> impl Iterator<Item = Result<(usize, &str), ParseError>> {
    lines_or_blanks(text).enumerate().map(|(frame, line)| match line {
        "" => Err(ParseError::line(frame + 1, format!("blank line where frame {frame} belongs"))),
        line => Ok((frame + 1, line)),
    })
}

/// The same where a frame may have nothing to say: its line is empty.
pub(crate) fn lines_or_blanks(text: &str) -> impl Iterator<Item = &str> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text).trim_end();
    text.lines().map(str::trim)
}

/// The fields of one line, read by position.
pub(crate) struct Fields<'a> {
    line: usize,
    fields: Vec<&'a str>,
}

impl<'a> Fields<'a> {
    /// Fields between blanks.
    pub(crate) fn between_blanks(line: usize, text: &'a str) -> Self {
        Self { line, fields: text.split_ascii_whitespace().collect() }
    }

    /// Fields between commas.
    pub(crate) fn between_commas(line: usize, text: &'a str) -> Self {
        Self { line, fields: text.split(',').map(str::trim).collect() }
    }

    pub(crate) fn len(&self) -> usize {
        self.fields.len()
    }

    /// Refuses a line with fewer fields than `wanted`, which are named in `meaning`.
    pub(crate) fn at_least(self, wanted: usize, meaning: &str) -> Result<Self, ParseError> {
        if self.len() >= wanted {
            return Ok(self);
        }
        let found = self.len();
        Err(ParseError::line(
            self.line,
            format!("{wanted} fields needed ({meaning}), {found} found"),
        ))
    }

    /// Field `index`, which [`Fields::at_least`] has vouched for.
    pub(crate) fn text(&self, index: usize) -> &'a str {
        self.fields.get(index).copied().unwrap_or_default()
    }

    /// Field `index` as a finite number.
    pub(crate) fn number(&self, index: usize) -> Result<f64, ParseError> {
        number(self.text(index)).map_err(|what| self.refuse(format!("field {}: {what}", index + 1)))
    }

    /// Fields from `first` on as finite numbers.
    pub(crate) fn numbers<const N: usize>(&self, first: usize) -> Result<[f64; N], ParseError> {
        let mut values = [0.0; N];
        for (offset, value) in values.iter_mut().enumerate() {
            *value = self.number(first + offset)?;
        }
        Ok(values)
    }

    /// Field `index` as a whole number; `12.0` counts as one.
    pub(crate) fn whole(&self, index: usize) -> Result<i64, ParseError> {
        let value = self.number(index)?;
        if value.fract() == 0.0 && value.abs() <= LARGEST_WHOLE {
            return Ok(value as i64);
        }
        Err(self.refuse(format!(
            "field {}: `{}` is not a whole number",
            index + 1,
            self.text(index)
        )))
    }

    /// Field `index` as a frame number.
    pub(crate) fn frame(&self, index: usize) -> Result<u32, ParseError> {
        let value = self.whole(index)?;
        u32::try_from(value)
            .map_err(|_out_of_range| self.refuse(format!("{value} is no frame number")))
    }

    /// An error on this line.
    pub(crate) fn refuse(&self, what: impl Into<String>) -> ParseError {
        ParseError::line(self.line, what)
    }
}

/// A finite number, or what is wrong with it.
pub(crate) fn number(text: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(value) if value.is_finite() => Ok(value),
        Ok(_) => Err(format!("`{text}` is not finite")),
        Err(_) => Err(format!("`{text}` is not a number")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_checked() {
        let fields = Fields::between_blanks(3, "1 2.5 nan x 7.0 1e300");
        assert_eq!(fields.numbers::<2>(0), Ok([1.0, 2.5]));
        assert_eq!(
            fields.number(2).expect_err("nan").to_string(),
            "line 3: field 3: `nan` is not finite"
        );
        assert!(fields.number(3).is_err());
        assert_eq!(fields.whole(4), Ok(7));
        for wrong in [1, 5] {
            assert!(fields.whole(wrong).is_err(), "{wrong}");
        }
        assert!(fields.number(99).is_err());
    }

    #[test]
    fn lines_lose_carriage_returns_and_blanks() {
        let found: Vec<_> = lines("\u{feff}a\r\n\r\n b \n").collect();
        assert_eq!(found, [(1, "a"), (3, "b")]);
    }

    #[test]
    fn a_blank_line_among_frames_is_refused_and_at_the_end_it_is_not() {
        let found: Result<Vec<_>, _> = frame_lines("\u{feff}a\r\n b \n\r\n \n").collect();
        assert_eq!(found, Ok(vec![(1, "a"), (2, "b")]));
        for (text, line) in [("a\n\nb\n", 2), ("\na\n", 1), ("a\nb\n \t\r\nc", 3)] {
            let found: Result<Vec<_>, _> = frame_lines(text).collect();
            let wanted = format!("line {line}: blank line where frame {} belongs", line - 1);
            assert_eq!(found.expect_err(text).to_string(), wanted);
        }
        assert_eq!(frame_lines("\n\n").count(), 0);
    }
}
