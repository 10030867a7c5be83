//! What one edge of the graph costs: from the end of the writer to the start of the reader.
//!
//! Three no-op components in a row, one frame under way at a time. `source -> first` wakes a
//! sleeping worker, `first -> second` goes to the worker that is running. Prints microseconds.

use delos_core::{Body, DigestHasher, Header, Stamp};
use delos_runtime::{
    BuildContext, Cancel, Component, ComponentResult, In, Io, LaunchFile, MonotonicClock, Out,
    Plan, PortList, Registry, Role, RunReport, percentile,
};
use serde::{Deserialize, Serialize};
use std::io::Write;
use std::sync::Arc;

const FRAMES: u64 = 20_000;
const LAUNCH: &str = "name = \"edge\"
[run]
window = 1
[node.source]
kind = \"ticks\"
[node.first]
kind = \"pass\"
[node.second]
kind = \"pass\"
reads = { input = \"passed\" }
writes = { output = \"twice\" }
";

struct Beat(u64);

impl Body for Beat {
    const NAME: &'static str = "beat";
    fn digest(&self, hasher: &mut DigestHasher) {
        hasher.u64(self.0);
    }
}

#[derive(Clone, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Nothing {}

struct Ticks(Out<Beat>, u64);

impl Component for Ticks {
    const KIND: &'static str = "ticks";
    const ABOUT: &'static str = "Counts.";
    const ROLE: Role = Role::Source;
    type Config = Nothing;
    type Ports = Out<Beat>;

    fn ports(_: &Nothing, list: &mut PortList) -> Out<Beat> {
        list.output("beat", "beat")
    }

    fn build(_: Nothing, port: Out<Beat>, _: &BuildContext) -> ComponentResult<Self> {
        Ok(Self(port, 0))
    }

    fn process(&mut self, io: &mut Io<'_>) -> ComponentResult {
        // Long enough between frames for the worker to fall asleep.
        std::thread::sleep(std::time::Duration::from_micros(200));
        let stamp = Stamp::from_nanos(self.1.cast_signed());
        io.begin(Arc::new(Header {
            sequence: "s".into(),
            frame: 0,
            stamp,
            tick: self.1,
            scene: 0,
        }));
        io.put(self.0, Beat(self.1));
        self.1 += 1;
        Ok(())
    }
}

struct Pass((In<Beat>, Out<Beat>));

impl Component for Pass {
    const KIND: &'static str = "pass";
    const ABOUT: &'static str = "Passes on.";
    type Config = Nothing;
    type Ports = (In<Beat>, Out<Beat>);

    fn ports(_: &Nothing, list: &mut PortList) -> Self::Ports {
        (list.input("input", "beat"), list.output("output", "passed"))
    }

    fn build(_: Nothing, ports: Self::Ports, _: &BuildContext) -> ComponentResult<Self> {
        Ok(Self(ports))
    }

    fn process(&mut self, io: &mut Io<'_>) -> ComponentResult {
        if let Some(beat) = io.get(self.0.0) {
            io.put(self.0.1, Beat(beat.0));
        }
        Ok(())
    }
}

fn run(workers: usize) -> RunReport {
    let registry = Registry::default().with::<Ticks>().with::<Pass>();
    let mut launch = LaunchFile::parse(LAUNCH, "edge.toml".as_ref()).expect("valid");
    launch.set(&format!("run.workers={workers}")).expect("a setting");
    launch.set(&format!("run.frames={FRAMES}")).expect("a setting");
    let plan = Plan::new(&launch, &registry).expect("valid");
    let clock = MonotonicClock::start();
    let context = BuildContext::default();
    delos_runtime::run(&plan, &context, &clock, &Cancel::default(), &|_| {}).expect("runs")
}

/// Time from the end of `writer` to the start of `reader`, ascending, nanoseconds.
fn gaps(report: &RunReport, writer: &str, reader: &str) -> Vec<i64> {
    let index = |id: &str| report.nodes.iter().position(|node| node == id).expect("a node");
    let (writer, reader) = (index(writer), index(reader));
    let frames = report.frames.iter();
    let mut gaps: Vec<i64> =
        frames.map(|frame| frame.spans[reader].start - frame.spans[writer].end).collect();
    gaps.sort_unstable();
    gaps
}

fn main() {
    let mut out = std::io::stdout().lock();
    let _ =
        writeln!(out, "edge                         workers  frames     p50     p99   p99.9  us");
    for workers in [1, 2] {
        let report = run(workers);
        for (name, writer, reader) in
            [("with a wake-up", "source", "first"), ("to a running worker", "first", "second")]
        {
            let gaps = gaps(&report, writer, reader);
            let at = |p| percentile(&gaps, p).unwrap_or(0) as f64 * 1e-3;
            let _ = writeln!(
                out,
                "{name:<28} {workers:>7} {FRAMES:>7} {:>7.2} {:>7.2} {:>7.2}",
                at(0.5),
                at(0.99),
                at(0.999)
            );
        }
    }
}
