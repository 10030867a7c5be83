//! The readers of KITTI on real recordings.

use delos_core::{CameraModel, ObjectClass, PointCloud, Stamp, wrap_angle};
use delos_ingest::kitti::{boxes::CameraBox, calib, labels};
use delos_ingest::{
    IngestError, Layout, LidarFolder, Need, Recording, ReplayOptions, SensorFrame, Sequences, open,
};
use delos_tests::real_data;
use std::collections::BTreeMap;
use std::path::PathBuf;

/// The tracking sequences of the sample.
const SEQUENCES: [&str; 14] = [
    "0000", "0001", "0002", "0003", "0004", "0005", "0007", "0009", "0011", "0012", "0014", "0016",
    "0017", "0020",
];

const DRIVE_52: &str = "kitti_raw/2011_09_26/2011_09_26_drive_0052_sync";
const DRIVE_1: &str = "kitti_raw/2011_09_26/2011_09_26_drive_0001_sync";

fn only_lidar(data: PathBuf) -> ReplayOptions {
    ReplayOptions { data, camera: Need::Off, lidar_need: Need::Required, ..Default::default() }
}

fn frames(recording: Recording) -> Vec<SensorFrame> {
    let stream = recording.stream().expect("threads");
    stream.collect::<Result<_, _>>().expect("every frame is readable")
}

fn median(mut values: Vec<f64>) -> f64 {
    assert!(!values.is_empty());
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

fn milliseconds(stamp: Stamp) -> i64 {
    stamp.as_nanos() / 1_000_000
}

#[test]
fn drive_0052_has_32_frames_of_both_sensors() {
    let Some(data) = real_data("drive_0052_has_32_frames_of_both_sensors") else { return };
    let options = ReplayOptions {
        data: data.join(DRIVE_52),
        camera: Need::Required,
        lidar_need: Need::Required,
        ..Default::default()
    };
    let recording = open(&options).expect("opens");
    assert_eq!((recording.layout, recording.frame_count()), (Layout::KittiRaw, Some(32)));
    assert_eq!(recording.ground_truth, None);
    assert_eq!(
        recording.notices,
        ["no timestamps: 10 Hz assumed", "no ego poses (neither oxts nor a pose file)"]
    );
    let frames = frames(recording);
    assert_eq!(frames.len(), 32);
    for (tick, frame) in frames.iter().enumerate() {
        let header = &frame.header;
        assert_eq!((header.tick, header.frame as usize), (tick as u64, tick));
        assert_eq!(&*header.sequence, "2011_09_26_drive_0052_sync");
        assert_eq!(milliseconds(header.stamp), 100 * i64::from(header.frame));
        let image = frame.image.as_ref().expect("an image");
        assert_eq!((image.width(), image.height()), (1242, 375));
        let cloud = frame.cloud.as_ref().expect("a scan");
        assert!((90_000..130_000).contains(&cloud.points().len()), "{}", cloud.points().len());
        assert_eq!(cloud.dropped(), 0);
        assert!(frame.truth.is_none() && frame.pose.is_none());
        assert_eq!(frame.calibration.camera.expect("a camera").size, Some(image.size()));
    }
}

#[test]
fn the_calibration_of_the_day_is_that_of_the_object_benchmark() {
    let Some(data) = real_data("the_calibration_of_the_day_is_that_of_the_object_benchmark") else {
        return;
    };
    let recording = open(&only_lidar(data.join(DRIVE_52))).expect("opens");
    let first = recording.stream().expect("threads").next().expect("a frame").expect("readable");
    let raw = first.calibration.camera.expect("a camera");
    // Object frame 001497 is frame 7 of the drive.
    let text = std::fs::read_to_string(data.join("kitti_object/training/calib/001497.txt"));
    let file = calib::parse(&text.expect("there")).expect("parses");
    let object = calib::benchmark(&file, raw.size).expect("complete").camera;
    assert!((raw.projection() - object.projection()).abs().max() < 1e-3);
    let difference = *raw.camera_from_ego() * object.camera_from_ego().inverse();
    assert!(difference.isometry().translation.vector.norm() < 1e-5);
    assert!(difference.isometry().rotation.angle() < 1e-5);
}

#[test]
fn labelled_cars_of_drive_0052_hold_their_points() {
    let Some(data) = real_data("labelled_cars_of_drive_0052_hold_their_points") else { return };
    let frames = frames(open(&only_lidar(data.join(DRIVE_52))).expect("opens"));
    let mut cars = 0;
    for (number, id) in [(7, "001497"), (14, "004587"), (21, "001206"), (31, "001966")] {
        let path = data.join(format!("kitti_object/training/label_2/{id}.txt"));
        let rows = labels::parse_object(&std::fs::read_to_string(path).expect("there"));
        let frame: &SensorFrame = &frames[number];
        let camera = frame.calibration.camera.expect("a camera");
        for row in rows.expect("parses").iter().filter(|row| row.class.is_vehicle()) {
            let truth = row.to_labelled(&camera).bbox.expect("vehicles have a place");
            let cloud = frame.cloud.as_ref().expect("a scan");
            if truth.center.x() < 25.0 && row.occlusion == 0 {
                let inside = points_inside(cloud, &truth);
                assert!(inside >= 50, "{id}: {inside} points in {truth:?}");
                cars += 1;
            }
        }
    }
    assert!(cars >= 8, "{cars} near vehicles that nothing hides");
}

fn points_inside(
    cloud: &PointCloud<delos_core::Ego>,
    object: &delos_core::Box3<delos_core::Ego>,
) -> usize {
    let inside = |i: &usize| cloud.position(*i).is_some_and(|p| object.contains(&p, 0.05));
    (0..cloud.points().len()).filter(inside).count()
}

#[test]
fn drive_0001_has_tracklets_times_and_one_pose() {
    let Some(data) = real_data("drive_0001_has_tracklets_times_and_one_pose") else { return };
    let recording = open(&only_lidar(data.join(DRIVE_1))).expect("opens");
    assert_eq!(recording.frame_count(), Some(5));
    assert_eq!(recording.ground_truth, Some(data.join(DRIVE_1).join("tracklet_labels.xml")));
    assert_eq!(recording.notices, ["oxts lacks 4 of 5 frames: ego poses are not used"]);
    let stamps: Vec<i64> = recording.sequences[0].frames.iter().map(|f| f.1.as_nanos()).collect();
    assert_eq!(stamps[1] - stamps[0], 103_082_324, "the times are the LiDAR's own");
    let all = frames(recording);
    assert!(all.iter().all(|frame| frame.pose.is_none() && frame.truth.is_some()));
    let truth = &all[0].truth.as_ref().expect("tracklets").0;
    assert_eq!(truth[0].class, ObjectClass::Car);
    let place = truth[0].bbox.expect("a place");
    assert!((place.center.x() - 25.2125).abs() < 1e-3 && (place.bottom() + 1.792).abs() < 1e-3);
    let near = truth.iter().filter_map(|object| object.bbox).filter(|b| b.center.x() < 40.0);
    let cloud = all[0].cloud.as_ref().expect("a scan");
    let points: Vec<usize> = near.map(|object| points_inside(cloud, &object)).collect();
    assert_eq!(points.len(), 2);
    assert!(points.iter().all(|points| *points >= 50), "{points:?}");

    let one = ReplayOptions { max_frames: Some(1), ..only_lidar(data.join(DRIVE_1)) };
    assert_eq!(open(&one).expect("opens").frame_count(), Some(1));
}

#[test]
fn every_tracking_sequence_opens_with_labels_poses_and_detections() {
    let test = "every_tracking_sequence_opens_with_labels_poses_and_detections";
    let Some(data) = real_data(test) else { return };
    let options = ReplayOptions {
        data: data.join("kitti_tracking"),
        camera: Need::Off,
        lidar_need: Need::Off,
        detections: Some("detections/pointrcnn".into()),
        detections_need: Need::Required,
        detections_2d: Some("rrc_2d_training".into()),
        ..Default::default()
    };
    let recording = open(&options).expect("opens");
    let names: Vec<_> = recording.sequences.iter().map(|s| s.name.to_string()).collect();
    assert_eq!(
        (recording.layout, names.as_slice()),
        (Layout::KittiTracking, SEQUENCES.map(String::from).as_slice())
    );
    let wanted = [154, 447, 233, 144, 314, 297, 800, 803, 373, 78, 106, 209, 145, 837];
    let counts: Vec<_> = recording.sequences.iter().map(|s| s.frames.len()).collect();
    assert_eq!(counts, wanted);
    assert_eq!(
        recording.notices,
        ["no timestamps: 10 Hz assumed", "ego poses from the pose file CameraTrajectory.txt"]
    );
    let frames = frames(recording);
    let (mut objects, mut found, mut found_2d) = (0, 0, 0);
    for (tick, frame) in frames.iter().enumerate() {
        assert_eq!(frame.header.tick, tick as u64);
        assert!(frame.pose.is_some(), "{:?}", frame.header);
        objects += frame.truth.as_ref().expect("labels").0.len();
        found += frame.detections.as_ref().expect("detections").0.len();
        found_2d += frame.detections_2d.as_ref().expect("detections").0.len();
    }
    let count = |folder: &str| lines_below(&data.join("kitti_tracking").join(folder));
    assert_eq!(objects, count("training/label_02"));
    assert_eq!(found, count("detections/pointrcnn"));
    assert_eq!(found_2d, count("detections/rrc_2d_training"));
}

/// Lines that are not blank in every file below a folder.
fn lines_below(folder: &std::path::Path) -> usize {
    let entries =
        std::fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("readable").path());
    entries
        .map(|path| {
            if path.is_dir() {
                return lines_below(&path);
            }
            let text = std::fs::read_to_string(path).expect("text");
            text.lines().filter(|line| !line.trim().is_empty()).count()
        })
        .sum()
}

#[test]
fn poses_start_at_the_origin_and_move_as_a_car_does() {
    let Some(data) = real_data("poses_start_at_the_origin_and_move_as_a_car_does") else { return };
    let data = data.join("kitti_tracking");
    let options =
        ReplayOptions { sequences: Sequences::List(vec!["0000".to_owned()]), ..only_lidar(data) };
    let frames = frames(open(&options).expect("opens"));
    let poses: Vec<_> =
        frames.iter().map(|f| *f.pose.expect("a pose").world_from_ego.isometry()).collect();
    assert!(poses[0].translation.vector.norm() < 1e-9);
    let steps: Vec<_> =
        poses.windows(2).map(|p| (p[0].inverse() * p[1]).translation.vector).collect();
    assert!(steps.iter().all(|step| step.norm() < 2.5), "no step beyond 90 km/h");
    assert!(median(steps.iter().map(|step| step.x).collect()) > 0.2, "forward is x");
    assert!(median(steps.iter().map(|step| step.y.abs()).collect()) < 0.1, "not sideways");
    let end = poses.last().expect("some").translation.vector;
    assert!(end.xy().norm() > 30.0 && end.z.abs() < 5.0, "{end}");
}

#[test]
fn parked_cars_stand_still_in_the_world() {
    let Some(data) = real_data("parked_cars_stand_still_in_the_world") else { return };
    let options = ReplayOptions {
        sequences: Sequences::List(vec!["0001".to_owned()]),
        camera: Need::Off,
        lidar_need: Need::Off,
        detections: Some("pointrcnn".into()),
        ..ReplayOptions { data: data.join("kitti_tracking"), ..Default::default() }
    };
    let mut places: BTreeMap<u32, Vec<nalgebra::Point3<f64>>> = BTreeMap::new();
    for frame in frames(open(&options).expect("opens")) {
        let pose = frame.pose.expect("a pose").world_from_ego;
        for object in frame.truth.expect("labels").0 {
            if let (Some(track), Some(place)) = (object.track, object.bbox) {
                places.entry(track.0).or_default().push(*(pose * place.center).point());
            }
        }
    }
    let spread = |points: &Vec<nalgebra::Point3<f64>>| {
        let middle = [0, 1].map(|axis| median(points.iter().map(|p| p[axis]).collect()));
        median(points.iter().map(|p| (p.x - middle[0]).hypot(p.y - middle[1])).collect())
    };
    let long = places.values().filter(|points| points.len() >= 20);
    // Most cars of this sequence are parked.
    let scatter = median(long.map(spread).collect());
    assert!(scatter < 0.5, "parked cars scatter by {scatter:.2} m");
}

#[test]
fn the_folder_with_more_scans_is_read() {
    let Some(data) = real_data("the_folder_with_more_scans_is_read") else { return };
    let data = data.join("kitti_tracking/training");
    let auto = open(&only_lidar(data.clone())).expect("opens");
    assert_eq!(auto.frame_count(), Some(154), "only sequence 0000 has scans");
    assert_eq!(auto.sequences.len(), 1);
    let said = auto.notices.join("\n");
    assert!(said.contains("6 and 154 scans: velodyne_reduced is read"), "{said}");
    assert!(said.contains("left out, no LiDAR scans"), "{said}");
    let full = ReplayOptions { lidar: LidarFolder::Velodyne, ..only_lidar(data.clone()) };
    assert_eq!(open(&full).expect("opens").frame_count(), Some(6));
    let wrong = ReplayOptions {
        sequences: Sequences::List(vec!["0001".to_owned()]),
        ..only_lidar(data.clone())
    };
    let error = open(&wrong).expect_err("has none").to_string();
    assert!(
        error.contains("LiDAR scans of sequence 0001") && error.contains("velodyne_reduced/0001"),
        "{error}"
    );
    let unknown =
        ReplayOptions { sequences: Sequences::List(vec!["9999".to_owned()]), ..only_lidar(data) };
    assert!(matches!(open(&unknown), Err(IngestError::Sequence { .. })));
}

#[test]
fn labelled_cars_of_sequence_0000_hold_lidar_points_and_fit_their_rectangles() {
    let test = "labelled_cars_of_sequence_0000_hold_lidar_points_and_fit_their_rectangles";
    let Some(data) = real_data(test) else { return };
    let (mut points, mut edges) = (Vec::new(), Vec::new());
    for frame in frames(open(&only_lidar(data.join("kitti_tracking"))).expect("opens")) {
        let camera = frame.calibration.camera.expect("a camera");
        let cloud = frame.cloud.as_ref().expect("a scan");
        for object in &frame.truth.as_ref().expect("labels").0 {
            let (Some(place), Some(rectangle)) = (object.bbox, object.image_box) else { continue };
            if object.truncation == 0.0 && object.occlusion == 0 && place.center.x() < 40.0 {
                points.push(points_inside(cloud, &place) as f64);
                edges.extend(edge_errors(&camera, &place, &rectangle));
            }
        }
    }
    assert!(points.len() > 100, "{} objects", points.len());
    let (points, edges) = (median(points), median(edges));
    assert!(points >= 200.0, "median of {points} points in a labelled box");
    assert!(edges < 1.0, "projected boxes are off by a median of {edges:.2} pixels");
}

fn edge_errors(
    camera: &CameraModel,
    place: &delos_core::Box3<delos_core::Ego>,
    wanted: &delos_core::Box2,
) -> [f64; 4] {
    let seen = camera.project_box_clipped(place).expect("labelled objects are seen");
    let pairs =
        [(seen.x1, wanted.x1), (seen.y1, wanted.y1), (seen.x2, wanted.x2), (seen.y2, wanted.y2)];
    pairs.map(|(a, b)| f64::from((a - b).abs()))
}

#[test]
fn every_label_survives_the_way_to_the_vehicle_and_back() {
    let Some(data) = real_data("every_label_survives_the_way_to_the_vehicle_and_back") else {
        return;
    };
    let mut count = 0;
    for sequence in SEQUENCES {
        let read = |folder: &str| {
            let path = data.join(format!("kitti_tracking/training/{folder}/{sequence}.txt"));
            std::fs::read_to_string(path).expect("there")
        };
        let file = calib::parse(&read("calib")).expect("parses");
        let camera = calib::benchmark(&file, None).expect("complete").camera;
        for row in labels::parse_tracking(&read("label_02")).expect("parses") {
            let Some(place) = row.place else { continue };
            let back = CameraBox::from_ego(&place.to_ego(&camera), &camera);
            let moved = back.bottom_center.point() - place.bottom_center.point();
            assert!(moved.norm() < 1e-6, "{sequence}: {place:?} became {back:?}");
            assert!(wrap_angle(back.rotation_y - place.rotation_y).abs() < 1e-6);
            // Labels carry the angle of view as well, which says little of objects beside.
            let turn = wrap_angle(back.alpha() - row.alpha).abs();
            assert!(turn < 0.2 || place.bottom_center.z() < 5.0, "{sequence}: {turn} in {row:?}");
            count += 1;
        }
    }
    assert!(count > 20_000, "{count} labels with a place");
}

#[test]
fn object_frames_are_scenes_of_their_own() {
    let Some(data) = real_data("object_frames_are_scenes_of_their_own") else { return };
    let full = ReplayOptions {
        lidar: LidarFolder::Velodyne,
        camera: Need::Required,
        lidar_need: Need::Required,
        data: data.join("kitti_object"),
        ..Default::default()
    };
    let recording = open(&full).expect("opens");
    assert_eq!(recording.layout, Layout::KittiObject);
    assert!(recording.frames_are_independent);
    assert_eq!(recording.ground_truth, Some(data.join("kitti_object/training/label_2")));
    let frames_both = frames(recording);
    let numbers: Vec<u32> = frames_both.iter().map(|frame| frame.header.frame).collect();
    assert_eq!(numbers, [0, 1], "000008 has no full scan");
    for frame in &frames_both {
        assert_eq!(&*frame.header.sequence, "training");
        let size = frame.image.as_ref().expect("an image").size();
        assert_eq!(frame.calibration.camera.expect("a camera").size, Some(size));
        assert!(!frame.truth.as_ref().expect("labels").0.is_empty());
    }
    let reduced = open(&only_lidar(data.join("kitti_object/training"))).expect("opens");
    assert_eq!(reduced.frame_count(), Some(7), "velodyne_reduced has more scans");
    assert!(frames(reduced).iter().all(|frame| frame.truth.is_some()));
}

#[test]
fn images_without_scans_are_reported() {
    let Some(data) = real_data("images_without_scans_are_reported") else { return };
    let options = ReplayOptions {
        data: data.join("kitti_tracking"),
        camera: Need::Required,
        lidar_need: Need::Optional,
        ..Default::default()
    };
    let recording = open(&options).expect("opens");
    let names: Vec<_> = recording.sequences.iter().map(|s| s.name.to_string()).collect();
    assert_eq!(names, ["0001", "0016"]);
    let said = recording.notices.join("\n");
    assert!(said.contains("frame numbers jump from 10 to 15 and at 1 more place"), "{said}");
    assert!(said.contains("no LiDAR scans"), "{said}");
    let frames = frames(recording);
    let numbers: Vec<_> = frames.iter().map(|f| f.header.frame).collect();
    assert_eq!(numbers, [10, 15, 20, 2, 7, 12]);
    assert_eq!(milliseconds(frames[1].header.stamp) - milliseconds(frames[0].header.stamp), 500);
    assert!(frames.iter().all(|frame| frame.image.is_some() && frame.pose.is_some()));
}
