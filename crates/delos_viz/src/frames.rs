//! Which frames a recording holds.

use crate::VizError;
use crate::cut::{messages, ticks};
use crate::error::whole_cause;
use rerun::StoreKind;
use rerun::log::{Chunk, LogMsg};
use std::collections::BTreeSet;
use std::path::Path;

/// Positions in the run (`Header::tick`) of the frames in a recording, ascending.
///
/// # Errors
/// [`VizError::Read`] when the file is not a recording or breaks off.
pub fn recorded_frames(recording: &Path) -> Result<Vec<u64>, VizError> {
    let mut found = BTreeSet::new();
    for message in messages(recording)? {
        let LogMsg::ArrowMsg(store, arrow) = message? else { continue };
        if store.kind() == StoreKind::Recording {
            let chunk = Chunk::from_arrow_msg(&arrow).map_err(|error| VizError::Read {
                path: recording.to_owned(),
                cause: whole_cause(&error),
            })?;
            found.extend(ticks(&chunk).iter().map(|tick| tick.unsigned_abs()));
        }
    }
    Ok(found.into_iter().collect())
}
