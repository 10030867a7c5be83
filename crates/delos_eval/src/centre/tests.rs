//! A made-up street: vehicles with points on them, tracks beside them.

use super::*;
use delos_core::{
    Box2, Box3, Camera, CameraModel, Ego, GroundTruth, ImageSize, LabelledObject, LidarPoint,
    ObjectClass, PointCloud, Position, Size, TrackId, Transform, Yaw,
};
use nalgebra::{Isometry3, Matrix3, Rotation3, Translation3, UnitQuaternion};

fn at(x: f64, y: f64) -> Box3<Ego> {
    let size = Size::new(4.0, 1.8, 1.5).expect("positive");
    Box3::new(Position::new(x, y, -1.0), size, Yaw::default())
}

fn object(class: ObjectClass, id: u32, bbox: Box3<Ego>) -> LabelledObject {
    LabelledObject {
        class,
        track: Some(TrackId(id)),
        bbox: Some(bbox),
        image_box: None,
        truncation: 0.0,
        occlusion: 0,
    }
}

fn car(id: u32, x: f64, y: f64) -> LabelledObject {
    object(ObjectClass::Car, id, at(x, y))
}

fn track(id: u32, x: f64, y: f64) -> TrackedBox {
    TrackedBox { id: TrackId(id), class: ObjectClass::Car, bbox: at(x, y) }
}

/// Looks forward from the vehicle's origin, 90 degrees wide and 45 high.
fn camera() -> CameraModel {
    let axes = Matrix3::new(0.0, -1.0, 0.0, 0.0, 0.0, -1.0, 1.0, 0.0, 0.0);
    let rotation = UnitQuaternion::from_rotation_matrix(&Rotation3::from_matrix_unchecked(axes));
    let camera_from_ego: Transform<Camera, Ego> =
        Transform::new(Isometry3::from_parts(Translation3::identity(), rotation));
    let projection = [100.0, 0.0, 100.0, 0.0, 0.0, 100.0, 50.0, 0.0, 0.0, 0.0, 1.0, 0.0];
    let size = ImageSize { width: 200, height: 100 };
    CameraModel::new(&projection, camera_from_ego, Some(size)).expect("valid")
}

/// A scan with `points` returns in the middle of each object.
fn scan(truth: &[LabelledObject], points: usize) -> PointCloud<Ego> {
    let centers = truth.iter().filter_map(|object| object.bbox).map(|bbox| bbox.center);
    let point = |c: Position<Ego>| LidarPoint {
        x: c.x() as f32,
        y: c.y() as f32,
        z: c.z() as f32,
        intensity: 0.2,
    };
    PointCloud::new(centers.flat_map(|c| std::iter::repeat_n(point(c), points)).collect())
}

struct Street {
    scores: CentreScores,
    camera: CameraModel,
}

impl Street {
    fn new() -> Self {
        Self { scores: CentreScores::new(CentreRules::default()), camera: camera() }
    }

    fn see(
        &mut self,
        truth: &[LabelledObject],
        points: usize,
        tracks: &[TrackedBox],
    ) -> FrameVerdict {
        let cloud = scan(truth, points);
        let truth = GroundTruth(truth.to_vec());
        let camera = Some(&self.camera);
        self.scores.add(&FrameInput { truth: &truth, cloud: &cloud, tracks, camera })
    }
}

/// What the only track of a frame is worth beside `truth`, and how many vehicles count.
fn worth(truth: &[LabelledObject], points: usize, track: TrackedBox) -> (Judgement, usize) {
    let verdict = Street::new().see(truth, points, &[track]);
    (verdict.tracks[0].judgement, verdict.vehicles.len())
}

#[test]
fn a_track_is_right_within_one_metre_of_a_vehicle_that_counts() {
    use Judgement::{Neutral, Right, Wrong};
    let pedestrian = object(ObjectClass::Pedestrian, 1, at(20.0, 0.0));
    let bus = object(ObjectClass::Bus, 1, at(20.0, 0.0));
    let table = [
        ("near", car(1, 20.0, 0.0), 50, track(5, 20.6, 0.7), Right, 1),
        ("another class of vehicle", bus, 50, track(5, 20.0, 0.0), Right, 1),
        ("too far beside", car(1, 20.0, 0.0), 50, track(5, 20.8, 0.7), Wrong, 1),
        ("few points", car(1, 20.0, 0.0), 49, track(5, 20.0, 0.0), Neutral, 0),
        ("a pedestrian", pedestrian, 80, track(5, 20.0, 0.5), Neutral, 0),
        ("both too far away", car(1, 51.0, 0.0), 50, track(5, 51.0, 0.0), Neutral, 0),
        ("the vehicle too far away", car(1, 50.2, 0.0), 50, track(5, 49.9, 0.0), Neutral, 0),
        ("the track too far away", car(1, 49.9, 0.0), 50, track(5, 50.2, 0.0), Right, 1),
        ("nothing there, too far away", car(1, 20.0, 0.0), 50, track(5, 50.2, 0.0), Neutral, 1),
        ("outside the image", car(1, 20.0, 21.0), 50, track(5, 20.0, 21.0), Neutral, 0),
        ("behind", car(1, -20.0, 0.0), 50, track(5, -20.0, 9.0), Neutral, 0),
    ];
    for (what, object, points, track, wanted, counted) in table {
        assert_eq!(worth(&[object], points, track), (wanted, counted), "{what}");
    }
}

#[test]
fn tracks_of_other_classes_are_not_judged() {
    let walker = TrackedBox { class: ObjectClass::Pedestrian, ..track(3, 20.0, 0.0) };
    let mut street = Street::new();
    let verdict = street.see(&[car(1, 20.0, 0.0)], 60, &[walker]);
    assert!(verdict.tracks.is_empty() && verdict.vehicles[0].found.is_none());
}

#[test]
fn a_region_left_out_makes_neutral_what_lies_mostly_in_it() {
    // Seen by the camera, the track covers columns 86 to 116 or so.
    let region = |x1: f32, x2: f32| LabelledObject {
        class: ObjectClass::DontCare,
        bbox: None,
        image_box: Some(Box2::new(x1, 0.0, x2, 100.0)),
        ..car(1, 0.0, 0.0)
    };
    let there = track(5, 10.0, 0.0);
    assert_eq!(worth(&[region(80.0, 103.0)], 0, there).0, Judgement::Neutral);
    assert_eq!(worth(&[region(80.0, 97.0)], 0, there).0, Judgement::Wrong);
}

#[test]
fn vehicles_that_count_are_served_first_and_as_many_as_possible() {
    // Track 5 lies nearest to car 1, but track 6 reaches car 1 only: both are found with 5 at
    // car 2.
    let truth = [car(1, 20.0, 0.0), car(2, 21.2, 0.0)];
    let verdict = Street::new().see(&truth, 60, &[track(5, 20.4, 0.0), track(6, 19.2, 0.0)]);
    let found: Vec<_> = verdict.vehicles.iter().filter_map(|v| Some(v.found?.track.0)).collect();
    assert_eq!(found, [6, 5]);

    // The pedestrian is nearer, but the car counts.
    let truth = [object(ObjectClass::Pedestrian, 1, at(20.0, 0.0)), car(2, 20.9, 0.0)];
    let verdict = Street::new().see(&truth, 60, &[track(5, 20.1, 0.0)]);
    assert_eq!(verdict.tracks[0].judgement, Judgement::Right);
}

#[test]
fn one_vehicle_excuses_one_track() {
    let tracks = [track(5, 20.0, 0.1), track(6, 20.0, -0.2)];
    let verdict = Street::new().see(&[car(1, 20.0, 0.0)], 60, &tracks);
    let worth: Vec<_> = verdict.tracks.iter().map(|track| track.judgement).collect();
    assert_eq!(worth, [Judgement::Right, Judgement::Wrong]);
}

#[test]
fn without_a_camera_every_direction_counts() {
    let (truth, tracks) = ([car(1, -20.0, 0.0)], [track(5, -20.0, 0.5)]);
    let cloud = scan(&truth, 60);
    let truth = GroundTruth(truth.to_vec());
    let input = FrameInput { truth: &truth, cloud: &cloud, tracks: &tracks, camera: None };
    assert_eq!(judge(&input, &CentreRules::default()).tracks[0].judgement, Judgement::Right);
}

#[test]
fn a_drive_is_summed_up() {
    let mut street = Street::new();
    let hidden = LabelledObject { occlusion: 2, truncation: 1.0, ..car(2, 40.0, -3.0) };
    let truth = [car(1, 10.0, 2.0), hidden];
    street.see(&truth, 60, &[track(5, 10.0, 2.3), track(6, 40.5, -3.0)]);
    street.see(&truth, 120, &[track(5, 10.0, 2.1), track(8, 25.0, 9.0)]);
    street.see(&truth, 300, &[track(7, 10.0, 2.0), track(6, 40.0, -3.0)]);
    street.scores.begin_scene();
    street.see(&[car(1, 10.0, 2.0)], 60, &[track(9, 10.0, 2.1)]);

    let report = street.scores.report();
    assert_eq!((report.frames, report.vehicles_counted, report.vehicles_found), (4, 7, 6));
    assert_eq!((report.tracks_wrong, report.tracks_neutral), (1, 0));
    assert_eq!(report.recall, Some(6.0 / 7.0));
    assert_eq!(report.precision, Some(6.0 / 7.0));
    assert_eq!((report.id_switches, report.fragmentations), (1, 1), "5 to 7; car 2 lost once");
    assert_eq!((report.identities, report.identities_found), (3, 3));
    let error = report.position_error_m.expect("some found");
    assert!((error - (0.3 + 0.5 + 0.1 + 0.0 + 0.0 + 0.1) / 6.0).abs() < 1e-9, "{error}");
    assert!((report.position_error_p95_m.expect("some found") - 0.5).abs() < 1e-9);

    let case = |by: &str, name: &str| {
        let group = report.hard_cases.iter().find(|group| group.by == by).expect(by);
        let case = group.cases.iter().find(|case| case.name == name).expect(name);
        (case.counted, case.found)
    };
    assert_eq!(case("distance", "below 15 m"), (4, 4));
    assert_eq!(case("distance", "30 m and more"), (3, 2));
    assert_eq!(case("occlusion", "mostly hidden"), (3, 2));
    assert_eq!(case("class", "car"), (7, 6));
    assert_eq!(case("points", "below 100"), (3, 3));
    assert_eq!(case("points", "100 to 299"), (2, 1));
    assert_eq!(case("points", "300 and more"), (2, 2));
    assert_eq!(case("truncation", "cut by its edge"), (3, 2));
    for group in &report.hard_cases {
        assert_eq!(group.cases.iter().map(|case| case.counted).sum::<u64>(), 7, "{}", group.by);
    }
    let wrong: Vec<u64> = report.wrong_by_distance.iter().map(|case| case.wrong).collect();
    assert_eq!(wrong, [0, 1, 0]);
}

#[test]
fn nothing_to_judge_is_not_perfect() {
    let report = CentreScores::new(CentreRules::default()).report();
    assert_eq!((report.recall, report.precision, report.position_error_m), (None, None, None));
}
