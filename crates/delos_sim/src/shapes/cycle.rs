//! Bicycles and motorcycles with their riders.

use super::loft::{Knot, knot, limb};
use super::paint::{HEADLAMP, RIM, RUBBER, TAIL_LAMP, car_paint};
use super::person::{Figure, Joints};
use crate::math::{Vec3, sin_cos};
use crate::random::Random;
use crate::shape::{Material, Mesh, Surface};

/// Phases of pedalling.
const TURNS: u16 = 4;
/// Length of a crank, metres.
const CRANK_M: f32 = 0.17;

/// Where a rider touches a two-wheeler, and its wheels; metres, x forward from the middle
/// between the axles. Points with a y lie on the left and on the right.
#[derive(Clone, Copy, Debug)]
struct Machine {
    /// x of the front and rear axle (the rear one negative).
    axles: [f32; 2],
    /// Radius of the wheels.
    wheel: f32,
    /// Seat.
    seat: Vec3,
    /// Left hand's grip.
    grip: Vec3,
    /// Left foot's ankle with the pedal (less the crank's turn) or on the rest.
    foot: Vec3,
    /// From seat to neck.
    lean: Vec3,
}

/// A cyclist: one turn of the cranks.
pub(super) fn bicycle(random: &mut Random) -> Vec<Mesh> {
    let mut rider = rider(random);
    if random.chance(0.5) {
        rider.hair = car_paint(random);
    }
    let frame = Surface { material: Material::Metal, ..car_paint(random) };
    let lean = random.range(0.1, 0.32);
    let machine = Machine {
        axles: [0.53, -0.51],
        wheel: random.range(0.32, 0.35),
        seat: Vec3::new(-0.24, 0.0, 0.98),
        grip: Vec3::new(0.33 + 0.2 * lean, 0.25, 1.05),
        foot: Vec3::new(-0.03, 0.1, 0.37),
        lean: Vec3::new(lean, 0.0, 0.55 - 0.3 * lean),
    };
    (0..TURNS)
        .map(|turn| {
            let angle = std::f32::consts::TAU * f32::from(turn) / f32::from(TURNS) + 0.4;
            let (sin, cos) = sin_cos(angle);
            let crank = Vec3::new(cos, 0.0, -sin) * CRANK_M;
            let mut mesh = rider.mesh(&machine.joints(&rider, crank));
            machine.add_bicycle(&mut mesh, frame, crank);
            mesh
        })
        .collect()
}

/// A motorcyclist.
pub(super) fn motorcycle(random: &mut Random) -> Mesh {
    let mut rider = rider(random);
    rider.hair = car_paint(random);
    rider.head = 1.2;
    let paint = car_paint(random);
    let machine = Machine {
        axles: [0.74, -0.70],
        wheel: random.range(0.29, 0.32),
        seat: Vec3::new(-0.22, 0.0, 0.84),
        grip: Vec3::new(0.40, 0.34, 1.02),
        foot: Vec3::new(-0.12, 0.22, 0.36),
        lean: Vec3::new(random.range(0.12, 0.3), 0.0, 0.52),
    };
    let mut mesh = rider.mesh(&machine.joints(&rider, Vec3::zeros()));
    machine.add_motorcycle(&mut mesh, paint);
    mesh
}

fn rider(random: &mut Random) -> Figure {
    let mut figure = Figure::adult(random);
    figure.detail = [5, 5, 4, 3];
    figure
}

impl Machine {
    /// Joints of a rider; the left pedal stands at `crank` from the axle, the right one
    /// opposite.
    fn joints(&self, rider: &Figure, crank: Vec3) -> Joints {
        let s = rider.scale;
        let pelvis = self.seat + Vec3::new(0.0, 0.0, 0.04);
        let neck = pelvis + self.lean * s;
        let side = |sign: f32| {
            let over = |p: Vec3| Vec3::new(p.x, sign * p.y, p.z);
            let hip = pelvis + Vec3::new(0.0, sign * 0.09 * s, 0.0);
            let ankle = over(self.foot) + crank * sign;
            let (knee, ankle) = bend(hip, ankle, [0.44 * s, 0.43 * s], 1.0);
            let toe = ankle + Vec3::new(0.17, 0.0, -0.05) * s;
            let shoulder = neck + Vec3::new(0.0, sign * 0.19 * rider.girth * s, -0.05 * s);
            let (elbow, hand) = bend(shoulder, over(self.grip), [0.31 * s, 0.32 * s], -1.0);
            ([hip, knee, ankle, toe], [shoulder, elbow, hand])
        };
        let ((left_leg, left_arm), (right_leg, right_arm)) = (side(1.0), side(-1.0));
        Joints { pelvis, neck, legs: [left_leg, right_leg], arms: [left_arm, right_arm] }
    }

    fn add_bicycle(&self, mesh: &mut Mesh, frame: Surface, crank: Vec3) {
        let [frame, dark] = [frame, RUBBER].map(|s| mesh.surface(s));
        for x in self.axles {
            add_spoked_wheel(mesh, x, self.wheel, 0.045);
        }
        let p = |x: f32, z: f32| Vec3::new(x, 0.0, z);
        let (bottom, head) = (p(0.0, 0.30), p(0.36, 0.82));
        let (saddle, front) = (p(-0.22, 0.90), p(self.axles[0], self.wheel));
        let (rear, stem) =
            (p(self.axles[1], self.wheel), p(self.grip.x - 0.04, self.grip.z - 0.05));
        let tubes = [
            [bottom, head],
            [bottom, saddle],
            [p(-0.17, 0.76), head],
            [bottom, rear],
            [p(-0.17, 0.76), rear],
        ];
        for [a, b] in tubes.into_iter().chain([[front, head], [head, stem]]) {
            limb(mesh, &[knot(a, 0.02), knot(b, 0.02)], 3, frame);
        }
        add_bar(mesh, self.grip, dark);
        let at = |x: f32, across: f32| Knot { at: p(x, 0.92), across, deep: 0.03 };
        limb(mesh, &[at(-0.36, 0.09), at(-0.10, 0.03)], 4, dark);
        for sign in [1.0, -1.0] {
            let pedal = bottom + crank * sign;
            let out = Vec3::new(0.0, sign * 0.07, 0.0);
            limb(mesh, &[knot(bottom + out, 0.015), knot(pedal + out, 0.025)], 3, dark);
        }
    }

    fn add_motorcycle(&self, mesh: &mut Mesh, paint: Surface) {
        let [paint, dark, metal] = [paint, RUBBER, RIM].map(|s| mesh.surface(s));
        let [head, tail] = [HEADLAMP, TAIL_LAMP].map(|s| mesh.surface(s));
        for x in self.axles {
            add_spoked_wheel(mesh, x, self.wheel, 0.13);
        }
        let at = |x: f32, z: f32, across: f32, deep: f32| Knot {
            at: Vec3::new(x, 0.0, z),
            across,
            deep,
        };
        let parts = [
            ([at(-0.02, 0.86, 0.14, 0.12), at(0.38, 0.92, 0.12, 0.13)], 6, paint),
            ([at(-0.75, 0.84, 0.08, 0.05), at(0.0, 0.76, 0.14, 0.07)], 4, dark),
            ([at(-0.26, 0.42, 0.16, 0.18), at(0.32, 0.50, 0.16, 0.2)], 5, metal),
            ([at(-0.70, 0.31, 0.09, 0.04), at(-0.2, 0.36, 0.09, 0.05)], 4, dark),
            ([at(0.74, 0.32, 0.09, 0.04), at(0.46, 0.98, 0.09, 0.05)], 4, metal),
            ([at(0.48, 0.92, 0.10, 0.10), at(0.58, 0.94, 0.09, 0.09)], 4, paint),
            ([at(0.58, 0.94, 0.07, 0.07), at(0.61, 0.94, 0.07, 0.07)], 4, head),
            ([at(-0.79, 0.84, 0.06, 0.03), at(-0.75, 0.84, 0.06, 0.03)], 4, tail),
        ];
        for (knots, sides, surface) in parts {
            limb(mesh, &knots, sides, surface);
        }
        add_bar(mesh, self.grip, dark);
    }
}

/// A handlebar from grip to grip.
fn add_bar(mesh: &mut Mesh, grip: Vec3, surface: u16) {
    let out = Vec3::new(0.0, grip.y + 0.04, 0.0);
    let middle = Vec3::new(grip.x, 0.0, grip.z - 0.03);
    limb(mesh, &[knot(middle - out, 0.02), knot(middle + out, 0.02)], 3, surface);
}

/// The joint between two bones that reach from one place to another in a plane upright
/// along x, bent forward (1) or backward (-1); and the place reached, which is nearer than
/// wanted when the bones are too short.
fn bend(from: Vec3, to: Vec3, bones: [f32; 2], forward: f32) -> (Vec3, Vec3) {
    let way = to - from;
    let reach = way.norm().clamp(1e-3, (bones[0] + bones[1]) * 0.995);
    let along = way / way.norm().max(1e-3);
    let part = (bones[0] * bones[0] - bones[1] * bones[1] + reach * reach) / (2.0 * reach);
    let off = (bones[0] * bones[0] - part * part).max(0.0).sqrt();
    let aside = along.cross(&Vec3::y()).try_normalize(1e-6).unwrap_or(Vec3::x());
    let aside = if aside.x * forward < 0.0 { -aside } else { aside };
    (from + along * part + aside * off, from + along * reach)
}

/// A wheel of tyre and spokes, open between them, standing on the ground.
fn add_spoked_wheel(mesh: &mut Mesh, x: f32, radius: f32, width: f32) {
    const SIDES: u16 = 10;
    let tyre = mesh.surface(RUBBER);
    let spoke = mesh.surface(RIM);
    let at = |i: u16, reach: f32, y: f32| {
        let (sin, cos) = sin_cos(std::f32::consts::TAU * (f32::from(i) + 0.5) / f32::from(SIDES));
        Vec3::new(x + reach * sin, y, radius - reach * cos)
    };
    let inner = radius - 0.03 - 0.5 * width;
    for i in 0..SIDES {
        let half = width / 2.0;
        mesh.pane(
            &[
                at(i, radius, half),
                at(i, radius, -half),
                at(i + 1, radius, -half),
                at(i + 1, radius, half),
            ],
            tyre,
        );
        mesh.pane(
            &[at(i, radius, 0.0), at(i, inner, 0.0), at(i + 1, inner, 0.0), at(i + 1, radius, 0.0)],
            tyre,
        );
    }
    for i in 0..2 {
        let (a, b) = (at(2 * i, inner, 0.0), at(2 * i + 5, inner, 0.0));
        let aside = (b - a).cross(&Vec3::y()).normalize() * 0.012;
        mesh.pane(&[a - aside, b - aside, b + aside, a + aside], spoke);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bones_keep_their_lengths_and_knees_bend_forward() {
        let hip = Vec3::new(0.0, 0.1, 1.0);
        for (to, reached) in [
            (Vec3::new(0.2, 0.1, 0.4), true),
            (Vec3::new(0.1, 0.2, 0.2), true),
            (Vec3::new(0.0, 0.1, -0.5), false),
        ] {
            let (knee, ankle) = bend(hip, to, [0.44, 0.43], 1.0);
            assert!(((knee - hip).norm() - 0.44).abs() < 1e-3);
            assert!(((ankle - knee).norm() - 0.43).abs() < 1e-3);
            assert_eq!((ankle - to).norm() < 1e-3, reached);
            assert!(knee.x > f32::midpoint(hip.x, ankle.x));
        }
    }

    #[test]
    fn pedals_turn() {
        let phases = bicycle(&mut Random::new(1, 0));
        assert_eq!(phases.len(), usize::from(TURNS));
        assert!(phases.windows(2).all(|pair| pair[0].vertices != pair[1].vertices));
    }
}
