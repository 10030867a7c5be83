//! A network for the objects, clusters for the points and for what the network does not look at.

mod long;

use super::network::LidarNetwork;
use super::one_sided::{is_same, one_sided};
use super::{LidarDetector, LidarOutput, Support};
use crate::DetectError;
use delos_core::{Box3, Detections3d, Ego, OneSided, Parts, PointCloud, Unmeasured, parts};

/// Looks at each scan with a network and by clusters. Holds buffers, no memory of earlier scans.
pub struct JoinedDetector {
    network: LidarNetwork,
    clusters: LidarDetector,
    /// Whether the clusters' objects count where the network does not look.
    outside: bool,
    support: Support,
    found: Detections3d,
}

impl JoinedDetector {
    /// With `outside`, objects of the clusters are passed on where the network does not look;
    /// without, there are none.
    pub fn new(network: LidarNetwork, clusters: LidarDetector, outside: bool) -> Self {
        let (support, found) = (Support::default(), Detections3d::default());
        Self { network, clusters, outside, support, found }
    }

    /// Finds what is in one scan.
    ///
    /// The sensor is the origin of [`Ego`], `ego_height_m` metres above nominal ground; without
    /// it the network takes the height it was trained for, the clusters the sensor's. Where the
    /// ground around is clearly at another height, that one counts for both. `out` is
    /// overwritten: the segments are the clusters', the detections the network's (by score
    /// descending), each with the points and the cluster in its box, then those of the clusters
    /// outside its window. A large vehicle of which the network's box holds only a part gets
    /// its cluster's box. An object whose middle is nearer than the clusters' `min_range_m` is
    /// the vehicle itself, and left out, as is one outside the clusters' region. What only one of the two sees is written to `disputed`.
    ///
    /// # Errors
    /// Those of [`LidarNetwork::detect`].
    pub fn detect(
        &mut self,
        cloud: &PointCloud<Ego>,
        ego_height_m: Option<f64>,
        out: &mut LidarOutput,
        disputed: Option<&mut OneSided>,
    ) -> Result<(), DetectError> {
        self.detect_in_parts(cloud, ego_height_m, out, disputed, &mut Unmeasured)
    }

    /// [`detect`](Self::detect), which tells `parts` where the parts of the work begin.
    ///
    /// # Errors
    /// The same.
    pub fn detect_in_parts(
        &mut self,
        cloud: &PointCloud<Ego>,
        ego_height_m: Option<f64>,
        out: &mut LidarOutput,
        disputed: Option<&mut OneSided>,
        parts: &mut dyn Parts,
    ) -> Result<(), DetectError> {
        parts.part(parts::CLUSTERS);
        self.clusters.detect(cloud, ego_height_m.unwrap_or_default(), out);
        let Self { network, clusters, support, found, .. } = self;
        let height = ego_height_m.map(|stated| clusters.height_found(stated));
        network.detect_in_parts(cloud, height, found, parts)?;
        parts.part(parts::JOIN);
        found.0.retain(|d| clusters.is_clear(&d.bbox) && clusters.is_wanted(&d.bbox));
        support.fill(cloud, &out.segments, found);
        long::complete(&mut found.0, &out.detections.0);
        let seen = |b: &Box3<Ego>| network.covers(b.center.x(), b.center.y());
        if let Some(disputed) = disputed {
            let shared = |b: &Box3<Ego>| seen(b) && clusters.covers(b);
            one_sided(&found.0, &out.detections.0, shared, disputed);
        }
        let outside = self.outside;
        out.detections.0.retain(|d| {
            outside && !seen(&d.bbox) && !found.0.iter().any(|f| is_same(&f.bbox, &d.bbox))
        });
        out.detections.0.splice(0..0, found.0.iter().copied());
        Ok(())
    }

    /// The network.
    pub const fn network(&self) -> &LidarNetwork {
        &self.network
    }
}
