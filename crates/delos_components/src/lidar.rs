//! Objects out of LiDAR scans.

use crate::topics;
use delos_core::{Calibration, Detections3d, Ego, PointCloud, Segments};
use delos_detect::lidar::{LidarConfig, LidarDetector, LidarOutput};
use delos_runtime::{BuildContext, Component, ComponentResult, Concurrency, In, Io, Out, PortList};

/// Ports of the LiDAR component.
#[derive(Clone)]
pub struct LidarPorts {
    cloud: In<PointCloud<Ego>>,
    calibration: In<Calibration>,
    segments: Out<Segments>,
    objects: Out<Detections3d>,
}

/// Ground removal, clusters and boxes.
pub struct LidarComponent {
    ports: LidarPorts,
    detector: LidarDetector,
}

impl Component for LidarComponent {
    const KIND: &'static str = "lidar_detector";
    const ABOUT: &'static str = "Finds objects in LiDAR scans: ground, clusters, oriented boxes.";
    const CONCURRENCY: Concurrency = Concurrency::PerFrame;
    type Config = LidarConfig;
    type Ports = LidarPorts;

    fn ports(_: &LidarConfig, list: &mut PortList) -> LidarPorts {
        LidarPorts {
            cloud: list.input("cloud", topics::CLOUD),
            calibration: list.optional("calibration", topics::CALIBRATION),
            segments: list.output("segments", topics::SEGMENTS),
            objects: list.output("objects", topics::LIDAR_OBJECTS),
        }
    }

    fn build(config: LidarConfig, ports: LidarPorts, _: &BuildContext) -> ComponentResult<Self> {
        config.validate()?;
        Ok(Self { ports, detector: LidarDetector::new(config) })
    }

    fn process(&mut self, io: &mut Io<'_>) -> ComponentResult {
        let Some(cloud) = io.get(self.ports.cloud) else { return Ok(()) };
        let height = io.get(self.ports.calibration).map_or(0.0, |c| c.ego_height_m);
        let mut output = LidarOutput::default();
        self.detector.detect(&cloud, height, &mut output);
        io.put(self.ports.segments, output.segments);
        io.put(self.ports.objects, output.detections);
        Ok(())
    }
}
