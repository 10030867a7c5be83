//! Puts houses, clutter and plants beside the roads of a plan.

mod programme;
mod yard;

use super::clutter::{KINDS, Kind};
use super::field::Field;
use super::plan;
use crate::ground::Ground;
use crate::random::Random;
use crate::scene::Solid;
use crate::shape::Volume;
use yard::Yard;

/// What was put up.
#[derive(Clone, Debug)]
pub(super) struct Furniture {
    pub(super) solids: Vec<Solid>,
    pub(super) volumes: Vec<Volume>,
    /// How many of each of [`KINDS`].
    pub(super) counts: [usize; KINDS.len()],
}

/// One side of a piece of road.
#[derive(Clone, Copy, Debug)]
struct Frontage {
    road: usize,
    side: usize,
    from: f32,
    to: f32,
    kind: plan::Kind,
}

/// Furnishes both sides of every road.
pub(super) fn furnish(field: &Field, ground: &Ground, random: &mut Random) -> Furniture {
    let mut yard = Yard::new(field, ground, random);
    let frontages = frontages(field);
    for frontage in &frontages {
        programme::buildings(&mut yard, frontage);
    }
    for frontage in &frontages {
        programme::street(&mut yard, frontage);
        programme::edges(&mut yard, frontage);
        programme::plants(&mut yard, frontage);
    }
    for kind in KINDS {
        programme::at_least_one(&mut yard, &frontages, kind);
    }
    yard.done()
}

fn frontages(field: &Field) -> Vec<Frontage> {
    let mut frontages = vec![];
    for side in [0, 1] {
        for stretch in &field.plan.stretches {
            let (from, to, kind) = (stretch.from, stretch.to, stretch.kind);
            frontages.push(Frontage { road: 0, side, from, to, kind });
        }
        for junction in &field.plan.junctions {
            for road in junction.arms.iter().flatten().copied() {
                let (from, to) = (plan::BOX + 4.0, plan::ARM + 15.0);
                frontages.push(Frontage { road, side, from, to, kind: junction.kind });
            }
        }
    }
    frontages
}

/// The number of a kind in [`KINDS`].
pub(super) const fn number(kind: Kind) -> usize {
    kind as usize
}
