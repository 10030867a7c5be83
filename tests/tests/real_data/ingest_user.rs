//! A user's own data on real recordings: a dash camera's video and stills, PCD scans, and
//! the data set cards against the sample folders.

use delos_core::{LidarPoint, Span};
use delos_ingest::dataset_cards::{VerifyReport, find, recognise, verify};
use delos_ingest::{
    IngestError, Layout, Need, Recording, ReplayOptions, SensorFrame, decode_image, open,
    sha256_file,
};
use delos_tests::real_data;
use opencv::core::MatTraitConstManual;
use opencv::imgcodecs::{IMREAD_COLOR, imdecode};
use std::fs;
use std::path::{Path, PathBuf};

const DASHCAM: &str = "dashcam/udacity_carnd";
const DRIVE_52: &str = "kitti_raw/2011_09_26/2011_09_26_drive_0052_sync";

fn of(data: PathBuf) -> ReplayOptions {
    ReplayOptions { data, ..ReplayOptions::default() }
}

fn frames(recording: Recording) -> Vec<SensorFrame> {
    let stream = recording.stream().expect("threads");
    stream.collect::<Result<_, _>>().expect("every frame is readable")
}

fn point(x: f32, y: f32, z: f32, intensity: f32) -> LidarPoint {
    LidarPoint { x, y, z, intensity }
}

/// Mean of red, green and blue.
fn mean_color(frame: &SensorFrame) -> [f64; 3] {
    let pixels = frame.image.as_ref().expect("an image").rgb().as_chunks::<3>().0;
    let sum = |channel: usize| pixels.iter().map(|p| f64::from(p[channel])).sum::<f64>();
    [0, 1, 2].map(|channel| sum(channel) / pixels.len() as f64)
}

#[test]
fn the_dashcam_video_has_221_frames_at_25_hz() {
    let Some(data) = real_data("the_dashcam_video_has_221_frames_at_25_hz") else { return };
    let recording = open(&of(data.join(DASHCAM).join("solidWhiteRight.mp4"))).expect("opens");
    assert_eq!((recording.layout, recording.frame_count()), (Layout::Video, Some(221)));
    assert_eq!(recording.notices.len(), 1, "{:?}", recording.notices);
    assert!(recording.notices[0].contains("no intrinsics"), "{:?}", recording.notices);
    let mut stream = recording.stream().expect("threads");
    let (mut count, mut last) = (0, None);
    while let Some(frame) = stream.next_frame() {
        let frame = frame.expect("readable");
        let image = frame.image.as_ref().expect("an image");
        assert_eq!((image.width(), image.height()), (960, 540));
        assert_eq!(frame.header.frame, count);
        assert_eq!(&*frame.header.sequence, "solidWhiteRight");
        if let Some(last) = last {
            assert_eq!(frame.header.stamp - last, Span::from_millis(40));
        }
        (count, last) = (count + 1, Some(frame.header.stamp));
    }
    assert_eq!(count, 221);
}

#[test]
fn the_sky_of_the_video_is_blue() {
    let Some(data) = real_data("the_sky_of_the_video_is_blue") else { return };
    let options =
        ReplayOptions { max_frames: Some(1), ..of(data.join(DASHCAM).join("solidWhiteRight.mp4")) };
    let frames = frames(open(&options).expect("opens"));
    assert_eq!(frames.len(), 1);
    let image = frames[0].image.as_ref().expect("an image");
    let sky = &image.rgb().as_chunks::<3>().0[..960 * 100];
    let sum = |channel: usize| sky.iter().map(|p| u64::from(p[channel])).sum::<u64>();
    assert!(sum(2) > sum(0) + 960 * 100 * 10, "red {} blue {}", sum(0), sum(2));
}

#[test]
fn intrinsics_of_another_camera_are_refused() {
    let Some(data) = real_data("intrinsics_of_another_camera_are_refused") else { return };
    let folder = data.join(DASHCAM);
    let intrinsics = Some(folder.join("camera_1280x720.json"));
    let options = ReplayOptions { intrinsics, ..of(folder.join("solidWhiteRight.mp4")) };
    let error = open(&options).expect_err("another camera");
    assert!(matches!(error, IngestError::Format { .. }));
    let text = error.to_string();
    assert!(text.contains("960x540") && text.contains("1280x720"), "{text}");
}

#[test]
fn the_stills_are_read_with_their_camera() {
    let Some(data) = real_data("the_stills_are_read_with_their_camera") else { return };
    let folder = data.join(DASHCAM);
    let intrinsics = Some(folder.join("camera_1280x720.json"));
    let options = ReplayOptions { intrinsics, fps: Some(2.0), ..of(folder.join("test_images")) };
    let recording = open(&options).expect("opens");
    assert_eq!((recording.layout, recording.frame_count()), (Layout::UserFolder, Some(6)));
    assert!(
        recording.notices.iter().any(|n| n.contains("the lens moves")),
        "{:?}",
        recording.notices
    );
    let frames = frames(recording);
    for (index, frame) in frames.iter().enumerate() {
        let image = frame.image.as_ref().expect("an image");
        assert_eq!((image.width(), image.height()), (1280, 720));
        assert_eq!(frame.header.frame as usize, index);
        assert_eq!(frame.header.stamp.as_nanos(), 500_000_000 * i64::from(frame.header.frame));
        let camera = frame.calibration.camera.as_ref().expect("a camera");
        assert_eq!(camera.focal(), (1159.25, 1153.99));
        let mean = mean_color(frame);
        assert!(mean.iter().all(|value| (60.0..200.0).contains(value)), "{mean:?}");
    }
}

#[test]
fn both_pcd_files_are_read_to_the_last_point() {
    let Some(data) = real_data("both_pcd_files_are_read_to_the_last_point") else { return };
    let options = ReplayOptions { lidar_need: Need::Required, ..of(data.join("pcd")) };
    let frames = frames(open(&options).expect("opens"));
    let clouds: Vec<_> = frames.iter().map(|f| f.cloud.as_ref().expect("a scan")).collect();
    assert_eq!(clouds.len(), 2);
    let (binary, ascii) = (clouds[0], clouds[1]);
    assert_eq!((binary.points().len(), binary.dropped()), (119_978, 0));
    assert_eq!((ascii.points().len(), ascii.dropped()), (976, 0));
    assert_eq!(ascii.points()[0], point(4.844_616_4, 0.078_876_585, 0.056_692_06, 0.0));
    assert_eq!(ascii.points()[975], point(13.253_93, -0.633_111_2, 0.974_298_3, 0.0));
    assert_eq!(binary.points()[0], point(52.301, 7.3, 1.995, 0.12));
    // The file's own last point is the origin; page padding follows it.
    assert_eq!(binary.points()[119_976], point(3.756, -1.387, -1.751, 0.0));
    assert!(binary.points().iter().all(|p| (0.0..=1.0).contains(&p.intensity)));
}

#[test]
fn kitti_images_equal_opencv_pixel_for_pixel() {
    let Some(data) = real_data("kitti_images_equal_opencv_pixel_for_pixel") else { return };
    for frame in [0, 15, 31] {
        let path = data.join(DRIVE_52).join(format!("image_02/data/{frame:010}.png"));
        let bytes = fs::read(&path).expect("readable");
        let ours = decode_image(&bytes, &path).expect("decodes");
        let bgr = imdecode(&bytes.as_slice(), IMREAD_COLOR).expect("decodes");
        let theirs = bgr.data_bytes().expect("continuous").as_chunks::<3>().0;
        assert_eq!(theirs.len(), 1242 * 375);
        let same =
            ours.rgb().as_chunks::<3>().0.iter().zip(theirs).all(|(o, t)| *o == [t[2], t[1], t[0]]);
        assert!(same, "{}", path.display());
    }
}

#[test]
fn a_kitti_image_that_is_cut_short_is_an_error() {
    let Some(data) = real_data("a_kitti_image_that_is_cut_short_is_an_error") else { return };
    let images = [
        data.join(DRIVE_52).join("image_02/data/0000000000.png"),
        data.join(DASHCAM).join("test_images/test1.jpg"),
    ];
    for path in images {
        let bytes = fs::read(&path).expect("readable");
        let error = decode_image(&bytes[..bytes.len() / 2], &path).expect_err("half an image");
        assert!(error.to_string().contains(&*path.to_string_lossy()), "{error}");
    }
}

/// What is recognised in a folder of the sample.
fn recognised(data: &Path, folder: &str) -> Vec<String> {
    let reports = recognise(&data.join(folder)).expect("readable");
    reports.into_iter().filter(VerifyReport::is_complete).map(|r| r.card.name).collect()
}

#[test]
fn the_cards_recognise_the_sample_folders() {
    let Some(data) = real_data("the_cards_recognise_the_sample_folders") else { return };
    let table = [
        ("kitti_raw", "kitti_raw"),
        ("kitti_raw/2011_09_26", "kitti_raw"),
        (DRIVE_52, "kitti_raw"),
        ("kitti_tracking", "kitti_tracking"),
        ("kitti_tracking/training", "kitti_tracking"),
        ("kitti_object", "kitti_object"),
        ("nuscenes/one-keyframe", "nuscenes_mini"),
        ("waymo", "waymo"),
        ("vod", "vod"),
        ("comma2k19", "comma2k19"),
    ];
    for (folder, card) in table {
        assert_eq!(recognised(&data, folder), [card], "{folder}");
    }
    let report =
        verify(&data.join("kitti_raw"), find("kitti_raw").expect("a card")).expect("readable");
    assert!(
        report.to_string().contains("2011_09_26_drive_0052_sync: 32 images, 32 LiDAR scans"),
        "{report}"
    );
}

#[test]
fn hashes_equal_those_of_the_manifest() {
    let Some(data) = real_data("hashes_equal_those_of_the_manifest") else { return };
    let manifest = fs::read_to_string(data.join("MANIFEST.tsv")).expect("readable");
    let mut checked = 0;
    for line in manifest.lines().filter(|l| l.starts_with("pcd/") || l.starts_with(DASHCAM)) {
        let fields: Vec<&str> = line.split('\t').collect();
        assert_eq!(
            sha256_file(&data.join(fields[0])).expect("readable"),
            fields[2],
            "{}",
            fields[0]
        );
        checked += 1;
    }
    assert!(checked >= 9, "{checked}");
}
