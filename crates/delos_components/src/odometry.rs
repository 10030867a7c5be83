//! Where the vehicle is: poses of the data set, or out of its LiDAR scans.

use crate::environment::{Environment, PoseFact, PoseOrigin};
use crate::topics;
use delos_core::{Ego, EgoPose, Header, PointCloud};
use delos_odometry::{EgoMotionEstimate, Odometry, OdometryConfig, Outcome};
use delos_runtime::{BuildContext, Component, ComponentResult, In, Io, Out, PortList};
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// Where poses are taken from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PoseSource {
    /// From the data set where a sequence begins with one, else from LiDAR.
    #[default]
    Auto,
    /// From the data set only.
    File,
    /// From LiDAR, whatever the data set has.
    Lidar,
}

/// Parameters of the odometry component.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct OdometryComponentConfig {
    /// Where poses are taken from: `auto`, `file` or `lidar`.
    pub source: PoseSource,
    /// Estimating them from LiDAR.
    pub lidar: OdometryConfig,
}

/// Ports of the odometry.
#[derive(Clone)]
pub struct OdometryPorts {
    cloud: In<PointCloud<Ego>>,
    file: In<EgoPose>,
    pose: Out<EgoPose>,
}

/// Poses of the data set, or out of its LiDAR scans. A sequence never changes from one to the other,
/// because their worlds drift apart.
pub struct OdometryComponent {
    ports: OdometryPorts,
    source: PoseSource,
    odometry: Odometry,
    scene: Option<Scene>,
    node: String,
    environment: Option<Arc<Environment>>,
}

/// A sequence, or a scene of it.
struct Scene {
    sequence: Arc<str>,
    number: u32,
    origin: PoseOrigin,
    /// Whether the last scan could be used: what is wrong is said when it begins.
    good: bool,
}

impl Component for OdometryComponent {
    const KIND: &'static str = "odometry";
    const ABOUT: &'static str = "Says where the vehicle is: passes on the poses of the data set, or \
                                 estimates them from LiDAR scans.";
    type Config = OdometryComponentConfig;
    type Ports = OdometryPorts;

    fn ports(_: &OdometryComponentConfig, list: &mut PortList) -> OdometryPorts {
        OdometryPorts {
            cloud: list.optional("cloud", topics::CLOUD),
            file: list.optional("file", topics::POSE),
            pose: list.output("pose", topics::ODOMETRY_POSE),
        }
    }

    fn build(
        config: OdometryComponentConfig,
        ports: OdometryPorts,
        context: &BuildContext,
    ) -> ComponentResult<Self> {
        Ok(Self {
            ports,
            source: config.source,
            odometry: Odometry::new(config.lidar)?,
            scene: None,
            node: context.node().to_owned(),
            environment: context.get::<Environment>(),
        })
    }

    fn process(&mut self, io: &mut Io<'_>) -> ComponentResult {
        let origin = self.origin(io);
        let pose = match origin {
            PoseOrigin::File => self.passed_on(io),
            PoseOrigin::Lidar => self.estimated(io)?,
        };
        if let Some(pose) = pose {
            io.put(self.ports.pose, pose);
        }
        Ok(())
    }
}

impl OdometryComponent {
    /// Where the poses of this scene come from, decided by its first frame.
    fn origin(&mut self, io: &mut Io<'_>) -> PoseOrigin {
        let header = Arc::clone(io.header());
        if let Some(scene) = self.scene.as_ref().filter(|scene| scene.has(&header)) {
            return scene.origin;
        }
        let origin = match (self.source, io.get(self.ports.file)) {
            (PoseSource::File, _) | (PoseSource::Auto, Some(_)) => PoseOrigin::File,
            (PoseSource::Lidar, _) | (PoseSource::Auto, None) => PoseOrigin::Lidar,
        };
        self.tell(&header.sequence, origin, io);
        self.odometry.reset();
        let sequence = Arc::clone(&header.sequence);
        self.scene = Some(Scene { sequence, number: header.scene, origin, good: true });
        origin
    }

    fn tell(&self, sequence: &str, origin: PoseOrigin, io: &mut Io<'_>) {
        let alone = self.environment.as_ref().is_some_and(|e| e.frames_are_independent());
        match origin {
            PoseOrigin::File => io.notice("poses are those of the data set"),
            // Where no frame follows another there is nothing to estimate.
            PoseOrigin::Lidar if alone => {}
            PoseOrigin::Lidar => io.notice("poses are estimated from LiDAR"),
        }
        if let Some(environment) = &self.environment {
            let (node, sequence) = (self.node.clone(), sequence.to_owned());
            environment.note_poses(PoseFact { node, sequence, origin });
        }
    }

    fn passed_on(&mut self, io: &mut Io<'_>) -> Option<EgoPose> {
        let pose = io.get(self.ports.file).map(|pose| *pose);
        let missing = pose.is_none().then(|| "the data set has no pose".to_owned());
        self.complain(missing, io);
        pose
    }

    fn estimated(&mut self, io: &mut Io<'_>) -> ComponentResult<Option<EgoPose>> {
        let nothing = PointCloud::new(vec![]);
        let cloud = io.get(self.ports.cloud);
        let cloud = cloud.as_deref().unwrap_or(&nothing);
        let stamp = io.header().stamp;
        let estimate = match cloud.times().filter(|times| times.is_rolling()) {
            Some(times) => self.odometry.step_deskewed(stamp, cloud, times.seconds())?,
            None => self.odometry.step(stamp, cloud)?,
        };
        self.complain(complaint(&estimate), io);
        if self.odometry.map_is_full() {
            io.notice("the map of the odometry is full: raise `lidar.max_voxels`");
        }
        let waiting = matches!(estimate.outcome, Outcome::Waiting(_));
        Ok((!waiting).then_some(EgoPose { world_from_ego: estimate.world_from_ego }))
    }

    /// Says what is wrong, once for each stretch of bad frames and for each new map.
    fn complain(&mut self, wrong: Option<String>, io: &mut Io<'_>) {
        let Some(scene) = &mut self.scene else { return };
        let (was_good, frame) = (scene.good, io.header().frame);
        scene.good = wrong.is_none();
        if let Some(wrong) = wrong.filter(|_| was_good) {
            io.notice(format!("sequence {} frame {frame}: {wrong}", scene.sequence));
        }
    }
}

impl Scene {
    fn has(&self, header: &Header) -> bool {
        self.sequence == header.sequence && self.number == header.scene
    }
}

/// What a user should know of an estimate.
fn complaint(estimate: &EgoMotionEstimate) -> Option<String> {
    match estimate.outcome {
        Outcome::Waiting(why) => Some(format!("no pose yet, the scan is no good: {why}")),
        Outcome::Predicted(why) => Some(format!("pose predicted, the scan is no good: {why}")),
        Outcome::Restarted(why) => Some(format!(
            "a new map begins at a predicted pose, the last scans were no good: {why}"
        )),
        _ => None,
    }
}

#[cfg(test)]
mod tests;
