//! The output folder of a run: whole or not there.

use anyhow::{Context, Result, bail};
use delos_ingest::{ClaimError, UNFINISHED_MARKER, claim_part};
use std::fs::{self, File};
use std::path::{Path, PathBuf};

/// The file that makes a folder one of ours.
pub(crate) const RUN_FILE: &str = "run.json";

/// Results in the making. They are written beside the wanted folder (`OUT.part`) and take
/// its place when they are complete.
pub(crate) struct Output {
    wanted: PathBuf,
    part: PathBuf,
    force: bool,
    /// Locked as long as this run lives, so that no other takes its folder for abandoned.
    marker: File,
}

impl Output {
    /// Makes the folder for unfinished results.
    pub(crate) fn prepare(wanted: &Path, force: bool) -> Result<Self> {
        let part = beside(wanted, "part")?;
        check_wanted(wanted, force)?;
        let marker = make_part(&part)?;
        Ok(Self { wanted: wanted.to_owned(), part, force, marker })
    }

    /// Where results are written.
    pub(crate) fn folder(&self) -> &Path {
        &self.part
    }

    /// Moves complete results to their place. What was there before goes last.
    pub(crate) fn publish(self) -> Result<PathBuf> {
        let Self { wanted, part, force, marker } = self;
        let what = || {
            format!("cannot move results to {}; they are in {}", wanted.display(), part.display())
        };
        check_wanted(&wanted, force).with_context(what)?;
        drop(marker);
        fs::remove_file(part.join(UNFINISHED_MARKER)).with_context(what)?;
        if !wanted.exists() {
            fs::rename(&part, &wanted).with_context(what)?;
            return Ok(wanted);
        }
        // A name of this process alone: whatever else lies there is not ours to remove.
        let old = beside(&wanted, &format!("replaced-{}", std::process::id()))?;
        fs::rename(&wanted, &old).with_context(what)?;
        fs::rename(&part, &wanted).with_context(what)?;
        fs::remove_dir_all(&old).with_context(|| format!("cannot remove {}", old.display()))?;
        Ok(wanted)
    }

    /// Leaves unfinished results where they are and says where.
    pub(crate) fn abandon(self) -> PathBuf {
        self.part
    }

    /// Removes results that have not begun.
    pub(crate) fn discard(self) {
        if let Err(error) = fs::remove_dir_all(&self.part) {
            tracing::warn!("cannot remove {}: {error}", self.part.display());
        }
    }
}

/// Writes a file whole or not at all: what was there before goes last.
pub(crate) fn write_whole(path: &Path, text: &str) -> Result<()> {
    let what = || format!("cannot write {}", path.display());
    let part = part_of(path)?;
    let written = fs::write(&part, text).and_then(|()| fs::rename(&part, path));
    if written.is_err() {
        // It may not even be there.
        let _ = fs::remove_file(&part);
    }
    written.with_context(what)
}

/// Says before the work whether [`write_whole`] will find a place for a file.
pub(crate) fn can_be_written(path: &Path) -> Result<()> {
    let what = || format!("cannot write {}", path.display());
    if path.is_dir() {
        bail!("{}: it is a folder", what());
    }
    let part = part_of(path)?;
    fs::write(&part, "").and_then(|()| fs::remove_file(&part)).with_context(what)
}

/// Where a file is written before it takes its place: a name of this process alone, since two may write the same file.
fn part_of(path: &Path) -> Result<PathBuf> {
    let name =
        path.file_name().with_context(|| format!("{}: no name of a file", path.display()))?;
    let mut part = name.to_owned();
    part.push(format!(".part-{}", std::process::id()));
    Ok(path.with_file_name(part))
}

/// `OUT.ending` for `OUT`.
fn beside(wanted: &Path, ending: &str) -> Result<PathBuf> {
    let name = wanted.file_name().with_context(|| {
        format!("--out {}: expected the path of a folder to make", wanted.display())
    })?;
    let mut name = name.to_owned();
    name.push(".");
    name.push(ending);
    Ok(wanted.with_file_name(name))
}

/// Only the output of an earlier run is ever replaced, and only when asked to.
fn check_wanted(wanted: &Path, force: bool) -> Result<()> {
    let name = wanted.display();
    if !wanted.exists() {
        return Ok(());
    }
    if !force {
        bail!("output folder {name} exists; choose another one or replace it with --force");
    }
    let is_ours = wanted.join(RUN_FILE).is_file();
    let is_empty = fs::read_dir(wanted).is_ok_and(|mut entries| entries.next().is_none());
    if !(is_ours || is_empty) {
        bail!(
            "{name} is not the output of a run (no {RUN_FILE} in it), so --force does not replace it"
        );
    }
    Ok(())
}

/// Makes the folder and locks its marker; one that a run has left behind is emptied.
fn make_part(part: &Path) -> Result<File> {
    let name = part.display();
    claim_part(part).or_else(|error| match error {
        ClaimError::InTheWay => bail!("{name} is in the way and not an unfinished run; move it"),
        ClaimError::Busy => bail!("another run is writing to {name}; choose another --out"),
        ClaimError::Io(source) => {
            Err(source).with_context(|| format!("cannot make output folder {name}"))
        }
        _ => bail!("cannot make output folder {name}"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn results_appear_whole_and_replace_only_runs() {
        let dir = tempfile::tempdir().expect("temporary folder");
        let wanted = dir.path().join("out");
        let output = Output::prepare(&wanted, false).expect("new");
        fs::write(output.folder().join(RUN_FILE), "{}").expect("written");
        assert!(!wanted.exists());
        output.publish().expect("moved");
        assert!(wanted.join(RUN_FILE).is_file() && !wanted.join(UNFINISHED_MARKER).exists());
        assert!(!dir.path().join("out.part").exists());

        assert!(Output::prepare(&wanted, false).is_err(), "exists");
        let again = Output::prepare(&wanted, true).expect("replaces a run");
        fs::write(again.folder().join(RUN_FILE), "{\"new\": 1}").expect("written");
        assert_eq!(fs::read_to_string(wanted.join(RUN_FILE)).expect("old"), "{}");
        again.publish().expect("moved");
        assert!(fs::read_to_string(wanted.join(RUN_FILE)).expect("new").contains("new"));
        let names = fs::read_dir(dir.path()).expect("a folder");
        assert_eq!(names.count(), 1, "nothing is left beside the results");
    }

    #[test]
    fn somebody_elses_folder_is_never_replaced() {
        let dir = tempfile::tempdir().expect("temporary folder");
        let precious = dir.path().join("photos");
        fs::create_dir(&precious).expect("made");
        fs::write(precious.join("a.jpg"), "").expect("written");
        assert!(Output::prepare(&precious, true).is_err());
        let in_the_way = dir.path().join("new.part");
        fs::create_dir(&in_the_way).expect("made");
        assert!(Output::prepare(&dir.path().join("new"), true).is_err());
    }

    #[test]
    fn what_appears_in_the_meantime_is_not_replaced() {
        let dir = tempfile::tempdir().expect("temporary folder");
        let wanted = dir.path().join("out");
        let output = Output::prepare(&wanted, false).expect("new");
        fs::create_dir(&wanted).expect("made");
        fs::write(wanted.join("mine.txt"), "mine").expect("written");
        assert!(output.publish().is_err());
        assert!(wanted.join("mine.txt").is_file() && dir.path().join("out.part").is_dir());
    }

    #[test]
    fn a_baseline_beside_the_results_stays() {
        let dir = tempfile::tempdir().expect("temporary folder");
        let (wanted, old) = (dir.path().join("out"), dir.path().join("out.old"));
        fs::create_dir(&old).expect("made");
        for force in [false, true] {
            let output = Output::prepare(&wanted, force).expect("prepared");
            fs::write(output.folder().join(RUN_FILE), "{}").expect("written");
            output.publish().expect("moved");
        }
        assert!(old.is_dir());
    }

    #[test]
    fn a_file_is_written_whole_or_stays_as_it_was() {
        let dir = tempfile::tempdir().expect("temporary folder");
        let file = dir.path().join("scores.json");
        for text in ["old", "new"] {
            write_whole(&file, text).expect("written");
            assert_eq!(fs::read_to_string(&file).expect("there"), text);
        }
        let folder = dir.path().join("folder");
        fs::create_dir_all(folder.join("full")).expect("made");
        for wrong in [folder.clone(), dir.path().join("none/scores.json")] {
            let error = format!("{:#}", write_whole(&wrong, "x").expect_err("refused"));
            assert!(error.contains("cannot write"), "{error}");
        }
        let names = fs::read_dir(dir.path()).expect("a folder");
        assert_eq!(names.count(), 2, "nothing is left beside");
    }

    #[test]
    fn two_runs_do_not_share_a_folder() {
        let dir = tempfile::tempdir().expect("temporary folder");
        let wanted = dir.path().join("out");
        let first = Output::prepare(&wanted, false).expect("new");
        let text = format!("{:#}", Output::prepare(&wanted, false).err().expect("refused"));
        assert!(text.contains("another run"), "{text}");
        let left_behind = first.abandon();
        assert!(left_behind.is_dir());
        Output::prepare(&wanted, false).expect("an abandoned one is taken over");
    }
}
