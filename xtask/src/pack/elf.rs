//! What a program needs of the machine it is to run on.

use std::path::Path;
use std::process::Command;
use std::{fs, str};

use anyhow::{Context, Result, bail, ensure};

/// Libraries that every machine with glibc and a C compiler's run time has.
const EVERYWHERE: [&str; 6] =
    ["linux-vdso.so.1", "libc.so.6", "libm.so.6", "libgcc_s.so.1", "libdl.so.2", "libpthread.so.0"];

/// What `ldd` and the program's own symbols tell.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Facts {
    libraries: Vec<String>,
    /// The newest version of glibc that a symbol asks for.
    pub(super) glibc: (u32, u32),
}

impl Facts {
    pub(super) fn of(program: &Path) -> Result<Self> {
        let output = Command::new("ldd").arg(program).output().context("run ldd")?;
        ensure!(output.status.success(), "ldd cannot read {}", program.display());
        let bytes = fs::read(program).with_context(|| format!("read {}", program.display()))?;
        let text = String::from_utf8_lossy(&output.stdout);
        Ok(Self { libraries: libraries_in(&text), glibc: newest_glibc(&bytes) })
    }

    /// That nothing has to be installed for it.
    pub(super) fn check(&self, program: &Path) -> Result<()> {
        let other: Vec<&str> =
            self.libraries.iter().map(String::as_str).filter(|name| !is_everywhere(name)).collect();
        if !other.is_empty() {
            bail!("{} needs {}: not everybody has that", program.display(), other.join(", "));
        }
        Ok(())
    }
}

fn is_everywhere(library: &str) -> bool {
    EVERYWHERE.contains(&library) || library.starts_with("ld-linux")
}

/// The names in `\tlibm.so.6 => /lib/libm.so.6 (0x...)` and `\t/lib64/ld-linux-x86-64.so.2 (0x...)`.
fn libraries_in(ldd: &str) -> Vec<String> {
    let words = ldd.lines().filter_map(|line| line.split_whitespace().next());
    words.map(|word| word.rsplit('/').next().unwrap_or(word).to_owned()).collect()
}

/// Versions stand in the program as `GLIBC_2.34`.
fn newest_glibc(bytes: &[u8]) -> (u32, u32) {
    const MARK: &[u8] = b"GLIBC_";
    let places = bytes.windows(MARK.len()).enumerate().filter(|(_, window)| *window == MARK);
    let versions = places.filter_map(|(at, _)| version(&bytes[at + MARK.len()..]));
    versions.max().unwrap_or((0, 0))
}

fn version(bytes: &[u8]) -> Option<(u32, u32)> {
    let length = bytes.iter().take_while(|byte| byte.is_ascii_digit() || **byte == b'.').count();
    let (major, rest) = str::from_utf8(&bytes[..length]).ok()?.split_once('.')?;
    let minor = rest.split('.').next()?;
    Some((major.parse().ok()?, minor.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_library_is_named_without_its_place() {
        let ldd = "\tlinux-vdso.so.1 (0x7f)\n\tlibopencv_core.so.406 => not found\n\t\
                   libm.so.6 => /lib/libm.so.6 (0x7f)\n\t/lib64/ld-linux-x86-64.so.2 (0x7f)\n";
        let wanted =
            ["linux-vdso.so.1", "libopencv_core.so.406", "libm.so.6", "ld-linux-x86-64.so.2"];
        assert_eq!(libraries_in(ldd), wanted);
        let facts = Facts { libraries: libraries_in(ldd), glibc: (2, 34) };
        let error = facts.check(Path::new("delos")).unwrap_err().to_string();
        assert_eq!(error, "delos needs libopencv_core.so.406: not everybody has that");
    }

    #[test]
    fn the_newest_version_counts() {
        let bytes = b"\0GLIBC_2.4\0GLIBC_2.34\0GLIBC_2.3.4\0GLIBC_PRIVATE\0GLIBC_2.9";
        assert_eq!(newest_glibc(bytes), (2, 34));
        assert_eq!(newest_glibc(b"GLIBC_"), (0, 0));
    }

    #[test]
    fn this_test_runs_on_glibc_itself() {
        let facts = Facts::of(&std::env::current_exe().unwrap()).unwrap();
        assert!(facts.libraries.contains(&"libc.so.6".to_owned()) && facts.glibc > (2, 0));
        assert!(Facts::of(Path::new("/no/such")).is_err());
    }
}
