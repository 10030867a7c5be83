//! `delos check`.

use super::Outcome;
use super::launch::{LaunchArgs, plan};
use crate::say;
use anyhow::Result;
use clap::Args;
use delos_components::{Environment, Wishes};
use delos_runtime::{BuildContext, Registry, check_start};
use std::sync::Arc;

#[derive(Args)]
pub(crate) struct CheckArgs {
    #[command(flatten)]
    launch: LaunchArgs,
    /// Check keys, types and wiring only; open no model and no data
    #[arg(long)]
    graph_only: bool,
}

pub(crate) fn check(args: &CheckArgs, registry: &Registry) -> Result<Outcome> {
    let launch = args.launch.load()?;
    let plan = plan(&launch, registry)?;
    let mut left_out = String::new();
    if args.graph_only {
        left_out.push_str("; models and data were not opened");
    } else {
        let has_data = args.launch.data.is_some()
            || launch.nodes.values().any(|node| node.config.contains_key("data"));
        let source = plan.nodes[plan.source()].id.as_str();
        let skip: &[&str] = if has_data { &[] } else { &[source] };
        let environment = Environment::new(Wishes {
            name: plan.name.clone(),
            data: args.launch.data.clone(),
            ort: args.launch.ort.clone(),
            ..Wishes::default()
        });
        let context = BuildContext::new(launch.folder()).with(Arc::new(environment));
        check_start(&plan, &context, skip)?;
        if !has_data {
            left_out.push_str("; data was not opened (no --data)");
        }
    }
    say::line(format!(
        "{}: {} components, {} topics, {} connections{left_out}",
        args.launch.launch.display(),
        plan.nodes.len(),
        plan.topics.len(),
        plan.edges().len(),
    ));
    Ok(Outcome::Done)
}
