//! `delos components`.

use super::Outcome;
use crate::say;
use anyhow::{Result, bail};
use clap::Args;
use delos_runtime::{KindInfo, Registry, Role};

#[derive(Args)]
pub(crate) struct ComponentsArgs {
    /// Show this kind with its ports and every parameter
    kind: Option<String>,
}

pub(crate) fn components(args: &ComponentsArgs, registry: &Registry) -> Result<Outcome> {
    let Some(name) = &args.kind else {
        for kind in registry.kinds() {
            say::line(format!("{:<18} {}", kind.name, kind.about));
        }
        return Ok(Outcome::Done);
    };
    let Some(kind) = registry.kinds().find(|kind| kind.name == name) else {
        let known: Vec<&str> = registry.kinds().map(|kind| kind.name).collect();
        bail!("unknown kind `{name}`; known kinds: {}", known.join(", "));
    };
    show(kind)?;
    Ok(Outcome::Done)
}

fn show(kind: &KindInfo) -> Result<()> {
    let role = match kind.role {
        Role::Source => "source",
        Role::Stage => "stage",
        Role::Observer => "observer",
    };
    say::line(format!("{} ({role}): {}", kind.name, kind.about));
    for port in &kind.ports.inputs {
        let need = if port.optional { "optional" } else { "required" };
        say::line(format!(
            "  reads  {:<14} {:<16} from {} ({need})",
            port.name, port.type_name, port.topic
        ));
    }
    for port in &kind.ports.outputs {
        say::line(format!("  writes {:<14} {:<16} to {}", port.name, port.type_name, port.topic));
    }
    say::line("  parameters with their defaults:");
    for line in toml::to_string_pretty(&kind.defaults)?.lines() {
        say::line(format!("    {line}"));
    }
    if !kind.unset.is_empty() {
        say::line(format!("  parameters that may be set besides: {}", kind.unset.join(", ")));
    }
    Ok(())
}
