use super::*;
use crate::ground::Ground;
use crate::math::Vec3;
use crate::scene::{Pose, Solid};
use crate::shape::{Material, Mesh, Surface};
use delos_core::{LidarPoint, ObjectClass, Size};
use delos_geom::{Twist, deskewed};
use nalgebra::Vector3;
use std::sync::Arc;

const TURN_S: f64 = 0.1;

/// A square yard of concrete walls 15 m to all sides of the world's origin, and the vehicle in it,
/// `seconds` after it was in the middle.
fn yard(velocity: &Twist, seconds: f64) -> Scene {
    let mut ground = Ground::new([-100.0, -100.0], [100.0, 100.0], 0.0);
    ground.fill(|_, _| true, |_, _| (0.0, Material::Asphalt));
    let mut mesh = Mesh::default();
    let surface = mesh.surface(Surface::new(Material::Concrete, [120; 3]));
    for (x, y) in [(1.0, 0.0), (-1.0, 0.0), (0.0, 1.0), (0.0, -1.0)] {
        let at = |side: f32, z: f32| {
            Vec3::new(15.0 * x - 15.0 * side * y, 15.0 * y + 15.0 * side * x, z)
        };
        mesh.pane(&[at(-1.0, 0.0), at(1.0, 0.0), at(1.0, 6.0), at(-1.0, 6.0)], surface);
    }
    let still = Pose::new(Vec3::zeros(), 0.0, 0.0, 0.0);
    let walls = Solid { mesh: Arc::new(mesh), pose: still, object: Some(0) };
    let way = velocity.during(seconds);
    let turn = way.rotation.to_rotation_matrix().matrix().cast::<f32>();
    let origin = way.translation.vector.cast::<f32>() + Vec3::new(0.0, 0.0, 1.73);
    Scene {
        ground: Arc::new(ground),
        solids: vec![walls],
        volumes: vec![],
        objects: vec![object(7)],
        ego: Pose { origin, turn },
        ego_velocity: velocity.linear.cast(),
    }
}

fn object(id: u32) -> Object {
    Object {
        id,
        class: ObjectClass::Misc,
        size: Size::new(1.0, 1.0, 1.0).expect("positive"),
        pose: Pose::new(Vec3::zeros(), 0.0, 0.0, 0.0),
        velocity: Vec3::zeros(),
    }
}

fn seen(velocity: &Twist) -> LidarScan {
    let lidar = Lidar::named("hdl64").unwrap();
    scan(&lidar, 3, TURN_S, &[object(7)], |seconds| yard(velocity, seconds))
}

/// Root of the mean square and largest distance of points from the nearest wall, metres.
fn off_the_walls<'a>(points: impl Iterator<Item = &'a LidarPoint>) -> (f64, f64) {
    let off = points.map(|p| f64::from((p.x.abs().max(p.y.abs()) - 15.0).abs()));
    let (mut n, mut sum, mut most) = (0.0, 0.0, 0.0_f64);
    for off in off {
        (n, sum, most) = (n + 1.0, sum + off * off, most.max(off));
    }
    (f64::sqrt(sum / n), most)
}

/// The points on the walls, which are all the points more than a metre above the ground.
fn on_walls(scan: &PointCloud<delos_core::Ego>) -> impl Iterator<Item = &LidarPoint> {
    scan.points().iter().filter(|p| p.z > -0.7)
}

#[test]
fn walls_are_straight_again_at_15_metres_a_second() {
    for turning in [0.0, 0.5] {
        let velocity = Twist { linear: Vector3::x() * 15.0, angular: Vector3::z() * turning };
        let rolling = seen(&velocity).cloud;
        let (rms, most) = off_the_walls(on_walls(&rolling));
        assert!(rms > 0.25 && most > 0.7, "before: {rms} m, at most {most} m");
        let straight = deskewed(&rolling, &velocity).expect("times");
        let (rms, most) = off_the_walls(on_walls(&straight));
        // The noise of the sensor is left: 2 cm, and the laser's own errors.
        assert!(rms < 0.025 && most < 0.11, "after: {rms} m, at most {most} m");
    }
}

#[test]
fn a_vehicle_that_stands_sees_the_same_points_as_at_once() {
    let still = Twist::default();
    let lidar = Lidar::named("hdl64").unwrap();
    let once = lidar.scan(&yard(&still, 0.0), Sector::Full, 3);
    let rolling = seen(&still);
    let bits = |scan: &LidarScan| {
        let mut all: Vec<_> =
            scan.cloud.points().iter().map(|p| [p.x, p.y, p.z].map(f32::to_bits)).collect();
        all.sort_unstable();
        all
    };
    assert_eq!(bits(&once), bits(&rolling));
    let straight = deskewed(&rolling.cloud, &still).expect("times");
    assert_eq!(straight.points(), rolling.cloud.points());
}

#[test]
fn hits_go_by_the_numbers_of_the_stamp_and_times_by_the_azimuth() {
    let found = seen(&Twist::default());
    let times = found.cloud.times().expect("given").seconds();
    for (point, seconds) in found.cloud.points().iter().zip(times) {
        let wanted = -point.y.atan2(point.x) / std::f32::consts::TAU * TURN_S as f32;
        let apart = (seconds - wanted).abs();
        assert!(!(2e-3..=0.098).contains(&apart), "{point:?} at {seconds} s");
    }
    assert!(found.hits.contains(&0), "walls belong to the object");
    let other = [object(5), object(7)];
    assert_eq!(numbers_of(&[object(7), object(8)], &other), [1, NO_OBJECT]);
}
