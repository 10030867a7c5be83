//! The outputs that every source of sensor data has.

use crate::topics;
use delos_core::{Calibration, Ego, EgoPose, GroundTruth, Image, PointCloud, RadarScan};
use delos_ingest::SensorFrame;
use delos_runtime::{Io, Out, PortList};

/// Outputs of a source.
#[derive(Clone)]
pub struct SensorPorts {
    image: Out<Image>,
    cloud: Out<PointCloud<Ego>>,
    radar: Out<RadarScan<Ego>>,
    pose: Out<EgoPose>,
    calibration: Out<Calibration>,
    truth: Out<GroundTruth>,
}

impl SensorPorts {
    pub(crate) fn declare(list: &mut PortList) -> Self {
        Self {
            image: list.output("image", topics::IMAGE),
            cloud: list.output("cloud", topics::CLOUD),
            radar: list.output("radar", topics::RADAR),
            pose: list.output("pose", topics::POSE),
            calibration: list.output("calibration", topics::CALIBRATION),
            truth: list.output("truth", topics::TRUTH),
        }
    }

    /// Begins the frame and publishes what there is of it. Stand-ins from detection files
    /// are left to the caller.
    pub(crate) fn send(&self, frame: SensorFrame, io: &mut Io<'_>) {
        let place = format!("sequence {} frame {}", frame.header.sequence, frame.header.frame);
        io.begin(frame.header);
        for notice in frame.notices {
            io.notice(format!("{place}: {notice}"));
        }
        io.put_shared(self.calibration, frame.calibration);
        if let Some(image) = frame.image {
            io.put(self.image, image);
        }
        if let Some(cloud) = frame.cloud {
            io.put(self.cloud, cloud);
        }
        if let Some(radar) = frame.radar {
            io.put(self.radar, radar);
        }
        if let Some(pose) = frame.pose {
            io.put(self.pose, pose);
        }
        if let Some(truth) = frame.truth {
            io.put(self.truth, truth);
        }
    }
}
