//! Scans before the detector: put right for the vehicle's motion, joined with those before.

use crate::topics;
use delos_core::setting::{check, not_negative, positive};
use delos_core::{Ego, EgoPose, PointCloud, PointTimes, SettingError, Span, Stamp};
use delos_geom::{SweepRules, Sweeps, Twist, deskewed};
use delos_runtime::{BuildContext, Component, ComponentResult, In, Io, Out, PortList};
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// Poses farther apart in time say nothing of the velocity, seconds.
const LONGEST_GAP_S: f64 = 1.0;
/// More scans than this are joined nowhere in the field (nuScenes' ten sweeps).
const MOST_SCANS: usize = 32;

/// Parameters of the sweeps. As they are by default the scan is passed on as it is.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct SweepsConfig {
    /// Whether points that were measured one after the other are moved to where the vehicle would
    /// have seen them at the scan's stamp. Needs poses, and points with times
    /// (`replay.point_times`, `simulate.turn_s`).
    pub deskew: bool,
    /// How many scans make one, the present one among them, 1 to 32. Needs poses.
    pub count: usize,
    /// Older scans are left out, seconds.
    pub max_age_s: f64,
    /// Of older scans returns nearer than this are left out, metres: those of the vehicle itself.
    pub own_m: f64,
}

impl Default for SweepsConfig {
    fn default() -> Self {
        Self { deskew: false, count: 1, max_age_s: 0.5, own_m: 2.0 }
    }
}

impl SweepsConfig {
    const fn needs_poses(&self) -> bool {
        self.deskew || self.count > 1
    }

    fn validate(&self) -> Result<(), SettingError> {
        let fits = (1..=MOST_SCANS).contains(&self.count);
        check("count", self.count as f64, "1 to 32", fits)?;
        positive("max_age_s", self.max_age_s)?;
        not_negative("own_m", self.own_m)
    }

    fn rules(&self) -> SweepRules {
        let max_age = Span::from_secs_f64(self.max_age_s);
        SweepRules { count: self.count, max_age, own_m: self.own_m }
    }
}

/// Ports of the sweeps.
#[derive(Clone)]
pub struct SweepsPorts {
    cloud: In<PointCloud<Ego>>,
    pose: Option<In<EgoPose>>,
    joined: Out<PointCloud<Ego>>,
}

/// Puts scans right for the vehicle's motion and joins them with those before.
pub struct SweepsComponent {
    ports: SweepsPorts,
    deskews: bool,
    joins: bool,
    sweeps: Sweeps,
    scene: Option<(Arc<str>, u32)>,
    last: Option<(Stamp, EgoPose)>,
}

impl Component for SweepsComponent {
    const KIND: &'static str = "sweeps";
    const ABOUT: &'static str = "Puts scans right for the vehicle's motion during the turn, and \
                                 joins several in the frame of the last; neither by default.";
    type Config = SweepsConfig;
    type Ports = SweepsPorts;

    fn ports(config: &SweepsConfig, list: &mut PortList) -> SweepsPorts {
        // Without a need for poses nothing waits for them.
        let pose = || list.optional("pose", topics::ODOMETRY_POSE);
        let pose = config.needs_poses().then(pose);
        SweepsPorts {
            pose,
            cloud: list.input("cloud", topics::CLOUD),
            joined: list.output("joined", topics::JOINED_CLOUD),
        }
    }

    fn build(config: SweepsConfig, ports: SweepsPorts, _: &BuildContext) -> ComponentResult<Self> {
        config.validate()?;
        let sweeps = Sweeps::new(config.rules());
        let (deskews, joins) = (config.deskew, config.count > 1);
        Ok(Self { ports, deskews, joins, sweeps, scene: None, last: None })
    }

    fn process(&mut self, io: &mut Io<'_>) -> ComponentResult {
        self.begin_scene(io);
        let stamp = io.header().stamp;
        let pose = self.ports.pose.and_then(|port| io.get(port)).map(|pose| *pose);
        let velocity = pose.and_then(|pose| self.velocity(stamp, &pose));
        self.last = pose.map(|pose| (stamp, pose));
        let Some(cloud) = io.get(self.ports.cloud) else { return Ok(()) };
        if self.ports.pose.is_some() && pose.is_none() {
            io.notice("no pose: scans are passed on as they are, neither put right nor joined");
        }
        let mut cloud = Arc::clone(&cloud.body);
        if self.deskews {
            if let Some(wrong) = not_to_deskew(&cloud) {
                io.notice(wrong);
            }
            let straight = velocity.and_then(|velocity| deskewed(&cloud, &velocity));
            cloud = straight.map_or(cloud, Arc::new);
        }
        if self.joins {
            cloud = self.sweeps.add(stamp, pose.as_ref(), &cloud);
        }
        io.put_shared(self.ports.joined, cloud);
        Ok(())
    }
}

impl SweepsComponent {
    fn begin_scene(&mut self, io: &Io<'_>) {
        let header = io.header();
        let scene = (Arc::clone(&header.sequence), header.scene);
        if self.scene.as_ref() != Some(&scene) {
            self.scene = Some(scene);
            self.last = None;
            self.sweeps.reset();
        }
    }

    /// From the pose before to this one; `None` for the first of a scene.
    fn velocity(&self, stamp: Stamp, pose: &EgoPose) -> Option<Twist> {
        let (before, last) = self.last.as_ref()?;
        let seconds = (stamp - *before).as_secs_f64();
        let last_from_now = last.world_from_ego.inverse() * pose.world_from_ego;
        let is_short = seconds > 0.0 && seconds <= LONGEST_GAP_S;
        is_short.then(|| Twist::over(last_from_now.isometry(), seconds))
    }
}

/// Why a scan stays as it is.
fn not_to_deskew(cloud: &PointCloud<Ego>) -> Option<&'static str> {
    match cloud.times() {
        None => Some(
            "`deskew`: the points have no times; where the data set knows them, \
             `point_times = true` of the `replay` node reads them",
        ),
        Some(PointTimes::Aligned(_) | PointTimes::Joined(_)) => {
            Some("`deskew`: the scans have been put right already")
        }
        Some(PointTimes::Rolling(_)) => None,
    }
}

#[cfg(test)]
mod tests;
