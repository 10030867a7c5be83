//! Overlap of axis-aligned rectangles in the image.

use delos_core::Box2;

/// Area that two rectangles share, square pixels; 0 where they only touch.
pub fn intersection2d(a: &Box2, b: &Box2) -> f64 {
    let width = f64::from(a.x2.min(b.x2)) - f64::from(a.x1.max(b.x1));
    let height = f64::from(a.y2.min(b.y2)) - f64::from(a.y1.max(b.y1));
    width.max(0.0) * height.max(0.0)
}

/// Intersection over union of two rectangles, in 0..=1. Coordinates are continuous:
/// a box from 0 to 1 is one pixel wide. Two boxes without area give 0.
pub fn iou2d(a: &Box2, b: &Box2) -> f64 {
    let shared = intersection2d(a, b);
    if shared <= 0.0 {
        return 0.0;
    }
    (shared / (area(a) + area(b) - shared)).clamp(0.0, 1.0)
}

fn area(b: &Box2) -> f64 {
    (f64::from(b.x2) - f64::from(b.x1)) * (f64::from(b.y2) - f64::from(b.y1))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn known_overlaps() {
        let table = [
            ((0.0, 0.0, 2.0, 2.0), (1.0, 1.0, 3.0, 3.0), 1.0 / 7.0),
            ((0.0, 0.0, 2.0, 2.0), (0.0, 0.0, 2.0, 1.0), 0.5),
            ((0.0, 0.0, 2.0, 2.0), (2.0, 0.0, 4.0, 2.0), 0.0),
            ((0.0, 0.0, 2.0, 2.0), (5.0, 5.0, 6.0, 6.0), 0.0),
            ((1.0, 1.0, 1.0, 1.0), (1.0, 1.0, 1.0, 1.0), 0.0),
        ];
        for (a, b, wanted) in table {
            let (a, b) = (Box2::new(a.0, a.1, a.2, a.3), Box2::new(b.0, b.1, b.2, b.3));
            assert!((iou2d(&a, &b) - wanted).abs() < 1e-12, "{a:?} {b:?}");
        }
    }

    prop_compose! {
        fn boxes()(x in 0.0..100.0f32, y in 0.0..100.0f32, w in 0.5..60.0f32, h in 0.5..60.0f32) -> Box2 {
            Box2::new(x, y, x + w, y + h)
        }
    }

    /// Share of a fine grid's points that lie in both boxes of those in either.
    fn sampled(a: &Box2, b: &Box2) -> f64 {
        let (mut both, mut either) = (0u32, 0u32);
        for i in 0..320 {
            for j in 0..320 {
                let (x, y) = (i as f32 * 0.5 + 0.25, j as f32 * 0.5 + 0.25);
                let inside = (a.contains(x, y), b.contains(x, y));
                both += u32::from(inside.0 && inside.1);
                either += u32::from(inside.0 || inside.1);
            }
        }
        f64::from(both) / f64::from(either.max(1))
    }

    proptest! {
        #[test]
        fn symmetric_bounded_and_one_with_itself(a in boxes(), b in boxes()) {
            let iou = iou2d(&a, &b);
            prop_assert!((0.0..=1.0).contains(&iou));
            prop_assert_eq!(iou.to_bits(), iou2d(&b, &a).to_bits());
            prop_assert!((iou2d(&a, &a) - 1.0).abs() < 1e-12);
        }

        #[test]
        fn agrees_with_counting(a in boxes(), b in boxes()) {
            prop_assume!(a.area() > 100.0 && b.area() > 100.0);
            prop_assert!((iou2d(&a, &b) - sampled(&a, &b)).abs() < 0.08);
        }
    }
}
