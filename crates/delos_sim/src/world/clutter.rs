//! Things beside the road that are not cars, each in its own frame: origin on the ground
//! under its middle, x along the road, the front towards -y, metres.

mod building;
mod edge;
mod street;

pub(super) use building::dwelling;
pub use building::{hall, house, shed};
pub use edge::{Edge, fence, guard_rail, wall};
pub(super) use edge::{garden, green};
pub use street::{bin, bollard, cabinet, container, pole, shelter, sign};

use crate::math::Vec3;
use crate::random::Random;
use crate::shape::{Material, Mesh, Surface};

/// The kinds of things that stand beside the road.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A house with walls and a roof.
    House,
    /// A hall of a works.
    Hall,
    /// A shed or garage.
    Shed,
    /// A garden wall.
    Wall,
    /// A fence.
    Fence,
    /// A guard rail.
    GuardRail,
    /// A lamp post.
    Pole,
    /// A traffic sign.
    Sign,
    /// A bollard.
    Bollard,
    /// A litter bin.
    Bin,
    /// A container or skip of about the size of a car.
    Container,
    /// An electricity box.
    Cabinet,
    /// A bus shelter.
    Shelter,
    /// A hedge.
    Hedge,
    /// A bush.
    Bush,
    /// A tree with leaves.
    Tree,
    /// A tree with needles.
    Conifer,
}

/// Every kind, in the order of the enumeration.
pub const KINDS: [Kind; 17] = [
    Kind::House,
    Kind::Hall,
    Kind::Shed,
    Kind::Wall,
    Kind::Fence,
    Kind::GuardRail,
    Kind::Pole,
    Kind::Sign,
    Kind::Bollard,
    Kind::Bin,
    Kind::Container,
    Kind::Cabinet,
    Kind::Shelter,
    Kind::Hedge,
    Kind::Bush,
    Kind::Tree,
    Kind::Conifer,
];

/// A colour near another one.
pub(super) fn near(random: &mut Random, colour: [u8; 3], spread: f32) -> [u8; 3] {
    let shift = random.range(-spread, spread);
    colour
        .map(|c| (f32::from(c) + shift + random.range(-0.3, 0.3) * spread).clamp(0.0, 255.0) as u8)
}

/// One of the colours, varied.
pub(super) fn tint(random: &mut Random, colours: &[[u8; 3]], spread: f32) -> [u8; 3] {
    let colour = random.pick(colours).copied().unwrap_or([128; 3]);
    near(random, colour, spread)
}

/// A box whose lower face has its middle at `foot`.
fn slab(mesh: &mut Mesh, foot: Vec3, size: [f32; 3], surface: Surface) {
    let number = mesh.surface(surface);
    let half = Vec3::new(size[0] / 2.0, size[1] / 2.0, 0.0);
    mesh.block(foot - half, foot + half + Vec3::new(0.0, 0.0, size[2]), number);
}

const METAL: Surface = Surface::new(Material::Metal, [130, 134, 138]);

#[cfg(test)]
mod tests {
    use super::*;

    fn all(random: &mut Random) -> Vec<Mesh> {
        vec![
            house(random),
            hall(random),
            shed(random),
            wall(random),
            fence(random),
            guard_rail(random),
            pole(random),
            sign(random),
            bollard(random),
            bin(random),
            container(random),
            cabinet(random),
            shelter(random),
        ]
    }

    #[test]
    fn meshes_are_sound_stand_on_the_ground_and_are_small() {
        for seed in 0..40 {
            for (i, mesh) in all(&mut Random::new(seed, 0)).into_iter().enumerate() {
                let (low, high) = mesh.bounds().expect("not empty");
                assert!(
                    low.z <= 0.01 && low.z > -1.6 && high.z > 0.3 && high.z < 16.0,
                    "{i}: {low} {high}"
                );
                assert!((low + high).xy().norm() < 3.0, "{i}: off centre {low} {high}");
                assert!(mesh.triangles.len() < 260, "{i}: {}", mesh.triangles.len());
                assert!(mesh.vertices.iter().all(|v| v.iter().all(|c| c.is_finite())));
                let count = mesh.vertices.len() as u32;
                for t in &mesh.triangles {
                    assert!(t.corners.iter().all(|c| *c < count));
                    assert!(usize::from(t.surface) < mesh.palette.len());
                    let [a, b, c] = t.corners.map(|k| mesh.vertices[k as usize]);
                    assert!((b - a).cross(&(c - a)).norm() > 1e-7, "{i}: a face without area");
                }
            }
        }
    }

    #[test]
    fn containers_are_as_large_as_cars() {
        let mut random = Random::new(3, 0);
        for _ in 0..50 {
            let (low, high) = container(&mut random).bounds().expect("not empty");
            let size = high - low;
            assert!((2.2..6.2).contains(&size.x) && (1.4..2.6).contains(&size.y), "{size}");
            assert!((1.0..2.7).contains(&size.z), "{size}");
        }
    }
}
