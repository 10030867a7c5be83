//! Search for settings by chance: the best one found is changed at random again and again.

use crate::settings;
use anyhow::{Context, Result};
use std::path::Path;
use toml::{Table, Value};

/// One setting that may change.
pub(crate) struct Knob {
    key: String,
    low: f64,
    high: f64,
    scale: Scale,
}

#[derive(Clone, Copy, PartialEq)]
enum Scale {
    Linear,
    Logarithmic,
    Whole,
}

/// Reads lines `key low high [log|int]`.
pub(crate) fn read_space(path: &Path) -> Result<Vec<Knob>> {
    let text =
        std::fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
    let lines = text.lines().map(str::trim).filter(|l| !l.is_empty() && !l.starts_with('#'));
    lines.map(|line| knob(line).with_context(|| format!("`{line}`"))).collect()
}

fn knob(line: &str) -> Result<Knob> {
    let fields: Vec<&str> = line.split_whitespace().collect();
    let field = |i: usize| fields.get(i).copied().context("wanted: key low high [log|int]");
    let scale = match fields.get(3).copied() {
        Some("log") => Scale::Logarithmic,
        Some("int") => Scale::Whole,
        _ => Scale::Linear,
    };
    Ok(Knob { key: field(0)?.to_owned(), low: field(1)?.parse()?, high: field(2)?.parse()?, scale })
}

/// Repeatable numbers (splitmix64).
pub(crate) struct Numbers(pub(crate) u64);

impl Numbers {
    fn next(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        ((z ^ (z >> 31)) >> 11) as f64 / (1u64 << 53) as f64
    }

    fn normal(&mut self) -> f64 {
        (0..12).map(|_| self.next()).sum::<f64>() - 6.0
    }
}

/// Changes a few settings: most trials one or two of them.
pub(crate) fn changed(settings: &Table, space: &[Knob], numbers: &mut Numbers) -> Result<Table> {
    let mut changed = settings.clone();
    let count = 1 + (numbers.next() * numbers.next() * 4.0) as usize;
    for _ in 0..count {
        let knob = &space[(numbers.next() * space.len() as f64) as usize % space.len()];
        let wide = numbers.next() < 0.25;
        let now = settings::get(&changed, &knob.key);
        settings::put(&mut changed, &knob.key, knob.near(now, wide, numbers))?;
    }
    Ok(changed)
}

impl Knob {
    fn near(&self, now: Option<f64>, wide: bool, numbers: &mut Numbers) -> Value {
        let log = self.scale == Scale::Logarithmic;
        let to = |v: f64| if log { v.ln() } else { v };
        let (low, high) = (to(self.low), to(self.high));
        let found = match now {
            Some(now) if !wide => to(now) + 0.12 * (high - low) * numbers.normal(),
            _ => low + numbers.next() * (high - low),
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
