//! Which files make a frame, and when it was.

use super::listing::{Content, stem};
use super::stamp_at;
use crate::IngestError;
use crate::gaps::gap_notice;
use delos_core::Stamp;
use std::collections::BTreeMap;
use std::path::PathBuf;

/// The files of one frame.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Entry {
    pub(super) number: u32,
    pub(super) stamp: Stamp,
    pub(super) image: Option<PathBuf>,
    pub(super) scan: Option<PathBuf>,
}

/// The name of a frame and its files.
type Named = (String, Option<PathBuf>, Option<PathBuf>);

/// Puts images and scans together, numbers them and places them in time.
///
/// # Errors
/// When two images (or two scans) have one name.
pub(super) fn entries(
    content: Content,
    fps: f64,
    notices: &mut Vec<String>,
) -> Result<Vec<Entry>, IngestError> {
    for files in [&content.images, &content.scans] {
        check_names(files)?;
    }
    let files = together(content, notices);
    let numbers = numbers(&files.iter().map(|f| &*f.0).collect::<Vec<_>>());
    let stamps = stamps(&numbers, fps, notices);
    let entry = |(((_, image, scan), number), stamp)| Entry { number, stamp, image, scan };
    Ok(files.into_iter().zip(numbers).zip(stamps).map(entry).collect())
}

/// Refuses two files with one name, which would be one frame: the files are in the order
/// of their names, so these are neighbours.
fn check_names(files: &[PathBuf]) -> Result<(), IngestError> {
    match files.windows(2).find(|pair| stem(&pair[0]) == stem(&pair[1])) {
        Some(pair) => {
            let what = format!(
                "{} has the same name: which of them is the frame? Take one away",
                pair[1].display()
            );
            Err(IngestError::format(&pair[0], what))
        }
        None => Ok(()),
    }
}

fn together(content: Content, notices: &mut Vec<String>) -> Vec<Named> {
    let (images, scans) = (content.images, content.scans);
    let names: Vec<String> =
        if images.is_empty() { &scans } else { &images }.iter().map(|p| stem(p)).collect();
    if scans.is_empty() {
        names.into_iter().zip(images).map(|(name, image)| (name, Some(image), None)).collect()
    } else if images.is_empty() {
        names.into_iter().zip(scans).map(|(name, scan)| (name, None, Some(scan))).collect()
    } else {
        pairs(names, images, scans, notices)
    }
}

/// Images and scans of the same name; by position when no name is in both.
fn pairs(
    names: Vec<String>,
    images: Vec<PathBuf>,
    scans: Vec<PathBuf>,
    notices: &mut Vec<String>,
) -> Vec<Named> {
    let (image_count, scan_count) = (images.len(), scans.len());
    let by_name: BTreeMap<String, &PathBuf> = scans.iter().map(|p| (stem(p), p)).collect();
    let mut pairs: Vec<_> = (names.iter().zip(&images))
        .filter_map(|(name, image)| {
            let scan = by_name.get(name)?;
            Some((name.clone(), Some(image.clone()), Some((*scan).clone())))
        })
        .collect();
    let rule = if pairs.is_empty() {
        let together = images.into_iter().zip(scans);
        pairs = names.into_iter().zip(together).map(|(n, (i, s))| (n, Some(i), Some(s))).collect();
        notices
            .push("no image has the name of a scan: they are put together by position".to_owned());
        "position"
    } else {
        "name"
    };
    if pairs.len() < image_count.max(scan_count) {
        notices.push(format!(
            "{image_count} images and {scan_count} scans: the {} that agree by {rule} are read",
            pairs.len()
        ));
    }
    pairs
}

/// The numbers that the names are, when all are different numbers in ascending order;
/// else the positions from 0.
fn numbers(names: &[&str]) -> Vec<u32> {
    let named: Option<Vec<u32>> = names
        .iter()
        .map(|n| if n.bytes().all(|b| b.is_ascii_digit()) { n.parse().ok() } else { None })
        .collect();
    named
        .filter(|numbers| numbers.windows(2).all(|pair| pair[0] < pair[1]))
        .unwrap_or_else(|| (0..names.len() as u32).collect())
}

/// The time of each frame: by its number, so that gaps in the numbers are gaps in time.
/// Numbers that mostly do not follow each other (times, or every tenth frame of something)
/// count no frames of this rate: then by position.
fn stamps(numbers: &[u32], fps: f64, notices: &mut Vec<String>) -> Vec<Stamp> {
    let stride = median_stride(numbers);
    if stride > 1 {
        notices.push(format!(
            "the files' numbers are {stride} apart (median): the frames keep their numbers, and are spaced by position at {fps} frames per second"
        ));
        return (0..numbers.len() as u64).map(|position| stamp_at(position, fps)).collect();
    }
    notices.extend(gap_notice(numbers));
    numbers.iter().map(|number| stamp_at(u64::from(*number), fps)).collect()
}

/// The lower median of the steps from number to number; 1 where there is none.
fn median_stride(numbers: &[u32]) -> u32 {
    let mut strides: Vec<u32> = numbers.windows(2).map(|pair| pair[1] - pair[0]).collect();
    strides.sort_unstable();
    strides.get(strides.len().saturating_sub(1) / 2).copied().unwrap_or(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_that_count_frames_are_times_and_others_are_not() {
        let table: [(&[u32], &[i64], Option<&str>); 5] = [
            (&[7], &[700], None),
            (&[1, 2, 3], &[100, 200, 300], None),
            (&[0, 1, 3, 4], &[0, 100, 300, 400], Some("frame numbers jump from 1 to 3")),
            (&[0, 10, 20, 40], &[0, 100, 200, 300], Some("numbers are 10 apart (median)")),
            (&[51_234, 51_333, 51_437], &[0, 100, 200], Some("numbers are 99 apart (median)")),
        ];
        for (numbers, wanted, notice) in table {
            let mut notices = Vec::new();
            let found = stamps(numbers, 10.0, &mut notices);
            let found: Vec<i64> = found.iter().map(|s| s.as_nanos() / 1_000_000).collect();
            assert_eq!(found, wanted, "{numbers:?}");
            assert_eq!(notices.len(), usize::from(notice.is_some()), "{notices:?}");
            assert!(notices.iter().all(|said| said.contains(notice.unwrap_or("?"))), "{notices:?}");
        }
    }

    #[cfg(unix)]
    #[test]
    fn names_that_are_no_text_are_names_all_the_same() {
        use std::os::unix::ffi::OsStrExt;
        let file = |name: &[u8]| PathBuf::from(std::ffi::OsStr::from_bytes(name));
        let images = vec![file(b"\xfe.png"), file(b"\xff.png")];
        let scans = vec![file(b"\xff.bin")];
        let mut notices = Vec::new();
        let of = |images: &[PathBuf]| Content { images: images.to_vec(), scans: vec![] };
        assert_eq!(entries(of(&images), 10.0, &mut notices).expect("two names").len(), 2);
        let same = [file(b"\xff.jpg"), file(b"\xff.png")];
        assert!(entries(of(&same), 10.0, &mut notices).is_err(), "one name");
        let pairs = entries(Content { images, scans }, 10.0, &mut notices).expect("one pair");
        assert_eq!((pairs.len(), &pairs[0].image), (1, &Some(file(b"\xff.png"))));
    }
}
