//! Running a plan.

use crate::build::BuildContext;
use crate::clock::Clock;
use crate::component::AnyComponent;
use crate::error::{LaunchError, RunError};
use crate::feed::feed;
use crate::plan::{Plan, PlanNode};
use crate::records::RunReport;
use crate::state::State;
use crate::worker::{Shared, guarded, work};
use std::collections::BTreeSet;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, PoisonError};

/// A way to stop a run from outside, for example from a Ctrl-C handler. Frames under way
/// are finished and results are closed.
#[derive(Clone, Debug, Default)]
pub struct Cancel(Arc<AtomicBool>);

impl Cancel {
    /// Asks the run to stop after the frames under way.
    pub fn cancel(&self) {
        self.0.store(true, Ordering::SeqCst);
    }

    /// Whether somebody has asked.
    pub fn is_cancelled(&self) -> bool {
        self.0.load(Ordering::SeqCst)
    }
}

type Pools = Vec<Vec<Box<dyn AnyComponent>>>;

/// Builds every component and runs the plan to its end.
///
/// The result (every digest) depends on the launch file and the data only: not on the
/// number of workers, not on their timing. Only `realtime` drops frames by wall time.
///
/// A failure while running is part of the report, so that complete frames before it are
/// not lost.
///
/// # Errors
/// [`LaunchError::Build`] when a component cannot start: nothing has run then.
pub fn run(
    plan: &Plan,
    context: &BuildContext,
    clock: &dyn Clock,
    cancel: &Cancel,
    on_frame: &(dyn Fn(u64) + Sync),
) -> Result<RunReport, LaunchError> {
    let (mut pools, build_ns) = build_all(plan, context, clock)?;
    let mut source = pools[plan.source()].pop();
    let start_ns = clock.now_ns();
    let shared = Shared {
        plan,
        clock,
        state: Mutex::new(State::new(plan, pools)),
        work: Condvar::new(),
        room: Condvar::new(),
        on_frame,
    };
    let mut interrupted = false;
    if let Some(source) = source.as_deref_mut() {
        interrupted = drive(&shared, source, cancel);
    }
    let mut state = shared.state.into_inner().unwrap_or_else(PoisonError::into_inner);
    let mut pools = state.take_pools();
    pools[plan.source()].extend(source);
    let finish_error = finish_all(plan, &mut pools);
    let mut report = report_of(plan, state, start_ns);
    report.interrupted = interrupted;
    report.build_ns = build_ns;
    match (&report.error, finish_error) {
        (None, error) => report.error = error,
        (Some(_), Some(error)) => tracing::error!("{error}"),
        (Some(_), None) => {}
    }
    Ok(report)
}

/// Builds every component but those in `skip`, and drops them again: finds what a run would
/// stumble over before its first frame.
///
/// # Errors
/// [`LaunchError::Build`] for the first component that cannot start.
pub fn check_start(plan: &Plan, context: &BuildContext, skip: &[&str]) -> Result<(), LaunchError> {
    let kept = plan.nodes.iter().filter(|node| !skip.contains(&node.id.as_str()));
    let context = context.for_workers(plan.run.workers_resolved());
    for node in kept {
        build_node(node, &context)?;
    }
    Ok(())
}

/// The components, and how long each node took to be made ready.
fn build_all(
    plan: &Plan,
    context: &BuildContext,
    clock: &dyn Clock,
) -> Result<(Pools, Vec<i64>), LaunchError> {
    let context = context.for_workers(plan.run.workers_resolved());
    let timed = plan.nodes.iter().map(|node| {
        let start = clock.now_ns();
        Ok((build_node(node, &context)?, clock.now_ns() - start))
    });
    timed.collect()
}

fn build_node(
    node: &PlanNode,
    context: &BuildContext,
) -> Result<Vec<Box<dyn AnyComponent>>, LaunchError> {
    let context = context.for_node(&node.id, &node.overridden);
    let build = || guarded(|| (node.builder)(&context));
    // More than there are workers would never be used.
    let replicas = node.replicas.min(context.workers().unwrap_or(node.replicas).max(1));
    let built = std::iter::repeat_with(build).take(replicas).collect::<Result<_, _>>();
    built.map_err(|source| LaunchError::Build {
        place: node.place.clone(),
        node: node.id.clone(),
        source,
    })
}

/// Runs feeder and workers to the end. Returns whether the run was cancelled.
fn drive(shared: &Shared<'_>, source: &mut dyn AnyComponent, cancel: &Cancel) -> bool {
    std::thread::scope(|scope| {
        for number in 0..shared.plan.run.workers_resolved() {
            let name = format!("worker-{number}");
            let spawned = std::thread::Builder::new()
                .name(name)
                .spawn_scoped(scope, move || work(shared, number + 1));
            if let Err(error) = spawned {
                shared.lock().fail_after_all(RunError::Thread(error));
                if number == 0 {
                    return false;
                }
                break;
            }
        }
        feed(shared, source, cancel)
    })
}

fn finish_all(plan: &Plan, pools: &mut Pools) -> Option<RunError> {
    let mut first = None;
    for (node, pool) in plan.nodes.iter().zip(pools) {
        for component in pool {
            if let Err(source) = guarded(|| component.finish()) {
                let error = RunError::Finish { node: node.id.clone(), source };
                first.get_or_insert(error);
            }
        }
    }
    first
}

fn report_of(plan: &Plan, mut state: State, start_ns: i64) -> RunReport {
    let frames = state.take_frames();
    let last = frames.iter().map(|frame| frame.published_ns).max();
    let mut said = BTreeSet::new();
    let mut notices = Vec::new();
    for (_, mut told) in std::mem::take(&mut state.notices) {
        told.sort();
        let named = told.into_iter().map(|(node, text)| (plan.nodes[node].id.clone(), text));
        notices.extend(named.filter(|notice| said.insert(notice.clone())));
    }
    RunReport {
        nodes: plan.nodes.iter().map(|node| node.id.clone()).collect(),
        frames,
        dropped: state.dropped,
        delivered: state.delivered,
        notices,
        interrupted: false,
        error: state.error,
        build_ns: Vec::new(),
        wall_ns: last.map_or(0, |last| last - start_ns),
    }
}
