//! What the trees learn from: every group of a scan, taken for everything it may be.

use super::classify::{Hypothesis, KINDS, hypotheses};
use super::evidence::EVIDENCE;
use super::levels::{LEVELS, Node};
use super::{LidarDetector, LidarOutput};
use delos_core::{Box3, Ego, ObjectClass, PointCloud};

/// A group of points taken for an object of one class.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Example {
    /// The class.
    pub class: ObjectClass,
    /// The box, completed for that class.
    pub bbox: Box3<Ego>,
    /// What is known of it, as named by [`EVIDENCE`].
    pub evidence: [f32; EVIDENCE.len()],
}

impl LidarDetector {
    /// Hands on the examples of a scan: those of all groups of all gaps, whether they are
    /// objects or not, so that training and detection see the same numbers. A group that a
    /// narrower gap leaves as it is comes once.
    ///
    /// Arguments as those of [`detect`](Self::detect).
    pub fn examples(
        &mut self,
        cloud: &PointCloud<Ego>,
        ego_height_m: f64,
        mut take: impl FnMut(Example),
    ) {
        let mut out = LidarOutput::default();
        self.split_ground(cloud, ego_height_m, &mut out.segments);
        self.cluster();
        for level in 0..LEVELS {
            for group in 0..self.levels[level].count {
                self.examples_of(Node { level, group }, &mut take);
            }
        }
    }

    fn examples_of(&mut self, node: Node, take: &mut impl FnMut(Example)) {
        let least = self.config.cluster.min_points as usize;
        if self.points_of(node) < least || self.parts_of(node).len() == 1 {
            return;
        }
        let Some(shape) = self.measure(node) else { return };
        let look = |footprint: &_| self.around(node, footprint);
        hypotheses(&shape, &look, |Hypothesis { kind, bbox, evidence, .. }| {
            take(Example { class: KINDS[kind].class, bbox, evidence });
        });
    }
}
