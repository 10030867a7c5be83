use super::*;
use delos_core::{
    Box3, Detection3d, Detections3d, ObjectClass, Position, Score, Size, Source, Stamp, Transform,
    Yaw,
};
use delos_ingest::track_log::read;
use delos_track::{Tracker, TrackerConfig};

fn header(sequence: &str, frame: u32) -> Header {
    let stamp = Stamp::from_nanos(i64::from(frame) * 100_000_000);
    Header { sequence: sequence.into(), frame, stamp, tick: 0, scene: 0 }
}

fn car(x: f64, y: f64, score: f64) -> Detection3d {
    let size = Size::new(4.0, 1.8, 1.5).expect("positive");
    Detection3d {
        bbox: Box3::new(Position::new(x, y, 0.0), size, Yaw::default()),
        class: ObjectClass::Car,
        score: Score::new(score).expect("finite"),
        points: 0,
        cluster: None,
        source: Source::File,
        image_box: None,
    }
}

/// Two cars side by side, one of them hidden for a while; clutter comes and goes.
fn detections(frame: u32) -> Detections3d {
    let x = 0.8 * f64::from(frame);
    let mut all = vec![car(10.0 + x, 2.0, 0.9)];
    if !(12..20).contains(&frame) {
        all.push(car(10.5 + x, 4.6, 0.6));
    }
    if frame.is_multiple_of(7) {
        all.push(car(40.0, -9.0 + f64::from(frame), 0.35));
    }
    Detections3d(all)
}

fn drive() -> Vec<(Header, Tracks)> {
    let mut tracker = Tracker::new(TrackerConfig::default()).expect("valid");
    (0..40)
        .map(|frame| {
            let header = header("a", frame);
            let pose = Some(Transform::identity());
            let tracks = tracker.step(header.stamp, pose, &detections(frame)).expect("tracked");
            (header, tracks.clone())
        })
        .collect()
}

fn near(a: f64, b: f64) -> bool {
    (a - b).abs() < 1e-5
}

#[test]
fn the_log_tells_what_the_tracker_did() {
    let folder = tempfile::tempdir().expect("a folder");
    let frames = drive();
    let mut log = TrackLog::new(folder.path());
    for (header, tracks) in &frames {
        log.add(header, tracks).expect("written");
    }
    log.close().expect("written");
    let read = read(&folder.path().join("track_log/a.jsonl")).expect("whole");
    assert_eq!(read.frames.len(), frames.len());
    let mut causes = std::collections::BTreeSet::new();
    for (read, (header, tracks)) in read.frames.iter().zip(&frames) {
        assert_eq!((read.frame, read.stamp), (header.frame, header.stamp));
        assert_eq!(read.tracks.len(), tracks.tracks.len());
        for (read, track) in read.tracks.iter().zip(&tracks.tracks) {
            assert_eq!((read.id, read.class, read.hits), (track.id, track.class, track.hits));
            assert_eq!(read.step.cause, track.step.cause);
            assert!(near(read.existence, track.existence.get()));
            let cost = |step: &delos_core::TrackStep| step.pairing.map_or(-1.0, |p| p.cost);
            assert!(near(cost(&read.step), cost(&track.step)));
            causes.insert(format!("{:?}", track.step.cause));
        }
        let ends = |ended: &[delos_core::EndedTrack]| -> Vec<_> {
            ended.iter().map(|e| (e.id, e.class, e.cause, e.was_confirmed)).collect()
        };
        assert_eq!(ends(&read.ended), ends(&tracks.ended));
    }
    assert!(causes.len() >= 6, "the drive is dull: {causes:?}");
}

#[test]
fn a_sequence_is_whole_or_absent() {
    let folder = tempfile::tempdir().expect("a folder");
    let place = |name: &str| folder.path().join(FOLDER).join(name);
    let mut log = TrackLog::new(folder.path());
    log.close().expect("nothing to write");
    assert!(!folder.path().join(FOLDER).exists());
    for (sequence, frame) in [("a", 0), ("a", 1), ("b.c", 0)] {
        log.add(&header(sequence, frame), &Tracks::default()).expect("written");
        assert!(!place(&format!("{sequence}.jsonl")).exists());
    }
    assert_eq!(read(&place("a.jsonl")).expect("whole").frames.len(), 2);
    log.close().expect("written");
    assert_eq!(read(&place("b.c.jsonl")).expect("whole").frames.len(), 1);
    assert_eq!(fs::read_dir(folder.path().join(FOLDER)).expect("a folder").count(), 2);
}

#[test]
fn a_folder_that_cannot_be_made_is_named() {
    let folder = tempfile::tempdir().expect("a folder");
    fs::write(folder.path().join(FOLDER), "in the way").expect("on the disk");
    let error = TrackLog::new(folder.path())
        .add(&header("a", 0), &Tracks::default())
        .expect_err("in the way");
    assert!(error.to_string().contains("a.part"), "{error}");
}
