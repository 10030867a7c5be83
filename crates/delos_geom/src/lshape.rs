//! The rectangle whose two near edges fit a cluster seen from above.
//!
//! Search-based L-shape fit with the closeness criterion: Zhang, Xu, Dong, Dolan,
//! "Efficient L-Shape Fitting for Vehicle Detection Using Laser Scanners", IV 2017,
//! algorithms 2 and 4. Different from the paper, distances count to the edges that
//! face the sensor, since the far ones are never seen.

use std::f64::consts::FRAC_PI_2;

/// Distances below this count alike in the closeness criterion, metres.
const NEAREST_M: f32 = 0.05;
/// Distances above this count alike, metres.
const FARTHEST_M: f32 = 1.0;
/// Steps of the coarse search over a quarter turn (3 degrees each).
const COARSE_STEPS: usize = 30;
/// Steps of the fine search to either side (0.5 degrees each).
const FINE_STEPS: i32 = 5;
/// Sums that are kept side by side.
const LANES: usize = 8;

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
    let yaw = LShapeSearch::default().yaw(points.iter().copied())?;
    Some(LShape::around(points, yaw))
}

/// The search, with buffers that are used again.
#[derive(Clone, Debug, Default)]
pub struct LShapeSearch {
    x: Vec<f32>,
    y: Vec<f32>,
    turned: Vec<f32>,
}

impl LShapeSearch {
    /// The direction of the rectangle that fits best, radians. Cost is `41 N`; `None` without points.
    pub fn yaw(&mut self, points: impl Iterator<Item = [f64; 2]>) -> Option<f64> {
        self.x.clear();
        self.y.clear();
        for [x, y] in points {
            self.x.push(x as f32);
            self.y.push(y as f32);
        }
        if self.x.is_empty() {
            return None;
        }
        let step = FRAC_PI_2 / COARSE_STEPS as f64;
        let start = self.best_of((0..COARSE_STEPS).map(|k| k as f64 * step))?;
        // From the middle outwards: where several are equal, the middle one is right.
        let fine = (0..=2 * FINE_STEPS).map(|k| if k % 2 == 0 { k / 2 } else { -(k + 1) / 2 });
        self.best_of(fine.map(|k| start + f64::from(k) * step / 6.0))
    }

    /// The rectangle in the given direction that leaves out a share of the points at
    /// either end of both axes: what does not belong to the object seldom is much.
    pub fn trimmed(
        &mut self,
        points: impl Iterator<Item = [f64; 2]> + Clone,
        yaw: f64,
        share: f64,
    ) -> LShape {
        let (sin, cos) = yaw.sin_cos();
        let [first, second] = [0, 1].map(|axis| {
            self.turned.clear();
            self.turned.extend(points.clone().map(|p| rotated(p, sin, cos)[axis] as f32));
            trimmed_interval(&mut self.turned, share)
        });
        LShape::of_intervals(points, yaw, first, second)
    }

    /// The direction with the highest closeness; the first one where several are equal. Compiled
    /// twice, for every processor and for those with AVX2; both add the same numbers in the same
    /// order.
    #[cfg_attr(
        target_arch = "x86_64",
        expect(unsafe_code, reason = "code for a kind of processor may run on that kind alone")
    )]
    fn best_of(&self, yaws: impl Iterator<Item = f64>) -> Option<f64> {
        #[cfg(target_arch = "x86_64")]
        if std::arch::is_x86_feature_detected!("avx2") {
            // SAFETY: the processor has AVX2, as was asked just now.
            return unsafe { self.best_with_avx2(yaws) };
        }
        self.best_anywhere(yaws)
    }

    #[cfg(target_arch = "x86_64")]
    #[target_feature(enable = "avx2")]
    fn best_with_avx2(&self, yaws: impl Iterator<Item = f64>) -> Option<f64> {
        self.best_anywhere(yaws)
    }

    #[expect(clippy::inline_always, reason = "compiled anew for each kind of processor")]
    #[inline(always)]
    fn best_anywhere(&self, yaws: impl Iterator<Item = f64>) -> Option<f64> {
        let mut best: Option<(f32, f64)> = None;
        for yaw in yaws {
            let score = self.closeness(yaw);
            if best.is_none_or(|(top, _)| score > top) {
                best = Some((score, yaw));
            }
        }
        best.map(|(_, yaw)| yaw)
    }

    /// The paper's equation for closeness: the sum of inverse distances. Sums go over eight
    /// lanes, which processors add side by side.
    #[expect(clippy::inline_always, reason = "compiled anew for each kind of processor")]
    #[inline(always)]
    fn closeness(&self, yaw: f64) -> f32 {
        let (sin, cos) = yaw.sin_cos();
        let (sin, cos) = (sin as f32, cos as f32);
        let (first, second) = self.near_edges(sin, cos);
        let add = |sum: &mut f32, x: f32, y: f32| {
            let (u, v) = (x * cos + y * sin - first, y * cos - x * sin - second);
            let away = least(u.abs(), v.abs());
            *sum += 1.0 / least(most(away, NEAREST_M), FARTHEST_M);
        };
        let (mut lanes, mut rest) = ([0.0; LANES], 0.0);
        let (xs, ys) = (self.x.chunks_exact(LANES), self.y.chunks_exact(LANES));
        for (x, y) in xs.remainder().iter().zip(ys.remainder()) {
            add(&mut rest, *x, *y);
        }
        for (x, y) in xs.zip(ys) {
            for lane in 0..LANES {
                add(&mut lanes[lane], x[lane], y[lane]);
            }
        }
        lanes.iter().sum::<f32>() + rest
    }

    /// Where the edges that face the sensor lie in axes turned by the angle of `sin` and `cos`.
    #[expect(clippy::inline_always, reason = "compiled anew for each kind of processor")]
    #[inline(always)]
    fn near_edges(&self, sin: f32, cos: f32) -> (f32, f32) {
        let mut low = [[f32::INFINITY; LANES]; 2];
        let mut high = [[f32::NEG_INFINITY; LANES]; 2];
        let mut widen = |lane: usize, x: f32, y: f32| {
            for (axis, at) in [x * cos + y * sin, y * cos - x * sin].into_iter().enumerate() {
                low[axis][lane] = least(at, low[axis][lane]);
                high[axis][lane] = most(at, high[axis][lane]);
            }
        };
        let (xs, ys) = (self.x.chunks_exact(LANES), self.y.chunks_exact(LANES));
        for (x, y) in xs.remainder().iter().zip(ys.remainder()) {
            widen(0, *x, *y);
        }
        for (x, y) in xs.zip(ys) {
            for lane in 0..LANES {
                widen(lane, x[lane], y[lane]);
            }
        }
        let edge = |axis: usize| {
            let low = low[axis].iter().copied().fold(f32::INFINITY, least);
            let high = high[axis].iter().copied().fold(f32::NEG_INFINITY, most);
            if low.abs() <= high.abs() { low } else { high }
        };
        (edge(0), edge(1))
    }
}

/// The smaller number; one instruction, since no NaN has to be thought of.
fn least(a: f32, b: f32) -> f32 {
    if a < b { a } else { b }
}

/// The larger number.
fn most(a: f32, b: f32) -> f32 {
    if a > b { a } else { b }
}

impl LShape {
    /// The rectangle in the given direction, which is not searched.
    pub fn around(points: &[[f64; 2]], yaw: f64) -> Self {
        let (first, second) = intervals(points, yaw);
        Self::of_intervals(points.iter().copied(), yaw, first, second)
    }

    /// The rectangle that [`LShapeSearch::trimmed`] gives, with buffers of its own.
    pub fn trimmed(points: &[[f64; 2]], yaw: f64, share: f64) -> Self {
        LShapeSearch::default().trimmed(points.iter().copied(), yaw, share)
    }

    fn of_intervals(
        points: impl Iterator<Item = [f64; 2]>,
        yaw: f64,
        first: [f64; 2],
        second: [f64; 2],
    ) -> Self {
        let (sin, cos) = yaw.sin_cos();
        let (near_first, near_second) = (near_edge(first), near_edge(second));
        let (mut sum, mut count) = (0.0, 0.0_f64);
        for p in points {
            sum += edge_distance(rotated(p, sin, cos), near_first, near_second);
            count += 1.0;
        }
        Self { yaw, first, second, residual: sum / count.max(1.0) }
    }

    /// Extents along the first and the second axis, metres.
    pub fn extents(&self) -> [f64; 2] {
        [self.first[1] - self.first[0], self.second[1] - self.second[0]]
    }
}

/// Distance of a turned point to the nearer of the two edges that face the sensor.
fn edge_distance(p: [f64; 2], near_first: f64, near_second: f64) -> f64 {
    (p[0] - near_first).abs().min((p[1] - near_second).abs()).min(f64::from(FARTHEST_M))
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
fn trimmed_interval(values: &mut [f32], share: f64) -> [f64; 2] {
    let Some(last) = values.len().checked_sub(1) else { return [0.0, 0.0] };
    let cut = (share.clamp(0.0, 0.5) * last as f64).floor() as usize;
    let low = *values.select_nth_unstable_by(cut, f32::total_cmp).1;
    let high = *values.select_nth_unstable_by(last - cut, f32::total_cmp).1;
    [f64::from(low), f64::from(high)]
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
        fn every_kind_of_processor_finds_the_same(
            points in proptest::collection::vec([-9.0..9.0_f64, 3.0..20.0_f64], 1..70)
        ) {
            let (x, y) = points.iter().map(|[x, y]| (*x as f32, *y as f32)).unzip();
            let search = LShapeSearch { x, y, turned: Vec::new() };
            let yaws = || (0..90).map(|degree| f64::from(degree).to_radians());
            prop_assert_eq!(search.best_of(yaws()), search.best_anywhere(yaws()));
        }

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
