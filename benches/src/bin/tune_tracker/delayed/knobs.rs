//! The settings of the delayed mode that a search may change.

use crate::search::Chance;
use crate::settings;
use crate::space::{Kind, Knob, Scale};
use anyhow::Result;
use toml::Table;

const KNOBS: [Knob; 15] = [
    knob("smoothing.acceleration", 0.3, 10.0, Scale::Logarithmic),
    knob("smoothing.lateral_acceleration", 0.1, 10.0, Scale::Logarithmic),
    knob("smoothing.yaw_acceleration", 0.05, 3.0, Scale::Logarithmic),
    knob("smoothing.height_drift", 0.01, 1.0, Scale::Logarithmic),
    knob("smoothing.size_drift", 0.003, 0.3, Scale::Logarithmic),
    knob("belief.publish", 0.1, 0.9, Scale::Linear),
    knob("belief.prior", -4.0, 1.0, Scale::Linear),
    knob("belief.prior_weight", 0.0, 8.0, Scale::Linear),
    knob("belief.miss_weight", 0.0, 1.0, Scale::Linear),
    knob("belief.miss", -4.0, 0.0, Scale::Linear),
    knob("belief.reach_s", 0.3, 20.0, Scale::Logarithmic),
    knob("gaps.longest_s", 0.0, 3.0, Scale::Linear),
    knob("gaps.before_s", 0.0, 0.6, Scale::Linear),
    knob("gaps.after_s", 0.0, 0.6, Scale::Linear),
    knob("gaps.overlap", 0.0, 0.6, Scale::Linear),
];

const fn knob(key: &'static str, low: f64, high: f64, scale: Scale) -> Knob {
    Knob { key, low, high, scale }
}

/// Changes a few settings, mostly one or two, mostly a little.
pub(super) fn changed(settings: &Table, kind: Kind, chance: &mut Chance) -> Result<Table> {
    let mut changed = settings.clone();
    let count = 1 + (chance.unit() * chance.unit() * 4.0) as usize;
    for _ in 0..count {
        let knob = &KNOBS[(chance.unit() * KNOBS.len() as f64) as usize % KNOBS.len()];
        let key = format!("{}.{}", kind.table(), knob.key);
        let near = settings::get(&changed, &key).filter(|_| chance.unit() > 0.25);
        settings::put(&mut changed, &key, knob.drawn(near, chance))?;
    }
    Ok(changed)
}
