//! How frames come, and for how long: the scenarios of MLPerf Automotive and a short form.

use anyhow::{Result, bail};
use clap::{Args, ValueEnum};
use delos_runtime::{LaunchFile, Pace, RunSettings};
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// How frames come.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Scenario {
    /// One frame at a time: the next is read when the one before has left (closed loop)
    #[default]
    SingleStream,
    /// A frame at each tick of a constant rate, however late the ones before (open loop)
    ConstantStream,
    /// Every frame as soon as a worker has time: throughput
    Offline,
}

impl Scenario {
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::SingleStream => "single stream",
            Self::ConstantStream => "constant stream",
            Self::Offline => "offline",
        }
    }

    pub(super) const fn pace(self) -> Pace {
        match self {
            Self::SingleStream => Pace::SingleStream,
            Self::ConstantStream => Pace::ConstantStream,
            Self::Offline => Pace::Lockstep,
        }
    }
}

#[derive(Args)]
pub(super) struct LoadArgs {
    /// How frames come
    #[arg(long, value_enum, default_value_t)]
    pub(super) scenario: Scenario,
    /// Constant stream: frames per second [default: the sensor's own rate]
    #[arg(long, value_name = "HZ")]
    rate: Option<f64>,
    /// Measure so many frames; those of a short recording come again
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    queries: Option<u64>,
    /// Measure so long, seconds [default: 20]
    #[arg(long, value_name = "S", conflicts_with = "queries")]
    duration: Option<f64>,
    /// As long as MLPerf Automotive asks and more: 10,000 frames, or in a constant stream
    /// 100,000 frames or 600 s, whichever comes first
    #[arg(long, conflicts_with_all = ["queries", "duration"])]
    full: bool,
    /// Frames before the first that counts [default: 20; with --full 200]
    #[arg(long, value_name = "N")]
    warmup: Option<u64>,
    /// Frames published later than this after their release are counted, milliseconds
    #[arg(long, value_name = "MS")]
    deadline: Option<f64>,
}

/// What is measured without another wish.
const SHORT: Duration = Duration::from_secs(20);
/// Frames of a full single stream: p99.9 needs ten frames beyond it (MLPerf asks for 6,636).
const FULL_SINGLE: u64 = 10_000;
/// Frames of a full constant stream, as MLPerf's.
const FULL_CONSTANT: u64 = 100_000;
/// Duration after which a full constant stream may end, as MLPerf's.
const FULL_DURATION: Duration = Duration::from_mins(10);

/// How frames come, and until when.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Load {
    pub(super) scenario: Scenario,
    /// Frames per second; `None`: the sensor's own.
    pub(super) rate_hz: Option<f64>,
    /// Where it is the sensor's own: so many times that.
    #[serde(default = "one")]
    pub(super) times_sensor: f64,
    pub(super) queries: Option<u64>,
    pub(super) duration_s: Option<f64>,
    pub(super) warmup: u64,
    pub(super) deadline_ms: Option<f64>,
    /// Whether it is shorter than what MLPerf Automotive asks for.
    pub(super) short: bool,
}

const fn one() -> f64 {
    1.0
}

/// Keys of `[run]` that follow from the load, and the options that set them.
const OWN: [(&str, &str); 3] =
    [("pace", "--scenario"), ("frames", "--queries"), ("warmup", "--warmup")];

impl LoadArgs {
    pub(super) fn load(&self) -> Result<Load> {
        let positive = |option: &str, value: Option<f64>| match value {
            Some(value) if !(value.is_finite() && value > 0.0) => {
                bail!("--{option} {value}: expected a positive number")
            }
            _ => Ok(value),
        };
        let rate_hz = positive("rate", self.rate)?;
        let given = positive("duration", self.duration)?;
        let deadline_ms = positive("deadline", self.deadline)?;
        if rate_hz.is_some() && self.scenario != Scenario::ConstantStream {
            bail!("--rate belongs to --scenario constant-stream");
        }
        let full_constant = self.full && self.scenario == Scenario::ConstantStream;
        let queries = match (self.full, full_constant) {
            (_, true) => Some(FULL_CONSTANT),
            (true, false) => Some(FULL_SINGLE),
            _ => self.queries,
        };
        let duration_s = match (given, queries) {
            (given @ Some(_), _) => given,
            (None, None) => Some(SHORT.as_secs_f64()),
            (None, Some(_)) => full_constant.then_some(FULL_DURATION.as_secs_f64()),
        };
        let warmup = self.warmup.unwrap_or(if self.full { 200 } else { 20 });
        let short = !self.full;
        let scenario = self.scenario;
        let times_sensor = one();
        Ok(Load {
            scenario,
            rate_hz,
            times_sensor,
            queries,
            duration_s,
            warmup,
            deadline_ms,
            short,
        })
    }
}

impl Load {
    /// Writes it into a launch file.
    pub(super) fn apply(&self, launch: &mut LaunchFile) -> Result<()> {
        for (key, option) in OWN {
            if let Some(set) = launch.set_by("run", key) {
                bail!("{set}: delos bench takes that from {option}");
            }
        }
        let own_rate = self.rate_hz.is_none() && launch.run.hz <= 0.0;
        if self.warmup < 2 && self.scenario == Scenario::ConstantStream && own_rate {
            bail!(
                "--warmup {}: the sensor's rate is taken from the first 2 frames at least; or give --rate",
                self.warmup
            );
        }
        let number = |n: u64| toml::Value::Integer(i64::try_from(n).unwrap_or(i64::MAX));
        let pace = toml::Value::try_from(self.scenario.pace())?;
        launch.set_value("run", "warmup", number(self.warmup), "--warmup")?;
        let frames = self.queries.map_or(0, |queries| queries.saturating_add(self.warmup));
        launch.set_value("run", "frames", number(frames), "--queries")?;
        if let Some(hz) = self.rate_hz {
            launch.set_value("run", "hz", hz.into(), "--rate")?;
        }
        if let Some(ms) = self.deadline_ms {
            launch.set_value("run", "deadline_ms", ms.into(), "--deadline")?;
        }
        Ok(launch.set_value("run", "pace", pace, "--scenario")?)
    }

    /// The same with the rate that the launch file or `--set` gives, where no option does.
    pub(super) fn resolved(self, run: &RunSettings) -> Self {
        if self.scenario != Scenario::ConstantStream {
            return self;
        }
        Self { rate_hz: (run.hz > 0.0).then_some(run.hz), times_sensor: run.rate, ..self }
    }
}
