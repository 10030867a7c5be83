//! What surfaces look like from near: patterns by material, in metres.

use super::colour::Rgb;
use super::facade;
use super::noise::{detail, faded, of_cell, plane, split};
use super::wall::Wall;
use crate::math::{Vec3, smooth_step};
use crate::shape::Material;

/// A surface at one place.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Texel {
    /// Share of the light that is scattered.
    pub(super) albedo: Rgb,
    /// Share that is mirrored when looked at straight on; 0 is dull at any angle.
    pub(super) mirror: f32,
}

impl Texel {
    /// A surface without gloss.
    pub(super) const fn dull(albedo: Rgb) -> Self {
        Self { albedo, mirror: 0.0 }
    }
}

/// A place on a surface, as patterns need it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Place {
    /// In the frame of the solid (or the world, on the ground), metres.
    pub(super) at: Vec3,
    /// Unit normal in the same frame.
    pub(super) normal: Vec3,
    /// Width of a pixel there, metres.
    pub(super) footprint: f32,
    /// The wall it is part of.
    pub(super) wall: Option<Wall>,
    /// A number of the solid, so that houses differ.
    pub(super) seed: u32,
}

impl Place {
    /// Coordinates on the surface: along it and level, and up it; on level ground x, y.
    fn flat(&self) -> [f32; 2] {
        match Vec3::z().cross(&self.normal).try_normalize(0.3) {
            Some(along) => [self.at.dot(&along), self.at.dot(&self.normal.cross(&along))],
            None => [self.at.x, self.at.y],
        }
    }
}

/// The pattern of a material of a base colour.
pub(super) fn texel(material: Material, base: Rgb, place: &Place) -> Texel {
    let [u, v] = place.flat();
    let f = place.footprint;
    let slab = place.normal.z > 0.7;
    match material {
        Material::Asphalt => Texel::dull(asphalt(base, u, v, f)),
        Material::RoadPaint => {
            Texel::dull(base * (0.88 + 0.16 * faded(u, v, 0.25, f) + 0.1 * faded(u, v, 0.03, f)))
        }
        Material::Concrete if slab => Texel::dull(slabs(base, u, v, f)),
        Material::Kerb | Material::Concrete => Texel::dull(stained(base, u, v, f)),
        Material::Grass => Texel::dull(grass(base, u, v, f)),
        Material::Soil => {
            Texel::dull(base * (1.0 + 0.3 * faded(u, v, 0.7, f) + 0.3 * faded(u, v, 0.05, f)))
        }
        Material::Facade => facade::texel(base, place),
        Material::Brick if place.normal.z.abs() > 0.2 => Texel::dull(tiles(base, u, v, f)),
        Material::Brick => Texel::dull(bricks(base, u, v, f)),
        Material::Glass => Texel { albedo: base * 0.25, mirror: 0.14 },
        Material::Paint | Material::DarkPaint => Texel { albedo: base * 0.95, mirror: 0.05 },
        Material::Metal => Texel { albedo: base * 0.8, mirror: 0.15 },
        Material::Reflector => Texel { albedo: base, mirror: 0.06 },
        Material::Wood => Texel::dull(wood(base, u, v, f)),
        Material::Cloth => Texel::dull(base * (1.0 + 0.15 * faded(u, v, 0.12, f))),
        Material::Leaves => Texel::dull(base * (1.0 + 0.5 * faded(u, v, 0.1, f))),
        Material::Rubber | Material::Sign | Material::Skin => Texel::dull(base),
    }
}

/// What covers the ground when nothing else gives it a colour.
pub(super) fn ground_colour(material: Material) -> Rgb {
    match material {
        Material::RoadPaint => Rgb::new(0.62, 0.62, 0.60),
        Material::Kerb => Rgb::new(0.36, 0.35, 0.33),
        Material::Concrete => Rgb::new(0.30, 0.285, 0.265),
        Material::Grass | Material::Leaves => Rgb::new(0.085, 0.135, 0.032),
        Material::Soil | Material::Wood => Rgb::new(0.19, 0.145, 0.10),
        Material::Brick => Rgb::new(0.27, 0.13, 0.09),
        _ => Rgb::new(0.125, 0.125, 0.130),
    }
}

fn asphalt(base: Rgb, u: f32, v: f32, f: f32) -> Rgb {
    let wide = 0.10 * faded(u, v, 6.0, f) + 0.05 * faded(u, v, 1.3, f);
    let grain = 0.05 * faded(u, v, 0.10, f) + 0.22 * faded(u, v, 0.018, f);
    let mut light = 1.0 + wide + grain;
    // Repairs: in some cells a darker rectangle.
    let ((i, s), (j, t)) = (split(u / 9.0), split(v / 5.0));
    if of_cell(i, j, 1) > 0.72 {
        let edge = |x: f32, k: u32| {
            smooth_step(0.0, 0.01, x - 0.5 * of_cell(i, j, k))
                * smooth_step(0.0, 0.01, 0.55 + 0.4 * of_cell(i, j, k + 1) - x)
        };
        light *= 1.0 - 0.20 * edge(s, 2) * edge(t, 4);
    }
    // Cracks run where a noise passes through its middle, in some places only.
    let share = detail(0.06, f) * smooth_step(0.52, 0.66, plane(u / 11.0 + 7.0, v / 11.0));
    if share > 0.0 {
        let line = (plane(u / 1.7, v / 1.7) + 0.12 * plane(u / 0.21, v / 0.21) - 0.56).abs();
        light *= 1.0 - 0.45 * share * (1.0 - smooth_step(0.004, 0.014, line));
    }
    base * light
}

/// A dark line where a fraction of a cell is within `width` metres of its border.
fn joint(fraction: f32, cell: f32, width: f32, f: f32) -> f32 {
    let away = fraction.min(1.0 - fraction) * cell;
    (1.0 - smooth_step(0.4 * width, 0.6 * width + 0.5 * f, away)) * (width / (width + f))
}

fn slabs(base: Rgb, u: f32, v: f32, f: f32) -> Rgb {
    let side = 0.5;
    let (j, t) = split(v / side);
    let (i, s) = split(u / side + 0.5 * (j & 1) as f32);
    let share = detail(side, f);
    let tint = 0.16 * (of_cell(i, j, 3) - 0.5) * share;
    let line = joint(s, side, 0.018, f).max(joint(t, side, 0.018, f)) * share;
    stained(base, u, v, f) * ((1.0 + tint) * (1.0 - 0.5 * line))
}

fn stained(base: Rgb, u: f32, v: f32, f: f32) -> Rgb {
    base * (1.0
        + 0.10 * faded(u, v, 2.3, f)
        + 0.08 * faded(u, v, 0.4, f)
        + 0.10 * faded(u, v, 0.03, f))
}

fn grass(base: Rgb, u: f32, v: f32, f: f32) -> Rgb {
    let dry = plane(u / 5.0 + 3.0, v / 5.0) + 0.35 * faded(u, v, 0.9, f);
    let tuft =
        0.22 * faded(u, v, 0.35, f) + 0.30 * faded(u, v, 0.09, f) + 0.35 * faded(u, v, 0.022, f);
    let colour = base + (Rgb::new(0.21, 0.19, 0.07) - base) * (0.55 * dry - 0.1).clamp(0.0, 0.7);
    colour * (1.0 + tuft)
}

fn bricks(base: Rgb, u: f32, v: f32, f: f32) -> Rgb {
    let (length, course) = (0.24, 0.083);
    let (j, t) = split(v / course);
    let (i, s) = split(u / length + 0.5 * (j & 1) as f32);
    let share = detail(course, f);
    let tint = 0.35 * (of_cell(i, j, 5) - 0.5) * share;
    let mortar = joint(s, length, 0.014, f).max(joint(t, course, 0.014, f)) * share;
    let brick = base * (1.0 + tint + 0.15 * faded(u, v, 1.1, f));
    brick + (Rgb::new(0.42, 0.40, 0.37) - brick) * (0.8 * mortar)
}

fn tiles(base: Rgb, u: f32, v: f32, f: f32) -> Rgb {
    let (width, course) = (0.24, 0.34);
    let (j, t) = split(v / course);
    let (i, s) = split(u / width + 0.5 * (j & 1) as f32);
    let share = detail(0.8 * width, f);
    let round = 1.0 - 0.35 * (2.0 * s - 1.0) * (2.0 * s - 1.0);
    let step = 1.0 - 0.45 * (1.0 - smooth_step(0.0, 0.25, t));
    let tint = 1.0 + 0.25 * (of_cell(i, j, 7) - 0.5);
    let pattern = 1.0 + (round * step * tint * 1.15 - 1.0) * share;
    base * (pattern * (1.0 + 0.16 * faded(u, v, 1.9, f)))
}

fn wood(base: Rgb, u: f32, v: f32, f: f32) -> Rgb {
    let board = 0.12;
    let (i, s) = split(u / board);
    let tint = 0.3 * (of_cell(i, 0, 9) - 0.5) * detail(board, f);
    let gap = joint(s, board, 0.012, f) * detail(board, f);
    base * ((1.0 + tint + 0.25 * faded(u * 6.0, v * 0.7, 0.12, f)) * (1.0 - 0.7 * gap))
}
