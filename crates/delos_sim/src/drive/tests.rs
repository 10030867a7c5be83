mod town;

use super::*;
use crate::traffic::Flat;
use crate::traffic::flat::distance;
use crate::traffic::vehicle::half;
use std::collections::{BTreeMap, BTreeSet};

const SEEDS: std::ops::Range<u64> = 0..5;

fn config(seed: u64) -> DriveConfig {
    DriveConfig { seed, ..DriveConfig::default() }
}

fn drive(seed: u64) -> Drive {
    let length = MARGIN_M[0] + cruise(&config(seed)) * 30.0 + MARGIN_M[1];
    Drive::through(town::town(length), &config(seed)).unwrap()
}

fn place(object: &Object) -> [f32; 2] {
    [object.pose.origin.x, object.pose.origin.y]
}

fn flat(object: &Object) -> Flat {
    Flat::new(place(object), object.pose.yaw(), half(&object.size))
}

fn ego_flat(scene: &Scene) -> Flat {
    Flat::new([scene.ego.origin.x, scene.ego.origin.y], scene.ego.yaw(), [2.2, 0.9])
}

fn speed(object: &Object) -> f32 {
    object.velocity.x.hypot(object.velocity.y)
}

fn drives(class: ObjectClass) -> bool {
    class.is_vehicle()
}

/// Each road user's way through every second frame.
fn ways(drive: &Drive) -> BTreeMap<u32, Vec<(usize, Object)>> {
    let mut ways: BTreeMap<u32, Vec<(usize, Object)>> = BTreeMap::new();
    for frame in (0..drive.frames()).step_by(2) {
        for object in drive.scene(frame).unwrap().objects {
            ways.entry(object.id).or_default().push((frame, object));
        }
    }
    ways
}

#[test]
fn no_bodies_overlap() {
    for seed in SEEDS {
        let drive = drive(seed);
        for frame in (0..300).step_by(5) {
            let scene = drive.scene(frame).unwrap();
            let mut flats: Vec<Flat> = scene.objects.iter().map(flat).collect();
            flats.push(ego_flat(&scene));
            for (i, a) in flats.iter().enumerate() {
                for b in &flats[..i] {
                    assert!(!a.overlaps(b), "seed {seed} frame {frame} {a:?} {b:?}");
                }
            }
        }
    }
}

#[test]
fn frames_do_not_depend_on_the_order_of_asking() {
    let (a, b) = (drive(3), drive(3));
    let forward: Vec<Scene> = (0..300).step_by(30).map(|f| a.scene(f).unwrap()).collect();
    for (i, scene) in forward.iter().enumerate().rev() {
        let again = b.scene(30 * i).unwrap();
        assert_eq!(scene.objects, again.objects);
        assert_eq!((scene.ego, scene.ego_velocity), (again.ego, again.ego_velocity));
        let poses = |s: &Scene| s.solids.iter().map(|s| (s.pose, s.object)).collect::<Vec<_>>();
        assert_eq!(poses(scene), poses(&again));
    }
    assert_ne!(drive(4).scene(0).unwrap().objects, forward[0].objects);
}

#[test]
fn every_drive_meets_all_kinds_of_road_users() {
    for seed in 0..12 {
        let ways = ways(&drive(seed));
        let classes: BTreeSet<_> = ways.values().map(|way| way[0].1.class.name()).collect();
        assert!(ways.len() >= 30, "seed {seed}: {}", ways.len());
        assert_eq!(classes.len(), 6, "seed {seed}: {classes:?}");
    }
}

#[test]
fn speeds_and_changes_of_speed_are_those_of_road_users() {
    for seed in SEEDS {
        for way in ways(&drive(seed)).values() {
            for pair in way.windows(2).filter(|p| p[1].0 == p[0].0 + 2) {
                let (a, b) = (&pair[0].1, &pair[1].1);
                assert!(speed(a) < 15.5, "{a:?}");
                let change = (speed(b) - speed(a)) / 0.2;
                let limit = if drives(a.class) { (-6.3, 2.6) } else { (-f32::INFINITY, 20.0) };
                assert!(change > limit.0 && change < limit.1, "seed {seed} {change} {a:?} {b:?}");
                let moved = distance(place(a), place(b)) / 0.2;
                let sidesteps = a.class == ObjectClass::Pedestrian;
                assert!(
                    sidesteps || (moved - f32::midpoint(speed(a), speed(b))).abs() < 0.7,
                    "{a:?} {b:?}"
                );
            }
        }
    }
}

#[test]
fn the_vehicle_drives_smoothly_along_its_route() {
    for seed in SEEDS {
        let drive = drive(seed);
        let scenes: Vec<Scene> = (0..300).map(|f| drive.scene(f).unwrap()).collect();
        for pair in scenes.windows(2) {
            let change = (pair[1].ego_velocity.norm() - pair[0].ego_velocity.norm()) / 0.1;
            assert!((-6.1..1.7).contains(&change), "seed {seed} {change}");
            assert!((pair[1].ego.origin.y + 1.75).abs() < 0.65);
        }
        let covered = scenes[299].ego.origin.x - scenes[0].ego.origin.x;
        assert!(covered > 60.0, "seed {seed}: {covered} m");
    }
}

#[test]
fn vehicles_keep_to_their_lanes() {
    for seed in SEEDS {
        let drive = drive(seed);
        let lanes = &drive.world().roads.lanes;
        let moving = ways(&drive).into_values().flatten().map(|(_, o)| o);
        for object in moving.filter(|o| drives(o.class) && speed(o) > 0.5) {
            let away = lanes.iter().map(|lane| {
                let (station, _) = lane.path.project(place(&object));
                distance(lane.path.at(station).place, place(&object))
            });
            let nearest = away.fold(f32::INFINITY, f32::min);
            // A long vehicle cuts bends with its middle.
            let limit = if object.size.length() > 7.0 { 0.85 } else { 0.6 };
            assert!(nearest < limit, "seed {seed}: {nearest} {object:?}");
        }
    }
}

#[test]
fn followers_leave_a_gap() {
    for seed in SEEDS {
        let drive = drive(seed);
        for frame in (0..300).step_by(10) {
            let objects = drive.scene(frame).unwrap().objects;
            let moving: Vec<&Object> =
                objects.iter().filter(|o| drives(o.class) && speed(o) > 3.0).collect();
            for a in &moving {
                for b in moving.iter().filter(|b| b.id != a.id) {
                    let [ahead, left] = flat(a).local(place(b));
                    let gap = ahead - flat(a).half[0] - flat(b).half[0];
                    let same_way = flat(a).ahead[0] * flat(b).ahead[0] > 0.9;
                    let follows = same_way && ahead > 0.0 && left.abs() < 1.0;
                    assert!(
                        !follows || gap > 0.25 * speed(a),
                        "seed {seed} {frame} {gap} {a:?} {b:?}"
                    );
                }
            }
        }
    }
}

#[test]
fn some_stop_and_go_some_turn_some_cross() {
    let (mut stopped, mut turned, mut crossed) = (0, 0, 0);
    for seed in SEEDS {
        for way in ways(&drive(seed)).values() {
            let class = way[0].1.class;
            let stop = way.iter().position(|(_, o)| speed(o) < 0.05);
            let goes = |from: usize| way[from..].iter().any(|(_, o)| speed(o) > 2.0);
            let came = |to: usize| way[..to].iter().any(|(_, o)| speed(o) > 2.0);
            stopped += usize::from(drives(class) && stop.is_some_and(|s| came(s) && goes(s)));
            let turns =
                way.iter().map(|(_, o)| o.pose.turn.column(0).dot(&way[0].1.pose.turn.column(0)));
            turned += usize::from(drives(class) && turns.fold(1.0, f32::min) < 0.2);
            let sides: BTreeSet<bool> = way
                .iter()
                .filter(|(_, o)| place(o)[1].abs() > 3.6)
                .map(|(_, o)| place(o)[1] > 0.0)
                .collect();
            crossed += usize::from(class == ObjectClass::Pedestrian && sides.len() == 2);
        }
    }
    assert!(stopped >= 5 && turned >= 5 && crossed >= 5, "{stopped} {turned} {crossed}");
}

#[test]
fn road_users_stand_on_the_slope_with_upright_boxes() {
    let scene = drive(1).scene(40).unwrap();
    let height = |p: &Vec3| 0.03 * p.x - 0.01 * p.y;
    for object in &scene.objects {
        let p = object.pose.origin;
        assert!((p.z - height(&p)).abs() < 0.03, "{object:?}");
        assert!((object.pose.turn[(2, 2)] - 1.0).abs() < 1e-6);
    }
    for solid in scene.solids.iter().filter(|s| s.object.is_some()) {
        let object = &scene.objects[solid.object.unwrap() as usize];
        assert_eq!(solid.pose.origin, object.pose.origin);
        let rises = if drives(object.class) { 0.03 * solid.pose.turn[(0, 0)] } else { continue };
        let wanted = rises - 0.01 * solid.pose.turn[(1, 0)];
        assert!((solid.pose.turn[(2, 0)] - wanted).abs() < 2e-3, "{object:?}");
    }
    let foot = scene.ego.to_world(&Vec3::new(0.0, 0.0, -LIDAR_HEIGHT_M));
    assert!((foot.z - height(&foot)).abs() < 0.01);
}

#[test]
fn what_cannot_be_is_refused() {
    let good = config(1);
    for frames in [0, 3001, usize::MAX] {
        let refused = Drive::new(&DriveConfig { frames, ..good });
        assert!(matches!(refused, Err(SimError::Frames { most: 3000, .. })), "{frames}");
    }
    for rate_hz in [0.0, 0.5, -1.0, 101.0, f64::NAN, f64::INFINITY] {
        let refused = Drive::new(&DriveConfig { rate_hz, ..good });
        assert!(matches!(refused, Err(SimError::Rate { .. })), "{rate_hz}");
    }
    let slow = Drive::new(&DriveConfig { frames: 400, rate_hz: 1.0, ..good });
    assert!(matches!(slow, Err(SimError::Frames { most: 300, .. })));
    let short = DriveConfig { frames: 10, ..good };
    let full = Drive::through(town::town(300.0), &DriveConfig { actors: Some(100_000), ..short });
    let Err(SimError::Actors { actors: 100_000, room }) = full else { panic!("{:?}", full.err()) };
    assert!((40..1000).contains(&room), "{room}");
    let few = Drive::through(town::town(300.0), &DriveConfig { actors: Some(7), ..short }).unwrap();
    assert!(few.scene(9).unwrap().objects.len() <= 7);
    assert_eq!(few.scene(10).err(), Some(SimError::Frame { frame: 10, frames: 10 }));
    let none =
        Drive::through(town::town(300.0), &DriveConfig { actors: Some(0), ..short }).unwrap();
    assert!(none.scene(0).unwrap().objects.is_empty());
}
