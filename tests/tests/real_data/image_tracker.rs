//! The tracker in the image on KITTI's sequences, scored as `TrackEval` does.

use crate::eval::{labels, rows_of};
use delos_core::{BenchmarkRow, Detection2d, Detections2d, ObjectClass, TrackState};
use delos_eval::tracking::{Evaluator, Hota, KittiSequence, Scores};
use delos_ingest::benchmark::RowFormat;
use delos_ingest::{Need, Recording, ReplayOptions, SensorFrame, Sequences, open};
use delos_tests::{real_data, run_delos};
use delos_track::{CameraCompensation, CameraView, ImageTracker, ImageTrackerConfig, ScoreKind};
use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fs;
use std::path::Path;

/// Whose boxes are tracked.
#[derive(Clone, Copy)]
enum Boxes {
    /// The camera detections.
    Rrc,
    /// The rectangles in the rows of the LiDAR detections.
    PointRcnn,
}

impl Boxes {
    fn of(self, frame: &SensorFrame) -> Detections2d {
        let Self::PointRcnn = self else {
            return frame.detections_2d.clone().expect("detections");
        };
        let found = frame.detections.as_ref().expect("detections").0.iter().filter_map(|d| {
            Some(Detection2d { bbox: d.image_box?, class: d.class, score: d.score })
        });
        Detections2d(found.collect())
    }
}

fn frames(data: &Path, sequences: Sequences) -> BTreeMap<String, Vec<SensorFrame>> {
    let options = ReplayOptions {
        data: data.join("kitti_tracking"),
        sequences,
        camera: Need::Off,
        lidar_need: Need::Off,
        detections: Some("detections/pointrcnn".into()),
        detections_need: Need::Required,
        detections_2d: Some("rrc_2d_training".into()),
        detections_2d_need: Need::Required,
        ..Default::default()
    };
    let mut stream = open(&options).and_then(Recording::stream).expect("opens");
    let mut all: BTreeMap<String, Vec<SensorFrame>> = BTreeMap::new();
    while let Some(frame) = stream.next_frame() {
        let frame = frame.expect("readable");
        all.entry(frame.header.sequence.to_string()).or_default().push(frame);
    }
    all
}

/// What a tracker publishes in a sequence: believed tracks that are seen.
fn tracked(frames: &[SensorFrame], boxes: Boxes, config: &ImageTrackerConfig) -> Vec<BenchmarkRow> {
    let mut tracker = ImageTracker::new(config.clone()).expect("valid settings");
    let mut rows = Vec::new();
    for frame in frames {
        let camera = frame.calibration.camera.expect("calibrated");
        let world_from_ego = frame.pose.map(|pose| pose.world_from_ego);
        let view = CameraView { camera, world_from_ego };
        let tracks = tracker.step(frame.header.stamp, Some(view), &boxes.of(frame));
        let size = camera.size.expect("known");
        for track in &tracks.expect("a later frame").tracks {
            let seen = track.bbox.clipped(size.width, size.height);
            if let (TrackState::Confirmed, Some(b)) = (track.state, seen) {
                rows.push(BenchmarkRow {
                    line: 1,
                    frame: frame.header.frame,
                    id: i64::from(track.id.0),
                    class: track.class,
                    truncation: -1.0,
                    occlusion: -1,
                    alpha: -10.0,
                    image_box: [b.x1, b.y1, b.x2, b.y2].map(f64::from),
                    size_hwl: [-1.0; 3],
                    bottom: [-1000.0; 3],
                    rotation_y: -10.0,
                    score: Some(track.existence.get()),
                });
            }
        }
    }
    rows
}

fn scores(
    data: &Path,
    all: &BTreeMap<String, Vec<SensorFrame>>,
    boxes: Boxes,
    config: &ImageTrackerConfig,
    class: ObjectClass,
) -> Scores {
    let mut evaluator = Evaluator::default();
    let parts = all.iter().map(|(name, frames)| {
        let (truth, rows) = (labels(data, name), tracked(frames, boxes, config));
        let sequence = KittiSequence::new(&truth, &rows, frames.len() as u32).expect("valid");
        evaluator.kitti(&sequence, class).expect("each identity once")
    });
    let parts: Vec<Scores> = parts.collect();
    Scores::combined(parts.iter())
}

/// Asserts a HOTA in percent and a number of identity switches.
fn hold(scores: &Scores, least_hota: f64, most_switches: u64) {
    let (hota, clear) = (percent(&scores.hota.hota), &scores.clear);
    let told = format!("HOTA {hota:.2}, MOTA {:.4}, {} switches", clear.mota, clear.id_switches);
    assert!(hota > least_hota && clear.id_switches <= most_switches, "{told}");
}

fn percent(curve: &[f64; delos_eval::tracking::ALPHAS]) -> f64 {
    100.0 * Hota::mean(curve)
}

#[test]
fn boxes_of_a_camera_are_tracked_through_fourteen_sequences() {
    let Some(data) = real_data("boxes_of_a_camera_are_tracked_through_fourteen_sequences") else {
        return;
    };
    let all = frames(&data, Sequences::All);
    assert_eq!(all.len(), 14);
    let config = ImageTrackerConfig::default();
    let score = |config: &ImageTrackerConfig, class| scores(&data, &all, Boxes::Rrc, config, class);
    let cars = score(&config, ObjectClass::Car);
    // Measured: HOTA 82.3, MOTA 89.3, 21 switches.
    hold(&cars, 81.5, 30);
    assert!(cars.clear.mota > 0.885);
    let people = score(&config, ObjectClass::Pedestrian);
    // Measured: HOTA 56.0, MOTA 61.9, 38 switches.
    hold(&people, 54.5, 48);

    // What the camera's own motion costs where it stays in: the part of its way, or all.
    let with = |camera_motion| ImageTrackerConfig { camera_motion, ..config.clone() };
    let turning = score(&with(CameraCompensation::Rotation), ObjectClass::Car);
    let nothing = score(&with(CameraCompensation::Off), ObjectClass::Car);
    // Measured: HOTA 80.2 and 79.9, 48 and 62 switches.
    assert!(percent(&cars.hota.hota) > percent(&turning.hota.hota) + 1.0);
    assert!(turning.clear.id_switches < nothing.clear.id_switches);
    hold(&nothing, 79.0, 75);
}

#[test]
fn boxes_of_a_lidar_detector_are_tracked_in_the_image() {
    let Some(data) = real_data("boxes_of_a_lidar_detector_are_tracked_in_the_image") else {
        return;
    };
    let all = frames(&data, Sequences::All);
    let config = ImageTrackerConfig {
        scores: ScoreKind::Logit,
        strong_score: 0.9,
        birth_score: 0.95,
        ..Default::default()
    };
    let cars = scores(&data, &all, Boxes::PointRcnn, &config, ObjectClass::Car);
    // Measured: HOTA 75.1, MOTA 79.6, 14 switches.
    hold(&cars, 74.5, 20);
}

#[test]
fn a_run_writes_what_the_tracker_gives() {
    let Some(data) = real_data("a_run_writes_what_the_tracker_gives") else { return };
    let folder = tempfile::tempdir().unwrap();
    let launch = folder.path().join("image.toml");
    let text = "name = \"image\"\n\
        [node.replay]\nkind = \"replay\"\nimages = \"off\"\nscans = \"off\"\n\
        detections_2d = \"rrc_2d_training\"\ndetections_2d_need = \"required\"\n\
        [node.image_tracker]\nkind = \"image_tracker\"\n\
        reads = { detections = \"file/detections_2d\" }\n\
        [node.recorder]\nkind = \"recorder\"\n\
        reads = { detections_2d = \"file/detections_2d\" }\n";
    fs::write(&launch, text).unwrap();
    let out = folder.path().join("out");
    let mut args: Vec<OsString> = vec!["run".into(), launch.into(), "--data".into()];
    args.extend([data.join("kitti_tracking").into(), "--out".into(), out.clone().into()]);
    args.extend(["--set", "replay.sequences=[\"0000\"]"].map(OsString::from));
    run_delos(args).succeeded();

    let written = rows_of(&out.join("tracks_2d/0000.txt"), RowFormat::KittiTracking);
    let all = frames(&data, Sequences::List(vec!["0000".to_owned()]));
    let wanted = tracked(&all["0000"], Boxes::Rrc, &ImageTrackerConfig::default());
    assert!(wanted.len() > 300);
    assert_eq!(written.len(), wanted.len());
    for (row, wanted) in written.iter().zip(&wanted) {
        assert_eq!((row.frame, row.id, row.class), (wanted.frame, wanted.id, wanted.class));
        for (a, b) in row.image_box.iter().zip(wanted.image_box) {
            assert!((a - b).abs() < 0.01, "{row:?} {wanted:?}");
        }
    }
}
