//! Opening a KITTI folder: what all its layouts share.

use super::layout::{self, Place};
use super::notices::Notices;
use super::reader::KittiReader;
use super::sequence::SequencePlan;
use super::{object, raw, tracking};
use crate::{FrameSource, IngestError, Layout, Need, Recording, ReplayOptions, Sequences};
use delos_core::Header;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Opens a recognised folder.
///
/// # Errors
/// Whatever is wrong with the inputs that are read before the first frame, or that a
/// required one is missing.
pub(crate) fn open(place: &Place, options: &ReplayOptions) -> Result<Recording, IngestError> {
    let opened = match place {
        Place::Raw { drives } => raw::open(drives, options),
        Place::Tracking { split } => tracking::open(split, options),
        Place::Object { split } => object::open(split, options),
    }?;
    opened.finish(options)
}

/// An input whose absence in all sequences is an error.
#[derive(Debug)]
pub(super) struct Absent {
    pub(super) what: &'static str,
    pub(super) looked_for: Vec<PathBuf>,
}

/// A recording before its frames are counted.
pub(super) struct Opened {
    pub(super) layout: Layout,
    pub(super) folder: PathBuf,
    pub(super) sequences: Vec<SequencePlan>,
    /// Required inputs that sequences lack, which are left out for it.
    pub(super) absent: Vec<(String, Absent)>,
    pub(super) notices: Notices,
    pub(super) ground_truth: Option<PathBuf>,
    pub(super) frames_are_independent: bool,
}

impl Opened {
    fn finish(mut self, options: &ReplayOptions) -> Result<Recording, IngestError> {
        let count = self.sequences.len() + self.absent.len();
        self.report_absent(options)?;
        let (mut plans, mut sequences) = (Vec::new(), Vec::new());
        let most = options
            .max_frames
            .map_or(usize::MAX, |most| usize::try_from(most).unwrap_or(usize::MAX));
        for SequencePlan { mut info, plans: frames } in self.sequences {
            let left = most - plans.len();
            info.frames.truncate(left);
            plans.extend(frames.into_iter().take(left));
            if !info.frames.is_empty() {
                sequences.push(info);
            }
        }
        if plans.is_empty() && most > 0 {
            let why = self.notices.into_lines(count).join("; ");
            return Err(IngestError::Empty { path: self.folder, why });
        }
        for (tick, plan) in (0u64..).zip(&mut plans) {
            plan.header = Arc::new(Header { tick, ..Header::clone(&plan.header) });
        }
        Ok(Recording {
            layout: self.layout,
            sequences,
            notices: self.notices.into_lines(count),
            ground_truth: self.ground_truth,
            frames_are_independent: self.frames_are_independent,
            source: FrameSource::Random(Arc::new(KittiReader { plans })),
            prefetch: options.prefetch,
        })
    }

    /// Sequences that lack a required input are left out and said once, unless they were
    /// asked for by name, or none is left.
    fn report_absent(&mut self, options: &ReplayOptions) -> Result<(), IngestError> {
        let named = matches!(options.sequences, Sequences::List(_));
        for (sequence, absent) in std::mem::take(&mut self.absent) {
            if named || self.sequences.is_empty() {
                let what = format!("{} of sequence {sequence}", absent.what);
                return Err(IngestError::Missing { what, looked_for: absent.looked_for });
            }
            self.notices.add(&sequence, format!("left out, no {}", absent.what));
        }
        Ok(())
    }
}

/// The sequences to read out of those that exist.
pub(super) fn choose(
    available: Vec<String>,
    options: &ReplayOptions,
) -> Result<Vec<String>, IngestError> {
    options.sequences.check_distinct()?;
    let Sequences::List(wanted) = &options.sequences else { return Ok(available) };
    for name in wanted {
        if !available.contains(name) {
            let (name, path) = (name.clone(), options.data.clone());
            return Err(IngestError::Sequence { name, path, available });
        }
    }
    Ok(wanted.clone())
}

/// Whether an input is required and not there.
pub(super) fn lacks(need: Need, is_empty: bool) -> bool {
    need == Need::Required && is_empty
}

/// A folder that exists, for the record of the ground truth.
pub(super) fn existing(path: &Path) -> Option<PathBuf> {
    path.exists().then(|| path.to_owned())
}

/// Recognises and opens a folder of KITTI's; `None` when it is none.
///
/// # Errors
/// As [`open`].
pub(crate) fn try_open(options: &ReplayOptions) -> Result<Option<Recording>, IngestError> {
    match layout::recognise(&options.data)? {
        Some(place) => open(&place, options).map(Some),
        None => Ok(None),
    }
}
