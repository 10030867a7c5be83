//! Compiled kernels kept on disk, so that only the first start compiles.

use super::GpuError;
use super::program::{self, hex};
use sha2::{Digest, Sha256};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// The first bytes of every entry; the number goes up with the format.
const MAGIC: &[u8] = b"delos kernels 1\n";
const HASH_BYTES: usize = 32;

/// A folder of compiled kernels.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CubinCache {
    folder: PathBuf,
}

/// What makes machine code what it is, beside the source.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CubinKey<'a> {
    /// Architecture, for example `sm_90`.
    pub target: &'a str,
    /// Version of NVRTC, `(major, minor)`.
    pub nvrtc: (i32, i32),
}

/// What there is for a key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Cached {
    /// Machine code, whole.
    Whole(Vec<u8>),
    /// Nothing.
    Absent,
    /// Something that cannot be used, and why.
    Broken(String),
}

impl CubinCache {
    /// A folder; it need not exist.
    pub fn new(folder: impl Into<PathBuf>) -> Self {
        Self { folder: folder.into() }
    }

    /// The file for a key. Sources, architecture and version are in its name, so that versions of
    /// delos and machines that share a folder do not disturb each other.
    pub fn path(&self, key: CubinKey<'_>) -> PathBuf {
        let CubinKey { target, nvrtc: (major, minor) } = key;
        let source = program::source_hash();
        self.folder.join(format!("{source}-{target}-nvrtc{major}.{minor}.cubin"))
    }

    /// What there is for a key.
    pub fn read(&self, key: CubinKey<'_>) -> Cached {
        match fs::read(self.path(key)) {
            Ok(bytes) => unwrap(&bytes).map_or_else(Cached::Broken, Cached::Whole),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Cached::Absent,
            Err(error) => Cached::Broken(error.to_string()),
        }
    }

    /// Keeps machine code: under another name first, so that the entry is whole or absent, also
    /// when several processes write it.
    ///
    /// # Errors
    /// [`GpuError::Cache`].
    pub fn write(&self, key: CubinKey<'_>, cubin: &[u8]) -> Result<(), GpuError> {
        let path = self.path(key);
        let failed =
            |error: io::Error| GpuError::Cache { path: path.clone(), cause: error.to_string() };
        fs::create_dir_all(&self.folder).map_err(failed)?;
        let scratch = scratch_name(&path);
        fs::write(&scratch, wrap(cubin)).map_err(failed)?;
        fs::rename(&scratch, &path).map_err(|error| {
            let _nothing_more_can_be_done = fs::remove_file(&scratch);
            failed(error)
        })
    }
}

fn scratch_name(path: &Path) -> PathBuf {
    path.with_extension(format!("{}.part", std::process::id()))
}

fn wrap(cubin: &[u8]) -> Vec<u8> {
    [MAGIC, Sha256::digest(cubin).as_slice(), cubin].concat()
}

fn unwrap(bytes: &[u8]) -> Result<Vec<u8>, String> {
    let rest = bytes.strip_prefix(MAGIC).ok_or("not written by delos")?;
    let (hash, cubin) = rest.split_at_checked(HASH_BYTES).ok_or("cut short")?;
    let found = Sha256::digest(cubin);
    if found.as_slice() == hash {
        Ok(cubin.to_owned())
    } else {
        Err(format!("its checksum is {}, it says {}", hex(&found), hex(hash)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: CubinKey<'_> = CubinKey { target: "sm_90", nvrtc: (13, 0) };

    #[test]
    fn what_is_kept_comes_back() {
        let folder = tempfile::tempdir().unwrap();
        let cache = CubinCache::new(folder.path().join("deep/er"));
        assert_eq!(cache.read(KEY), Cached::Absent);
        for cubin in [&b"first"[..], b"second", b""] {
            cache.write(KEY, cubin).unwrap();
            assert_eq!(cache.read(KEY), Cached::Whole(cubin.to_owned()));
        }
        let files = fs::read_dir(folder.path().join("deep/er")).unwrap().count();
        assert_eq!(files, 1, "no scratch file is left");
    }

    #[test]
    fn keys_do_not_meet() {
        let cache = CubinCache::new("folder");
        let others = [CubinKey { target: "sm_89", ..KEY }, CubinKey { nvrtc: (13, 1), ..KEY }];
        for other in others {
            assert_ne!(cache.path(KEY), cache.path(other));
        }
    }

    #[test]
    fn every_cut_and_every_flipped_bit_is_noticed() {
        let folder = tempfile::tempdir().unwrap();
        let cache = CubinCache::new(folder.path());
        let whole = wrap(b"some machine code");
        let cuts = (0..whole.len()).map(|length| whole[..length].to_vec());
        let flips = (0..whole.len() * 8).map(|bit| {
            let mut bytes = whole.clone();
            bytes[bit / 8] ^= 1 << (bit % 8);
            bytes
        });
        for bytes in cuts.chain(flips) {
            fs::write(cache.path(KEY), bytes).unwrap();
            assert!(matches!(cache.read(KEY), Cached::Broken(_)));
        }
    }

    #[test]
    fn a_folder_that_cannot_be_is_named() {
        let file = tempfile::NamedTempFile::new().unwrap();
        let cache = CubinCache::new(file.path().join("below"));
        let message = cache.write(KEY, b"x").unwrap_err().to_string();
        assert!(message.contains("cannot be kept") && message.contains("below"), "{message}");
    }
}
