//! Detection files of a sequence, in place of a detector.

use super::detections::{self, FileDetection};
use super::files::{name, parse_file, subfolders};
use crate::{IngestError, Need};
use delos_core::ObjectClass;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// A folder of detection files, and whether each sequence needs one.
#[derive(Clone, Debug)]
pub(super) struct StandIns {
    pub(super) folder: PathBuf,
    pub(super) need: Need,
}

/// Detections by frame, in the order of the files' names and of their lines.
pub(super) type ByFrame = BTreeMap<u32, Vec<FileDetection>>;

impl StandIns {
    /// Finds the folder a user names: as it is, or beside or inside the data set.
    pub(super) fn find(
        given: Option<&Path>,
        need: Need,
        root: &Path,
        what: &str,
    ) -> Result<Option<Self>, IngestError> {
        let (Some(given), Need::Required | Need::Optional) = (given, need) else { return Ok(None) };
        let looked_for =
            vec![given.to_owned(), root.join(given), root.join("detections").join(given)];
        match looked_for.iter().find(|path| path.is_dir()) {
            Some(folder) => Ok(Some(Self { folder: folder.clone(), need })),
            None => Err(IngestError::Missing { what: format!("folder of {what}"), looked_for }),
        }
    }

    /// The detections of a sequence: `SEQUENCE.txt` in the folder and in each of its
    /// subfolders (one a class). `None` where there is no such file.
    pub(super) fn read(&self, sequence: &str) -> Result<Option<ByFrame>, IngestError> {
        let mut frames = None;
        let mut folders = vec![self.folder.clone()];
        folders.extend(subfolders(&self.folder)?);
        for folder in folders {
            let path = folder.join(format!("{sequence}.txt"));
            if path.is_file() {
                let found = parse_file(&path, |text| detections::parse(text, class_of(&folder)))?;
                let frames = frames.get_or_insert_with(ByFrame::new);
                for detection in found {
                    frames.entry(detection.frame).or_default().push(detection);
                }
            }
        }
        Ok(frames)
    }
}

/// The class that a folder is named after (`Car`, `pointrcnn_Car_val`).
fn class_of(folder: &Path) -> Option<ObjectClass> {
    let name = name(folder);
    [ObjectClass::Car, ObjectClass::Pedestrian, ObjectClass::Cyclist]
        .into_iter()
        .find(|class| name.contains(class.kitti_name()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_of_all_classes_are_read_together() {
        let root = tempfile::tempdir().expect("a folder");
        for class in ["Car", "Pedestrian"] {
            let folder = root.path().join("detections/rrc").join(class);
            std::fs::create_dir_all(&folder).expect("made");
            std::fs::write(folder.join("0000.txt"), "2,1,2,3,4,0.5\n").expect("written");
        }
        let found =
            StandIns::find(Some(Path::new("rrc")), Need::Optional, root.path(), "detections")
                .expect("there")
                .expect("wanted");
        let frames = found.read("0000").expect("valid").expect("there");
        let classes: Vec<_> = frames[&2].iter().map(|d| d.class).collect();
        assert_eq!(classes, [ObjectClass::Car, ObjectClass::Pedestrian]);
        assert!(found.read("0001").expect("no file").is_none());
        let error =
            StandIns::find(Some(Path::new("none")), Need::Optional, root.path(), "detections");
        assert!(error.expect_err("not there").to_string().contains("detections/none"));
    }
}
