//! What is measured of a cluster.

use super::cluster::Raised;
use super::config::SHAPE_POINTS;
use delos_geom::lshape::{LShape, LShapeSearch};

/// Bins of the height histogram, 0.25 m each.
const HEIGHT_BINS: usize = 20;
const HEIGHT_BIN_M: f32 = 0.25;
/// So many empty bins are a gap: what hangs above it is another thing.
const GAP_BINS: usize = 3;
/// Share of the points of a large cluster left out at either end: mirrors, spray, aerials.
const TRIM: f64 = 0.006;
/// More points than this do not make extents better.
const EXTENT_POINTS: usize = 800;
/// Parts along each axis whose tops are told apart: bonnet, windscreen, roof, tail.
pub(super) const PARTS: usize = 4;
/// Points this near to an edge lie on it, metres.
const ON_EDGE_M: f64 = 0.1;
/// Upper ends of the bands of height whose shares of the points are told, metres.
const BANDS_M: [f32; BANDS - 1] = [0.5, 0.8, 1.1, 1.4, 1.8, 2.5];
/// How many bands there are.
pub(super) const BANDS: usize = 7;

/// The points of a cluster; buffers that are used again.
pub(super) struct ClusterPoints {
    /// Seen from above, `(x, y)`.
    plan: Vec<[f64; 2]>,
    /// Metres over ground, of each.
    heights: Vec<f32>,
    /// Height of the lowest ground below, over the sensor.
    ground: f64,
    search: LShapeSearch,
}

/// What is measured of a cluster. Metres, heights over ground.
#[derive(Clone, Copy, Debug)]
pub(super) struct Shape {
    pub(super) outline: LShape,
    /// Height of the highest point that belongs to the cluster.
    pub(super) top: f64,
    /// Height of the lowest point.
    pub(super) low: f64,
    /// Height of the ground below, over the sensor.
    pub(super) ground: f64,
    pub(super) points: usize,
    /// Distance of the middle of the outline.
    pub(super) range: f64,
    /// Share of the points in each band of height.
    pub(super) bands: [f32; BANDS],
    /// Standard deviation of the distance to the near edges within slices of height: a surface is
    /// smooth, leaves are not.
    pub(super) roughness: f64,
    /// Share of the points on one of the near edges.
    pub(super) on_edge: f64,
    /// Of these, the share on the edge that the first axis crosses.
    pub(super) on_first: f64,
    /// Tops of the parts along the first and along the second axis; 0 without points.
    pub(super) tops: [[f64; PARTS]; 2],
}

impl Default for ClusterPoints {
    fn default() -> Self {
        let (plan, heights) = (Vec::new(), Vec::new());
        Self { plan, heights, ground: f64::INFINITY, search: LShapeSearch::default() }
    }
}

impl ClusterPoints {
    pub(super) fn clear(&mut self) {
        self.plan.clear();
        self.heights.clear();
        self.ground = f64::INFINITY;
    }

    pub(super) fn push(&mut self, p: &Raised) {
        self.plan.push([f64::from(p.x), f64::from(p.y)]);
        self.heights.push(p.height);
        self.ground = self.ground.min(f64::from(p.z - p.height));
    }

    /// Measures the points. `None` without points.
    pub(super) fn measure(&mut self) -> Option<Shape> {
        let outline = self.outline()?;
        let middle = |i: [f64; 2]| f64::midpoint(i[0], i[1]);
        let mut shape = Shape {
            outline,
            top: top_of(&self.heights),
            low: f64::from(self.heights.iter().copied().fold(f32::INFINITY, f32::min)),
            ground: self.ground,
            points: self.plan.len(),
            range: middle(outline.first).hypot(middle(outline.second)),
            bands: [0.0; BANDS],
            roughness: 0.0,
            on_edge: 0.0,
            on_first: 0.0,
            tops: [[0.0; PARTS]; 2],
        };
        self.profile(&mut shape);
        Some(shape)
    }

    /// Direction from some of the points; extents from all of them, or of a large cluster from
    /// enough of them.
    fn outline(&mut self) -> Option<LShape> {
        let all = self.plan.len();
        let some = self.plan.iter().step_by(all.div_ceil(SHAPE_POINTS).max(1)).copied();
        let yaw = self.search.yaw(some)?;
        if all <= SHAPE_POINTS {
            return Some(LShape::around(&self.plan, yaw));
        }
        let most = self.plan.iter().step_by(all.div_ceil(EXTENT_POINTS).max(1)).copied();
        Some(self.search.trimmed(most, yaw, TRIM))
    }

    /// Fills in what takes a walk over the points, of which a large cluster has more than enough.
    fn profile(&self, shape: &mut Shape) {
        let stride = self.plan.len().div_ceil(EXTENT_POINTS).max(1);
        let (sin, cos) = shape.outline.yaw.sin_cos();
        let mut sums = Sums::default();
        for (p, height) in self.plan.iter().zip(&self.heights).step_by(stride) {
            let at = [p[0] * cos + p[1] * sin, p[1] * cos - p[0] * sin];
            sums.add(at, *height, shape);
        }
        sums.finish(shape);
    }
}

/// Sums over the points of a cluster.
#[derive(Default)]
struct Sums {
    count: f64,
    bands: [u32; BANDS],
    /// Of each slice of height: count, sum and sum of squares of the distance to the edges.
    slices: [[f64; 3]; HEIGHT_BINS],
    on_edge: f64,
    on_first: f64,
}

impl Sums {
    /// Adds a point in the outline's axes.
    fn add(&mut self, at: [f64; 2], height: f32, shape: &mut Shape) {
        self.count += 1.0;
        self.bands[BANDS_M.iter().filter(|end| height >= **end).count()] += 1;
        let height = f64::from(height);
        if height > shape.top {
            return;
        }
        let (first, second) = (shape.outline.first, shape.outline.second);
        for (axis, (at, interval)) in [(at[0], first), (at[1], second)].into_iter().enumerate() {
            let share = (at - interval[0]) / (interval[1] - interval[0]).max(1e-6);
            let part = ((share * PARTS as f64).max(0.0) as usize).min(PARTS - 1);
            shape.tops[axis][part] = shape.tops[axis][part].max(height);
        }
        let away = [(at[0] - near_edge(first)).abs(), (at[1] - near_edge(second)).abs()];
        let nearest = away[0].min(away[1]);
        if nearest < ON_EDGE_M {
            self.on_edge += 1.0;
            self.on_first += f64::from(u8::from(away[0] <= away[1]));
        }
        let slice = &mut self.slices[slice_of(height as f32)];
        for (sum, one) in slice.iter_mut().zip([1.0, nearest, nearest * nearest]) {
            *sum += one;
        }
    }

    fn finish(&self, shape: &mut Shape) {
        let count = self.count.max(1.0);
        for (share, n) in shape.bands.iter_mut().zip(self.bands) {
            *share = (f64::from(n) / count) as f32;
        }
        shape.on_edge = self.on_edge / count;
        shape.on_first = self.on_first / self.on_edge.max(1.0);
        let scatter = self.slices.iter().map(|[n, sum, squares]| {
            let variance = squares - sum * sum / n.max(1.0);
            (variance.max(0.0) * n).sqrt()
        });
        shape.roughness = scatter.sum::<f64>() / count;
    }
}

fn slice_of(height: f32) -> usize {
    ((height / HEIGHT_BIN_M).max(0.0) as usize).min(HEIGHT_BINS - 1)
}

/// Height of the highest point below the first gap: what hangs above is another thing.
fn top_of(heights: &[f32]) -> f64 {
    let mut tops = [f32::NEG_INFINITY; HEIGHT_BINS];
    for &h in heights {
        let bin = slice_of(h);
        tops[bin] = tops[bin].max(h);
    }
    let mut top = 0.0;
    let mut empty = 0;
    for bin_top in tops {
        if bin_top > f32::NEG_INFINITY {
            (top, empty) = (bin_top, 0);
        } else if top > 0.0 {
            empty += 1;
            if empty == GAP_BINS {
                break;
            }
        }
    }
    f64::from(top)
}

/// The end of an interval that is nearer to the sensor at zero.
pub(super) fn near_edge(interval: [f64; 2]) -> f64 {
    if interval[0].abs() <= interval[1].abs() { interval[0] } else { interval[1] }
}

#[cfg(test)]
mod tests;
