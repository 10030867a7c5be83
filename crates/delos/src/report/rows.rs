//! What stands in the result files of a run.

use crate::commands::explain::believed;
use delos_ingest::track_log;
use std::collections::BTreeSet;
use std::fmt::Write;
use std::fs;
use std::path::Path;

/// What stands in the result files.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct RowCount {
    /// Confirmed tracks that the image sees, all of them where there is none.
    tracks: Tracks,
    /// All tracks that were believed once, where the run has kept their log.
    believed: Option<usize>,
    /// What is followed in the image, where that is done.
    in_image: Option<Tracks>,
    detections_2d: usize,
    detections_3d: usize,
}

/// Tracks, and rows of theirs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Tracks {
    identities: usize,
    boxes: usize,
}

impl RowCount {
    /// Counts rows and identities; `None` where there are no result files.
    pub(crate) fn of(folder: &Path) -> Option<Self> {
        let rows = |kind: &str| -> Option<usize> {
            Some(texts(&folder.join(kind))?.iter().map(|text| text.lines().count()).sum())
        };
        Some(Self {
            tracks: Tracks::of(&folder.join("tracks"))?,
            believed: believed_in(&folder.join(track_log::FOLDER)),
            in_image: Tracks::of(&folder.join("tracks_2d")),
            detections_2d: rows("detections_2d")?,
            detections_3d: rows("detections_3d")?,
        })
    }

    /// The lines of the summary.
    pub(crate) fn lines(&self) -> String {
        let Tracks { identities, boxes } = self.tracks;
        let mut text = match self.believed {
            Some(all) if all == identities => {
                format!("{identities} confirmed tracks ({boxes} boxes)\n")
            }
            Some(all) => {
                format!("{identities} confirmed tracks in view ({boxes} boxes), {all} in all\n")
            }
            None => format!("{identities} confirmed tracks in tracks/ ({boxes} boxes)\n"),
        };
        if let Some(Tracks { identities, boxes }) = self.in_image {
            let _ = writeln!(text, "{identities} tracks in the image ({boxes} boxes)");
        }
        let Self { detections_2d, detections_3d, .. } = self;
        let _ = writeln!(text, "{detections_2d} detections in images, {detections_3d} in space");
        text
    }
}

impl Tracks {
    /// Those in the files of a folder, each of which is a sequence.
    fn of(folder: &Path) -> Option<Self> {
        let mut count = Self::default();
        for text in texts(folder)? {
            let ids: BTreeSet<&str> =
                text.lines().filter_map(|line| line.split(' ').nth(1)).collect();
            count.identities += ids.len();
            count.boxes += text.lines().count();
        }
        Some(count)
    }
}

/// How many tracks of the logs were believed once; `None` where a log is not there or not whole.
fn believed_in(folder: &Path) -> Option<usize> {
    let entries = fs::read_dir(folder).ok()?;
    entries.map(|entry| Some(believed(&track_log::read(&entry.ok()?.path()).ok()?))).sum()
}

/// Content of every file of a folder.
fn texts(folder: &Path) -> Option<Vec<String>> {
    fs::read_dir(folder).ok()?.flatten().map(|e| fs::read_to_string(e.path()).ok()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tracks_out_of_view_are_told_apart() {
        let counted = RowCount {
            tracks: Tracks { identities: 43, boxes: 845 },
            believed: Some(82),
            in_image: None,
            detections_2d: 1043,
            detections_3d: 4343,
        };
        let last = "1043 detections in images, 4343 in space\n";
        let first =
            |count: RowCount| count.lines().strip_suffix(last).expect("the last").to_owned();
        assert_eq!(first(counted), "43 confirmed tracks in view (845 boxes), 82 in all\n");
        let all = RowCount { believed: Some(43), ..counted };
        assert_eq!(first(all), "43 confirmed tracks (845 boxes)\n");
        let no_log = RowCount { believed: None, ..counted };
        assert_eq!(first(no_log), "43 confirmed tracks in tracks/ (845 boxes)\n");
        let image = RowCount { in_image: Some(Tracks { identities: 7, boxes: 90 }), ..all };
        assert_eq!(
            first(image),
            "43 confirmed tracks (845 boxes)\n7 tracks in the image (90 boxes)\n"
        );
    }

    #[test]
    fn identities_are_counted_by_sequence() {
        let folder = tempfile::tempdir().expect("a folder");
        assert_eq!(RowCount::of(folder.path()), None);
        for kind in ["tracks", "tracks_2d", "detections_2d", "detections_3d"] {
            let folder = folder.path().join(kind);
            fs::create_dir(&folder).expect("made");
            fs::write(folder.join("0000.txt"), "0 1 Car\n1 1 Car\n1 2 Car\n").expect("written");
            fs::write(folder.join("0001.txt"), "0 1 Car\n").expect("written");
        }
        let tracks = Tracks { identities: 3, boxes: 4 };
        let wanted = RowCount {
            tracks,
            believed: None,
            in_image: Some(tracks),
            detections_2d: 4,
            detections_3d: 4,
        };
        assert_eq!(RowCount::of(folder.path()), Some(wanted));
    }
}
