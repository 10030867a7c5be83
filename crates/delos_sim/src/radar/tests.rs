use super::*;
use crate::ground::Ground;
use crate::scene::{LIDAR_HEIGHT_M, Pose, Solid};
use crate::shape::{Mesh, Surface};
use delos_core::Size;
use proptest::prelude::*;
use std::sync::Arc;

/// A radar that finds everything and nothing else, without noise.
fn ideal() -> Radar {
    Radar {
        sigma_range_m: 0.0,
        sigma_bearing_rad: 0.0,
        sigma_velocity: 0.0,
        detection: 1.0,
        false_echoes: 0.0,
        double_range: 0.0,
        ..Radar::default()
    }
}

fn object(class: ObjectClass, x: f32, y: f32, velocity: [f32; 2]) -> Object {
    let (l, w, h) = class.typical_size().unwrap();
    Object {
        id: 0,
        class,
        size: Size::new(l, w, h).unwrap(),
        pose: Pose::new(Vec3::new(x, y, 0.0), 0.0, 0.0, 0.0),
        velocity: Vec3::new(velocity[0], velocity[1], 0.0),
    }
}

fn scene(objects: Vec<Object>, own: f32) -> Scene {
    Scene {
        ground: Arc::new(Ground::new([0.0; 2], [1.0; 2], 0.0)),
        solids: vec![],
        volumes: vec![],
        objects,
        ego: Pose::new(Vec3::new(0.0, 0.0, LIDAR_HEIGHT_M), 0.0, 0.0, 0.0),
        ego_velocity: Vec3::new(own, 0.0, 0.0),
    }
}

#[test]
fn velocities_are_positive_for_what_goes_away() {
    for (car, own, radial, compensated) in [
        (10.0, 0.0, 10.0, 10.0),
        (-10.0, 0.0, -10.0, -10.0),
        (10.0, 12.0, -2.0, 10.0),
        (0.0, 12.0, -12.0, 0.0),
    ] {
        let scene = scene(vec![object(ObjectClass::Car, 30.0, 0.0, [car, 0.0])], own);
        let scan = ideal().measure(&scene, 1);
        let echo = scan.echoes()[0];
        assert!((echo.radial_velocity - radial).abs() < 0.05, "{echo:?}");
        assert!((echo.compensated_velocity - compensated).abs() < 0.05, "{echo:?}");
    }
}

#[test]
fn a_second_echo_at_twice_the_range_has_twice_the_radial_velocity() {
    let radar = Radar { double_range: 1.0, ..ideal() };
    for (car, own, radial, compensated) in [
        (0.0, 0.0, 0.0, 0.0),
        (10.0, 0.0, 20.0, 20.0),
        (0.0, 12.0, -24.0, -12.0),
        (12.0, 12.0, 0.0, 12.0),
        (-8.0, 12.0, -40.0, -28.0),
    ] {
        let scene = scene(vec![object(ObjectClass::Car, 30.0, 0.0, [car, 0.0])], own);
        let scan = radar.measure(&scene, 1);
        let ghosts: Vec<_> = scan.echoes().iter().filter(|e| e.x > 45.0).collect();
        assert!(!ghosts.is_empty() && scan.echoes().len() == 2 * ghosts.len(), "{scan:?}");
        for ghost in ghosts {
            assert!((ghost.radial_velocity - radial).abs() < 0.1, "{car} {own}: {ghost:?}");
            assert!((ghost.compensated_velocity - compensated).abs() < 0.1, "{ghost:?}");
        }
    }
}

#[test]
fn larger_ones_hide_those_behind_them() {
    let car = |x: f32| object(ObjectClass::Car, x, 0.0, [0.0; 2]);
    let person = object(ObjectClass::Pedestrian, 12.0, 0.0, [0.0; 2]);
    let far = |s: &Scene| ideal().measure(s, 3).echoes().iter().any(|e| e.x > 20.0);
    assert!(far(&scene(vec![car(30.0)], 0.0)));
    assert!(!far(&scene(vec![car(30.0), car(12.0)], 0.0)));
    assert!(far(&scene(vec![car(30.0), person], 0.0)));
}

#[test]
fn bare_metal_echoes_and_other_static_things_do_not() {
    for (material, wanted) in [(Material::Metal, true), (Material::Concrete, false)] {
        let mut mesh = Mesh::default();
        let surface = mesh.surface(Surface::new(material, [90; 3]));
        mesh.block(Vec3::new(-1.0, -1.0, 0.0), Vec3::new(1.0, 1.0, 1.0), surface);
        let pose = Pose::new(Vec3::new(25.0, 3.0, 0.0), 0.0, 0.0, 0.0);
        let mut scene = scene(vec![], 10.0);
        scene.solids.push(Solid { mesh: Arc::new(mesh), pose, object: None });
        let scan = ideal().measure(&scene, 1);
        assert_eq!(!scan.echoes().is_empty(), wanted);
        assert!(scan.echoes().iter().all(|e| e.compensated_velocity == 0.0));
    }
}

#[test]
fn false_echoes_come_as_often_as_said() {
    let radar = Radar { false_echoes: 2.0, ..Radar::default() };
    let scene = scene(vec![], 10.0);
    let count: usize = (0..2000).map(|seed| radar.measure(&scene, seed).echoes().len()).sum();
    assert!((3700..4300).contains(&count), "{count}");
}

#[test]
fn far_and_weak_ones_are_found_less_often() {
    let radar = Radar { false_echoes: 0.0, double_range: 0.0, ..Radar::default() };
    let found = |class, x: f32| {
        let scene = scene(vec![object(class, x, 0.0, [0.0; 2])], 0.0);
        (0..400).filter(|seed| !radar.measure(&scene, *seed).echoes().is_empty()).count()
    };
    assert!(found(ObjectClass::Car, 60.0) > 360);
    assert!(found(ObjectClass::Pedestrian, 20.0) > 340);
    assert!(found(ObjectClass::Pedestrian, 110.0) < 60);
}

proptest! {
    #[test]
    fn a_scan_is_ordered_rounded_and_repeatable(
        seed in 0_u64..1000, x in -60.0_f32..120.0, y in -40.0_f32..40.0, speed in -15.0_f32..15.0,
    ) {
        let objects = vec![
            object(ObjectClass::Car, x, y, [speed, 1.0]),
            object(ObjectClass::Bus, 50.0, 8.0, [-8.0, 0.0]),
        ];
        let scene = scene(objects, 11.0);
        let radar = Radar::default();
        let scan = radar.measure(&scene, seed);
        prop_assert_eq!(&scan, &radar.measure(&scene, seed));
        let bearings: Vec<f32> =
            scan.echoes().iter().map(|e| atan2(e.y, e.x - radar.mount[0])).collect();
        prop_assert!(bearings.is_sorted());
        for e in scan.echoes() {
            for v in [e.x, e.y, e.rcs, e.radial_velocity, e.compensated_velocity] {
                let written: f32 = format!("{v:.2}").parse().unwrap();
                prop_assert!((v - written).abs() < f32::EPSILON, "{} {}", v, written);
            }
            prop_assert!((e.x - radar.mount[0]).hypot(e.y) < radar.range_m + 1.5);
        }
    }
}
