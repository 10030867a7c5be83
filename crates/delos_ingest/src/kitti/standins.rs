//! Detection files of a sequence, in place of a detector.

use super::detections::{self, FileDetection};
use super::files::{name, parse_file, subfolders};
use super::open::Absent;
use crate::{IngestError, Need, ReplayOptions};
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
    /// Those of the options, in space and in the image.
    ///
    /// # Errors
    /// When a folder that is named is nowhere.
    pub(super) fn of(
        options: &ReplayOptions,
        root: &Path,
    ) -> Result<[Option<Self>; 2], IngestError> {
        let find =
            |given: &Option<PathBuf>, need, what| Self::find(given.as_deref(), need, root, what);
        Ok([
            find(&options.detections, options.detections_need, "3-D detections")?,
            find(&options.detections_2d, options.detections_2d_need, "2-D detections")?,
        ])
    }

    /// Finds the folder a user names: as it is, or beside or inside the data set.
    fn find(
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

    /// What a sequence lacks of those that need files.
    ///
    /// # Errors
    /// As [`StandIns::read`].
    pub(super) fn first_absent(
        all: &[Option<Self>],
        sequence: &str,
    ) -> Result<Option<Absent>, IngestError> {
        for stand_ins in all.iter().flatten() {
            if stand_ins.need == Need::Required && stand_ins.files(sequence)?.is_empty() {
                let file = format!("{sequence}.txt");
                let looked_for =
                    vec![stand_ins.folder.join(&file), stand_ins.folder.join("*").join(file)];
                return Ok(Some(Absent { what: "detection file", looked_for }));
            }
        }
        Ok(None)
    }

    /// The detections of a sequence: `SEQUENCE.txt` in the folder, or in its subfolders named
    /// after classes. `None` where there is no such file.
    ///
    /// # Errors
    /// A file that cannot be read or is wrong; files in the folder and in a subfolder, which may
    /// be the same detections twice.
    pub(super) fn read(&self, sequence: &str) -> Result<Option<ByFrame>, IngestError> {
        let files = self.files(sequence)?;
        if files.is_empty() {
            return Ok(None);
        }
        let mut frames = ByFrame::new();
        for (path, class) in files {
            for detection in parse_file(&path, |text| detections::parse(text, class))? {
                frames.entry(detection.frame).or_default().push(detection);
            }
        }
        Ok(Some(frames))
    }

    /// The files of a sequence, each with the class that its folder names.
    fn files(&self, sequence: &str) -> Result<Vec<(PathBuf, Option<ObjectClass>)>, IngestError> {
        let name = format!("{sequence}.txt");
        let (whole, parts) = (self.folder.join(&name), subfolders(&self.folder)?);
        let parts = parts.iter().map(|folder| (folder.join(&name), class_of(folder)));
        let (named, others): (Vec<_>, Vec<_>) =
            parts.filter(|(path, _)| path.is_file()).partition(|(_, class)| class.is_some());
        let second = named
            .iter()
            .enumerate()
            .find(|(i, (_, class))| named[..*i].iter().any(|(_, other)| other == class));
        match (whole.is_file(), named.first(), others.first(), second) {
            (true, Some((part, _)), ..) => Err(twice(&whole, part)),
            (_, Some((part, _)), _, Some((_, (other, _)))) => Err(twice(part, other)),
            (true, None, ..) => Ok(vec![(whole, class_of(&self.folder))]),
            (false, None, Some((path, _)), _) => Err(IngestError::format(
                path,
                "its folder is named after no class: name that folder itself as that of the detections",
            )),
            (false, ..) => Ok(named),
        }
    }
}

/// Two files that may hold the same detections.
fn twice(file: &Path, other: &Path) -> IngestError {
    let what = format!("{} has detections of the same sequence: take one away", other.display());
    IngestError::format(file, what)
}

/// The class that a folder is named after (`Car`, `pointrcnn_Car_val`, `Van`).
fn class_of(folder: &Path) -> Option<ObjectClass> {
    let name = name(folder);
    [ObjectClass::Car, ObjectClass::Pedestrian, ObjectClass::Cyclist]
        .into_iter()
        .find(|class| name.contains(class.kitti_name()))
        .or_else(|| ObjectClass::from_kitti(&name).ok())
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
        // Detections in a folder that is named after no class are not those of the sequence.
        let stray = root.path().join("detections/rrc/old");
        std::fs::create_dir_all(&stray).expect("made");
        std::fs::write(stray.join("0000.txt"), "no detections").expect("written");
        assert_eq!(found.read("0000").expect("valid").expect("there")[&2].len(), 2);
        let error =
            StandIns::find(Some(Path::new("none")), Need::Optional, root.path(), "detections");
        assert!(error.expect_err("not there").to_string().contains("detections/none"));
    }

    #[test]
    fn files_that_may_be_the_same_are_refused_and_not_added_up() {
        let row = "2,2,1,2,3,4,8.5,1.5,1.6,4.0,-3.0,1.7,12.0,-1.57,-1.3\n";
        let table: [(&[&str], Result<usize, &str>); 7] = [
            (&[], Ok(0)),
            (&["0000.txt"], Ok(1)),
            (&["0000.txt", "old/0000.txt"], Ok(1)),
            (&["net_Car_val/0000.txt", "Van/0000.txt", "old/0000.txt"], Ok(2)),
            (
                &["0000.txt", "Car/0000.txt"],
                Err("Car/0000.txt has detections of the same sequence"),
            ),
            (
                &["Car/0000.txt", "net_Car/0000.txt"],
                Err("net_Car/0000.txt has detections of the same"),
            ),
            (&["data/0000.txt"], Err("data/0000.txt: its folder is named after no class")),
        ];
        for (files, wanted) in table {
            let root = tempfile::tempdir().expect("a folder");
            for path in files.iter().map(|file| root.path().join(file)) {
                std::fs::create_dir_all(path.parent().expect("inside")).expect("made");
                std::fs::write(path, row).expect("written");
            }
            let found = StandIns { folder: root.path().to_owned(), need: Need::Optional };
            match (found.read("0000"), wanted) {
                (Ok(frames), Ok(count)) => {
                    let read = frames.map_or(0, |frames| frames[&2].len());
                    assert_eq!(read, count, "{files:?}");
                }
                (Err(error), Err(what)) => assert!(error.to_string().contains(what), "{error}"),
                (found, _) => panic!("{files:?}: {found:?}, not {wanted:?}"),
            }
        }
    }
}
