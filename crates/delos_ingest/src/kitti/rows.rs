//! Rows of label and result files, number for number.

use super::text::{Fields, lines};
use crate::ParseError;
use delos_core::{BenchmarkRow, ObjectClass};

const OBJECT_FIELDS: &str = "type truncated occluded alpha x1 y1 x2 y2 h w l x y z ry [score]";
const TRACKING_FIELDS: &str =
    "frame id type truncated occluded alpha x1 y1 x2 y2 h w l x y z ry [score]";
const AB3DMOT_FIELDS: &str = "frame,type,x1,y1,x2,y2,score,h,w,l,x,y,z,ry[,alpha]";

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

/// Parses a detection file of AB3DMOT: 14 fields between commas, 15 with alpha; type 1 is
/// pedestrian, 2 car, 3 cyclist. What it does not tell (truncation, occlusion) is -1.
///
/// # Errors
/// As [`parse_object`].
pub fn parse_ab3dmot(text: &str) -> Result<Vec<BenchmarkRow>, ParseError> {
    lines(text).map(|(line, text)| ab3dmot_row(Fields::between_commas(line, text))).collect()
}

pub(super) fn ab3dmot_row(fields: Fields<'_>) -> Result<BenchmarkRow, ParseError> {
    let fields = fields.at_least(14, AB3DMOT_FIELDS)?;
    Ok(BenchmarkRow {
        line: u32::try_from(fields.line()).unwrap_or(u32::MAX),
        frame: fields.frame(0)?,
        id: -1,
        class: ab3dmot_class(&fields)?,
        truncation: -1.0,
        occlusion: -1,
        alpha: if fields.len() > 14 { fields.number(14)? } else { -10.0 },
        image_box: fields.numbers(2)?,
        size_hwl: fields.numbers(7)?,
        bottom: fields.numbers(10)?,
        rotation_y: fields.number(13)?,
        score: Some(fields.number(6)?),
    })
}

fn ab3dmot_class(fields: &Fields<'_>) -> Result<ObjectClass, ParseError> {
    match fields.whole(1)? {
        1 => Ok(ObjectClass::Pedestrian),
        2 => Ok(ObjectClass::Car),
        3 => Ok(ObjectClass::Cyclist),
        other => {
            Err(fields.refuse(format!("type {other} is none of 1 pedestrian, 2 car, 3 cyclist")))
        }
    }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_between_commas_keep_their_numbers() {
        let text = "\n0,2,298.3125,165.18,458.2292,293.4391,8.2981,1.9605,1.8137,4.7549,-4.572,\
                    1.8435,13.5308,-2.1125,-1.7867\r\n7,1,1,2,3,4,-0.5,1.7,0.6,0.8,1,1.6,9,3.5\n";
        let rows = parse_ab3dmot(text).expect("valid");
        let car = BenchmarkRow {
            line: 2,
            frame: 0,
            id: -1,
            class: ObjectClass::Car,
            truncation: -1.0,
            occlusion: -1,
            alpha: -1.7867,
            image_box: [298.3125, 165.18, 458.2292, 293.4391],
            size_hwl: [1.9605, 1.8137, 4.7549],
            bottom: [-4.572, 1.8435, 13.5308],
            rotation_y: -2.1125,
            score: Some(8.2981),
        };
        assert_eq!(rows[0], car);
        let person = (rows[1].line, rows[1].frame, rows[1].class, rows[1].alpha, rows[1].score);
        assert_eq!(person, (3, 7, ObjectClass::Pedestrian, -10.0, Some(-0.5)));
        assert!((rows[1].rotation_y - 3.5).abs() < 1e-12, "angles stay as they are written");
    }

    #[test]
    fn a_wrong_row_between_commas_is_named() {
        for (wrong, what) in [
            ("1,2,3", "14 fields needed"),
            ("0,9,1,2,3,4,5,1,1,1,1,1,1,1,1", "type 9 is none of"),
            ("0,2,1,2,3,4,5,1,1,1,1,nan,1,1,1", "not finite"),
            ("0.5,2,1,2,3,4,5,1,1,1,1,1,1,1,1", "not a whole number"),
        ] {
            let error = parse_ab3dmot(&format!("\n{wrong}\n")).expect_err(what);
            assert_eq!(error.line, Some(2));
            assert!(error.what.contains(what), "{error}");
        }
    }
}
