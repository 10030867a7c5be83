//! `delos graph`.

use super::Outcome;
use super::launch::LaunchArgs;
use crate::say;
use anyhow::Result;
use clap::{Args, ValueEnum};
use delos_runtime::{Registry, dot, mermaid};

#[derive(Args)]
pub(crate) struct GraphArgs {
    #[command(flatten)]
    launch: LaunchArgs,
    /// Language of the drawing
    #[arg(long, value_enum, default_value_t = Format::Mermaid)]
    format: Format,
}

#[derive(Clone, Copy, ValueEnum)]
enum Format {
    /// For Markdown pages
    Mermaid,
    /// For Graphviz
    Dot,
    /// The launch file with every parameter written out
    Toml,
}

pub(crate) fn graph(args: &GraphArgs, registry: &Registry) -> Result<Outcome> {
    let mut launch = args.launch.load()?;
    let plan = args.launch.plan(&mut launch, registry)?;
    let text = match args.format {
        Format::Mermaid => mermaid(&plan),
        Format::Dot => dot(&plan),
        Format::Toml => toml::to_string_pretty(&plan.resolved())?,
    };
    say::line(text.trim_end());
    Ok(Outcome::Done)
}
