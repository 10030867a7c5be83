//! Drives that are streamed, and written and read.

use super::*;
use crate::kitti::calib::tests::made_up_camera;
use crate::{IngestError, Layout, Need, Recording, ReplayOptions, SensorFrame, decode_image, open};
use delos_core::{
    Body, Box2, Box3, CameraModel, Digest, DigestHasher, GroundTruth, Image, ImageSize,
    LabelledObject, LidarPoint, ObjectClass, PointCloud, Position, RadarEcho, RadarScan, Size,
    Span, Stamp, TrackId, Transform, Yaw,
};
use nalgebra::{Isometry3, Vector3};
use proptest::option;
use proptest::prelude::*;
use std::path::Path;

const WIDTH: u32 = 24;
const HEIGHT: u32 = 10;

fn camera() -> CameraModel {
    let mut camera = made_up_camera();
    camera.size = Some(ImageSize { width: WIDTH, height: HEIGHT });
    camera
}

fn start() -> Transform<delos_core::World, delos_core::Ego> {
    Transform::new(Isometry3::new(Vector3::new(410.0, -35.0, 1.7), Vector3::new(0.01, 0.02, 2.5)))
}

fn facts(frames: usize) -> DriveFacts {
    let stamps =
        (0..).take(frames).map(|i| Stamp::from_nanos(5) + Span::from_nanos(99_999_937) * i);
    DriveFacts { name: "0003".into(), camera: camera(), start: start(), stamps: stamps.collect() }
}

fn drive(frames: usize) -> SimulatedDrive {
    SimulatedDrive::new(&facts(frames)).expect("words for it")
}

/// A frame without anything, at the start.
fn bare() -> FrameParts {
    FrameParts {
        world_from_ego: start(),
        truth: GroundTruth::default(),
        image: None,
        cloud: None,
        radar: None,
    }
}

fn objects() -> impl Strategy<Value = GroundTruth> {
    let object = (
        prop::sample::select(ObjectClass::all().collect::<Vec<_>>()),
        prop::option::of(0..500u32),
        prop::option::of((prop::array::uniform3(-50.0..50.0f64), -4.0..4.0f64)),
        prop::option::of(prop::array::uniform4(0.0..1200.0f32)),
        (0..3u8, 0..4u8),
    );
    let object =
        object.prop_map(|(class, track, place, edges, (truncation, occlusion))| LabelledObject {
            class,
            track: track.map(TrackId),
            bbox: place.map(|([x, y, z], yaw)| {
                let size = Size::new(4.1, 1.7, 1.4).expect("positive");
                Box3::new(Position::new(x, y, z), size, Yaw::new(yaw).expect("finite"))
            }),
            image_box: edges.map(|[x1, y1, x2, y2]| Box2::new(x1, y1, x2, y2)),
            truncation: f32::from(truncation),
            occlusion,
        });
    prop::collection::vec(object, 0..5).prop_map(GroundTruth)
}

fn parts() -> impl Strategy<Value = FrameParts> {
    let image = prop::collection::vec(any::<u8>(), (3 * WIDTH * HEIGHT) as usize)
        .prop_map(|rgb| Image::from_rgb(WIDTH, HEIGHT, rgb).expect("the right length"));
    let points = prop::collection::vec(prop::array::uniform4(any::<f32>()), 0..20);
    let cloud = points.prop_map(|points| {
        let point = |[x, y, z, intensity]: [f32; 4]| LidarPoint { x, y, z, intensity };
        PointCloud::new(points.into_iter().map(point).collect())
    });
    let echoes = prop::collection::vec(prop::array::uniform6(any::<f32>()), 0..20);
    let radar =
        echoes.prop_map(|echoes| {
            let echo = |[x, y, z, rcs, radial_velocity, compensated_velocity]: [f32; 6]| {
                RadarEcho { x, y, z, rcs, radial_velocity, compensated_velocity }
            };
            RadarScan::new(echoes.into_iter().map(echo).collect())
        });
    let moved = (prop::array::uniform3(-90.0..90.0f64), prop::array::uniform3(-1.0..1.0f64))
        .prop_map(|(t, r)| Transform::new(Isometry3::new(Vector3::from(t), Vector3::from(r))));
    (moved, objects(), option::of(image), option::of(cloud), option::of(radar)).prop_map(
        |(world_from_ego, truth, image, cloud, radar)| FrameParts {
            world_from_ego,
            truth,
            image,
            cloud,
            radar,
        },
    )
}

fn digest<T: Body>(body: Option<&T>) -> Option<Digest> {
    let mut hasher = DigestHasher::default();
    body?.digest(&mut hasher);
    Some(hasher.finish())
}

/// Everything that a frame publishes.
fn digests(frame: &SensorFrame) -> [Option<Digest>; 6] {
    [
        digest(Some(&*frame.calibration)),
        digest(frame.image.as_ref()),
        digest(frame.cloud.as_ref()),
        digest(frame.radar.as_ref()),
        digest(frame.pose.as_ref()),
        digest(frame.truth.as_ref()),
    ]
}

fn all(recording: Recording) -> Vec<SensorFrame> {
    recording.stream().expect("threads").collect::<Result<_, _>>().expect("frames")
}

fn written(out: &Path, drive: SimulatedDrive, frames: &[FrameParts]) -> Result<(), IngestError> {
    let dataset = DatasetWriter::create(out)?;
    let sequence = dataset.sequence(drive)?;
    // From two threads, backwards.
    std::thread::scope(|scope| {
        for parity in [0, 1] {
            let sequence = &sequence;
            scope.spawn(move || {
                for (index, parts) in frames.iter().enumerate().rev() {
                    if index % 2 == parity {
                        sequence.write_frame(index, parts).expect("written");
                    }
                }
            });
        }
    });
    sequence.finish()?;
    dataset.publish().map(|place| assert_eq!(place, out))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]
    #[test]
    fn streaming_and_reading_back_give_the_same(
        first in parts(),
        more in prop::collection::vec(parts(), 0..4),
    ) {
        let first = FrameParts { world_from_ego: start(), ..first };
        let frames: Vec<_> = std::iter::once(first).chain(more).collect();
        let folder = tempfile::tempdir().expect("a folder");
        let out = folder.path().join("drive");
        let drive = drive(frames.len());
        written(&out, drive.clone(), &frames).expect("written");
        // An image or a scan makes a frame; poses and labels alone do not.
        let has_sensors = |f: &FrameParts| f.image.is_some() || f.cloud.is_some() || f.radar.is_some();
        prop_assume!(frames.iter().all(has_sensors));

        let made = frames.clone();
        let streamed = all(drive.recording(2, move |index| Ok(made[index].clone())));
        let options = ReplayOptions { data: out, ..Default::default() };
        let recording = open(&options).expect("opens");
        prop_assert_eq!(recording.layout, Layout::KittiTracking);
        let read = all(recording);
        prop_assert_eq!(read.len(), streamed.len());
        for (read, streamed) in read.iter().zip(&streamed) {
            prop_assert_eq!(&read.header, &streamed.header);
            prop_assert_eq!(digests(read), digests(streamed));
            prop_assert_eq!(&read.notices, &streamed.notices);
        }
        for (frame, given) in streamed.iter().zip(&frames) {
            prop_assert_eq!(frame.image.as_ref(), given.image.as_ref());
            let truth = frame.truth.as_ref().expect("always there");
            prop_assert_eq!(truth.0.len(), given.truth.0.len());
        }
    }
}

#[test]
fn the_size_is_known_without_an_image() {
    let folder = tempfile::tempdir().expect("a folder");
    let out = folder.path().join("drive");
    let image = Image::from_rgb(WIDTH, HEIGHT, vec![9; (3 * WIDTH * HEIGHT) as usize]).ok();
    let parts = FrameParts { image, cloud: Some(PointCloud::new(Vec::new())), ..bare() };
    written(&out, drive(1), &[parts]).expect("written");
    let options = ReplayOptions { data: out, camera: Need::Off, ..Default::default() };
    let read = all(open(&options).expect("opens"));
    let streamed = drive(1).frame(0, FrameParts { cloud: None, ..bare() }).expect("a frame");
    assert_eq!(digest(Some(&*read[0].calibration)), digest(Some(&*streamed.calibration)));
    assert_eq!(streamed.calibration.camera.expect("a camera").size, camera().size);
}

#[test]
fn several_sequences_share_a_data_set() {
    let folder = tempfile::tempdir().expect("a folder");
    let out = folder.path().join("drives");
    let dataset = DatasetWriter::create(&out).expect("new");
    for name in ["0000", "0001"] {
        let facts = DriveFacts { name: name.into(), ..facts(1) };
        let drive = SimulatedDrive::new(&facts).expect("words for it");
        let sequence = dataset.sequence(drive.clone()).expect("new");
        let again = dataset.sequence(drive).expect_err("twice");
        assert!(matches!(again, IngestError::SequenceTwice { .. }));
        let radar = Some(RadarScan::new(Vec::new()));
        sequence.write_frame(0, &FrameParts { radar, ..bare() }).expect("written");
        sequence.finish().expect("complete");
    }
    dataset.publish().expect("moved");
    let recording = open(&ReplayOptions { data: out, ..Default::default() }).expect("opens");
    assert_eq!((recording.sequences.len(), recording.frame_count()), (2, Some(2)));
}

#[test]
fn what_is_not_complete_does_not_appear() {
    let folder = tempfile::tempdir().expect("a folder");
    let out = folder.path().join("drive");
    let dataset = DatasetWriter::create(&out).expect("new");
    let sequence = dataset.sequence(drive(2)).expect("new");
    sequence.write_frame(0, &bare()).expect("written");
    let twice = sequence.write_frame(0, &bare()).expect_err("twice").to_string();
    assert_eq!(twice, "sequence 0003: frame 0: it has been written already");
    let missing = sequence.finish().expect_err("one is missing").to_string();
    assert_eq!(missing, "sequence 0003: frame 1: it has not been written");
    let unfinished = dataset.publish().expect_err("not finished").to_string();
    assert_eq!(unfinished, "sequence 0003: it is not finished");
    assert_eq!(std::fs::read_dir(folder.path()).expect("there").count(), 0, "nothing is left");
}

#[test]
fn a_write_that_fails_names_the_file_and_leaves_nothing() {
    let folder = tempfile::tempdir().expect("a folder");
    let out = folder.path().join("drive");
    let dataset = DatasetWriter::create(&out).expect("new");
    let sequence = dataset.sequence(drive(1)).expect("new");
    std::fs::remove_dir(folder.path().join("drive.part/training/velodyne/0003")).expect("removed");
    let parts = FrameParts { cloud: Some(PointCloud::new(Vec::new())), ..bare() };
    let error = sequence.write_frame(0, &parts).expect_err("no folder").to_string();
    assert!(error.starts_with("cannot write") && error.ends_with("000000.bin"), "{error}");
    drop(sequence);
    drop(dataset);
    assert_eq!(std::fs::read_dir(folder.path()).expect("there").count(), 0);
}

#[test]
fn a_drive_without_words_is_refused() {
    let sizeless = || {
        let mut camera = camera();
        camera.size = None;
        camera
    };
    let late = vec![Stamp::default(), Stamp::from_nanos(i64::MAX)];
    let equal = vec![Stamp::default(); 2];
    let table = [
        (DriveFacts { name: "a/b".into(), ..facts(1) }, "letters, digits"),
        (DriveFacts { name: String::new(), ..facts(1) }, "at least one"),
        (DriveFacts { camera: sizeless(), ..facts(1) }, "the camera has no size"),
        (facts(0), "the drive has no frames"),
        (DriveFacts { stamps: equal, ..facts(1) }, "do not ascend after frame 0"),
        (DriveFacts { stamps: late, ..facts(1) }, "outside the years"),
    ];
    for (facts, wanted) in table {
        let error = SimulatedDrive::new(&facts).expect_err(wanted).to_string();
        assert!(error.contains(wanted), "{error}");
    }
}

#[test]
fn a_frame_without_words_is_refused() {
    let nan = Box3::new(
        Position::new(f64::NAN, 0.0, 0.0),
        Size::new(1.0, 1.0, 1.0).expect("positive"),
        Yaw::default(),
    );
    let object = LabelledObject {
        class: ObjectClass::Car,
        track: None,
        bbox: Some(nan),
        image_box: None,
        truncation: 0.0,
        occlusion: 0,
    };
    let small = Image::from_rgb(2, 1, vec![0; 6]).ok();
    let moved = Transform::new(Isometry3::translation(411.0, -35.0, 1.7));
    let table = [
        (1, bare(), "the drive has 1 frames"),
        (0, FrameParts { image: small, ..bare() }, "2x1 pixels, the camera 24x10"),
        (0, FrameParts { world_from_ego: moved, ..bare() }, "not where the drive starts"),
        (0, FrameParts { truth: GroundTruth(vec![object]), ..bare() }, "is not a finite number"),
    ];
    for (index, parts, wanted) in table {
        let error = drive(1).frame(index, parts).expect_err(wanted).to_string();
        assert!(error.starts_with("sequence 0003: frame ") && error.contains(wanted), "{error}");
    }
}

#[test]
fn what_the_simulator_says_is_passed_on() {
    let recording = drive(3).recording(1, |index| match index {
        1 => Err("out of road".into()),
        _ => Ok(bare()),
    });
    assert_eq!((recording.layout.name(), recording.frame_count()), ("simulated", Some(3)));
    assert_eq!(recording.sequences[0].frames[2].1, facts(3).stamps[2]);
    let found: Vec<_> = recording.stream().expect("threads").collect();
    assert_eq!(found.len(), 2, "the stream ends with the error");
    let error = found[1].as_ref().expect_err("it fails");
    let cause = std::error::Error::source(error).expect("a cause").to_string();
    assert_eq!(
        (error.to_string().as_str(), cause.as_str()),
        ("cannot simulate frame 1", "out of road")
    );
}

#[test]
fn pictures_are_read_as_written() {
    let rgb: Vec<u8> =
        (0..3 * 50 * 30).map(|i: u32| (i.wrapping_mul(2_654_435_761) >> 24) as u8).collect();
    let image = Image::from_rgb(50, 30, rgb).expect("the right length");
    let read = decode_image(&png_bytes(&image).expect("encoded"), Path::new("a.png"));
    assert_eq!(read.expect("a PNG"), image);
}
