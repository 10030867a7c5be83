use super::super::{Lidar, Sector};
use super::*;
use crate::shape::{Mesh, Surface};
use proptest::prelude::*;
use std::sync::Arc;

const FAR_M: f32 = 100.0;

fn level() -> Pose {
    Pose::new(Vec3::zeros(), 0.0, 0.0, 0.0)
}

fn solid(triangles: &[[Vec3; 3]], two_sided: bool) -> Solid {
    let mut mesh = Mesh::default();
    let surface = mesh.surface(Surface::new(Material::Brick, [90; 3]));
    for corners in triangles {
        if two_sided { mesh.pane(corners, surface) } else { mesh.polygon(corners, surface) }
    }
    Solid { mesh: Arc::new(mesh), pose: level(), object: None }
}

/// Distance along a ray to a triangle (Möller and Trumbore 1997), and how far from its
/// edges the ray passes in barycentric coordinates; in double precision.
fn struck(way: &Vec3, [a, b, c]: &[Vec3; 3]) -> Option<(f64, f64)> {
    let (way, a) = (way.cast::<f64>(), a.cast::<f64>());
    let (u_axis, v_axis) = (b.cast::<f64>() - a, c.cast::<f64>() - a);
    let p = way.cross(&v_axis);
    let det = u_axis.dot(&p);
    let u = -a.dot(&p) / det;
    let q = (-a).cross(&u_axis);
    let v = way.dot(&q) / det;
    let t = v_axis.dot(&q) / det;
    (t > 0.0).then_some((t, u.min(v).min(1.0 - u - v)))
}

fn corner() -> impl Strategy<Value = Vec3> {
    (-12.0_f32..12.0, -12.0_f32..12.0, -4.0_f32..3.0).prop_map(|(x, y, z)| Vec3::new(x, y, z))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    /// The nearest triangle of every ray, by the rasteriser and by trying all.
    #[test]
    fn hits_are_those_of_brute_force(
        corners in proptest::collection::vec([corner(), corner(), corner()], 1..7), seed: u64,
    ) {
        let lidar = Lidar::named("hdl32").unwrap();
        let columns = Columns::new(180, Sector::Full, seed);
        let mut rays = Rays::new(lidar.beams.len(), columns.len(), FAR_M);
        cast(&solid(&corners, true), &level(), &lidar.beams, &columns, &mut rays);
        for (laser, beam) in lidar.beams.iter().enumerate() {
            for (place, direction) in columns.directions().iter().enumerate() {
                let way = beam.direction(*direction, columns.aside(beam.shift));
                let all: Vec<(f64, f64)> = corners.iter().filter_map(|c| struck(&way, c)).collect();
                let found = rays.row(laser).get(Layer::Opaque, place).map(|hit| f64::from(hit.range_m));
                // Rays along an edge may go either way.
                if all.iter().any(|(_, margin)| margin.abs() < 1e-3) {
                    continue;
                }
                let hit = all.iter().filter(|(_, margin)| *margin > 0.0).map(|(t, _)| *t);
                let nearest = hit.fold(f64::INFINITY, f64::min);
                match found {
                    Some(range) => prop_assert!((range - nearest).abs() < 2e-3 * (1.0 + nearest),
                        "laser {} column {}: {} for {}", laser, place, range, nearest),
                    None => prop_assert!(nearest >= f64::from(FAR_M) * 0.999,
                        "laser {} column {}: nothing for {}", laser, place, nearest),
                }
            }
        }
    }

    /// A closed box around the sensor, each face split into uneven triangles: no ray
    /// escapes between two of them.
    #[test]
    fn neighbouring_triangles_leave_no_crack(
        pitch in -0.2_f32..0.2, yaw in -3.0_f32..3.0, u in 0.1_f32..0.9, v in 0.1_f32..0.9, seed: u64,
    ) {
        let mut room = Vec::new();
        for (axis, sign) in [(0, 1.0_f32), (0, -1.0), (1, 1.0), (1, -1.0), (2, 1.0), (2, -1.0)] {
            let at = |a: f32, b: f32| {
                let mut p = Vec3::zeros();
                p[axis] = sign * 9.0;
                p[(axis + 1) % 3] = 18.0 * a - 9.0;
                p[(axis + 2) % 3] = 18.0 * b - 9.0;
                p
            };
            let ring = [at(0.0, 0.0), at(1.0, 0.0), at(1.0, 1.0), at(0.0, 1.0)];
            for i in 0..4 {
                room.push([at(u, v), ring[i], ring[(i + 1) % 4]]);
            }
        }
        let lidar = Lidar::named("hdl64").unwrap();
        let columns = Columns::new(500, Sector::Full, seed);
        let mut rays = Rays::new(lidar.beams.len(), columns.len(), FAR_M);
        let ego = Pose::new(Vec3::new(1.0, 0.5, 0.3), yaw, pitch, 0.1);
        cast(&solid(&room, true), &ego, &lidar.beams, &columns, &mut rays);
        for laser in 0..lidar.beams.len() {
            for place in 0..columns.len() {
                prop_assert!(rays.row(laser).get(Layer::Opaque, place).is_some(), "{} {}", laser, place);
            }
        }
    }
}

#[test]
fn azimuths_cross_the_seam_and_go_around_the_axis() {
    let [low, high] = azimuths([3.0, -3.0, 3.1]);
    assert!((low - 3.0).abs() < 1e-6 && (high - (TAU - 3.0)).abs() < 1e-5);
    assert!((azimuths([0.1, 0.5, -0.2])[0] + 0.2).abs() < 1e-6);
    assert!((azimuths([0.0, 2.1, -2.1])[1] - PI).abs() < 1e-6);
}

#[test]
fn the_back_of_a_face_is_not_seen() {
    // Counter-clockwise as the sensor sees them.
    let towards = [Vec3::new(8.0, 1.0, 0.0), Vec3::new(8.0, 0.0, -2.0), Vec3::new(8.0, -1.0, 0.0)];
    let away = [towards[0], towards[2], towards[1]];
    let lidar = Lidar::named("hdl64").unwrap();
    let columns = Columns::new(2083, Sector::Full, 1);
    let hits = |corners: [Vec3; 3], two_sided: bool| {
        let mut rays = Rays::new(lidar.beams.len(), columns.len(), FAR_M);
        cast(&solid(&[corners], two_sided), &level(), &lidar.beams, &columns, &mut rays);
        let all = (0..64).flat_map(|l| (0..columns.len()).map(move |c| (l, c)));
        all.filter(|(l, c)| rays.row(*l).get(Layer::Opaque, *c).is_some()).count()
    };
    let (seen, back) = (hits(towards, false), hits(away, false));
    assert_eq!(back, 0);
    assert!(seen > 300);
    assert_eq!(hits(away, true), seen);
}

#[test]
fn azimuths_are_near_the_angle_all_around() {
    for step in 0..4000_u16 {
        let angle = f32::from(step) * (TAU / 4000.0) - PI + 1e-4;
        let (sin, cos) = crate::math::sin_cos(angle);
        let found = azimuth(7.0 * cos, 7.0 * sin);
        assert!((found - angle).abs() < 1.5e-6, "{found} {angle}");
    }
    assert!(azimuth(0.0, 0.0).abs() < 1e-9 && (azimuth(0.0, -1.0) + PI / 2.0).abs() < 1e-6);
}
