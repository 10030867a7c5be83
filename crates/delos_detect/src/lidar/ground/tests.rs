//! Made-up ground, sampled as a LiDAR of 64 beams would.

use super::*;
use crate::lidar::axes_doubt;
use delos_core::PointCloud;
use proptest::prelude::*;

const START: f32 = -1.73;

/// Height of a made-up ground over the place of the vehicle, metres.
type Land = fn(f32, f32) -> f32;

fn point([x, y, z]: [f32; 3]) -> LidarPoint {
    LidarPoint { x, y, z, intensity: 0.3 }
}

/// Where rays meet the ground, or an upright wall that stands on it `wall` metres ahead.
fn scan(land: Land, wall: Option<f32>) -> Vec<LidarPoint> {
    let mut points = Vec::new();
    for beam in 0..64_u16 {
        let (sin, cos) = (2.0 - 26.8 * f32::from(beam) / 63.0).to_radians().sin_cos();
        for step in 0..1000_u16 {
            let (y, x) = (f32::from(step) * 0.36).to_radians().sin_cos();
            points.extend(hit(land, wall, [cos * x, cos * y, sin]));
        }
    }
    points
}

/// Marches along a ray.
fn hit(land: Land, wall: Option<f32>, ray: [f32; 3]) -> Option<LidarPoint> {
    let at = |way: f32| ray.map(|part| part * way);
    let over = |[x, y, z]: [f32; 3]| z - START - land(x, y);
    let blocked = |p: [f32; 3]| wall.is_some_and(|x| p[0] > x && p[1].abs() < 2.5 && over(p) < 3.0);
    let steps = std::iter::successors(Some(2.0_f32), |way| Some(way + 0.05 + 0.004 * way));
    let way =
        steps.take_while(|way| *way < 70.0).find(|w| over(at(*w)) < 0.0 || blocked(at(*w)))?;
    // Between the last two steps by halves.
    let (mut low, mut high) = ((way - 0.05) / 1.004, way);
    for _ in 0..12 {
        let middle = 0.5 * (low + high);
        let inside = over(at(middle)) < 0.0 || blocked(at(middle));
        if inside { high = middle } else { low = middle }
    }
    Some(point(at(high)))
}

fn overs(points: &[LidarPoint]) -> Vec<f32> {
    let mut map = GroundMap::default();
    map.estimate(points, START, &GroundConfig::default());
    map.overs().to_vec()
}

fn share(flags: impl Iterator<Item = bool>) -> f64 {
    let (yes, all) = flags.fold((0, 0), |(yes, all), flag| (yes + usize::from(flag), all + 1));
    yes as f64 / f64::from(all.max(1))
}

#[test]
fn every_kind_of_ground_is_followed() {
    let kinds: &[(&str, Land, f64)] = &[
        ("level", |_, _| 0.0, 0.999),
        ("a hill ahead", |x, _| 0.12 * (x - 10.0).max(0.0), 0.98),
        ("a valley ahead", |x, _| -0.08 * (x - 10.0).max(0.0), 0.98),
        ("a cross slope", |_, y| 0.07 * y, 0.98),
        ("waves", |x, y| 0.2 * (0.3 * x).sin() * (0.25 * y).cos(), 0.98),
        ("kerbs", |_, y| if y.abs() > 4.0 { 0.14 } else { 0.0 }, 0.98),
        ("a bank", |_, y| 0.5 * (y - 5.0).clamp(0.0, 3.0), 0.95),
        ("a ditch", |_, y| -0.5 * (3.0 - (y + 9.0).abs()).clamp(0.0, 1.6), 0.9),
    ];
    for (name, land, wanted) in kinds {
        let points = scan(*land, None);
        assert!(points.len() > 30_000, "{name}");
        let found = share(overs(&points).into_iter().map(|over| over.abs() < 0.125));
        assert!(found > *wanted, "{name}: {found}");
    }
}

#[test]
fn heights_are_right_to_a_centimetre_on_slopes() {
    let land: Land = |x, y| 0.05 * x - 0.03 * y;
    let mut errors: Vec<f32> = overs(&scan(land, None)).into_iter().map(f32::abs).collect();
    errors.sort_unstable_by(f32::total_cmp);
    assert!(errors[errors.len() / 2] < 0.01, "{}", errors[errors.len() / 2]);
    assert!(errors[errors.len() * 19 / 20] < 0.05, "{}", errors[errors.len() * 19 / 20]);
}

#[test]
fn what_stands_upright_is_no_ground() {
    for wall in [6.0, 12.0, 25.0] {
        let points = scan(|x, _| 0.02 * x, Some(wall));
        let rows = points.iter().zip(overs(&points));
        let high = rows.filter(|(p, _)| {
            (p.x - wall).abs() < 0.2 && p.y.abs() < 2.4 && p.z - START - 0.02 * p.x > 0.3
        });
        let high: Vec<f32> = high.map(|(_, over)| over).collect();
        assert!(high.len() > 100, "{}", high.len());
        assert!(share(high.into_iter().map(|over| over > 0.15)) > 0.99, "{wall}");
    }
}

#[test]
fn flat_tops_that_meet_no_ground_are_none() {
    // Roofs of cars whose sides are not seen: level, upright, smooth.
    for height in [0.6, 0.9, 1.5] {
        let mut points = scan(|_, _| 0.0, None);
        let in_shade = |p: &LidarPoint| (10.0..26.0).contains(&p.x) && p.y.abs() < 1.2;
        points.retain(|p| !in_shade(p));
        let ground = points.len();
        points.extend((0..80_u16).flat_map(|i| {
            (0..40_u16).map(move |k| {
                point([10.2 + 0.05 * f32::from(i), -1.0 + 0.05 * f32::from(k), START + height])
            })
        }));
        let over = overs(&points);
        assert!(share(over[ground..].iter().map(|over| *over > 0.4)) > 0.999, "{height}");
        assert!(share(over[..ground].iter().map(|over| over.abs() < 0.1)) > 0.999);
    }
}

#[test]
fn what_a_wet_road_mirrors_does_not_pull_the_ground_down() {
    let mut points = scan(|_, _| 0.0, Some(12.0));
    let ground = points.len();
    let wall: Vec<LidarPoint> =
        points.iter().filter(|p| p.x > 11.9 && p.y.abs() < 2.4).copied().collect();
    let mirrored = wall.iter().filter(|p| p.z - START > 0.4).step_by(2);
    points.extend(mirrored.map(|p| point([p.x, p.y, 2.0 * START - p.z])));
    assert!(points.len() > ground + 200);
    let over = overs(&points);
    assert!(share(over[ground..].iter().map(|over| *over < -0.25)) > 0.99);
    let level = points[..ground].iter().zip(&over).filter(|(p, _)| (p.z - START).abs() < 0.02);
    assert!(share(level.map(|(_, over)| over.abs() < 0.1)) > 0.995);
}

#[test]
fn a_second_scan_allocates_nothing_and_owes_nothing_to_the_first() {
    let (first, second) = (scan(|x, _| 0.08 * x, None), scan(|_, _| 0.0, Some(9.0)));
    let longer = if first.len() > second.len() { &first } else { &second };
    let mut map = GroundMap::default();
    let config = GroundConfig::default();
    map.estimate(&[longer.as_slice(), longer].concat(), START, &config);
    map.estimate(&first, START, &config);
    let held = |map: &GroundMap| {
        [
            map.overs.as_ptr() as usize,
            map.cells.of.as_ptr() as usize,
            map.cells.ranges.as_ptr() as usize,
            map.level.heights.as_ptr() as usize,
            map.refined.points.heights(0).as_ptr() as usize,
            map.grown.points.heights(0).as_ptr() as usize,
        ]
    };
    let before = held(&map);
    map.estimate(&second, START, &config);
    assert_eq!(held(&map), before);
    assert_eq!(map.overs(), overs(&second));
}

/// Whoever gives no height, or a wrong one, is told of it or loses nothing.
#[test]
fn ground_is_found_wherever_the_check_of_the_height_is_silent() {
    let lands: [Land; 3] =
        [|_, _| 0.0, |x, y| 0.03 * x - 0.02 * y, |_, y| if y.abs() > 4.0 { 0.14 } else { 0.0 }];
    let (mut silent, mut map) = (0, GroundMap::default());
    for land in lands {
        let level = scan(land, Some(14.0));
        for centimetres in (-120_i8..=120).step_by(10) {
            let up = 0.01 * f32::from(centimetres);
            let points: Vec<_> = level.iter().map(|p| LidarPoint { z: p.z + up, ..*p }).collect();
            if axes_doubt(&PointCloud::new(points.clone()), f64::from(-START)).is_some() {
                continue;
            }
            silent += 1;
            map.estimate(&points, START, &GroundConfig::default());
            let is_ground = |p: &LidarPoint| (p.z - up - START - land(p.x, p.y)).abs() < 0.02;
            let on_ground = points.iter().zip(map.overs()).filter(|(p, _)| is_ground(p));
            let found = share(on_ground.map(|(_, over)| over.abs() < 0.125));
            assert!(found > 0.98, "{centimetres} cm: {found}");
        }
    }
    assert!(silent > 3 * 12, "{silent}");
}

#[test]
fn ground_where_it_is_said_to_be_stays_there() {
    let lands: [Land; 4] = [
        |_, _| 0.0,
        |x, _| 0.12 * (x - 10.0).max(0.0),
        |_, y| 0.07 * y,
        |x, y| 0.2 * (0.3 * x).sin() * (0.25 * y).cos(),
    ];
    let (mut map, config) = (GroundMap::default(), GroundConfig::default());
    for land in lands {
        map.estimate(&scan(land, None), START, &config);
        assert!(map.offset().abs() < f32::EPSILON, "{}", map.offset());
    }
    // A heap of returns at another height is no level.
    map.estimate(&vec![point([8.0, 0.0, -0.5]); 5000], START, &config);
    assert!(map.offset().abs() < f32::EPSILON);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn ground_is_found_whichever_way_it_tilts(slope in 0.0_f32..0.08, turn in 0.0_f32..std::f32::consts::TAU) {
        let (sin, cos) = turn.sin_cos();
        let plane = |p: &LidarPoint| slope * (p.x * cos + p.y * sin);
        let points: Vec<LidarPoint> = scan(|_, _| 0.0, None)
            .into_iter()
            .map(|p| LidarPoint { z: p.z + plane(&p), ..p })
            .filter(|p| p.x.hypot(p.y) < 30.0)
            .collect();
        let found = share(overs(&points).into_iter().map(|over| over.abs() < 0.125));
        prop_assert!(found > 0.97, "{found}");
    }

    #[test]
    fn any_points_have_heights(
        points in prop::collection::vec(prop::array::uniform3(-120.0_f32..120.0), 0..600),
        scale in prop::sample::select(vec![1e-20_f32, 0.05, 1.0, 1e30]),
    ) {
        let points: Vec<LidarPoint> = points.into_iter().map(|p| point(p.map(|v| v * scale))).collect();
        let over = overs(&points);
        prop_assert_eq!(over.len(), points.len());
        prop_assert!(over.iter().all(|over| !over.is_nan()));
    }
}
