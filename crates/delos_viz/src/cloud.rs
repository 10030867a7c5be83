//! LiDAR points: ground, clusters and the rest as three entities, so that each can be
//! hidden and only clusters carry a number per point.

use crate::canvas::Canvas;
use crate::options::VizConfig;
use crate::{VizError, palette, paths};
use delos_core::{Ego, LidarPoint, PointCloud, Segment, Segments};
use rerun::{AnnotationContext, Points3D, Radius};

/// Looks that hold for the whole recording.
pub(crate) fn prepare(canvas: &Canvas) -> Result<(), VizError> {
    for (path, rgb, radius) in
        [(paths::GROUND, palette::GROUND, 0.9), (paths::REST, palette::REST, 1.0)]
    {
        let looks = Points3D::update_fields()
            .with_colors([palette::color(rgb)])
            .with_radii([Radius::new_ui_points(radius)]);
        canvas.fix(path, &looks)?;
    }
    let names = (0..palette::DISTINCT_COUNT)
        .map(|k| (k, "cluster", palette::color(palette::distinct(u32::from(k))).0));
    canvas.fix(paths::CLUSTERS, &AnnotationContext::new(names))?;
    let looks =
        Points3D::update_fields().with_radii([Radius::new_ui_points(1.4)]).with_show_labels(false);
    canvas.fix(paths::CLUSTERS, &looks)
}

/// Shows the points.
pub(crate) fn draw(
    canvas: &mut Canvas,
    cloud: Option<&PointCloud<Ego>>,
    segments: Option<&Segments>,
    config: &VizConfig,
) -> Result<(), VizError> {
    let cloud = cloud.filter(|_| config.points);
    let parts = cloud.map(|cloud| Parts::new(cloud, segments, config.point_stride));
    let (ground, rest, clusters) = match parts {
        Some(parts) => (
            Some(Points3D::new(parts.ground)),
            Some(Points3D::new(parts.rest)),
            Some(Points3D::new(parts.clusters).with_class_ids(parts.cluster_colors)),
        ),
        None => (None, None, None),
    };
    canvas.draw(paths::GROUND, ground.as_ref(), Points3D::clear_fields)?;
    canvas.draw(paths::REST, rest.as_ref(), Points3D::clear_fields)?;
    canvas.draw(paths::CLUSTERS, clusters.as_ref(), Points3D::clear_fields)
}

/// The points of a scan by what they belong to.
#[derive(Default)]
struct Parts {
    ground: Vec<[f32; 3]>,
    rest: Vec<[f32; 3]>,
    clusters: Vec<[f32; 3]>,
    cluster_colors: Vec<u16>,
}

impl Parts {
    /// Points without a segment belong to the rest.
    fn new(cloud: &PointCloud<Ego>, segments: Option<&Segments>, stride: usize) -> Self {
        let points = cloud.points();
        let labels = segments.map_or(&[][..], |segments| &segments.labels);
        let mut parts = Self::default();
        let expected = points.len() / stride.max(1) / 2;
        parts.ground.reserve(expected);
        parts.rest.reserve(expected);
        for (index, point) in points.iter().enumerate().step_by(stride.max(1)) {
            parts.add(point, labels.get(index).copied().unwrap_or_default());
        }
        parts
    }

    fn add(&mut self, point: &LidarPoint, segment: Segment) {
        let position = [point.x, point.y, point.z];
        match segment {
            Segment::Rest => self.rest.push(position),
            Segment::Ground => self.ground.push(position),
            Segment::Cluster(k) => {
                self.clusters.push(position);
                self.cluster_colors.push((k % u32::from(palette::DISTINCT_COUNT)) as u16);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scan(count: usize) -> PointCloud<Ego> {
        let point = |i| LidarPoint { x: i as f32, y: 0.0, z: 0.0, intensity: 0.5 };
        PointCloud::new((0..count).map(point).collect())
    }

    #[test]
    fn every_point_lands_in_one_part() {
        let labels = vec![Segment::Ground, Segment::Cluster(13), Segment::Rest];
        let segments = Segments { labels, clusters: 14 };
        // One label is missing: that point is rest.
        let parts = Parts::new(&scan(4), Some(&segments), 1);
        assert_eq!(parts.ground, [[0.0, 0.0, 0.0]]);
        assert_eq!(parts.clusters, [[1.0, 0.0, 0.0]]);
        assert_eq!(parts.cluster_colors, [1]);
        assert_eq!(parts.rest, [[2.0, 0.0, 0.0], [3.0, 0.0, 0.0]]);
    }

    #[test]
    fn the_stride_thins_the_scan() {
        assert_eq!(Parts::new(&scan(10), None, 3).rest.len(), 4);
        assert_eq!(Parts::new(&scan(10), None, 0).rest.len(), 10);
    }
}
