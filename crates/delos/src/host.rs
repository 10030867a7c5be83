//! The machine and the program, and what this process has used of the machine.

use serde::{Deserialize, Serialize};
use std::fs;

/// The program that made a result.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Program {
    pub(crate) version: String,
    pub(crate) git_revision: String,
    /// Cargo's profile, `debug` or `release`; empty in files of earlier versions.
    #[serde(default)]
    pub(crate) profile: String,
}

impl Program {
    pub(crate) fn this() -> Self {
        Self {
            version: env!("CARGO_PKG_VERSION").to_owned(),
            git_revision: env!("DELOS_GIT_REVISION").to_owned(),
            profile: env!("DELOS_PROFILE").to_owned(),
        }
    }
}

/// The machine on which a result was made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Host {
    pub(crate) name: String,
    pub(crate) os: String,
    pub(crate) arch: String,
    pub(crate) cpu: String,
    pub(crate) cores: usize,
}

impl Host {
    pub(crate) fn this() -> Self {
        let unknown = |text: String| if text.is_empty() { "unknown".to_owned() } else { text };
        Self {
            name: unknown(read("/proc/sys/kernel/hostname").trim().to_owned()),
            os: std::env::consts::OS.to_owned(),
            arch: std::env::consts::ARCH.to_owned(),
            cpu: unknown(cpu(&read("/proc/cpuinfo"), &read("/proc/device-tree/model"))),
            cores: std::thread::available_parallelism().map_or(1, usize::from),
        }
    }
}

/// What this process has used so far; `None` where the system does not tell.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Usage {
    /// Processor time of all threads, seconds.
    pub(crate) cpu_s: Option<f64>,
    /// The most memory it ever held, bytes.
    pub(crate) peak_bytes: Option<u64>,
}

/// Ticks of the counters in `/proc/self/stat`, per second: fixed for user space on Linux.
const TICKS_PER_S: f64 = 100.0;

impl Usage {
    pub(crate) fn now() -> Self {
        let peak = field(&read("/proc/self/status"), "VmHWM");
        let kib = peak.and_then(|text| text.split(' ').next()?.parse::<u64>().ok());
        Self { cpu_s: cpu_seconds(&read("/proc/self/stat")), peak_bytes: kib.map(|n| n * 1024) }
    }
}

/// User and system time: fields 14 and 15; the name in field 2 may hold anything in brackets.
fn cpu_seconds(stat: &str) -> Option<f64> {
    let (_, after_name) = stat.rsplit_once(')')?;
    let mut fields = after_name.split_whitespace().skip(11);
    let ticks = fields.next()?.parse::<u64>().ok()? + fields.next()?.parse::<u64>().ok()?;
    Some(ticks as f64 / TICKS_PER_S)
}

/// The processor's name. Arm's tell two numbers instead, and the board a name for the whole of it.
fn cpu(cpuinfo: &str, board: &str) -> String {
    field(cpuinfo, "model name").unwrap_or_else(|| {
        let number = |name| field(cpuinfo, name).map(|number| format!("{name} {number}"));
        let board = board.trim_end_matches('\0').trim();
        let board = (!board.is_empty()).then(|| board.to_owned());
        let parts = [board, number("CPU implementer"), number("CPU part")];
        parts.into_iter().flatten().collect::<Vec<_>>().join(", ")
    })
}

/// The rest of the first line `name ... : rest`.
fn field(text: &str, name: &str) -> Option<String> {
    let line = text.lines().find_map(|line| line.strip_prefix(name))?;
    Some(line.split_once(':')?.1.trim().to_owned())
}

fn read(path: &str) -> String {
    fs::read_to_string(path).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn processor_time_is_read_behind_any_name() {
        let stat = "42 (a ) b) S 1 2 3 4 5 6 7 8 9 10 250 50 0 0 20 0 4 0 99";
        assert_eq!(cpu_seconds(stat), Some(3.0));
        assert_eq!(cpu_seconds(""), None);
    }

    #[test]
    fn processors_without_a_name_are_told_apart() {
        let x86 = "processor\t: 0\nmodel name\t: Some CPU @ 2 GHz\n";
        assert_eq!(cpu(x86, ""), "Some CPU @ 2 GHz");
        let arm = "processor\t: 0\nCPU implementer\t: 0x41\nCPU part\t: 0xd42\n";
        assert_eq!(
            cpu(arm, "NVIDIA Jetson\0"),
            "NVIDIA Jetson, CPU implementer 0x41, CPU part 0xd42"
        );
        assert_eq!(cpu("", ""), "");
    }

    #[test]
    #[cfg(target_os = "linux")]
    fn a_process_uses_something() {
        let usage = Usage::now();
        assert!(usage.cpu_s.is_some() && usage.peak_bytes.is_some_and(|bytes| bytes > 100_000));
        assert!(Host::this().cores > 0);
    }
}
