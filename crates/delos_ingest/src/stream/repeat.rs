//! A recording that begins anew when it has ended.

use super::{FrameReader, SensorFrame};
use crate::IngestError;
use delos_core::Header;
use std::path::PathBuf;
use std::sync::Arc;

/// Reads a recording several times over. Every pass is a sequence of its own (`0001`, `0001#2`,
/// `0001#3`), so that nothing follows from its end to its beginning.
pub(crate) struct Repeated {
    reader: Arc<dyn FrameReader>,
    passes: usize,
}

impl Repeated {
    /// `passes` times; 0 means without end.
    pub(crate) fn new(reader: Arc<dyn FrameReader>, passes: usize) -> Self {
        Self { reader, passes: if passes == 0 { usize::MAX } else { passes } }
    }

    /// Pass and index within it.
    fn place(&self, index: usize) -> (usize, usize) {
        let count = self.reader.frame_count().max(1);
        (index / count, index % count)
    }
}

impl FrameReader for Repeated {
    fn frame_count(&self) -> usize {
        self.reader.frame_count().saturating_mul(self.passes)
    }

    fn files(&self, index: usize) -> Vec<PathBuf> {
        self.reader.files(self.place(index).1)
    }

    fn decode(&self, index: usize, contents: Vec<Vec<u8>>) -> Result<SensorFrame, IngestError> {
        let (pass, within) = self.place(index);
        let mut frame = self.reader.decode(within, contents)?;
        if pass > 0 {
            let header = Header::clone(&frame.header);
            let sequence = format!("{}#{}", header.sequence, pass + 1).into();
            let tick = header.tick + (pass * self.reader.frame_count()) as u64;
            frame.header = Arc::new(Header { sequence, tick, ..header });
        }
        Ok(frame)
    }
}
