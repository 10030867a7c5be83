//! What the odometry says of one scan.

use delos_core::{Ego, Stamp, Transform, World};
use std::fmt;

/// Where the vehicle was when a scan was taken, and how that is known.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct EgoMotionEstimate {
    /// Time of the scan.
    pub stamp: Stamp,
    /// Pose of the vehicle; the world is the vehicle's frame of the first usable scan.
    pub world_from_ego: Transform<World, Ego>,
    /// How the pose came about.
    pub outcome: Outcome,
    /// How well the scan fits the map, where it was compared.
    pub fit: Option<Fit>,
}

/// How a pose came about.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub enum Outcome {
    /// There is no map yet and the scan is no good to begin one: the pose is the identity and
    /// means nothing.
    Waiting(Unusable),
    /// The first usable scan: the map begins here.
    Started,
    /// The scan was fitted to the map.
    Registered,
    /// The scan could not be used: the pose goes on at constant velocity, the map is as before.
    Predicted(Unusable),
    /// Too many scans in a row could not be used: a new map begins with this one, at the predicted
    /// pose. From here on the world hangs together by that prediction alone.
    Restarted(Unusable),
}

impl Outcome {
    /// Whether the pose rests on the scan.
    pub const fn is_measured(&self) -> bool {
        matches!(self, Self::Started | Self::Registered)
    }
}

/// Why a scan could not be used.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub enum Unusable {
    /// Too few points are left after thinning.
    FewPoints {
        /// How many are left.
        points: usize,
        /// How many there must be.
        wanted: usize,
    },
    /// Too small a share of the points lies near the map.
    NoOverlap {
        /// The share, 0..=1.
        share: f64,
        /// What it must be.
        wanted: f64,
    },
    /// The points that lie near the map are all on one line or in one place, so that a turn
    /// about it would not be seen.
    OneLine {
        /// How far they lie from that line, metres (root of the mean square).
        spread_m: f64,
        /// How far they must.
        wanted_m: f64,
    },
    /// No vehicle changes its velocity like that.
    Jump {
        /// Distance between measurement and prediction, metres.
        distance_m: f64,
        /// What is possible.
        allowed_m: f64,
    },
}

impl fmt::Display for Unusable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::FewPoints { points, wanted } => {
                write!(f, "{points} points after thinning, at least {wanted} are needed")
            }
            Self::NoOverlap { share, wanted } => write!(
                f,
                "{:.0} % of the points lie near the map, at least {:.0} % must",
                share * 100.0,
                wanted * 100.0
            ),
            Self::OneLine { spread_m, wanted_m } => write!(
                f,
                "the points lie within {spread_m:.2} m of one line, at least {wanted_m:.2} m are needed"
            ),
            Self::Jump { distance_m, allowed_m } => write!(
                f,
                "the pose would jump by {distance_m:.2} m, at most {allowed_m:.2} m are possible"
            ),
        }
    }
}

/// How well a scan fits the map.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Fit {
    /// Points of the thinned scan.
    pub points: usize,
    /// Of these, how many have a point of the map within the correspondence threshold.
    pub correspondences: usize,
    /// Share of the points that lie within three tenths of a voxel of the map, 0..=1.
    pub overlap: f64,
    /// Mean of the kernel's weights over all points, 0..=1: the share that agrees with the map.
    pub agreement: f64,
    /// Root of the weighted mean square distance to the map, metres.
    pub residual_m: f64,
    /// The correspondence threshold, metres.
    pub threshold_m: f64,
    /// How far the corresponding points lie from the line nearest to them, metres (root of the
    /// weighted mean square).
    pub spread_m: f64,
    /// Iterations done.
    pub iterations: u32,
    /// Whether the last iteration moved less than the convergence criterion.
    pub converged: bool,
}
