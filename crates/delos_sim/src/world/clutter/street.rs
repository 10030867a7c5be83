//! What stands on footways and verges: posts, signs, bins, boxes.

use super::{METAL, near, slab, tint};
use crate::math::Vec3;
use crate::random::Random;
use crate::shape::{Material, Mesh, Surface};

const GREY: Surface = Surface::new(Material::Metal, [104, 110, 112]);

/// A lamp post whose arm reaches towards -y (over the road).
pub fn pole(random: &mut Random) -> Mesh {
    let height = random.range(5.0, 8.5);
    let mut mesh = Mesh::default();
    let post = mesh.surface(GREY);
    mesh.column(Vec3::zeros(), 0.08, height, 6, post);
    mesh.block(Vec3::new(-0.04, -1.2, height), Vec3::new(0.04, 0.1, height + 0.08), post);
    let lamp = mesh.surface(Surface::new(Material::Metal, [176, 178, 176]));
    mesh.block(Vec3::new(-0.14, -1.7, height - 0.02), Vec3::new(0.14, -1.0, height + 0.12), lamp);
    mesh
}

/// A sign on a post; its plate faces -x (those who come along x).
pub fn sign(random: &mut Random) -> Mesh {
    let mut mesh = Mesh::default();
    let height = random.range(2.1, 2.6);
    let post = mesh.surface(METAL);
    mesh.column(Vec3::zeros(), 0.04, height + 0.5, 6, post);
    let colours = [[196, 30, 36], [28, 72, 160], [236, 196, 36], [232, 232, 228], [30, 110, 62]];
    let colour = random.pick(&colours).copied().unwrap_or([196, 30, 36]);
    let at = Vec3::new(-0.06, 0.0, height + 0.25);
    let (sides, radius) = [(3, 0.48), (4, 0.44), (8, 0.34), (12, 0.32)][random.below(4)];
    plate(&mut mesh, at, radius, sides, colour);
    if random.chance(0.6) {
        plate(&mut mesh, at - Vec3::new(0.015, 0.0, 0.0), 0.62 * radius, sides, [236, 236, 232]);
    }
    mesh
}

/// A regular polygon with an edge below, facing -x, with a back of metal.
fn plate(mesh: &mut Mesh, middle: Vec3, radius: f32, sides: u16, colour: [u8; 3]) {
    let face = mesh.surface(Surface::new(Material::Sign, colour));
    let back = mesh.surface(METAL);
    let ring: Vec<Vec3> = (0..sides)
        .map(|i| {
            let angle = std::f32::consts::TAU * (f32::from(i) + 0.5) / f32::from(sides);
            let (sin, cos) = crate::math::sin_cos(angle);
            middle + Vec3::new(0.0, radius * sin, -radius * cos)
        })
        .collect();
    let reversed: Vec<Vec3> = ring.iter().rev().map(|p| p + Vec3::new(0.01, 0.0, 0.0)).collect();
    mesh.polygon(&reversed.iter().map(|p| p - Vec3::new(0.01, 0.0, 0.0)).collect::<Vec<_>>(), face);
    let behind: Vec<Vec3> = ring.iter().map(|p| p + Vec3::new(0.008, 0.0, 0.0)).collect();
    mesh.polygon(&behind, back);
}

/// A bollard.
pub fn bollard(random: &mut Random) -> Mesh {
    let mut mesh = Mesh::default();
    let post = mesh.surface(Surface::new(Material::Metal, near(random, [84, 84, 86], 20.0)));
    let height = random.range(0.75, 1.05);
    mesh.column(Vec3::zeros(), 0.07, height, 5, post);
    let band = mesh.surface(Surface::new(Material::Reflector, [226, 226, 220]));
    mesh.column(Vec3::new(0.0, 0.0, height - 0.22), 0.075, 0.08, 5, band);
    mesh
}

/// A litter bin, or a dustbin on wheels.
pub fn bin(random: &mut Random) -> Mesh {
    let mut mesh = Mesh::default();
    let colour = tint(random, &[[52, 78, 60], [64, 66, 70], [40, 70, 120], [150, 110, 40]], 12.0);
    let body = Surface::new(Material::Rubber, colour);
    if random.chance(0.5) {
        let number = mesh.surface(body);
        mesh.column(Vec3::zeros(), random.range(0.2, 0.3), random.range(0.8, 1.0), 8, number);
    } else {
        slab(&mut mesh, Vec3::zeros(), [0.55, 0.6, 0.95], body);
        slab(&mut mesh, Vec3::new(0.0, 0.02, 0.95), [0.6, 0.68, 0.1], body);
    }
    mesh
}

/// A skip or container of about the size of a car.
pub fn container(random: &mut Random) -> Mesh {
    let mut mesh = Mesh::default();
    let colours = [[60, 96, 140], [150, 62, 44], [70, 110, 70], [200, 160, 40], [120, 122, 126]];
    let paint = Surface::new(Material::Metal, tint(random, &colours, 14.0));
    if random.chance(0.5) {
        let size = [random.range(3.6, 6.0), random.range(1.9, 2.44), random.range(1.8, 2.6)];
        slab(&mut mesh, Vec3::zeros(), size, paint);
        for i in 0..3 {
            let x = size[0] * (f32::from(i as u8) / 3.0 - 0.33);
            slab(&mut mesh, Vec3::new(x, 0.0, 0.1), [0.12, size[1] + 0.06, size[2] - 0.2], paint);
        }
    } else {
        skip(&mut mesh, random, paint);
    }
    mesh
}

/// An open skip: a tub whose ends lean outwards.
fn skip(mesh: &mut Mesh, random: &mut Random, paint: Surface) {
    let (long, wide, high) =
        (random.range(2.6, 4.2), random.range(1.5, 1.9), random.range(1.05, 1.5));
    let number = mesh.surface(paint);
    let v = |end: f32, side: f32, top: bool| {
        let x = if top { long / 2.0 } else { long / 2.0 - 0.55 };
        Vec3::new(end * x, side * wide / 2.0, if top { high } else { 0.0 })
    };
    for s in [-1.0, 1.0] {
        mesh.pane(&[v(-s, -s, false), v(s, -s, false), v(s, -s, true), v(-s, -s, true)], number);
        mesh.pane(&[v(s, -s, false), v(s, s, false), v(s, s, true), v(s, -s, true)], number);
    }
    let rubble = mesh.surface(Surface::new(Material::Soil, near(random, [124, 112, 98], 20.0)));
    let level = |p: Vec3| Vec3::new(p.x * 0.93, p.y * 0.98, 0.8 * high);
    let corners = [(-1.0, -1.0), (1.0, -1.0), (1.0, 1.0), (-1.0, 1.0)];
    mesh.pane(&corners.map(|(x, y)| level(v(x, y, true))), rubble);
}

/// An electricity or telephone box.
pub fn cabinet(random: &mut Random) -> Mesh {
    let mut mesh = Mesh::default();
    let colour = tint(random, &[[168, 170, 162], [120, 130, 118], [196, 194, 186]], 10.0);
    let body = Surface::new(Material::Concrete, colour);
    let size = [random.range(0.7, 1.5), random.range(0.32, 0.5), random.range(0.9, 1.45)];
    slab(&mut mesh, Vec3::new(0.0, 0.0, -0.2), [size[0], size[1], size[2] + 0.2], body);
    slab(&mut mesh, Vec3::new(0.0, 0.0, size[2]), [size[0] + 0.06, size[1] + 0.06, 0.05], body);
    mesh
}

/// A bus shelter, open towards -y.
pub fn shelter(random: &mut Random) -> Mesh {
    let (long, deep, high) = (random.range(3.2, 4.6), random.range(1.3, 1.6), 2.35);
    let mut mesh = Mesh::default();
    for x in [-long / 2.0, 0.0, long / 2.0] {
        slab(&mut mesh, Vec3::new(x, deep / 2.0, -0.2), [0.08, 0.08, high + 0.2], GREY);
    }
    slab(&mut mesh, Vec3::new(0.0, 0.0, high), [long + 0.3, deep + 0.3, 0.12], GREY);
    let glass = mesh.surface(Surface::new(Material::Glass, [170, 190, 196]));
    let v = |x: f32, y: f32, z: f32| Vec3::new(x, y, z);
    let (x, y) = (long / 2.0, deep / 2.0 - 0.06);
    mesh.pane(&[v(-x, y, 0.2), v(x, y, 0.2), v(x, y, 2.2), v(-x, y, 2.2)], glass);
    mesh.pane(&[v(-x, -y, 0.2), v(-x, y, 0.2), v(-x, y, 2.2), v(-x, -y, 2.2)], glass);
    let poster = Surface::new(Material::Facade, near(random, [150, 130, 110], 50.0));
    slab(&mut mesh, v(x, 0.0, 0.1), [0.14, deep - 0.2, 2.0], poster);
    slab(
        &mut mesh,
        v(0.0, 0.3, 0.42),
        [long * 0.6, 0.35, 0.06],
        Surface::new(Material::Wood, [120, 92, 64]),
    );
    mesh
}
