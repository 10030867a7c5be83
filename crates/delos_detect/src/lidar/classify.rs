//! From the shape of a cluster to a box with a class and a score.

use super::evidence::{Evidence, evidence, extents};
use super::rules::{likeness, pooled};
use super::shape::Shape;
use super::surroundings::Surroundings;
use super::trees::Trees;
use delos_core::{Box3, Ego, ObjectClass};
use delos_geom::prior::{Footprint, LengthAxis, ShapePrior, complete};
use std::sync::LazyLock;

/// The trees that are part of the program.
static TREES: LazyLock<Trees> = LazyLock::new(|| {
    let text = include_str!("../../tables/clusters.toml");
    Trees::parse(text, &KINDS.map(|kind| kind.name)).expect("the table of the program is sound")
});

/// Reads the trees' table, so that the first scan need not wait for it.
pub(super) fn prepare() {
    LazyLock::force(&TREES);
}

/// What a cluster most probably is.
#[derive(Clone, Copy, Debug)]
pub(super) struct Guess {
    pub(super) bbox: Box3<Ego>,
    pub(super) class: ObjectClass,
    /// How sure trees and rules together are, 0..=1.
    pub(super) score: f64,
    /// Share of right boxes among those with such evidence, by the trees alone, 0..=1.
    pub(super) share: f64,
}

/// Something a cluster may be taken for.
pub(super) struct Kind {
    name: &'static str,
    pub(super) class: ObjectClass,
    /// Larger clusters are none: along and across, metres.
    longest_m: f64,
    widest_m: f64,
    /// Lower and higher ones are none, metres over ground.
    lowest_m: f64,
    highest_m: f64,
}

/// In the order of the table, which breaks ties. Their limits let the outermost of what the
/// simulator shows pass; the trees judge the rest.
pub(super) const KINDS: [Kind; 5] = [
    kind("car", ObjectClass::Car, [5.8, 2.7], [0.4, 2.4]),
    kind("van", ObjectClass::Van, [7.5, 3.0], [0.9, 3.2]),
    kind("truck", ObjectClass::Truck, [17.0, 3.6], [1.2, 4.3]),
    kind("pedestrian", ObjectClass::Pedestrian, [1.6, 1.6], [0.7, 2.4]),
    kind("cyclist", ObjectClass::Cyclist, [2.8, 1.6], [0.7, 2.4]),
];

const fn kind(name: &'static str, class: ObjectClass, most: [f64; 2], top: [f64; 2]) -> Kind {
    let [longest_m, widest_m] = most;
    let [lowest_m, highest_m] = top;
    Kind { name, class, longest_m, widest_m, lowest_m, highest_m }
}

/// Things on wheels with a body.
pub(super) const fn is_vehicle(class: ObjectClass) -> bool {
    matches!(class, ObjectClass::Car | ObjectClass::Van | ObjectClass::Truck)
}

/// A cluster taken for a kind with its length along one axis.
pub(super) struct Hypothesis {
    /// Number of the kind.
    pub(super) kind: usize,
    pub(super) bbox: Box3<Ego>,
    pub(super) evidence: Evidence,
    /// How well it fits the rules, 0..=1.
    pub(super) likeness: f64,
}

/// Everything that a cluster of this shape may be; `look` tells what is around a box.
pub(super) fn hypotheses(
    shape: &Shape,
    look: &impl Fn(&Footprint) -> Surroundings,
    mut take: impl FnMut(Hypothesis),
) {
    for (number, kind) in KINDS.iter().enumerate() {
        for axis in [LengthAxis::First, LengthAxis::Second] {
            if !kind.allows(shape, axis) {
                continue;
            }
            let prior = kind.prior();
            let footprint = complete(&shape.outline, axis, &prior);
            let height = shape.top.max(prior.height.min).min(prior.height.max);
            let Some(bbox) = footprint.raised(shape.ground, height) else { continue };
            let evidence = evidence(shape, axis, &footprint, &look(&footprint));
            let likeness = likeness(shape, axis, kind.class);
            take(Hypothesis { kind: number, bbox, evidence, likeness });
        }
    }
}

impl Kind {
    /// Sizes of the class. Of people only the front is seen, never their whole depth.
    fn prior(&self) -> ShapePrior {
        let mut prior = ShapePrior::of(self.class);
        if !is_vehicle(self.class) {
            prior.length.min = prior.length.typical;
            prior.width.min = prior.width.typical;
        }
        prior
    }

    fn allows(&self, shape: &Shape, axis: LengthAxis) -> bool {
        let [along, across] = extents(&shape.outline, axis);
        let high = shape.top >= self.lowest_m && shape.top <= self.highest_m;
        high && along <= self.longest_m && across <= self.widest_m
    }
}

/// The surest of all hypotheses; the first of equals.
pub(super) fn guess(shape: &Shape, look: &impl Fn(&Footprint) -> Surroundings) -> Option<Guess> {
    let trees = &*TREES;
    let mut best: Option<Guess> = None;
    hypotheses(shape, look, |one| {
        let share = trees.share(one.kind, &one.evidence);
        let score = pooled(share, one.likeness);
        if best.is_none_or(|best| score > best.score) {
            best = Some(Guess { bbox: one.bbox, class: KINDS[one.kind].class, score, share });
        }
    });
    best
}
