//! Made-up data sets in KITTI's layouts, whole and damaged.

mod anything;
mod blanks;
mod names;
mod unknown;

use super::calib::tests::MADE_UP;
use crate::{Layout, Need, Recording, ReplayOptions, SensorFrame, Sequences, open};
use delos_core::ImageSize;
use std::path::Path;

const LABELS: &str = "0 1 Car 0 0 -1.6 100 150 220 260 1.5 1.6 4.0 -3.0 1.7 12.0 -1.57
2 1 Car 0 0 -1.6 100 150 220 260 1.5 1.6 4.0 -3.0 1.7 11.0 -1.57
2 -1 DontCare -1 -1 -10 10 20 30 40 -1000 -1000 -1000 -10 -1 -1 -1
";

fn write(root: &Path, name: &str, content: impl AsRef<[u8]>) {
    let path = root.join(name);
    std::fs::create_dir_all(path.parent().expect("inside")).expect("made");
    std::fs::write(path, content).expect("written");
}

fn scan(points: &[[f32; 4]]) -> Vec<u8> {
    points.iter().flatten().flat_map(|value| value.to_le_bytes()).collect()
}

fn image(width: u32, height: u32) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut encoder = png::Encoder::new(&mut bytes, width, height);
    encoder.set_color(png::ColorType::Rgb);
    let mut writer = encoder.write_header().expect("a header");
    writer.write_image_data(&vec![7; (width * height * 3) as usize]).expect("pixels");
    drop(writer);
    bytes
}

/// Sequence 0000 with three images, two scans, labels and poses.
fn tracking() -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    let root = folder.path();
    write(root, "training/calib/0000.txt", MADE_UP);
    write(root, "training/label_02/0000.txt", LABELS);
    for frame in 0..3 {
        write(root, &format!("training/image_02/0000/{frame:06}.png"), image(40, 20));
    }
    write(root, "training/velodyne/0000/000000.bin", scan(&[[5.0, 1.0, -1.0, 0.5]]));
    write(root, "training/velodyne/0000/000002.bin", scan(&[[f32::NAN, 0.0, 0.0, 0.0]]));
    let poses = [0, 1, 2].map(|z| format!("1 0 0 0 0 1 0 0 0 0 1 {z}\n")).concat();
    write(root, "poses_orbslam3/0000/CameraTrajectory.txt", poses);
    write(root, "training/radar/0000/000000.bin", [0; 56]);
    folder
}

fn both(data: &Path) -> ReplayOptions {
    ReplayOptions {
        data: data.to_owned(),
        camera: Need::Required,
        lidar_need: Need::Required,
        ..Default::default()
    }
}

fn frames(recording: Recording) -> Vec<SensorFrame> {
    recording.stream().expect("threads").collect::<Result<_, _>>().expect("readable")
}

/// The message, causes included, with which reading everything fails.
fn failure(options: &ReplayOptions) -> String {
    let error = match open(options) {
        Err(error) => error,
        Ok(recording) => recording
            .stream()
            .expect("threads")
            .find_map(Result::err)
            .expect("opening or reading fails"),
    };
    let mut message = error.to_string();
    let mut cause = std::error::Error::source(&error);
    while let Some(error) = cause {
        message = format!("{message}: {error}");
        cause = error.source();
    }
    message
}

#[test]
fn the_common_part_runs_and_the_rest_is_reported() {
    let folder = tracking();
    let recording = open(&both(folder.path())).expect("opens");
    assert_eq!((recording.layout, recording.frame_count()), (Layout::KittiTracking, Some(2)));
    assert_eq!(
        recording.notices,
        [
            "3 images and 2 scans have 2 frames in common; 1 image without a scan (first 1); no scans without an image",
            "frame numbers jump from 0 to 2",
            "1 frame without a radar scan (first 2)",
            "no timestamps: 10 Hz assumed",
            "ego poses from the pose file CameraTrajectory.txt",
        ]
    );
    let frames = frames(recording);
    let last = &frames[1];
    assert_eq!((last.header.frame, last.header.tick), (2, 1));
    assert_eq!(last.header.stamp.as_nanos(), 200_000_000, "a gap in numbers is a gap in time");
    assert_eq!(last.notices, ["1 points are not finite and were dropped", "the scan is empty"]);
    assert_eq!(last.truth.as_ref().expect("labels").0.len(), 2);
    let moved = last.pose.expect("a pose").world_from_ego.isometry().translation.vector;
    assert!((moved.x - 2.0).abs() < 1e-2, "{moved}");
    let size = last.calibration.camera.expect("a camera").size;
    assert_eq!(size, Some(ImageSize { width: 40, height: 20 }));
    let radar: Vec<_> = frames.iter().map(|f| f.radar.as_ref().map(|r| r.echoes().len())).collect();
    assert_eq!(radar, [Some(2), None]);
}

#[test]
fn radar_is_read_as_far_as_it_is_wanted() {
    let folder = tracking();
    let needs = |radar| ReplayOptions { radar, ..both(folder.path()) };
    let required = frames(open(&needs(Need::Required)).expect("opens"));
    assert_eq!(required.iter().map(|f| f.header.frame).collect::<Vec<_>>(), [0]);
    let off = frames(open(&needs(Need::Off)).expect("opens"));
    assert!(off.len() == 2 && off.iter().all(|f| f.radar.is_none()));
    std::fs::remove_dir_all(folder.path().join("training/radar")).expect("removed");
    let message = failure(&needs(Need::Required));
    assert!(message.contains("radar scans of sequence 0000 not found"), "{message}");
    let elsewhere = raw();
    let data = elsewhere.path().join("d_sync");
    let message = failure(&ReplayOptions { radar: Need::Required, ..only_lidar(&data) });
    assert!(
        message.starts_with("radar scans (there is no place for them in KITTI raw) not found"),
        "{message}"
    );
    assert!(frames(open(&only_lidar(&data)).expect("opens")).iter().all(|f| f.radar.is_none()));
}

#[test]
fn timestamps_of_a_sequence_are_used() {
    let folder = tracking();
    let lines = ["00.25", "00.35", "00.75"].map(|s| format!("1970-01-01 00:00:{s}\n")).concat();
    write(folder.path(), "training/timestamps/0000.txt", lines);
    let recording = open(&both(folder.path())).expect("opens");
    let stamps: Vec<_> =
        recording.sequences[0].frames.iter().map(|(_, stamp)| stamp.as_nanos()).collect();
    assert_eq!(stamps, [250_000_000, 750_000_000]);
    assert!(!recording.notices.iter().any(|notice| notice.contains("10 Hz")));
}

#[test]
fn damaged_files_are_named() {
    let table: [(&str, &[u8], &str); 11] = [
        (
            "training/velodyne/0000/000000.bin",
            &[0; 17],
            "17 bytes are 1 points of 16 bytes and 1 bytes more",
        ),
        (
            "training/radar/0000/000000.bin",
            &[0; 29],
            "29 bytes are 1 echoes of 28 bytes and 1 bytes more",
        ),
        ("training/timestamps/0000.txt", b"soon\n", "line 1: `soon` is no time"),
        ("training/image_02/0000/000002.png", b"no image", "000002.png"),
        ("training/image_02/0000/000000.png", &image(40, 20)[..60], "000000.png"),
        ("training/calib/0000.txt", b"P2: 1 2 3", "line 1: `P2` needs 12 numbers, 3 found"),
        ("training/calib/0000.txt", b"P0: 1", "`P2` with 12 numbers; the key is missing"),
        (
            "training/label_02/0000.txt",
            b"0 1 Car 0 0",
            "0000.txt, line 1: 17 or 18 columns expected",
        ),
        ("training/label_02/0000.txt", b"\xff", "line 1: no text"),
        ("poses_orbslam3/0000/CameraTrajectory.txt", b"1 2\n", "line 1: 12 fields needed"),
        (
            "poses_orbslam3/0000/CameraTrajectory.txt",
            b"1 0 0 0 0 1 0 0 0 0 1 0\n\n1 0 0 0 0 1 0 0 0 0 1 2\n",
            "line 2: blank line where frame 1 belongs",
        ),
    ];
    for (name, content, wanted) in table {
        let folder = tracking();
        write(folder.path(), name, content);
        let message = failure(&both(folder.path()));
        let file = name.rsplit('/').next().expect("a name");
        assert!(message.contains(wanted) && message.contains(file), "{name}: {message}");
    }
}

#[test]
fn inputs_that_are_missing_are_named_with_the_places() {
    let folder = tracking();
    std::fs::remove_dir_all(folder.path().join("training/velodyne")).expect("removed");
    let message = failure(&both(folder.path()));
    assert!(message.contains("LiDAR scans of sequence 0000 not found"), "{message}");
    for place in ["velodyne/0000", "velodyne_reduced/0000"] {
        assert!(message.contains(place), "{message}");
    }
    let folder = tracking();
    std::fs::remove_file(folder.path().join("training/velodyne/0000/000000.bin")).expect("removed");
    std::fs::remove_file(folder.path().join("training/image_02/0000/000002.png")).expect("removed");
    let message = failure(&both(folder.path()));
    assert!(message.contains("no frame has all required inputs"), "{message}");
    let message = failure(&both(&folder.path().join("training/image_02/none")));
    assert!(message.contains("cannot access") && message.contains("No such file"), "{message}");
    std::fs::create_dir(folder.path().join("empty")).expect("made");
    let message = failure(&both(&folder.path().join("empty")));
    assert!(
        message.contains("no known layout") && message.contains("velodyne_points"),
        "{message}"
    );
}

#[test]
fn detection_files_stand_in_for_sensors() {
    let folder = tracking();
    let row = "5,2,1,2,3,4,8.5,1.5,1.6,4.0,-3.0,1.7,12.0,-1.57,-1.3\n";
    write(folder.path(), "detections/net/Car/0000.txt", row);
    let options = ReplayOptions {
        data: folder.path().join("training"),
        camera: Need::Off,
        lidar_need: Need::Off,
        detections: Some("net".into()),
        detections_need: Need::Required,
        ..Default::default()
    };
    let recording = open(&options).expect("opens");
    assert!(
        recording.notices.iter().any(
            |n| n.ends_with("CameraTrajectory.txt lacks 3 of 6 frames: ego poses are not used")
        )
    );
    let counts: Vec<_> =
        frames(recording).iter().map(|f| f.detections.as_ref().expect("a list").0.len()).collect();
    assert_eq!(counts, [0, 0, 0, 0, 0, 1], "frames without a detection are frames too");
    let missing = ReplayOptions { detections: Some("other".into()), ..options };
    assert!(failure(&missing).contains("folder of 3-D detections not found"));
}

/// A drive with five images, four scans, times and positions.
fn raw() -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    let root = folder.path();
    write(
        root,
        "calib_cam_to_cam.txt",
        "S_rect_02: 1200 360\nR_rect_00: 1 0 0 0 1 0 0 0 1\nP_rect_02: 700 0 600 42 0 700 180 0 0 0 1 0\n",
    );
    write(root, "calib_velo_to_cam.txt", "R: 0 -1 0 0 0 -1 1 0 0\nT: 0 -0.08 -0.27\n");
    write(root, "calib_imu_to_velo.txt", "R: 1 0 0 0 1 0 0 0 1\nT: -0.8 0.3 -0.8\n");
    let mut stamps = String::new();
    for frame in 0..5 {
        write(root, &format!("d_sync/velodyne_points/data/{frame:010}.bin"), scan(&[[1.0; 4]]));
        let longitude = 8.4 + 1e-5 * f64::from(frame);
        let record = format!("49.0 {longitude} 100 0 0 0{}\n", " 0".repeat(24));
        write(root, &format!("d_sync/oxts/data/{frame:010}.txt"), record);
        stamps.extend(["2011-09-26 13:02:25.", &frame.to_string(), "50000001\n"]);
    }
    write(root, "d_sync/velodyne_points/timestamps.txt", stamps);
    folder
}

#[test]
fn a_raw_drive_has_times_and_poses() {
    let folder = raw();
    let options =
        ReplayOptions { max_frames: Some(3), ..only_lidar(&folder.path().join("d_sync")) };
    let recording = open(&options).expect("opens");
    assert_eq!((recording.layout, recording.frame_count()), (Layout::KittiRaw, Some(3)));
    assert_eq!(recording.notices, ["ego poses from oxts"]);
    let all = frames(recording);
    assert_eq!(all[1].header.stamp - all[0].header.stamp, delos_core::Span::from_millis(100));
    let camera = all[0].calibration.camera.expect("a camera");
    assert_eq!(camera.size, Some(ImageSize { width: 1200, height: 360 }));
    let moved = all[2].pose.expect("a pose").world_from_ego.isometry().translation.vector;
    // 2e-5 degrees of longitude at 49 degrees north.
    let wanted = 6_378_137.0 * 2e-5_f64.to_radians() * 49_f64.to_radians().cos();
    assert!((moved.x - wanted).abs() < 1e-6 && moved.y.abs() < 1e-6, "{moved}");
    let day = open(&only_lidar(folder.path())).expect("the day opens too");
    assert_eq!(&*day.sequences[0].name, "d_sync");
}

fn only_lidar(data: &Path) -> ReplayOptions {
    ReplayOptions { camera: Need::Off, ..both(data) }
}

#[test]
fn times_that_cannot_be_used_are_not_used() {
    for (stamps, why) in [
        ("2011-09-26 13:02:25.1\n", "timestamps end at frame 0 of 4: 10 Hz assumed"),
        (&"2011-09-26 13:02:25.1\n".repeat(5), "timestamps go back after frame 0: 10 Hz assumed"),
    ] {
        let folder = raw();
        write(folder.path(), "d_sync/velodyne_points/timestamps.txt", stamps);
        let recording = open(&only_lidar(&folder.path().join("d_sync"))).expect("opens");
        assert_eq!(recording.notices, [why, "ego poses from oxts"]);
        assert_eq!(recording.sequences[0].frames[4].1.as_nanos(), 400_000_000);
    }
}

#[test]
fn a_drive_without_its_calibration_says_where_it_looked() {
    let folder = raw();
    std::fs::remove_file(folder.path().join("calib_velo_to_cam.txt")).expect("removed");
    let message = failure(&only_lidar(&folder.path().join("d_sync")));
    assert!(message.contains("calibration calib_velo_to_cam.txt not found"), "{message}");
}

#[test]
fn object_frames_have_their_own_calibration() {
    let folder = tempfile::tempdir().expect("a folder");
    for frame in [3, 8] {
        write(folder.path(), &format!("training/calib/{frame:06}.txt"), MADE_UP);
        write(folder.path(), &format!("training/velodyne/{frame:06}.bin"), scan(&[[1.0; 4]]));
    }
    let row = LABELS.lines().next().and_then(|line| line.strip_prefix("0 1 ")).expect("a row");
    write(folder.path(), "training/label_2/000008.txt", row);
    write(folder.path(), "training/velodyne/000009.bin", "");
    write(folder.path(), "results/000003.txt", format!("{row} 0.25\n"));
    let options = ReplayOptions { detections: Some("results".into()), ..only_lidar(folder.path()) };
    let recording = open(&options).expect("opens");
    assert!(recording.frames_are_independent);
    assert!(
        recording.notices.contains(&"1 frames are left out, they have no calibration".to_owned())
    );
    let all = frames(recording);
    assert_eq!(all.iter().map(|f| f.header.frame).collect::<Vec<_>>(), [3, 8]);
    let truth: Vec<_> = all.iter().map(|f| f.truth.as_ref().map_or(0, |t| t.0.len())).collect();
    assert_eq!(truth, [0, 1]);
    let found: Vec<_> =
        all.iter().map(|f| f.detections.as_ref().expect("a list").0.len()).collect();
    assert_eq!(found, [1, 0]);
    assert!(all.iter().all(|frame| frame.calibration.camera.is_some()));
}

#[test]
fn sequences_are_chosen_by_name() {
    let folder = tracking();
    write(folder.path(), "training/calib/0001.txt", MADE_UP);
    let recording = open(&both(folder.path())).expect("opens");
    let said = recording.notices.join("\n");
    assert!(said.contains("0001: left out, no camera images"), "{said}");
    let list = |name: &str| ReplayOptions {
        sequences: Sequences::List(vec![name.to_owned()]),
        ..both(folder.path())
    };
    assert_eq!(open(&list("0000")).expect("opens").sequences.len(), 1);
    assert!(failure(&list("0001")).contains("camera images of sequence 0001 not found"));
    assert!(failure(&list("7")).contains("sequence `7` not found"), "{}", failure(&list("7")));
    let twice = ["0000", "0001", "0000"].map(str::to_owned).to_vec();
    let twice = ReplayOptions { sequences: Sequences::List(twice), ..both(folder.path()) };
    assert_eq!(failure(&twice), "sequence `0000` is listed twice; list it once");
}

#[test]
fn points_have_times_only_where_they_are_asked_for() {
    let folder = tracking();
    let good = [5.0, 1.0, -1.0, 0.5];
    let bytes = scan(&[good, [f32::NAN, 0.0, 0.0, 0.0]]);
    write(folder.path(), "training/velodyne/0000/000000.bin", bytes);
    let scan = |point_times| {
        let options = ReplayOptions {
            data: folder.path().to_owned(),
            lidar_need: Need::Required,
            point_times,
            ..Default::default()
        };
        let frame = frames(open(&options).expect("opens")).swap_remove(0);
        assert_eq!(frame.notices, ["1 points are not finite and were dropped"]);
        frame.cloud.expect("a scan")
    };
    assert_eq!(scan(false).times(), None);
    let timed = scan(true);
    let times = timed.times().expect("asked for");
    // Azimuth 0.197 rad left of ahead, a turn of 103.1 ms clockwise.
    assert!(times.is_rolling() && (times.seconds()[0] + 0.00324).abs() < 1e-4, "{times:?}");
    assert_eq!(timed.points(), scan(false).points());
    assert_eq!(timed.dropped(), 1);
}
