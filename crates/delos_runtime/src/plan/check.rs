//! The checks of a graph.

use super::Draft;
use crate::component::Role;
use crate::error::LaunchError;
use crate::launch::{LaunchFile, NodeSpec};
use crate::suggest;
use std::collections::BTreeMap;

/// Topic to (number of the node in the drafts, number of its output).
pub(super) type Writers = BTreeMap<String, (usize, usize)>;

fn graph_error(place: String, message: String) -> LaunchError {
    LaunchError::Graph { place, message }
}

/// Exactly one component brings frames in.
pub(super) fn one_source(launch: &LaunchFile, drafts: &[Draft]) -> Result<(), LaunchError> {
    let sources: Vec<&Draft> = drafts.iter().filter(|node| node.role == Role::Source).collect();
    match sources.as_slice() {
        [_] => Ok(()),
        [] => Err(graph_error(
            launch.path().display().to_string(),
            "there is no source: one node must bring frames in, for example kind = \"replay\""
                .to_owned(),
        )),
        [first, second, ..] => Err(graph_error(
            second.place.clone(),
            format!("two sources, `{}` and `{}`: a run has one", first.id, second.id),
        )),
    }
}

/// Every topic has one writer; every port named in `writes` exists.
pub(super) fn writers(launch: &LaunchFile, drafts: &[Draft]) -> Result<Writers, LaunchError> {
    let mut topics = Writers::new();
    for (index, node) in drafts.iter().enumerate() {
        let ports: Vec<&str> = node.declared.ports.outputs.iter().map(|p| p.name).collect();
        if let Some(spec) = launch.nodes.get(&node.id) {
            known_ports(launch, node, "writes", spec.writes.keys(), &ports)?;
        }
        for (port, topic) in node.writes.iter().enumerate() {
            if let Some((other, _)) = topics.insert(topic.clone(), (index, port)) {
                return Err(graph_error(
                    launch.place(&node.id, Some("writes")),
                    format!(
                        "topic `{topic}` has two writers, `{}` and `{}`",
                        drafts[other].id, node.id
                    ),
                ));
            }
        }
    }
    Ok(topics)
}

fn known_ports<'a>(
    launch: &LaunchFile,
    node: &Draft,
    key: &str,
    named: impl Iterator<Item = &'a String>,
    ports: &[&str],
) -> Result<(), LaunchError> {
    for name in named {
        if !ports.contains(&name.as_str()) {
            let hint = suggest::hint(name, ports.iter().copied());
            let list = ports.join(", ");
            return Err(graph_error(
                launch.place(&node.id, Some(key)),
                format!("`{}` has no port `{name}` in `{key}`{hint} Ports: {list}", node.id),
            ));
        }
    }
    Ok(())
}

/// Every required input is wired; every topic named in `reads` has a writer.
pub(super) fn wire(
    launch: &LaunchFile,
    spec: &NodeSpec,
    node: &mut Draft,
    topics: &Writers,
) -> Result<(), LaunchError> {
    let ports: Vec<&str> = node.declared.ports.inputs.iter().map(|port| port.name).collect();
    known_ports(launch, node, "reads", spec.reads.keys(), &ports)?;
    let mut reads = Vec::with_capacity(ports.len());
    for port in &node.declared.ports.inputs {
        let named = spec.reads.get(port.name);
        let topic = named.unwrap_or(&port.topic);
        if topics.contains_key(topic) {
            reads.push(Some(topic.clone()));
        } else if port.optional && named.is_none() {
            reads.push(None);
        } else {
            let hint = suggest::hint(topic, topics.keys().map(String::as_str));
            let list: Vec<&str> = topics.keys().map(String::as_str).collect();
            return Err(graph_error(
                launch.place(&node.id, Some("reads")),
                format!(
                    "input `{}` of `{}` reads topic `{topic}`, which nobody writes{hint} Topics: {}",
                    port.name,
                    node.id,
                    list.join(", ")
                ),
            ));
        }
    }
    node.reads = reads;
    Ok(())
}

/// Both ends of every topic carry the same type.
pub(super) fn types(
    launch: &LaunchFile,
    drafts: &[Draft],
    topics: &Writers,
) -> Result<(), LaunchError> {
    for node in drafts {
        for (input, topic) in node.declared.ports.inputs.iter().zip(&node.reads) {
            let Some((topic, (writer, port))) =
                topic.as_ref().and_then(|t| Some((t, topics.get(t)?)))
            else {
                continue;
            };
            if drafts[*writer].role == Role::Observer && node.role != Role::Observer {
                return Err(graph_error(
                    launch.place(&node.id, Some("reads")),
                    format!(
                        "`{}` reads topic `{topic}` of the observer `{}`: observers see a frame when \
                         every other component is done with it, so only observers can read them",
                        node.id, drafts[*writer].id
                    ),
                ));
            }
            let output = &drafts[*writer].declared.ports.outputs[*port];
            if output.type_id != input.type_id {
                return Err(graph_error(
                    launch.place(&node.id, Some("reads")),
                    format!(
                        "topic `{topic}` carries {} from `{}`, but input `{}` of `{}` wants {}",
                        output.type_name, drafts[*writer].id, input.name, node.id, input.type_name
                    ),
                ));
            }
        }
    }
    Ok(())
}
