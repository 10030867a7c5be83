//! A folder that appears when it is whole.

use crate::IngestError;
use std::fs::{self, File};
use std::path::{Path, PathBuf};

/// The file that makes a folder an unfinished one of ours.
pub const UNFINISHED_MARKER: &str = ".delos-unfinished";

/// A folder in the making: `OUT.part`, which becomes `OUT` when it is published and is
/// removed when it is not.
#[derive(Debug)]
pub struct PartFolder {
    wanted: PathBuf,
    part: PathBuf,
    /// Locked as long as this lives, so that nobody takes the folder for abandoned.
    marker: Option<File>,
}

impl PartFolder {
    /// Makes `OUT.part`; one that was left behind is replaced.
    ///
    /// # Errors
    /// [`IngestError::Output`] when `wanted` exists, somebody writes to `OUT.part` or it is
    /// not one of these; [`IngestError::Write`] when it cannot be made.
    pub fn create(wanted: &Path) -> Result<Self, IngestError> {
        let Some(name) = wanted.file_name() else {
            return Err(refuse(wanted, "not the path of a folder to make"));
        };
        check_free(wanted)?;
        let mut name = name.to_owned();
        name.push(".part");
        let part = wanted.with_file_name(name);
        let marker = claim(&part)?;
        Ok(Self { wanted: wanted.to_owned(), part, marker: Some(marker) })
    }

    /// Where to write.
    pub fn path(&self) -> &Path {
        &self.part
    }

    /// Moves the folder to its place, which must still be free, and returns that.
    ///
    /// # Errors
    /// [`IngestError::Output`] and [`IngestError::Write`] when the place has been taken or
    /// cannot be written to.
    pub fn publish(mut self) -> Result<PathBuf, IngestError> {
        check_free(&self.wanted)?;
        let marker = self.part.join(UNFINISHED_MARKER);
        fs::remove_file(&marker).map_err(|source| IngestError::write(&marker, source))?;
        fs::rename(&self.part, &self.wanted)
            .map_err(|source| IngestError::write(&self.wanted, source))?;
        self.marker = None;
        Ok(self.wanted.clone())
    }
}

impl Drop for PartFolder {
    fn drop(&mut self) {
        if self.marker.is_some() {
            // A folder that stays is known by its marker and replaced the next time.
            let _ = fs::remove_dir_all(&self.part);
        }
    }
}

fn check_free(wanted: &Path) -> Result<(), IngestError> {
    match fs::symlink_metadata(wanted) {
        Ok(_) => Err(refuse(wanted, "exists; choose another folder")),
        Err(_) => Ok(()),
    }
}

/// Why a folder for unfinished results cannot be had.
#[derive(Debug)]
#[non_exhaustive]
pub enum ClaimError {
    /// Something else lies there.
    InTheWay,
    /// Another process writes there.
    Busy,
    /// It cannot be made, or what was left behind cannot be removed.
    Io(std::io::Error),
}

impl From<std::io::Error> for ClaimError {
    fn from(source: std::io::Error) -> Self {
        Self::Io(source)
    }
}

/// Makes the folder `part` for unfinished results and locks [`UNFINISHED_MARKER`] in it as
/// long as the returned file lives. One that was left behind is emptied.
///
/// # Errors
/// [`ClaimError`] says whose it is or what the system refuses.
pub fn claim_part(part: &Path) -> Result<File, ClaimError> {
    if fs::symlink_metadata(part).is_ok() {
        let Ok(marker) = File::open(part.join(UNFINISHED_MARKER)) else {
            return Err(ClaimError::InTheWay);
        };
        if marker.try_lock().is_err() {
            return Err(ClaimError::Busy);
        }
        fs::remove_dir_all(part)?;
    }
    fs::create_dir_all(part)?;
    let marker = File::create(part.join(UNFINISHED_MARKER))?;
    marker.try_lock().map_err(std::io::Error::from)?;
    Ok(marker)
}

fn claim(part: &Path) -> Result<File, IngestError> {
    claim_part(part).map_err(|error| match error {
        ClaimError::InTheWay => refuse(part, "in the way and no unfinished folder; move it"),
        ClaimError::Busy => refuse(part, "another process is writing there; choose another folder"),
        ClaimError::Io(source) => IngestError::write(part, source),
    })
}

fn refuse(path: &Path, what: &str) -> IngestError {
    IngestError::Output { path: path.to_owned(), what: what.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_appears_whole_or_not_at_all() {
        let dir = tempfile::tempdir().expect("a folder");
        let wanted = dir.path().join("deep/out");
        let part = PartFolder::create(&wanted).expect("new");
        fs::write(part.path().join("a"), "a").expect("written");
        assert!(!wanted.exists());
        drop(part);
        assert_eq!(fs::read_dir(dir.path().join("deep")).expect("there").count(), 0);
        let part = PartFolder::create(&wanted).expect("new");
        fs::write(part.path().join("b"), "b").expect("written");
        assert_eq!(part.publish().expect("free"), wanted);
        let names: Vec<_> = fs::read_dir(&wanted).expect("there").flatten().collect();
        assert_eq!(names.len(), 1, "{names:?}");
    }

    #[test]
    fn nothing_of_others_is_replaced() {
        let dir = tempfile::tempdir().expect("a folder");
        let fail = |wanted: &Path| PartFolder::create(wanted).expect_err("refused").to_string();
        assert!(fail(dir.path()).contains("exists; choose another folder"));
        let wanted = dir.path().join("out");
        fs::create_dir(dir.path().join("out.part")).expect("made");
        assert!(fail(&wanted).contains("out.part: in the way"));
        fs::remove_dir(dir.path().join("out.part")).expect("removed");
        let first = PartFolder::create(&wanted).expect("new");
        assert!(fail(&wanted).contains("another process"));
        fs::write(&wanted, "mine").expect("written");
        assert!(first.publish().expect_err("taken").to_string().contains("exists"));
        assert_eq!(fs::read_to_string(&wanted).expect("still there"), "mine");
    }

    #[test]
    fn one_left_behind_is_taken_over() {
        let dir = tempfile::tempdir().expect("a folder");
        let part = dir.path().join("out.part");
        fs::create_dir(&part).expect("made");
        fs::write(part.join(UNFINISHED_MARKER), "").expect("written");
        fs::write(part.join("old"), "").expect("written");
        let taken = PartFolder::create(&dir.path().join("out")).expect("taken over");
        assert!(!taken.path().join("old").exists());
    }
}
