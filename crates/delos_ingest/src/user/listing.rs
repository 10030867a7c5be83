//! Which images and scans a folder holds, in which order.

use crate::IngestError;
use crate::names::text_of;
use std::cmp::Ordering;
use std::path::{Path, PathBuf};

const IMAGES: [&str; 5] = ["png", "jpg", "jpeg", "bmp", "webp"];
const SCANS: [&str; 2] = ["bin", "pcd"];

/// The images and scans of a folder, each in natural order.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Content {
    pub(super) images: Vec<PathBuf>,
    pub(super) scans: Vec<PathBuf>,
}

impl Content {
    /// Looks into `folder`, or into its subfolders `images` and `scans` where it has them.
    pub(super) fn of(folder: &Path) -> Result<Self, IngestError> {
        let (images, scans) = (folder.join("images"), folder.join("scans"));
        if !images.is_dir() && !scans.is_dir() {
            return Ok(Self { images: files(folder, &IMAGES)?, scans: files(folder, &SCANS)? });
        }
        let list = |folder: &Path, extensions| {
            if folder.is_dir() { files(folder, extensions) } else { Ok(Vec::new()) }
        };
        Ok(Self { images: list(&images, &IMAGES)?, scans: list(&scans, &SCANS)? })
    }

    pub(super) const fn is_empty(&self) -> bool {
        self.images.is_empty() && self.scans.is_empty()
    }
}

/// The files of a folder with one of the extensions. Hidden ones are left out: macOS
/// leaves `._1.png` beside `1.png`.
fn files(folder: &Path, extensions: &[&str]) -> Result<Vec<PathBuf>, IngestError> {
    let io = |source| IngestError::io(folder, source);
    let mut found = Vec::new();
    for entry in folder.read_dir().map_err(io)? {
        let path = entry.map_err(io)?.path();
        let hidden = path.file_name().is_none_or(|n| n.as_encoded_bytes().starts_with(b"."));
        let extension = path.extension().unwrap_or_default().to_string_lossy().to_lowercase();
        if !hidden && extensions.contains(&&*extension) && path.is_file() {
            found.push(path);
        }
    }
    found.sort_by(|a, b| natural_order(&stem(a), &stem(b)).then_with(|| a.cmp(b)));
    Ok(found)
}

/// A file's name without its extension.
pub(super) fn stem(path: &Path) -> String {
    text_of(path.file_stem().unwrap_or_default())
}

/// Compares names as people count: runs of digits by their number, the rest by character;
/// what is equal that way, by spelling.
pub(super) fn natural_order(a: &str, b: &str) -> Ordering {
    let (mut x, mut y) = (a.as_bytes(), b.as_bytes());
    while let (Some(first), Some(second)) = (x.first(), y.first()) {
        let order = if first.is_ascii_digit() && second.is_ascii_digit() {
            let (m, n) = (leading_number(&mut x), leading_number(&mut y));
            m.len().cmp(&n.len()).then_with(|| m.cmp(n))
        } else {
            (x, y) = (&x[1..], &y[1..]);
            first.cmp(second)
        };
        if order.is_ne() {
            return order;
        }
    }
    x.len().cmp(&y.len()).then_with(|| a.cmp(b))
}

/// Takes the digits off the front, and gives them without leading zeros.
fn leading_number<'a>(text: &mut &'a [u8]) -> &'a [u8] {
    let end = text.iter().position(|c| !c.is_ascii_digit()).unwrap_or(text.len());
    let (digits, rest) = text.split_at(end);
    *text = rest;
    &digits[digits.iter().position(|d| *d != b'0').unwrap_or(end)..]
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn numbers_in_names_are_counted() {
        let mut names = ["img10", "img2", "img1b", "img1", "a", "img02", "9", "10", "010", ""];
        names.sort_by(|a, b| natural_order(a, b));
        assert_eq!(names, ["", "9", "010", "10", "a", "img1", "img1b", "img02", "img2", "img10"]);
    }

    #[test]
    fn a_folder_is_listed_without_what_is_no_picture() {
        let folder = tempfile::tempdir().expect("a folder");
        for name in ["10.PNG", "9.jpg", "._9.jpg", "notes.txt", "camera.toml", "3.pcd"] {
            std::fs::write(folder.path().join(name), "").expect("written");
        }
        let content = Content::of(folder.path()).expect("listed");
        assert_eq!(content.images, ["9.jpg", "10.PNG"].map(|n| folder.path().join(n)));
        assert_eq!(content.scans, [folder.path().join("3.pcd")]);
    }

    #[test]
    fn subfolders_come_before_the_folder_itself() {
        let folder = tempfile::tempdir().expect("a folder");
        std::fs::create_dir(folder.path().join("scans")).expect("created");
        for name in ["1.png", "scans/7.bin", "scans/8.png"] {
            std::fs::write(folder.path().join(name), "").expect("written");
        }
        let content = Content::of(folder.path()).expect("listed");
        assert_eq!(content.images, [] as [PathBuf; 0]);
        assert_eq!(content.scans, [folder.path().join("scans/7.bin")]);
    }

    proptest! {
        #[test]
        fn the_order_is_total(a in "[a01/9]{0,6}", b in "[a01/9]{0,6}", c in "[a01/9]{0,6}") {
            prop_assert_eq!(natural_order(&a, &b), natural_order(&b, &a).reverse());
            prop_assert_eq!(natural_order(&a, &b).is_eq(), a == b);
            if natural_order(&a, &b).is_le() && natural_order(&b, &c).is_le() {
                prop_assert!(natural_order(&a, &c).is_le());
            }
        }

        #[test]
        fn plain_numbers_are_ordered_by_value(a in any::<u32>(), b in any::<u32>()) {
            prop_assert_eq!(natural_order(&a.to_string(), &format!("{b:012}")).is_lt(), a <= b && a.to_string() != format!("{b:012}"));
        }
    }
}
