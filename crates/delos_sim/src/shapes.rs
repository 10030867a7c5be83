//! Road users: what they look like.

mod bus;
mod car;
mod cycle;
mod loft;
mod paint;
mod person;
mod shell;
mod truck;
mod wheel;

use crate::math::Vec3;
use crate::random::Random;
use crate::shape::Mesh;
use delos_core::{ObjectClass, Size};
use std::sync::Arc;

/// One road user's shape.
#[derive(Clone, Debug)]
pub struct Body {
    /// What it is.
    pub class: ObjectClass,
    /// Extents of the box around it (around all its phases), metres.
    pub size: Size,
    /// Its shape; several for those that walk or pedal. A pedestrian's first phase stands
    /// still and the others are one cycle of two steps; a cyclist's are one turn of the
    /// cranks, and any of them will do for rolling.
    pub phases: Vec<Arc<Mesh>>,
}

/// A road user of this class with a shape of its own: car, van, truck, bus, cyclist,
/// motorcycle or pedestrian; other classes get a car's.
pub fn body(class: ObjectClass, random: &mut Random) -> Body {
    let phases = match class {
        ObjectClass::Van => vec![car::van(random)],
        ObjectClass::Truck => vec![truck::truck(random)],
        ObjectClass::Bus => vec![bus::bus(random)],
        ObjectClass::Cyclist => cycle::bicycle(random),
        ObjectClass::Motorcycle => vec![cycle::motorcycle(random)],
        ObjectClass::Pedestrian => person::pedestrian(random),
        _ => vec![car::car(random)],
    };
    finish(class, phases)
}

/// Moves all phases so that the box around them stands on the ground with its middle at
/// the origin, and measures that box.
fn finish(class: ObjectClass, mut phases: Vec<Mesh>) -> Body {
    let corners = || phases.iter().filter_map(Mesh::bounds);
    let low = corners().map(|(low, _)| low).reduce(|a, b| a.inf(&b)).unwrap_or_default();
    let high = corners().map(|(_, high)| high).reduce(|a, b| a.sup(&b)).unwrap_or_default();
    let middle = (low + high) / 2.0;
    let origin = Vec3::new(middle.x, middle.y, low.z);
    for vertex in phases.iter_mut().flat_map(|mesh| &mut mesh.vertices) {
        *vertex -= origin;
    }
    let [l, w, h] = <[f32; 3]>::from(high - low).map(f64::from);
    let size = Size::new(l, w, h).unwrap_or_else(|_| unreachable!("every shape has an extent"));
    Body { class, size, phases: phases.into_iter().map(Arc::new).collect() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::shape::{Material, Triangle};
    use proptest::prelude::*;

    /// Class and most triangles.
    const CLASSES: [(ObjectClass, usize); 7] = [
        (ObjectClass::Car, 300),
        (ObjectClass::Van, 300),
        (ObjectClass::Truck, 350),
        (ObjectClass::Bus, 350),
        (ObjectClass::Cyclist, 350),
        (ObjectClass::Motorcycle, 380),
        (ObjectClass::Pedestrian, 220),
    ];

    fn cars(count: u64) -> impl Iterator<Item = Body> {
        (0..count).map(|seed| body(ObjectClass::Car, &mut Random::new(seed, 0)))
    }

    fn moments(values: impl Iterator<Item = f64> + Clone) -> (f64, f64) {
        let count = values.clone().count() as f64;
        let mean = values.clone().sum::<f64>() / count;
        (mean, (values.map(|v| (v - mean).powi(2)).sum::<f64>() / count).sqrt())
    }

    /// Where a ray meets a triangle: distance, and whether on a face that may be seen from
    /// there. Tyres and underbodies are open towards the inside.
    fn meet(mesh: &Mesh, triangle: &Triangle, from: Vec3, along: Vec3) -> Option<(f32, bool)> {
        let [a, b, c] = triangle.corners.map(|i| mesh.vertices[i as usize]);
        let normal = (b - a).cross(&(c - a));
        let facing = normal.dot(&along);
        let distance = normal.dot(&(a - from)) / facing;
        let hit = from + along * distance;
        let within = [(a, b), (b, c), (c, a)]
            .iter()
            .all(|(p, q)| (q - p).cross(&(hit - p)).dot(&normal) >= 0.0);
        let open = triangle.two_sided
            || mesh.palette[usize::from(triangle.surface)].material == Material::Rubber;
        (distance > 0.0 && within).then_some((distance, facing < 0.0 || open))
    }

    fn nearest(mesh: &Mesh, from: Vec3, along: Vec3) -> Option<(f32, bool)> {
        let hits = mesh.triangles.iter().filter_map(|t| meet(mesh, t, from, along));
        hits.min_by(|a, b| a.0.total_cmp(&b.0))
    }

    /// Share of the cells of the box's side (5 cm) that the body covers.
    fn side_cover(body: &Body) -> f32 {
        let (l, h) = (body.size.length() as f32, body.size.height() as f32);
        let (columns, rows) = ((l / 0.05) as u16, (h / 0.05) as u16);
        let cells = (0..columns).flat_map(|i| (0..rows).map(move |j| (i, j)));
        let covered = cells.filter(|&(i, j)| {
            let (u, v) = (f32::from(i) + 0.51, f32::from(j) + 0.49);
            let x = l * (u / f32::from(columns) - 0.5);
            let from = Vec3::new(x, 9.0, h * v / f32::from(rows));
            nearest(&body.phases[0], from, -Vec3::y()).is_some()
        });
        covered.count() as f32 / (f32::from(columns) * f32::from(rows))
    }

    /// Height of the body at x, above its middle line.
    fn height_at(body: &Body, x: f32) -> f32 {
        let from = Vec3::new(x, 0.013, 9.0);
        nearest(&body.phases[0], from, -Vec3::z()).map_or(0.0, |(distance, _)| 9.0 - distance)
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn the_box_fits_and_the_triangles_are_few(seed in any::<u64>()) {
            for (class, most) in CLASSES {
                let body = body(class, &mut Random::new(seed, 1));
                let bounds = || body.phases.iter().filter_map(|mesh| mesh.bounds());
                let low = bounds().map(|b| b.0).reduce(|a, b| a.inf(&b)).unwrap();
                let high = bounds().map(|b| b.1).reduce(|a, b| a.sup(&b)).unwrap();
                let size = [body.size.length(), body.size.width(), body.size.height()];
                let [l, w, h] = size.map(|side| side as f32);
                prop_assert!((low - Vec3::new(-l / 2.0, -w / 2.0, 0.0)).norm() < 0.005);
                prop_assert!((high - Vec3::new(l / 2.0, w / 2.0, h)).norm() < 0.005);
                for mesh in &body.phases {
                    prop_assert!(mesh.triangles.len() <= most, "{class} {}", mesh.triangles.len());
                    prop_assert!(mesh.vertices.iter().flat_map(|v| v.iter()).all(|c| c.is_finite()));
                }
            }
        }

        #[test]
        fn no_ray_from_outside_and_above_meets_the_back_of_a_face(seed in any::<u64>()) {
            let mut random = Random::new(seed, 2);
            for (class, _) in CLASSES {
                let body = body(class, &mut random);
                let (l, w) = (body.size.length() as f32, body.size.width() as f32);
                for mesh in &body.phases {
                    for _ in 0..40 {
                        let (sin, cos) =
                            crate::math::sin_cos(random.range(0.0, std::f32::consts::TAU));
                        let from = Vec3::new(20.0 * cos, 20.0 * sin, random.range(1.7, 12.0));
                        let to = Vec3::new(
                            random.range(-0.5, 0.5) * l,
                            random.range(-0.5, 0.5) * w,
                            random.range(0.0, 1.0) * body.size.height() as f32,
                        );
                        let along = (Vec3::new(to.x, to.y, to.z.min(from.z)) - from).normalize();
                        // A ray along an edge may slip between two faces: its neighbour does not.
                        let inside = |from: Vec3| {
                            nearest(mesh, from, along).filter(|(_, outside)| !outside)
                        };
                        let seen = inside(from).and(inside(from + Vec3::new(0.0, 0.0, 0.002)));
                        let height = seen.map(|(distance, _)| (from + along * distance).z);
                        prop_assert!(height.is_none(), "{class} at {height:?}");
                    }
                }
            }
        }
    }

    #[test]
    fn the_same_state_gives_the_same_mesh() {
        for (class, _) in CLASSES {
            let make = |seed| body(class, &mut Random::new(seed, 5));
            assert_eq!(make(3).phases, make(3).phases);
            assert_ne!(make(3).phases, make(4).phases);
        }
    }

    #[test]
    fn cars_are_as_large_as_labelled_ones() {
        let all: Vec<Body> = cars(4000).collect();
        let (length, deviation) = moments(all.iter().map(|b| b.size.length()));
        assert!((length - 3.88).abs() < 0.03, "{length}");
        assert!((deviation - 0.42).abs() < 0.04, "{deviation}");
        let (width, deviation) = moments(all.iter().map(|b| b.size.width()));
        assert!(
            (width - 1.63).abs() < 0.02 && (deviation - 0.1).abs() < 0.03,
            "{width} {deviation}"
        );
        let (height, deviation) = moments(all.iter().map(|b| b.size.height()));
        assert!(
            (height - 1.53).abs() < 0.03 && (deviation - 0.13).abs() < 0.04,
            "{height} {deviation}"
        );
        assert!(all.iter().all(|b| (3.19..4.91).contains(&b.size.length())));
    }

    #[test]
    fn a_fifth_of_the_cars_is_dark() {
        let dark =
            |body: &Body| body.phases[0].palette.iter().any(|s| s.material == Material::DarkPaint);
        let share = cars(2000).filter(dark).count() as f32 / 2000.0;
        assert!((share - 0.2).abs() < 0.03, "{share}");
    }

    #[test]
    fn bonnets_lie_below_roofs_and_air_below_the_body() {
        for body in cars(60) {
            let (l, h) = (body.size.length() as f32, body.size.height() as f32);
            let bonnet = height_at(&body, 0.44 * l);
            assert!((0.4..0.8).contains(&(bonnet / h)), "{bonnet} of {h}");
            assert!(height_at(&body, -0.1 * l) > 0.95 * h);
            let below = Vec3::new(0.0, 9.0, 0.1);
            assert_eq!(nearest(&body.phases[0], below, -Vec3::y()), None);
            let cover = side_cover(&body);
            assert!((0.6..0.9).contains(&cover), "{cover}");
        }
    }

    #[test]
    fn walkers_move_their_legs_and_keep_a_foot_on_the_ground() {
        let walker = body(ObjectClass::Pedestrian, &mut Random::new(9, 0));
        assert_eq!(walker.phases.len(), 7);
        let reach = |mesh: &Mesh| mesh.bounds().map_or(0.0, |(low, high)| high.x - low.x);
        let widest = walker.phases.iter().map(|m| reach(m)).fold(0.0, f32::max);
        assert!(widest > reach(&walker.phases[0]) + 0.2);
        for mesh in &walker.phases {
            assert!(mesh.bounds().is_some_and(|(low, _)| low.z.abs() < 1e-4));
        }
    }
}
