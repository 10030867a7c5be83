//! Truth, results and detections of `MOTChallenge`, number for number.
//!
//! One row between commas: `frame,id,left,top,width,height,confidence`, then up to three
//! columns that differ between its years. Frames count from 1.

use crate::ParseError;
use crate::kitti::text::{Fields, lines};
use delos_core::MotRow;

const FIELDS: &str = "frame,id,left,top,width,height,confidence[,class or x,visibility or y,z]";

/// Parses a file of `MOTChallenge` (at least 7 fields between commas). Lines may end with
/// or without a carriage return; further fields are not looked at.
///
/// # Errors
/// The first line that has too few fields, frame 0, or no number where one belongs.
pub fn parse(text: &str) -> Result<Vec<MotRow>, ParseError> {
    lines(text).map(|(line, text)| row(line, text)).collect()
}

fn row(line: usize, text: &str) -> Result<MotRow, ParseError> {
    let fields = Fields::between_commas(line, text).at_least(7, FIELDS)?;
    let frame = fields.frame(0)?;
    if frame == 0 {
        return Err(fields.refuse("frame 0: frames count from 1"));
    }
    let mut rest = [-1.0; 3];
    for (value, field) in rest.iter_mut().zip(7..fields.len()) {
        // A comma may close the row.
        if !fields.text(field).is_empty() {
            *value = fields.number(field)?;
        }
    }
    Ok(MotRow {
        line: u32::try_from(line).unwrap_or(u32::MAX),
        frame,
        id: fields.whole(1)?,
        rectangle: fields.numbers(2)?,
        confidence: fields.number(6)?,
        rest,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn rows_are_read_number_for_number() {
        let text = "\u{feff}1,3,113.84,274.5,57.307,130.05,-1,-1,-1,-1\r\n\n\
                    2, 4.0, 1, 2, 3, 4, 0.5\n\
                    3,5,1,2,3,4,1,7,0.25,\r\n";
        let rows = parse(text).expect("three rows");
        let first = MotRow {
            line: 1,
            frame: 1,
            id: 3,
            rectangle: [113.84, 274.5, 57.307, 130.05],
            confidence: -1.0,
            rest: [-1.0; 3],
        };
        assert_eq!(rows[0], first);
        assert_eq!((rows[1].line, rows[1].id, rows[1].rest), (3, 4, [-1.0; 3]));
        assert_eq!((rows[2].line, rows[2].rest), (4, [7.0, 0.25, -1.0]));
    }

    #[test]
    fn wrong_lines_are_named() {
        let table = [
            ("0,1,1,2,3,4,1", "line 1: frame 0: frames count from 1"),
            ("1,1,1,2,3,4", "line 1: 7 fields needed"),
            ("1,1,1,2,3,4,1\n1.5,1,1,2,3,4,1", "line 2: field 1: `1.5` is not a whole number"),
            ("-1,1,1,2,3,4,1", "line 1: -1 is no frame number"),
            ("1,1,1,nan,3,4,1", "line 1: field 4: `nan` is not finite"),
            ("1,x,1,2,3,4,1", "line 1: field 2: `x` is not a number"),
            ("1,1,1,2,3,4,1,car", "line 1: field 8: `car` is not a number"),
        ];
        for (text, wanted) in table {
            let error = parse(text).expect_err(text).to_string();
            assert!(error.starts_with(wanted), "{text}: {error}");
        }
        assert_eq!(parse(" \r\n"), Ok(vec![]));
    }

    proptest! {
        #[test]
        fn any_text_is_read_or_refused(text in "[0-9,.x\r\n -]{0,80}") {
            if let Ok(rows) = parse(&text) {
                prop_assert!(rows.iter().all(|row| row.frame > 0 && row.line > 0));
            }
        }
    }
}
