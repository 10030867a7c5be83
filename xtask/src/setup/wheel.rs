//! Files out of a Python wheel: fetched with pip, checked, each put in its place in one step.

use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail, ensure};
use indicatif::{ProgressBar, ProgressStyle};
use sha2::{Digest, Sha256};

use crate::shell;

/// A package on the Python Package Index, and the files of it that are wanted.
pub(crate) struct Wheel {
    /// The package's name.
    pub(crate) package: &'static str,
    /// The one version that is accepted.
    pub(crate) version: &'static str,
    /// The files, all of which go to one folder.
    pub(crate) files: Vec<WheelFile>,
}

/// A file of a wheel, and where it goes.
pub(crate) struct WheelFile {
    /// The file inside the wheel.
    pub(crate) member: String,
    /// The file's checksum, where it is known for this machine.
    pub(crate) sha256: Option<&'static str>,
    /// Where the file is put.
    pub(crate) target: PathBuf,
}

impl Wheel {
    /// Fetches the files unless they are in their places already.
    pub(crate) fn install(&self) -> Result<()> {
        let mut missing = Vec::new();
        for file in &self.files {
            if !file.is_installed()? {
                missing.push(file);
            }
        }
        let folder = self.files.first().and_then(|file| file.target.parent());
        let folder = folder.context("the target has no folder")?;
        if missing.is_empty() {
            eprintln!("{} {}: ready in {}", self.package, self.version, folder.display());
            return Ok(());
        }
        fs::create_dir_all(folder).with_context(|| format!("create {}", folder.display()))?;
        let scratch = folder.join(format!(".download-{}", std::process::id()));
        let result = self.install_through(&scratch, &missing);
        if let Err(error) = fs::remove_dir_all(&scratch) {
            eprintln!("{} is left behind: {error}", scratch.display());
        }
        result.with_context(|| format!("install {} {}", self.package, self.version))
    }

    fn install_through(&self, scratch: &Path, files: &[&WheelFile]) -> Result<()> {
        fs::create_dir_all(scratch).with_context(|| format!("create {}", scratch.display()))?;
        self.download(scratch)?;
        let wheel = only_wheel_in(scratch)?;
        for file in files {
            file.install_from(&wheel, &scratch.join("unpacked"))?;
            eprintln!("{} {}: installed {}", self.package, self.version, file.target.display());
        }
        Ok(())
    }

    fn download(&self, folder: &Path) -> Result<()> {
        ensure!(
            shell::succeeds(Command::new("python3").args(["-m", "pip", "--version"])),
            "python3 has no pip (on Debian: apt-get install python3-pip)"
        );
        let requirement = format!("{}=={}", self.package, self.version);
        eprintln!("{requirement}: downloading");
        let mut pip = Command::new("python3");
        pip.args(["-m", "pip", "download", "--no-deps", "--only-binary=:all:", "-d"]);
        shell::run(pip.arg(folder).arg(requirement))
    }
}

impl WheelFile {
    fn is_installed(&self) -> Result<bool> {
        if !self.target.is_file() {
            return Ok(false);
        }
        let Some(wanted) = self.sha256 else { return Ok(true) };
        let found = sha256_of(&self.target)?;
        if found != wanted {
            let target = self.target.display();
            eprintln!("{target} has sha256 {found}, wanted is {wanted}: it is replaced");
        }
        Ok(found == wanted)
    }

    /// Unpacks to `unpacked`, on the same file system as the target, so that the last step is a
    /// rename: the file is either whole or absent.
    fn install_from(&self, wheel: &Path, unpacked: &Path) -> Result<()> {
        let found = unpack(wheel, &self.member, unpacked)?;
        self.check(&found)?;
        make_executable(unpacked)?;
        fs::rename(unpacked, &self.target)
            .with_context(|| format!("write {}", self.target.display()))
    }

    fn check(&self, found: &str) -> Result<()> {
        match self.sha256 {
            Some(wanted) => ensure!(
                found == wanted,
                "{} has sha256 {found}, wanted is {wanted}: it is not installed",
                self.member
            ),
            None => eprintln!("NOT VERIFIED: {} has sha256 {found}", self.member),
        }
        Ok(())
    }
}

fn only_wheel_in(folder: &Path) -> Result<PathBuf> {
    let entries = fs::read_dir(folder).with_context(|| format!("read {}", folder.display()))?;
    let mut wheels: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
    wheels.retain(|path| path.extension().is_some_and(|extension| extension == "whl"));
    match <[PathBuf; 1]>::try_from(wheels) {
        Ok([wheel]) => Ok(wheel),
        Err(wheels) => bail!("pip left {} wheels, not one", wheels.len()),
    }
}

/// Writes `member` of the archive to `target` and returns its checksum.
fn unpack(wheel: &Path, member: &str, target: &Path) -> Result<String> {
    let file = File::open(wheel).with_context(|| format!("open {}", wheel.display()))?;
    let mut archive = zip::ZipArchive::new(file).context("read the wheel")?;
    let mut source = archive.by_name(member).with_context(|| format!("{member} in the wheel"))?;
    let bar = progress_bar(source.size());
    let mut target =
        File::create(target).with_context(|| format!("create {}", target.display()))?;
    let sha256 =
        copy_hashed(&mut source, &mut target, &bar).with_context(|| format!("unpack {member}"))?;
    target.sync_all().context("write to disk")?;
    bar.finish_and_clear();
    Ok(sha256)
}

fn sha256_of(path: &Path) -> Result<String> {
    let read = || copy_hashed(&mut File::open(path)?, &mut io::sink(), &ProgressBar::hidden());
    read().with_context(|| format!("read {}", path.display()))
}

fn copy_hashed(from: &mut impl Read, to: &mut impl Write, bar: &ProgressBar) -> io::Result<String> {
    let mut hasher = Sha256::new();
    let mut buffer = vec![0; 1 << 18];
    loop {
        let count = from.read(&mut buffer)?;
        let Some(read) = buffer.get(..count).filter(|read| !read.is_empty()) else { break };
        hasher.update(read);
        to.write_all(read)?;
        bar.inc(count as u64);
    }
    Ok(format!("{:x}", hasher.finalize()))
}

fn progress_bar(bytes: u64) -> ProgressBar {
    let style = ProgressStyle::with_template("unpacking {wide_bar} {bytes}/{total_bytes}");
    ProgressBar::new(bytes).with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()))
}

#[cfg(unix)]
fn make_executable(path: &Path) -> Result<()> {
    use std::os::unix::fs::PermissionsExt;
    let mode = fs::Permissions::from_mode(0o755);
    fs::set_permissions(path, mode).with_context(|| format!("make {} executable", path.display()))
}

#[cfg(not(unix))]
fn make_executable(_: &Path) -> Result<()> {
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use zip::write::SimpleFileOptions;

    /// SHA-256 of `abc`: FIPS 180-2, appendix B.1.
    const ABC: &str = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

    fn wheel_with(folder: &Path, member: &str) -> PathBuf {
        let path = folder.join("a-1-py3-none-any.whl");
        let mut archive = zip::ZipWriter::new(File::create(&path).unwrap());
        archive.start_file(member, SimpleFileOptions::default()).unwrap();
        archive.write_all(b"abc").unwrap();
        archive.finish().unwrap();
        path
    }

    fn file_for(target: PathBuf) -> WheelFile {
        WheelFile { member: "a/lib.so".to_owned(), sha256: Some(ABC), target }
    }

    #[test]
    fn a_member_is_unpacked_and_hashed() {
        let folder = tempfile::tempdir().unwrap();
        let wheel = wheel_with(folder.path(), "a/lib.so");
        assert_eq!(only_wheel_in(folder.path()).unwrap(), wheel);
        let target = folder.path().join("lib.so");
        assert_eq!(unpack(&wheel, "a/lib.so", &target).unwrap(), ABC);
        assert_eq!(fs::read(target).unwrap(), b"abc");
    }

    #[test]
    fn a_member_that_is_not_there_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let wheel = wheel_with(folder.path(), "a/other.so");
        let error = unpack(&wheel, "a/lib.so", &folder.path().join("lib.so")).unwrap_err();
        assert!(format!("{error:#}").starts_with("a/lib.so in the wheel"), "{error:#}");
    }

    #[test]
    fn a_wrong_checksum_names_both() {
        let error = file_for(PathBuf::new()).check("00ff").unwrap_err().to_string();
        assert!(error.contains("00ff") && error.contains(ABC), "{error}");
    }

    #[test]
    fn a_file_in_its_place_is_taken_only_with_the_right_checksum() {
        let folder = tempfile::tempdir().unwrap();
        let wanted_file = file_for(folder.path().join("lib.so"));
        for (content, wanted) in [(None, false), (Some("abd"), false), (Some("abc"), true)] {
            if let Some(content) = content {
                fs::write(&wanted_file.target, content).unwrap();
            }
            assert_eq!(wanted_file.is_installed().unwrap(), wanted, "{content:?}");
        }
    }

    #[test]
    fn no_wheel_and_two_wheels_are_errors() {
        let folder = tempfile::tempdir().unwrap();
        assert!(only_wheel_in(folder.path()).unwrap_err().to_string().contains("left 0"));
        for name in ["a.whl", "b.whl"] {
            fs::write(folder.path().join(name), "").unwrap();
        }
        assert!(only_wheel_in(folder.path()).unwrap_err().to_string().contains("left 2"));
    }
}
