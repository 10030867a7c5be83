//! Components whose delays are known: the figures of the analysis are those delays.
#![expect(clippy::float_cmp, reason = "delays are whole milliseconds: the figures are exact")]

use crate::common::{NoConfig, Number, Text, registry};
use delos_core::Parts;
use delos_runtime::analysis::{Analysis, Figures};
use delos_runtime::{
    BuildContext, Cancel, Component, ComponentResult, In, Io, LaunchFile, ManualClock, Out, Plan,
    PortList, RunReport,
};
use serde::{Deserialize, Serialize};
use std::sync::Arc;

#[derive(Clone, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct DelayConfig {
    /// Milliseconds for each frame.
    ms: i64,
    /// More milliseconds for every `slow_every`-th frame.
    slow_ms: i64,
    slow_every: i64,
    /// Milliseconds of `ms` in a part called network.
    network_ms: i64,
}

impl Default for DelayConfig {
    fn default() -> Self {
        Self { ms: 10, slow_ms: 0, slow_every: i64::MAX, network_ms: 0 }
    }
}

/// Moves the clock by a known time.
pub(crate) struct Delay {
    config: DelayConfig,
    ports: (In<Number>, Out<Number>),
    clock: Arc<ManualClock>,
}

impl Component for Delay {
    const KIND: &'static str = "delay";
    const ABOUT: &'static str = "Takes a known time.";
    type Config = DelayConfig;
    type Ports = (In<Number>, Out<Number>);

    fn ports(_: &DelayConfig, list: &mut PortList) -> Self::Ports {
        (list.input("number", "number"), list.output("after", "after"))
    }

    fn build(
        config: DelayConfig,
        ports: Self::Ports,
        context: &BuildContext,
    ) -> ComponentResult<Self> {
        let clock = context.get::<ManualClock>().ok_or("no clock")?;
        clock.advance_ns(7_000_000);
        Ok(Self { config, ports, clock })
    }

    fn process(&mut self, io: &mut Io<'_>) -> ComponentResult {
        let Some(number) = io.get(self.ports.0) else { return Err("no number".into()) };
        let DelayConfig { ms, slow_ms, slow_every, network_ms } = self.config;
        let is_slow = number.0 % slow_every == slow_every - 1;
        self.clock.advance_ns((ms - network_ms + if is_slow { slow_ms } else { 0 }) * 1_000_000);
        if network_ms > 0 {
            io.part("network");
            io.load(1000, 2000);
            self.clock.advance_ns(network_ms * 1_000_000);
        }
        io.put(self.ports.1, Number(number.0));
        Ok(())
    }
}

/// Says nothing, so that the graph ends somewhere.
pub(crate) struct End(In<Number>, Out<Text>);

impl Component for End {
    const KIND: &'static str = "end";
    const ABOUT: &'static str = "Ends the chain.";
    type Config = NoConfig;
    type Ports = (In<Number>, Out<Text>);

    fn ports(_: &NoConfig, list: &mut PortList) -> Self::Ports {
        (list.input("number", "second"), list.output("text", "text"))
    }

    fn build(_: NoConfig, ports: Self::Ports, _: &BuildContext) -> ComponentResult<Self> {
        Ok(Self(ports.0, ports.1))
    }

    fn process(&mut self, io: &mut Io<'_>) -> ComponentResult {
        let seen = io.get(self.0).ok_or("nothing came")?.0;
        io.put(self.1, Text(seen.to_string()));
        Ok(())
    }
}

/// A source and two components after each other.
pub(crate) const CHAIN: &str = "name = \"known delays\"
[node.source]
kind = \"count\"
frames = 1200
per_sequence = 5000

[node.first]
kind = \"delay\"
writes = { after = \"first\" }

[node.second]
kind = \"delay\"
ms = 5
network_ms = 3
reads = { number = \"first\" }
writes = { after = \"second\" }

[node.end]
kind = \"end\"
";

/// Runs [`CHAIN`] on one worker, one frame at a time, by a clock that only the components move.
pub(crate) fn measure(sets: &[&str]) -> (Analysis, RunReport) {
    measure_graph(CHAIN, sets)
}

/// The same for another graph.
fn measure_graph(text: &str, sets: &[&str]) -> (Analysis, RunReport) {
    let mut launch = LaunchFile::parse(text, "chain.toml".as_ref()).expect("valid");
    for set in ["run.workers=1", "run.window=1", "run.warmup=100"].iter().chain(sets) {
        launch.set(set).expect("valid");
    }
    let plan = Plan::new(&launch, &registry().with::<Delay>().with::<End>()).expect("valid");
    let clock = Arc::new(ManualClock::default());
    let context = BuildContext::default().with(Arc::clone(&clock));
    let report =
        delos_runtime::run(&plan, &context, &*clock, &Cancel::default(), &|_| {}).expect("starts");
    assert!(report.error.is_none(), "{:?}", report.error);
    (Analysis::of(&plan, &report), report)
}

/// Values of p50, p90, p95, p99, p99.9.
fn quantiles(figures: &Figures) -> [Option<f64>; 5] {
    figures.quantiles.all().map(|estimate| estimate.map(|e| e.ms))
}

#[test]
fn percentiles_are_those_of_the_delays() {
    let (analysis, _) =
        measure(&["run.pace=single_stream", "first.slow_ms=40", "first.slow_every=10"]);
    assert_eq!((analysis.frames, analysis.left_out), (1100, 0));
    let wanted = [Some(15.0), Some(15.0), Some(55.0), Some(55.0), None];
    assert_eq!(quantiles(&analysis.end_to_end), wanted);
    assert_eq!((analysis.end_to_end.mean_ms, analysis.end_to_end.max_ms), (19.0, 55.0));
    assert_eq!(analysis.first_frame_ms, Some(15.0));
    let start = |id: &str| analysis.start_ms.iter().find(|(node, _)| node == id).expect("there").1;
    assert_eq!((start("source"), start("first")), (0.0, 7.0));
    assert!((analysis.throughput_hz() - 1000.0 / 19.0).abs() < 0.5, "{}", analysis.wall_s);
}

#[test]
fn segments_add_up_to_the_latency() {
    let (analysis, _) =
        measure(&["run.pace=single_stream", "first.slow_ms=40", "first.slow_every=10"]);
    assert!((analysis.accounted_ms() - analysis.end_to_end.mean_ms).abs() < 1e-9);
    let of = |component: &str, share: &str| {
        let found = analysis.segments.iter().find(|s| s.component == component && s.share == share);
        found.expect("a segment")
    };
    assert_eq!(of("first", "work").on_path_ms, 14.0);
    assert_eq!(of("second", "work").on_path_ms, 2.0);
    let network = of("second", "network");
    assert_eq!((network.on_path_ms, network.bytes, network.operations), (3.0, 1000.0, 2000.0));
    assert_eq!(quantiles(&network.time)[0], Some(3.0));
}

#[test]
fn waiting_for_the_only_worker_is_the_work_it_does() {
    let text = format!(
        "{CHAIN}\n[node.side]\nkind = \"delay\"\nms = 2\nwrites = {{ after = \"side\" }}\n"
    );
    let (analysis, _) = measure_graph(&text, &["run.pace=single_stream"]);
    let on_path = |component: &str| {
        let own = analysis.segments.iter().filter(|s| s.component == component);
        own.map(|s| s.on_path_ms).sum::<f64>()
    };
    // The short way beside goes last: it waits while the worker does everything else.
    assert_eq!(["first", "second", "side"].map(on_path), [10.0, 5.0, 2.0]);
    assert_eq!(analysis.end_to_end.mean_ms, 17.0);
    assert!(!analysis.segments.iter().any(|s| s.share == "queued" && s.on_path_ms > 0.0));
}

/// Latencies after warming up, milliseconds.
fn latencies(report: &RunReport) -> Vec<i64> {
    report.frames.iter().skip(100).map(|frame| frame.latency_ns() / 1_000_000).collect()
}

#[test]
fn a_stall_makes_frames_wait_in_the_open_loop_and_not_in_the_closed_one() {
    // One frame of 1000 takes half a second more.
    let stall = ["first.slow_ms=500", "first.slow_every=1000"];
    let closed = measure(&[stall[0], stall[1], "run.pace=single_stream"]);
    assert_eq!(latencies(&closed.1).iter().filter(|ms| **ms > 15).count(), 1);

    let (analysis, report) =
        measure(&[stall[0], stall[1], "run.pace=constant_stream", "run.hz=50"]);
    let late: Vec<i64> = latencies(&report).into_iter().filter(|ms| *ms > 15).collect();
    // A frame every 20 ms, 15 ms of work: each frame catches up 5 ms.
    let wanted: Vec<i64> = (0..100).map(|n| 515 - 5 * n).collect();
    assert_eq!(late, wanted);
    let queued = analysis.segments.iter().find(|s| s.component == "source" && s.share == "queued");
    assert_eq!(queued.map(|s| s.time.max_ms), Some(495.0), "the wait is counted, and named");
    assert!((analysis.accounted_ms() - analysis.end_to_end.mean_ms).abs() < 1e-9);
    assert_eq!(analysis.jitter.period_ms.round(), 20.0);
}

#[test]
fn the_sensors_rate_comes_from_the_stamps() {
    // `count` stamps its frames at 10 Hz.
    let (analysis, _) = measure(&["run.pace=constant_stream", "run.rate=2"]);
    assert_eq!(analysis.jitter.period_ms, 50.0);
    assert_eq!(quantiles(&analysis.end_to_end)[3], Some(15.0));
}
