//! How well a cluster fits what is known of a class's size, and both opinions pooled.
//!
//! The trees know the simulator well and nothing else: a lorry with a low bed, of which it has
//! none, is hopeless to them. Rules about sizes are blunt, but hold anywhere. Where both agree
//! a score is far up or far down; where they do not, neither has the last word.

use super::classify::is_vehicle;
use super::evidence::{extents, facing};
use super::shape::Shape;
use delos_core::ObjectClass;
use delos_geom::prior::{LengthAxis, ShapePrior};

/// The trees' logarithm of odds counts up to this on either side: it is the simulator's world
/// that they are sure of.
const MOST_SURE: f64 = 3.0;
/// Weight of the trees.
const TREES: f64 = 0.8;
/// Weight of the rules.
const RULES: f64 = 0.7;
/// What is added, so that what only one of them objects to has a score in the middle.
const OFFSET: f64 = 1.9;

/// What the trees give less than this, however well it fits the rules,
const EVEN: f64 = 0.5;
/// has what its score exceeds this by divided by three: at most 0.6 in the end.
const DOUBTED: f64 = 0.4;

/// Slope of the highest beam: nothing above it is seen.
const HIGHEST_BEAM: f64 = 0.035;

/// How often a cluster of that shape is such an object: small things on a verge seldom are
/// people, and large ones seldom are lorries.
const fn weight(class: ObjectClass) -> f64 {
    match class {
        ObjectClass::Car => 1.0,
        ObjectClass::Van => 0.85,
        ObjectClass::Truck => 0.7,
        _ => 0.5,
    }
}

/// A logarithmic opinion pool (Genest, Zidek 1986, "Combining Probability Distributions: A Critique and an
/// Annotated Bibliography") of what the trees and what the rules say, 0..=1.
///
/// Its weights come from simulated validation scans and two labelled scans of another data set.
pub(super) fn pooled(share: f64, likeness: f64) -> f64 {
    let opinion = |p: f64| log_odds(p).clamp(-MOST_SURE, MOST_SURE);
    let sum = TREES * opinion(share) + RULES * opinion(likeness) + OFFSET;
    let score = 1.0 / (1.0 + (-sum).exp());
    if share < EVEN { score.min(DOUBTED + (score - DOUBTED) / 3.0) } else { score }
}

fn log_odds(p: f64) -> f64 {
    (p / (1.0 - p)).ln()
}

/// How well a cluster with its length along `axis` fits a class, 0..=1.
pub(super) fn likeness(shape: &Shape, axis: LengthAxis, class: ObjectClass) -> f64 {
    let prior = ShapePrior::of(class);
    let [along, across] = extents(&shape.outline, axis);
    let facing = facing(&shape.outline, axis);
    let over = excess(along, prior.length.max) + excess(across, prior.width.max);
    let short = facing * excess(prior.length.min, along) * 0.5
        + (1.0 - facing) * excess(prior.width.min, across);
    let low = excess(prior.height.min.min(ceiling(shape) - 0.3), shape.top);
    let height = (excess(shape.top, prior.height.max) + low) * 2.0;
    let support = 1.0 - (-(shape.points as f64) / 20.0).exp();
    let outline = outline(class, shape.outline.residual);
    weight(class) * support * (-(over * 1.5 + short + height + outline)).exp()
}

/// Height over ground that the highest beam reaches here, metres.
fn ceiling(shape: &Shape) -> f64 {
    let nearest = |i: [f64; 2]| if i[0] * i[1] < 0.0 { 0.0 } else { i[0].abs().min(i[1].abs()) };
    let range = nearest(shape.outline.first).hypot(nearest(shape.outline.second));
    range * HIGHEST_BEAM - shape.ground
}

/// What points far from the edges speak against a class.
fn outline(class: ObjectClass, residual: f64) -> f64 {
    match class {
        _ if !is_vehicle(class) => 0.3,
        ObjectClass::Truck => excess(residual, 0.1) * 0.5,
        _ => excess(residual, 0.1) * 1.5,
    }
}

fn excess(value: f64, limit: f64) -> f64 {
    (value - limit).max(0.0)
}

#[cfg(test)]
mod tests;
