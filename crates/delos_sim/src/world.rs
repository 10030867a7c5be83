//! What stands still: ground, roads, houses, clutter, plants.
//!
//! [`build`] makes a world of a seed. A plan (roads, junctions, kinds of stretch, parking
//! bays) decides for every place how far it lies outside the kerb; ground, kerbs, lines
//! and the places where things may stand all follow from that one distance.

mod buckets;
pub mod clutter;
mod field;
mod furnish;
mod kerbs;
mod lanes;
mod line;
mod paint;
mod parking;
mod plan;
pub mod plants;
pub mod terrain;
#[cfg(test)]
mod tests;

use crate::ground::Ground;
use crate::random::Random;
use crate::road::Roads;
use crate::scene::Solid;
use crate::shape::Volume;
use buckets::Buckets;
use clutter::Kind;
use field::Field;
use plan::Plan;
use std::sync::Arc;
use terrain::Relief;

/// What stands still.
#[derive(Clone, Debug)]
pub struct World {
    /// The ground.
    pub ground: Arc<Ground>,
    /// The map of the road users.
    pub roads: Roads,
    /// Houses, kerbs, lines, poles, fences, signs.
    pub solids: Vec<Solid>,
    /// Hedges, bushes, trees.
    pub volumes: Vec<Volume>,
    counts: [usize; clutter::KINDS.len()],
    places: [Buckets; 2],
}

/// Builds the world of a seed around a main road of this length, metres (150 to 3500;
/// other lengths are taken to the nearest of these, what is no number to 500).
pub fn build(seed: u64, length_m: f32) -> World {
    let plan = Plan::new(length_m, &mut Random::new(seed, 1));
    let relief = Relief::new(&mut Random::new(seed, 2));
    let field = Field::new(plan, relief, crate::random::hash(seed, 3, 0));
    let ground = Arc::new(field.ground());
    let mut roads = lanes::lanes(&field.plan).unwrap_or_default();
    let kerbs = kerbs::lines(&field);
    roads.footways = kerbs::footways(&field, &kerbs);
    roads.crossings = kerbs::crossings(&field, &roads);
    roads.spots = parking::spots(&field.plan, &mut Random::new(seed, 4));
    let mut solids = kerbs::stones(&field, &kerbs);
    solids.extend(paint::lines(&field, &ground, &roads.crossings));
    let furniture = furnish::furnish(&field, &ground, &mut Random::new(seed, 5));
    solids.extend(furniture.solids);
    let volumes = furniture.volumes;
    let places = places(&field, &solids, &volumes);
    World { ground, roads, solids, volumes, counts: furniture.counts, places }
}

impl World {
    /// Numbers of the solids and of the volumes that reach into a circle around a place
    /// (world x and y, metres), ascending.
    pub fn near(&self, place: [f32; 2], radius: f32) -> (Vec<usize>, Vec<usize>) {
        (self.places[0].near(place, radius), self.places[1].near(place, radius))
    }

    /// How many things of a kind were put up; hedges and runs of panels count by the piece.
    pub const fn count(&self, kind: Kind) -> usize {
        self.counts[furnish::number(kind)]
    }
}

fn places(field: &Field, solids: &[Solid], volumes: &[Volume]) -> [Buckets; 2] {
    let (low, high) = field.plan.roads[0].line.bounds(200.0);
    let mut places = [Buckets::new(low, high), Buckets::new(low, high)];
    for solid in solids {
        places[0].insert([solid.pose.origin.x, solid.pose.origin.y], reach(solid));
    }
    for volume in volumes {
        places[1].insert([volume.center.x, volume.center.y], volume.radii.x.max(volume.radii.y));
    }
    places
}

/// Distance of a solid's farthest vertex from its origin, seen from above, metres.
fn reach(solid: &Solid) -> f32 {
    let away =
        |v: &crate::math::Vec3| (solid.pose.to_world(v) - solid.pose.origin).xy().norm_squared();
    solid.mesh.vertices.iter().map(away).fold(0.0, f32::max).sqrt()
}
