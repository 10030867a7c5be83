//! Which of KITTI's layouts a folder has.

use super::files::{entries, name, stem, subfolders};
use crate::IngestError;
use std::path::{Path, PathBuf};

/// What makes each layout recognisable, for messages.
pub(crate) const KNOWN_LAYOUTS: &str = "KITTI raw: a drive's folder with velodyne_points or \
    image_02/data, the day's folder around it, or the folder around one day; KITTI tracking: a folder with training (or \
    testing) that has calib/0000.txt and image_02, velodyne or label_02, or that folder itself; \
    KITTI object: the same with calib/000000.txt and image_2, velodyne or label_2";

/// A recognised folder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    /// Drives of KITTI raw.
    Raw { drives: Vec<PathBuf> },
    /// `training` or `testing` of the tracking benchmark.
    Tracking { split: PathBuf },
    /// `training` or `testing` of the object benchmark.
    Object { split: PathBuf },
}

/// Recognises a folder; `None` when it is none of KITTI's.
pub(crate) fn recognise(folder: &Path) -> Result<Option<Place>, IngestError> {
    if is_drive(folder) {
        return Ok(Some(Place::Raw { drives: vec![folder.to_owned()] }));
    }
    for split in [folder.to_owned(), folder.join("training"), folder.join("testing")] {
        if let Some(place) = benchmark(&split)? {
            return Ok(Some(place));
        }
    }
    let drives = drives_in(folder)?;
    if !drives.is_empty() {
        return Ok(Some(Place::Raw { drives }));
    }
    only_day(folder)
}

fn drives_in(folder: &Path) -> Result<Vec<PathBuf>, IngestError> {
    Ok(subfolders(folder)?.into_iter().filter(|path| is_drive(path)).collect())
}

/// The drives of the one day in a folder, as an archive of KITTI's unpacks.
fn only_day(folder: &Path) -> Result<Option<Place>, IngestError> {
    let mut days = Vec::new();
    for day in subfolders(folder)? {
        // What nobody may look into is no day; there may be such folders beside anybody's data.
        let Ok(drives) = drives_in(&day) else { continue };
        if !drives.is_empty() {
            days.push((name(&day), drives));
        }
    }
    if days.len() > 1 {
        let days = days.into_iter().map(|(day, _)| day).collect();
        return Err(IngestError::Days { path: folder.to_owned(), days });
    }
    Ok(days.pop().map(|(_, drives)| Place::Raw { drives }))
}

fn is_drive(folder: &Path) -> bool {
    ["velodyne_points", "image_02/data", "oxts/data"].iter().any(|part| folder.join(part).is_dir())
}

/// Both benchmarks have `calib`; the folders beside it, or the length of the numbers in
/// it (sequences have four digits, frames six), tell them apart.
fn benchmark(split: &Path) -> Result<Option<Place>, IngestError> {
    let has = |part: &str| split.join(part).is_dir();
    if !has("calib") {
        return Ok(None);
    }
    let split = split.to_owned();
    if has("image_02") || has("label_02") {
        return Ok(Some(Place::Tracking { split }));
    }
    if has("image_2") || has("label_2") {
        return Ok(Some(Place::Object { split }));
    }
    let files = entries(&split.join("calib"))?;
    Ok(match files.iter().map(|path| stem(path).len()).find(|length| matches!(length, 4 | 6)) {
        Some(4) => Some(Place::Tracking { split }),
        Some(_) => Some(Place::Object { split }),
        None => None,
    })
}

/// The folder around another one, also for names like `.`.
pub(super) fn root(folder: &Path) -> PathBuf {
    match (folder.parent(), folder.file_name()) {
        (Some(parent), Some(_)) if !parent.as_os_str().is_empty() => parent.to_owned(),
        _ => folder.join(".."),
    }
}

/// Name of the drive or split, also for `.` and the like.
pub(super) fn own_name(folder: &Path) -> String {
    let plain = name(folder);
    if !plain.is_empty() {
        return plain;
    }
    folder.canonicalize().map_or_else(|_| "recording".to_owned(), |whole| name(&whole))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder_with(parts: &[&str]) -> tempfile::TempDir {
        let folder = tempfile::tempdir().expect("a folder");
        for part in parts {
            let path = folder.path().join(part);
            if path.extension().is_some() {
                std::fs::create_dir_all(path.parent().expect("inside")).expect("made");
                std::fs::write(path, "").expect("written");
            } else {
                std::fs::create_dir_all(path).expect("made");
            }
        }
        folder
    }

    #[test]
    fn folders_are_recognised_from_outside_and_inside() {
        let tracking = folder_with(&["training/calib", "training/label_02"]);
        let split = tracking.path().join("training");
        for from in [tracking.path(), &split] {
            let found = recognise(from).expect("readable");
            assert_eq!(found, Some(Place::Tracking { split: split.clone() }));
        }
        let object = folder_with(&["testing/calib/000000.txt", "testing/velodyne"]);
        let split = object.path().join("testing");
        assert_eq!(recognise(object.path()).expect("readable"), Some(Place::Object { split }));
        let day = folder_with(&["b_sync/velodyne_points/data", "a_sync/image_02/data", "other"]);
        let drives = vec![day.path().join("a_sync"), day.path().join("b_sync")];
        assert_eq!(
            recognise(day.path()).expect("readable"),
            Some(Place::Raw { drives: drives.clone() })
        );
        assert_eq!(
            recognise(&drives[0]).expect("readable"),
            Some(Place::Raw { drives: vec![drives[0].clone()] })
        );
    }

    #[test]
    fn the_folder_around_a_day_is_that_day() {
        let around = folder_with(&["2011_09_26/a_sync/velodyne_points/data", "other/thing"]);
        let drives = vec![around.path().join("2011_09_26/a_sync")];
        assert_eq!(recognise(around.path()).expect("readable"), Some(Place::Raw { drives }));
        let days = folder_with(&["1/a/oxts/data", "2/b/oxts/data"]);
        let error = recognise(days.path()).expect_err("two days").to_string();
        assert!(error.contains("name one of them: 1, 2"), "{error}");
    }

    #[test]
    fn other_folders_are_not() {
        let other = folder_with(&["images", "calib"]);
        assert_eq!(recognise(other.path()).expect("readable"), None);
        assert_eq!(recognise(Path::new("/nowhere")).expect("nothing there"), None);
    }
}
