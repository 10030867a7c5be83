//! Objects out of what camera and LiDAR have found.

use crate::topics;
use delos_core::{Calibration, Detections2d, Detections3d, Ego, PointCloud, Segments};
use delos_fuse::{Fuser, FusionConfig};
use delos_runtime::{BuildContext, Component, ComponentResult, Concurrency, In, Io, Out, PortList};

/// Ports of the fusion.
#[derive(Clone)]
pub struct FusionPorts {
    calibration: In<Calibration>,
    cloud: In<PointCloud<Ego>>,
    segments: In<Segments>,
    lidar: In<Detections3d>,
    camera: In<Detections2d>,
    objects: Out<Detections3d>,
}

/// Gives LiDAR objects the class and confidence of the camera boxes they agree with, and
/// camera boxes a place in space.
pub struct FusionComponent {
    ports: FusionPorts,
    fuser: Fuser,
}

impl Component for FusionComponent {
    const KIND: &'static str = "fusion";
    const ABOUT: &'static str = "Joins camera and LiDAR objects; lifts camera boxes into space \
                                 where there is no LiDAR.";
    const CONCURRENCY: Concurrency = Concurrency::PerFrame;
    type Config = FusionConfig;
    type Ports = FusionPorts;

    fn ports(_: &FusionConfig, list: &mut PortList) -> FusionPorts {
        FusionPorts {
            calibration: list.optional("calibration", topics::CALIBRATION),
            cloud: list.optional("cloud", topics::CLOUD),
            segments: list.optional("segments", topics::SEGMENTS),
            lidar: list.optional("lidar", topics::LIDAR_OBJECTS),
            camera: list.optional("camera", topics::CAMERA_DETECTIONS),
            objects: list.output("objects", topics::OBJECTS),
        }
    }

    fn build(config: FusionConfig, ports: FusionPorts, _: &BuildContext) -> ComponentResult<Self> {
        config.validate()?;
        Ok(Self { ports, fuser: Fuser::new(config) })
    }

    fn process(&mut self, io: &mut Io<'_>) -> ComponentResult {
        let calibration = io.get(self.ports.calibration);
        let cloud = io.get(self.ports.cloud);
        let segments = io.get(self.ports.segments);
        let lidar = io.get(self.ports.lidar);
        let camera = io.get(self.ports.camera);
        let unknown = Calibration::default();
        let mut objects = Detections3d::default();
        self.fuser.fuse(
            calibration.as_deref().unwrap_or(&unknown),
            cloud.as_deref(),
            segments.as_deref(),
            lidar.as_deref(),
            camera.as_deref(),
            &mut objects,
        );
        io.put(self.ports.objects, objects);
        Ok(())
    }
}
