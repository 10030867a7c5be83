//! Looks at one GPU, and what they come to.

use super::failed;
use crate::gpu::GpuError;
use nvml_wrapper::Nvml;
use nvml_wrapper::bitmasks::device::ThrottleReasons;
use nvml_wrapper::device::Device;
use nvml_wrapper::enum_wrappers::device::{Clock, TemperatureSensor};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// What a GPU did while it was watched. A figure that this GPU does not give is missing.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct GpuUse {
    /// Number, as in `cuda:N`.
    pub ordinal: u32,
    /// What the driver calls the GPU, on every machine and in every program.
    pub uuid: String,
    /// Version of the driver, for example `580.65.06`.
    pub driver: Option<String>,
    /// How often it was looked at after warming up.
    pub looks: usize,
    /// Clock of the multiprocessors, MHz.
    pub sm_mhz: Option<Spread>,
    /// Clock of the memory, MHz.
    pub memory_mhz: Option<Spread>,
    /// Degrees Celsius.
    pub temperature_c: Option<Spread>,
    /// Watts.
    pub power_w: Option<Spread>,
    /// What held the clocks down, at least at one look: `power limit`, `heat`, ...
    pub held_down_by: BTreeSet<String>,
    /// Memory of the GPU that was taken, by whichever program, when the watch began; bytes.
    pub memory_before_bytes: Option<u64>,
    /// The most that was taken at any look, warming up included; bytes.
    pub memory_peak_bytes: Option<u64>,
}

/// How far a figure moved.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Spread {
    /// Smallest value.
    pub min: f64,
    /// Median; of two the larger.
    pub median: f64,
    /// Largest value.
    pub max: f64,
}

impl Spread {
    fn of(mut values: Vec<f64>) -> Option<Self> {
        values.sort_by(f64::total_cmp);
        let median = *values.get(values.len() / 2)?;
        Some(Self { min: *values.first()?, median, max: *values.last()? })
    }
}

/// Reasons of NVIDIA's management library, in words. What an idle GPU or a person's settings do is none of them.
const REASONS: [(ThrottleReasons, &str); 5] = [
    (ThrottleReasons::SW_POWER_CAP, "power limit"),
    (ThrottleReasons::SW_THERMAL_SLOWDOWN, "heat"),
    (ThrottleReasons::HW_THERMAL_SLOWDOWN, "heat, by the hardware"),
    (ThrottleReasons::HW_POWER_BRAKE_SLOWDOWN, "power brake"),
    (ThrottleReasons::SYNC_BOOST, "another GPU's clock"),
];

/// All looks at one GPU so far.
#[derive(Debug)]
pub(super) struct Log {
    device: Device<'static>,
    found: GpuUse,
    sm_mhz: Vec<f64>,
    memory_mhz: Vec<f64>,
    temperature_c: Vec<f64>,
    power_w: Vec<f64>,
}

impl Log {
    pub(super) fn open(nvml: &'static Nvml, ordinal: u32, uuid: &str) -> Result<Self, GpuError> {
        let device = nvml.device_by_uuid(uuid);
        let device = device.map_err(|error| failed("find the GPU to watch", &error))?;
        let driver = nvml.sys_driver_version().ok();
        let memory_before_bytes = device.memory_info().ok().map(|memory| memory.used);
        let uuid = uuid.to_owned();
        let found = GpuUse { ordinal, uuid, driver, memory_before_bytes, ..GpuUse::default() };
        let none = Vec::new;
        Ok(Self {
            device,
            found,
            sm_mhz: none(),
            memory_mhz: none(),
            temperature_c: none(),
            power_w: none(),
        })
    }

    /// Looks once; whether clocks and heat count.
    pub(super) fn look(&mut self, counts: bool) {
        let Self { device, found, .. } = self;
        let used = device.memory_info().ok().map(|memory| memory.used);
        found.memory_peak_bytes = found.memory_peak_bytes.max(used);
        if !counts {
            return;
        }
        found.looks += 1;
        self.sm_mhz.extend(device.clock_info(Clock::SM).ok().map(f64::from));
        self.memory_mhz.extend(device.clock_info(Clock::Memory).ok().map(f64::from));
        let temperature = device.temperature(TemperatureSensor::Gpu).ok();
        self.temperature_c.extend(temperature.map(f64::from));
        self.power_w
            .extend(device.power_usage().ok().map(|milliwatts| f64::from(milliwatts) / 1e3));
        if let Ok(held) = device.current_throttle_reasons() {
            found.held_down_by.extend(reasons(held));
        }
    }

    pub(super) fn finish(self) -> GpuUse {
        GpuUse {
            sm_mhz: Spread::of(self.sm_mhz),
            memory_mhz: Spread::of(self.memory_mhz),
            temperature_c: Spread::of(self.temperature_c),
            power_w: Spread::of(self.power_w),
            ..self.found
        }
    }
}

fn reasons(held: ThrottleReasons) -> impl Iterator<Item = String> {
    let counts = REASONS.into_iter().filter(move |(reason, _)| held.contains(*reason));
    counts.map(|(_, words)| words.to_owned())
}

/// `GPU-` and the sixteen bytes as programs of NVIDIA write them.
pub(super) fn in_words(uuid: [u8; 16]) -> String {
    let dash = |index| if [4, 6, 8, 10].contains(&index) { "-" } else { "" };
    let bytes = uuid.iter().enumerate().map(|(index, byte)| format!("{}{byte:02x}", dash(index)));
    format!("GPU-{}", bytes.collect::<String>())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_gpu_is_called_as_nvidia_smi_calls_it() {
        let bytes = [0xf9, 0x0e, 0x5a, 0x01, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 0xff];
        assert_eq!(in_words(bytes), "GPU-f90e5a01-0203-0405-0607-08090a0b0cff");
    }

    #[test]
    fn a_spread_is_of_something() {
        assert_eq!(Spread::of(Vec::new()), None);
        let found = Spread::of(vec![3.0, 1.0, 2.0, 9.0]);
        assert_eq!(found, Some(Spread { min: 1.0, median: 3.0, max: 9.0 }));
    }

    #[test]
    fn an_idle_gpu_is_not_held_down() {
        let idle = ThrottleReasons::GPU_IDLE | ThrottleReasons::APPLICATIONS_CLOCKS_SETTING;
        assert_eq!(reasons(idle).count(), 0);
        let hot = idle | ThrottleReasons::SW_THERMAL_SLOWDOWN | ThrottleReasons::SW_POWER_CAP;
        assert_eq!(reasons(hot).collect::<Vec<_>>(), ["power limit", "heat"]);
    }
}
