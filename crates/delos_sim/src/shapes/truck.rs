//! Lorries: a cab over the front axle and a body of one of several kinds behind a gap.

use super::loft::{Knot, Patch, limb, loft};
use super::paint::{GLASS, HEADLAMP, PLATE, RIM, RUBBER, TAIL_LAMP, vary};
use super::wheel::Wheel;
use crate::math::Vec3;
use crate::random::Random;
use crate::shape::{Material, Mesh, Surface};

/// Colours of cabs and boxes.
const COLOURS: [[u8; 3]; 6] =
    [[222, 222, 220], [206, 206, 204], [170, 36, 32], [48, 84, 148], [210, 150, 40], [64, 110, 76]];
/// Radius of a lorry's wheels, metres.
const WHEEL_M: f32 = 0.48;

/// Measures of a lorry, metres; x forward, its front face at 0.
#[derive(Clone, Copy, Debug)]
struct Plan {
    /// Length of it all.
    length: f32,
    /// Half its width.
    half: f32,
    /// Length and height of the cab.
    cab: [f32; 2],
    /// Height of the body behind it.
    height: f32,
}

/// A lorry with a box, a tipper, a flat bed or a tank.
pub(super) fn truck(random: &mut Random) -> Mesh {
    let plan = Plan {
        length: random.normal(8.8, 1.3).clamp(6.6, 12.0),
        half: random.range(1.20, 1.275),
        cab: [random.range(1.75, 2.2), random.range(2.5, 3.0)],
        height: random.range(2.9, 3.7),
    };
    let mut mesh = Mesh::default();
    plan.add_cab(&mut mesh, colour(random));
    plan.add_chassis(&mut mesh);
    plan.add_wheels(&mut mesh, random);
    plan.add_lights(&mut mesh);
    match random.below(10) {
        0..5 => plan.add_box(&mut mesh, colour(random)),
        5..7 => plan.add_tipper(&mut mesh, colour(random)),
        7..9 => plan.add_flat_bed(&mut mesh, random),
        _ => plan.add_tank(&mut mesh),
    }
    mesh
}

fn colour(random: &mut Random) -> Surface {
    let colour = random.pick(&COLOURS).copied().unwrap_or(COLOURS[0]);
    Surface::new(Material::Paint, vary(colour, 8.0, random))
}

impl Plan {
    /// x of the body's front end: behind the cab and a gap.
    fn body_front(&self) -> f32 {
        -self.cab[0] - 0.25
    }

    fn add_cab(&self, mesh: &mut Mesh, paint: Surface) {
        let [paint, glass, under] = [paint, GLASS, RUBBER].map(|s| mesh.surface(s));
        let (rear, arch) = (-self.cab[0], 2.0 * WHEEL_M + 0.06);
        let sections = [
            self.cab_section(-0.02, 0.0, 0.36, 0.92),
            self.cab_section(-0.14, 0.2, 0.36, 1.0),
            self.cab_section(-0.68, 0.1, 0.36, 1.0),
            self.cab_section(-0.80, 0.1, arch, 1.0),
            self.cab_section(-1.15, 0.0, arch, 1.0),
            self.cab_section(rear, 0.0, arch, 0.98),
        ];
        loft(mesh, &sections, |patch| {
            Some(match patch {
                Patch::Front(0) | Patch::Bottom(_) => under,
                Patch::Front(2) | Patch::Side(1..=3, 2) => glass,
                _ => paint,
            })
        });
    }

    /// Underside, bumper, waist, edge of the roof, roof.
    fn cab_section(&self, x: f32, lean: f32, bottom: f32, scale: f32) -> [Vec3; 5] {
        let (half, height) = (self.half * 0.985 * scale, self.cab[1]);
        let p = |back: f32, part: f32, z: f32| Vec3::new(x - back, half * part, z);
        let slope = if x > -0.1 { 0.22 } else { lean };
        [
            p(0.0, 0.97, bottom),
            p(0.0, 1.0, bottom.max(0.8)),
            p(slope * 0.2, 1.0, 1.55),
            p(slope, 0.95, height - 0.22),
            p(slope * 1.6, 0.86, height),
        ]
    }

    /// Frame and guards against running under.
    fn add_chassis(&self, mesh: &mut Mesh) {
        let dark = mesh.surface(RUBBER);
        let (front, rear) = (-self.cab[0] + 0.05, -self.length + 0.05);
        mesh.block(Vec3::new(rear, -0.45, 0.55), Vec3::new(front, 0.45, 1.0), dark);
        let guard =
            [Vec3::new(rear - 0.03, -self.half, 0.45), Vec3::new(rear + 0.1, self.half, 0.6)];
        mesh.block(guard[0], guard[1], dark);
        let (front, rear) = (self.body_front() - 0.5, -self.length * 0.74 + 0.7);
        for y in [self.half - 0.12, 0.07 - self.half] {
            mesh.block(Vec3::new(rear, y, 0.5), Vec3::new(front, y + 0.05, 0.85), dark);
        }
    }

    fn add_wheels(&self, mesh: &mut Mesh, random: &mut Random) {
        let [tyre, rim] = [RUBBER, RIM].map(|s| mesh.surface(s));
        let rear = -self.length * 0.74;
        let two = self.length > 8.5 && random.chance(0.6);
        let axles = if two { vec![-1.32, rear, rear - 1.15] } else { vec![-1.32, rear] };
        for (i, x) in axles.into_iter().enumerate() {
            for side in [1.0, -1.0] {
                let thickness = if i == 0 { 0.3 } else { 0.58 };
                let outside = side * (self.half - 0.01);
                Wheel { x, outside, radius: WHEEL_M, thickness }.add(mesh, tyre, rim);
            }
        }
    }

    fn add_lights(&self, mesh: &mut Mesh) {
        let [head, tail, plate] = [HEADLAMP, TAIL_LAMP, PLATE].map(|s| mesh.surface(s));
        let mut add = |x: f32, y: [f32; 2], z: [f32; 2], surface: u16| {
            let p = |y: f32, z: f32| Vec3::new(x, y, z);
            let corners = [p(y[0], z[0]), p(y[1], z[0]), p(y[1], z[1]), p(y[0], z[1])];
            mesh.pane(&corners, surface);
        };
        let outer = self.half * 0.85;
        add(0.0, [-0.26, 0.26], [0.45, 0.56], plate);
        for y in [[outer - 0.3, outer], [-outer, 0.3 - outer]] {
            add(0.0, y, [0.58, 0.76], head);
            add(-self.length + 0.03, y, [0.64, 0.78], tail);
        }
        add(-self.length + 0.03, [-0.26, 0.26], [0.64, 0.75], plate);
    }

    fn add_box(&self, mesh: &mut Mesh, paint: Surface) {
        let [paint, under] = [paint, RUBBER].map(|s| mesh.surface(s));
        let (front, half) = (self.body_front(), self.half);
        let section = |x: f32| {
            [Vec3::new(x, half, 1.05), Vec3::new(x, half, 1.2), Vec3::new(x, half, self.height)]
        };
        loft(mesh, &[section(front), section(-self.length)], |patch| {
            Some(match patch {
                Patch::Bottom(_) | Patch::Side(_, 0) => under,
                _ => paint,
            })
        });
    }

    /// A skip with sloping ends, filled with earth.
    fn add_tipper(&self, mesh: &mut Mesh, paint: Surface) {
        let earth = Surface::new(Material::Soil, [112, 92, 70]);
        let [paint, earth] = [paint, earth].map(|s| mesh.surface(s));
        let (front, half) = (self.body_front(), self.half);
        let top = 1.05 + 0.45 * (self.height - 1.05);
        let section = |x: f32, slope: f32, heap: f32| {
            [
                Vec3::new(x, half * 0.9, 1.05),
                Vec3::new(x + slope, half, top),
                Vec3::new(x + slope, half - 0.08, top),
                Vec3::new(x + slope, half * 0.4, top + heap),
            ]
        };
        let middle = (front - self.length) / 2.0;
        let sections = [
            section(front, 0.0, 0.05),
            section(middle, 0.0, 0.5),
            section(-self.length + 0.2, -0.2, 0.05),
        ];
        loft(mesh, &sections, |patch| {
            Some(match patch {
                Patch::Top(_) | Patch::Side(_, 2) => earth,
                _ => paint,
            })
        });
    }

    /// A bed with a headboard and some freight.
    fn add_flat_bed(&self, mesh: &mut Mesh, random: &mut Random) {
        let wood = mesh.surface(Surface::new(Material::Wood, [128, 100, 70]));
        let metal = mesh.surface(RIM);
        let (front, half) = (self.body_front(), self.half);
        let p = Vec3::new;
        mesh.block(p(-self.length, -half, 1.02), p(front, half, 1.18), wood);
        mesh.block(p(front - 0.08, -half + 0.02, 1.18), p(front, half - 0.02, 2.3), metal);
        let mut x = front - 0.4;
        for _ in 0..4 {
            if x - 1.6 < -self.length {
                break;
            }
            let freight = colour(random);
            let freight = mesh.surface(Surface { material: Material::Wood, ..freight });
            let (side, high) = (half * random.range(0.5, 0.9), random.range(1.7, 2.9));
            mesh.block(p(x - random.range(0.9, 1.4), -side, 1.18), p(x, side, high), freight);
            x -= random.range(1.5, 2.6);
        }
    }

    fn add_tank(&self, mesh: &mut Mesh) {
        let metal = mesh.surface(RIM);
        let middle = f32::midpoint(1.05, self.height);
        let deep = (self.height - 1.05) / 2.0;
        let at = |x: f32, part: f32| Knot {
            at: Vec3::new(x, 0.0, middle),
            across: self.half * part,
            deep: deep * part,
        };
        let (front, rear) = (self.body_front(), -self.length);
        limb(
            mesh,
            &[at(rear, 0.7), at(rear + 0.25, 0.97), at(front - 0.25, 0.97), at(front, 0.7)],
            8,
            metal,
        );
    }
}
