//! Which frames of a sequence are read.

use super::files::Numbered;
use super::notices::Notices;
use crate::gaps::{counted, gap_notice};
use crate::{IngestError, Need};
use std::collections::BTreeSet;
use std::path::Path;

/// More frames than any sequence has: a number beyond it is a mistake in a file, not a
/// reason to reserve memory.
const MOST_FRAMES: u32 = 1_000_000;

/// What says which frames there are.
pub(super) struct FrameSets<'a> {
    pub(super) images: &'a Numbered,
    pub(super) scans: &'a Numbered,
    pub(super) radars: &'a Numbered,
    pub(super) camera: Need,
    pub(super) lidar: Need,
    pub(super) radar: Need,
    /// Where detection files stand in for sensors: the last frame that any file knows of.
    pub(super) last_without_sensors: Option<u32>,
}

impl FrameSets<'_> {
    /// The frames that have all required sensors. Where none is required: every frame up
    /// to the last one known when detection files drive the run, else every frame that
    /// has any sensor.
    pub(super) fn numbers(&self, folder: &Path) -> Result<Vec<u32>, IngestError> {
        let mut required = self.sensors().into_iter().filter(|(need, _)| *need == Need::Required);
        if let Some((_, first)) = required.next() {
            let others: Vec<_> = required.collect();
            let has_all = |number: &u32| others.iter().all(|(_, files)| files.contains_key(number));
            return Ok(first.keys().copied().filter(has_all).collect());
        }
        match self.last_without_sensors {
            Some(last) if last >= MOST_FRAMES => {
                let what = format!(
                    "frame number {last} in a label or detection file is beyond {MOST_FRAMES}"
                );
                Err(IngestError::format(folder, what))
            }
            Some(last) => Ok((0..=last).collect()),
            None => Ok(self.any()),
        }
    }

    const fn sensors(&self) -> [(Need, &Numbered); 3] {
        [(self.camera, self.images), (self.lidar, self.scans), (self.radar, self.radars)]
    }

    /// The frames that have any sensor.
    fn any(&self) -> Vec<u32> {
        let numbers = self.sensors().into_iter().flat_map(|(_, files)| files.keys().copied());
        numbers.collect::<BTreeSet<_>>().into_iter().collect()
    }

    /// Says how many frames the radar misses, where there is one.
    pub(super) fn notice_radar(&self, numbers: &[u32], sequence: &str, notices: &mut Notices) {
        let without: Vec<u32> =
            numbers.iter().copied().filter(|number| !self.radars.contains_key(number)).collect();
        if !self.radars.is_empty() && !without.is_empty() {
            notices.add(sequence, listed("frame", "without a radar scan", &without));
        }
    }

    /// Says where the sensors disagree about the frames.
    pub(super) fn compare(&self, sequence: &str, notices: &mut Notices) {
        if self.images.is_empty() || self.scans.is_empty() {
            return;
        }
        let lone_images = only_in(self.images, self.scans);
        let lone_scans = only_in(self.scans, self.images);
        if lone_images.is_empty() && lone_scans.is_empty() {
            return;
        }
        notices.add(
            sequence,
            format!(
                "{} and {} have {} in common; {}; {}",
                counted(self.images.len(), "image"),
                counted(self.scans.len(), "scan"),
                counted(self.images.len() - lone_images.len(), "frame"),
                listed("image", "without a scan", &lone_images),
                listed("scan", "without an image", &lone_scans),
            ),
        );
    }
}

/// Says where frame numbers jump.
pub(super) fn notice_gaps(numbers: &[u32], sequence: &str, notices: &mut Notices) {
    if let Some(notice) = gap_notice(numbers) {
        notices.add(sequence, notice);
    }
}

fn only_in(here: &Numbered, there: &Numbered) -> Vec<u32> {
    here.keys().filter(|number| !there.contains_key(number)).copied().collect()
}

fn listed(what: &str, lacks: &str, numbers: &[u32]) -> String {
    match numbers {
        [] => format!("no {what}s {lacks}"),
        [first, ..] => format!("{} {lacks} (first {first})", counted(numbers.len(), what)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::PathBuf;

    fn set(numbers: &[u32]) -> Numbered {
        numbers.iter().map(|n| (*n, PathBuf::from(n.to_string()))).collect()
    }

    #[test]
    fn needs_decide_which_frames_are_read() {
        use Need::{Off, Optional, Required};
        let (images, scans, radars) = (set(&[0, 1, 4]), set(&[1, 2]), set(&[1, 4, 6]));
        let table: [([Need; 3], Option<u32>, &[u32]); 9] = [
            ([Required, Required, Optional], None, &[1]),
            ([Required, Optional, Optional], None, &[0, 1, 4]),
            ([Off, Required, Optional], Some(9), &[1, 2]),
            ([Optional, Optional, Optional], None, &[0, 1, 2, 4, 6]),
            ([Optional, Off, Off], Some(5), &[0, 1, 2, 3, 4, 5]),
            ([Required, Off, Off], Some(5), &[0, 1, 4]),
            ([Required, Optional, Required], None, &[1, 4]),
            ([Required, Required, Required], None, &[1]),
            ([Off, Off, Required], Some(9), &[1, 4, 6]),
        ];
        for (needs, last_without_sensors, wanted) in table {
            let [camera, lidar, radar] = needs;
            let sets = FrameSets {
                images: &images,
                scans: &scans,
                radars: &radars,
                camera,
                lidar,
                radar,
                last_without_sensors,
            };
            assert_eq!(sets.numbers(Path::new("x")).expect("few"), wanted, "{needs:?}");
        }
    }

    #[test]
    fn an_absurd_frame_number_is_refused() {
        let none = set(&[]);
        let sets = FrameSets {
            images: &none,
            scans: &none,
            radars: &none,
            camera: Need::Off,
            lidar: Need::Off,
            radar: Need::Off,
            last_without_sensors: Some(u32::MAX),
        };
        assert!(sets.numbers(Path::new("x")).is_err());
    }

    #[test]
    fn differences_and_gaps_are_said() {
        let (images, scans, radars) = (set(&[0, 1, 4]), set(&[1, 2]), set(&[0, 1]));
        let sets = FrameSets {
            images: &images,
            scans: &scans,
            radars: &radars,
            camera: Need::Required,
            lidar: Need::Required,
            radar: Need::Optional,
            last_without_sensors: None,
        };
        let mut notices = Notices::default();
        sets.compare("a", &mut notices);
        notice_gaps(&[0, 1, 4, 9], "a", &mut notices);
        notice_gaps(&[3, 4, 5], "a", &mut notices);
        sets.notice_radar(&[0, 1, 4], "a", &mut notices);
        sets.notice_radar(&[0, 1], "a", &mut notices);
        assert_eq!(
            notices.into_lines(1),
            [
                "3 images and 2 scans have 1 frame in common; 2 images without a scan (first 0); 1 scan without an image (first 2)",
                "frame numbers jump from 1 to 4 and at 1 more place",
                "1 frame without a radar scan (first 4)",
            ]
        );
    }
}
