use super::*;
use crate::{Outcome, Unpacked};
use std::fs;
use std::io::{Read, Write};
use std::net::TcpListener;
use std::path::Path;
use tempfile::TempDir;

fn touch(folder: &TempDir, paths: &[&str]) {
    for path in paths {
        let path = folder.path().join(path);
        fs::create_dir_all(path.parent().expect("a folder")).expect("created");
        fs::write(path, "").expect("written");
    }
}

fn report(folder: &Path, name: &str) -> VerifyReport {
    verify(folder, find(name).expect("a card")).expect("readable")
}

const DRIVE: [&str; 5] = [
    "2011_09_26/calib_cam_to_cam.txt",
    "2011_09_26/calib_velo_to_cam.txt",
    "2011_09_26/2011_09_26_drive_0052_sync/image_02/data/0000000000.png",
    "2011_09_26/2011_09_26_drive_0052_sync/image_02/data/0000000001.png",
    "2011_09_26/2011_09_26_drive_0052_sync/velodyne_points/data/0000000000.bin",
];

#[test]
fn every_card_is_sound() {
    let cards = list().expect("all parse");
    for (card, (name, _)) in cards.iter().zip(CARDS) {
        assert_eq!(card.name, name);
        assert!(!card.layout.is_empty() && !card.roots.is_empty(), "{name}");
        assert!(card.homepage.starts_with("https://"), "{name}");
        assert!(card.layout.iter().any(|e| e.needed), "{name}: nothing is needed");
        for file in &card.files {
            assert!(file.url.starts_with("https://"), "{name} {}", file.part);
            assert_eq!(
                file.part.contains("{name}"),
                file.example.is_some(),
                "{name} {}",
                file.part
            );
            assert_eq!(
                file.part.contains("{name}"),
                file.url.contains("{name}"),
                "{name} {}",
                file.part
            );
        }
        assert!(card.to_string().contains(&card.licence));
    }
}

#[test]
fn a_card_with_an_unknown_key_is_refused() {
    let text = CARDS[0].1.replace("homepage", "homepages");
    assert!(DatasetCard::parse(&text).expect_err("refused").contains("homepages"));
    let text = CARDS[0].1.replace("{seq}/image_02", "{seq}/{seq}");
    assert!(DatasetCard::parse(&text).expect_err("refused").contains("at most once"));
}

#[test]
fn a_raw_drive_is_found_from_three_folders() {
    let folder = TempDir::new().expect("a folder");
    touch(&folder, &DRIVE);
    touch(&folder, &["2011_09_26/2011_09_26_drive_0001_sync/velodyne_points/data/0000000000.bin"]);
    let date = folder.path().join("2011_09_26");
    let drive = date.join("2011_09_26_drive_0052_sync");
    for (place, root, sequences) in [(folder.path(), "*", 2), (&date, ".", 2), (&drive, "..", 1)] {
        let report = report(place, "kitti_raw");
        assert_eq!(report.root.as_deref(), Some(root));
        assert!(report.is_complete(), "{report}");
        let named: Vec<_> = report.sequences.iter().filter(|s| !s.name.is_empty()).collect();
        assert_eq!(named.len(), sequences, "{report}");
        let last = named.last().expect("a drive");
        assert_eq!(last.name, "2011_09_26_drive_0052_sync");
        assert!(last.counts.contains(&Some(2)), "{report}");
        assert!(report.to_string().contains("2 images"), "{report}");
    }
    let names: Vec<String> =
        recognise(&date).expect("readable").iter().map(|r| r.card.name.clone()).collect();
    assert_eq!(names, ["kitti_raw"]);
}

#[test]
fn what_is_missing_is_said() {
    let folder = TempDir::new().expect("a folder");
    let empty = report(folder.path(), "kitti_raw");
    assert!(!empty.is_complete() && empty.root.is_none());
    assert!(empty.to_string().contains("nothing of its layout is here"), "{empty}");
    touch(&folder, &DRIVE[2..]);
    let report = report(folder.path(), "kitti_raw");
    assert!(!report.is_complete(), "{report}");
    assert!(recognise(folder.path()).expect("readable").iter().any(|r| r.card.name == "kitti_raw"));
    assert!(verify(&folder.path().join("gone"), find("vod").expect("a card")).is_err());
}

#[test]
fn what_cannot_be_replayed_is_not_called_usable() {
    let folder = TempDir::new().expect("a folder");
    let needed = find("nuscenes_mini").expect("a card").layout.iter().filter(|e| e.needed);
    let paths: Vec<String> = needed.map(|entry| entry.path.replace('*', "0")).collect();
    touch(&folder, &paths.iter().map(String::as_str).collect::<Vec<_>>());
    let report = report(folder.path(), "nuscenes_mini");
    assert!(report.is_complete(), "{report}");
    assert_eq!(report.state(), "whole, but delos cannot replay it yet");
    let drive = TempDir::new().expect("a folder");
    touch(&drive, &DRIVE);
    let report = self::report(drive.path(), "kitti_raw");
    assert_eq!((report.state().as_str(), report.named().count()), ("usable; sequences: 1", 1));
}

#[test]
fn a_simulated_drive_has_no_licence_of_kitti() {
    let folder = TempDir::new().expect("a folder");
    touch(&folder, &["training/image_02/0000/000000.png", "training/calib/0000.txt"]);
    let licence = &find("kitti_tracking").expect("a card").licence;
    assert!(report(folder.path(), "kitti_tracking").to_string().contains(licence));
    touch(&folder, &[crate::kitti::write::SIMULATED_MARKER]);
    for place in [folder.path().to_owned(), folder.path().join("training")] {
        let text = report(&place, "kitti_tracking").to_string();
        assert!(!text.contains(licence) && text.starts_with("simulated drives, "), "{text}");
    }
}

#[test]
fn an_unknown_name_is_told_with_those_near_it() {
    let message = |name: &str| find(name).expect_err("unknown").to_string();
    assert_eq!(
        message("kitti"),
        "no data set is called `kitti`; near it are kitti_raw, kitti_tracking, kitti_object"
    );
    assert!(message("cityscapes").contains("there are kitti_raw, "), "{}", message("cityscapes"));
}

#[test]
fn tracking_and_object_are_told_apart() {
    let folder = TempDir::new().expect("a folder");
    touch(
        &folder,
        &[
            "training/image_02/0000/000000.png",
            "training/velodyne/0000/000000.bin",
            "training/calib/0000.txt",
        ],
    );
    let names = |folder: &TempDir| -> Vec<String> {
        recognise(folder.path()).expect("readable").into_iter().map(|r| r.card.name).collect()
    };
    assert_eq!(names(&folder), ["kitti_tracking"]);
    let folder = TempDir::new().expect("a folder");
    touch(
        &folder,
        &[
            "training/image_2/000000.png",
            "training/velodyne/000000.bin",
            "training/calib/000000.txt",
        ],
    );
    assert_eq!(names(&folder), ["kitti_object"]);
}

#[test]
fn archives_are_checked_where_the_card_knows_them() {
    let folder = TempDir::new().expect("a folder");
    fs::write(folder.path().join("data_tracking_oxts.zip"), "not it").expect("written");
    fs::write(folder.path().join("data_tracking_calib.zip"), "who knows").expect("written");
    let report = report(folder.path(), "kitti_tracking");
    let problems: Vec<bool> = report.archives.iter().map(|a| a.problem.is_some()).collect();
    assert_eq!(report.archives.len(), 2);
    assert!(problems.contains(&true) && problems.contains(&false), "{report}");
    assert!(
        report.to_string().contains("sha256 is ") && report.to_string().contains("not checked"),
        "{report}"
    );
}

#[test]
fn names_of_parts_are_filled_in_and_nothing_else() {
    let card = find("kitti_raw").expect("a card");
    let file = card.file("2011_09_26_drive_0005_sync").expect("a drive");
    assert_eq!(file.file, "2011_09_26_drive_0005_sync.zip");
    assert!(
        file.url.ends_with("/2011_09_26_drive_0005/2011_09_26_drive_0005_sync.zip"),
        "{}",
        file.url
    );
    assert!(card.file("2011_09_26_calib").expect("a day").url.ends_with("/2011_09_26_calib.zip"));
    for part in ["../../x_sync", "a/b_sync", "_sync", "2011", ""] {
        let error = card.file(part).expect_err("no part").to_string();
        assert!(error.contains("2011_09_26_drive_0005_sync"), "{error}");
    }
    let error = find("waymo").and_then(|card| card.file("all")).expect_err("by hand").to_string();
    assert!(error.contains("get it by hand"), "{error}");
    let error = find("kitty").expect_err("no card").to_string();
    assert!(error.contains("kitti_raw, kitti_tracking"), "{error}");
}

#[test]
fn a_part_is_downloaded_and_unpacked() {
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    zip.start_file("training/calib/0000.txt", zip::write::SimpleFileOptions::default())
        .expect("added");
    zip.write_all(b"P2: 1").expect("written");
    let bytes = zip.finish().expect("finished").into_inner();
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let url = format!("http://{}/calib.zip", listener.local_addr().expect("an address"));
    let answer =
        [format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n", bytes.len()).as_bytes(), &bytes]
            .concat();
    std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().expect("a client");
        let _ = stream.read(&mut [0; 4096]);
        let _ = stream.write_all(&answer);
    });
    let mut card = find("kitti_tracking").expect("a card").clone();
    card.files.retain(|file| file.part == "calib");
    card.files[0].url = url;
    let folder = TempDir::new().expect("a folder");
    let first = fetch(&card, "calib", folder.path(), &mut |_, _| {}).expect("fetched");
    assert_eq!(first.unpacked, Unpacked { files: 1, bytes: 5 });
    assert!(matches!(first.outcome, Outcome::Downloaded { .. }));
    assert_eq!(fs::read(folder.path().join("training/calib/0000.txt")).expect("read"), b"P2: 1");
    let again = fetch(&card, "calib", folder.path(), &mut |_, _| {}).expect("there");
    assert_eq!(again.outcome, Outcome::AlreadyThere);
}
