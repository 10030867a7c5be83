//! Things that run along the road in panels: walls, fences, guard rails.

use super::{METAL, near, slab, tint};
use crate::math::Vec3;
use crate::random::Random;
use crate::shape::{Material, Mesh, Surface};

/// The style of a run of panels.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Edge {
    /// A wall of this height, metres.
    Wall(f32, Surface),
    /// Upright slats: height, distance between them, metres.
    Slats(f32, f32, Surface),
    /// Wires or bars between posts: height, distance between them, metres.
    Bars(f32, f32, Surface),
    /// Closed panels of this height, metres.
    Boards(f32, Surface),
    /// A strip of metal on posts.
    Rail,
}

/// A piece of garden wall, 0.6 to 2 m high.
pub fn wall(random: &mut Random) -> Mesh {
    let length = random.range(3.0, 6.0);
    Edge::wall(random).panel(length)
}

/// A piece of fence: slats, bars or boards.
pub fn fence(random: &mut Random) -> Mesh {
    let length = random.range(2.5, 5.0);
    Edge::fence(random).panel(length)
}

/// A piece of guard rail: a strip 0.3 m high with its middle 0.6 m above the ground.
pub fn guard_rail(_random: &mut Random) -> Mesh {
    Edge::Rail.panel(4.0)
}

impl Edge {
    /// The style of a wall.
    pub fn wall(random: &mut Random) -> Self {
        let colours = [[170, 166, 158], [198, 190, 174], [150, 96, 76], [130, 126, 120]];
        let material = [Material::Concrete, Material::Brick, Material::Kerb][random.below(3)];
        Self::Wall(random.range(0.6, 2.0), Surface::new(material, tint(random, &colours, 12.0)))
    }

    /// The style of a fence.
    pub fn fence(random: &mut Random) -> Self {
        let height = random.range(0.8, 1.7);
        let wood = Surface::new(
            Material::Wood,
            tint(random, &[[126, 96, 66], [150, 130, 104], [200, 196, 188]], 15.0),
        );
        match random.below(4) {
            0 | 1 => Self::Slats(height.min(1.4), random.range(0.19, 0.26), wood),
            2 => Self::Bars(height, random.range(0.18, 0.3), METAL),
            _ => Self::Boards(height + 0.2, wood),
        }
    }

    /// A panel of this length, its ends at plus and minus half of it.
    pub fn panel(&self, length: f32) -> Mesh {
        let mut mesh = Mesh::default();
        match *self {
            Self::Wall(height, surface) => {
                slab(&mut mesh, Vec3::new(0.0, 0.0, -0.5), [length, 0.24, height + 0.5], surface);
                let cap =
                    Surface::new(Material::Kerb, surface.colour.map(|c| c.saturating_sub(25)));
                slab(&mut mesh, Vec3::new(0.0, 0.0, height), [length, 0.32, 0.06], cap);
            }
            Self::Slats(height, pitch, surface) => slats(&mut mesh, length, height, pitch, surface),
            Self::Bars(height, pitch, surface) => bars(&mut mesh, length, height, pitch, surface),
            Self::Boards(height, surface) => {
                posts(&mut mesh, length, height + 0.05, surface);
                strip(&mut mesh, length, [0.04, height], surface);
            }
            Self::Rail => rail(&mut mesh, length),
        }
        mesh
    }

    /// The thing it is.
    pub(crate) const fn kind(&self) -> super::Kind {
        match self {
            Self::Wall(..) => super::Kind::Wall,
            Self::Rail => super::Kind::GuardRail,
            _ => super::Kind::Fence,
        }
    }
}

/// An upright pane along x between two heights.
fn strip(mesh: &mut Mesh, length: f32, [low, high]: [f32; 2], surface: Surface) {
    let number = mesh.surface(surface);
    let v = |x: f32, z: f32| Vec3::new(x, 0.0, z);
    let x = length / 2.0;
    mesh.pane(&[v(-x, low), v(x, low), v(x, high), v(-x, high)], number);
}

fn posts(mesh: &mut Mesh, length: f32, height: f32, surface: Surface) {
    for x in [-length / 2.0 + 0.05, 0.0] {
        slab(mesh, Vec3::new(x, 0.03, -0.3), [0.08, 0.08, height + 0.3], surface);
    }
}

fn slats(mesh: &mut Mesh, length: f32, height: f32, pitch: f32, surface: Surface) {
    posts(mesh, length, height - 0.1, surface);
    let darker = Surface::new(surface.material, surface.colour.map(|c| c.saturating_sub(15)));
    for z in [0.2, height - 0.25] {
        strip(mesh, length, [z, z + 0.08], darker);
    }
    let number = mesh.surface(surface);
    let count = (length / pitch) as u16;
    for i in 0..count {
        let x = -length / 2.0 + pitch * (f32::from(i) + 0.25);
        let v = |x: f32, z: f32| Vec3::new(x, -0.025, z);
        let wide = 0.55 * pitch;
        mesh.pane(&[v(x, 0.06), v(x + wide, 0.06), v(x + wide, height), v(x, height)], number);
    }
}

fn bars(mesh: &mut Mesh, length: f32, height: f32, pitch: f32, surface: Surface) {
    posts(mesh, length, height, surface);
    for i in 1..=(height / pitch) as u16 {
        let z = pitch * f32::from(i);
        strip(mesh, length, [z - 0.025, z], surface);
    }
}

fn rail(mesh: &mut Mesh, length: f32) {
    let post = Surface::new(Material::Metal, [110, 114, 118]);
    for x in [-length / 4.0, length / 4.0] {
        slab(mesh, Vec3::new(x, 0.1, -0.4), [0.1, 0.12, 1.1], post);
    }
    let steel = mesh.surface(Surface::new(Material::Metal, [168, 172, 176]));
    let x = length / 2.0;
    // The folded profile of a W beam, seen from the road.
    let profile = [[0.0, 0.45], [-0.08, 0.52], [0.0, 0.6], [-0.08, 0.68], [0.0, 0.75]];
    for pair in profile.windows(2) {
        let v = |x: f32, p: [f32; 2]| Vec3::new(x, p[0], p[1]);
        mesh.pane(&[v(-x, pair[0]), v(x, pair[0]), v(x, pair[1]), v(-x, pair[1])], steel);
    }
}

/// The style of a wall or fence in front of a garden.
pub(crate) fn garden(random: &mut Random) -> Edge {
    if random.chance(0.45) { Edge::wall(random) } else { Edge::fence(random) }
}

/// The colour of a hedge plant.
pub(crate) fn green(random: &mut Random) -> [u8; 3] {
    let base = tint(random, &[[62, 92, 44], [78, 104, 52], [52, 80, 46], [92, 112, 58]], 8.0);
    near(random, base, 6.0)
}
