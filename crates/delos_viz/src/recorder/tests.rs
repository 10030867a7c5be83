use super::made_up;
use super::*;
use crate::cut::{cut, messages};
use delos_core::{Stamp, TrackState};
use rerun::log::{Chunk, LogMsg};
use rerun::{EntityPath, StoreKind};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// A recorder into memory, and what it recorded so far.
fn in_memory() -> (Recorder, rerun::sink::MemorySinkStorage) {
    let (stream, storage) =
        RecordingStreamBuilder::new("delos_test").enabled(true).memory().expect("a stream");
    let recorder = Recorder::on(stream, VizConfig::default(), None, None).expect("a recorder");
    (recorder, storage)
}

fn chunks(messages: Vec<LogMsg>, kind: StoreKind) -> Vec<Chunk> {
    let chunks = messages.into_iter().filter_map(|message| match message {
        LogMsg::ArrowMsg(store, arrow) if store.kind() == kind => Some(arrow),
        _ => None,
    });
    chunks.map(|arrow| Chunk::from_arrow_msg(&arrow).expect("a chunk")).collect()
}

fn read(path: &Path) -> Vec<LogMsg> {
    messages(path).expect("readable").map(|message| message.expect("whole")).collect()
}

/// Frames in which an entity was logged.
fn frames_of(chunks: &[Chunk], path: &str) -> Vec<i64> {
    let mut frames: Vec<i64> = chunks
        .iter()
        .filter(|chunk| *chunk.entity_path() == EntityPath::from(path))
        .filter_map(|chunk| chunk.timelines().get(&paths::TICK.into()))
        .flat_map(|column| column.times_raw().to_vec())
        .collect();
    frames.sort_unstable();
    frames
}

/// Number of points that an entity has, by frame.
fn counts_of(chunks: &[Chunk], path: &str, component: &'static str) -> BTreeMap<i64, usize> {
    let mut counts = BTreeMap::new();
    for chunk in chunks.iter().filter(|c| *c.entity_path() == EntityPath::from(path)) {
        let Some(column) = chunk.timelines().get(&paths::TICK.into()) else { continue };
        let array = chunk.components().get_array(component.into()).expect("the component");
        for (row, tick) in column.times_raw().iter().enumerate() {
            counts.insert(*tick, array.value_length(row) as usize);
        }
    }
    counts
}

/// Logs frame number `tick` with everything there is to see.
fn log_full(recorder: &mut Recorder, sequence: &str, frame: u32, tick: u64) {
    let header = made_up::header(sequence, frame, tick);
    let (calibration, image) = (made_up::calibration(), made_up::image());
    let (cloud, segments) = made_up::cloud();
    let radar = made_up::radar();
    let (flat, solid, truth) =
        (made_up::detections_2d(), made_up::detections_3d(), made_up::truth());
    let image_tracks = made_up::image_tracks();
    let states = [(1, TrackState::Confirmed), (2, TrackState::Tentative)];
    let tracks = made_up::tracks(&states, 12.0 + f64::from(frame));
    let view = FrameView {
        calibration: Some(&calibration),
        image: Some(&image),
        cloud: Some(&cloud),
        radar: Some(&radar),
        segments: Some(&segments),
        detections_2d: Some(&flat),
        image_tracks: Some(&image_tracks),
        lidar: Some(&solid),
        one_sided: Some(&made_up::one_sided()),
        detections_3d: Some(&solid),
        tracks: Some(&tracks),
        truth: Some(&truth),
        latencies_ms: &[("camera", 9.0), ("a/b c", 1.0)],
        end_to_end_ms: Some(20.0),
        deadlines: &[
            DeadlineView { component: "camera", allowed_ms: 8.0, took_ms: Some(7.0) },
            DeadlineView { component: "end_to_end", allowed_ms: 25.0, took_ms: Some(20.0) },
        ],
        ..FrameView::new(&header)
    };
    recorder.log(&view).expect("logged");
}

#[test]
fn a_full_frame_fills_every_entity_and_timeline() {
    let (mut recorder, storage) = in_memory();
    log_full(&mut recorder, "0001", 7, 0);
    log_full(&mut recorder, "0001", 8, 1);
    let chunks = chunks(storage.take(), StoreKind::Recording);
    let all = [
        paths::EGO,
        paths::VEHICLE,
        paths::EGO_TRAIL,
        paths::CAMERA,
        paths::IMAGE,
        paths::CAMERA_DETECTIONS,
        paths::CAMERA_DETECTION_NAMES,
        paths::CAMERA_TRACKS,
        paths::CAMERA_TRACK_NAMES,
        paths::IMAGE_TRACKS,
        paths::IMAGE_TRACK_NAMES,
        paths::CAMERA_TRUTH,
        paths::GROUND,
        paths::CLUSTERS,
        paths::REST,
        paths::RADAR,
        paths::RADAR_VELOCITY,
        paths::LIDAR_BOXES,
        paths::NETWORK_ONLY,
        paths::CLUSTERS_ONLY,
        paths::DETECTIONS,
        paths::TRUTH,
        paths::TRACKS,
        paths::TENTATIVE,
        paths::VELOCITY,
        paths::TRAILS,
        paths::NOTICES,
        "latency/camera",
        "latency/a\\/b\\ c",
        "latency/end_to_end",
        "deadlines/camera",
        "deadlines/end_to_end",
        "deadlines/late\\ below",
    ];
    for path in all {
        assert!(!frames_of(&chunks, path).is_empty(), "{path} is missing");
    }
    let timelines: BTreeSet<&str> = chunks
        .iter()
        .flat_map(|chunk| chunk.timelines().keys())
        .map(rerun::TimelineName::as_str)
        .collect();
    assert_eq!(timelines, BTreeSet::from([paths::FILE_FRAME, paths::TICK, paths::SENSOR_TIME]));
    let points = counts_of(&chunks, paths::GROUND, "Points3D:positions");
    assert_eq!(points, BTreeMap::from([(0, 2), (1, 2)]));
}

#[test]
fn missed_deadlines_are_noted_and_frames_left_out_have_no_point() {
    let (mut recorder, storage) = in_memory();
    for (tick, took_ms) in [(0, Some(20.0)), (1, Some(31.0)), (2, None), (3, Some(25.0))] {
        let header = made_up::header("0001", tick as u32, tick);
        let deadline = DeadlineView { component: "camera", allowed_ms: 25.0, took_ms };
        let view = FrameView { deadlines: &[deadline], ..FrameView::new(&header) };
        recorder.log(&view).expect("logged");
    }
    let chunks = chunks(storage.take(), StoreKind::Recording);
    assert_eq!(frames_of(&chunks, "deadlines/camera"), [0, 1, 3]);
    assert_eq!(frames_of(&chunks, "deadlines/late\\ below"), [0, 1, 2, 3]);
    assert_eq!(frames_of(&chunks, paths::NOTICES), [0, 1, 2], "the first says what begins");
}

#[test]
fn a_frame_with_nothing_takes_the_last_one_away() {
    let (mut recorder, storage) = in_memory();
    log_full(&mut recorder, "0001", 0, 0);
    for tick in 1..3 {
        let header = made_up::header("0001", tick as u32, tick);
        recorder.log(&FrameView::new(&header)).expect("logged");
    }
    let chunks = chunks(storage.take(), StoreKind::Recording);
    // Taken away once, in the first frame without it.
    let cases = [
        (paths::GROUND, "Points3D:positions"),
        (paths::TRACKS, "Boxes3D:half_sizes"),
        (paths::TRUTH, "Boxes3D:half_sizes"),
        (paths::NETWORK_ONLY, "Boxes3D:half_sizes"),
        (paths::CLUSTERS_ONLY, "Boxes3D:half_sizes"),
        (paths::CAMERA_TRACKS, "LineStrips2D:strips"),
        (paths::IMAGE, "EncodedImage:blob"),
    ];
    for (path, component) in cases {
        let counts = counts_of(&chunks, path, component);
        assert_eq!(counts.keys().copied().collect::<Vec<_>>(), [0, 1], "{path}");
        assert!(counts[&0] > 0 && counts[&1] == 0, "{path}: {counts:?}");
    }
}

#[test]
fn nothing_at_all_is_a_frame() {
    let (mut recorder, storage) = in_memory();
    let header = Header {
        sequence: "".into(),
        frame: u32::MAX,
        stamp: Stamp::from_nanos(i64::MIN),
        tick: u64::MAX,
        scene: 0,
    };
    recorder.log(&FrameView::new(&header)).expect("logged");
    recorder.notice(Notice::Warning, "camera is missing").expect("logged");
    let chunks = chunks(storage.take(), StoreKind::Recording);
    assert_eq!(frames_of(&chunks, paths::EGO).len(), 1);
    assert_eq!(frames_of(&chunks, paths::NOTICES).len(), 2);
}

#[test]
fn a_new_sequence_starts_without_trails() {
    let (mut recorder, storage) = in_memory();
    for (tick, sequence) in ["0001", "0001", "0002"].into_iter().enumerate() {
        log_full(&mut recorder, sequence, tick as u32, tick as u64);
    }
    let chunks = chunks(storage.take(), StoreKind::Recording);
    let trails = counts_of(&chunks, paths::TRAILS, "LineStrips3D:strips");
    assert_eq!(trails, BTreeMap::from([(0, 0), (1, 1), (2, 0)]));
    let own = counts_of(&chunks, paths::EGO_TRAIL, "LineStrips3D:strips");
    assert_eq!(own, BTreeMap::from([(1, 1), (2, 0)]));
    assert_eq!(frames_of(&chunks, paths::NOTICES), [0, 2]);
}

#[test]
fn a_new_scene_starts_without_trails_and_without_a_notice() {
    let (mut recorder, storage) = in_memory();
    for (tick, scene) in [0, 0, 1, 1].into_iter().enumerate() {
        let header = Header { scene, ..made_up::header("0001", tick as u32, tick as u64) };
        let tracks = made_up::tracks(&[(1, TrackState::Confirmed)], 12.0 + tick as f64);
        let view = FrameView { tracks: Some(&tracks), ..FrameView::new(&header) };
        recorder.log(&view).expect("logged");
    }
    let chunks = chunks(storage.take(), StoreKind::Recording);
    let trails = counts_of(&chunks, paths::TRAILS, "LineStrips3D:strips");
    assert_eq!(trails, BTreeMap::from([(0, 0), (1, 1), (2, 0), (3, 1)]));
    assert_eq!(frames_of(&chunks, paths::NOTICES), [0]);
}

#[test]
fn the_camera_of_an_earlier_sequence_goes_once_where_the_next_has_none() {
    let (mut recorder, storage) = in_memory();
    log_full(&mut recorder, "0001", 0, 0);
    for (tick, sequence) in [(1, "0001"), (2, "0002"), (3, "0002")] {
        let header = made_up::header(sequence, tick as u32, tick);
        recorder.log(&FrameView::new(&header)).expect("logged");
    }
    log_full(&mut recorder, "0002", 4, 4);
    log_full(&mut recorder, "0003", 5, 5);
    let chunks = chunks(storage.take(), StoreKind::Recording);
    for component in ["Pinhole:image_from_camera", "Transform3D:translation"] {
        let counts = counts_of(&chunks, paths::CAMERA, component);
        assert_eq!(counts, BTreeMap::from([(0, 1), (2, 0), (4, 1), (5, 1)]), "{component}");
    }
}

#[test]
fn small_boxes_in_the_image_have_no_name() {
    let (mut recorder, storage) = in_memory();
    let header = made_up::header("0001", 0, 0);
    let mut found = made_up::detections_2d();
    for height in [39.0, 40.0, 90.0] {
        let bbox = delos_core::Box2::new(0.0, 0.0, 30.0, height);
        found.0.push(delos_core::Detection2d { bbox, ..found.0[0] });
    }
    let view = FrameView { detections_2d: Some(&found), ..FrameView::new(&header) };
    recorder.log(&view).expect("logged");
    let chunks = chunks(storage.take(), StoreKind::Recording);
    let boxes = counts_of(&chunks, paths::CAMERA_DETECTIONS, "Boxes2D:half_sizes");
    let names = counts_of(&chunks, paths::CAMERA_DETECTION_NAMES, "Points2D:labels");
    assert_eq!((boxes[&0], names[&0]), (4, 2));
}

#[test]
fn believed_tracks_of_the_image_are_shown() {
    let (mut recorder, storage) = in_memory();
    log_full(&mut recorder, "0001", 0, 0);
    recorder.log(&FrameView::new(&made_up::header("0001", 1, 1))).expect("logged");
    let chunks = chunks(storage.take(), StoreKind::Recording);
    let boxes = counts_of(&chunks, paths::IMAGE_TRACKS, "Boxes2D:half_sizes");
    assert_eq!(boxes, BTreeMap::from([(0, 2), (1, 0)]));
}

#[test]
fn the_layout_is_sent_once_and_grows() {
    let (mut recorder, storage) = in_memory();
    log_full(&mut recorder, "0001", 0, 0);
    log_full(&mut recorder, "0001", 1, 1);
    let messages = storage.take();
    let sent = messages.iter().filter(|m| matches!(m, LogMsg::BlueprintActivationCommand(_)));
    assert_eq!(sent.count(), 1);
    let blueprint = chunks(messages, StoreKind::Blueprint);
    for wanted in ["EyeControls3D", "LineGrid3D", "PlotLegend", "ViewContents", "time_panel"] {
        let found = blueprint.iter().any(|c| c.entity_path().to_string().contains(wanted));
        assert!(found, "{wanted} is missing");
    }
}

#[test]
fn an_object_of_the_image_has_one_name() {
    let (mut recorder, storage) = in_memory();
    let large = delos_core::Box2::new(20.0, 0.0, 60.0, 45.0);
    let moved = delos_core::Box2::new(24.0, 2.0, 62.0, 45.0);
    let mut found = made_up::detections_2d();
    found.0[0].bbox = large;
    let mut tracks = made_up::image_tracks();
    for (tick, bbox, state) in [
        (0, moved, TrackState::Confirmed),
        (1, moved, TrackState::Tentative),
        (2, made_up::detections_2d().0[0].bbox, TrackState::Confirmed),
    ] {
        tracks.tracks.truncate(1);
        tracks.tracks[0].bbox = bbox;
        tracks.tracks[0].state = state;
        let header = made_up::header("0001", tick, u64::from(tick));
        let view = FrameView {
            detections_2d: Some(&found),
            image_tracks: Some(&tracks),
            ..FrameView::new(&header)
        };
        recorder.log(&view).expect("logged");
    }
    let chunks = chunks(storage.take(), StoreKind::Recording);
    let names = counts_of(&chunks, paths::CAMERA_DETECTION_NAMES, "Points2D:labels");
    assert_eq!(names, BTreeMap::from([(0, 0), (1, 1), (2, 1)]));
}

fn write_frames(path: &Path, count: u32) {
    let mut recorder = Recorder::open(RecorderOptions::to_file("test", path)).expect("open");
    for frame in 0..count {
        log_full(&mut recorder, "0001", frame, u64::from(frame));
    }
    recorder.finish().expect("finished");
}

#[test]
fn a_file_gives_back_what_went_in() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("a.rrd");
    write_frames(&path, 5);
    let chunks = chunks(read(&path), StoreKind::Recording);
    for path in [paths::IMAGE, paths::GROUND, paths::TRACKS, "latency/camera"] {
        assert_eq!(frames_of(&chunks, path), [0, 1, 2, 3, 4], "{path}");
    }
}

#[test]
fn a_dropped_recorder_leaves_a_whole_file() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("a.rrd");
    let mut recorder = Recorder::open(RecorderOptions::to_file("test", &path)).expect("open");
    log_full(&mut recorder, "0001", 0, 0);
    drop(recorder);
    assert_eq!(frames_of(&chunks(read(&path), StoreKind::Recording), paths::EGO), [0]);
}

#[test]
fn a_cut_ends_at_its_frame_and_keeps_one_state() {
    let folder = tempfile::tempdir().expect("a folder");
    let (whole, short) = (folder.path().join("a.rrd"), folder.path().join("b.rrd"));
    write_frames(&whole, 6);
    assert_eq!(cut(&whole, &short, Some(3)).expect("cut"), 3);
    let chunks = chunks(read(&short), StoreKind::Recording);
    assert_eq!(frames_of(&chunks, "latency/camera"), [0, 1, 2, 3]);
    for path in [paths::IMAGE, paths::GROUND, paths::REST, paths::TRACKS, paths::EGO] {
        assert_eq!(frames_of(&chunks, path), [3], "{path}");
    }
    // The camera is placed once and stays.
    assert_eq!(frames_of(&chunks, paths::CAMERA), [0]);
    let error = cut(&whole, &short, Some(6)).expect_err("too far").to_string();
    assert!(error.contains("no frame 6") && error.contains("0 to 5"), "{error}");
    assert_eq!(cut(&whole, &short, None).expect("cut"), 5);
}

#[test]
fn a_recorder_without_a_target_is_refused() {
    let error = Recorder::open(RecorderOptions::named("test")).err().expect("no target");
    assert!(matches!(error, VizError::NoTarget), "{error}");
}

#[test]
fn a_file_that_cannot_be_made_is_an_error() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("absent").join("a.rrd");
    let error = Recorder::open(RecorderOptions::to_file("test", path)).err().expect("no folder");
    assert!(matches!(error, VizError::Create { .. }), "{error}");
}

/// `/dev/full` takes no byte, like a full disk.
#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_an_error() {
    let error = Recorder::open(RecorderOptions::to_file("test", "/dev/full")).err().expect("full");
    assert!(matches!(error, VizError::Write { .. }), "{error}");
}
