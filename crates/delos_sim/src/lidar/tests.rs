use super::*;
use crate::ground::Ground;
use crate::math::Vec3;
use crate::scene::{Pose, Solid};
use crate::shape::{Material, Mesh, Surface};
use std::sync::Arc;

/// Level ground, nothing else; the sensor 1.73 m above it.
fn plain(cover: Material) -> Scene {
    let mut ground = Ground::new([-100.0, -100.0], [100.0, 100.0], 0.0);
    ground.fill(|_, _| true, |_, _| (0.0, cover));
    Scene {
        ground: Arc::new(ground),
        solids: vec![],
        volumes: vec![],
        objects: vec![],
        ego: Pose::new(Vec3::new(3.0, -4.0, 1.73), 0.7, 0.0, 0.0),
        ego_velocity: Vec3::zeros(),
    }
}

/// An upright pane across the x axis of the ego frame at this distance, seen from both
/// sides.
fn wall(scene: &Scene, distance: f32, half: f32, material: Material, object: Option<u32>) -> Solid {
    let mut mesh = Mesh::default();
    let surface = mesh.surface(Surface::new(material, [120; 3]));
    let at = |y: f32, z: f32| Vec3::new(distance, y, z);
    mesh.pane(&[at(-half, -3.0), at(half, -3.0), at(half, 6.0), at(-half, 6.0)], surface);
    Solid { mesh: Arc::new(mesh), pose: scene.ego, object }
}

fn with_walls(walls: &[(f32, f32, Material, u32)]) -> Scene {
    let mut scene = plain(Material::Asphalt);
    for (distance, half, material, object) in walls {
        let solid = wall(&scene, *distance, *half, *material, Some(*object));
        scene.solids.push(solid);
    }
    scene
}

fn hdl64() -> Lidar {
    Lidar::named("hdl64").unwrap()
}

fn on(scan: &LidarScan, object: u32) -> Vec<delos_core::LidarPoint> {
    let points = scan.cloud.points().iter().zip(&scan.hits);
    points.filter(|(_, hit)| **hit == object).map(|(point, _)| *point).collect()
}

#[test]
fn names_are_known_and_others_are_refused() {
    for name in Lidar::names() {
        assert_eq!(Lidar::named(name).unwrap().name(), name);
    }
    let error = Lidar::named("hdl128").unwrap_err().to_string();
    assert!(error.contains("hdl128") && error.contains("hdl64, hdl32"), "{error}");
}

#[test]
fn a_wall_is_measured_within_the_noise() {
    let scan = hdl64().scan(&with_walls(&[(20.0, 5.0, Material::Concrete, 0)]), Sector::Full, 5);
    let points = on(&scan, 0);
    let n = points.len() as f32;
    assert!(n > 3000.0, "{n}");
    // Noise is along the ray, at most 3.5 deviations, and each laser is off by up to 3 cm.
    assert!(points.iter().all(|p| (p.x - 20.0).abs() < 0.09));
    let mean = points.iter().map(|p| p.x).sum::<f32>() / n;
    let sigma = (points.iter().map(|p| (p.x - mean).powi(2)).sum::<f32>() / n).sqrt();
    assert!((mean - 20.0).abs() < 6e-3 && (0.014..0.026).contains(&sigma), "{mean} {sigma}");
    assert!(points.iter().all(|p| p.y.abs() < 5.1));
}

#[test]
fn level_ground_gives_rings_where_the_beams_meet_it() {
    let (lidar, scene) = (hdl64(), plain(Material::Asphalt));
    let columns = Columns::new(lidar.columns(), Sector::Full, 2);
    let rays = lidar.cast(&scene, &columns, 2);
    for (laser, beam) in lidar.beams.iter().enumerate() {
        let wanted = -1.73 / beam.sin;
        for place in 0..columns.len() {
            let found = rays.row(laser).get(rays::Layer::Opaque, place);
            if (0.0..79.0).contains(&wanted) {
                let hit = found.unwrap();
                assert!((hit.range_m - wanted).abs() < 2e-3 * wanted, "{} {wanted}", hit.range_m);
                assert!((hit.cos + beam.sin).abs() < 1e-3);
            } else if !(0.0..81.0).contains(&wanted) {
                assert!(found.is_none());
            }
        }
    }
}

#[test]
fn what_stands_in_front_hides_what_is_behind() {
    let lidar = hdl64();
    let open = with_walls(&[(30.0, 4.0, Material::Brick, 1)]);
    let hidden = with_walls(&[(30.0, 4.0, Material::Brick, 1), (10.0, 4.0, Material::Paint, 0)]);
    assert!(lidar.scan(&open, Sector::Full, 1).points_on(2)[1] > 1500);
    let scan = lidar.scan(&hidden, Sector::Full, 1);
    assert_eq!(scan.points_on(2)[1], 0);
    let shadow = scan.cloud.points().iter().filter(|p| p.x > 10.2 && (p.y / p.x).abs() < 0.39);
    assert_eq!(shadow.count(), 0);
}

#[test]
fn rays_pass_panes_in_the_stated_share() {
    let walls = [(10.0, 2.0, Material::Glass, 0), (14.0, 6.0, Material::Brick, 1)];
    let lidar = hdl64();
    let clear = lidar.scan(&with_walls(&walls[1..]), Sector::Full, 3);
    let through = lidar.scan(&with_walls(&walls), Sector::Full, 3);
    let behind =
        |scan: &LidarScan| on(scan, 1).iter().filter(|p| (p.y / p.x).abs() < 0.19).count() as f32;
    let panes = on(&through, 0).len() as f32;
    let share = behind(&through) / behind(&clear);
    assert!((0.36..0.46).contains(&share), "{share}");
    assert!(panes > 100.0 && panes < 0.2 * behind(&clear), "{panes}");
}

#[test]
fn rays_that_passed_a_pane_end_at_the_inner_side_of_what_it_belongs_to() {
    let mut scene = plain(Material::Asphalt);
    let mut mesh = Mesh::default();
    let glass = mesh.surface(Surface::new(Material::Glass, [0; 3]));
    let steel = mesh.surface(Surface::new(Material::Metal, [90; 3]));
    let at = |x: f32, y: f32, z: f32| Vec3::new(x, y, z);
    // Outer sides: the pane towards the sensor, the wall behind it away from it.
    let front = [at(8.0, 2.0, -1.0), at(8.0, -2.0, -1.0), at(8.0, -2.0, 2.0), at(8.0, 2.0, 2.0)];
    let back = front.map(|p| Vec3::new(10.0, -2.0 * p.y, p.z));
    mesh.polygon(&front, glass);
    mesh.polygon(&back, steel);
    scene.solids.push(Solid { mesh: Arc::new(mesh), pose: scene.ego, object: Some(0) });
    let points = on(&hdl64().scan(&scene, Sector::Full, 3), 0);
    let inner = points.iter().filter(|p| (p.x - 10.0).abs() < 0.1).count();
    assert!(inner > 500, "{inner} of {}", points.len());
    assert!(inner > points.len() / 2);
}

#[test]
fn dark_paint_is_lost_with_distance_and_light_paint_is_not() {
    let share = |material: Material, distance: f32| {
        let half = 0.2 * distance;
        let scene = with_walls(&[(distance, half, material, 0)]);
        let seen = hdl64().scan(&scene, Sector::Full, 8).points_on(1)[0] as f32;
        let best = with_walls(&[(distance, half, Material::Sign, 0)]);
        seen / hdl64().scan(&best, Sector::Full, 8).points_on(1)[0] as f32
    };
    let (near, far) = (share(Material::DarkPaint, 10.0), share(Material::DarkPaint, 70.0));
    assert!(near > 0.85 && near < 1.0 && far < 0.8 && far > 0.2, "{near} {far}");
    assert!(share(Material::Paint, 70.0) > 0.9);
}

#[test]
fn grazed_asphalt_ends_at_about_sixty_metres_and_dropout_is_small_nearby() {
    let scan = hdl64().scan(&plain(Material::Asphalt), Sector::Full, 8);
    let distances: Vec<f32> =
        scan.cloud.points().iter().map(delos_core::LidarPoint::planar_range).collect();
    let ring = |low: f32, high: f32| {
        distances.iter().filter(|r| (low..high).contains(*r)).count() as f32 / 2146.0
    };
    let wanted = |low: f32, high: f32| {
        let beams = hdl64().beams;
        beams.iter().filter(|b| (low..high).contains(&(-1.73 / b.tan))).count() as f32
    };
    let (near, far) = (ring(8.0, 20.0) / wanted(8.0, 20.0), ring(58.0, 80.0) / wanted(58.0, 80.0));
    assert!((0.97..1.0).contains(&near), "{near}");
    assert!(far < 0.5, "{far}");
    assert!(distances.iter().all(|r| *r > 2.5));
}

#[test]
fn the_same_seed_gives_the_same_scan_and_another_a_different_one() {
    let (lidar, scene) = (hdl64(), with_walls(&[(12.0, 3.0, Material::Paint, 0)]));
    let first = lidar.scan(&scene, Sector::Full, 11);
    assert_eq!(first, lidar.scan(&scene, Sector::Full, 11));
    assert_ne!(first, lidar.scan(&scene, Sector::Full, 12));
}

#[test]
fn a_front_sector_is_the_front_of_the_whole_turn() {
    let (lidar, scene) = (hdl64(), with_walls(&[(12.0, 3.0, Material::Paint, 0)]));
    let whole = lidar.scan(&scene, Sector::Full, 4);
    let part = lidar.scan(&scene, Sector::Front { half_angle_rad: 0.8 }, 4);
    let mut rest = whole.cloud.points().iter().zip(&whole.hits);
    for (point, hit) in part.cloud.points().iter().zip(&part.hits) {
        assert!(rest.any(|(p, h)| p == point && h == hit), "{point:?} in order");
        assert!(point.y.atan2(point.x).abs() < 0.803);
    }
    let front = whole.cloud.points().iter().filter(|p| p.y.atan2(p.x).abs() < 0.797).count();
    assert!(part.hits.len() >= front && front > 20_000);
}

#[test]
fn numbers_lie_on_the_grid_of_the_files_and_counts_agree() {
    let scene = with_walls(&[(12.0, 3.0, Material::Paint, 0), (9.0, 1.0, Material::Sign, 1)]);
    let scan = hdl64().scan(&scene, Sector::Full, 4);
    assert_eq!(scan.cloud.points().len(), scan.hits.len());
    for p in scan.cloud.points() {
        let on_grid = |v: f32, steps: f32| ((v * steps).round() / steps).to_bits() == v.to_bits();
        assert!([p.x, p.y, p.z].iter().all(|v| on_grid(v + 0.0, 1000.0)), "{p:?}");
        assert!(on_grid(p.intensity, 100.0));
        assert!((0.0..=0.99).contains(&p.intensity));
    }
    let counts = scan.points_on(3);
    assert_eq!(counts[2], 0);
    for object in 0..2 {
        assert_eq!(counts[object as usize] as usize, on(&scan, object).len());
        assert!(counts[object as usize] > 1000);
    }
    assert!(on(&scan, 1).iter().map(|p| p.intensity).fold(0.0, f32::max) > 0.9);
}

#[test]
fn rings_follow_one_another_from_the_top_each_counter_clockwise() {
    let scan = hdl64().scan(&plain(Material::Asphalt), Sector::Full, 9);
    let azimuth = |p: &delos_core::LidarPoint| p.y.atan2(p.x).rem_euclid(std::f32::consts::TAU);
    let points = scan.cloud.points();
    let seams = points.windows(2).filter(|w| azimuth(&w[1]) < azimuth(&w[0]) - 1.0).count();
    let rings = hdl64().beams.iter().filter(|b| b.tan < -1.73 / 75.0).count();
    assert!((rings - 3..rings + 3).contains(&seams), "{seams} seams, {rings} rings");
}
