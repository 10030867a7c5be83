//! Detection files that stand in for a detector.

use super::boxes::CameraBox;
use super::labels::{RULES, Row, image_box};
use super::text::{Fields, lines};
use crate::ParseError;
use crate::benchmark::{RowFormat, parse_line};
use delos_core::{
    Box2, CameraModel, Detection2d, Detection3d, Detections2d, ObjectClass, Score, Source,
};

/// One row of a detection file.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct FileDetection {
    /// Frame number.
    pub frame: u32,
    /// What it is.
    pub class: ObjectClass,
    /// How sure; raw logits in some files.
    pub score: Score,
    /// Rectangle in the image.
    pub image_box: Option<Box2>,
    /// Place.
    pub place: Option<CameraBox>,
}

impl FileDetection {
    /// The row as a detection in space; `None` where it has no place.
    pub fn to_3d(&self, camera: &CameraModel) -> Option<Detection3d> {
        Some(Detection3d {
            bbox: self.place?.to_ego(camera),
            class: self.class,
            score: self.score,
            points: 0,
            cluster: None,
            source: Source::File,
            image_box: self.image_box,
        })
    }

    /// The row as a detection in the image; `None` where it has no rectangle.
    pub fn to_2d(&self) -> Option<Detection2d> {
        Some(Detection2d { bbox: self.image_box?, class: self.class, score: self.score })
    }
}

/// Parses a detection file of any kind: each line tells by its commas and their number
/// whether it is of
/// - AB3DMOT: `frame,type,x1,y1,x2,y2,score,h,w,l,x,y,z,ry[,alpha]` with type 1 pedestrian,
///   2 car, 3 cyclist;
/// - RRC: `frame,x1,y1,x2,y2,score`, whose class is told by the folder (`class`);
/// - KITTI tracking results: 18 fields between blanks (a missing score counts as 1).
///
/// # Errors
/// The first line that is none of them or holds no number where one belongs.
pub fn parse(text: &str, class: Option<ObjectClass>) -> Result<Vec<FileDetection>, ParseError> {
    lines(text)
        .map(|(line, text)| {
            let format = match text.matches(',').count() {
                0 => RowFormat::KittiTracking,
                5 => return rrc_row(&Fields::between_commas(line, text), class),
                _ => RowFormat::Ab3dmot,
            };
            let row = parse_line(line, text, format, &RULES)?;
            Ok(FileDetection::from(&Row::of(&row)?))
        })
        .collect()
}

fn rrc_row(fields: &Fields<'_>, class: Option<ObjectClass>) -> Result<FileDetection, ParseError> {
    let class = class.ok_or_else(|| {
        fields.refuse("rows `frame,x1,y1,x2,y2,score` name no class: put the file into a folder named after it (Car, Pedestrian, Cyclist)")
    })?;
    Ok(FileDetection {
        frame: fields.frame(0)?,
        class,
        score: score(fields.number(5)?),
        image_box: image_box(fields.numbers(1)?),
        place: None,
    })
}

impl From<&Row> for FileDetection {
    /// A row of a result file; a missing score counts as 1.
    fn from(row: &Row) -> Self {
        Self {
            frame: row.frame,
            class: row.class,
            score: score(row.score.unwrap_or(1.0)),
            image_box: row.image_box,
            place: row.place,
        }
    }
}

/// The detections that have a rectangle, by score descending, equal ones as they came.
pub fn in_image(found: impl Iterator<Item = FileDetection>) -> Detections2d {
    let mut found: Vec<_> = found.filter_map(|detection| detection.to_2d()).collect();
    found.sort_by(|a, b| b.score.get().total_cmp(&a.score.get()));
    Detections2d(found)
}

/// A number that has been found finite, as a score.
fn score(value: f64) -> Score {
    Score::new(value).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kitti::calib::tests::made_up_camera;

    #[test]
    fn three_kinds_are_read() {
        let text = "0,2,298.3,165.1,458.2,293.4,8.2,1.96,1.81,4.75,-4.5,1.84,13.5,-2.1,-1.78\n\
                    3,10.5,20,30,40,0.25\n\
                    4 -1 Cyclist -1 -1 -10 1 2 3 4 1.7 0.6 1.8 0.0 1.6 9.0 1.5 0.5\n";
        let found = parse(text, Some(ObjectClass::Pedestrian)).expect("valid");
        let classes: Vec<_> = found.iter().map(|d| (d.frame, d.class, d.score.get())).collect();
        assert_eq!(
            classes,
            [
                (0, ObjectClass::Car, 8.2),
                (3, ObjectClass::Pedestrian, 0.25),
                (4, ObjectClass::Cyclist, 0.5)
            ]
        );
        let car = found[0].to_3d(&made_up_camera()).expect("has a place");
        assert!(
            (car.bbox.center.x() - 13.8).abs() < 0.1 && (car.bbox.center.y() - 4.6).abs() < 0.2
        );
        assert_eq!(found[1].to_3d(&made_up_camera()), None);
        assert_eq!(found[1].to_2d().expect("a rectangle").bbox, Box2::new(10.5, 20.0, 30.0, 40.0));
    }

    #[test]
    fn the_wrong_line_is_named() {
        for (wrong, what) in [
            ("1,2,3", "14 or 15 columns expected"),
            ("0,9,1,2,3,4,5,1,1,1,1,1,1,1,1", "type 9 is none of"),
            ("0,2,1,2,3,4,inf,1,1,1,1,1,1,1,1", "column 7 (score): `inf` is not a finite"),
            ("0,1,2,3,4,0.5", "name no class"),
            ("0 1 Car", "17 or 18 columns expected"),
        ] {
            let error = parse(&format!("\n{wrong}\n"), None).expect_err(what);
            assert_eq!(error.line, Some(2));
            assert!(error.what.contains(what), "{error}");
        }
    }
}
