use super::*;

fn write(path: &Path, text: &str) {
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, text).unwrap();
}

/// A drive of five frames; the scan of frame 1 is missing.
fn made_up_drive(root: &Path) -> PathBuf {
    let drive = root.join("2011_09_26/drive_0052_sync");
    write(&root.join("2011_09_26/calib_velo_to_cam.txt"), "R: 1");
    for frame in 0..5 {
        write(&drive.join(format!("image_02/data/{frame:010}.png")), "image");
        if frame != 1 {
            write(&drive.join(format!("velodyne_points/data/{frame:010}.bin")), "scan");
        }
    }
    write(&drive.join("velodyne_points/timestamps.txt"), "0\n1\n2\n3\n4\n");
    drive
}

/// All files below a folder, relative to it.
fn all(root: &Path, below: &Path, found: &mut Vec<String>) {
    for path in files_of(below).unwrap() {
        if path.is_dir() {
            all(root, &path, found);
        } else {
            found.push(path.strip_prefix(root).unwrap().to_string_lossy().into_owned());
        }
    }
}

#[test]
fn a_drive_is_cut_and_every_file_has_its_sum() {
    let scratch = tempfile::tempdir().unwrap();
    let drive = made_up_drive(scratch.path());
    let root = scratch.path().join("packed");
    let mut folder = Folder::create(&root).unwrap();
    drive::take(&mut folder, &drive, 3).unwrap();
    let bytes = folder.finish().unwrap();
    let mut found = Vec::new();
    all(&root, &root, &mut found);
    let data = "data/drive_0052_sync";
    let wanted = [
        "SHA256SUMS".to_owned(),
        format!("{data}/calib_velo_to_cam.txt"),
        format!("{data}/image_02/data/0000000000.png"),
        format!("{data}/image_02/data/0000000001.png"),
        format!("{data}/image_02/data/0000000002.png"),
        format!("{data}/velodyne_points/data/0000000000.bin"),
        format!("{data}/velodyne_points/data/0000000002.bin"),
        format!("{data}/velodyne_points/timestamps.txt"),
    ];
    assert_eq!(found, wanted);
    let times = root.join(data).join("velodyne_points/timestamps.txt");
    assert_eq!(fs::read_to_string(times).unwrap(), "0\n1\n2\n");
    let sums = fs::read_to_string(root.join("SHA256SUMS")).unwrap();
    assert_eq!(sums.lines().count(), 7);
    // `printf scan | sha256sum`
    let scan = "59ad1b2fc74287ded1bba7af67765d23ad4a49f1ae51902cc2ed3f8ebee96cfa";
    assert_eq!(sums.matches(scan).count(), 2);
    let on_disk: u64 = found.iter().map(|name| root.join(name).metadata().unwrap().len()).sum();
    assert_eq!(bytes, on_disk);
}

#[test]
fn what_is_there_or_is_no_drive_is_refused() {
    let scratch = tempfile::tempdir().unwrap();
    let error = Folder::create(scratch.path()).err().unwrap().to_string();
    assert!(error.contains("exists"), "{error}");
    let mut folder = Folder::create(&scratch.path().join("packed")).unwrap();
    let error = drive::take(&mut folder, scratch.path(), 3).unwrap_err().to_string();
    assert!(error.contains("no KITTI raw drive"), "{error}");
    let error = take_model(&mut folder, Path::new("a.pt"), false).unwrap_err().to_string();
    assert!(error.contains("no .onnx file"), "{error}");
}

#[test]
fn libraries_are_told_by_their_names_and_cards_come_along() {
    let scratch = tempfile::tempdir().unwrap();
    let from = scratch.path().join("ort");
    for name in ["libonnxruntime.so.1.xz", "libonnxruntime_providers_cuda.so", "VERSION"] {
        write(&from.join(name), "x");
    }
    write(&from.join("net.onnx"), "x");
    write(&from.join("net.toml"), "x");
    let mut folder = Folder::create(&scratch.path().join("packed")).unwrap();
    take_libraries(&mut folder, &from, false).unwrap();
    take_model(&mut folder, &from.join("net.onnx"), false).unwrap();
    folder.finish().unwrap();
    let mut found = Vec::new();
    let root = scratch.path().join("packed");
    all(&root, &root, &mut found);
    let wanted = [
        "SHA256SUMS",
        "models/net.onnx",
        "models/net.toml",
        "onnxruntime/libonnxruntime.so.1.xz",
        "onnxruntime/libonnxruntime_providers_cuda.so",
    ];
    assert_eq!(found, wanted);
    assert!(take_libraries(&mut folder, &root.join("models"), false).is_err());
}
