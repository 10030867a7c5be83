//! Names that are no text or no frame number, and files that are none.

use super::{LABELS, both, failure, frames, only_lidar, raw, scan, tracking, write};
use crate::{Need, ReplayOptions, open};

#[cfg(unix)]
#[test]
fn two_drives_whose_names_are_no_text_are_two() {
    use std::os::unix::ffi::OsStrExt;
    let folder = raw();
    let named = |name: &[u8]| folder.path().join(std::ffi::OsStr::from_bytes(name));
    std::fs::rename(folder.path().join("d_sync"), named(b"d\xff")).expect("renamed");
    let data = named(b"d\xfe").join("velodyne_points/data");
    std::fs::create_dir_all(&data).expect("made");
    std::fs::write(data.join("7.bin"), scan(&[[1.0; 4]])).expect("written");
    let recording = open(&only_lidar(folder.path())).expect("opens");
    let names: Vec<_> = recording.sequences.iter().map(|s| s.name.to_string()).collect();
    assert_eq!(names, ["d\\xFE", "d\\xFF"]);
    assert_eq!(frames(recording).len(), 6);
}

#[test]
fn files_with_numbers_too_large_are_counted() {
    let folder = raw();
    for name in ["9999999999.bin", "4294967296.bin"] {
        write(folder.path(), &format!("d_sync/velodyne_points/data/{name}"), scan(&[[1.0; 4]]));
    }
    let recording = open(&only_lidar(&folder.path().join("d_sync"))).expect("opens");
    let said = recording.notices.join("\n");
    assert!(
        said.contains("left out 2 files (first ") && said.contains("4294967296.bin)"),
        "{said}"
    );
    assert_eq!(frames(recording).len(), 5);
}

#[test]
fn a_detection_file_that_is_required_is_required_in_raw_drives_too() {
    let folder = raw();
    let options = ReplayOptions {
        detections: Some("net".into()),
        detections_need: Need::Required,
        ..only_lidar(&folder.path().join("d_sync"))
    };
    write(folder.path(), "net/other.txt", "");
    let message = failure(&options);
    assert!(message.contains("detection file of sequence d_sync not found"), "{message}");
    let row = LABELS.lines().next().expect("a row").to_owned() + " 0.5\n";
    write(folder.path(), "net/Car/d_sync.txt", row);
    let all = frames(open(&options).expect("opens"));
    assert_eq!(all[0].detections.as_ref().expect("a list").0.len(), 1);
}

#[cfg(unix)]
#[test]
fn a_pipe_in_place_of_an_image_is_not_waited_for() {
    let folder = tracking();
    let path = folder.path().join("training/image_02/0000/000000.png");
    std::fs::remove_file(&path).expect("removed");
    assert!(std::process::Command::new("mkfifo").arg(&path).status().expect("runs").success());
    let message = failure(&both(folder.path()));
    assert!(message.contains("000000.png: no ordinary file"), "{message}");
}
