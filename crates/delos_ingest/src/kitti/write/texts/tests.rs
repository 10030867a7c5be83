use super::*;
use crate::kitti::calib::tests::made_up_camera;
use crate::kitti::{calib, labels, poses};
use delos_core::{Box2, Box3, ObjectClass, Position, Size, TrackId, Yaw, wrap_angle};
use nalgebra::{Isometry3, Vector3};
use proptest::prelude::*;

fn object(bbox: Option<Box3<Ego>>, image_box: Option<Box2>) -> LabelledObject {
    let (class, track) = (ObjectClass::Car, Some(TrackId(7)));
    LabelledObject { class, track, bbox, image_box, truncation: 1.0, occlusion: 2 }
}

fn car(x: f64, y: f64, yaw: f64) -> Box3<Ego> {
    let size = Size::new(4.0, 1.6, 1.5).expect("positive");
    Box3::new(Position::new(x, y, -1.0), size, Yaw::new(yaw).expect("finite"))
}

#[test]
fn calibration_is_read_as_it_was() {
    let camera = made_up_camera();
    let text = calibration_text(&camera);
    let keys: Vec<_> = text.lines().filter_map(|line| line.split(':').next()).collect();
    assert_eq!(keys, ["P0", "P1", "P2", "P3", "R0_rect", "Tr_velo_to_cam", "Tr_imu_to_velo"]);
    let read = calib::benchmark(&calib::parse(&text).expect("parses"), camera.size);
    let read = read.expect("complete").camera;
    assert_eq!(read.projection(), camera.projection());
    let rest = read.camera_from_ego().isometry().inverse() * camera.camera_from_ego().isometry();
    assert!(rest.translation.vector.norm() < 1e-12 && rest.rotation.angle() < 1e-7);
}

#[test]
fn the_first_pose_is_the_identity_without_negative_zeros() {
    let line = pose_line(&Transform::identity(), &made_up_camera());
    let (one, zero) = ("1.000000000", "0.000000000");
    let wanted = [one, zero, zero, zero, zero, one, zero, zero, zero, zero, one, zero].join(" ");
    assert_eq!(line, wanted);
    let table = [(-0.0, "0.00"), (-0.004, "0.00"), (-0.006, "-0.01"), (-10.0, "-10.00")];
    for (value, wanted) in table {
        assert_eq!(fixed(value, 2), wanted);
    }
    assert_eq!(exact(-0.0), "0");
}

#[test]
fn the_settings_give_the_size() {
    let size = ImageSize { width: 1200, height: 360 };
    let text = settings_text(&made_up_camera(), size);
    assert_eq!(crate::kitti::yaml::image_size(&text), Ok(Some(size)));
}

#[test]
fn stamps_out_of_range_have_no_text() {
    let stamps = [Stamp::default(), Stamp::from_nanos(100_000_001)];
    let text = timestamps_text(&stamps).expect("in range");
    assert_eq!(text, "1970-01-01 00:00:00.000000000\n1970-01-01 00:00:00.100000001\n");
    assert_eq!(timestamps_text(&[stamps[0], Stamp::from_nanos(-1)]), None);
}

#[test]
fn a_rectangle_is_the_given_one_or_that_of_the_box() {
    let camera = made_up_camera();
    let given = Box2::new(1.0, 2.0, 3.5, 4.25);
    let seen = camera.project_box_clipped(&car(20.0, 0.0, 0.0)).expect("in the image");
    let region = LabelledObject {
        class: ObjectClass::DontCare,
        track: None,
        truncation: -1.0,
        ..object(None, Some(given))
    };
    let truth = GroundTruth(vec![
        object(Some(car(20.0, 0.0, 0.0)), Some(given)),
        object(Some(car(20.0, 0.0, 0.0)), None),
        object(Some(car(-20.0, 0.0, 0.0)), None),
        region,
    ]);
    let text = label_rows(12, &truth, &camera);
    assert!(text.lines().all(|line| line.split(' ').count() == 17), "{text}");
    assert!(text.ends_with(
        "12 -1 DontCare -1 2 -10 1.000000 2.000000 3.500000 4.250000 -1 -1 -1 -1000 -1000 -1000 -10\n"
    ));
    let rows = labels::parse_tracking(&text).expect("readable");
    assert!(rows.iter().all(|row| row.frame == 12));
    let found: Vec<_> = rows.iter().map(|row| row.image_box).collect();
    assert_eq!(found, [Some(given), Some(seen), None, Some(given)]);
    assert_eq!((rows[0].id, rows[0].truncation, rows[0].occlusion), (7, 1.0, 2));
}

proptest! {
    #[test]
    fn poses_are_read_as_written(
        place in prop::array::uniform3(-2000.0..2000.0f64),
        turn in prop::array::uniform3(-1.8..1.8f64),
    ) {
        let camera = made_up_camera();
        let wanted = Isometry3::new(Vector3::from(place), Vector3::from(turn));
        let lines = [Transform::identity(), Transform::new(wanted)].map(|t| pose_line(&t, &camera));
        let read = poses::parse(&lines.join("\n")).expect("readable");
        let found = poses::world_from_ego(&read[0], &read[1], &camera);
        let rest = found.isometry().inverse() * wanted;
        prop_assert!(rest.translation.vector.norm() < 1e-6, "{}", rest.translation);
        prop_assert!(rest.rotation.angle() < 1e-6);
    }

    #[test]
    fn boxes_are_read_as_written(x in -60.0..60.0f64, y in -40.0..40.0f64, yaw in -3.1..3.1f64) {
        let camera = made_up_camera();
        let wanted = car(x, y, yaw);
        let truth = GroundTruth(vec![object(Some(wanted), None)]);
        let rows = labels::parse_tracking(&label_rows(3, &truth, &camera)).expect("readable");
        let found = rows[0].to_labelled(&camera).bbox.expect("a box");
        prop_assert!((found.center.point() - wanted.center.point()).norm() < 2e-6);
        prop_assert!(wrap_angle(found.yaw.radians() - yaw).abs() < 1e-6);
        prop_assert_eq!(found.size, wanted.size);
    }
}
