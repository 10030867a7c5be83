//! LiDAR points inside a box.

use delos_core::{Box3, Ego, PointCloud};

/// How far outside a labelled box a point may lie and still belong to it, metres: the noise
/// of a range measurement, since points lie on the surface.
pub const POINT_MARGIN_M: f64 = 0.05;

/// Points lower than this above the foot of a box do not count, metres: most of them are
/// returns of the ground it stands on, and a hidden vehicle would be taken for a seen one.
pub const POINT_FOOT_M: f64 = 0.2;

/// How many points of a scan lie in a box grown by [`POINT_MARGIN_M`] to its sides and
/// above, and at least [`POINT_FOOT_M`] above its foot.
pub fn points_in(bbox: &Box3<Ego>, cloud: &PointCloud<Ego>) -> u32 {
    let (sin, cos) = bbox.yaw.radians().sin_cos();
    let half = [bbox.size.length(), bbox.size.width(), bbox.size.height()]
        .map(|side| side / 2.0 + POINT_MARGIN_M);
    let foot = POINT_FOOT_M - bbox.size.height() / 2.0;
    let reach = half[0].hypot(half[1]);
    let inside = cloud.points().iter().filter(|p| {
        let (dx, dy) = (f64::from(p.x) - bbox.center.x(), f64::from(p.y) - bbox.center.y());
        let dz = f64::from(p.z) - bbox.center.z();
        // Most points are far away, and told by one comparison.
        dx.abs() <= reach
            && (dx * cos + dy * sin).abs() <= half[0]
            && (dy * cos - dx * sin).abs() <= half[1]
            && dz <= half[2]
            && dz >= foot
    });
    u32::try_from(inside.count()).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use delos_core::{LidarPoint, Position, Size, Yaw};
    use proptest::prelude::*;

    fn point(x: f32, y: f32, z: f32) -> LidarPoint {
        LidarPoint { x, y, z, intensity: 0.0 }
    }

    fn car(yaw: f64) -> Box3<Ego> {
        let size = Size::new(4.0, 2.0, 1.5).expect("positive");
        Box3::new(Position::new(10.0, 1.0, 0.0), size, Yaw::new(yaw).expect("finite"))
    }

    #[test]
    fn points_on_the_surface_count_and_others_do_not() {
        let cloud = PointCloud::new(vec![
            point(12.02, 1.0, 0.0),
            point(12.1, 1.0, 0.0),
            point(10.0, 2.04, 0.7),
            point(10.0, 2.1, 0.0),
            point(10.0, 1.0, 0.79),
            point(10.0, 1.0, 0.81),
            point(10.0, 1.0, -0.54),
            point(10.0, 1.0, -0.56),
            point(10.0, 1.0, -0.75),
        ]);
        assert_eq!(points_in(&car(0.0), &cloud), 4);
        assert_eq!(points_in(&car(std::f64::consts::FRAC_PI_2), &cloud), 4, "turned: y reaches 3");
    }

    proptest! {
        #[test]
        fn counts_what_the_box_contains(
            yaw in -3.1..3.1f64,
            places in prop::collection::vec((7.0..13.0f32, -2.0..4.0f32, -1.0..1.0f32), 0..60),
        ) {
            let points: Vec<_> = places.iter().map(|p| point(p.0, p.1, p.2)).collect();
            let bbox = car(yaw);
            let wanted = points.iter().filter(|p| {
                let place = Position::new(p.x.into(), p.y.into(), p.z.into());
                bbox.contains(&place, POINT_MARGIN_M) && place.z() >= bbox.bottom() + POINT_FOOT_M
            });
            let wanted = wanted.count();
            prop_assert_eq!(points_in(&bbox, &PointCloud::new(points)) as usize, wanted);
        }
    }
}
