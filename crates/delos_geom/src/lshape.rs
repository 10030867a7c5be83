//! The rectangle whose two near edges fit a cluster seen from above.
//!
//! Search-based L-shape fit with the closeness criterion: Zhang, Xu, Dong, Dolan,
//! "Efficient L-Shape Fitting for Vehicle Detection Using Laser Scanners", IV 2017,
//! algorithms 2 and 4. Different from the paper, distances count to the edges that
//! face the sensor, since the far ones are never seen.

use std::f64::consts::FRAC_PI_2;

/// Distances below this count alike in the closeness criterion, metres.
const NEAREST_M: f64 = 0.05;
/// Distances above this count alike, metres.
const FARTHEST_M: f64 = 1.0;
/// Steps of the coarse search over a quarter turn (3 degrees each).
const COARSE_STEPS: usize = 30;
/// Steps of the fine search to either side (0.5 degrees each).
const FINE_STEPS: i32 = 5;

/// A rectangle about points seen from above, in axes turned by `yaw`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LShape {
    /// Direction of the first axis, radians in `0..π/2` up to the fine search's steps.
    pub yaw: f64,
    /// Interval along the first axis, metres from the sensor.
    pub first: [f64; 2],
    /// Interval along the second axis, a quarter turn to the left, metres from the sensor.
    pub second: [f64; 2],
    /// Mean distance of the points to the nearer of the two edges that face the sensor, metres.
    pub residual: f64,
}

/// Fits the rectangle to points `[N] (x, y)`, metres, sensor at the origin.
///
/// Cost is `41 N`. `None` without points.
pub fn fit_lshape(points: &[[f64; 2]]) -> Option<LShape> {
    if points.is_empty() {
        return None;
    }
    let step = FRAC_PI_2 / COARSE_STEPS as f64;
    let coarse = (0..COARSE_STEPS).map(|k| k as f64 * step);
    let start = best_of(points, coarse)?;
    let fine = (-FINE_STEPS..=FINE_STEPS).map(|k| start + f64::from(k) * step / 6.0);
    best_of(points, fine).map(|yaw| LShape::around(points, yaw))
}

/// The direction with the highest closeness; the first one where several are equal.
fn best_of(points: &[[f64; 2]], yaws: impl Iterator<Item = f64>) -> Option<f64> {
    let mut best: Option<(f64, f64)> = None;
    for yaw in yaws {
        let score = closeness(points, yaw);
        if best.is_none_or(|(top, _)| score > top) {
            best = Some((score, yaw));
        }
    }
    best.map(|(_, yaw)| yaw)
}

impl LShape {
    /// The rectangle in the given direction, which is not searched.
    pub fn around(points: &[[f64; 2]], yaw: f64) -> Self {
        let (first, second) = intervals(points, yaw);
        let (sin, cos) = yaw.sin_cos();
        let (near_first, near_second) = (near_edge(first), near_edge(second));
        let sum: f64 = points
            .iter()
            .map(|p| edge_distance(rotated(*p, sin, cos), near_first, near_second))
            .sum();
        Self { yaw, first, second, residual: sum / points.len().max(1) as f64 }
    }

    /// The rectangle in the given direction that leaves out a share of the points at
    /// either end of both axes: what does not belong to the object seldom is much.
    pub fn trimmed(points: &[[f64; 2]], yaw: f64, share: f64) -> Self {
        let (sin, cos) = yaw.sin_cos();
        let turned: Vec<[f64; 2]> = points.iter().map(|p| rotated(*p, sin, cos)).collect();
        let first = trimmed_interval(turned.iter().map(|p| p[0]).collect(), share);
        let second = trimmed_interval(turned.iter().map(|p| p[1]).collect(), share);
        let (near_first, near_second) = (near_edge(first), near_edge(second));
        let sum: f64 = turned.iter().map(|p| edge_distance(*p, near_first, near_second)).sum();
        Self { yaw, first, second, residual: sum / points.len().max(1) as f64 }
    }

    /// Extents along the first and the second axis, metres.
    pub fn extents(&self) -> [f64; 2] {
        [self.first[1] - self.first[0], self.second[1] - self.second[0]]
    }
}

/// The paper's equation for closeness: the sum of inverse distances.
fn closeness(points: &[[f64; 2]], yaw: f64) -> f64 {
    let (first, second) = intervals(points, yaw);
    let (near_first, near_second) = (near_edge(first), near_edge(second));
    let (sin, cos) = yaw.sin_cos();
    points
        .iter()
        .map(|p| 1.0 / edge_distance(rotated(*p, sin, cos), near_first, near_second).max(NEAREST_M))
        .sum()
}

/// Distance of a turned point to the nearer of the two edges that face the sensor.
fn edge_distance(p: [f64; 2], near_first: f64, near_second: f64) -> f64 {
    (p[0] - near_first).abs().min((p[1] - near_second).abs()).min(FARTHEST_M)
}

/// Bounds along both axes.
fn intervals(points: &[[f64; 2]], yaw: f64) -> ([f64; 2], [f64; 2]) {
    let (sin, cos) = yaw.sin_cos();
    let empty = [f64::INFINITY, f64::NEG_INFINITY];
    points.iter().fold((empty, empty), |(a, b), p| {
        let [u, v] = rotated(*p, sin, cos);
        ([a[0].min(u), a[1].max(u)], [b[0].min(v), b[1].max(v)])
    })
}

/// The interval between the quantiles `share` and `1 - share`; zero without values.
fn trimmed_interval(mut values: Vec<f64>, share: f64) -> [f64; 2] {
    let Some(last) = values.len().checked_sub(1) else { return [0.0, 0.0] };
    let cut = (share.clamp(0.0, 0.5) * last as f64).floor() as usize;
    let low = *values.select_nth_unstable_by(cut, f64::total_cmp).1;
    let high = *values.select_nth_unstable_by(last - cut, f64::total_cmp).1;
    [low, high]
}

/// Coordinates in axes turned by the angle of `sin` and `cos`.
fn rotated(p: [f64; 2], sin: f64, cos: f64) -> [f64; 2] {
    [p[0] * cos + p[1] * sin, p[1] * cos - p[0] * sin]
}

/// The end of an interval that is nearer to the sensor at zero.
fn near_edge(interval: [f64; 2]) -> f64 {
    if interval[0].abs() <= interval[1].abs() { interval[0] } else { interval[1] }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Rear and right side of a 4.0 x 1.6 m car, 12 m away and half a radian to the left
    /// of its own heading, so that both face the sensor.
    fn two_sides(yaw: f64) -> Vec<[f64; 2]> {
        let (sin, cos) = yaw.sin_cos();
        let (y, x) = (yaw + 0.5).sin_cos();
        let (x, y) = (12.0 * x, 12.0 * y);
        let along = (0..=40).map(|i| [f64::from(i) * 0.1, 0.0]);
        let across = (0..=16).map(|i| [0.0, f64::from(i) * 0.1]);
        along.chain(across).map(|[u, v]| [x + u * cos - v * sin, y + u * sin + v * cos]).collect()
    }

    #[test]
    fn no_points_no_shape() {
        assert_eq!(fit_lshape(&[]), None);
        let single = fit_lshape(&[[3.0, 4.0]]).expect("one point");
        assert!(single.extents().iter().all(|e| *e == 0.0));
    }

    proptest! {
        #[test]
        fn two_sides_give_direction_and_extents(yaw in -3.0..3.0f64) {
            let shape = fit_lshape(&two_sides(yaw)).expect("points");
            let off = (shape.yaw - yaw).rem_euclid(FRAC_PI_2);
            prop_assert!(off.min(FRAC_PI_2 - off) < 0.02, "{} {}", shape.yaw, yaw);
            prop_assert!(shape.residual < 0.05);
            let [a, b] = shape.extents();
            prop_assert!((a.max(b) - 4.0).abs() < 0.1 && (a.min(b) - 1.6).abs() < 0.1);
        }
    }
}
