//! Several scans in the frame of the last.

use crate::now_from_before;
use delos_core::{Ego, EgoPose, LidarPoint, PointCloud, PointTimes, Span, Stamp};
use std::collections::VecDeque;
use std::sync::Arc;

/// Which scans are kept.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SweepRules {
    /// How many scans make one, the present one among them; 1: nothing is added.
    pub count: usize,
    /// Older ones are left out.
    pub max_age: Span,
    /// Returns nearer than this to the axis of the sensor are taken from the present scan alone,
    /// metres: those of the vehicle itself would trail behind it.
    pub own_m: f64,
}

/// Keeps scans and adds them to the present one, each where the vehicle sees its points now
/// if they stand still (as nuScenes' `from_file_multisweep`; Caesar et al., CVPR 2020).
#[derive(Clone, Debug)]
pub struct Sweeps {
    rules: SweepRules,
    /// The newest first.
    past: VecDeque<Past>,
}

#[derive(Clone, Debug)]
struct Past {
    stamp: Stamp,
    pose: EgoPose,
    cloud: Arc<PointCloud<Ego>>,
}

impl Sweeps {
    /// Without a scan.
    pub const fn new(rules: SweepRules) -> Self {
        Self { rules, past: VecDeque::new() }
    }

    /// Forgets all scans: another scene begins.
    pub fn reset(&mut self) {
        self.past.clear();
    }

    /// How many scans are kept for the next.
    pub fn kept(&self) -> usize {
        self.past.len()
    }

    /// The scan with those before it: its own points first, in their order, then those of the
    /// scans before, the newest first. The times say how old each point is
    /// ([`PointTimes::Joined`]); the points left out are those of this scan. With a count of 1 it
    /// is the very scan.
    ///
    /// Without a pose nothing can be added, to this scan or by it to a later one; a scan that is
    /// no later than the one before begins anew.
    pub fn add(
        &mut self,
        stamp: Stamp,
        pose: Option<&EgoPose>,
        cloud: &Arc<PointCloud<Ego>>,
    ) -> Arc<PointCloud<Ego>> {
        if self.rules.count <= 1 {
            return Arc::clone(cloud);
        }
        let Some(pose) = pose else {
            self.reset();
            return Arc::clone(cloud);
        };
        if self.past.front().is_some_and(|last| last.stamp >= stamp) {
            self.reset();
        }
        self.past.retain(|past| stamp - past.stamp <= self.rules.max_age);
        let whole = self.joined(stamp, pose, cloud);
        self.past.push_front(Past { stamp, pose: *pose, cloud: Arc::clone(cloud) });
        self.past.truncate(self.rules.count - 1);
        whole.unwrap_or_else(|| Arc::clone(cloud))
    }

    fn joined(
        &self,
        stamp: Stamp,
        pose: &EgoPose,
        cloud: &PointCloud<Ego>,
    ) -> Option<Arc<PointCloud<Ego>>> {
        let all =
            cloud.points().len() + self.past.iter().map(|p| p.cloud.points().len()).sum::<usize>();
        let (mut points, mut times) = (Vec::with_capacity(all), Vec::with_capacity(all));
        points.extend_from_slice(cloud.points());
        times.resize(points.len(), 0.0);
        for past in &self.past {
            let age_s = (past.stamp - stamp).as_secs_f64() as f32;
            let now = past.cloud.transformed(&now_from_before(&past.pose, pose));
            let both = past.cloud.points().iter().zip(now.points());
            let own_m = self.rules.own_m as f32;
            for (then, now) in both.filter(|(point, _)| point.planar_range() >= own_m) {
                points.push(LidarPoint { intensity: then.intensity, ..*now });
                times.push(age_s);
            }
        }
        let joined = PointCloud::with_times(points, PointTimes::Joined(times)).ok()?;
        Some(Arc::new(joined.after_dropping(cloud.dropped())))
    }
}

#[cfg(test)]
mod tests;
