//! `delos check`.

use super::Outcome;
use super::launch::LaunchArgs;
use crate::say;
use crate::slow::Choices;
use anyhow::Result;
use clap::Args;
use delos_components::{Environment, Wishes};
use delos_runtime::{BuildContext, KindInfo, Registry, check_start};
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
    let mut launch = args.launch.load()?;
    let plan = args.launch.plan(&mut launch, registry)?;
    let mut left_out = String::new();
    if args.graph_only {
        left_out.push_str("; models and data were not opened");
    } else {
        let source = &plan.nodes[plan.source()];
        let lacks_data = takes_data(source.kind, registry)
            && args.launch.data.is_none()
            && !launch.nodes.values().any(|node| node.config.contains_key("data"));
        let skip: &[&str] = if lacks_data { &[source.id.as_str()] } else { &[] };
        let environment = Environment::new(Wishes {
            witness: Some(Arc::new(Choices)),
            ..args.launch.wishes(&plan)
        });
        let context = BuildContext::new(launch.folder()).with(Arc::new(environment));
        check_start(&plan, &context, skip)?;
        if lacks_data {
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

/// Whether a source of this kind reads data, and does not make its own.
fn takes_data(kind: &str, registry: &Registry) -> bool {
    let has_key = |known: &KindInfo| {
        known.defaults.contains_key("data") || known.unset.iter().any(|key| key == "data")
    };
    registry.kinds().any(|known| known.name == kind && has_key(known))
}
