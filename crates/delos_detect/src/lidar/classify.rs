//! From the points of a cluster to a box with a class and a score.

use delos_core::{Box3, Ego, ObjectClass};
use delos_geom::lshape::{LShape, fit_lshape};
use delos_geom::prior::{LengthAxis, ShapePrior, complete};

/// Bins of the height histogram, 0.25 m each.
const HEIGHT_BINS: usize = 20;
const HEIGHT_BIN_M: f32 = 0.25;
/// More points than this do not make the direction better.
const FIT_POINTS: usize = 300;
/// Share of the points of a large cluster left out at either end: mirrors, spray, aerials.
const TRIM: f64 = 0.006;
/// Slope of the highest beam: nothing above it is seen.
const HIGHEST_BEAM: f64 = 0.035;

/// What a cluster most probably is.
#[derive(Clone, Copy, Debug)]
pub(super) struct Guess {
    pub(super) bbox: Box3<Ego>,
    pub(super) class: ObjectClass,
    pub(super) score: f64,
}

/// What is measured of a cluster.
#[derive(Clone, Copy, Debug)]
pub(super) struct Measured {
    pub(super) shape: LShape,
    /// Metres over ground.
    pub(super) top: f64,
    /// Height of the ground below, metres.
    pub(super) ground: f64,
    pub(super) points: usize,
}

impl Measured {
    /// Height over ground that the highest beam reaches here, metres.
    fn ceiling(&self) -> f64 {
        let nearest =
            |i: [f64; 2]| if i[0] * i[1] < 0.0 { 0.0 } else { i[0].abs().min(i[1].abs()) };
        nearest(self.shape.first).hypot(nearest(self.shape.second)) * HIGHEST_BEAM - self.ground
    }
}

/// Classes a cluster may be taken for, in the order that breaks ties.
/// The weights say how often a cluster of that shape is such an object: small things on
/// a verge seldom are people, and large ones seldom are lorries.
const CLASSES: [(ObjectClass, f64); 5] = [
    (ObjectClass::Car, 1.0),
    (ObjectClass::Van, 0.85),
    (ObjectClass::Truck, 0.7),
    (ObjectClass::Cyclist, 0.5),
    (ObjectClass::Pedestrian, 0.5),
];

/// Things on wheels with a body.
pub(super) const fn is_vehicle(class: ObjectClass) -> bool {
    matches!(class, ObjectClass::Car | ObjectClass::Van | ObjectClass::Truck)
}

/// Measures a cluster: points seen from above `[N] (x, y)`, their heights over ground, and the
/// height of the ground below.
pub(super) fn measure(plan: &[[f64; 2]], heights: &[f32], ground: f64) -> Option<Measured> {
    let shape = fit_thinned(plan)?;
    Some(Measured { shape, top: top_of(heights), ground, points: plan.len() })
}

/// Direction from at most [`FIT_POINTS`] points, extents from all of them.
fn fit_thinned(plan: &[[f64; 2]]) -> Option<LShape> {
    if plan.len() <= FIT_POINTS {
        return fit_lshape(plan);
    }
    let stride = plan.len() / FIT_POINTS;
    let thinned: Vec<[f64; 2]> = plan.iter().step_by(stride).copied().collect();
    let yaw = fit_lshape(&thinned)?.yaw;
    Some(LShape::trimmed(plan, yaw, TRIM))
}

/// Height of the highest point below the first gap: what hangs above is another thing.
fn top_of(heights: &[f32]) -> f64 {
    let mut bins = [0_u32; HEIGHT_BINS];
    let mut tops = [0.0_f32; HEIGHT_BINS];
    for &h in heights {
        let bin = ((h / HEIGHT_BIN_M).max(0.0) as usize).min(HEIGHT_BINS - 1);
        bins[bin] += 1;
        tops[bin] = tops[bin].max(h);
    }
    let mut top = 0.0;
    let mut empty = 0;
    for bin in 0..HEIGHT_BINS {
        if bins[bin] > 0 {
            (top, empty) = (tops[bin], 0);
        } else if top > 0.0 {
            empty += 1;
            if empty == 3 {
                break;
            }
        }
    }
    f64::from(top)
}

/// The best class and completed box of a cluster.
pub(super) fn guess(measured: &Measured) -> Option<Guess> {
    let mut best: Option<Guess> = None;
    for (class, weight) in CLASSES {
        let prior = ShapePrior::of(class);
        for axis in [LengthAxis::First, LengthAxis::Second] {
            let score = weight * likeness(measured, axis, class, &prior);
            if best.is_none_or(|b| score > b.score) {
                let height = measured.top.max(prior.height.min).min(prior.height.max);
                let footprint = complete(&measured.shape, axis, &prior);
                let Some(bbox) = footprint.raised(measured.ground, height) else { continue };
                best = Some(Guess { bbox, class, score });
            }
        }
    }
    best.map(|b| if b.score < 0.2 { Guess { class: ObjectClass::Unknown, ..b } } else { b })
}

/// How well a cluster fits a class, 0..=1.
fn likeness(m: &Measured, axis: LengthAxis, class: ObjectClass, prior: &ShapePrior) -> f64 {
    let [first, second] = m.shape.extents();
    let (along, across) = match axis {
        LengthAxis::First => (first, second),
        LengthAxis::Second => (second, first),
    };
    let facing = facing(&m.shape, axis);
    let over = excess(along, prior.length.max) + excess(across, prior.width.max);
    let short = facing * excess(prior.length.min, along) * 0.5
        + (1.0 - facing) * excess(prior.width.min, across);
    let low = excess(prior.height.min.min(m.ceiling() - 0.3), m.top);
    let height = (excess(m.top, prior.height.max) + low) * 2.0;
    let outline = match class {
        ObjectClass::Pedestrian | ObjectClass::Cyclist => 0.3,
        ObjectClass::Truck => (m.shape.residual - 0.1).max(0.0) * 0.5,
        _ => (m.shape.residual - 0.1).max(0.0) * 1.5,
    };
    let support = 1.0 - (-(m.points as f64) / 20.0).exp();
    support * (-(over * 1.5 + short + height + outline)).exp()
}

/// Share of the long side in what the sensor faces: 1 seen from the side, 0 from the end.
fn facing(shape: &LShape, axis: LengthAxis) -> f64 {
    let u = f64::midpoint(shape.first[0], shape.first[1]);
    let v = f64::midpoint(shape.second[0], shape.second[1]);
    let (along, across) = if axis == LengthAxis::First { (u, v) } else { (v, u) };
    across.abs() / (along.abs() + across.abs()).max(1e-6)
}

fn excess(value: f64, limit: f64) -> f64 {
    (value - limit).max(0.0)
}
