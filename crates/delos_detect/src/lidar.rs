//! Objects in a LiDAR scan without a network: ground, clusters, boxes.
//!
//! ```
//! use delos_core::{LidarPoint, PointCloud};
//! use delos_detect::lidar::{LidarConfig, LidarDetector, LidarOutput};
//!
//! // The rear of a car, 1.6 m wide, ten metres ahead.
//! let rear = (0..17).flat_map(|i| (0..8).map(move |k| (i, k))).map(|(i, k)| LidarPoint {
//!     x: 10.0,
//!     y: -0.8 + 0.1 * i as f32,
//!     z: -1.5 + 0.17 * k as f32,
//!     intensity: 0.2,
//! });
//! let mut found = LidarOutput::default();
//! let mut detector = LidarDetector::new(LidarConfig::default());
//! detector.detect(&PointCloud::new(rear.collect()), 1.73, &mut found);
//! let car = &found.detections.0[0];
//! assert!((car.bbox.center.x() - 12.0).abs() < 0.2, "half a car's length behind its rear");
//! ```

mod classify;
mod cluster;
mod config;
mod ground;
mod groups;

pub use config::{ClusterConfig, GroundConfig, LidarConfig};

use classify::{Guess, is_vehicle, measure};
use cluster::{Grid, NO_CELL, Raised};
use config::FARTHEST_M;
use delos_core::{Detection3d, Detections3d, Ego, PointCloud, Score, Segment, Segments, Source};
use ground::GroundMap;
use groups::Groups;

/// A whole whose score reaches this is not taken apart.
const GOOD_SCORE: f64 = 0.45;
/// The parts of a cluster replace it when the best of them scores so much higher.
const SPLIT_GAIN: f64 = 0.1;
/// A part with a smaller share of the points does not speak for a split.
const SPLIT_SHARE: usize = 6;

/// What one scan holds.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct LidarOutput {
    /// What each point belongs to.
    pub segments: Segments,
    /// The boxes, by cluster number.
    pub detections: Detections3d,
}

/// Finds ground, clusters and boxes in scans. Holds buffers, no memory of earlier scans.
#[derive(Default)]
pub struct LidarDetector {
    config: LidarConfig,
    ground: GroundMap,
    raised: Vec<Raised>,
    grid: Grid,
    whole_count: u32,
    whole_of: Vec<u32>,
    part_of: Vec<u32>,
    wholes: Groups,
    parts: Groups,
    plan: Vec<[f64; 2]>,
    heights: Vec<f32>,
}

impl LidarDetector {
    /// A detector with these parameters, which [`LidarConfig::validate`] has let pass; with
    /// others it finds less than it could, but neither panics nor takes more memory.
    pub fn new(config: LidarConfig) -> Self {
        Self { config, ..Self::default() }
    }

    /// Finds what is in one scan, in time linear in its points.
    ///
    /// The sensor is the origin of [`Ego`], `ego_height_m` metres above nominal ground.
    /// `out` is overwritten: its segments are as long as the scan, every detection names
    /// its cluster, scores are in 0..=1. The same scan gives the same output, bit for bit.
    pub fn detect(&mut self, cloud: &PointCloud<Ego>, ego_height_m: f64, out: &mut LidarOutput) {
        self.split_ground(cloud, ego_height_m, &mut out.segments);
        self.cluster();
        self.describe(out);
    }

    /// First stage: labels the ground and gathers what stands on it.
    ///
    /// Public for measurements of the single stage; [`detect`](Self::detect) calls it.
    pub fn split_ground(
        &mut self,
        cloud: &PointCloud<Ego>,
        ego_height_m: f64,
        segments: &mut Segments,
    ) {
        let points = cloud.points();
        self.ground.estimate(points, -ego_height_m as f32, &self.config.ground);
        segments.clusters = 0;
        segments.labels.clear();
        segments.labels.resize(points.len(), Segment::Rest);
        self.raised.clear();
        let (near, far) = (self.config.min_range_m as f32, self.reach() as f32);
        let thickness = self.config.ground.thickness_m as f32;
        let below = self.config.ground.below_m as f32;
        for (index, p) in points.iter().enumerate() {
            let range = p.planar_range();
            if !(near..far).contains(&range) {
                continue;
            }
            let height = p.z - self.ground.height(p.x, p.y, range);
            if height <= thickness {
                if height > -below {
                    segments.labels[index] = Segment::Ground;
                }
            } else if height < self.config.max_height_m as f32 {
                let index = index as u32;
                self.raised.push(Raised { index, x: p.x, y: p.y, z: p.z, height, cell: NO_CELL });
            }
        }
    }

    fn reach(&self) -> f64 {
        self.config.max_range_m.clamp(1.0, FARTHEST_M)
    }

    /// Second stage: groups what [`split_ground`](Self::split_ground) left, with the whole
    /// gap and with the smaller one.
    pub fn cluster(&mut self) {
        let reach = self.reach();
        let config = &self.config.cluster;
        self.grid.fill(&mut self.raised, reach, config);
        let wholes = self.grid.connect(1.0, config, &mut self.whole_of);
        let parts = self.grid.connect(config.split_share, config, &mut self.part_of);
        let raised = &self.raised;
        let group_in = |of: &[u32], i: usize| of.get(raised[i].cell as usize).copied();
        self.wholes.fill(wholes, raised.len(), |i| group_in(&self.whole_of, i));
        self.parts.fill(parts, raised.len(), |i| group_in(&self.part_of, i));
        self.whole_count = wholes;
    }

    /// Third stage: boxes of the groups, of the wholes or of their parts. The segments in
    /// `out` are those that [`split_ground`](Self::split_ground) has begun.
    pub fn describe(&mut self, out: &mut LidarOutput) {
        out.detections.0.clear();
        out.segments.clusters = 0;
        for whole in 0..self.whole_count {
            if self.wholes.of(whole).len() >= self.config.cluster.min_points as usize {
                self.describe_whole(whole, out);
            }
        }
    }

    /// Publishes a whole, or its parts where one of them looks more like a vehicle.
    fn describe_whole(&mut self, whole: u32, out: &mut LidarOutput) {
        let guess = self.guess(whole, false);
        let score = guess.map_or(0.0, |g| g.score);
        if score < GOOD_SCORE {
            let parts = self.parts_of(whole);
            if parts.len() > 1 {
                let guesses: Vec<_> =
                    parts.iter().map(|part| (*part, self.guess(*part, true))).collect();
                if self.best_vehicle(whole, &guesses) > score + SPLIT_GAIN {
                    for (part, guess) in guesses {
                        self.publish(self.parts.of(part), guess, out);
                    }
                    return;
                }
            }
        }
        self.publish(self.wholes.of(whole), guess, out);
    }

    /// Numbers of the parts of a whole, ascending.
    fn parts_of(&self, whole: u32) -> Vec<u32> {
        let cells = self.wholes.of(whole).iter().map(|m| self.raised[*m as usize].cell);
        let mut parts: Vec<u32> = cells.map(|cell| self.part_of[cell as usize]).collect();
        parts.sort_unstable();
        parts.dedup();
        parts
    }

    /// Highest score of a vehicle among the larger parts.
    fn best_vehicle(&self, whole: u32, guesses: &[(u32, Option<Guess>)]) -> f64 {
        let all = self.wholes.of(whole).len();
        guesses
            .iter()
            .filter(|(part, _)| self.parts.of(*part).len() * SPLIT_SHARE > all)
            .filter_map(|(_, guess)| guess.filter(|g| is_vehicle(g.class)))
            .fold(0.0, |best, g| best.max(g.score))
    }

    /// Measures a group and takes it for something.
    fn guess(&mut self, group: u32, is_part: bool) -> Option<Guess> {
        let members = if is_part { self.parts.of(group) } else { self.wholes.of(group) };
        if members.len() < self.config.cluster.min_points as usize {
            return None;
        }
        self.plan.clear();
        self.heights.clear();
        let mut ground = f64::INFINITY;
        for m in members {
            let p = &self.raised[*m as usize];
            self.plan.push([f64::from(p.x), f64::from(p.y)]);
            self.heights.push(p.height);
            ground = ground.min(f64::from(p.z - p.height));
        }
        classify::guess(&measure(&self.plan, &self.heights, ground)?)
    }

    /// Labels the points of a cluster and writes its box.
    fn publish(&self, members: &[u32], guess: Option<Guess>, out: &mut LidarOutput) {
        if members.len() < self.config.cluster.min_points as usize {
            return;
        }
        let cluster = out.segments.clusters;
        out.segments.clusters += 1;
        for m in members {
            let index = self.raised[*m as usize].index as usize;
            if let Some(label) = out.segments.labels.get_mut(index) {
                *label = Segment::Cluster(cluster);
            }
        }
        let Some(guess) = guess.filter(|g| g.score >= self.config.min_score) else { return };
        out.detections.0.push(Detection3d {
            bbox: guess.bbox,
            class: guess.class,
            score: Score::clamped(guess.score),
            points: members.len() as u32,
            cluster: Some(cluster),
            source: Source::Lidar,
            image_box: None,
        });
    }
}

#[cfg(test)]
mod tests;
