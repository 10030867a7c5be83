//! Better tracks, a little later.

use crate::environment::Environment;
use crate::result_files::ResultFiles;
use crate::result_rows::{FrameRows, TRACKS_DELAYED};
use crate::topics;
use delos_core::{Body, Calibration, DigestHasher, Msg, Tracks};
use delos_runtime::{BuildContext, Component, ComponentResult, In, Io, Out, PortList, Role};
use delos_track::{DelayedConfig, DelayedFrame, DelayedTracks};
use std::collections::VecDeque;
use std::sync::Arc;

/// Frames whose tracks became final in a tick, the oldest first.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct BetterTracks(pub Vec<DelayedFrame>);

impl Body for BetterTracks {
    const NAME: &'static str = "delayed tracks";
    fn digest(&self, hasher: &mut DigestHasher) {
        hasher.u64(self.0.len() as u64);
        for frame in &self.0 {
            hasher.u32(frame.frame).u64(frame.stamp.as_nanos() as u64);
            frame.tracks.digest(hasher);
        }
    }
}

/// Ports of the smoother.
#[derive(Clone)]
pub struct SmootherPorts {
    tracks: In<Tracks>,
    calibration: In<Calibration>,
    better: Out<BetterTracks>,
}

/// Smooths tracks, fills their gaps and judges them anew, a fixed lag behind.
pub struct SmootherComponent {
    ports: SmootherPorts,
    delayed: DelayedTracks,
    files: Option<ResultFiles>,
    scene: Option<(Arc<str>, u32)>,
    /// Of the frames that are not final, the oldest first.
    calibrations: VecDeque<Option<Msg<Calibration>>>,
}

impl Component for SmootherComponent {
    const KIND: &'static str = "smoother";
    const ABOUT: &'static str =
        "Gives better tracks a little later: smoothed, gaps filled, judged by what came after.";
    const ROLE: Role = Role::Observer;
    type Config = DelayedConfig;
    type Ports = SmootherPorts;

    fn ports(_: &DelayedConfig, list: &mut PortList) -> SmootherPorts {
        SmootherPorts {
            tracks: list.input("tracks", topics::TRACKS),
            calibration: list.optional("calibration", topics::CALIBRATION),
            better: list.output("tracks_delayed", topics::TRACKS_DELAYED),
        }
    }

    fn build(
        config: DelayedConfig,
        ports: SmootherPorts,
        context: &BuildContext,
    ) -> ComponentResult<Self> {
        let environment = context.get::<Environment>();
        let out = environment.as_ref().and_then(|environment| environment.wishes.out.as_ref());
        Ok(Self {
            ports,
            delayed: DelayedTracks::new(config)?,
            files: out.map(|out| ResultFiles::new(out, &[TRACKS_DELAYED])),
            scene: None,
            calibrations: VecDeque::new(),
        })
    }

    fn process(&mut self, io: &mut Io<'_>) -> ComponentResult {
        let header = Arc::clone(io.header());
        let scene = (Arc::clone(&header.sequence), header.scene);
        let mut ready = Vec::new();
        if self.scene.as_ref() != Some(&scene) {
            ready = self.end_scene();
            self.scene = Some(scene);
        }
        if let Some(files) = &mut self.files {
            files.begin(&header.sequence)?;
        }
        if let Some(tracks) = io.get(self.ports.tracks) {
            let new = self.delayed.push(header.frame, header.stamp, &tracks)?;
            self.calibrations.push_back(io.get(self.ports.calibration));
            self.write(&new);
            ready.extend(new);
        }
        io.put(self.ports.better, BetterTracks(ready));
        Ok(())
    }

    fn finish(&mut self) -> ComponentResult {
        self.end_scene();
        Ok(self.files.as_mut().map_or(Ok(()), ResultFiles::close)?)
    }
}

impl SmootherComponent {
    /// The frames that waited for more.
    fn end_scene(&mut self) -> Vec<DelayedFrame> {
        let rest = self.delayed.finish();
        self.write(&rest);
        self.calibrations.clear();
        rest
    }

    /// Rows of frames into the file of the sequence that has begun.
    fn write(&mut self, frames: &[DelayedFrame]) {
        for frame in frames {
            let calibration = self.calibrations.pop_front().flatten();
            let Some(files) = &mut self.files else { continue };
            let mut rows = Vec::new();
            FrameRows::new(frame.frame, calibration.as_deref()).delayed(&frame.tracks, &mut rows);
            for (folder, row) in rows {
                files.add(folder, &row);
                files.add(folder, "\n");
            }
        }
    }
}
