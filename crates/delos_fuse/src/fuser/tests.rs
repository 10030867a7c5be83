//! Made-up scenes before a camera at the origin that looks forward.

use super::*;
use delos_core::{ImageSize, LidarPoint, ObjectClass, Score, Size, Transform, Yaw};
use nalgebra::{Isometry3, Matrix3, Rotation3, Translation3, UnitQuaternion};
use proptest::prelude::*;

const EGO_HEIGHT_M: f64 = 1.7;

fn calibration() -> Calibration {
    let axes = Matrix3::new(0.0, -1.0, 0.0, 0.0, 0.0, -1.0, 1.0, 0.0, 0.0);
    let turn = UnitQuaternion::from_rotation_matrix(&Rotation3::from_matrix_unchecked(axes));
    let projection = [700.0, 0.0, 600.0, 0.0, 0.0, 700.0, 180.0, 0.0, 0.0, 0.0, 1.0, 0.0];
    let camera_from_ego = Transform::new(Isometry3::from_parts(Translation3::identity(), turn));
    let size = Some(ImageSize { width: 1200, height: 380 });
    let camera = CameraModel::new(&projection, camera_from_ego, size).expect("valid");
    Calibration { camera: Some(camera), ego_height_m: EGO_HEIGHT_M }
}

fn car(x: f64, y: f64, yaw: f64) -> Box3<Ego> {
    let size = Size::new(4.0, 1.65, 1.5).expect("positive");
    Box3::new(Position::new(x, y, 0.75 - EGO_HEIGHT_M), size, Yaw::new(yaw).expect("finite"))
}

fn by_lidar(bbox: Box3<Ego>, cluster: u32) -> Detection3d {
    Detection3d {
        bbox,
        class: ObjectClass::Car,
        score: Score::clamped(0.6),
        points: 100,
        cluster: Some(cluster),
        source: Source::Lidar,
        image_box: None,
    }
}

fn by_camera(bbox: &Box3<Ego>, class: ObjectClass) -> Detection2d {
    let camera = calibration().camera.expect("a camera");
    let bbox = camera.project_box_clipped(bbox).expect("in view");
    Detection2d { bbox, class, score: Score::clamped(0.8) }
}

/// Points of the rear face and of the side that faces the sensor, 10 cm apart.
fn surface(bbox: &Box3<Ego>) -> Vec<LidarPoint> {
    let (sin, cos) = bbox.yaw.radians().sin_cos();
    let (l, w) = (bbox.size.length() / 2.0, bbox.size.width() / 2.0);
    let inner = if bbox.center.y() > 0.0 { -w } else { w };
    let rear = (0..=16).map(|i| [-l, f64::from(i) * 0.1 - w]);
    let side = (0..=40).map(|i| [f64::from(i) * 0.1 - l, inner]);
    let outline: Vec<_> = rear.chain(side).collect();
    let mut points = Vec::new();
    for level in 0..10 {
        let z = bbox.bottom() + 0.3 + 0.12 * f64::from(level);
        for [u, v] in &outline {
            let x = bbox.center.x() + u * cos - v * sin;
            let y = bbox.center.y() + u * sin + v * cos;
            points.push(LidarPoint { x: x as f32, y: y as f32, z: z as f32, intensity: 0.2 });
        }
    }
    points
}

fn fused(
    points: Vec<LidarPoint>,
    lidar: Vec<Detection3d>,
    camera: Vec<Detection2d>,
) -> Vec<Detection3d> {
    let labels = vec![Segment::Cluster(0); points.len()];
    let segments = Segments { labels, clusters: 1 };
    let mut out = Detections3d::default();
    Fuser::new(FusionConfig::default()).fuse(
        &calibration(),
        Some(&PointCloud::new(points)),
        Some(&segments),
        Some(&Detections3d(lidar)),
        Some(&Detections2d(camera)),
        &mut out,
    );
    out.0
}

#[test]
fn an_agreeing_lidar_object_takes_the_cameras_box_and_confidence() {
    let car = car(15.0, 2.0, 0.1);
    let seen = by_camera(&car, ObjectClass::Car);
    let out = fused(surface(&car), vec![by_lidar(car, 0)], vec![seen]);
    assert_eq!(out.len(), 1);
    assert_eq!((out[0].source, out[0].bbox, out[0].cluster), (Source::Fused, car, Some(0)));
    assert_eq!(out[0].image_box, Some(seen.bbox));
    assert!(out[0].score.get() > 0.95, "{:?}", out[0].score);
}

#[test]
fn a_car_merged_with_a_hedge_is_cut_out_by_its_camera_box() {
    let car = car(18.0, 4.0, 0.0);
    let mut points = surface(&car);
    for i in 0..400 {
        let (x, z) = (14.0 + 0.04 * f64::from(i) as f32, -1.4 + 0.02 * (i % 60) as f32);
        points.push(LidarPoint { x, y: 5.4, z, intensity: 0.1 });
    }
    let size = Size::new(16.0, 4.0, 1.6).expect("positive");
    let hedge = Box3::new(Position::new(22.0, 4.0, -0.9), size, Yaw::default());
    let merged = Detection3d { class: ObjectClass::Unknown, ..by_lidar(hedge, 0) };
    let out = fused(points, vec![merged], vec![by_camera(&car, ObjectClass::Car)]);
    let best = out.iter().find(|d| d.source == Source::Fused).expect("a fused object");
    assert!(best.bbox.center.planar_distance(&car.center) < 0.6, "{:?}", best.bbox);
    assert_eq!(best.class, ObjectClass::Car);
}

#[test]
fn what_the_camera_denies_loses_confidence_and_what_it_cannot_see_keeps_it() {
    let (ahead, behind) = (car(12.0, 0.0, 0.0), car(-12.0, 0.0, 0.0));
    let out = fused(vec![], vec![by_lidar(ahead, 0), by_lidar(behind, 1)], vec![]);
    assert!(out[0].score.get() < 0.4 && out[0].image_box.is_some());
    assert_eq!((out[1].score.get(), out[1].image_box), (0.6, None));
}

#[test]
fn the_larger_an_object_should_be_in_the_image_the_surer_it_is_denied() {
    // Over 80 and about 20 pixels high.
    let scores = [12.0, 55.0]
        .map(|x| fused(vec![], vec![by_lidar(car(x, 0.0, 0.0), 0)], vec![])[0].score.get());
    assert!(scores[0] < 0.2 && scores[1] > 0.3 && scores[1] < 0.4, "{scores:?}");
    let tiny = Box2::new(600.0, 180.0, 604.0, 183.0);
    let score = Score::clamped(0.6);
    assert!((denied(score, &tiny, 0.03).get() - 0.6).abs() < 1e-12);
    let large = Box2::new(600.0, 180.0, 700.0, 280.0);
    assert!((denied(score, &large, 0.1).get() - 0.15 / 1.15).abs() < 1e-12, "odds 1.5 to 0.15");
    assert!(denied(Score::ONE, &large, 0.0).get() <= 1.0);
}

#[test]
fn a_hidden_car_is_not_denied() {
    let (near, far) = (car(10.0, 0.0, 0.0), car(17.0, 0.0, 0.0));
    let lidar = vec![by_lidar(near, 0), by_lidar(far, 1)];
    let out = fused(surface(&near), lidar, vec![by_camera(&near, ObjectClass::Car)]);
    let hidden = out.iter().find(|d| d.cluster == Some(1)).expect("kept");
    assert_eq!((hidden.score.get(), hidden.source), (0.6, Source::Lidar));
}

#[test]
fn two_networks_classes_for_one_car_make_one_object() {
    let car = car(15.0, 2.0, 0.0);
    let both = vec![by_camera(&car, ObjectClass::Car), by_camera(&car, ObjectClass::Truck)];
    assert_eq!(fused(surface(&car), vec![by_lidar(car, 0)], both).len(), 1);
}

#[test]
fn a_camera_box_without_points_makes_no_object() {
    let seen = by_camera(&car(20.0, 1.0, 0.0), ObjectClass::Car);
    assert_eq!(fused(surface(&car(15.0, -6.0, 0.0)), vec![], vec![seen]), []);
}

#[test]
fn an_empty_cloud_or_one_without_segments_is_no_scan() {
    let car = car(20.0, 1.0, 0.0);
    let seen = by_camera(&car, ObjectClass::Car);
    let alone = lifted(seen);
    assert_eq!(alone.len(), 1);
    let (empty, full) = (PointCloud::new(vec![]), PointCloud::new(surface(&car)));
    let none = Segments::default();
    let some = Segments { labels: vec![Segment::Rest; 9], clusters: 0 };
    for (cloud, segments) in [
        (None, None),
        (Some(&empty), Some(&none)),
        (Some(&empty), Some(&some)),
        (Some(&full), Some(&none)),
        (Some(&full), None),
    ] {
        let mut out = Detections3d::default();
        let (objects, camera) = (Detections3d::default(), Detections2d(vec![seen]));
        let mut fuser = Fuser::new(FusionConfig::default());
        fuser.fuse(&calibration(), cloud, segments, Some(&objects), Some(&camera), &mut out);
        assert_eq!(out.0, alone);
    }
}

#[test]
fn without_a_scan_lidar_objects_still_join_and_other_boxes_are_lifted() {
    let (known, other) = (car(15.0, 3.0, 0.0), car(20.0, -3.0, 0.0));
    let seen = [known, other].map(|b| by_camera(&b, ObjectClass::Car)).to_vec();
    let out = fused(vec![], vec![by_lidar(known, 0)], seen);
    let sources: Vec<_> = out.iter().map(|d| d.source).collect();
    assert_eq!(sources, [Source::Fused, Source::Camera]);
    assert_eq!(out[0].bbox, known);
    assert_eq!(out[1], lifted(by_camera(&other, ObjectClass::Car))[0]);
}

#[test]
fn a_camera_score_that_is_no_probability_is_clamped_first() {
    for (camera, quality, wanted) in
        [(7.0, 0.5, 1.0), (-3.0, 0.5, 0.5), (0.5, 0.5, 0.75), (1.0, 0.0, 1.0), (-1.0, 0.0, 0.0)]
    {
        let joint = joint_score(Score::new(camera).expect("finite"), quality).get();
        assert!((joint - wanted).abs() < 1e-12, "{camera} and {quality} give {joint}");
    }
}

#[test]
fn a_camera_of_unknown_image_size_sees_what_one_of_known_size_sees() {
    let car = car(15.0, 2.0, 0.1);
    let mut unsized_camera = calibration();
    unsized_camera.camera.as_mut().expect("a camera").size = None;
    let points = surface(&car);
    let segments = Segments { labels: vec![Segment::Cluster(0); points.len()], clusters: 1 };
    let cloud = PointCloud::new(points);
    let camera = Detections2d(vec![by_camera(&car, ObjectClass::Car)]);
    for lidar in [vec![], vec![by_lidar(car, 0)]] {
        let [with, without] = [&calibration(), &unsized_camera].map(|calibration| {
            let (mut out, lidar) = (Detections3d::default(), Detections3d(lidar.clone()));
            let mut fuser = Fuser::new(FusionConfig::default());
            let (cloud, segments) = (Some(&cloud), Some(&segments));
            fuser.fuse(calibration, cloud, segments, Some(&lidar), Some(&camera), &mut out);
            out.0
        });
        assert_eq!(without.len(), 1);
        assert_eq!((without[0].source, without), (Source::Fused, with));
    }
}

#[test]
fn weak_boxes_and_things_off_the_road_are_left_out() {
    let car = car(15.0, 2.0, 0.0);
    let sign = by_camera(&car, ObjectClass::StopSign);
    let weak = Detection2d { score: Score::clamped(0.1), ..by_camera(&car, ObjectClass::Car) };
    assert_eq!(fused(surface(&car), vec![], vec![sign, weak]), []);
}

#[test]
fn a_scan_without_segments_or_with_others_does_not_panic() {
    let car = car(15.0, 2.0, 0.0);
    let cloud = PointCloud::new(surface(&car));
    let short = Segments { labels: vec![Segment::Cluster(9); 3], clusters: 1 };
    let long = Segments { labels: vec![Segment::Cluster(9); 9_999], clusters: 1 };
    let camera = Detections2d(vec![by_camera(&car, ObjectClass::Car)]);
    let mut fuser = Fuser::new(FusionConfig::default());
    for segments in [None, Some(&short), Some(&long)] {
        let mut out = Detections3d::default();
        let lidar = Detections3d(vec![by_lidar(car, 40)]);
        let cloud = Some(&cloud);
        fuser.fuse(&calibration(), cloud, segments, Some(&lidar), Some(&camera), &mut out);
        assert_eq!(out.0.len(), 1);
    }
}

fn lifted(seen: Detection2d) -> Vec<Detection3d> {
    let mut out = Detections3d::default();
    let camera = Detections2d(vec![seen]);
    let mut fuser = Fuser::new(FusionConfig::default());
    fuser.fuse(&calibration(), None, None, None, Some(&camera), &mut out);
    out.0
}

#[test]
fn a_box_cut_off_below_cannot_be_lifted() {
    let mut seen = by_camera(&car(15.0, 0.0, 0.0), ObjectClass::Car);
    seen.bbox.y2 = 379.0;
    assert_eq!(lifted(seen), []);
}

proptest! {
    #[test]
    fn lifted_cars_stand_where_they_were(x in 9.0..45.0f64, side in -1.0..1.0f64) {
        // As far aside as the whole car is in the image: its near end is.
        let widest = 600.0 / 700.0 * (x - 2.0) - 0.9;
        let car = car(x, side * widest, 0.0);
        let out = lifted(by_camera(&car, ObjectClass::Car));
        prop_assert_eq!(out.len(), 1);
        let off = out[0].bbox.center.planar_distance(&car.center);
        let range = car.center.x().hypot(car.center.y());
        prop_assert!(off < 1.0 + 0.02 * range, "{} m off at {} m", off, range);
        prop_assert!((out[0].bbox.bottom() + EGO_HEIGHT_M).abs() < 1e-9);
        prop_assert_eq!(out[0].source, Source::Camera);
    }

    #[test]
    fn points_behind_a_box_give_its_place(x in 8.0..30.0f64, side in -0.3..0.3f64, yaw in -0.2..0.2f64) {
        let car = car(x, x * side, yaw);
        let out = fused(surface(&car), vec![], vec![by_camera(&car, ObjectClass::Car)]);
        prop_assert_eq!(out.len(), 1);
        let off = out[0].bbox.center.planar_distance(&car.center);
        prop_assert!(off < 0.8, "{} m off: {:?}", off, out[0].bbox);
        prop_assert!((0.0..=1.0).contains(&out[0].score.get()));
    }
}
