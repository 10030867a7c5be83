//! A range of frames on the command line.

use std::fmt;
use std::str::FromStr;

/// Frames from one number to another, both included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct FrameRange {
    first: u32,
    last: u32,
}

impl FrameRange {
    pub(super) fn contains(self, frame: u32) -> bool {
        (self.first..=self.last).contains(&frame)
    }

    /// Whether it has a frame in common with `first..=last`.
    pub(super) fn meets(self, first: u32, last: u32) -> bool {
        self.first <= last && first <= self.last
    }
}

impl FromStr for FrameRange {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let wrong =
            || "expected A..B (both included), A.., ..B or A, for example 40..60".to_owned();
        let number = |text: &str, open: u32| match text {
            "" => Ok(open),
            text => text.parse().map_err(|_not_a_number| wrong()),
        };
        let (first, last) = match text.split_once("..") {
            Some(("", "")) => return Err(wrong()),
            Some((first, last)) => (number(first, 0)?, number(last, u32::MAX)?),
            None => {
                let frame = text.parse().map_err(|_not_a_number| wrong())?;
                (frame, frame)
            }
        };
        if first > last {
            return Err(format!("{first} comes after {last}"));
        }
        Ok(Self { first, last })
    }
}

impl fmt::Display for FrameRange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.first, self.last) {
            (first, u32::MAX) => write!(f, "{first}.."),
            (first, last) if first == last => write!(f, "{first}"),
            (first, last) => write!(f, "{first}..{last}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_are_read_with_both_ends() {
        let table = [
            ("40..60", 40, 60),
            ("40..", 40, u32::MAX),
            ("..60", 0, 60),
            ("7", 7, 7),
            ("7..7", 7, 7),
        ];
        for (text, first, last) in table {
            assert_eq!(text.parse(), Ok(FrameRange { first, last }), "{text}");
        }
        let frames: FrameRange = "40..60".parse().unwrap();
        assert!(frames.contains(40) && frames.contains(60) && !frames.contains(61));
        assert!(frames.meets(0, 40) && frames.meets(60, 70) && !frames.meets(61, 70));
    }

    #[test]
    fn what_is_no_range_is_refused() {
        for text in ["", "..", "a", "3..x", "-1", "5...7", "9..3", "1..99999999999"] {
            assert!(text.parse::<FrameRange>().is_err(), "{text}");
        }
    }
}
