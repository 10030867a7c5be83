//! Search for settings by chance: the best ones found are changed at random again and again.

use crate::figures::Figures;
use crate::input::Drive;
use crate::robust::Harm;
use crate::space::{KNOBS, Kind, Knob, Scale};
use crate::{score, settings};
use anyhow::Result;
use clap::Args;
use toml::{Table, Value};

/// Share of each harmed input in what settings are worth.
const HARMED: f64 = 0.15;

/// How long and from where is searched.
#[derive(Args, Clone, Copy)]
pub(crate) struct Search {
    /// Number of settings that are tried.
    #[arg(long, default_value_t = 1500)]
    trials: usize,
    /// Seed of the chance.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// How much a point of MOTA counts beside a point of HOTA.
    #[arg(long, default_value_t = 0.1)]
    mota_weight: f64,
}

impl Search {
    /// The best settings found from a start, and what they are worth.
    pub(crate) fn run(
        self,
        drives: &[&Drive],
        kind: Kind,
        mut settings: Table,
    ) -> Result<(Table, f64)> {
        let mut chance = Chance(self.seed);
        let harmed = harmed(drives);
        let inputs: Vec<Vec<&Drive>> = harmed.iter().map(|h| h.iter().collect()).collect();
        let worth = |settings: &Table| self.worth(drives, &inputs, settings, kind);
        let mut best = worth(&settings)?;
        for _ in 0..self.trials {
            let next = changed(&settings, &KNOBS, kind, &mut chance)?;
            // Settings that contradict each other are not worth anything.
            let Ok(found) = worth(&next) else { continue };
            if found > best {
                best = found;
                settings = next;
            }
        }
        Ok((settings, best))
    }

    /// What settings are worth: the input as it is counts most.
    fn worth(
        self,
        drives: &[&Drive],
        harmed: &[Vec<&Drive>],
        settings: &Table,
        kind: Kind,
    ) -> Result<f64> {
        let of = |drives: &[&Drive]| {
            figures(drives, settings, kind).map(|found| found.worth(self.mota_weight))
        };
        let mut sum = (1.0 - HARMED * harmed.len() as f64) * of(drives)?;
        for drives in harmed {
            sum += HARMED * of(drives)?;
        }
        Ok(sum)
    }
}

/// The sequences with detections lost, and with noise. Settings that only do on clean input
/// have learnt it by heart.
fn harmed(drives: &[&Drive]) -> [Vec<Drive>; 2] {
    [Harm::Dropped(0.1), Harm::Shaken(0.3)].map(|harm| {
        let mut chance = Chance(1);
        drives.iter().map(|drive| harm.to(drive, &mut chance)).collect()
    })
}

/// Figures of a kind of object over some sequences.
pub(crate) fn figures(drives: &[&Drive], settings: &Table, kind: Kind) -> Result<Figures> {
    let config = settings::config(settings)?;
    let rows = drives.iter().map(|d| score::track(&config, d)).collect::<Result<Vec<_>>>()?;
    let rows: Vec<_> = rows.iter().collect();
    Ok(Figures::combined(&score::image_scores(drives, &rows, kind.class())?))
}

/// Repeatable numbers (splitmix64).
pub(crate) struct Chance(pub(crate) u64);

impl Chance {
    /// Evenly in 0..1.
    pub(crate) fn unit(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        ((z ^ (z >> 31)) >> 11) as f64 / (1u64 << 53) as f64
    }

    /// Nearly normal with deviation 1: a sum of twelve.
    pub(crate) fn normal(&mut self) -> f64 {
        (0..12).map(|_| self.unit()).sum::<f64>() - 6.0
    }
}

/// Changes a few settings, mostly one or two, mostly a little.
pub(crate) fn changed(
    settings: &Table,
    knobs: &[Knob],
    kind: Kind,
    chance: &mut Chance,
) -> Result<Table> {
    let mut changed = settings.clone();
    let count = 1 + (chance.unit() * chance.unit() * 4.0) as usize;
    for _ in 0..count {
        let knob = &knobs[(chance.unit() * knobs.len() as f64) as usize % knobs.len()];
        let key = format!("{}.{}", kind.table(), knob.key);
        let near = settings::get(&changed, &key).filter(|_| chance.unit() > 0.25);
        settings::put(&mut changed, &key, knob.drawn(near, chance))?;
    }
    Ok(changed)
}

impl Knob {
    /// A value near another, or anywhere.
    pub(crate) fn drawn(&self, near: Option<f64>, chance: &mut Chance) -> Value {
        let is_log = self.scale == Scale::Logarithmic;
        let to = |v: f64| if is_log { v.ln() } else { v };
        let (low, high) = (to(self.low), to(self.high));
        let found = match near {
            Some(near) => to(near) + 0.12 * (high - low) * chance.normal(),
            None => low + chance.unit() * (high - low),
        };
        let found = found.clamp(low, high);
        match self.scale {
            Scale::Whole => Value::Integer(found.round() as i64),
            Scale::Logarithmic => Value::Float(rounded(found.exp())),
            Scale::Linear => Value::Float(rounded(found)),
        }
    }
}

/// To three digits: more would say nothing.
fn rounded(value: f64) -> f64 {
    format!("{value:.2e}").parse().unwrap_or(value)
}
