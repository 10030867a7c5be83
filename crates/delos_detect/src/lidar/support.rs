//! Which points of a scan stand behind a box.

use delos_core::{Detection3d, Detections3d, Ego, PointCloud, Position, Segment, Segments};
use std::ops::RangeInclusive;

/// Boxes are gathered in square cells of this side, metres.
const CELL_M: f64 = 4.0;
/// Cells along each axis; the sensor stands in the middle.
const CELLS: usize = 40;
/// Points lie on surfaces: those this near to a box are its own, metres.
const MARGIN_M: f64 = 0.1;

/// Counts the points in boxes that know nothing of points. Holds buffers, no memory of scans.
#[derive(Clone, Debug, Default)]
pub struct Support {
    /// Numbers of the boxes that reach into each cell, row-major.
    boxes_in: Vec<Vec<u32>>,
    /// (box, cluster) of each point of a cluster in a box.
    votes: Vec<(u32, u32)>,
}

impl Support {
    /// Writes into each detection within 80 m how many points that are not ground lie in its box,
    /// and the cluster that most of them belong to (of equals the first).
    ///
    /// `segments` are those of `cloud`; points without one count as not ground. Time is linear in
    /// the points, and in the boxes.
    pub fn fill(
        &mut self,
        cloud: &PointCloud<Ego>,
        segments: &Segments,
        detections: &mut Detections3d,
    ) {
        self.place(&detections.0);
        for detection in &mut detections.0 {
            (detection.points, detection.cluster) = (0, None);
        }
        for (index, point) in cloud.points().iter().enumerate() {
            let segment = segments.labels.get(index).copied().unwrap_or_default();
            if segment == Segment::Ground {
                continue;
            }
            let (x, y) = (f64::from(point.x), f64::from(point.y));
            let Some(cell) = cell_of(x).zip(cell_of(y)) else { continue };
            let at = Position::new(x, y, f64::from(point.z));
            for number in &self.boxes_in[cell.1 * CELLS + cell.0] {
                let detection = &mut detections.0[*number as usize];
                if detection.bbox.contains(&at, MARGIN_M) {
                    detection.points += 1;
                    if let Segment::Cluster(cluster) = segment {
                        self.votes.push((*number, cluster));
                    }
                }
            }
        }
        self.elect(&mut detections.0);
    }

    /// Notes each box in the cells that the square around it touches.
    fn place(&mut self, detections: &[Detection3d]) {
        self.votes.clear();
        self.boxes_in.resize(CELLS * CELLS, Vec::new());
        self.boxes_in.iter_mut().for_each(Vec::clear);
        for (number, detection) in detections.iter().enumerate() {
            let (b, number) = (&detection.bbox, number as u32);
            let reach = b.size.length().hypot(b.size.width()) / 2.0 + MARGIN_M;
            for row in cells_of(b.center.y(), reach) {
                for column in cells_of(b.center.x(), reach) {
                    self.boxes_in[row * CELLS + column].push(number);
                }
            }
        }
    }

    /// Gives each detection the cluster with most votes.
    fn elect(&mut self, detections: &mut [Detection3d]) {
        self.votes.sort_unstable();
        let mut most = (0, 0);
        for run in self.votes.chunk_by(|a, b| a == b) {
            let (number, cluster) = run[0];
            if most.0 != number || run.len() > most.1 {
                most = (number, run.len());
                detections[number as usize].cluster = Some(cluster);
            }
        }
    }
}

/// The cell of a coordinate, if there is one.
fn cell_of(at: f64) -> Option<usize> {
    let cell = (at / CELL_M).floor() + (CELLS / 2) as f64;
    (0.0..CELLS as f64).contains(&cell).then_some(cell as usize)
}

/// The cells within `reach` of a coordinate.
fn cells_of(at: f64, reach: f64) -> RangeInclusive<usize> {
    let last = (CELLS - 1) as f64;
    let cell = |at: f64| (at / CELL_M).floor() + (CELLS / 2) as f64;
    let (first, end) = (cell(at - reach), cell(at + reach));
    if first > last || end < 0.0 {
        // Nothing: a range that is empty.
        return RangeInclusive::new(1, 0);
    }
    first.max(0.0) as usize..=end.min(last) as usize
}

#[cfg(test)]
mod tests {
    use super::*;
    use delos_core::{Box3, LidarPoint, ObjectClass, Score, Size, Source, Yaw};
    use proptest::prelude::*;

    fn detection(x: f64, y: f64, yaw: f64) -> Detection3d {
        let size = Size::new(4.0, 2.0, 1.5).expect("positive");
        let yaw = Yaw::new(yaw).expect("finite");
        Detection3d {
            bbox: Box3::new(Position::new(x, y, -1.0), size, yaw),
            class: ObjectClass::Car,
            score: Score::clamped(0.5),
            points: 7,
            cluster: Some(9),
            source: Source::Lidar,
            image_box: None,
        }
    }

    fn filled(
        points: Vec<[f32; 3]>,
        labels: Vec<Segment>,
        boxes: Vec<Detection3d>,
    ) -> Vec<(u32, Option<u32>)> {
        let point = |[x, y, z]: [f32; 3]| LidarPoint { x, y, z, intensity: 0.0 };
        let cloud = PointCloud::new(points.into_iter().map(point).collect());
        let mut detections = Detections3d(boxes);
        Support::default().fill(&cloud, &Segments { labels, clusters: 4 }, &mut detections);
        detections.0.iter().map(|d| (d.points, d.cluster)).collect()
    }

    #[test]
    fn points_are_counted_without_ground_and_the_larger_cluster_wins() {
        use Segment::{Cluster, Ground};
        let points = vec![
            [10.0, 0.0, -1.0],
            [11.9, 0.9, -1.0],
            [8.1, 0.9, -1.0],
            [8.2, 0.9, -1.0],
            [10.0, 0.0, -1.7],
            [10.0, 1.3, -1.0],
            [10.0, 0.0, -1.0],
        ];
        let labels = vec![Cluster(3), Cluster(2), Cluster(3), Cluster(2), Ground, Cluster(1)];
        let boxes = vec![detection(10.0, 0.0, 0.0), detection(30.0, 0.0, 0.0)];
        // The last point has no segment: it counts and votes for none.
        assert_eq!(filled(points, labels, boxes), [(5, Some(2)), (0, None)]);
    }

    #[test]
    fn boxes_and_points_beyond_the_cells_are_left_alone() {
        let points = vec![[-79.9, 79.9, -1.0], [1e9, 0.0, -1.0], [f32::NAN, 0.0, -1.0]];
        let boxes = [-79.0, -300.0].map(|x| detection(x, 79.0, 0.0)).to_vec();
        assert_eq!(filled(points, Vec::new(), boxes), [(1, None), (0, None)]);
    }

    proptest! {
        #[test]
        fn the_cells_change_no_count(
            places in prop::collection::vec((-30.0..30.0, -30.0..30.0, -3.0..3.0), 0..12),
            points in prop::collection::vec((-30.0_f32..30.0, -30.0_f32..30.0), 0..300),
        ) {
            let boxes: Vec<_> = places.iter().map(|(x, y, yaw)| detection(*x, *y, *yaw)).collect();
            let points: Vec<_> = points.into_iter().map(|(x, y)| [x, y, -1.0]).collect();
            let wanted: Vec<u32> = boxes.iter().map(|d| {
                let inside = |p: &&[f32; 3]| {
                    let at = Position::new(p[0].into(), p[1].into(), p[2].into());
                    d.bbox.contains(&at, MARGIN_M)
                };
                points.iter().filter(inside).count() as u32
            }).collect();
            let labels = vec![Segment::Rest; points.len()];
            let counts: Vec<u32> = filled(points, labels, boxes).iter().map(|c| c.0).collect();
            prop_assert_eq!(counts, wanted);
        }
    }
}
