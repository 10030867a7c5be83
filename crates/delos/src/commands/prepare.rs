//! `delos prepare`.

mod kernels;
mod steps;

use super::Outcome;
use super::launch::LaunchArgs;
use crate::say;
use anyhow::Result;
use clap::Args;
use delos_components::{Environment, Wishes, runs_network};
use delos_infer::OrtLibrary;
use delos_runtime::{BuildContext, Clock, MonotonicClock, Plan, Registry, check_start};
use std::sync::Arc;
use steps::Steps;

#[derive(Args)]
pub(crate) struct PrepareArgs {
    #[command(flatten)]
    launch: LaunchArgs,
}

pub(crate) fn prepare(args: &PrepareArgs, registry: &Registry) -> Result<Outcome> {
    let mut launch = args.launch.load()?;
    let plan = args.launch.plan(&mut launch, registry)?;
    let clock = Arc::new(MonotonicClock::start());
    let others: Vec<&str> =
        plan.nodes.iter().filter(|n| !runs_network(&n.config)).map(|n| n.id.as_str()).collect();
    if others.len() == plan.nodes.len() {
        say::line("nothing to prepare: no component of this launch file runs a network");
        return Ok(Outcome::Done);
    }
    let runtime = OrtLibrary::find(args.launch.ort.as_deref())?.load()?;
    say::line(format!("ONNX Runtime {} {}", runtime.version(), runtime.path().display()));
    let steps = Arc::new(Steps::new(Arc::clone(&clock)));
    let environment = Environment::new(Wishes {
        rehearse: true,
        witness: Some(steps.clone()),
        ..args.launch.wishes(&plan)
    });
    let context = BuildContext::new(launch.folder()).with(Arc::new(environment));
    check_start(&plan, &context, &others)?;
    let built = steps.engines() + kernels::prepare(&plan, &clock);
    let seconds = clock.now_ns() as f64 * 1e-9;
    say::line(conclusion(networks(&plan), built, seconds));
    Ok(Outcome::Done)
}

fn networks(plan: &Plan) -> usize {
    plan.nodes.iter().filter(|node| runs_network(&node.config)).count()
}

fn conclusion(networks: usize, built: usize, seconds: f64) -> String {
    let noun = if networks == 1 { "network" } else { "networks" };
    let found = match built {
        0 => "all that can be kept was there".to_owned(),
        1 => "one thing was built and is kept".to_owned(),
        built => format!("{built} things were built and are kept"),
    };
    format!("ready: {networks} {noun}; {found} ({seconds:.2} s)")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_line_says_whether_anything_was_built() {
        assert_eq!(
            conclusion(1, 0, 0.5),
            "ready: 1 network; all that can be kept was there (0.50 s)"
        );
        let built = conclusion(2, 3, 60.0);
        assert_eq!(built, "ready: 2 networks; 3 things were built and are kept (60.00 s)");
    }
}
