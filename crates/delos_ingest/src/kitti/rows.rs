//! Rows of label and result files, number for number.

use super::text::{Fields, lines};
use crate::ParseError;
use delos_core::{BenchmarkRow, ObjectClass};

const OBJECT_FIELDS: &str = "type truncated occluded alpha x1 y1 x2 y2 h w l x y z ry [score]";
const TRACKING_FIELDS: &str =
    "frame id type truncated occluded alpha x1 y1 x2 y2 h w l x y z ry [score]";

/// Parses a file of the object benchmark (15 fields, 16 with a score).
///
/// # Errors
/// The first line that has too few fields, an unknown type, or no number where one
/// belongs.
pub fn parse_object(text: &str) -> Result<Vec<BenchmarkRow>, ParseError> {
    lines(text)
        .map(|(line, text)| {
            let fields = Fields::between_blanks(line, text).at_least(15, OBJECT_FIELDS)?;
            row(&fields, line, 0, -1, 0)
        })
        .collect()
}

/// Parses a file of the tracking benchmark (17 fields, 18 with a score).
///
/// # Errors
/// As [`parse_object`].
pub fn parse_tracking(text: &str) -> Result<Vec<BenchmarkRow>, ParseError> {
    lines(text)
        .map(|(line, text)| {
            let fields = Fields::between_blanks(line, text).at_least(17, TRACKING_FIELDS)?;
            row(&fields, line, fields.frame(0)?, fields.whole(1)?, 2)
        })
        .collect()
}

/// The fields from the type on, which begin at `first`.
fn row(
    fields: &Fields<'_>,
    line: usize,
    frame: u32,
    id: i64,
    first: usize,
) -> Result<BenchmarkRow, ParseError> {
    let class = ObjectClass::from_kitti(fields.text(first))
        .map_err(|error| fields.refuse(error.to_string()))?;
    Ok(BenchmarkRow {
        line: u32::try_from(line).unwrap_or(u32::MAX),
        frame,
        id,
        class,
        truncation: fields.number(first + 1)?,
        occlusion: fields.whole(first + 2)?,
        alpha: fields.number(first + 3)?,
        image_box: fields.numbers(first + 4)?,
        size_hwl: fields.numbers(first + 8)?,
        bottom: fields.numbers(first + 11)?,
        rotation_y: fields.number(first + 14)?,
        score: if fields.len() > first + 15 { Some(fields.number(first + 15)?) } else { None },
    })
}
