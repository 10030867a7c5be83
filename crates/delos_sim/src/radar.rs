//! A radar of the simple kind: a few echoes for each road user in view, some from bare
//! metal, and false ones. No model of waves: cross-sections, probabilities and noise.

mod shadow;

use crate::math::{Vec3, atan2, exp, sin_cos};
use crate::random::{Random, hash};
use crate::scene::{Object, Scene};
use crate::shape::Material;
use delos_core::{Ego, ObjectClass, RadarEcho, RadarScan};
use shadow::{Shadow, hidden};

/// What a radar measures and how well. The figures are those of an ordinary long-range
/// automotive radar at 77 GHz, rounded.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Radar {
    /// Farthest echo, metres.
    pub range_m: f32,
    /// Half of the field of view, radians.
    pub half_view_rad: f32,
    /// Standard deviation of the range, metres.
    pub sigma_range_m: f32,
    /// Standard deviation of the bearing, radians.
    pub sigma_bearing_rad: f32,
    /// Standard deviation of the radial velocity, metres per second.
    pub sigma_velocity: f32,
    /// Probability to detect a car that is near.
    pub detection: f32,
    /// Mean number of false echoes in a scan.
    pub false_echoes: f32,
    /// Probability that a near and strong road user has a second echo at twice its range.
    pub double_range: f32,
    /// Its place in the frame of the vehicle, metres (x forward, y left, z up from the
    /// LiDAR).
    pub mount: [f32; 3],
}

impl Default for Radar {
    fn default() -> Self {
        let degree = std::f32::consts::PI / 180.0;
        Self {
            range_m: 150.0,
            half_view_rad: 60.0 * degree,
            sigma_range_m: 0.2,
            sigma_bearing_rad: 0.3 * degree,
            sigma_velocity: 0.1,
            detection: 0.95,
            false_echoes: 2.0,
            double_range: 0.03,
            mount: [2.2, 0.0, -1.2],
        }
    }
}

/// A place that reflects.
#[derive(Clone, Copy, Debug)]
struct Reflection {
    /// In the frame of the vehicle, metres.
    place: Vec3,
    /// Velocity over ground in the frame of the vehicle, m/s.
    velocity: Vec3,
    /// Radar cross-section, dB square metres.
    rcs: f32,
    /// Which object it belongs to.
    object: Option<usize>,
}

/// A measurement before it becomes an echo: range and bearing from the radar.
#[derive(Clone, Copy, Debug)]
struct Polar {
    range: f32,
    bearing: f32,
    /// Velocity over ground along the ray, m/s.
    over_ground: f32,
    rcs: f32,
}

impl Radar {
    /// One scan, in the frame of the vehicle, sorted by bearing, then range. The heights
    /// are 0 (no elevation) and all values are rounded to hundredths. The same scene and
    /// seed give the same scan.
    pub fn measure(&self, scene: &Scene, seed: u64) -> RadarScan<Ego> {
        let mut random = Random::new(seed, 0x4ada4);
        let shadows: Vec<Shadow> =
            scene.objects.iter().map(|o| Shadow::of(o, &scene.ego, self.mount)).collect();
        let mut all = Vec::new();
        let moves = scene.ego.turn.tr_mul(&scene.ego_velocity);
        for reflection in self.reflections(scene, &mut random) {
            self.detect(&reflection, &moves, &shadows, &mut random, &mut all);
        }
        self.add_false(scene, &mut random, &mut all);
        let mut echoes: Vec<RadarEcho> = all.iter().map(|p| self.echo(p, &moves)).collect();
        let key = |e: &RadarEcho| {
            (atan2(e.y - self.mount[1], e.x - self.mount[0]), e.x * e.x + e.y * e.y)
        };
        echoes.sort_by(|a, b| {
            let ((p, q), (r, s)) = (key(a), key(b));
            p.total_cmp(&r).then(q.total_cmp(&s))
        });
        RadarScan::new(echoes)
    }

    fn reflections(&self, scene: &Scene, random: &mut Random) -> Vec<Reflection> {
        let mut all = Vec::new();
        for (number, object) in scene.objects.iter().enumerate() {
            add_object(scene, self.mount, number, object, random, &mut all);
        }
        for (number, solid) in scene.solids.iter().enumerate() {
            if solid.object.is_none() {
                self.add_metal(scene, number, &mut all);
            }
        }
        all
    }

    /// Bare metal: its corners reflect, one in each few metres and always the same ones.
    fn add_metal(&self, scene: &Scene, number: usize, all: &mut Vec<Reflection>) {
        let solid = &scene.solids[number];
        let metal = |surface: u16| {
            let surface = solid.mesh.palette.get(usize::from(surface));
            surface.is_some_and(|s| s.material == Material::Metal)
        };
        let mut last: Option<Vec3> = None;
        for (i, triangle) in solid.mesh.triangles.iter().enumerate() {
            let corner = solid.mesh.vertices.get(triangle.corners[0] as usize);
            let Some(corner) = corner.filter(|_| metal(triangle.surface)) else { continue };
            let world = solid.pose.to_world(corner);
            if last.is_some_and(|l| (l - world).norm() < 3.0) {
                continue;
            }
            last = Some(world);
            let place = scene.ego.to_local(&world);
            if place.x * place.x + place.y * place.y < self.range_m * self.range_m {
                let bits =
                    hash(u64::from(world.x.to_bits()), u64::from(world.y.to_bits()), i as u64);
                let rcs = -4.0 + 8.0 * crate::random::unit(bits);
                all.push(Reflection { place, velocity: Vec3::zeros(), rcs, object: None });
            }
        }
    }

    fn detect(
        &self,
        reflection: &Reflection,
        own: &Vec3,
        shadows: &[Shadow],
        random: &mut Random,
        all: &mut Vec<Polar>,
    ) {
        let (x, y) = (reflection.place.x - self.mount[0], reflection.place.y - self.mount[1]);
        let (range, bearing) = ((x * x + y * y).sqrt(), atan2(y, x));
        let lucky = random.chance(self.probability(reflection.rcs, range));
        let noise =
            [random.normal(0.0, self.sigma_range_m), random.normal(0.0, self.sigma_bearing_rad)];
        let again = random.chance(self.double_range);
        let out = bearing.abs() > self.half_view_rad || range > self.range_m || range < 0.5;
        if !lucky || out || hidden(shadows, reflection.object, range, bearing) {
            return;
        }
        let (sin, cos) = sin_cos(bearing);
        let over_ground = reflection.velocity.x * cos
            + reflection.velocity.y * sin
            + random.normal(0.0, self.sigma_velocity);
        let rcs = reflection.rcs + random.normal(0.0, 2.0);
        let echo = Polar { range: range + noise[0], bearing: bearing + noise[1], over_ground, rcs };
        all.push(echo);
        if again
            && reflection.object.is_some()
            && reflection.rcs > 5.0
            && 2.0 * range < self.range_m
        {
            all.push(echo.bounced_twice(own));
        }
    }

    /// Probability to detect a cross-section (dB square metres) at a range: a step in the
    /// echo's power, which falls with the fourth power of the range; a car (10 dB) is
    /// found with half the full probability at 145 m, a person (-5 dB) at 61 m.
    fn probability(&self, rcs: f32, range: f32) -> f32 {
        let power = rcs - 40.0 * libm::log10f(range.max(1.0) / 145.0) - 10.0;
        self.detection / (1.0 + exp(-power / 2.0))
    }

    fn add_false(&self, scene: &Scene, random: &mut Random, all: &mut Vec<Polar>) {
        // A Poisson number of them (Knuth's method).
        let (limit, mut product) = (exp(-self.false_echoes.clamp(0.0, 50.0)), random.unit());
        let own = scene.ego_velocity.norm();
        while product > limit {
            product *= random.unit();
            all.push(Polar {
                range: random.range(2.0, self.range_m),
                bearing: random.range(-self.half_view_rad, self.half_view_rad),
                over_ground: random.range(-own - 5.0, own + 5.0),
                rcs: random.range(-12.0, 2.0),
            });
        }
    }

    fn echo(&self, polar: &Polar, own: &Vec3) -> RadarEcho {
        let (sin, cos) = sin_cos(polar.bearing);
        RadarEcho {
            x: hundredths(self.mount[0] + polar.range * cos),
            y: hundredths(self.mount[1] + polar.range * sin),
            z: 0.0,
            rcs: hundredths(polar.rcs),
            radial_velocity: hundredths(polar.over_ground - polar.along(own)),
            compensated_velocity: hundredths(polar.over_ground),
        }
    }
}

impl Polar {
    /// The speed of the vehicle itself along the ray, m/s.
    fn along(&self, own: &Vec3) -> f32 {
        let (sin, cos) = sin_cos(self.bearing);
        own.x * cos + own.y * sin
    }

    /// The echo of a wave that went to and fro twice: what the radar measures, range and radial
    /// velocity, is doubled. The vehicle's motion is in it twice and taken out once.
    fn bounced_twice(self, own: &Vec3) -> Self {
        Self {
            range: 2.0 * self.range,
            over_ground: 2.0 * self.over_ground - self.along(own),
            rcs: self.rcs - 10.0,
            ..self
        }
    }
}

/// Mean cross-section (dB square metres) and most echoes of a class.
fn strength(class: ObjectClass) -> (f32, usize) {
    match class {
        ObjectClass::Car => (10.0, 3),
        ObjectClass::Van => (13.0, 3),
        ObjectClass::Truck | ObjectClass::Bus | ObjectClass::Tram => (19.0, 5),
        ObjectClass::Cyclist | ObjectClass::Motorcycle => (0.0, 2),
        _ => (-5.0, 1),
    }
}

/// One to a few echoes from the sides of a road user that face the radar.
fn add_object(
    scene: &Scene,
    mount: [f32; 3],
    number: usize,
    object: &Object,
    random: &mut Random,
    all: &mut Vec<Reflection>,
) {
    let (mean, most) = strength(object.class);
    let radar = object.pose.to_local(&scene.ego.to_world(&Vec3::from(mount)));
    let (l, w) = (object.size.length() as f32 / 2.0, object.size.width() as f32 / 2.0);
    let velocity = scene.ego.turn.tr_mul(&object.velocity);
    for _ in 0..=random.below(most) {
        let at_end = random.chance(0.6);
        let slide = random.range(-0.85, 0.85);
        let end = Vec3::new(l.copysign(radar.x), slide * w, 0.5);
        let side = Vec3::new(slide * l, w.copysign(radar.y), 0.5);
        // Only faces that look at the radar reflect.
        let local = match (radar.x.abs() > l, radar.y.abs() > w) {
            (true, false) => end,
            (false, true) => side,
            _ if at_end => end,
            _ => side,
        };
        let place = scene.ego.to_local(&object.pose.to_world(&local));
        let rcs = mean + random.normal(0.0, 2.0);
        all.push(Reflection { place, velocity, rcs, object: Some(number) });
    }
}

/// Rounded so that decimal files hold it exactly.
fn hundredths(value: f32) -> f32 {
    (value * 100.0).round() / 100.0
}

#[cfg(test)]
mod tests;
