//! Houses, halls, sheds.

use super::{near, slab, tint};
use crate::math::Vec3;
use crate::random::Random;
use crate::shape::{Material, Mesh, Surface};

/// How far walls reach below the ground, so that slopes leave no gap, metres.
const BELOW: f32 = 1.2;

/// A dwelling of one to four floors with a pitched or flat roof.
pub fn house(random: &mut Random) -> Mesh {
    let size = [random.range(8.0, 15.0), random.range(8.0, 12.0)];
    let floors = 1 + random.below(3);
    dwelling(random, size, floors)
}

/// A dwelling of this ground plan (along the road, away from it) and number of floors.
pub(crate) fn dwelling(random: &mut Random, [along, deep]: [f32; 2], floors: usize) -> Mesh {
    let eaves = 2.8 * floors as f32 + random.range(0.3, 0.9);
    let walls = walls(random);
    let mut mesh = Mesh::default();
    let wall = mesh.surface(walls);
    mesh.block(
        Vec3::new(-along / 2.0, -deep / 2.0, -BELOW),
        Vec3::new(along / 2.0, deep / 2.0, eaves),
        wall,
    );
    plinth(&mut mesh, [along, deep]);
    door(&mut mesh, random, [along, deep]);
    if floors > 3 || random.chance(0.2) {
        parapet(&mut mesh, [along, deep], eaves, walls);
    } else {
        gable_roof(&mut mesh, random, [along, deep], eaves, wall);
    }
    mesh
}

fn walls(random: &mut Random) -> Surface {
    let rendered = [
        [224, 214, 190],
        [232, 228, 218],
        [206, 178, 142],
        [196, 188, 172],
        [214, 196, 176],
        [178, 190, 190],
    ];
    if random.chance(0.7) {
        Surface::new(Material::Facade, tint(random, &rendered, 14.0))
    } else {
        Surface::new(
            Material::Brick,
            tint(random, &[[150, 84, 64], [128, 78, 62], [168, 120, 92]], 12.0),
        )
    }
}

fn plinth(mesh: &mut Mesh, [along, deep]: [f32; 2]) {
    let stone = Surface::new(Material::Concrete, [120, 116, 110]);
    slab(mesh, Vec3::new(0.0, 0.0, -BELOW), [along + 0.08, deep + 0.08, BELOW + 0.35], stone);
}

fn door(mesh: &mut Mesh, random: &mut Random, [along, deep]: [f32; 2]) {
    let wood = Surface::new(Material::Wood, near(random, [92, 66, 48], 20.0));
    let x = random.range(-0.35, 0.35) * along;
    slab(mesh, Vec3::new(x, -deep / 2.0 - 0.06, -0.3), [1.1, 0.08, 2.4], wood);
    slab(
        mesh,
        Vec3::new(x, -deep / 2.0 - 0.6, -0.4),
        [1.8, 1.2, 0.5],
        Surface::new(Material::Concrete, [140, 138, 132]),
    );
}

fn parapet(mesh: &mut Mesh, [along, deep]: [f32; 2], eaves: f32, walls: Surface) {
    let dark = Surface::new(Material::Concrete, walls.colour.map(|c| c / 2 + 20));
    slab(mesh, Vec3::new(0.0, 0.0, eaves), [along + 0.2, deep + 0.2, 0.35], dark);
}

fn gable_roof(
    mesh: &mut Mesh,
    random: &mut Random,
    [along, deep]: [f32; 2],
    eaves: f32,
    wall: u16,
) {
    let rise = deep / 2.0 * random.range(0.55, 0.95);
    let tiles = tint(random, &[[150, 74, 52], [120, 62, 48], [84, 82, 84], [104, 88, 76]], 12.0);
    let roof = mesh.surface(Surface::new(Material::Brick, tiles));
    let (x, y, over) = (along / 2.0, deep / 2.0, 0.4);
    let drop = over * rise / y;
    let ridge = |x: f32| Vec3::new(x, 0.0, eaves + rise + 0.06);
    for side in [-1.0, 1.0] {
        let edge = |x: f32| Vec3::new(x, side * (y + over), eaves - drop + 0.06);
        mesh.pane(&[edge(-x - over), edge(x + over), ridge(x + over), ridge(-x - over)], roof);
        let corner = |y: f32| Vec3::new(side * x, y, eaves);
        let top = Vec3::new(side * x, 0.0, eaves + rise);
        mesh.polygon(&[corner(-side * y), corner(side * y), top], wall);
    }
    let chimney = Surface::new(Material::Brick, [120, 70, 56]);
    let foot = Vec3::new(random.range(-0.3, 0.3) * along, 0.2 * deep, eaves + 0.3 * rise);
    slab(mesh, foot, [0.7, 0.7, 0.7 * rise + 0.9], chimney);
}

/// A hall of a works or a shop: low, long, with a flat roof and a gate.
pub fn hall(random: &mut Random) -> Mesh {
    let (along, deep) = (random.range(18.0, 32.0), random.range(14.0, 22.0));
    let high = random.range(5.0, 9.0);
    let mut mesh = Mesh::default();
    let colours = [[176, 180, 184], [150, 160, 170], [200, 198, 190], [120, 134, 150]];
    let material = if random.chance(0.5) { Material::Concrete } else { Material::Metal };
    let walls = Surface::new(material, tint(random, &colours, 12.0));
    slab(&mut mesh, Vec3::new(0.0, 0.0, -BELOW), [along, deep, high + BELOW], walls);
    parapet(&mut mesh, [along, deep], high, walls);
    for i in 0..=random.below(3) {
        let gate = Surface::new(Material::Metal, near(random, [96, 104, 116], 20.0));
        let x = -along / 2.0 + 4.0 + 6.0 * i as f32;
        slab(&mut mesh, Vec3::new(x, -deep / 2.0 - 0.05, -0.3), [3.6, 0.1, 4.1], gate);
    }
    let band = Surface::new(Material::Facade, near(random, [190, 190, 186], 20.0));
    slab(&mut mesh, Vec3::new(along / 4.0, -deep / 2.0 - 0.4, -0.5), [along / 3.0, 0.8, 3.9], band);
    mesh
}

/// A shed or garage.
pub fn shed(random: &mut Random) -> Mesh {
    let (along, deep, high) =
        (random.range(2.6, 4.2), random.range(3.0, 5.5), random.range(2.1, 2.7));
    let mut mesh = Mesh::default();
    let wood = random.chance(0.5);
    let material = if wood { Material::Wood } else { Material::Concrete };
    let colour = if wood { [112, 84, 60] } else { [178, 174, 166] };
    let walls = Surface::new(material, near(random, colour, 20.0));
    slab(&mut mesh, Vec3::new(0.0, 0.0, -0.6), [along, deep, high + 0.6], walls);
    let roof = Surface::new(Material::Concrete, [92, 90, 88]);
    slab(&mut mesh, Vec3::new(0.0, 0.0, high), [along + 0.3, deep + 0.3, 0.12], roof);
    let gate = Surface::new(Material::Metal, near(random, [150, 150, 150], 40.0));
    slab(&mut mesh, Vec3::new(0.0, -deep / 2.0 - 0.03, -0.2), [along * 0.8, 0.06, 2.2], gate);
    mesh
}
