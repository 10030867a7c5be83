//! Objects in a LiDAR scan without a network: ground, clusters, boxes; with one: [`network`];
//! [`JoinedDetector`] runs both.
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

mod axes;
mod classify;
mod cluster;
mod config;
mod cover;
mod evidence;
mod examples;
mod ground;
mod groups;
mod joined;
mod levels;
pub mod network;
mod one_sided;
mod overlaps;
mod region;
mod rules;
mod shape;
mod support;
mod surroundings;
mod trees;

pub use axes::{AxesDoubt, axes_doubt};
pub use config::{ClusterConfig, GroundConfig, LidarConfig};
pub use evidence::EVIDENCE;
pub use examples::Example;
pub use joined::JoinedDetector;
pub use one_sided::{SURE_SCORE, one_sided};
pub use region::{Region, RegionConfig};
pub use support::Support;

use cluster::{Grid, NO_CELL, Raised};
use config::FARTHEST_M;
use delos_core::{
    Box3, Detection3d, Detections3d, Ego, PointCloud, Score, Segment, Segments, Source,
};
use ground::GroundMap;
use levels::{LEVELS, Level, Node, Piece};
use overlaps::Overlaps;
use shape::ClusterPoints;
use std::mem;
use surroundings::SeenGround;

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
    region: Region,
    ground: GroundMap,
    raised: Vec<Raised>,
    grid: Grid,
    levels: [Level; LEVELS],
    pieces: Vec<Piece>,
    points: ClusterPoints,
    seen_ground: SeenGround,
    overlaps: Overlaps,
}

impl LidarDetector {
    /// A detector with these parameters, which [`LidarConfig::validate`] has let pass; with
    /// others it finds less than it could, but neither panics nor takes more memory.
    pub fn new(config: LidarConfig) -> Self {
        classify::prepare();
        Self { config, ..Self::default() }
    }

    /// The same, for objects in a region alone. Points up to 3 m from it are looked at too, those
    /// farther than 5 m are in no cluster; objects whose middle is not in it are left out, though not their clusters.
    #[must_use]
    pub fn within(self, region: Region) -> Self {
        Self { region, ..self }
    }

    /// Finds what is in one scan, in time linear in its points.
    ///
    /// The sensor is the origin of [`Ego`], `ego_height_m` metres above nominal ground; where the
    /// ground around is clearly at another height, that one counts.
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
        self.seen_ground.clear();
        let (near, far) = (self.config.min_range_m as f32, self.reach() as f32);
        let thickness = self.config.ground.thickness_m as f32;
        let below = self.config.ground.below_m as f32;
        let highest = self.config.max_height_m as f32;
        let heights = self.ground.ranges().iter().zip(self.ground.overs());
        for ((index, p), (range, height)) in (0..).zip(points).zip(heights) {
            if !(near..far).contains(range) {
                continue;
            }
            if *height <= thickness {
                if *height > -below {
                    segments.labels[index as usize] = Segment::Ground;
                    self.seen_ground.mark(p.x, p.y);
                }
            } else if *height < highest && self.region.reaches(p.x, p.y) {
                let (x, y, z, height) = (p.x, p.y, p.z, *height);
                self.raised.push(Raised { index, x, y, z, height, cell: NO_CELL });
            }
        }
    }

    /// Height of each point of the last scan over the ground, metres; infinite beyond 100 m.
    ///
    /// Public for measurements of the single stage.
    pub fn heights_over_ground(&self) -> &[f32] {
        self.ground.overs()
    }

    /// Height of the sensor over the ground of the last scan, metres: the stated one, unless the
    /// ground was clearly at another height.
    pub(crate) fn height_found(&self, stated_m: f64) -> f64 {
        stated_m - f64::from(self.ground.offset())
    }

    /// Whether the middle of a box is farther away than returns of the vehicle itself.
    fn is_clear(&self, bbox: &Box3<Ego>) -> bool {
        bbox.center.x().hypot(bbox.center.y()) >= self.config.min_range_m
    }

    /// Whether the middle of a box lies in the region.
    fn is_wanted(&self, bbox: &Box3<Ego>) -> bool {
        self.region.contains(bbox.center.x(), bbox.center.y())
    }

    /// Whether the middle of a box lies where clusters are looked for.
    fn covers(&self, bbox: &Box3<Ego>) -> bool {
        self.is_clear(bbox)
            && self.is_wanted(bbox)
            && bbox.center.x().hypot(bbox.center.y()) < self.reach()
    }

    fn reach(&self) -> f64 {
        self.config.max_range_m.clamp(1.0, FARTHEST_M)
    }

    /// Second stage: groups what [`split_ground`](Self::split_ground) left, with a wide, the
    /// usual and a narrow gap.
    pub fn cluster(&mut self) {
        let reach = self.reach();
        let config = &self.config.cluster;
        self.grid.fill(&mut self.raised, reach, config);
        self.grid.connect(config, &mut self.levels);
        levels::list(&mut self.levels);
    }

    /// Third stage: boxes of the groups, of the wholes or of their parts. The segments in
    /// `out` are those that [`split_ground`](Self::split_ground) has begun.
    pub fn describe(&mut self, out: &mut LidarOutput) {
        out.detections.0.clear();
        out.segments.clusters = 0;
        let mut pieces = mem::take(&mut self.pieces);
        for group in 0..self.levels[0].count {
            pieces.clear();
            self.cover(Node { level: 0, group }, &mut pieces);
            for piece in &pieces {
                self.publish(piece, out);
            }
        }
        self.pieces = pieces;
        self.overlaps.drop_weaker(&mut out.detections);
    }

    /// Labels the points of a cluster and writes its box.
    fn publish(&self, piece: &Piece, out: &mut LidarOutput) {
        let cluster = out.segments.clusters;
        out.segments.clusters += 1;
        for p in self.members(piece.node) {
            if let Some(label) = out.segments.labels.get_mut(p.index as usize) {
                *label = Segment::Cluster(cluster);
            }
        }
        let found = piece.guess.filter(|g| g.score >= self.config.min_score);
        let Some(guess) = found.filter(|g| self.is_wanted(&g.bbox)) else { return };
        out.detections.0.push(Detection3d {
            bbox: guess.bbox,
            class: guess.class,
            score: Score::clamped(guess.score),
            points: piece.points as u32,
            cluster: Some(cluster),
            source: Source::Lidar,
            image_box: None,
        });
    }
}

#[cfg(test)]
mod tests;
