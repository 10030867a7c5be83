use super::*;
use proptest::prelude::*;

/// A town street as a LiDAR on a car's roof sees it: ground, walls on both sides, the roof that
/// hides the ground longer before and behind than aside.
fn street() -> Vec<[f32; 3]> {
    let mut points = Vec::new();
    for beam in 0..64_u16 {
        let (sin, cos) = (2.0 - 26.8 * f32::from(beam) / 63.0).to_radians().sin_cos();
        for step in 0..1000_u16 {
            let (y, x) = (f32::from(step) * 0.36).to_radians().sin_cos();
            let ray = [cos * x, cos * y, sin];
            let roof = if sin < 0.0 { -0.55 / sin } else { f32::INFINITY };
            if (roof * ray[0]).abs() < 1.5 && (roof * ray[1]).abs() < 0.8 {
                continue;
            }
            let ground = if sin < 0.0 { -1.73 / sin } else { f32::INFINITY };
            let hit = ground.min(9.0 / ray[1].abs().max(1e-6));
            if hit < 80.0 {
                points.push(ray.map(|part| part * hit));
            }
        }
    }
    points
}

fn doubt(points: impl Iterator<Item = [f32; 3]>, height: f64) -> Option<AxesDoubt> {
    let point = |[x, y, z]: [f32; 3]| LidarPoint { x, y, z, intensity: 0.0 };
    axes_doubt(&PointCloud::new(points.map(point).collect()), height)
}

type Turn = fn([f32; 3]) -> [f32; 3];

#[test]
fn each_wrong_frame_is_told_apart() {
    let cases: &[(Turn, f64, Option<AxesDoubt>)] = &[
        (|p| p, 1.73, None),
        (|p| p, 1.3, None),
        (|[x, y, z]| [x, -y, -z], 1.73, Some(AxesDoubt::Ground { up: "-z" })),
        (|[x, y, z]| [-y, -z, x], 1.73, Some(AxesDoubt::Ground { up: "-y" })),
        (|[x, y, z]| [z, x, y], 1.73, Some(AxesDoubt::Ground { up: "+x" })),
        (|[x, y, z]| [-y, x, z], 1.73, Some(AxesDoubt::Across)),
        (|[x, y, z]| [y, -x, z], 1.73, Some(AxesDoubt::Across)),
        (|[x, y, z]| [-x, -y, z], 1.73, None),
        (
            |[x, y, z]| [x, y, z + 1.73],
            1.73,
            Some(AxesDoubt::Height { found_m: 0.0, stated_m: 1.73 }),
        ),
        (|p| p, 3.2, Some(AxesDoubt::Height { found_m: 1.5, stated_m: 3.2 })),
        (|p| p.map(|v| 1000.0 * v), 1.73, Some(AxesDoubt::NoGround)),
    ];
    for (number, (turn, height, wanted)) in cases.iter().enumerate() {
        assert_eq!(doubt(street().into_iter().map(turn), *height), *wanted, "case {number}");
    }
}

#[test]
fn messages_say_what_to_do() {
    for (doubt, wanted) in [
        (AxesDoubt::Ground { up: "-z" }, "where -z is up: turn them so that x points forward"),
        (AxesDoubt::NoGround, "are the numbers metres?"),
        (AxesDoubt::Height { found_m: 0.0, stated_m: 1.73 }, "about 0.0 m below their origin"),
        (AxesDoubt::Across, "in scans of nuScenes it points right"),
    ] {
        assert!(doubt.to_string().contains(wanted), "{doubt}");
    }
}

#[test]
fn too_little_says_nothing() {
    assert_eq!(doubt(street().into_iter().step_by(100), 1.73), None);
    assert_eq!(doubt(std::iter::empty(), 1.73), None);
    // Ahead alone, as in scans cropped to an image: nothing can be said of the vehicle's length.
    let ahead = street().into_iter().filter(|p| p[0] > p[1].abs());
    assert_eq!(doubt(ahead, 1.73), None);
}

proptest! {
    #[test]
    fn noise_of_any_size_is_no_panic(
        points in prop::collection::vec(prop::array::uniform3(-40.0_f32..40.0), 0..4000),
        scale in prop::sample::select(vec![1e-30_f32, 0.1, 1.0, 1e30]),
        height in -1e9_f64..1e9,
    ) {
        let scaled = points.into_iter().map(|p| p.map(|v| v * scale));
        let doubt = doubt(scaled, height);
        prop_assert!(!matches!(doubt, Some(AxesDoubt::Across)));
    }
}
