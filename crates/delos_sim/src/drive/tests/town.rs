//! A road with a junction, a crossing, footways and rows of parked cars, on a slope.

use crate::ground::Ground;
use crate::math::sin_cos;
use crate::road::{Crossing, Lane, ParkingSpot, Path, Roads};
use crate::shape::Material;
use crate::world::World;
use std::f32::consts::{FRAC_PI_2, PI};
use std::sync::Arc;

/// Place of the junction.
const MIDDLE: f32 = 190.0;

fn lane(points: &[[f32; 2]], next: &[usize]) -> Lane {
    Lane {
        path: Path::new(points).unwrap(),
        width: 3.5,
        next: next.to_vec(),
        speed_limit: 13.9,
        stop_line: None,
        gives_way_to: vec![],
    }
}

fn give_way(mut lane: Lane, stop_line: f32, to: &[usize]) -> Lane {
    lane.stop_line = Some(stop_line);
    lane.gives_way_to = to.to_vec();
    lane
}

/// A quarter of an ellipse from one place in this direction to another.
fn arc(from: [f32; 2], heading: f32, to: [f32; 2]) -> Vec<[f32; 2]> {
    let (sin, cos) = sin_cos(heading);
    let (x, y) = (to[0] - from[0], to[1] - from[1]);
    let (along, left) = (x * cos + y * sin, y * cos - x * sin);
    (0..=20)
        .map(|i| {
            let (s, c) = sin_cos(FRAC_PI_2 * i as f32 / 20.0);
            let (u, v) = (along * s, left * (1.0 - c));
            [from[0] + u * cos - v * sin, from[1] + u * sin + v * cos]
        })
        .collect()
}

pub(super) fn roads(length: f32) -> Roads {
    let (a, b) = (MIDDLE - 12.0, MIDDLE + 12.0);
    let (east, west, south) = (-1.75, 1.75, -14.0);
    let (up, down) = (MIDDLE + 1.75, MIDDLE - 1.75);
    let lanes = vec![
        lane(&[[0.0, east], [a, east]], &[1, 10]),
        lane(&[[a, east], [b, east]], &[2]),
        lane(&[[b, east], [length, east]], &[]),
        lane(&[[length, west], [b, west]], &[4, 11]),
        lane(&[[b, west], [a, west]], &[5]),
        lane(&[[a, west], [0.0, west]], &[]),
        give_way(lane(&[[up, -110.0], [up, south]], &[7, 8]), 94.5, &[0, 1, 3, 4, 11]),
        lane(&arc([up, south], FRAC_PI_2, [b, east]), &[2]),
        lane(&arc([up, south], FRAC_PI_2, [a, west]), &[5]),
        lane(&[[down, south], [down, -110.0]], &[]),
        lane(&arc([a, east], 0.0, [down, south]), &[9]),
        give_way(lane(&arc([b, west], PI, [down, south]), &[9]), 3.0, &[0, 1, 10]),
    ];
    let footway = |y: f32, from: f32, to: f32| Path::new(&[[from, y], [to, y]]).unwrap();
    let side = |x: f32| Path::new(&[[x, -110.0], [x, -7.5]]).unwrap();
    let footways = vec![
        footway(7.5, 0.0, length),
        footway(-7.5, 0.0, MIDDLE - 18.0),
        footway(-7.5, MIDDLE + 18.0, length),
        side(MIDDLE - 18.0),
        side(MIDDLE + 18.0),
    ];
    let crossing =
        |x: f32| Crossing { path: Path::new(&[[x, -5.9], [x, 5.9]]).unwrap(), lanes: vec![] };
    let crossings = vec![crossing(110.0), crossing(MIDDLE + 60.0)];
    Roads { lanes, footways, crossings, spots: spots(length), route: vec![0, 1, 2] }
}

fn spots(length: f32) -> Vec<ParkingSpot> {
    let mut spots = Vec::new();
    let mut x: f32 = 10.0;
    while x < length - 10.0 {
        let clear = [110.0, MIDDLE, MIDDLE + 60.0].iter().all(|p| (x - p).abs() > 12.0);
        let near_junction = (x - MIDDLE).abs() < 35.0;
        for (y, heading) in [(-4.75, 0.0), (4.75, PI)] {
            if clear && !near_junction {
                spots.push(ParkingSpot { place: [x, y], heading, length: 5.8 });
            }
        }
        x += 6.0;
    }
    spots
}

pub(super) fn town(length: f32) -> World {
    let mut ground = Ground::new([-150.0, -150.0], [length + 150.0, 150.0], 0.0);
    ground.fill(|_, y| y.abs() < 120.0, |x, y| (0.03 * x - 0.01 * y, Material::Asphalt));
    let mut world = crate::world::build(1, 150.0);
    (world.ground, world.roads) = (Arc::new(ground), roads(length));
    world
}
