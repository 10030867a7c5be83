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
    /// One frame at a time, for measurements: the next is asked for when the one before has
    /// left. Latency counts from the asking, so that reading is part of it.
    SingleStream,
    /// At a constant rate, for measurements: a frame is asked for at its instant, however late
    /// the ones before are, and none is dropped for lack of room. Latency counts from the instant.
    ConstantStream,
}

impl Pace {
    /// Whether frames come when they come, and not when the chain is ready for them.
    pub const fn is_open(self) -> bool {
        matches!(self, Self::Realtime | Self::ConstantStream)
    }

    /// Whether reading a frame counts as part of its latency.
    pub const fn counts_reading(self) -> bool {
        matches!(self, Self::SingleStream | Self::ConstantStream)
    }
}

/// Table `[run]` of a launch file.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct RunSettings {
    /// How frames are released.
    pub pace: Pace,
    /// Worker threads; 0 means one for each core. Results do not depend on it.
    pub workers: usize,
    /// How many frames may be under way at once; 0 means two more than workers in lockstep and in
    /// a constant stream, and two in realtime, where a frame should not wait behind many others.
    /// In a single stream it is always one.
    pub window: usize,
    /// In realtime: how many frames may wait for a place under way. The oldest one is
    /// dropped for a newer one.
    pub queue: usize,
    /// In realtime: 2.0 plays twice as fast as recorded.
    pub rate: f64,
    /// In a constant stream: frames per second; 0 means the sensor's own rate (times `rate`), as
    /// the first frames of the run show it.
    pub hz: f64,
    /// So many frames at the beginning are for warming up: in a constant stream they come one
    /// at a time.
    pub warmup: u64,
    /// A frame should be published this long after its release at the latest, milliseconds; 0
    /// sets no limit. Frames that miss it are counted.
    pub deadline_ms: f64,
    /// Stop after this many frames; 0 means all.
    pub frames: u64,
}

impl Default for RunSettings {
    fn default() -> Self {
        Self {
            pace: Pace::Lockstep,
            workers: 0,
            window: 0,
            queue: 1,
            rate: 1.0,
            hz: 0.0,
            warmup: 0,
            deadline_ms: 0.0,
            frames: 0,
        }
    }
}

impl RunSettings {
    /// These settings with one changed.
    pub(crate) fn with(&self, key: &str, value: toml::Value) -> Result<Self, String> {
        let mut table = toml::Table::try_from(self).map_err(|error| error.to_string())?;
        table.insert(key.to_owned(), value);
        let changed: Self =
            table.try_into().map_err(|error: toml::de::Error| explain(error.message()))?;
        changed.check_each()?;
        Ok(changed)
    }

    /// Values that make no sense, alone or together.
    pub(crate) fn check(&self) -> Result<(), String> {
        self.check_each()?;
        let sensor_rate = self.pace == Pace::ConstantStream && self.hz <= 0.0;
        if sensor_rate && self.warmup < 2 {
            return Err("`hz` = 0 takes the sensor's rate from the first frames of the run, so \
                        `warmup` must be at least 2"
                .to_owned());
        }
        Ok(())
    }

    /// Values that make no sense by themselves: those beside them may still be changed.
    fn check_each(&self) -> Result<(), String> {
        if !(self.rate.is_finite() && self.rate > 0.0) {
            return Err(format!("`rate` must be a positive number, not {}", self.rate));
        }
        if !(self.hz.is_finite() && self.hz >= 0.0) {
            return Err(format!("`hz` must be 0 or a positive number, not {}", self.hz));
        }
        if !(self.deadline_ms.is_finite() && self.deadline_ms >= 0.0) {
            let wrong = self.deadline_ms;
            return Err(format!("`deadline_ms` must be 0 or a positive number, not {wrong}"));
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
            (_, Pace::SingleStream) => 1,
            (0, Pace::Lockstep | Pace::ConstantStream) => self.workers_resolved() + 2,
            (0, Pace::Realtime) => 2,
            (n, _) => n,
        }
    }
}
