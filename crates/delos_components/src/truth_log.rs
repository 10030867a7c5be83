//! The ground truth of the frames that a source has delivered.

use crate::environment::{Environment, TruthFact};
use crate::nominal::camera_of;
use crate::result_files::{ResultFiles, WriteError};
use delos_ingest::SensorFrame;
use delos_ingest::kitti::write::label_rows;
use std::collections::BTreeMap;
use std::sync::Arc;

/// Folder of label files.
const TRUTH: &str = "truth";

/// Writes the labels of every frame that a source delivers, in the format of KITTI's tracking
/// labels: what a run is judged by lies beside what it has found.
///
/// The source writes them and no observer: a frame that is dropped on its way reaches no
/// observer, and it counts all the same.
#[derive(Default)]
pub(crate) struct TruthLog {
    environment: Option<Arc<Environment>>,
    files: Option<ResultFiles>,
    labelled: BTreeMap<String, Vec<[u32; 2]>>,
}

impl TruthLog {
    pub(crate) fn new(environment: Option<Arc<Environment>>) -> Self {
        let out = environment.as_ref().and_then(|environment| environment.wishes.out.as_ref());
        let files = out.map(|out| ResultFiles::new(out, &[TRUTH]));
        Self { environment, files, labelled: BTreeMap::new() }
    }

    /// Takes the labels of the next frame. A frame that nobody has labelled leaves no trace;
    /// one in which nothing is there is a labelled one.
    pub(crate) fn add(&mut self, frame: &SensorFrame) -> Result<(), WriteError> {
        let (Some(files), Some(truth)) = (&mut self.files, &frame.truth) else { return Ok(()) };
        let header = &frame.header;
        files.begin(&header.sequence)?;
        files.add(TRUTH, &label_rows(header.frame, truth, &camera_of(&frame.calibration)));
        if !self.labelled.contains_key(&*header.sequence) {
            self.labelled.insert(header.sequence.to_string(), Vec::new());
        }
        if let Some(ranges) = self.labelled.get_mut(&*header.sequence) {
            extend(ranges, header.frame);
        }
        Ok(())
    }

    /// Writes the last file and tells the program what is there.
    pub(crate) fn finish(&mut self) -> Result<(), WriteError> {
        self.files.as_mut().map_or(Ok(()), ResultFiles::close)?;
        if let Some(environment) = self.environment.take()
            && !self.labelled.is_empty()
        {
            let frames = std::mem::take(&mut self.labelled);
            environment.note_truth(TruthFact { folder: TRUTH.to_owned(), frames });
        }
        Ok(())
    }
}

/// Adds a number to ranges `[first, last]`.
fn extend(ranges: &mut Vec<[u32; 2]>, frame: u32) {
    match ranges.last_mut() {
        Some([_, last]) if last.checked_add(1) == Some(frame) => *last = frame,
        _ => ranges.push([frame, frame]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_that_follow_each_other_are_one_range() {
        let mut ranges = vec![];
        for frame in [3, 4, 5, 9, 11, 12] {
            extend(&mut ranges, frame);
        }
        assert_eq!(ranges, [[3, 5], [9, 9], [11, 12]]);
    }
}
