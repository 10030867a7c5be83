//! Properties that every world has.

use super::clutter::KINDS;
use super::*;
use crate::math::{Vec3, sin_cos};
use crate::road::Path;
use crate::shape::Material;
use proptest::prelude::*;
use std::sync::OnceLock;

/// Worlds of 500 m of the seeds 0 to 20.
fn worlds() -> &'static [World] {
    static WORLDS: OnceLock<Vec<World>> = OnceLock::new();
    WORLDS.get_or_init(|| (0..=20).map(|seed| build(seed, 500.0)).collect())
}

fn short_and_long() -> [World; 2] {
    [build(7, 150.0), build(8, 1200.0)]
}

fn angle(from: f32, to: f32) -> f32 {
    lanes::turn(from, to).abs()
}

/// Every half metre along a path, as stations.
fn stations(path: &Path) -> impl Iterator<Item = f32> {
    let length = path.length();
    (0..(2.0 * length) as u16).map(|i| f32::from(i) / 2.0)
}

#[test]
fn the_same_seed_gives_the_same_world() {
    let (a, b, c) = (build(3, 200.0), build(3, 200.0), build(4, 200.0));
    assert_eq!(a.roads, b.roads);
    assert_eq!(a.volumes, b.volumes);
    assert_eq!(a.solids.len(), b.solids.len());
    for (s, t) in a.solids.iter().zip(&b.solids) {
        assert!(s.mesh == t.mesh && s.pose == t.pose);
    }
    let at = |w: &World, x: f32, y: f32| w.ground.height(x, y).to_bits();
    assert!((-20..200).all(|i| at(&a, i as f32, 7.3) == at(&b, i as f32, 7.3)));
    assert!(a.roads != c.roads && a.volumes != c.volumes);
}

#[test]
fn lanes_go_on_where_they_end() {
    for world in worlds().iter().chain(&short_and_long()) {
        let lanes = &world.roads.lanes;
        assert!(lanes.iter().any(|l| l.next.len() > 1), "no junction");
        for lane in lanes {
            let end = lane.path.at(lane.path.length());
            for next in &lane.next {
                let start = lanes[*next].path.at(0.0);
                assert!(line::square(end.place, start.place).sqrt() < 0.3);
                assert!(angle(end.heading, start.heading) < 0.17, "{end:?} {start:?}");
            }
        }
    }
}

#[test]
fn the_route_runs_along_the_main_road() {
    for (world, length) in worlds().iter().map(|w| (w, 500.0)) {
        let lane = |i: &usize| &world.roads.lanes[*i];
        for pair in world.roads.route.windows(2) {
            assert!(lane(&pair[0]).next.contains(&pair[1]));
        }
        let covered: f32 = world.roads.route.iter().map(|i| lane(i).path.length()).sum();
        assert!((covered - length).abs() < 8.0, "{covered}");
    }
}

#[test]
fn arms_give_way_to_the_main_road() {
    for world in worlds() {
        let waiting = world.roads.lanes.iter().filter(|l| l.stop_line.is_some());
        let mut count = 0;
        for lane in waiting {
            count += 1;
            assert!(lane.stop_line.is_some_and(|s| s > 0.0 && s < lane.path.length()));
            assert!(!lane.gives_way_to.is_empty());
        }
        assert!(count >= 2, "two junctions have two arms at least");
        let main = world.roads.lanes[world.roads.route[0]].stop_line;
        assert!(main.is_none(), "the main road gives way to nobody");
    }
}

#[test]
fn grades_are_gentle_and_lanes_are_smooth() {
    for world in worlds() {
        for lane in world.roads.route.iter().map(|i| &world.roads.lanes[*i]) {
            for s in stations(&lane.path) {
                let [a, b] = [s, s + 10.0].map(|s| lane.path.at(s).place);
                let rise = world.ground.height(b[0], b[1]) - world.ground.height(a[0], a[1]);
                assert!(rise.abs() < 0.45, "{rise} in 10 m");
                let turn = angle(lane.path.at(s).heading, lane.path.at(s + 1.0).heading);
                assert!(turn < 1.0 / 60.0 + 0.004, "radius {}", 1.0 / turn);
            }
        }
    }
}

#[test]
fn footways_lie_a_kerb_above_the_road() {
    for world in worlds() {
        let field = field_of(&world.clone());
        let mut checked = 0;
        for path in &world.roads.footways {
            for s in stations(path).step_by(9) {
                let [x, y] = path.at(s).place;
                let section = field.here([x, y]).section;
                assert!(
                    field.outside([x, y]) > 0.2,
                    "a footway on the road: {x} {y} {:?}",
                    field.here([x, y])
                );
                if section.footway > 1.5 {
                    let [rx, ry] = field.snap([x, y], -0.4);
                    let step = world.ground.height(x, y) - world.ground.height(rx, ry);
                    assert!((0.06..0.24).contains(&step), "{step} at {x} {y}");
                    checked += 1;
                }
            }
        }
        assert!(checked > 50, "{checked}");
    }
}

/// The field of the worlds of [`worlds`], found again by the place of its first lane.
fn field_of(world: &World) -> Field {
    let seed = worlds().iter().position(|w| w.roads == world.roads).unwrap_or(0) as u64;
    let plan = Plan::new(500.0, &mut Random::new(seed, 1));
    Field::new(plan, Relief::new(&mut Random::new(seed, 2)), crate::random::hash(seed, 3, 0))
}

/// Places where vehicles are, with a margin around it: lanes and parking places.
fn vehicles(roads: &Roads) -> Vec<([f32; 2], f32)> {
    let mut places = vec![];
    for lane in &roads.lanes {
        places.extend(stations(&lane.path).map(|s| (lane.path.at(s).place, 1.3)));
    }
    for spot in &roads.spots {
        let (sin, cos) = sin_cos(spot.heading);
        for along in [-1.5, 0.0, 1.5] {
            let place = [spot.place[0] + along * cos, spot.place[1] + along * sin];
            places.push((place, 0.85));
        }
    }
    places
}

#[test]
fn nothing_stands_where_vehicles_are() {
    for world in worlds().iter().step_by(3) {
        for (place, radius) in vehicles(&world.roads) {
            let floor = world.ground.height(place[0], place[1]);
            let (solids, volumes) = world.near(place, radius);
            for solid in solids.iter().map(|i| &world.solids[*i]) {
                let inside = solid.mesh.vertices.iter().map(|v| solid.pose.to_world(v)).find(|v| {
                    let over = v.z - floor;
                    (0.4..4.0).contains(&over) && line::square([v.x, v.y], place) < radius * radius
                });
                assert!(
                    inside.is_none(),
                    "{inside:?} at {place:?} {:?} {floor}",
                    solid.mesh.bounds()
                );
            }
            for volume in volumes.iter().map(|i| &world.volumes[*i]) {
                assert!(volume.center.z - volume.radii.z > floor + 3.5, "leaves at {place:?}");
            }
        }
    }
}

#[test]
fn parking_places_lie_beside_the_lanes() {
    for world in worlds() {
        for spot in &world.roads.spots {
            let (sin, cos) = sin_cos(spot.heading);
            for along in [-0.42, 0.42] {
                let place = [0, 1].map(|k| spot.place[k] + along * spot.length * [cos, sin][k]);
                assert_eq!(world.ground.cover(place[0], place[1]), Material::Asphalt);
                for lane in &world.roads.lanes {
                    let (_, beside) = lane.path.project(place);
                    assert!(beside.abs() > lane.width / 2.0, "a place on a lane: {place:?}");
                }
            }
        }
        for (i, a) in world.roads.spots.iter().enumerate() {
            for b in &world.roads.spots[..i] {
                assert!(line::square(a.place, b.place) > 2.2 * 2.2, "{a:?} {b:?}");
            }
        }
    }
}

#[test]
fn all_three_kinds_of_parking_are_there() {
    for world in worlds().iter().chain(&short_and_long()) {
        let mut kinds = [0; 3];
        for spot in &world.roads.spots {
            let away = |l: &&crate::road::Lane| l.path.project(spot.place).1.abs();
            let lane = world.roads.lanes.iter().min_by(|a, b| away(a).total_cmp(&away(b)));
            let along = lane.map_or(0.0, |l| l.path.at(l.path.project(spot.place).0).heading);
            let turn = angle(along, spot.heading);
            kinds[if turn < 0.3 {
                0
            } else if turn < 1.2 {
                1
            } else {
                2
            }] += 1;
        }
        assert!(kinds.iter().all(|n| *n >= 3), "{kinds:?}");
    }
}

#[test]
fn every_kind_of_clutter_is_there() {
    for (seed, world) in worlds().iter().enumerate() {
        for kind in KINDS {
            assert!(world.count(kind) > 0, "seed {seed}: no {kind:?}");
        }
        let volumes = world.volumes.len();
        assert!((150..=900).contains(&volumes), "{volumes}");
    }
}

#[test]
fn everything_is_a_number_and_not_too_much() {
    for world in worlds() {
        for solid in &world.solids {
            assert!(!solid.mesh.triangles.is_empty() && solid.object.is_none());
            assert!(solid.pose.origin.iter().chain(solid.pose.turn.iter()).all(|v| v.is_finite()));
            assert!(solid.mesh.vertices.iter().all(|v| v.iter().all(|c| c.is_finite())));
        }
        for volume in &world.volumes {
            assert!(volume.center.iter().chain(volume.radii.iter()).all(|v| v.is_finite()));
            assert!(volume.radii.min() > 0.2 && (0.1..0.7).contains(&volume.mean_depth));
            assert!(
                (volume.center.z - world.ground.height(volume.center.x, volume.center.y)).abs()
                    < 16.0
            );
        }
        for lane in world.roads.route.iter().map(|i| &world.roads.lanes[*i]) {
            let (solids, _) = world.near(lane.path.at(lane.path.length() / 2.0).place, 80.0);
            let count: usize = solids.iter().map(|i| world.solids[*i].mesh.triangles.len()).sum();
            assert!(count < 9_000, "{count} triangles");
        }
    }
}

#[test]
fn lines_lie_above_the_road() {
    for world in worlds().iter().step_by(5) {
        let painted = |s: &&Solid| s.mesh.palette[0].material == Material::RoadPaint;
        let mut count = 0;
        for solid in world.solids.iter().filter(painted) {
            for v in solid.mesh.vertices.iter().map(|v| solid.pose.to_world(v)) {
                let above = v.z - world.ground.height(v.x, v.y);
                assert!((0.014..0.018).contains(&above), "{above}");
                count += 1;
            }
        }
        assert!(count > 400, "{count}");
    }
}

#[test]
fn odd_lengths_are_taken_to_the_nearest() {
    for (asked, got) in [(10.0, 150.0), (f32::NAN, 500.0), (-5.0, 150.0)] {
        let plan = Plan::new(asked, &mut Random::new(1, 1));
        assert!((plan.length - got).abs() < 1e-3);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]
    #[test]
    fn roads_never_meet_but_at_junctions(seed: u64, length in 150.0_f32..3500.0) {
        let plan = Plan::new(length, &mut Random::new(seed, 1));
        let main = &plan.roads[0];
        let (from, to) = main.line.stations();
        for i in 0..=(to - from) as u16 {
            prop_assert!(main.line.heading(from + f32::from(i)).abs() < 1.22);
        }
        for (i, arm) in plan.roads.iter().enumerate().skip(1) {
            for t in [30.0, 60.0, 90.0, 120.0] {
                let place = arm.line.at(t, 0.0);
                for (j, other) in plan.roads.iter().enumerate().filter(|(j, _)| *j != i) {
                    let (_, away) = other.line.project(place, &mut line::Cursor::default());
                    prop_assert!(away.abs() > 0.8 * t.min(40.0), "roads {i} and {j} at {t}: {away}");
                }
            }
        }
    }

    #[test]
    fn one_can_look_up_what_is_near(x in -100.0_f32..600.0, y in -200.0_f32..200.0) {
        let world = &worlds()[0];
        let (solids, volumes) = world.near([x, y], 40.0);
        let inside = |p: Vec3| line::square([p.x, p.y], [x, y]) < 1600.0;
        for (i, solid) in world.solids.iter().enumerate() {
            let touched = solid.mesh.vertices.iter().any(|v| inside(solid.pose.to_world(v)));
            prop_assert!(!touched || solids.binary_search(&i).is_ok());
        }
        for (i, volume) in world.volumes.iter().enumerate() {
            prop_assert!(!inside(volume.center) || volumes.binary_search(&i).is_ok());
        }
    }
}
