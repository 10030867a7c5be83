//! What only one of two ways to look at a scan has found.

use delos_core::{Box3, Detection3d, Ego, OneSided};
use delos_geom::iou_bev;

/// Objects of the clusters are missed by a network from this score on: most weaker ones are
/// bushes, walls and poles.
pub const SURE_SCORE: f64 = 0.4;

/// Footprints that overlap more are the same object.
const SAME_IOU: f64 = 0.1;

/// Writes into `out` what only the network and what only the clusters have found, in their
/// order. `shared` says whether both look at a box's place. Of the clusters' objects those below
/// [`SURE_SCORE`] are not missed when the network has none there, but they do confirm the
/// network's.
pub fn one_sided(
    network: &[Detection3d],
    clusters: &[Detection3d],
    shared: impl Fn(&Box3<Ego>) -> bool,
    out: &mut OneSided,
) {
    let alone = |d: &&Detection3d, others: &[Detection3d]| {
        shared(&d.bbox) && !others.iter().any(|other| is_same(&d.bbox, &other.bbox))
    };
    out.network.0.clear();
    out.network.0.extend(network.iter().filter(|d| alone(d, clusters)));
    out.clusters.0.clear();
    let sure = clusters.iter().filter(|d| d.score.get() >= SURE_SCORE);
    out.clusters.0.extend(sure.filter(|d| alone(d, network)));
}

/// Whether two boxes are of one object: their footprints overlap, or one has the other's middle.
pub(super) fn is_same(a: &Box3<Ego>, b: &Box3<Ego>) -> bool {
    let reach = (a.size.length() + a.size.width() + b.size.length() + b.size.width()) / 2.0;
    let near =
        (a.center.x() - b.center.x()).abs() < reach && (a.center.y() - b.center.y()).abs() < reach;
    near && (iou_bev(a, b) > SAME_IOU || has_middle(a, b) || has_middle(b, a))
}

/// Whether `a` contains the middle of `b`, seen from above.
fn has_middle(a: &Box3<Ego>, b: &Box3<Ego>) -> bool {
    a.contains(&b.center.moved(0.0, 0.0, a.center.z() - b.center.z()), 0.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use delos_core::{ObjectClass, Position, Score, Size, Source, Yaw};

    fn object(x: f64, length: f64, score: f64) -> Detection3d {
        let size = Size::new(length, 2.0, 1.5).expect("positive");
        Detection3d {
            bbox: Box3::new(Position::new(x, 0.0, 0.0), size, Yaw::default()),
            class: ObjectClass::Car,
            score: Score::clamped(score),
            points: 0,
            cluster: None,
            source: Source::Lidar,
            image_box: None,
        }
    }

    fn places(found: &[Detection3d]) -> Vec<f64> {
        found.iter().map(|d| d.bbox.center.x()).collect()
    }

    #[test]
    fn what_both_see_is_in_neither_list() {
        let network = [object(10.0, 4.0, 0.9), object(20.0, 4.0, 0.4), object(30.0, 4.0, 0.4)];
        let clusters = [
            object(11.0, 4.0, 0.9), // the first
            object(18.5, 0.4, 0.1), // a piece of the second
            object(40.0, 4.0, 0.5),
            object(50.0, 4.0, 0.3), // not sure
            object(80.0, 4.0, 0.9), // where the network does not look
        ];
        let mut out = OneSided::default();
        one_sided(&network, &clusters, |b| b.center.x() < 69.0, &mut out);
        assert_eq!(places(&out.network.0), [30.0]);
        assert_eq!(places(&out.clusters.0), [40.0]);
        one_sided(&[], &[], |_| true, &mut out);
        assert_eq!(out, OneSided::default());
    }

    #[test]
    fn being_the_same_is_mutual() {
        for (a, b, wanted) in [
            (object(0.0, 4.0, 1.0), object(3.0, 4.0, 1.0), true),
            (object(0.0, 4.0, 1.0), object(3.7, 4.0, 1.0), false),
            (object(0.0, 12.0, 1.0), object(5.9, 0.3, 1.0), true),
        ] {
            assert_eq!(is_same(&a.bbox, &b.bbox), wanted);
            assert_eq!(is_same(&b.bbox, &a.bbox), wanted);
        }
    }
}
