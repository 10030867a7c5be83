//! Tracks in the image out of what the camera has found.

use crate::topics;
use delos_core::{Calibration, Detections2d, EgoPose, ImageTracks};
use delos_runtime::{BuildContext, Component, ComponentResult, In, Io, Out, PortList};
use delos_track::{CameraCompensation, CameraView, ImageTracker, ImageTrackerConfig};
use std::sync::Arc;

/// Ports of the tracker in the image.
#[derive(Clone)]
pub struct ImageTrackerPorts {
    detections: In<Detections2d>,
    calibration: In<Calibration>,
    pose: In<EgoPose>,
    tracks: Out<ImageTracks>,
}

/// Follows objects through the images of one camera.
pub struct ImageTrackerComponent {
    ports: ImageTrackerPorts,
    tracker: ImageTracker,
    scene: Option<(Arc<str>, u32)>,
}

impl Component for ImageTrackerComponent {
    const KIND: &'static str = "image_tracker";
    const ABOUT: &'static str = "Follows objects in the camera's image; takes the camera's own \
                                 motion out where calibration and pose are known.";
    type Config = ImageTrackerConfig;
    type Ports = ImageTrackerPorts;

    fn ports(_: &ImageTrackerConfig, list: &mut PortList) -> ImageTrackerPorts {
        ImageTrackerPorts {
            detections: list.input("detections", topics::CAMERA_DETECTIONS),
            calibration: list.optional("calibration", topics::CALIBRATION),
            pose: list.optional("pose", topics::POSE),
            tracks: list.output("tracks", topics::IMAGE_TRACKS),
        }
    }

    fn build(
        config: ImageTrackerConfig,
        ports: ImageTrackerPorts,
        _: &BuildContext,
    ) -> ComponentResult<Self> {
        Ok(Self { ports, tracker: ImageTracker::new(config)?, scene: None })
    }

    /// A frame without a message of the detector has not been looked at: no track misses
    /// anything there.
    fn process(&mut self, io: &mut Io<'_>) -> ComponentResult {
        let Some(detections) = io.get(self.ports.detections) else { return Ok(()) };
        let header = Arc::clone(io.header());
        let scene = (Arc::clone(&header.sequence), header.scene);
        if self.scene.as_ref() != Some(&scene) {
            self.tracker.reset();
            self.scene = Some(scene);
        }
        let view = self.view(io);
        let sees_motion = view.is_some_and(|view| view.world_from_ego.is_some());
        let wants_motion = self.tracker.config().camera_motion != CameraCompensation::Off;
        if wants_motion && !sees_motion && header.scene == 0 {
            io.notice(
                "no pose or no calibration: the camera's own motion is not taken out of the \
                 tracks in the image, which costs accuracy"
                    .to_owned(),
            );
        }
        let tracks = self.tracker.step(header.stamp, view, &detections)?.clone();
        if tracks.refused_births > 0 {
            let most = self.tracker.config().max_tracks;
            io.notice(format!("{most} tracks in the image: there may be no more at once"));
        }
        io.put(self.ports.tracks, tracks);
        Ok(())
    }
}

impl ImageTrackerComponent {
    fn view(&self, io: &Io<'_>) -> Option<CameraView> {
        let camera = io.get(self.ports.calibration)?.camera?;
        let world_from_ego = io.get(self.ports.pose).map(|pose| pose.world_from_ego);
        Some(CameraView { camera, world_from_ego })
    }
}
