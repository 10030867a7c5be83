use super::*;
use crate::{Layout, Need, SensorFrame, Sequences};
use opencv::core::{Mat, Scalar, Size, Vector};
use opencv::prelude::*;
use opencv::{imgcodecs, videoio};
use std::fs;
use tempfile::TempDir;

const CAMERA: &str =
    "fx = 40\nfy = 40\ncx = 16\ncy = 12\nwidth = 32\nheight = 24\nego_height_m = 1.5\n";

/// A picture of one colour, `red` to tell it from others.
fn picture(width: i32, height: i32, red: u8) -> Mat {
    let color = Scalar::new(0.0, 0.0, f64::from(red), 0.0);
    Mat::new_rows_cols_with_default(height, width, opencv::core::CV_8UC3, color).expect("a matrix")
}

fn write_image(folder: &TempDir, name: &str, red: u8) {
    let path = folder.path().join(name);
    fs::create_dir_all(path.parent().expect("a folder")).expect("created");
    let path = path.to_str().expect("UTF-8");
    imgcodecs::imwrite(path, &picture(32, 24, red), &Vector::new()).expect("written");
}

fn write_scan(folder: &TempDir, name: &str, x: f32) {
    let path = folder.path().join(name);
    fs::create_dir_all(path.parent().expect("a folder")).expect("created");
    let point: Vec<u8> = [x, 2.0, 3.0, 0.5].iter().flat_map(|v| v.to_le_bytes()).collect();
    fs::write(path, point).expect("written");
}

fn write_video(folder: &TempDir, frames: u8) -> ReplayOptions {
    let path = folder.path().join("drive.avi");
    let code = videoio::VideoWriter::fourcc('M', 'J', 'P', 'G').expect("a code");
    let name = path.to_str().expect("UTF-8");
    let mut writer =
        videoio::VideoWriter::new(name, code, 20.0, Size::new(32, 24), true).expect("a writer");
    for i in 0..frames {
        writer.write(&picture(32, 24, (i % 12) * 20)).expect("written");
    }
    writer.release().expect("closed");
    ReplayOptions { data: path, ..ReplayOptions::default() }
}

fn options(folder: &TempDir) -> ReplayOptions {
    ReplayOptions { data: folder.path().to_path_buf(), ..ReplayOptions::default() }
}

fn frames(options: &ReplayOptions) -> Vec<SensorFrame> {
    let stream = open(options).and_then(Recording::stream).expect("opens");
    stream.collect::<Result<_, _>>().expect("every frame reads")
}

fn numbers(frames: &[SensorFrame]) -> Vec<u32> {
    frames.iter().map(|f| f.header.frame).collect()
}

fn failure(options: &ReplayOptions) -> String {
    let error = match open(options).and_then(Recording::stream) {
        Ok(stream) => stream.collect::<Result<Vec<_>, _>>().expect_err("fails"),
        Err(error) => error,
    };
    error.to_string()
}

#[test]
fn a_folder_of_images_is_read_in_natural_order() {
    let folder = TempDir::new().expect("a folder");
    for (name, red) in [("10.png", 100), ("9.png", 90), ("12.png", 120)] {
        write_image(&folder, name, red);
    }
    let found = frames(&options(&folder));
    assert_eq!(numbers(&found), [9, 10, 12]);
    let reds: Vec<u8> = found.iter().map(|f| f.image.as_ref().expect("read").rgb()[0]).collect();
    assert_eq!(reds, [90, 100, 120]);
    assert_eq!(found[2].header.stamp - found[0].header.stamp, delos_core::Span::from_millis(300));
    assert_eq!(found.iter().map(|f| f.header.tick).collect::<Vec<_>>(), [0, 1, 2]);
    assert_eq!(found[0].calibration.camera, None);
}

#[test]
fn missing_intrinsics_are_said_once() {
    let folder = TempDir::new().expect("a folder");
    write_image(&folder, "a.png", 1);
    let recording = open(&options(&folder)).expect("opens");
    assert_eq!(recording.layout, Layout::UserFolder);
    let about = recording.notices.iter().filter(|n| n.contains("no intrinsics")).count();
    assert_eq!(about, 1, "{:?}", recording.notices);
}

#[test]
fn the_camera_beside_the_images_is_used_and_must_fit() {
    let folder = TempDir::new().expect("a folder");
    write_image(&folder, "left.png", 1);
    fs::write(folder.path().join("camera.toml"), CAMERA).expect("written");
    let found = frames(&options(&folder));
    assert_eq!(found[0].calibration.camera.expect("known").focal(), (40.0, 40.0));
    approx::assert_relative_eq!(found[0].calibration.ego_height_m, 1.5);
    fs::write(folder.path().join("camera.toml"), CAMERA.replace("32", "64")).expect("written");
    let text = failure(&options(&folder));
    assert!(
        text.contains("left.png") && text.contains("32x24") && text.contains("64x24"),
        "{text}"
    );
    let elsewhere = ReplayOptions { intrinsics: Some("nowhere.toml".into()), ..options(&folder) };
    assert!(failure(&elsewhere).contains("nowhere.toml"));
}

#[test]
fn images_and_scans_meet_by_name() {
    let folder = TempDir::new().expect("a folder");
    for i in [1, 2, 3] {
        write_image(&folder, &format!("images/{i:06}.jpg"), 10);
    }
    for i in [2, 3, 4, 5] {
        write_scan(&folder, &format!("scans/{i:06}.bin"), i as f32);
    }
    let recording = open(&options(&folder)).expect("opens");
    assert!(recording.notices.iter().any(|n| n.contains("3 images and 4 scans: the 2")));
    let found = frames(&options(&folder));
    assert_eq!(numbers(&found), [2, 3]);
    approx::assert_relative_eq!(found[1].cloud.as_ref().expect("read").points()[0].x, 3.0);
    assert!(found[1].image.is_some());
    let scans_only = ReplayOptions { camera: Need::Off, ..options(&folder) };
    assert_eq!(numbers(&frames(&scans_only)), [2, 3, 4, 5]);
}

#[test]
fn images_and_scans_without_a_common_name_meet_by_position() {
    let folder = TempDir::new().expect("a folder");
    for i in [1, 2, 3] {
        write_image(&folder, &format!("images/img{i}.png"), 10);
        write_scan(&folder, &format!("scans/scan{i}.bin"), i as f32);
    }
    let found = frames(&ReplayOptions { max_frames: Some(2), fps: Some(20.0), ..options(&folder) });
    assert_eq!(numbers(&found), [0, 1]);
    assert_eq!(found[1].header.stamp.as_nanos(), 50_000_000);
    approx::assert_relative_eq!(found[1].cloud.as_ref().expect("read").points()[0].x, 2.0);
}

#[test]
fn a_video_is_read_with_its_own_rate() {
    let folder = TempDir::new().expect("a folder");
    let options = write_video(&folder, 7);
    let recording = open(&options).expect("opens");
    assert_eq!((recording.layout, recording.frame_count()), (Layout::Video, Some(7)));
    let found = frames(&options);
    assert_eq!(numbers(&found), [0, 1, 2, 3, 4, 5, 6]);
    assert_eq!(found[6].header.stamp.as_nanos(), 300_000_000);
    assert_eq!(&*found[0].header.sequence, "drive");
    let red = |f: &SensorFrame| i32::from(f.image.as_ref().expect("read").rgb()[0]);
    assert!((red(&found[6]) - 120).abs() < 6 && red(&found[0]) < 6);
    let scans = ReplayOptions { lidar_need: Need::Required, ..options.clone() };
    assert!(failure(&scans).contains("a video has no LiDAR scans"), "{}", failure(&scans));
    assert_eq!(frames(&ReplayOptions { max_frames: Some(3), ..options }).len(), 3);
}

#[test]
fn bad_input_gets_one_clear_message() {
    let folder = TempDir::new().expect("a folder");
    let own = options(&folder);
    assert!(failure(&own).contains("own data: a video file"), "{}", failure(&own));
    let gone = ReplayOptions { data: folder.path().join("gone"), ..ReplayOptions::default() };
    assert!(failure(&gone).contains("gone"));
    fs::write(folder.path().join("7.bin"), [0; 17]).expect("written");
    assert!(failure(&own).contains("7.bin"), "{}", failure(&own));
    fs::rename(folder.path().join("7.bin"), folder.path().join("7.pcd.bin")).expect("renamed");
    assert!(failure(&own).contains("a scan of nuScenes"), "{}", failure(&own));
    let camera = ReplayOptions { camera: Need::Required, ..options(&folder) };
    assert!(failure(&camera).contains("camera images not found"));
    let other =
        ReplayOptions { sequences: Sequences::List(vec!["0001".into()]), ..options(&folder) };
    assert!(failure(&other).contains("0001"));
    let rate = ReplayOptions { fps: Some(0.0), ..options(&folder) };
    assert!(failure(&rate).contains("0 frames per second"));
    fs::write(folder.path().join("text.mp4"), "no video").expect("written");
    let text = ReplayOptions { data: folder.path().join("text.mp4"), ..ReplayOptions::default() };
    for lidar_need in [Need::Optional, Need::Required] {
        let text = ReplayOptions { lidar_need, ..text.clone() };
        assert!(failure(&text).contains("text.mp4: no video"), "{}", failure(&text));
    }
}

#[test]
fn a_video_that_is_cut_short_is_not_taken_for_whole() {
    let folder = TempDir::new().expect("a folder");
    let options = write_video(&folder, 60);
    let bytes = fs::read(&options.data).expect("read");
    fs::write(&options.data, &bytes[..bytes.len() / 2]).expect("written");
    let text = failure(&options);
    assert!(text.contains("drive.avi"), "{text}");
}

#[test]
fn scans_that_are_empty_or_not_finite_are_reported() {
    let folder = TempDir::new().expect("a folder");
    write_scan(&folder, "1.bin", f32::NAN);
    fs::write(folder.path().join("2.bin"), "").expect("written");
    let found = frames(&options(&folder));
    assert!(found[0].notices[0].contains("1 points are not finite"), "{:?}", found[0].notices);
    assert!(found[1].notices[0].contains("empty"), "{:?}", found[1].notices);
}

#[test]
fn gaps_and_numbers_that_count_no_frames_are_said() {
    let folder = TempDir::new().expect("a folder");
    for i in [0, 1, 3, 4] {
        write_scan(&folder, &format!("{i:06}.bin"), 1.0);
    }
    let said = open(&options(&folder)).expect("opens").notices;
    assert!(said.contains(&"frame numbers jump from 1 to 3".to_owned()), "{said:?}");

    let folder = TempDir::new().expect("a folder");
    for i in [1000, 1100, 1200] {
        write_scan(&folder, &format!("{i}.bin"), 1.0);
    }
    let own = ReplayOptions { max_frames: Some(2), ..options(&folder) };
    let said = open(&own).expect("opens").notices.join("\n");
    assert!(said.contains("100 apart (median)") && !said.contains("jump"), "{said}");
    let found = frames(&own);
    assert_eq!(numbers(&found), [1000, 1100]);
    assert_eq!(found[1].header.stamp.as_nanos(), 100_000_000);
}

#[test]
fn two_files_with_one_name_are_both_named() {
    let folder = TempDir::new().expect("a folder");
    for name in ["1.png", "1.jpg", "2.png"] {
        write_image(&folder, name, 10);
    }
    let text = failure(&options(&folder));
    assert!(text.contains("1.jpg: ") && text.contains("1.png has the same name"), "{text}");
    write_scan(&folder, "7.bin", 1.0);
    fs::write(folder.path().join("7.pcd"), "").expect("written");
    let scans = ReplayOptions { camera: Need::Off, ..options(&folder) };
    assert!(failure(&scans).contains("7.pcd has the same name"), "{}", failure(&scans));
}

#[test]
fn what_own_data_cannot_have_is_refused() {
    let folder = TempDir::new().expect("a folder");
    write_image(&folder, "1.png", 10);
    let given = |need| ReplayOptions {
        detections: Some("net".into()),
        detections_need: need,
        detections_2d: Some("flat".into()),
        detections_2d_need: need,
        ..options(&folder)
    };
    let refusal = "own data cannot take detection files; leave out net";
    for own in [given(Need::Optional), given(Need::Required)] {
        assert!(failure(&own).contains(refusal), "{}", failure(&own));
    }
    assert_eq!(frames(&given(Need::Off)).len(), 1);
    let flat = ReplayOptions { detections_2d_need: Need::Optional, ..given(Need::Off) };
    assert!(failure(&flat).contains("leave out flat"), "{}", failure(&flat));
    let video = ReplayOptions { detections: Some("net".into()), ..write_video(&folder, 3) };
    assert!(failure(&video).contains(refusal), "{}", failure(&video));

    let off = ReplayOptions { camera: Need::Off, ..options(&folder) };
    let why = "inputs: camera images are switched off, there are no LiDAR scans";
    assert!(failure(&off).contains(why), "{}", failure(&off));
    let own = folder.path().file_name().expect("a name").to_string_lossy().into_owned();
    let twice = Sequences::List(vec![own.clone(), own]);
    let twice = ReplayOptions { sequences: twice, ..options(&folder) };
    assert!(failure(&twice).contains("is listed twice"), "{}", failure(&twice));
}

#[test]
fn a_single_scan_is_no_recording() {
    let folder = TempDir::new().expect("a folder");
    for name in ["1.bin", "1.PCD"] {
        write_scan(&folder, name, 1.0);
        let data = folder.path().join(name);
        let text = failure(&ReplayOptions { data, ..ReplayOptions::default() });
        let wanted = format!("{name}: a single scan; give the folder that holds it");
        assert!(text.ends_with(&wanted), "{text}");
    }
}
