//! Blank lines among the times of a raw drive, as in `2011_09_26_drive_0009_sync`.

use super::{failure, frames, image, only_lidar, raw, write};
use crate::{Need, ReplayOptions, open};
use std::path::Path;

const TIMES: &str = "d_sync/velodyne_points/timestamps.txt";

/// The times of [`raw`]'s drive, later or earlier by milliseconds, without frame 2.
fn times(later_ms: i32) -> String {
    let line = |frame: i32| format!("2011-09-26 13:02:25.{:03}\n", 50 + 100 * frame + later_ms);
    (0..5).map(|frame| if frame == 2 { "\n".to_owned() } else { line(frame) }).collect()
}

fn remove_scan(root: &Path) {
    std::fs::remove_file(root.join("d_sync/velodyne_points/data/0000000002.bin")).expect("removed");
}

/// Milliseconds of the second in which the drive begins, and what is said of the times.
fn opened(options: &ReplayOptions) -> (Vec<i64>, Vec<String>) {
    let recording = open(options).expect("opens");
    let ms = |stamp: delos_core::Stamp| stamp.as_nanos() / 1_000_000 % 1000;
    let found = recording.sequences[0].frames.iter().map(|(_, stamp)| ms(*stamp)).collect();
    let about_time = |notice: &String| notice.contains("time") || notice.contains("10 Hz");
    (found, recording.notices.into_iter().filter(about_time).collect())
}

#[test]
fn a_frame_that_is_not_there_needs_no_time() {
    let folder = raw();
    write(folder.path(), TIMES, times(0));
    remove_scan(folder.path());
    let found = opened(&only_lidar(&folder.path().join("d_sync")));
    assert_eq!(found, (vec![50, 150, 350, 450], vec![]));
    let day = open(&only_lidar(folder.path())).expect("the day opens");
    assert_eq!(day.sequences.len(), 1);
}

#[test]
fn a_frame_without_a_time_takes_the_cameras_else_that_between_its_neighbours() {
    let folder = raw();
    write(folder.path(), TIMES, times(0));
    let options = only_lidar(&folder.path().join("d_sync"));
    let said = "1 frame without a time (first 2): told by the frames around".to_owned();
    assert_eq!(opened(&options), (vec![50, 150, 250, 350, 450], vec![said.clone()]));
    write(folder.path(), "d_sync/image_02/timestamps.txt", times(4));
    assert_eq!(opened(&options), (vec![50, 150, 250, 350, 450], vec![said]));
    let whole = times(4).replace("\n\n", "\n2011-09-26 13:02:25.254\n");
    write(folder.path(), "d_sync/image_02/timestamps.txt", whole);
    let said = "times of another sensor for 1 frame (first 2)".to_owned();
    assert_eq!(opened(&options), (vec![50, 150, 254, 350, 450], vec![said]));
    // Images alone, in a drive whose LiDAR missed one: the same clock for the frame it missed.
    remove_scan(folder.path());
    for frame in 0..5 {
        write(folder.path(), &format!("d_sync/image_02/data/{frame:010}.png"), image(40, 20));
    }
    let options = ReplayOptions { camera: Need::Required, lidar_need: Need::Optional, ..options };
    assert_eq!(opened(&options).0, [50, 150, 254, 350, 450]);
    write(folder.path(), "d_sync/image_02/timestamps.txt", "soon\n");
    assert!(failure(&options).contains("line 1: `soon` is no time"));
}

#[test]
fn a_turn_without_start_or_end_is_the_usual_one() {
    let folder = raw();
    write(folder.path(), TIMES, times(0));
    for (name, later_ms) in [("timestamps_start.txt", -48), ("timestamps_end.txt", 48)] {
        write(folder.path(), &format!("d_sync/velodyne_points/{name}"), times(later_ms));
    }
    let data = folder.path().join("d_sync");
    let options = ReplayOptions { point_times: true, ..only_lidar(&data) };
    let all = frames(open(&options).expect("opens"));
    // An eighth of a turn to the left of ahead: that much before the stamp.
    let seconds = |frame: usize| {
        let cloud = all[frame].cloud.as_ref().expect("a scan");
        cloud.times().expect("asked for").seconds()[0]
    };
    for (frame, wanted) in [(1, -0.012), (2, -0.1031 / 8.0), (3, -0.012)] {
        assert!((seconds(frame) - wanted).abs() < 1e-6, "{frame}: {}", seconds(frame));
    }
}
