//! Label and result files: `label_2` of the object benchmark, `label_02` of tracking.

use super::boxes::CameraBox;
use crate::ParseError;
use crate::benchmark::{self, OnMistake, OnOddity, RowFormat, RowRules};
use delos_core::{
    BenchmarkRow, Box2, CameraModel, LabelledObject, ObjectClass, Position, Size, TrackId,
    wrap_angle,
};

/// One row of a label or result file.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Row {
    /// Frame number; 0 in object files, which hold one frame each.
    pub frame: u32,
    /// Identity in the sequence; -1 where there is none.
    pub id: i64,
    /// What it is.
    pub class: ObjectClass,
    /// 0..=1 in object files, a level 0, 1, 2 in tracking files, -1 not given.
    pub truncation: f64,
    /// 0 visible, 1 partly, 2 mostly hidden, 3 unknown, -1 not given.
    pub occlusion: i64,
    /// The angle under which the camera sees it, radians; -10 not given.
    pub alpha: f64,
    /// Rectangle in the image; `None` where all four edges are -1.
    pub image_box: Option<Box2>,
    /// Place; `None` where no extent is positive (regions to leave out, 2-D results).
    pub place: Option<CameraBox>,
    /// Score of a result.
    pub score: Option<f64>,
}

/// A chain takes what it can use of a file.
pub(super) const RULES: RowRules = RowRules {
    frames: None,
    needs_identity: false,
    needs_score: false,
    needs_place: false,
    on_oddity: OnOddity::Keep,
    on_mistake: OnMistake::Stop,
};

/// Parses a file of the object benchmark (15 fields, 16 with a score).
///
/// # Errors
/// The first line that has too few fields, an unknown type, no number where one belongs, or
/// extents of which only some are positive.
pub fn parse_object(text: &str) -> Result<Vec<Row>, ParseError> {
    parse(text, RowFormat::KittiObject)
}

/// Parses a file of the tracking benchmark (17 fields, 18 with a score).
///
/// # Errors
/// As [`parse_object`].
pub fn parse_tracking(text: &str) -> Result<Vec<Row>, ParseError> {
    parse(text, RowFormat::KittiTracking)
}

fn parse(text: &str, format: RowFormat) -> Result<Vec<Row>, ParseError> {
    benchmark::parse(text.as_bytes(), format, &RULES)?.rows.iter().map(Row::of).collect()
}

/// A rectangle, unless it is the `-1 -1 -1 -1` of "not given".
pub(super) fn image_box(edges: [f64; 4]) -> Option<Box2> {
    let [x1, y1, x2, y2] = edges.map(|edge| edge as f32);
    let is_given = edges.iter().any(|edge| (edge + 1.0).abs() > f64::EPSILON);
    is_given.then(|| Box2::new(x1, y1, x2, y2))
}

/// The box of `h w l x y z ry`, unless its extents say "not given".
fn place(
    line: usize,
    [h, w, l]: [f64; 3],
    [x, y, z]: [f64; 3],
    ry: f64,
) -> Result<Option<CameraBox>, ParseError> {
    if h <= 0.0 && w <= 0.0 && l <= 0.0 {
        return Ok(None);
    }
    let size = Size::new(l, w, h).map_err(|error| ParseError::line(line, error.to_string()))?;
    let bottom_center = Position::new(x, y, z);
    Ok(Some(CameraBox { bottom_center, size, rotation_y: wrap_angle(ry) }))
}

impl Row {
    /// What a row of the file means.
    pub(super) fn of(row: &BenchmarkRow) -> Result<Self, ParseError> {
        Ok(Self {
            frame: row.frame,
            id: row.id,
            class: row.class,
            truncation: row.truncation,
            occlusion: row.occlusion,
            alpha: row.alpha,
            image_box: image_box(row.image_box),
            place: place(row.line as usize, row.size_hwl, row.bottom, row.rotation_y)?,
            score: row.score,
        })
    }

    /// The row as ground truth in the vehicle's frame.
    pub fn to_labelled(&self, camera: &CameraModel) -> LabelledObject {
        LabelledObject {
            class: self.class,
            track: u32::try_from(self.id).ok().map(TrackId),
            bbox: self.place.map(|place| place.to_ego(camera)),
            image_box: self.image_box,
            truncation: self.truncation.max(0.0) as f32,
            occlusion: u8::try_from(self.occlusion).map_or(3, |level| level.min(3)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kitti::calib::tests::made_up_camera;

    const CAR: &str = "4 7 Car 0 1 -1.6 100 150 220 260 1.5 1.6 4.0 -3.0 1.7 12.0 -1.57";
    const REGION: &str = "4 -1 DontCare -1 -1 -10 10 20 30 40 -1000 -1000 -1000 -10 -1 -1 -1";

    #[test]
    fn tracking_rows_become_ground_truth() {
        let rows = parse_tracking(&format!("{CAR}\r\n{REGION}\r\n")).expect("valid");
        let car = rows[0].to_labelled(&made_up_camera());
        assert_eq!((rows[0].frame, car.track, car.class), (4, Some(TrackId(7)), ObjectClass::Car));
        assert_eq!(
            (car.occlusion, car.image_box),
            (1, Some(Box2::new(100.0, 150.0, 220.0, 260.0)))
        );
        let place = car.bbox.expect("has a place");
        assert!((place.center.x() - 12.27).abs() < 0.1 && (place.center.y() - 3.0).abs() < 0.2);
        let region = rows[1].to_labelled(&made_up_camera());
        assert_eq!((region.bbox, region.track, region.occlusion), (None, None, 3));
        assert!(region.image_box.is_some());
    }

    #[test]
    fn object_rows_may_carry_a_score() {
        let car = CAR.strip_prefix("4 7 ").expect("starts so");
        assert_eq!(parse_object(car).expect("valid")[0].score, None);
        assert_eq!(parse_object(&format!("{car} 0.75")).expect("valid")[0].score, Some(0.75));
    }

    #[test]
    fn what_a_chain_has_no_use_for_is_let_through() {
        let row = |text: &str| parse_tracking(text).expect("valid")[0];
        assert_eq!(row(&format!("{CAR} 0.5 more 7")).score, Some(0.5));
        let swapped = row(&CAR.replace("100 150 220 260", "220 150 100 260")).image_box;
        assert_eq!(swapped, Some(Box2::new(220.0, 150.0, 100.0, 260.0)));
        assert_eq!(row(&CAR.replace("1.5 1.6 4.0", "-1.5 -1.6 -4.0")).place, None);
    }

    #[test]
    fn the_wrong_line_is_named() {
        let table = [
            ("4 7 Car 0 1", "17 or 18 columns expected"),
            (&CAR.replace("Car", "Lorry"), "unknown class `Lorry`"),
            (&CAR.replace("12.0", "far"), "column 16 (z): `far` is not a number"),
            (&CAR.replace("12.0", "nan"), "`nan` is not a finite number"),
            (&CAR.replace("4 7", "-4 7"), "frame -4: frames are counted from 0"),
            (&CAR.replace("1.5 1.6", "-1.5 1.6"), "must be positive"),
        ];
        for (wrong, what) in table {
            let error = parse_tracking(&format!("{CAR}\n{wrong}\n")).expect_err(what);
            assert_eq!(error.line, Some(2));
            assert!(error.what.contains(what), "{error}");
        }
    }
}
