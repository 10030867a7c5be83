//! What is said where something is not known.

use super::*;

#[test]
fn an_unknown_size_of_the_images_is_assumed_and_said() {
    let assumed = "size of the images not known: 1200x360 assumed, twice the principal point";
    let wanted = Some(ImageSize { width: 1200, height: 360 });
    let folder = tracking();
    let recording = open(&only_lidar(folder.path())).expect("opens");
    assert!(recording.notices.contains(&assumed.to_owned()), "{:?}", recording.notices);
    let found = frames(recording);
    assert_eq!(found[0].calibration.camera.expect("a camera").size, wanted);

    let folder = tempfile::tempdir().expect("a folder");
    write(folder.path(), "training/calib/000003.txt", MADE_UP);
    write(folder.path(), "training/velodyne/000003.bin", scan(&[[1.0; 4]]));
    let found = frames(open(&only_lidar(folder.path())).expect("opens"));
    assert_eq!(found[0].calibration.camera.expect("a camera").size, wanted);
    assert_eq!(found[0].notices, [assumed]);
    write(folder.path(), "training/image_2/000003.png", image(40, 20));
    let with_image = ReplayOptions { camera: Need::Required, ..only_lidar(folder.path()) };
    assert!(frames(open(&with_image).expect("opens"))[0].notices.is_empty());
}

#[test]
fn oxts_that_cannot_be_placed_are_told_from_none() {
    let said = |data: &Path| open(&only_lidar(data)).expect("opens").notices.join("\n");
    let folder = raw();
    std::fs::remove_file(folder.path().join("calib_imu_to_velo.txt")).expect("removed");
    let drive = folder.path().join("d_sync");
    let unplaced = "no ego poses (oxts are there, but calib_imu_to_velo.txt is not)";
    assert!(said(&drive).contains(unplaced), "{}", said(&drive));
    std::fs::remove_dir_all(drive.join("oxts")).expect("removed");
    let none = "no ego poses (neither oxts nor a pose file)";
    assert!(said(&drive).contains(none), "{}", said(&drive));

    let folder = tracking();
    std::fs::remove_dir_all(folder.path().join("poses_orbslam3")).expect("removed");
    assert!(said(folder.path()).contains(none), "{}", said(folder.path()));
    write(folder.path(), "training/oxts/0000.txt", "");
    let unplaced = "(oxts are there, but the calibration has no Tr_imu_to_velo)";
    assert!(said(folder.path()).contains(unplaced), "{}", said(folder.path()));
}
