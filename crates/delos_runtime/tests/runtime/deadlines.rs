//! Deadlines: misses are counted and blamed, late frames are left out where that is wished.

use crate::common::{NoConfig, Seen, Text, plan, registry};
use crate::known_delays::{CHAIN, Delay, End, measure};
use delos_runtime::analysis::DeadlineFigures;
use delos_runtime::{
    BuildContext, Cancel, Component, ComponentResult, In, Io, LatencyFile, LaunchFile, ManualClock,
    Plan, PortList, Role,
};
use std::sync::Arc;

/// Writes down what became of the deadlines before it.
struct Watch {
    _end: In<Text>,
    seen: Arc<Seen>,
}

impl Component for Watch {
    const KIND: &'static str = "watch_deadlines";
    const ABOUT: &'static str = "Looks at deadlines.";
    const ROLE: Role = Role::Observer;
    type Config = NoConfig;
    type Ports = In<Text>;

    fn ports(_: &NoConfig, list: &mut PortList) -> Self::Ports {
        list.optional("text", "text")
    }

    fn build(_: NoConfig, ports: Self::Ports, context: &BuildContext) -> ComponentResult<Self> {
        Ok(Self { _end: ports, seen: context.get::<Seen>().ok_or("no list")? })
    }

    fn process(&mut self, io: &mut Io<'_>) -> ComponentResult {
        let tell = |d: &delos_runtime::DeadlineOutcome<'_>| {
            let took = d.took.map_or_else(|| "left out".to_owned(), |t| t.to_string());
            format!("{} {took} of {}", d.component, d.allowed)
        };
        let line: Vec<String> = io.deadlines().iter().map(tell).collect();
        self.seen.0.lock().expect("no poison").push(line.join(", "));
        Ok(())
    }
}

#[test]
fn observers_see_what_became_of_deadlines() {
    let text = format!("{CHAIN}\n[node.watch]\nkind = \"watch_deadlines\"\n");
    let mut launch = LaunchFile::parse(&text, "chain.toml".as_ref()).expect("valid");
    let sets = [
        "run.workers=1",
        "run.window=1",
        "run.hz=50",
        "run.warmup=1",
        "run.pace=constant_stream",
        "run.deadline_ms=40",
        "source.frames=4",
        "first.slow_ms=100",
        "first.slow_every=3",
        "second.deadline_ms=50",
        "second.on_late=drop",
    ];
    for set in sets {
        launch.set(set).expect("valid");
    }
    let kinds = registry().with::<Delay>().with::<End>().with::<Watch>();
    let plan = Plan::new(&launch, &kinds).expect("valid");
    let (clock, seen) = (Arc::new(ManualClock::default()), Arc::new(Seen::default()));
    let context = BuildContext::default().with(Arc::clone(&clock)).with(Arc::clone(&seen));
    delos_runtime::run(&plan, &context, &*clock, &Cancel::default(), &|_| {}).expect("starts");
    let seen = seen.0.lock().expect("no poison");
    let on_time = "second 15.000 ms of 50.000 ms, end_to_end 15.000 ms of 40.000 ms";
    assert_eq!(seen[..2], [on_time, on_time]);
    assert_eq!(seen[2], "second left out of 50.000 ms, end_to_end left out of 40.000 ms");
}

/// (component, share, frames) of each entry of the blame.
fn blamed(figures: &DeadlineFigures) -> Vec<(&str, &str, usize)> {
    let blame = figures.blame.iter();
    blame.map(|b| (b.component.as_str(), b.share.as_str(), b.frames)).collect()
}

#[test]
fn misses_are_blamed_on_the_stage_that_used_the_time() {
    let (analysis, _) = measure(&[
        "run.pace=single_stream",
        "run.deadline_ms=40",
        "first.slow_ms=60",
        "first.slow_every=100",
        "second.slow_ms=30",
        "second.slow_every=50",
        "second.deadline_ms=50",
    ]);
    let [second, whole] = analysis.deadlines.as_slice() else { panic!("{analysis:?}") };
    assert_eq!((second.component.as_str(), second.missed, second.frames), ("second", 11, 1100));
    assert_eq!(blamed(second), [("first", "work", 11)]);
    assert_eq!((whole.component.as_str(), whole.missed, whole.left_out), ("end to end", 22, 0));
    assert_eq!(blamed(whole), [("first", "work", 11), ("second", "work", 11)]);
}

#[test]
fn a_source_that_comes_late_misses_its_deadline() {
    let stall =
        ["run.pace=constant_stream", "run.hz=50", "first.slow_ms=100", "first.slow_every=1000"];
    let sets: Vec<&str> = stall.into_iter().chain(["source.deadline_ms=1"]).collect();
    let source = &measure(&sets).0.deadlines[0];
    // The stall makes 115 of 15 ms: 95 ms too many, of which each frame's 20 ms take 5 back.
    assert_eq!((source.component.as_str(), source.missed, source.left_out), ("source", 19, 0));
    assert_eq!(blamed(source), [("source", "queued", 19)]);
}

#[test]
fn queueing_after_a_stall_is_blamed_on_the_queue() {
    let (analysis, _) = measure(&[
        "run.pace=constant_stream",
        "run.hz=50",
        "run.deadline_ms=30",
        "first.slow_ms=100",
        "first.slow_every=1000",
    ]);
    let whole = &analysis.deadlines[0];
    assert_eq!(blamed(whole), [("source", "queued", 16), ("first", "work", 1)]);
}

#[test]
fn late_frames_are_left_out_with_all_that_follows_from_them() {
    let stall = ["first.slow_ms=100", "first.slow_every=1000", "run.hz=50"];
    let with = |pace: &str, policy: &str| {
        let (pace, policy) = (format!("run.pace={pace}"), format!("first.on_late={policy}"));
        measure(&[stall[0], stall[1], stall[2], "first.deadline_ms=30", &pace, &policy])
    };
    let (analysis, report) = with("constant_stream", "drop");
    // Frames 1000 to 1004 are due 20 ms apart and begin 95, 75, 55, 35, 15 ms late.
    assert_eq!(analysis.left_out, 4);
    let first = &analysis.deadlines[0];
    assert_eq!((first.missed, first.left_out), (1, 4));
    let cut: Vec<_> = report.frames.iter().filter(|frame| !frame.is_whole()).collect();
    assert!(cut.iter().all(|frame| frame.work[3].skipped), "what follows is left out as well");
    assert_eq!(cut.iter().map(|f| f.header.tick).collect::<Vec<_>>(), [1000, 1001, 1002, 1003]);
    let latency = LatencyFile::of(&report);
    assert_eq!((latency.left_out, latency.end_to_end.count), (4, report.frames.len() - 4));
    for times in &latency.frames {
        let wanted: &[&str] =
            if (1000..1004).contains(&times.tick) { &["first", "second"] } else { &[] };
        assert!(times.left_out_by.iter().take(2).eq(wanted), "{times:?}");
    }

    assert_eq!(with("constant_stream", "keep").0.left_out, 0);
    let closed = with("single_stream", "drop").0;
    assert_eq!((closed.left_out, closed.deadlines[0].missed), (0, 1), "no loss in a closed loop");
    // With one frame under way at a time there never is a newer one to skip to.
    assert_eq!(with("constant_stream", "skip_to_newest").0.left_out, 0);
}

#[test]
fn deadlines_that_make_no_sense_are_refused() {
    for (setting, words) in [
        ("double.on_late=drop", "needs a `deadline_ms`"),
        ("double.deadline_ms=-1", "positive"),
        ("double.deadline_ms=soon", "number of milliseconds"),
        ("double.on_late=never", "skip_to_newest"),
        ("run.deadline_ms=-5", "deadline_ms"),
        ("source.on_late=drop", "nothing to decide for a source"),
        ("run.pace=constant_stream", "warmup"),
    ] {
        let error = plan(crate::common::LAUNCH, &[setting]).expect_err(setting).to_string();
        assert!(error.contains(words), "{setting}: {error}");
    }
}
