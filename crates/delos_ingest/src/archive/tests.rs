use super::*;
use flate2::Compression;
use flate2::write::GzEncoder;
use proptest::prelude::*;
use std::fs;
use std::io::Write;
use tempfile::TempDir;
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

/// A place with an archive in it and a target folder beside it.
struct Place {
    folder: TempDir,
}

impl Place {
    fn with(name: &str, bytes: &[u8]) -> Self {
        let folder = TempDir::new().expect("a folder");
        fs::write(folder.path().join(name), bytes).expect("written");
        Self { folder }
    }

    fn extract(&self, name: &str) -> Result<Unpacked, IngestError> {
        extract(&self.folder.path().join(name), &self.target(), &mut |_| {})
    }

    fn target(&self) -> std::path::PathBuf {
        self.folder.path().join("target")
    }

    /// Every file below the target, hidden ones too.
    fn files(&self) -> Vec<String> {
        let mut found = Vec::new();
        let mut open = vec![self.target()];
        while let Some(folder) = open.pop() {
            for entry in fs::read_dir(folder).into_iter().flatten() {
                let path = entry.expect("an entry").path();
                if path.is_dir() {
                    open.push(path);
                } else {
                    let relative = path.strip_prefix(self.target()).expect("below");
                    found.push(relative.to_string_lossy().into_owned());
                }
            }
        }
        found.sort();
        found
    }
}

fn zip_of(entries: &[(&str, &[u8])]) -> Vec<u8> {
    let mut zip = ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, content) in entries {
        if name.ends_with('/') {
            zip.add_directory(*name, SimpleFileOptions::default()).expect("added");
        } else {
            zip.start_file(*name, SimpleFileOptions::default()).expect("added");
            zip.write_all(content).expect("written");
        }
    }
    zip.finish().expect("finished").into_inner()
}

/// A gzipped tar whose names are written as they are, which no honest writer would do.
fn tar_of(entries: &[(&str, tar::EntryType, &[u8])]) -> Vec<u8> {
    let mut tar = tar::Builder::new(GzEncoder::new(Vec::new(), Compression::fast()));
    for (name, kind, content) in entries {
        let mut header = tar::Header::new_gnu();
        header.as_gnu_mut().expect("GNU").name[..name.len()].copy_from_slice(name.as_bytes());
        header.set_entry_type(*kind);
        header.set_size(content.len() as u64);
        header.set_mode(0o644);
        if kind.is_symlink() || kind.is_hard_link() {
            header.set_link_name("/etc/passwd").expect("set");
        }
        header.set_cksum();
        tar.append(&header, *content).expect("added");
    }
    tar.into_inner().and_then(GzEncoder::finish).expect("finished")
}

/// An archive in which one name has been replaced by another of the same length.
fn renamed(mut archive: Vec<u8>, from: &str, to: &str) -> Vec<u8> {
    assert_eq!(from.len(), to.len());
    for at in 0..archive.len() - from.len() {
        if archive[at..].starts_with(from.as_bytes()) {
            archive[at..at + to.len()].copy_from_slice(to.as_bytes());
        }
    }
    archive
}

const FILE: tar::EntryType = tar::EntryType::Regular;

#[test]
fn zip_and_tar_come_out_whole() {
    let zip = zip_of(&[("a/", b""), ("a/1.txt", b"one"), ("b/c/2.txt", b"two")]);
    let tar = tar_of(&[
        ("./", tar::EntryType::Directory, b""),
        ("./a/1.txt", FILE, b"one"),
        ("b/c/2.txt", FILE, b"two"),
    ]);
    for bytes in [zip, tar] {
        // The extension says nothing.
        let place = Place::with("data", &bytes);
        assert_eq!(place.extract("data").expect("sound"), Unpacked { files: 2, bytes: 6 });
        assert_eq!(place.files(), ["a/1.txt", "b/c/2.txt"]);
        assert_eq!(fs::read(place.target().join("b/c/2.txt")).expect("read"), b"two");
    }
}

#[test]
fn a_second_time_changes_nothing_and_a_difference_is_never_overwritten() {
    let place = Place::with("data.zip", &zip_of(&[("new.txt", b"new"), ("1.txt", b"one")]));
    place.extract("data.zip").expect("sound");
    place.extract("data.zip").expect("the same again");
    fs::remove_file(place.target().join("new.txt")).expect("removed");
    fs::write(place.target().join("1.txt"), "own").expect("written");
    let error = place.extract("data.zip").expect_err("different").to_string();
    assert!(error.contains("1.txt is there and is different"), "{error}");
    assert_eq!(fs::read(place.target().join("1.txt")).expect("read"), b"own");
    assert_eq!(place.files(), ["1.txt"]);
}

#[test]
fn a_file_where_a_folder_belongs_leaves_everything_where_it_was() {
    let zip = zip_of(&[("z.txt", b"z"), ("a/b/c.txt", b"c")]);
    for (there, wanted) in
        [("a", "a is there and is no folder"), ("a/b", "b is there and is no folder")]
    {
        let place = Place::with("data.zip", &zip);
        let path = place.target().join(there);
        fs::create_dir_all(path.parent().expect("a folder")).expect("made");
        fs::write(&path, "own").expect("written");
        let error = place.extract("data.zip").expect_err("in the way").to_string();
        assert!(error.contains("a/b/c.txt") && error.contains(wanted), "{error}");
        assert_eq!(place.files(), [there]);
        assert_eq!(fs::read(path).expect("read"), b"own");
    }
}

#[test]
fn a_folder_where_a_file_belongs_leaves_everything_where_it_was() {
    let place = Place::with("data.zip", &zip_of(&[("z.txt", b"z"), ("a", b"a")]));
    fs::create_dir_all(place.target().join("a")).expect("made");
    let error = place.extract("data.zip").expect_err("in the way").to_string();
    assert!(error.contains("a is there and is different"), "{error}");
    assert_eq!(place.files(), [] as [&str; 0]);
}

#[test]
fn entries_that_lead_outside_are_refused() {
    let zip = |name: &str| {
        let honest = "x".repeat(name.len());
        renamed(zip_of(&[("good.txt", b"good"), (&honest, b"evil")]), &honest, name)
    };
    let tar = |name, kind| tar_of(&[("good.txt", FILE, b"good"), (name, kind, b"")]);
    let table = [
        (zip("../evil.txt"), "../evil.txt", "outside the target"),
        (zip("a/../../evil"), "a/../../evil", "outside the target"),
        (zip("/tmp/evil.txt"), "/tmp/evil.txt", "outside the target"),
        (zip("..\\evil.txt"), "evil.txt", "backslash"),
        (tar("../evil.txt", FILE), "../evil.txt", "outside the target"),
        (tar("/tmp/evil.txt", FILE), "/tmp/evil.txt", "outside the target"),
        (tar("link", tar::EntryType::Symlink), "link", "a link or device"),
        (tar("link", tar::EntryType::Link), "link", "a link or device"),
        (tar("pipe", tar::EntryType::Fifo), "pipe", "a link or device"),
    ];
    for (bytes, entry, wanted) in table {
        let place = Place::with("evil.zip", &bytes);
        let error = place.extract("evil.zip").expect_err("refused").to_string();
        assert!(error.contains(entry) && error.contains(wanted), "{error}");
        assert_eq!(place.files(), [] as [&str; 0], "{entry}");
        assert!(!place.folder.path().join("evil.txt").exists());
    }
}

#[test]
fn links_in_a_zip_are_refused() {
    let mut zip = ZipWriter::new(std::io::Cursor::new(Vec::new()));
    zip.add_symlink("link", "/etc", SimpleFileOptions::default()).expect("added");
    zip.start_file("link/evil.txt", SimpleFileOptions::default()).expect("added");
    let bytes = zip.finish().expect("finished").into_inner();
    let place = Place::with("evil.zip", &bytes);
    let error = place.extract("evil.zip").expect_err("refused").to_string();
    assert!(error.contains("entry `link`") && error.contains("a link or device"), "{error}");
    assert_eq!(place.files(), [] as [&str; 0]);
}

#[test]
fn a_name_that_is_taken_is_refused() {
    let twice = tar_of(&[("a", FILE, b"1"), ("a", FILE, b"2")]);
    let below_a_file = tar_of(&[("a", FILE, b"1"), ("a/b", FILE, b"2")]);
    for bytes in [twice, below_a_file] {
        let place = Place::with("evil.tgz", &bytes);
        let error = place.extract("evil.tgz").expect_err("refused").to_string();
        assert!(error.contains("another entry has this name"), "{error}");
        assert_eq!(place.files(), [] as [&str; 0]);
    }
}

#[test]
fn a_bomb_is_refused_before_it_has_gone_off() {
    let place = Place::with("bomb.zip", &zip_of(&[("zeros.bin", &vec![0; 8 << 20])]));
    let error = place.extract("bomb.zip").expect_err("refused").to_string();
    assert!(error.contains("zeros.bin") && error.contains("200 times"), "{error}");
    assert_eq!(place.files(), [] as [&str; 0]);
}

#[test]
fn damage_leaves_nothing_behind() {
    let content: Vec<u8> = (0..40_000_u32).map(|i| ((i * i) >> 7) as u8).collect();
    let zip = zip_of(&[("1.txt", b"one"), ("noise.bin", &content)]);
    let tar = tar_of(&[("1.txt", FILE, b"one"), ("noise.bin", FILE, &content)]);
    let mut flipped = zip.clone();
    let middle = flipped.len() / 2;
    flipped[middle] ^= 0x10;
    for bytes in [&zip[..zip.len() / 2], &tar[..tar.len() / 2], &flipped, b"hello", b""] {
        let place = Place::with("data.zip", bytes);
        let error = place.extract("data.zip").expect_err("damaged");
        assert!(matches!(error, IngestError::Archive { .. }), "{error}");
        assert!(error.to_string().contains("data.zip"), "{error}");
        assert_eq!(place.files(), [] as [&str; 0]);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn no_damage_panics_or_writes_outside(at in 0..2000usize, value in any::<u8>()) {
        let archives = [
            zip_of(&[("a/1.txt", b"one"), ("b.txt", b"two, two, two")]),
            tar_of(&[("a/1.txt", FILE, b"one"), ("b.txt", FILE, b"two, two, two")]),
        ];
        for mut bytes in archives {
            let length = bytes.len();
            bytes[at % length] = value;
            let place = Place::with("data.zip", &bytes);
            let _ = place.extract("data.zip");
            let beside = fs::read_dir(place.folder.path()).expect("a folder").count();
            prop_assert!(beside <= 2);
        }
    }
}
