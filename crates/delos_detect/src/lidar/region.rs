//! The region of interest: polygons on the ground around the vehicle.

use super::config::FARTHEST_M;
use crate::DetectError;
use serde::{Deserialize, Serialize};

/// Corners of polygons in the vehicle's frame, `[x, y]` metres forward and left of the LiDAR.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct RegionConfig {
    /// Objects are looked for inside; everywhere where absent.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub keep: Vec<[f64; 2]>,
    /// But not inside these.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub exclude: Vec<Vec<[f64; 2]>>,
}

/// More corners are a mistake: each pair of edges is compared once.
const MOST_CORNERS: usize = 512;
/// No corner lies farther away, metres.
const FARTHEST_CORNER_M: f64 = 10_000.0;
/// Points so near to the region are looked at too, so that what stands on its border is whole.
const MARGIN_M: f64 = 3.0;
/// Side of the cells in which that is known, metres.
const CELL_M: f64 = 1.0;
/// Cells along each axis; the sensor stands in the middle.
const CELLS: usize = 2 * (FARTHEST_M / CELL_M) as usize;

/// Where objects are looked for. Polygons have been checked; testing allocates nothing.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Region {
    keep: Option<Polygon>,
    exclude: Vec<Polygon>,
    /// Whether a cell is in the region or near to it, row by row; empty for everywhere.
    near: Vec<bool>,
}

impl Region {
    /// Checks the polygons.
    ///
    /// # Errors
    /// [`DetectError::Region`] names the polygon and what is wrong with it: fewer than three
    /// corners, a number that is none, no area, edges that cross.
    pub fn new(config: &RegionConfig) -> Result<Self, DetectError> {
        let keep = (!config.keep.is_empty()).then(|| Polygon::new("region.keep", &config.keep));
        let exclude =
            config.exclude.iter().enumerate().map(|(number, corners)| {
                Polygon::new(&format!("region.exclude[{number}]"), corners)
            });
        let (keep, exclude) = (keep.transpose()?, exclude.collect::<Result<_, _>>()?);
        let mut region = Self { keep, exclude, near: Vec::new() };
        if region.is_limited() {
            let cells = (0..CELLS * CELLS).map(|cell| region.is_near(middle(cell)));
            region.near = cells.collect();
        }
        Ok(region)
    }

    /// Whether a place on the ground is in it. What lies exactly on an edge belongs to one side.
    pub fn contains(&self, x: f64, y: f64) -> bool {
        self.keep.as_ref().is_none_or(|polygon| polygon.contains([x, y]))
            && !self.exclude.iter().any(|polygon| polygon.contains([x, y]))
    }

    /// Whether points at a place can belong to an object in it.
    pub(super) fn reaches(&self, x: f32, y: f32) -> bool {
        let cell = |at: f32| {
            let cell = f64::from(at) / CELL_M + 0.5 * CELLS as f64;
            (0.0..CELLS as f64).contains(&cell).then_some(cell as usize)
        };
        self.near.is_empty() || cell(x).zip(cell(y)).is_some_and(|(x, y)| self.near[y * CELLS + x])
    }

    const fn is_limited(&self) -> bool {
        self.keep.is_some() || !self.exclude.is_empty()
    }

    fn is_near(&self, at: [f64; 2]) -> bool {
        let polygons = self.keep.iter().chain(&self.exclude);
        let reach = MARGIN_M + CELL_M;
        self.contains(at[0], at[1]) || polygons.into_iter().any(|p| p.distance(at) < reach)
    }
}

fn middle(cell: usize) -> [f64; 2] {
    [cell % CELLS, cell / CELLS].map(|place| (place as f64 + 0.5 - 0.5 * CELLS as f64) * CELL_M)
}

/// A polygon whose edges do not cross.
#[derive(Clone, Debug, PartialEq)]
struct Polygon(Vec<[f64; 2]>);

type Edge = [[f64; 2]; 2];

impl Polygon {
    fn new(name: &str, corners: &[[f64; 2]]) -> Result<Self, DetectError> {
        let refused = |cause: String| Err(DetectError::Region { name: name.to_owned(), cause });
        let count = corners.len();
        if !(3..=MOST_CORNERS).contains(&count) {
            return refused(format!("{count} corners; a polygon has 3 to {MOST_CORNERS}"));
        }
        let far = |corner: &[f64; 2]| !corner.iter().all(|v| v.abs() <= FARTHEST_CORNER_M);
        if let Some(number) = corners.iter().position(far) {
            let [x, y] = corners[number];
            return refused(format!("corner {number} is [{x}, {y}]; use metres from the LiDAR"));
        }
        let polygon = Self(corners.to_vec());
        if let Some((a, b)) = polygon.crossing() {
            return refused(format!(
                "the edges from corner {a} and from corner {b} cross or touch"
            ));
        }
        if polygon.edges().map(|[a, b]| a[0] * b[1] - a[1] * b[0]).sum::<f64>().abs() < 1e-6 {
            return refused("it has no area".to_owned());
        }
        Ok(polygon)
    }

    fn edges(&self) -> impl Iterator<Item = Edge> + Clone {
        let next = self.0.iter().cycle().skip(1);
        self.0.iter().zip(next).map(|(a, b)| [*a, *b])
    }

    /// Two edges that share more than the corner between neighbours.
    fn crossing(&self) -> Option<(usize, usize)> {
        let count = self.0.len();
        let edges = self.edges().enumerate();
        edges.clone().find_map(|(i, a)| {
            let mut later = edges.clone().skip(i + 1);
            later
                .find(|(j, b)| {
                    let [next, last] = [*j == i + 1, i == 0 && *j == count - 1];
                    if next || last { folds_back(&a, b, next) } else { touch(&a, b) }
                })
                .map(|(j, _)| (i, j))
        })
    }

    /// Crossing number (Shimrat, "Algorithm 112: Position of point relative to polygon", CACM
    /// 1962).
    fn contains(&self, [x, y]: [f64; 2]) -> bool {
        let crossed = |[a, b]: &Edge| {
            (a[1] > y) != (b[1] > y) && x < a[0] + (y - a[1]) / (b[1] - a[1]) * (b[0] - a[0])
        };
        self.edges().filter(crossed).count() % 2 == 1
    }

    /// Distance of a place to the nearest edge, metres.
    fn distance(&self, at: [f64; 2]) -> f64 {
        self.edges().map(|edge| distance(&edge, at)).fold(f64::INFINITY, f64::min)
    }
}

/// Twice the area of a triangle, positive counter-clockwise.
fn turn(a: [f64; 2], b: [f64; 2], c: [f64; 2]) -> f64 {
    (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])
}

/// Whether two edges have a place in common.
fn touch(a: &Edge, b: &Edge) -> bool {
    let sides = [turn(a[0], a[1], b[0]), turn(a[0], a[1], b[1])];
    let others = [turn(b[0], b[1], a[0]), turn(b[0], b[1], a[1])];
    let overlap = |axis: usize| {
        let [low, high] = [a, b].map(|e| [e[0][axis].min(e[1][axis]), e[0][axis].max(e[1][axis])]);
        low[0] <= high[1] && high[0] <= low[1]
    };
    let parted = |pair: [f64; 2]| pair[0] * pair[1] > 0.0;
    overlap(0) && overlap(1) && !parted(sides) && !parted(others)
}

/// Whether neighbouring edges lie on each other, or one is a point.
fn folds_back(a: &Edge, b: &Edge, next: bool) -> bool {
    let (shared, from, to) = if next { (a[1], a[0], b[1]) } else { (a[0], a[1], b[0]) };
    let [u, v] = [from, to].map(|end| [end[0] - shared[0], end[1] - shared[1]]);
    let along = u[0] * v[0] + u[1] * v[1];
    turn(shared, from, to).abs() < 1e-12 && along >= 0.0
}

fn distance([a, b]: &Edge, at: [f64; 2]) -> f64 {
    let edge = [b[0] - a[0], b[1] - a[1]];
    let off = [at[0] - a[0], at[1] - a[1]];
    let squared = edge[0] * edge[0] + edge[1] * edge[1];
    let share = ((off[0] * edge[0] + off[1] * edge[1]) / squared).clamp(0.0, 1.0);
    (off[0] - share * edge[0]).hypot(off[1] - share * edge[1])
}

#[cfg(test)]
mod tests;
