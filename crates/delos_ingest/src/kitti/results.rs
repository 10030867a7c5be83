//! Writing results in the format of the tracking benchmark.
//!
//! 18 columns between blanks: `frame id type truncated occluded alpha x1 y1 x2 y2 h w l x
//! y z ry score`, in the rectified reference camera's frame, place = centre of the lower
//! face. What is not given is -1 (rectangle, extents), -1000 (place) or -10 (angles).

use super::boxes::CameraBox;
use delos_core::{Box2, Box3, CameraModel, Ego, ObjectClass};

/// One row of a result file.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ResultRow {
    /// Frame number.
    pub frame: u32,
    /// Identity of the track; -1 for a detection.
    pub id: i64,
    /// What it is.
    pub class: ObjectClass,
    /// Level 0, 1, 2; -1 not known.
    pub truncation: i8,
    /// Level 0, 1, 2, 3; -1 not known.
    pub occlusion: i8,
    /// Rectangle in the image, pixels.
    pub bbox: Option<Box2>,
    /// Place in the vehicle's frame; `None` for a detection in the image alone.
    pub box3: Option<Box3<Ego>>,
    /// How sure.
    pub score: f64,
}

impl ResultRow {
    /// A detection of one frame: no identity, nothing known of truncation and occlusion.
    pub const fn detection(
        frame: u32,
        class: ObjectClass,
        bbox: Option<Box2>,
        box3: Option<Box3<Ego>>,
        score: f64,
    ) -> Self {
        Self { frame, id: -1, class, truncation: -1, occlusion: -1, bbox, box3, score }
    }

    /// The row as text, without a line end: pixels with two decimals, metres and radians
    /// with four, the score with six.
    pub fn format(&self, camera: &CameraModel) -> String {
        let place = self.box3.map(|object| CameraBox::from_ego(&object, camera));
        let alpha = place.map_or(-10.0, |place| place.alpha());
        let [x1, y1, x2, y2] = self.bbox.map_or([-1.0; 4], |b| [b.x1, b.y1, b.x2, b.y2]);
        format!(
            "{} {} {} {} {} {alpha:.4} {x1:.2} {y1:.2} {x2:.2} {y2:.2} {} {:.6}",
            self.frame,
            self.id,
            self.class.kitti_name(),
            self.truncation,
            self.occlusion,
            format_place(place),
            self.score,
        )
    }
}

/// `h w l x y z ry`.
fn format_place(place: Option<CameraBox>) -> String {
    let Some(CameraBox { bottom_center: at, size, rotation_y }) = place else {
        return "-1 -1 -1 -1000 -1000 -1000 -10".to_owned();
    };
    format!(
        "{:.4} {:.4} {:.4} {:.4} {:.4} {:.4} {rotation_y:.4}",
        size.height(),
        size.width(),
        size.length(),
        at.x(),
        at.y(),
        at.z(),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kitti::calib::tests::made_up_camera;
    use crate::kitti::labels::parse_tracking;
    use delos_core::{Position, Size, Yaw, wrap_angle};
    use proptest::prelude::*;

    #[test]
    fn what_is_not_given_is_written_as_kitti_does() {
        let row = ResultRow::detection(
            3,
            ObjectClass::Car,
            Some(Box2::new(1.0, 2.0, 3.5, 4.25)),
            None,
            0.5,
        );
        let text = row.format(&made_up_camera());
        assert_eq!(
            text,
            "3 -1 Car -1 -1 -10.0000 1.00 2.00 3.50 4.25 -1 -1 -1 -1000 -1000 -1000 -10 0.500000"
        );
        let read = parse_tracking(&text).expect("readable")[0];
        assert_eq!((read.place, read.image_box), (None, row.bbox));
    }

    proptest! {
        #[test]
        fn what_is_written_is_read(
            frame in 0..100_000u32,
            id in -1..10_000i64,
            class in prop::sample::select(ObjectClass::all().collect::<Vec<_>>()),
            place in prop::array::uniform3(-60.0..60.0f64),
            size in prop::array::uniform3(0.2..15.0f64),
            yaw in -3.1..3.1f64,
            edges in prop::option::of(prop::array::uniform4(0.0..1200.0f32)),
            score in -5.0..15.0f64,
        ) {
            let [l, w, h] = size;
            let object = Box3::new(
                Position::new(place[0], place[1], place[2]),
                Size::new(l, w, h).expect("positive"),
                Yaw::new(yaw).expect("finite"),
            );
            let bbox = edges.map(|[a, b, c, d]| Box2::new(a, b, c, d));
            let row = ResultRow { frame, id, class, truncation: 0, occlusion: 2, bbox, box3: Some(object), score };
            let camera = made_up_camera();
            let text = row.format(&camera);
            prop_assert_eq!(text.split(' ').count(), 18);
            let read = parse_tracking(&text).expect("readable")[0];
            prop_assert_eq!((read.frame, read.id, read.class), (frame, id, class));
            prop_assert_eq!((read.truncation, read.occlusion), (0.0, 2));
            prop_assert!((read.score.expect("written") - score).abs() < 1e-6);
            let found = read.place.expect("written").to_ego(&camera);
            prop_assert!((found.center.point() - object.center.point()).norm() < 3e-4);
            prop_assert!(wrap_angle(found.yaw.radians() - yaw).abs() < 1e-4);
            prop_assert!((found.size.length() - l).abs() < 1e-4);
            prop_assert_eq!(read.image_box.is_some(), bbox.is_some());
            if let (Some(read), Some(bbox)) = (read.image_box, bbox) {
                prop_assert!((read.x1 - bbox.x1).abs() < 0.01 && (read.y2 - bbox.y2).abs() < 0.01);
            }
        }
    }
}
