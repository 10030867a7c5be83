//! Archives: whatever is in one, nothing is written outside the folder it is unpacked into, and an
//! archive that is refused leaves nothing behind.

#![no_main]

use std::fs;
use std::path::Path;

use delos_ingest::extract;
use libfuzzer_sys::fuzz_target;
use tempfile::TempDir;

fuzz_target!(|data: &[u8]| {
    let folder = scratch();
    let archive = folder.path().join("archive");
    let target = folder.path().join("target");
    fs::write(&archive, data).expect("room on the disk");
    fs::create_dir(&target).expect("room on the disk");
    let unpacked = extract(&archive, &target, &mut |_| {});
    assert_eq!(names_in(folder.path()), ["archive", "target"]);
    if unpacked.is_err() {
        assert_eq!(names_in(&target), Vec::<String>::new());
    }
});

/// In memory where the system offers that: a disk would be the slowest part.
fn scratch() -> TempDir {
    let memory = Path::new("/dev/shm");
    let made = if memory.is_dir() { tempfile::tempdir_in(memory) } else { tempfile::tempdir() };
    made.expect("a folder")
}

fn names_in(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).expect("a folder").flatten();
    let mut names: Vec<_> =
        entries.map(|entry| entry.file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    names
}
