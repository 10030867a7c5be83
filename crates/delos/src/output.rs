//! The output folder of a run: whole or not there.

use anyhow::{Context, Result, bail};
use std::fs;
use std::path::{Path, PathBuf};

/// The file that makes a folder one of ours.
pub(crate) const RUN_FILE: &str = "run.json";
/// The file that makes a folder an unfinished one of ours.
const MARKER: &str = ".delos-unfinished";

/// Results in the making. They are written beside the wanted folder (`OUT.part`) and take
/// its place when they are complete.
pub(crate) struct Output {
    wanted: PathBuf,
    part: PathBuf,
    force: bool,
}

impl Output {
    /// Makes the folder for unfinished results.
    pub(crate) fn prepare(wanted: &Path, force: bool) -> Result<Self> {
        let name = wanted.file_name().with_context(|| {
            format!("--out {}: expected the path of a folder to make", wanted.display())
        })?;
        let mut part_name = name.to_owned();
        part_name.push(".part");
        let part = wanted.with_file_name(part_name);
        let output = Self { wanted: wanted.to_owned(), part, force };
        output.check_wanted()?;
        output.make_part()?;
        Ok(output)
    }

    /// Where results are written.
    pub(crate) fn folder(&self) -> &Path {
        &self.part
    }

    fn check_wanted(&self) -> Result<()> {
        let wanted = self.wanted.display();
        if !self.wanted.exists() {
            return Ok(());
        }
        if !self.force {
            bail!("output folder {wanted} exists; choose another one or replace it with --force");
        }
        let is_ours = self.wanted.join(RUN_FILE).is_file();
        let is_empty = fs::read_dir(&self.wanted).is_ok_and(|mut entries| entries.next().is_none());
        if !(is_ours || is_empty) {
            bail!(
                "{wanted} is not the output of a run (no {RUN_FILE} in it), so --force does not replace it"
            );
        }
        Ok(())
    }

    fn make_part(&self) -> Result<()> {
        let part = self.part.display();
        if self.part.exists() {
            if !self.part.join(MARKER).is_file() {
                bail!("{part} is in the way and not an unfinished run; move it");
            }
            fs::remove_dir_all(&self.part).with_context(|| format!("cannot remove {part}"))?;
        }
        fs::create_dir_all(&self.part)
            .with_context(|| format!("cannot make output folder {part}"))?;
        fs::write(self.part.join(MARKER), "")
            .with_context(|| format!("cannot write to output folder {part}"))
    }

    /// Moves complete results to their place. What was there before goes last.
    pub(crate) fn publish(self) -> Result<PathBuf> {
        let what = || format!("cannot move results to {}", self.wanted.display());
        fs::remove_file(self.part.join(MARKER)).with_context(what)?;
        let old = self.part.with_extension("old");
        let replaces = self.wanted.exists();
        if replaces {
            if old.exists() {
                fs::remove_dir_all(&old).with_context(what)?;
            }
            fs::rename(&self.wanted, &old).with_context(what)?;
        }
        fs::rename(&self.part, &self.wanted).with_context(what)?;
        if replaces {
            fs::remove_dir_all(&old).with_context(|| format!("cannot remove {}", old.display()))?;
        }
        Ok(self.wanted)
    }

    /// Leaves unfinished results where they are and says where.
    pub(crate) fn abandon(self) -> PathBuf {
        self.part
    }
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
        assert!(wanted.join(RUN_FILE).is_file() && !wanted.join(MARKER).exists());
        assert!(!dir.path().join("out.part").exists());

        assert!(Output::prepare(&wanted, false).is_err(), "exists");
        let again = Output::prepare(&wanted, true).expect("replaces a run");
        fs::write(again.folder().join(RUN_FILE), "{\"new\": 1}").expect("written");
        assert_eq!(fs::read_to_string(wanted.join(RUN_FILE)).expect("old"), "{}");
        again.publish().expect("moved");
        assert!(fs::read_to_string(wanted.join(RUN_FILE)).expect("new").contains("new"));
        assert!(!dir.path().join("out.old").exists());
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
}
