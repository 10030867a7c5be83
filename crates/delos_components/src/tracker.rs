//! Tracks out of objects.

use crate::topics;
use delos_core::{Detections3d, EgoPose, Tracks};
use delos_runtime::{BuildContext, Component, ComponentResult, In, Io, Out, PortList};
use delos_track::{Tracker, TrackerConfig};
use std::sync::Arc;

#[cfg(test)]
mod tests;

/// Ports of the tracker.
#[derive(Clone)]
pub struct TrackerPorts {
    objects: In<Detections3d>,
    pose: In<EgoPose>,
    tracks: Out<Tracks>,
}

/// Follows objects over time.
pub struct TrackerComponent {
    ports: TrackerPorts,
    tracker: Tracker,
    scene: Option<(Arc<str>, u32)>,
}

impl Component for TrackerComponent {
    const KIND: &'static str = "tracker";
    const ABOUT: &'static str = "Follows objects over time with Kalman filters.";
    type Config = TrackerConfig;
    type Ports = TrackerPorts;

    fn ports(_: &TrackerConfig, list: &mut PortList) -> TrackerPorts {
        TrackerPorts {
            objects: list.input("objects", topics::OBJECTS),
            pose: list.optional("pose", topics::POSE),
            tracks: list.output("tracks", topics::TRACKS),
        }
    }

    fn build(
        config: TrackerConfig,
        ports: TrackerPorts,
        _: &BuildContext,
    ) -> ComponentResult<Self> {
        Ok(Self { ports, tracker: Tracker::new(config)?, scene: None })
    }

    /// A frame without a message of detections has not been looked at: no track misses anything
    /// there.
    fn process(&mut self, io: &mut Io<'_>) -> ComponentResult {
        let header = Arc::clone(io.header());
        let scene = (Arc::clone(&header.sequence), header.scene);
        if self.scene.as_ref() != Some(&scene) {
            self.tracker.reset();
            self.scene = Some(scene);
        }
        let pose = io.get(self.ports.pose).map(|pose| pose.world_from_ego);
        if pose.is_none() && header.scene == 0 {
            io.notice(
                "no pose: tracks live in the vehicle's own frame, which costs accuracy".to_owned(),
            );
        }
        let tracks = match io.get(self.ports.objects) {
            Some(objects) => self.tracker.step(header.stamp, pose, &objects)?.clone(),
            None => self.tracker.coast(header.stamp, pose)?.clone(),
        };
        // A frame that was left out has no tracks: those of the frame before are not repeated.
        if !self.tracker.facts().is_skipped {
            io.put(self.ports.tracks, tracks);
        }
        self.tell(io);
        Ok(())
    }
}

impl TrackerComponent {
    /// Says what was not done.
    fn tell(&self, io: &mut Io<'_>) {
        let facts = self.tracker.facts();
        if facts.is_skipped {
            io.notice("detections that came too late were left out".to_owned());
        }
        let refused = facts.refused_births;
        if refused > 0 {
            let most = self.tracker.config().max_tracks;
            io.notice(format!(
                "{refused} objects are not tracked: there are `max_tracks` = {most} tracks already"
            ));
        }
    }
}
