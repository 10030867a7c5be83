//! The odometry, scan by scan.

mod judge;

use crate::grid::Thinner;
use crate::map::VoxelMap;
use crate::registration::{Aligned, agreement, align};
use crate::threshold::AdaptiveThreshold;
use crate::{EgoMotionEstimate, Fit, OdometryConfig, OdometryError, Outcome, Twist, Unusable};
use delos_core::{Ego, LidarPoint, PointCloud, Position, Stamp, Transform, World};
use delos_geom::SteadyMotion;
use nalgebra::{Isometry3, Point3, Translation3, Vector3};

/// Scale of the kernel that tells a right fit from one that is a voxel off, voxels.
const CLOSE_VOXELS: f64 = 0.1;
/// Most speeds that are tried for a vehicle of unknown speed, besides standing.
const MOST_SPEEDS: u32 = 50;

/// Where the vehicle is, from one scan after the other.
///
/// The world is the vehicle's frame of the first usable scan. A scan that cannot be used is no
/// error: the pose goes on at constant velocity, and [`EgoMotionEstimate::outcome`] says why.
#[derive(Clone, Debug)]
pub struct Odometry {
    config: OdometryConfig,
    map: VoxelMap,
    threshold: AdaptiveThreshold,
    thinner: Thinner,
    scans: Scans,
    now: Motion,
}

/// Where the vehicle was last, and how it moved.
#[derive(Clone, Copy, Debug)]
struct Motion {
    stamp: Option<Stamp>,
    world_from_ego: Isometry3<f64>,
    /// From the last two scans that were fitted; `None` before there are two.
    velocity: Option<Twist>,
    /// Unusable scans since the last one that fitted.
    lost: u32,
}

impl Default for Motion {
    fn default() -> Self {
        Self { stamp: None, world_from_ego: Isometry3::identity(), velocity: None, lost: 0 }
    }
}

/// A scan in its three densities, kept to spare allocations.
#[derive(Clone, Debug, Default)]
struct Scans {
    in_range: Vec<Point3<f32>>,
    for_map: Vec<Point3<f32>>,
    for_fit: Vec<Point3<f32>>,
}

impl Odometry {
    /// An odometry without a map.
    ///
    /// # Errors
    /// [`OdometryError::Setting`] names a parameter out of its range.
    pub fn new(config: OdometryConfig) -> Result<Self, OdometryError> {
        config.validate()?;
        Ok(Self {
            map: VoxelMap::new(config.voxel_m, config.points_per_voxel, config.max_voxels),
            threshold: first_threshold(&config),
            thinner: Thinner::default(),
            scans: Scans::default(),
            now: Motion::default(),
            config,
        })
    }

    /// Forgets everything; the next scan begins another world.
    pub fn reset(&mut self) {
        self.map.clear();
        self.threshold = first_threshold(&self.config);
        self.now = Motion::default();
    }

    /// Takes the scan of `stamp`, all of whose points were measured at that instant or have been
    /// corrected for the vehicle's motion (as those of KITTI's odometry benchmark are).
    ///
    /// # Errors
    /// [`OdometryError::StampNotLater`]; then nothing has changed.
    pub fn step(
        &mut self,
        stamp: Stamp,
        scan: &PointCloud<Ego>,
    ) -> Result<EgoMotionEstimate, OdometryError> {
        let seconds = self.seconds_until(stamp)?;
        let points = scan.points().iter().map(|p| Point3::new(p.x, p.y, p.z));
        let usable = in_range(&self.config);
        self.scans.in_range.clear();
        self.scans.in_range.extend(points.filter(usable));
        Ok(self.advance(stamp, seconds))
    }

    /// Takes a scan whose points were measured one after the other, `offsets_s` (`[N]`, seconds)
    /// after `stamp` each, and corrects it for the motion of the vehicle meanwhile.
    ///
    /// # Errors
    /// [`OdometryError::Times`] when there is not one offset for each point,
    /// [`OdometryError::StampNotLater`]; then nothing has changed.
    pub fn step_deskewed(
        &mut self,
        stamp: Stamp,
        scan: &PointCloud<Ego>,
        offsets_s: &[f32],
    ) -> Result<EgoMotionEstimate, OdometryError> {
        let (times, points) = (offsets_s.len(), scan.points().len());
        if times != points {
            return Err(OdometryError::Times { times, points });
        }
        let seconds = self.seconds_until(stamp)?;
        let motion = SteadyMotion::new(self.now.velocity.unwrap_or_default());
        let moved = |(point, offset): (&LidarPoint, &f32)| {
            let seen = Vector3::new(point.x, point.y, point.z).cast();
            Point3::from(motion.at_stamp(&seen, f64::from(*offset)).cast())
        };
        let usable = in_range(&self.config);
        self.scans.in_range.clear();
        self.scans.in_range.extend(scan.points().iter().zip(offsets_s).map(moved).filter(usable));
        Ok(self.advance(stamp, seconds))
    }

    /// Velocity of the vehicle in its own frame, once two scans have been fitted.
    pub const fn velocity(&self) -> Option<Twist> {
        self.now.velocity
    }

    /// The points of the map, in no meaningful order that is yet always the same.
    pub fn map(&self) -> impl Iterator<Item = Position<World>> {
        self.map.points().map(Position::from_point)
    }

    /// How many voxels the map has.
    pub fn map_voxels(&self) -> usize {
        self.map.voxels()
    }

    /// Whether the map has no room for new places (`max_voxels`).
    pub fn map_is_full(&self) -> bool {
        self.map.voxels() >= self.config.max_voxels as usize
    }

    /// Seconds since the scan before, 0 for the first.
    fn seconds_until(&self, stamp: Stamp) -> Result<f64, OdometryError> {
        let Some(before) = self.now.stamp else { return Ok(0.0) };
        if stamp <= before {
            let (previous_ns, stamp_ns) = (before.as_nanos(), stamp.as_nanos());
            return Err(OdometryError::StampNotLater { previous_ns, stamp_ns });
        }
        Ok((stamp - before).as_secs_f64())
    }

    /// One scan (KISS-ICP, algorithm of section III): thin, predict, fit, judge, learn.
    fn advance(&mut self, stamp: Stamp, seconds: f64) -> EgoMotionEstimate {
        self.thin();
        self.now.stamp = Some(stamp);
        if self.map.is_empty() {
            return self.start(stamp);
        }
        let predicted = self.predicted(seconds);
        let aligned = match self.now.velocity {
            Some(_) => self.fit_from(predicted),
            None => self.fit_at_unknown_speed(seconds),
        };
        match self.judge(&aligned, &predicted, seconds) {
            Ok(()) => self.accept(stamp, seconds, &predicted, &aligned),
            Err(why) => self.keep_prediction(stamp, predicted, why, aligned.fit),
        }
    }

    /// Thins the scan twice (section III-B).
    fn thin(&mut self) {
        let Scans { in_range, for_map, for_fit } = &mut self.scans;
        self.thinner.thin(in_range, 0.5 * self.config.voxel_m, for_map);
        self.thinner.thin(for_map, 1.5 * self.config.voxel_m, for_fit);
    }

    fn fit_from(&self, guess: Isometry3<f64>) -> Aligned {
        align(&self.scans.for_fit, &self.map, guess, self.threshold.sigma_m(), &self.config)
    }

    /// Before the velocity is known, a fit finds its way from a voxel or two away, which a car on
    /// a motorway exceeds between two scans. So several speeds ahead are tried; the fit
    /// that agrees best with the map when looked at closely counts.
    fn fit_at_unknown_speed(&self, seconds: f64) -> Aligned {
        let seconds = seconds.min(self.config.max_gap_s);
        let most = (self.config.max_speed * seconds / self.config.voxel_m).ceil() as u32;
        let closely_m = CLOSE_VOXELS * self.config.voxel_m;
        let mut best = self.fit_from(self.now.world_from_ego);
        let mut agreement = self.agreement(&best, closely_m);
        for voxels in 1..=most.min(MOST_SPEEDS) {
            let ahead = Translation3::new(f64::from(voxels) * self.config.voxel_m, 0.0, 0.0);
            let aligned = self.fit_from(self.now.world_from_ego * ahead);
            let found = self.agreement(&aligned, closely_m);
            if found > agreement {
                (best, agreement) = (aligned, found);
            }
        }
        best
    }

    fn agreement(&self, aligned: &Aligned, sigma_m: f64) -> f64 {
        agreement(&self.scans.for_fit, &self.map, &aligned.world_from_ego, sigma_m)
    }

    /// Goes on at the last velocity (equation 1).
    fn predicted(&self, seconds: f64) -> Isometry3<f64> {
        let moved = self.now.velocity.map(|v| v.during(seconds.min(self.config.max_gap_s)));
        self.now.world_from_ego * moved.unwrap_or_else(Isometry3::identity)
    }

    fn start(&mut self, stamp: Stamp) -> EgoMotionEstimate {
        let outcome = match self.enough_points() {
            Ok(()) => {
                self.learn_places();
                Outcome::Started
            }
            Err(why) => Outcome::Waiting(why),
        };
        self.estimate(stamp, outcome, None)
    }

    fn accept(
        &mut self,
        stamp: Stamp,
        seconds: f64,
        predicted: &Isometry3<f64>,
        aligned: &Aligned,
    ) -> EgoMotionEstimate {
        let pose = aligned.world_from_ego;
        if self.now.velocity.is_some() {
            self.threshold.learn(&(predicted.inverse() * pose));
        }
        if self.now.lost == 0 {
            let motion = self.now.world_from_ego.inverse() * pose;
            self.now.velocity = Some(Twist::over(&motion, seconds));
        }
        self.now.world_from_ego = pose;
        self.now.lost = 0;
        self.learn_places();
        self.estimate(stamp, Outcome::Registered, Some(aligned.fit))
    }

    fn keep_prediction(
        &mut self,
        stamp: Stamp,
        predicted: Isometry3<f64>,
        why: Unusable,
        fit: Fit,
    ) -> EgoMotionEstimate {
        self.now.world_from_ego = predicted;
        self.now.lost += 1;
        let again = self.now.lost >= self.config.max_lost && self.enough_points().is_ok();
        let outcome = if again { self.restart(why) } else { Outcome::Predicted(why) };
        self.estimate(stamp, outcome, Some(fit))
    }

    fn restart(&mut self, why: Unusable) -> Outcome {
        self.map.clear();
        self.threshold = first_threshold(&self.config);
        self.now.velocity = None;
        self.now.lost = 0;
        self.learn_places();
        Outcome::Restarted(why)
    }

    /// Adds the scan to the map and forgets what is out of reach.
    fn learn_places(&mut self) {
        let pose = self.now.world_from_ego;
        for point in &self.scans.for_map {
            self.map.add(&(pose * point.cast::<f64>()));
        }
        self.map.forget_beyond(&pose.translation.vector.into(), self.config.max_range_m);
    }

    fn estimate(&self, stamp: Stamp, outcome: Outcome, fit: Option<Fit>) -> EgoMotionEstimate {
        let world_from_ego = Transform::new(self.now.world_from_ego);
        EgoMotionEstimate { stamp, world_from_ego, outcome, fit }
    }
}

fn first_threshold(config: &OdometryConfig) -> AdaptiveThreshold {
    AdaptiveThreshold::new(config.first_threshold_m, config.min_motion_m, config.max_range_m)
}

/// Whether a point is neither the vehicle itself nor out of reach.
fn in_range(config: &OdometryConfig) -> impl Fn(&Point3<f32>) -> bool {
    let squared = |metres: f64| (metres * metres) as f32;
    let (least, most) = (squared(config.min_range_m), squared(config.max_range_m));
    move |point| {
        let range2 = point.coords.norm_squared();
        range2 >= least && range2 <= most
    }
}

#[cfg(test)]
mod tests;
