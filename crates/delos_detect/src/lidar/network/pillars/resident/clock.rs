//! Where a scan's time on the device goes.

use crate::DetectError;
use crate::gpu::nanos_since;
use delos_core::{DevicePart, parts};
use delos_infer::InferError;
use delos_infer::gpu::{Cuda, Mark};

/// A mark before the first part and one behind each.
#[derive(Debug)]
pub(super) struct Clock {
    start: Mark,
    ends: Vec<Mark>,
    spent: Vec<DevicePart>,
}

impl Clock {
    /// For a chain with a pillar feature net of its own or without.
    pub(super) fn new(on: &Cuda, has_encoder: bool) -> Result<Self, DetectError> {
        let encoder: &[_] =
            if has_encoder { &[parts::PILLAR_NETWORK, parts::SCATTER] } else { &[] };
        let names = [parts::UPLOAD, parts::VOXELISE].iter().chain(encoder);
        let names = names.chain(&[parts::NETWORK, parts::DECODE, parts::DOWNLOAD]);
        let spent: Vec<_> =
            names.map(|name| DevicePart { name, start: 0, nanos: 0, bytes: 0 }).collect();
        let mark = || on.mark().map_err(InferError::from);
        let ends = spent.iter().map(|_| mark()).collect::<Result<_, _>>()?;
        Ok(Self { start: mark()?, ends, spent })
    }

    /// The first part begins here.
    pub(super) fn begin(&self, on: &Cuda) -> Result<(), DetectError> {
        Ok(on.mark_again(&self.start).map_err(InferError::from)?)
    }

    /// A part ends here.
    pub(super) fn end(&self, on: &Cuda, name: &str) -> Result<(), DetectError> {
        let mut ends = self.spent.iter().zip(&self.ends);
        match ends.find(|(part, _)| part.name == name) {
            Some((_, mark)) => Ok(on.mark_again(mark).map_err(InferError::from)?),
            None => Ok(()),
        }
    }

    /// Waits until the last part has ended.
    pub(super) fn wait(&self) -> Result<(), DetectError> {
        let last = self.ends.last().unwrap_or(&self.start);
        Ok(last.wait().map_err(InferError::from)?)
    }

    /// Says how many bytes a part reads or writes at least.
    pub(super) fn count(&mut self, name: &str, bytes: u64) {
        for part in self.spent.iter_mut().filter(|part| part.name == name) {
            part.bytes = bytes;
        }
    }

    /// How long each part took, after [`Clock::wait`].
    pub(super) fn spent(&mut self) -> Result<&[DevicePart], DetectError> {
        let mut ended = 0;
        for (end, part) in self.ends.iter().zip(&mut self.spent) {
            let at = nanos_since(end, &self.start)?;
            (part.start, part.nanos) = (ended, at.saturating_sub(ended));
            ended = part.end();
        }
        Ok(&self.spent)
    }
}
