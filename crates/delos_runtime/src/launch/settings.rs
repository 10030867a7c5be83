//! How to run.

use crate::kinds::explain;
use serde::{Deserialize, Serialize};

/// How frames are released.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Pace {
    /// As fast as possible, every frame, repeatable.
    #[default]
    Lockstep,
    /// At the sensor's pace, with a bounded queue; frames that find it full are dropped
    /// and counted.
    Realtime,
}

/// Table `[run]` of a launch file.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct RunSettings {
    /// How frames are released.
    pub pace: Pace,
    /// Worker threads; 0 means one for each core. Results do not depend on it.
    pub workers: usize,
    /// How many frames may be under way at once; 0 means two more than workers in lockstep,
    /// and two in realtime, where a frame should not wait behind many others.
    pub window: usize,
    /// In realtime: how many frames may wait for a place under way. The oldest one is
    /// dropped for a newer one.
    pub queue: usize,
    /// In realtime: 2.0 plays twice as fast as recorded.
    pub rate: f64,
    /// Stop after this many frames; 0 means all.
    pub frames: u64,
}

impl Default for RunSettings {
    fn default() -> Self {
        Self { pace: Pace::Lockstep, workers: 0, window: 0, queue: 1, rate: 1.0, frames: 0 }
    }
}

impl RunSettings {
    /// These settings with one changed.
    pub(crate) fn with(&self, key: &str, value: toml::Value) -> Result<Self, String> {
        let mut table = toml::Table::try_from(self).map_err(|error| error.to_string())?;
        table.insert(key.to_owned(), value);
        let changed: Self =
            table.try_into().map_err(|error: toml::de::Error| explain(error.message()))?;
        changed.check()?;
        Ok(changed)
    }

    /// Values that make no sense.
    pub(crate) fn check(&self) -> Result<(), String> {
        if !(self.rate.is_finite() && self.rate > 0.0) {
            return Err(format!("`rate` must be a positive number, not {}", self.rate));
        }
        if self.queue == 0 {
            return Err("`queue` must be at least 1".to_owned());
        }
        if self.workers > 1024 || self.window > 65_536 {
            return Err("`workers` may be at most 1024 and `window` at most 65536".to_owned());
        }
        Ok(())
    }

    /// Worker threads, resolved.
    pub fn workers_resolved(&self) -> usize {
        match self.workers {
            0 => std::thread::available_parallelism().map_or(1, usize::from),
            n => n,
        }
    }

    /// Frames under way at once, resolved.
    pub fn window_resolved(&self) -> usize {
        match (self.window, self.pace) {
            (0, Pace::Lockstep) => self.workers_resolved() + 2,
            (0, Pace::Realtime) => 2,
            (n, _) => n,
        }
    }
}
