//! Convex shapes in the plane.

use std::f64::consts::FRAC_PI_2;

/// Area of a simple polygon by the shoelace formula, square metres; positive when its
/// corners run counter-clockwise.
pub fn polygon_area(corners: &[[f64; 2]]) -> f64 {
    let Some(origin) = corners.first() else { return 0.0 };
    // Relative to one corner, so that far from the origin no digits are lost.
    let doubled: f64 = corners.windows(2).map(|edge| cross(origin, &edge[0], &edge[1])).sum();
    doubled / 2.0
}

/// Convex hull by Andrew's monotone chain (Andrew 1979), counter-clockwise from the
/// point with the smallest (x, y), without points on its edges.
///
/// `points` is sorted and stripped of non-finite and repeated points; fewer than three
/// different ones come back as they are.
pub fn convex_hull(points: &mut Vec<[f64; 2]>) -> Vec<[f64; 2]> {
    points.retain(|p| p.iter().all(|v| v.is_finite()));
    points.sort_unstable_by(|a, b| a[0].total_cmp(&b[0]).then(a[1].total_cmp(&b[1])));
    points.dedup();
    if points.len() < 3 {
        return points.clone();
    }
    let mut hull = Vec::with_capacity(points.len() + 1);
    extend_chain(&mut hull, points.iter());
    hull.pop();
    let upper = hull.len();
    extend_chain_from(&mut hull, upper, points.iter().rev());
    hull.pop();
    hull
}

fn extend_chain<'a>(hull: &mut Vec<[f64; 2]>, points: impl Iterator<Item = &'a [f64; 2]>) {
    extend_chain_from(hull, 0, points);
}

/// Appends a chain that only turns left; entries before `start` are left alone.
fn extend_chain_from<'a>(
    hull: &mut Vec<[f64; 2]>,
    start: usize,
    points: impl Iterator<Item = &'a [f64; 2]>,
) {
    for p in points {
        while hull.len() >= start + 2
            && cross(&hull[hull.len() - 2], &hull[hull.len() - 1], p) <= 0.0
        {
            hull.pop();
        }
        hull.push(*p);
    }
}

/// A turned rectangle in the plane, in plain numbers: nothing about them is promised.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Rectangle {
    /// Centre `(x, y)`, metres.
    pub center: [f64; 2],
    /// Extent along `yaw`, metres.
    pub length: f64,
    /// Extent across `yaw`, metres.
    pub width: f64,
    /// Direction of `length`, counter-clockwise from the x axis, radians.
    pub yaw: f64,
}

/// The smallest rectangle around a convex hull: one of its sides lies on an edge of the
/// hull (Freeman and Shapira 1975), so that every edge is tried. Of equal areas the
/// first edge wins. Its length is the longer side, its yaw in (-π/2, π/2]. `None` for
/// fewer than two corners.
pub fn min_area_rectangle(hull: &[[f64; 2]]) -> Option<Rectangle> {
    let next = hull.iter().cycle().skip(1);
    hull.iter()
        .zip(next)
        .filter(|(a, b)| (b[0] - a[0]).hypot(b[1] - a[1]) > 0.0)
        .map(|(a, b)| rectangle_along(hull, (b[1] - a[1]).atan2(b[0] - a[0])))
        .reduce(|best, r| if r.length * r.width < best.length * best.width { r } else { best })
}

/// The tight rectangle whose sides have direction `yaw` or stand across it.
fn rectangle_along(points: &[[f64; 2]], yaw: f64) -> Rectangle {
    let (sin, cos) = yaw.sin_cos();
    let mut low = [f64::INFINITY; 2];
    let mut high = [f64::NEG_INFINITY; 2];
    for p in points {
        let turned = [p[0] * cos + p[1] * sin, p[1] * cos - p[0] * sin];
        for axis in 0..2 {
            low[axis] = low[axis].min(turned[axis]);
            high[axis] = high[axis].max(turned[axis]);
        }
    }
    let middle = [f64::midpoint(low[0], high[0]), f64::midpoint(low[1], high[1])];
    let center = [middle[0] * cos - middle[1] * sin, middle[0] * sin + middle[1] * cos];
    let (along, across) = (high[0] - low[0], high[1] - low[1]);
    if along >= across {
        Rectangle { center, length: along, width: across, yaw: half_turn(yaw) }
    } else {
        Rectangle { center, length: across, width: along, yaw: half_turn(yaw + FRAC_PI_2) }
    }
}

/// The same line with a direction in (-π/2, π/2].
fn half_turn(yaw: f64) -> f64 {
    let turned = yaw.rem_euclid(std::f64::consts::PI);
    if turned > FRAC_PI_2 { turned - std::f64::consts::PI } else { turned }
}

/// Twice the signed area of the triangle `o a b`.
pub(crate) fn cross(o: &[f64; 2], a: &[f64; 2], b: &[f64; 2]) -> f64 {
    (a[0] - o[0]) * (b[1] - o[1]) - (a[1] - o[1]) * (b[0] - o[0])
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn hulls_of_simple_sets() {
        let mut square =
            vec![[0.0, 0.0], [1.0, 1.0], [0.5, 0.5], [1.0, 0.0], [0.0, 1.0], [0.5, 0.0]];
        let hull = convex_hull(&mut square);
        assert_eq!(hull, [[0.0, 0.0], [1.0, 0.0], [1.0, 1.0], [0.0, 1.0]]);
        assert!((polygon_area(&hull) - 1.0).abs() < 1e-12);
        assert_eq!(convex_hull(&mut vec![[2.0, 1.0], [2.0, 1.0]]), [[2.0, 1.0]]);
        assert!(convex_hull(&mut vec![[f64::NAN, 1.0]]).is_empty());
        let mut line: Vec<_> = (0..9).map(|i| [f64::from(i), 2.0 * f64::from(i)]).collect();
        assert_eq!(convex_hull(&mut line), [[0.0, 0.0], [8.0, 16.0]]);
        assert!(polygon_area(&[]).abs() < 1e-12);
    }

    #[test]
    fn rectangle_of_a_turned_rectangle() {
        let (sin, cos) = 0.3f64.sin_cos();
        let mut points: Vec<_> = [(2.0, 1.0), (-2.0, 1.0), (-2.0, -1.0), (2.0, -1.0), (0.3, 0.2)]
            .map(|(x, y)| [10.0 + x * cos - y * sin, 5.0 + x * sin + y * cos])
            .to_vec();
        let found = min_area_rectangle(&convex_hull(&mut points)).expect("has edges");
        assert!((found.length - 4.0).abs() < 1e-9 && (found.width - 2.0).abs() < 1e-9);
        assert!((found.yaw - 0.3).abs() < 1e-9);
        assert!((found.center[0] - 10.0).abs() < 1e-9 && (found.center[1] - 5.0).abs() < 1e-9);
        assert_eq!(min_area_rectangle(&[[1.0, 1.0]]), None);
    }

    proptest! {
        #[test]
        fn a_hull_holds_all_points_and_only_turns_left(
            points in prop::collection::vec(prop::array::uniform2(-9.0..9.0f64), 3..40)
        ) {
            let hull = convex_hull(&mut points.clone());
            prop_assume!(hull.len() > 2);
            for i in 0..hull.len() {
                let (a, b) = (hull[i], hull[(i + 1) % hull.len()]);
                prop_assert!(cross(&a, &b, &hull[(i + 2) % hull.len()]) > 0.0);
                for p in &points {
                    prop_assert!(cross(&a, &b, p) > -1e-9);
                }
            }
        }

        #[test]
        fn no_direction_gives_a_smaller_rectangle(
            points in prop::collection::vec(prop::array::uniform2(-9.0..9.0f64), 3..20)
        ) {
            let hull = convex_hull(&mut points.clone());
            prop_assume!(hull.len() > 2);
            let best = min_area_rectangle(&hull).expect("has edges");
            for step in 0..90 {
                let other = rectangle_along(&hull, f64::from(step).to_radians());
                prop_assert!(best.length * best.width <= other.length * other.width + 1e-9);
            }
        }
    }
}
