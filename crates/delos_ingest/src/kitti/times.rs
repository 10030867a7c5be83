//! When the frames of a sequence were measured, as far as its files tell.
//!
//! A file has a line for each number from 0, and a blank one where its sensor has no frame:
//! `velodyne_points/timestamps.txt` of drive `2011_09_26_drive_0009_sync` has four of them.

use super::files::parse_file;
use super::timestamps;
use crate::IngestError;
use crate::gaps::counted;
use delos_core::{Span, Stamp};
use std::collections::BTreeMap;
use std::path::PathBuf;

/// Time between frames where nobody says otherwise.
const FRAME_SPAN: Span = Span::from_millis(100);

/// Files of times, the best first.
#[derive(Clone, Debug, Default)]
pub(super) struct Times {
    files: Vec<PathBuf>,
}

/// The times of the frames asked for, and what deserves to be said of them.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Stamped {
    pub(super) stamps: Vec<Stamp>,
    pub(super) notices: Vec<String>,
}

impl Times {
    /// Those of these files that there are.
    pub(super) fn of(files: impl IntoIterator<Item = PathBuf>) -> Self {
        Self { files: files.into_iter().filter(|path| path.is_file()).collect() }
    }

    /// The time of each frame, by number ascending: of the first file, where that has none of the
    /// others, else by the frames around. A file is read only when a frame lacks a time. Without
    /// usable times, 10 Hz from frame 0, so that gaps in the numbers are gaps in time.
    ///
    /// # Errors
    /// A file that is read and is none of times.
    pub(super) fn stamps(&self, numbers: &[u32]) -> Result<Stamped, IngestError> {
        let (mut known, mut notices) = (Known::default(), Vec::new());
        for (position, file) in self.files.iter().enumerate() {
            let lacking = known.lacking(numbers);
            let Some(first) = lacking.first() else { break };
            known.take(&parse_file(file, timestamps::parse)?);
            let found = lacking.len() - known.lacking(numbers).len();
            if position > 0 && found > 0 {
                let count = counted(found, "frame");
                notices.push(format!("times of another sensor for {count} (first {first})"));
            }
        }
        match known.stamps(numbers) {
            Ok(stamps) => {
                let lacking = known.lacking(numbers);
                notices.extend(lacking.first().map(|first| {
                    let count = counted(lacking.len(), "frame");
                    format!("{count} without a time (first {first}): told by the frames around")
                }));
                Ok(Stamped { stamps, notices })
            }
            Err(why) => {
                let stamps = numbers.iter().map(|n| at_10_hz(Stamp::default(), *n)).collect();
                Ok(Stamped { stamps, notices: vec![format!("{why}: 10 Hz assumed")] })
            }
        }
    }
}

fn at_10_hz(start: Stamp, frames: u32) -> Stamp {
    start + FRAME_SPAN * i64::from(frames)
}

/// Times of frames, by number.
#[derive(Default)]
struct Known(BTreeMap<u32, Stamp>);

impl Known {
    /// Takes the times of frames that have none yet.
    fn take(&mut self, lines: &[Option<Stamp>]) {
        for (number, stamp) in (0..).zip(lines) {
            if let Some(stamp) = stamp {
                self.0.entry(number).or_insert(*stamp);
            }
        }
    }

    /// The frames that have no time.
    fn lacking(&self, numbers: &[u32]) -> Vec<u32> {
        numbers.iter().copied().filter(|number| !self.0.contains_key(number)).collect()
    }

    /// A time for each frame, or why the times cannot be used.
    fn stamps(&self, numbers: &[u32]) -> Result<Vec<Stamp>, String> {
        let (end, _) = self.0.last_key_value().ok_or("no timestamps")?;
        if let Some(last) = numbers.last().filter(|last| *last > end) {
            return Err(format!("timestamps end at frame {end} of {last}"));
        }
        let stamps: Vec<Stamp> = numbers.iter().filter_map(|number| self.around(*number)).collect();
        match stamps.windows(2).position(|pair| pair[1] <= pair[0]) {
            Some(at) => Err(format!("timestamps go back after frame {}", numbers[at])),
            None => Ok(stamps),
        }
    }

    /// The time of a frame up to the last known: its own, or on the line between the two around
    /// it, or 10 Hz before the first.
    fn around(&self, number: u32) -> Option<Stamp> {
        let (n, to) = self.0.range(number..).next()?;
        Some(match self.0.range(..number).next_back() {
            Some((m, from)) if *n > number => {
                let span = i128::from((*to - *from).as_nanos()) * i128::from(number - m);
                *from + Span::from_nanos((span / i128::from(n - m)) as i64)
            }
            _ => *to - FRAME_SPAN * i64::from(n - number),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Times out of files whose lines are tenths of seconds, `-` for a blank one, or no time.
    fn stamps(files: &[&[&str]], numbers: &[u32]) -> Result<Stamped, IngestError> {
        let folder = tempfile::tempdir().expect("a folder");
        let line = |text: &&str| match text.parse::<i64>() {
            Ok(tenths) => {
                timestamps::format(at_10_hz(Stamp::default(), tenths as u32)).expect("in range")
            }
            Err(_) => text.replace('-', ""),
        };
        let paths: Vec<PathBuf> =
            (0..files.len()).map(|i| folder.path().join(format!("{i}.txt"))).collect();
        for (path, lines) in paths.iter().zip(files) {
            std::fs::write(path, lines.iter().map(line).collect::<Vec<_>>().join("\n"))
                .expect("written");
        }
        Times::of(paths.into_iter().chain([folder.path().join("none.txt")])).stamps(numbers)
    }

    #[test]
    fn the_other_file_stands_in_and_then_the_frames_around() {
        type Case<'a> = (&'a [&'a [&'a str]], &'a [u32], &'a [i64], &'a [&'a str]);
        let own: &[&str] = &["10", "-", "-", "16", "-", "20"];
        let table: [Case<'_>; 10] = [
            (&[own, &["soon"]], &[0, 3, 5], &[1000, 1600, 2000], &[]),
            (&[own], &[0, 5], &[1000, 2000], &[]),
            (
                &[own],
                &[0, 1, 2, 3, 5],
                &[1000, 1200, 1400, 1600, 2000],
                &["2 frames without a time (first 1): told by the frames around"],
            ),
            (
                &[own, &["9", "11", "-", "15"]],
                &[0, 1, 2, 3],
                &[1000, 1100, 1350, 1600],
                &[
                    "times of another sensor for 1 frame (first 1)",
                    "1 frame without a time (first 2): told by the frames around",
                ],
            ),
            (
                &[&["-", "-", "10"]],
                &[0, 2],
                &[800, 1000],
                &["1 frame without a time (first 0): told by the frames around"],
            ),
            (&[], &[0, 2], &[0, 200], &["no timestamps: 10 Hz assumed"]),
            (&[own], &[5, 6], &[500, 600], &["timestamps end at frame 5 of 6: 10 Hz assumed"]),
            (
                &[own],
                &[1, 2],
                &[1200, 1400],
                &["2 frames without a time (first 1): told by the frames around"],
            ),
            (
                &[&[], own],
                &[0, 3],
                &[1000, 1600],
                &["times of another sensor for 2 frames (first 0)"],
            ),
            (
                &[&["5", "-", "5"]],
                &[0, 1, 2],
                &[0, 100, 200],
                &["timestamps go back after frame 0: 10 Hz assumed"],
            ),
        ];
        for (files, numbers, wanted, notices) in table {
            let found = stamps(files, numbers).expect("times");
            let ms: Vec<i64> = found.stamps.iter().map(|s| s.as_nanos() / 1_000_000).collect();
            assert_eq!(ms, wanted, "{files:?}");
            assert_eq!(found.notices, notices, "{files:?}");
        }
    }

    #[test]
    fn a_file_that_is_needed_has_to_be_right() {
        let error = stamps(&[&["10", "-"], &["soon"]], &[0, 1]).expect_err("not read");
        assert!(error.to_string().contains("`soon` is no time"), "{error}");
    }
}
