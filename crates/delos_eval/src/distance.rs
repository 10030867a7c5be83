//! How much is found, by distance.

use delos_core::{BenchmarkRow, ObjectClass};
use delos_filter::{CostMatrix, assign_optimal};
use serde::Serialize;

#[cfg(test)]
mod tests;

/// What counts, and what counts as found.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct DistanceRules {
    /// A result finds an object when their centres, seen from above, are at most this far
    /// apart, metres. 2 m is `dist_th_tp` of nuScenes' detection benchmark: of its four
    /// distances (0.5, 1, 2 and 4 m) the one whose matches its errors are measured on (Caesar
    /// et al. 2020).
    pub radius_m: f64,
    /// Edges of the bins, metres from the camera, ascending.
    pub edges_m: Vec<f64>,
    /// Objects of a higher level of occlusion do not count: 0 visible, 1 partly hidden, 2 mostly
    /// hidden, 3 unknown.
    pub max_occlusion: i64,
}

impl Default for DistanceRules {
    fn default() -> Self {
        let edges_m = (0..=8).map(|i| 10.0 * f64::from(i)).collect();
        Self { radius_m: 2.0, edges_m, max_occlusion: 2 }
    }
}

/// The objects of a class at distances `from_m..to_m`.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct DistanceBin {
    /// Nearest, metres; belongs to the bin.
    pub from_m: f64,
    /// Farthest, metres; belongs to the next bin.
    pub to_m: f64,
    /// Labelled objects.
    pub counted: usize,
    /// Those that are found.
    pub found: usize,
}

impl DistanceBin {
    /// Share that is found; `None` where nothing is.
    pub fn recall(&self) -> Option<f64> {
        (self.counted > 0).then(|| self.found as f64 / self.counted as f64)
    }
}

/// How many labelled objects of a class have a result of their class within the radius, by
/// their distance. Distances are those from the camera along the ground (`x` and `z` of the
/// rows). In each frame one result finds one object: as many pairs as possible, and of those
/// the smallest sum of distances. Rows without a place in space do not count. Sequences are
/// pairs of labels and results.
pub fn recall_by_distance(
    sequences: &[(&[BenchmarkRow], &[BenchmarkRow])],
    class: ObjectClass,
    rules: &DistanceRules,
) -> Vec<DistanceBin> {
    let edges = rules.edges_m.windows(2);
    let empty = |edge: &[f64]| DistanceBin { from_m: edge[0], to_m: edge[1], counted: 0, found: 0 };
    let mut bins: Vec<DistanceBin> = edges.map(empty).collect();
    for (truth, results) in sequences {
        for (truth, results) in frames(&placed(truth, class), &placed(results, class)) {
            let found = found(truth, results, rules.radius_m);
            for (object, is_found) in truth.iter().zip(found) {
                if object.occlusion <= rules.max_occlusion {
                    count(&mut bins, object, is_found);
                }
            }
        }
    }
    bins
}

fn count(bins: &mut [DistanceBin], object: &BenchmarkRow, is_found: bool) {
    let range = object.bottom[0].hypot(object.bottom[2]);
    let bin = bins.iter_mut().find(|bin| (bin.from_m..bin.to_m).contains(&range));
    if let Some(bin) = bin {
        bin.counted += 1;
        bin.found += usize::from(is_found);
    }
}

/// The rows of a class that have a place, by frame.
fn placed(rows: &[BenchmarkRow], class: ObjectClass) -> Vec<BenchmarkRow> {
    let is_placed = |row: &&BenchmarkRow| row.size_hwl.iter().all(|extent| *extent > 0.0);
    let mut rows: Vec<BenchmarkRow> =
        rows.iter().filter(|row| row.class == class).filter(is_placed).copied().collect();
    rows.sort_by_key(|row| row.frame);
    rows
}

/// For each frame with labels these and its results.
fn frames<'a>(
    truth: &'a [BenchmarkRow],
    results: &'a [BenchmarkRow],
) -> impl Iterator<Item = (&'a [BenchmarkRow], &'a [BenchmarkRow])> {
    truth.chunk_by(|a, b| a.frame == b.frame).map(move |truth| {
        let frame = truth.first().map_or(0, |row| row.frame);
        let from = results.partition_point(|row| row.frame < frame);
        let to = results.partition_point(|row| row.frame <= frame);
        (truth, results.get(from..to).unwrap_or_default())
    })
}

/// For each object whether a result is its own.
fn found(truth: &[BenchmarkRow], results: &[BenchmarkRow], radius_m: f64) -> Vec<bool> {
    let mut costs = CostMatrix::new(truth.len(), results.len());
    for (row, object) in truth.iter().enumerate() {
        for (column, result) in results.iter().enumerate() {
            let [dx, dz] = [0, 2].map(|axis| object.bottom[axis] - result.bottom[axis]);
            let distance = dx.hypot(dz);
            if distance <= radius_m {
                costs.set(row, column, distance);
            }
        }
    }
    assign_optimal(&costs, f64::INFINITY).iter().map(Option::is_some).collect()
}
