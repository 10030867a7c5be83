//! The order of events: see, agree, place, let the rest through.

use crate::FusionConfig;
use crate::camera_boxes::select;
use crate::frustum::object_points;
use crate::hypothesis::{Evidence, Hypothesis};
use crate::joint::{candidates, compatible, joint_class, joint_score};
use crate::lift::lift;
use crate::view::{SeenPoint, collect, with_size};
use delos_core::{
    Box2, Box3, Calibration, CameraModel, Detection2d, Detection3d, Detections2d, Detections3d,
    Ego, PointCloud, Position, Score, Segment, Segments, Source,
};
use delos_geom::{intersection2d, iou_bev};

/// Objects lower than this in the image say nothing when the camera does not find them, pixels.
const UNSURE_PX: f64 = 5.0;
/// A camera denies objects surely from this height in the image on, pixels.
const SURE_PX: f64 = 25.0;
/// Boxes that come this near to the image's side, a share of its width, are cut off there.
const CUT_SHARE: f32 = 0.015;
/// A cluster belongs to a box that holds this share of what is seen of it.
const WHOLE_SHARE: f64 = 0.7;
/// Footprints that overlap more are the same object.
const SAME_IOU: f64 = 0.15;
/// Points this near to a settled box belong to it, metres.
const MARGIN_M: f64 = 0.25;

/// Joins what camera and LiDAR say of one moment. Holds buffers, no memory of earlier frames.
#[derive(Default)]
pub struct Fuser {
    config: FusionConfig,
    boxes: Vec<Detection2d>,
    seen: Vec<SeenPoint>,
    members: Vec<u32>,
    gathered: Vec<[f64; 3]>,
    used: Vec<bool>,
}

/// The LiDAR's part of one moment.
struct Scan<'a> {
    cloud: Option<(&'a PointCloud<Ego>, &'a Segments)>,
    objects: &'a Detections3d,
    ego_height_m: f64,
}

impl Fuser {
    /// A fuser with these parameters.
    pub fn new(config: FusionConfig) -> Self {
        Self { config, ..Self::default() }
    }

    /// Writes the objects of one moment, fused ones first.
    ///
    /// Without camera boxes or a camera the LiDAR's objects pass through. Without a scan the
    /// camera's boxes that no LiDAR object explains are placed on the ground, as are all of them
    /// without `lidar`, scan or not: a scan that nobody looked at says nothing. A cloud that is
    /// empty or has no segments is no scan. Segments belong to the cloud; where their lengths differ, the points of
    /// the shorter one are used.
    pub fn fuse(
        &mut self,
        calibration: &Calibration,
        cloud: Option<&PointCloud<Ego>>,
        segments: Option<&Segments>,
        lidar: Option<&Detections3d>,
        camera: Option<&Detections2d>,
        out: &mut Detections3d,
    ) {
        out.0.clear();
        let Some((model, found)) = calibration.camera.as_ref().zip(camera) else {
            out.0.extend(lidar.into_iter().flat_map(|l| &l.0));
            return;
        };
        select(found, &self.config, &mut self.boxes);
        let cloud = cloud
            .zip(segments)
            .filter(|(cloud, segments)| !cloud.points().is_empty() && !segments.labels.is_empty());
        let Some(objects) = lidar.filter(|l| cloud.is_some() || !l.0.is_empty()) else {
            let height = calibration.ego_height_m;
            let lifted = self.boxes.iter().filter_map(|d| lift(d, model, height, &self.config));
            out.0.extend(lifted);
            return;
        };
        self.seen.clear();
        let sized = with_size(model);
        if let Some((cloud, segments)) = cloud {
            collect(cloud, segments, &sized, &mut self.seen);
        }
        self.used.clear();
        self.used.resize(objects.0.len(), false);
        let scan = Scan { cloud, objects, ego_height_m: calibration.ego_height_m };
        for index in 0..self.boxes.len() {
            let found = self.boxes[index];
            let placed = self.place(&found, &sized, &scan);
            if let Some(object) = placed.or_else(|| self.lift_alone(&found, model, &scan))
                && !out.0.iter().any(|other| same_place(&other.bbox, &object.bbox))
            {
                self.settle(&object, &scan);
                out.0.push(object);
            }
        }
        self.pass_rest(&sized, &scan, out);
    }

    /// Without a scan, a camera box that no LiDAR object explains is placed on the ground.
    fn lift_alone(
        &self,
        found: &Detection2d,
        model: &CameraModel,
        scan: &Scan,
    ) -> Option<Detection3d> {
        if scan.cloud.is_some() {
            return None;
        }
        let lifted = lift(found, model, scan.ego_height_m, &self.config)?;
        let known = scan.objects.0.iter().any(|o| same_place(&o.bbox, &lifted.bbox));
        (!known).then_some(lifted)
    }

    /// The object in space behind one camera box.
    fn place(
        &mut self,
        found: &Detection2d,
        model: &CameraModel,
        scan: &Scan,
    ) -> Option<Detection3d> {
        object_points(found, &self.seen, model, &self.config, &mut self.members);
        self.gather(found, model, scan);
        let enough = self.gathered.len() >= self.config.min_points as usize;
        let ground = self.ground_near(scan);
        let evidence = Evidence::new(&found.bbox, model, &self.gathered, ground);
        let own = if enough { evidence.best(candidates(found.class)) } else { None };
        let cluster = self.best_cluster(found, &evidence, scan);
        let (bbox, class, points, number, quality) = match (cluster, own) {
            (Some((k, agreement)), own)
                if own.is_none_or(|o| self.prefers_cluster(agreement, o.overlap)) =>
            {
                let object = &scan.objects.0[k];
                (
                    object.bbox,
                    joint_class(found.class, object),
                    object.points,
                    object.cluster,
                    agreement,
                )
            }
            (_, Some(Hypothesis { bbox, class, quality, .. })) => {
                (bbox, class, self.gathered.len() as u32, None, quality)
            }
            _ => return None,
        };
        Some(Detection3d {
            bbox,
            class,
            score: joint_score(found.score, quality),
            points,
            cluster: number,
            source: Source::Fused,
            image_box: Some(found.bbox),
        })
    }

    /// Collects the points in space; of an object that the image cuts off, those of its
    /// clusters beyond the image too.
    fn gather(&mut self, found: &Detection2d, model: &CameraModel, scan: &Scan) {
        self.gathered.clear();
        if let Some((cloud, segments)) = scan.cloud.filter(|_| is_cut(&found.bbox, model)) {
            let whole = clusters_inside(&found.bbox, &self.seen, &self.members);
            for (index, label) in segments.labels.iter().enumerate() {
                let Segment::Cluster(k) = label else { continue };
                if whole.binary_search(k).is_ok()
                    && let Some(p) = cloud.position(index)
                {
                    self.gathered.push([p.x(), p.y(), p.z()]);
                }
            }
        }
        if self.gathered.is_empty() {
            let points = self.members.iter().map(|i| &self.seen[*i as usize]);
            self.gathered.extend(points.map(|p| [p.x, p.y, p.z]));
        }
    }

    /// Ground below the gathered points: that of the nearest LiDAR object, else nominal.
    fn ground_near(&self, scan: &Scan) -> f64 {
        let nominal = -scan.ego_height_m;
        let Some(&[x, y, z]) = self.gathered.first() else { return nominal };
        let here = Position::new(x, y, z);
        let near =
            scan.objects.0.iter().map(|o| (o.bbox.center.planar_distance(&here), o.bbox.bottom()));
        near.filter(|n| n.0 < 8.0).min_by(|a, b| a.0.total_cmp(&b.0)).map_or(nominal, |n| n.1)
    }

    /// The free LiDAR object that agrees best with a camera box, and how well.
    fn best_cluster(
        &self,
        found: &Detection2d,
        evidence: &Evidence,
        scan: &Scan,
    ) -> Option<(usize, f64)> {
        let mut best: Option<(usize, f64)> = None;
        for (k, object) in scan.objects.0.iter().enumerate() {
            if self.used[k] || !compatible(found.class, object) {
                continue;
            }
            let overlap = evidence.overlap(&object.bbox);
            if overlap >= self.config.min_agreement && best.is_none_or(|b| overlap > b.1) {
                best = Some((k, overlap));
            }
        }
        best
    }

    /// A LiDAR object that overlaps the camera box well comes from all its points, not only
    /// from those in the box, so it may overlap it a little less than the hypothesis.
    fn prefers_cluster(&self, cluster_overlap: f64, own_overlap: f64) -> bool {
        let is_good = cluster_overlap >= self.config.cluster_tie_from;
        let tie = if is_good { self.config.cluster_tie } else { 0.0 };
        cluster_overlap + tie >= own_overlap
    }

    /// Marks what the object explains: LiDAR objects at its place and points inside it.
    fn settle(&mut self, object: &Detection3d, scan: &Scan) {
        for (used, other) in self.used.iter_mut().zip(&scan.objects.0) {
            *used |= same_place(&object.bbox, &other.bbox);
        }
        for p in &mut self.seen {
            p.taken |= object.bbox.contains(&Position::new(p.x, p.y, p.z), MARGIN_M);
        }
    }

    /// LiDAR objects that no camera box took; those in view lose confidence.
    fn pass_rest(&self, model: &CameraModel, scan: &Scan, out: &mut Detections3d) {
        let settled = out.0.len();
        for (object, used) in scan.objects.0.iter().zip(&self.used) {
            if *used {
                continue;
            }
            let mut object = *object;
            object.image_box = model.project_box_clipped(&object.bbox);
            if self.is_in_view(&object, model)
                && let Some(image_box) = object.image_box
                && !is_hidden(&object, &image_box, &out.0[..settled])
            {
                object.score = denied(object.score, &image_box, self.config.denied_factor);
            }
            out.0.push(object);
        }
    }

    fn is_in_view(&self, object: &Detection3d, model: &CameraModel) -> bool {
        let center = &object.bbox.center;
        let in_view = model.project_ego(center).zip(model.size).is_some_and(|([u, v], size)| {
            u >= 0.0 && v >= 0.0 && u < f64::from(size.width) && v < f64::from(size.height)
        });
        in_view && center.x().hypot(center.y()) < self.config.camera_range_m
    }
}

/// The score of an object that the camera should see but does not, by Bayes' rule: its odds,
/// multiplied by the share of such objects that the camera misses.
fn denied(score: Score, image_box: &Box2, missed: f64) -> Score {
    let height = f64::from(image_box.height());
    let sure = ((height - UNSURE_PX) / (SURE_PX - UNSURE_PX)).clamp(0.0, 1.0);
    let factor = 1.0 - (1.0 - missed) * sure;
    let score = Score::clamped(score.get()).get();
    let weighted = score * factor;
    Score::clamped(weighted / (weighted + 1.0 - score).max(1e-9))
}

/// Whether a nearer fused object covers most of the image box: then the camera cannot deny it.
fn is_hidden(object: &Detection3d, image_box: &Box2, settled: &[Detection3d]) -> bool {
    let range = |d: &Detection3d| d.bbox.center.x().hypot(d.bbox.center.y());
    settled.iter().any(|other| {
        let covered = other.image_box.map_or(0.0, |b| intersection2d(&b, image_box));
        range(other) < range(object) && covered > 0.5 * f64::from(image_box.area())
    })
}

/// Whether the image's left or right edge cuts the box off.
fn is_cut(bbox: &Box2, model: &CameraModel) -> bool {
    let width = model.size.map_or(f32::MAX, |s| s.width as f32);
    bbox.x1 < CUT_SHARE * width || bbox.x2 > (1.0 - CUT_SHARE) * width
}

/// The clusters, ascending, that the members touch and whose seen points lie in the box.
fn clusters_inside(bbox: &Box2, seen: &[SeenPoint], members: &[u32]) -> Vec<u32> {
    let mut touched: Vec<u32> = members.iter().filter_map(|i| seen[*i as usize].cluster).collect();
    touched.sort_unstable();
    touched.dedup();
    let mut counts = vec![(0_u32, 0_u32); touched.len()];
    for p in seen.iter().filter(|p| !p.taken) {
        let Some(slot) = p.cluster.and_then(|k| touched.binary_search(&k).ok()) else { continue };
        counts[slot].0 += 1;
        counts[slot].1 += u32::from(bbox.contains(p.u, p.v));
    }
    let inside = |(all, inside): &(u32, u32)| f64::from(*inside) > WHOLE_SHARE * f64::from(*all);
    let kept = touched.iter().zip(&counts).filter(|(_, c)| inside(c));
    kept.map(|(k, _)| *k).collect()
}

fn same_place(a: &Box3<Ego>, b: &Box3<Ego>) -> bool {
    iou_bev(a, b) > SAME_IOU
        || a.contains(&b.center.moved(0.0, 0.0, a.center.z() - b.center.z()), 0.0)
}

#[cfg(test)]
mod tests;
