//! How far each stage lies above what the machine allows.

use super::ceilings::Ceilings;
use crate::table;
use delos_core::parts;
use delos_infer::{Cost, Device};
use delos_runtime::analysis::{Analysis, SegmentFigures};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What a network has to do, and with how many threads.
#[derive(Clone, Copy, Debug)]
pub(super) struct NetworkWork {
    pub(super) cost: Cost,
    pub(super) threads: usize,
    pub(super) device: Device,
}

/// The networks, by component and part of its work.
pub(super) type Networks = BTreeMap<(String, String), NetworkWork>;

/// What keeps a stage from being faster still.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Bound {
    Memory,
    Arithmetic,
}

/// A stage and its floor.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Floor {
    pub(super) component: String,
    pub(super) part: String,
    /// Bytes and operations of a frame.
    pub(super) bytes: f64,
    pub(super) operations: f64,
    /// The time that they take at the ceilings: the longer of the two.
    pub(super) least_ms: f64,
    pub(super) bound: Bound,
    /// Median time; the mean where there are too few frames.
    pub(super) measured_ms: f64,
    /// How many times that is.
    pub(super) times: f64,
}

/// The floor of every stage whose work is known.
pub(super) fn floors(analysis: &Analysis, networks: &Networks, ceilings: &Ceilings) -> Vec<Floor> {
    let segments = analysis.segments.iter();
    segments.filter_map(|segment| floor(segment, networks, ceilings)).collect()
}

fn floor(segment: &SegmentFigures, networks: &Networks, ceilings: &Ceilings) -> Option<Floor> {
    let (component, part) = (segment.component.clone(), segment.share.clone());
    let network = networks.get(&(component.clone(), part.clone()));
    let cost = network.map(|network| network.cost).unwrap_or_default();
    let bytes = segment.bytes + cost.bytes as f64;
    let operations = segment.operations + cost.operations as f64;
    let (bytes_per_s, rate) = rates(&component, &part, networks, ceilings)?;
    let moving = bytes / bytes_per_s * 1e3;
    let counting = rate.map_or(0.0, |rate| operations / rate * 1e3);
    let least_ms = moving.max(counting);
    let bound = if counting > moving { Bound::Arithmetic } else { Bound::Memory };
    let measured_ms = segment.time.quantiles.p50.map_or(segment.time.mean_ms, |p50| p50.ms);
    let times = measured_ms / least_ms;
    (least_ms > 0.0).then_some(Floor {
        component,
        part,
        bytes,
        operations,
        least_ms,
        bound,
        measured_ms,
        times,
    })
}

/// Bytes and operations per second where this part of a component's work is done; `None` where that
/// is not known.
fn rates(
    component: &str,
    part: &str,
    networks: &Networks,
    ceilings: &Ceilings,
) -> Option<(f64, Option<f64>)> {
    let own = networks.iter().find(|((node, _), _)| node == component).map(|(_, work)| *work);
    let Some(number) = own.and_then(|work| work.device.gpu()) else {
        let threads = own.map_or(1, |work| work.threads);
        return Some((ceilings.bytes_per_s, ceilings.operations_per_s.get(&threads).copied()));
    };
    let gpu = ceilings.gpus.get(&number)?;
    match part {
        parts::UPLOAD | parts::DOWNLOAD => Some((gpu.uploaded_bytes_per_s, None)),
        _ => Some((gpu.copied_bytes_per_s, Some(gpu.operations_per_s))),
    }
}

/// The floors as a table, the ceilings below it.
pub(super) fn text(floors: &[Floor], ceilings: &Ceilings) -> String {
    if floors.is_empty() {
        return String::new();
    }
    let heads = ["at least", "MB", "MFLOP", "floor ms", "p50", "times floor", "bound by"];
    let mut rows = vec![heads.map(str::to_owned).to_vec()];
    for floor in floors {
        rows.push(vec![
            format!("{}: {}", floor.component, floor.part),
            format!("{:.2}", floor.bytes * 1e-6),
            format!("{:.1}", floor.operations * 1e-6),
            format!("{:.3}", floor.least_ms),
            format!("{:.3}", floor.measured_ms),
            format!("{:.1}", floor.times),
            match floor.bound {
                Bound::Memory => "memory".to_owned(),
                Bound::Arithmetic => "arithmetic".to_owned(),
            },
        ]);
    }
    let arithmetic = ceilings.operations_per_s.iter().map(|(threads, rate)| {
        format!(", {:.0} GFLOP/s multiplied by {threads} threads", rate * 1e-9)
    });
    let gpus = ceilings.gpus.iter().map(|(number, gpu)| {
        format!(
            "; cuda:{number} {:.0} GB/s copied, {:.1} GB/s uploaded, {:.0} TFLOP/s of f16",
            gpu.copied_bytes_per_s * 1e-9,
            gpu.uploaded_bytes_per_s * 1e-9,
            gpu.operations_per_s * 1e-12
        )
    });
    format!(
        "\n{}\nmeasured beside it: {:.1} GB/s copied by one thread{}{}\n",
        table::numbers(&rows),
        ceilings.bytes_per_s * 1e-9,
        arithmetic.collect::<String>().replace(" 1 threads", " 1 thread"),
        gpus.collect::<String>(),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use delos_infer::GpuCeilings;
    use delos_runtime::analysis::Figures;

    fn segment(share: &str, bytes: f64, ms: i64) -> SegmentFigures {
        SegmentFigures {
            component: "camera".into(),
            share: share.into(),
            on_path_ms: 0.0,
            time: Figures::of(vec![ms * 1_000_000; 30]),
            bytes,
            operations: 0.0,
        }
    }

    fn measured(device: Device) -> (Vec<Floor>, Ceilings) {
        let gpu = GpuCeilings {
            copied_bytes_per_s: 4e12,
            uploaded_bytes_per_s: 5e10,
            operations_per_s: 1e14,
        };
        let ceilings = Ceilings {
            bytes_per_s: 1e10,
            operations_per_s: [(1, 5e10)].into(),
            gpus: [(0, gpu)].into(),
        };
        let cost = Cost { operations: 1_000_000_000, bytes: 10_000_000 };
        let key = ("camera".to_owned(), "network".to_owned());
        let networks = Networks::from([(key, NetworkWork { cost, threads: 1, device })]);
        let segments = vec![
            segment("preprocess", 2e7, 3),
            segment("network", 0.0, 60),
            segment("postprocess", 0.0, 1),
            segment("upload", 1e6, 1),
        ];
        (floors(&Analysis { segments, ..Analysis::default() }, &networks, &ceilings), ceilings)
    }

    #[test]
    fn a_floor_is_the_longer_of_moving_and_counting() {
        let (floors, _) = measured(Device::Cpu);
        let [pre, network, _] = floors.as_slice() else { panic!("{floors:?}") };
        assert_eq!((pre.bound, pre.part.as_str()), (Bound::Memory, "preprocess"));
        assert!((pre.least_ms - 2.0).abs() < 1e-9 && (pre.times - 1.5).abs() < 1e-9);
        // 1 GFLOP at 50 GFLOP/s; its 10 MB would take 1 ms.
        assert_eq!(network.bound, Bound::Arithmetic);
        assert!((network.least_ms - 20.0).abs() < 1e-9 && (network.times - 3.0).abs() < 1e-9);
    }

    #[test]
    fn what_runs_on_a_gpu_is_held_against_that_gpu() {
        let (floors, _) = measured(Device::Cuda(0));
        let [pre, network, upload] = floors.as_slice() else { panic!("{floors:?}") };
        assert!((pre.least_ms - 2e7 / 4e12 * 1e3).abs() < 1e-12);
        assert!((network.least_ms - 0.01).abs() < 1e-12 && network.bound == Bound::Arithmetic);
        assert!((upload.least_ms - 0.02).abs() < 1e-12);
        let elsewhere = measured(Device::Cuda(1)).0;
        assert!(elsewhere.is_empty(), "nothing is known of another one: {elsewhere:?}");
    }

    #[test]
    fn the_table_names_the_ceilings() {
        let (floors, ceilings) = measured(Device::Cpu);
        let text = text(&floors, &ceilings);
        for words in
            ["camera: network", "arithmetic", "10.0 GB/s", "50 GFLOP/s multiplied by 1 thread"]
        {
            assert!(text.contains(words), "{words} in\n{text}");
        }
        assert_eq!(super::text(&[], &ceilings), "");
    }
}
