//! A repetition of a measurement: from a cold start to the last frame.

use super::MeasureArgs;
use super::ceilings::Ceilings;
use super::floors::{NetworkWork, Networks};
use super::gpu::{GpuFigures, Watch};
use super::scenario::{Load, Scenario};
use crate::gpus::{Libraries, asked_for};
use crate::host::Usage;
use crate::report::data_digest;
use crate::{progress, say};
use anyhow::{Context, Result, bail};
use delos_components::{Environment, Facts, Wishes, WorkFact};
use delos_core::{Digest, DigestHasher};
use delos_infer::{Device, OrtLibrary};
use delos_runtime::analysis::Analysis;
use delos_runtime::{
    BuildContext, Cancel, Clock, LaunchFile, MonotonicClock, Plan, Registry, Role, RunReport,
    check_start,
};
use indicatif::ProgressBar;
use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

/// A chain and its load, checked.
pub(super) struct Bench {
    launch: LaunchFile,
    plan: Plan,
    load: Load,
    wishes: Wishes,
}

/// What a repetition leaves behind.
pub(super) struct Repetition {
    pub(super) analysis: Analysis,
    pub(super) report: RunReport,
    pub(super) facts: Facts,
    pub(super) cpu_s: Option<f64>,
    pub(super) peak_bytes: Option<u64>,
    pub(super) gpu: GpuFigures,
    /// Digest of everything the source delivered.
    pub(super) data_digest: String,
    /// Of all results of the first pass over the data up to each frame.
    pub(super) results: Vec<Digest>,
}

impl Bench {
    pub(super) fn new(args: &MeasureArgs, registry: &Registry) -> Result<Self> {
        let mut launch = args.launch.load()?;
        let load = args.load.load()?;
        if !args.with_observers {
            leave_observers_out(&mut launch, registry);
        }
        load.apply(&mut launch)?;
        if let Some(workers) = args.workers {
            let workers = toml::Value::Integer(i64::try_from(workers).unwrap_or(i64::MAX));
            launch.set_value("run", "workers", workers, "--workers")?;
        }
        read_again_and_again(&mut launch, registry, load.scenario)?;
        let load = load.resolved(&launch.run);
        let plan = args.launch.plan(&mut launch, registry)?;
        let wishes = args.launch.wishes(&plan);
        Ok(Self { launch, plan, load, wishes })
    }

    pub(super) const fn plan(&self) -> &Plan {
        &self.plan
    }

    pub(super) const fn load(&self) -> &Load {
        &self.load
    }

    /// What the networks have to do, and what the machine can do: asked after the measurement, so
    /// that nothing is warm before it.
    pub(super) fn limits(&self) -> Result<(Networks, Ceilings)> {
        let wishes = Wishes { count_work: true, witness: None, ..self.wishes.clone() };
        let environment = Arc::new(Environment::new(wishes));
        let context = BuildContext::new(self.launch.folder()).with(Arc::clone(&environment));
        let others = self.plan.nodes.iter().filter(|node| node.role != Role::Stage);
        let others: Vec<&str> = others.map(|node| node.id.as_str()).collect();
        check_start(&self.plan, &context, &others)?;
        let work = environment.facts().work.into_iter();
        let networks: Networks = work
            .map(|WorkFact { node, part, cost, threads, device }| {
                ((node, part.to_owned()), NetworkWork { cost, threads, device })
            })
            .collect();
        let on_cpu = networks.values().filter(|work| work.device == Device::Cpu);
        let threads: BTreeSet<usize> = on_cpu.map(|work| work.threads).collect();
        let gpus = networks.values().filter_map(|work| work.device.gpu()).collect();
        let runtime = if networks.is_empty() {
            None
        } else {
            Some(OrtLibrary::find(self.wishes.ort.as_deref())?.load()?)
        };
        Ok((networks, Ceilings::measure(runtime, &threads, &gpus)?))
    }

    /// What programs run networks on a GPU, where one asks for it.
    pub(super) fn gpu_libraries(&self) -> Option<Libraries> {
        let runtime = OrtLibrary::find(self.wishes.ort.as_deref()).and_then(|found| found.load());
        (!asked_for(&self.plan).is_empty()).then(|| runtime.ok().map(Libraries::of))?
    }

    /// Measures once, until the load's end or an interrupt.
    pub(super) fn repetition(&self, interrupt: &Cancel) -> Result<Repetition> {
        let environment = Arc::new(Environment::new(self.wishes.clone()));
        let context = BuildContext::new(self.launch.folder()).with(Arc::clone(&environment));
        let clock = MonotonicClock::start();
        let watch = Watch::start(&self.plan);
        let (before, bar) = (Usage::now(), progress::frames());
        let warm = || watch.count_from_now();
        let end = End::new(&self.load, (&clock, interrupt, &bar), &warm);
        let report =
            delos_runtime::run(&self.plan, &context, &clock, &end.stop, &|done| end.saw(done))?;
        bar.finish_and_clear();
        let after = Usage::now();
        for (node, notice) in &report.notices {
            say::aside(format!("note: {node}: {notice}"));
        }
        if let Some(error) = report.error {
            return Err(error.into());
        }
        let analysis = Analysis::of(&self.plan, &report);
        if analysis.frames == 0 && !interrupt.is_cancelled() {
            let (frames, warmup) = (report.frames.len(), self.load.warmup);
            bail!("nothing to measure: {frames} frames, and the first {warmup} are for warming up");
        }
        Ok(Repetition {
            cpu_s: after.cpu_s.zip(before.cpu_s).map(|(after, before)| after - before),
            peak_bytes: after.peak_bytes,
            gpu: watch.stop(),
            data_digest: data_digest(&report),
            results: results(&report),
            facts: environment.facts(),
            analysis,
            report,
        })
    }
}

/// Observers are no part of the chain.
fn leave_observers_out(launch: &mut LaunchFile, registry: &Registry) {
    let observers: Vec<&str> =
        registry.kinds().filter(|kind| kind.role == Role::Observer).map(|kind| kind.name).collect();
    launch.nodes.retain(|_, node| !observers.contains(&node.kind.as_str()));
}

/// Sources that can begin anew do so; where reading counts, they read nothing ahead. What the
/// user has set himself stays.
fn read_again_and_again(
    launch: &mut LaunchFile,
    registry: &Registry,
    scenario: Scenario,
) -> Result<()> {
    let ids: Vec<(String, String)> =
        launch.nodes.iter().map(|(id, node)| (id.clone(), node.kind.clone())).collect();
    for (id, kind) in ids {
        let Some(known) = registry.kinds().find(|known| known.name == kind) else { continue };
        for (key, counts) in [("passes", true), ("prefetch", scenario.pace().counts_reading())] {
            let own = launch.set_by(&id, key).is_some();
            let takes = known.role == Role::Source && known.defaults.contains_key(key);
            if counts && takes && !own {
                launch
                    .set_value(&id, key, 0.into(), "delos bench")
                    .with_context(|| format!("node `{id}`"))?;
            }
        }
    }
    Ok(())
}

/// Decides when a measurement is over.
struct End<'a> {
    load: &'a Load,
    clock: &'a MonotonicClock,
    interrupt: &'a Cancel,
    bar: &'a ProgressBar,
    stop: Cancel,
    /// Told once, when the warm-up is over.
    warm: &'a (dyn Fn() + Sync),
    /// When the last frame of the warm-up had left; negative before.
    warm_ns: AtomicI64,
}

impl<'a> End<'a> {
    fn new(
        load: &'a Load,
        (clock, interrupt, bar): (&'a MonotonicClock, &'a Cancel, &'a ProgressBar),
        warm: &'a (dyn Fn() + Sync),
    ) -> Self {
        if let Some(queries) = load.queries {
            progress::set_total(bar, queries + load.warmup);
        }
        let (stop, warm_ns) = (Cancel::default(), AtomicI64::new(-1));
        Self { load, clock, interrupt, bar, stop, warm, warm_ns }
    }

    /// So many frames are done.
    fn saw(&self, done: u64) {
        self.bar.set_position(done);
        let now = self.clock.now_ns();
        if done >= self.load.warmup {
            // The first who sees it; the value stays.
            let was = self.warm_ns.compare_exchange(-1, now, Ordering::SeqCst, Ordering::SeqCst);
            if was.is_ok() {
                (self.warm)();
            }
        }
        let warm = self.warm_ns.load(Ordering::SeqCst);
        let over = self
            .load
            .duration_s
            .is_some_and(|s| warm >= 0 && now.saturating_sub(warm) as f64 * 1e-9 >= s);
        if over || self.interrupt.is_cancelled() {
            self.stop.cancel();
        }
    }
}

/// Digests over what every component sent in the first pass over the data, up to and with each frame: equal in every
/// repetition as far as both got, unless frames were left out.
fn results(report: &RunReport) -> Vec<Digest> {
    let first_pass = report.frames.iter().take_while(|frame| !frame.header.sequence.contains('#'));
    let up_to = first_pass.scan(Digest(0), |before, frame| {
        let mut hasher = DigestHasher::default();
        hasher.bytes(&before.0.to_le_bytes());
        hasher.text(&frame.header.sequence).u32(frame.header.frame);
        for digest in &frame.digests {
            hasher.bytes(&digest.0.to_le_bytes());
        }
        *before = hasher.finish();
        Some(*before)
    });
    up_to.collect()
}
