//! A launch file checked against the components: what will run, in which order.

mod check;
mod order;

use crate::component::{Concurrency, Role};
use crate::error::LaunchError;
use crate::kinds::{Builder, Declared, Registry};
use crate::late::{Deadline, OnLate};
use crate::launch::{LaunchFile, NodeSpec, RunSettings};
use crate::ports::{Join, PortList};
use std::collections::{BTreeMap, BTreeSet};

/// One component of a checked graph.
pub struct PlanNode {
    /// Id in the launch file.
    pub id: String,
    /// Kind of component.
    pub kind: &'static str,
    /// What it is to the graph.
    pub role: Role,
    /// Instances that work side by side.
    pub replicas: usize,
    /// When it should be done with a frame.
    pub deadline: Deadline,
    /// Every parameter, defaults included.
    pub config: toml::Table,
    /// Its ports.
    pub ports: PortList,
    /// For each input the number of the topic it reads, if wired.
    pub inputs: Vec<Option<usize>>,
    /// For each output the number of the topic it writes.
    pub outputs: Vec<usize>,
    pub(crate) concurrency: Concurrency,
    pub(crate) builder: Builder,
    pub(crate) place: String,
    pub(crate) overridden: BTreeSet<String>,
}

/// A connection between two components.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Edge {
    /// Id of the writer.
    pub from: String,
    /// Id of the reader.
    pub to: String,
    /// Topic between them.
    pub topic: String,
    /// What it carries, for people.
    pub type_name: &'static str,
}

/// A graph that holds together, in topological order (ties by id).
pub struct Plan {
    /// Name of the run.
    pub name: String,
    /// How to run.
    pub run: RunSettings,
    /// Components; each one comes after everything it reads.
    pub nodes: Vec<PlanNode>,
    /// Topics by number.
    pub topics: Vec<String>,
    /// Number of the node that writes each topic.
    pub writers: Vec<usize>,
    /// Whether somebody takes the newest message of a topic instead of the frame's own.
    pub(crate) joined_by_stamp: Vec<bool>,
    source: usize,
}

impl std::fmt::Debug for Plan {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let ids: Vec<&str> = self.nodes.iter().map(|node| node.id.as_str()).collect();
        f.debug_struct("Plan")
            .field("name", &self.name)
            .field("nodes", &ids)
            .finish_non_exhaustive()
    }
}

impl Plan {
    /// Checks a launch file completely: kinds, keys, types, wiring, cycles.
    ///
    /// # Errors
    /// [`LaunchError`] that names the file and line and what would be right.
    pub fn new(launch: &LaunchFile, registry: &Registry) -> Result<Self, LaunchError> {
        launch.run.check().map_err(|message| LaunchError::Setting {
            place: launch.place_of_run(&message),
            message,
        })?;
        let mut drafts = Vec::new();
        for (id, spec) in &launch.nodes {
            drafts.push(draft(launch, registry, id, spec)?);
        }
        check::one_source(launch, &drafts)?;
        let topics = check::writers(launch, &drafts)?;
        for node in &mut drafts {
            check::wire(launch, &launch.nodes[&node.id], node, &topics)?;
        }
        check::types(launch, &drafts, &topics)?;
        let nodes = order::sorted(launch, drafts, &topics)?;
        Ok(Self::assemble(launch, nodes))
    }

    fn assemble(launch: &LaunchFile, nodes: Vec<Draft>) -> Self {
        let names = nodes.iter().flat_map(|node| node.writes.iter().cloned());
        let topics: Vec<String> = names.collect();
        let number: BTreeMap<&str, usize> =
            topics.iter().enumerate().map(|(i, name)| (name.as_str(), i)).collect();
        let mut writers = vec![0; topics.len()];
        let mut planned: Vec<PlanNode> = Vec::with_capacity(nodes.len());
        for (index, node) in nodes.into_iter().enumerate() {
            let find = |topic: &String| number.get(topic.as_str()).copied();
            let outputs: Vec<usize> = node.writes.iter().filter_map(find).collect();
            for topic in &outputs {
                writers[*topic] = index;
            }
            let inputs = node.reads.iter().map(|t| t.as_ref().and_then(find)).collect();
            planned.push(node.into_planned(inputs, outputs));
        }
        let mut joined_by_stamp = vec![false; topics.len()];
        for node in &planned {
            for (topic, port) in node.inputs.iter().zip(&node.ports.inputs) {
                if let (Some(topic), Join::Latest { .. }) = (topic, port.join) {
                    joined_by_stamp[*topic] = true;
                }
            }
        }
        let source = planned.iter().position(|node| node.role == Role::Source).unwrap_or(0);
        Self {
            name: launch.name.clone(),
            run: launch.run.clone(),
            nodes: planned,
            topics,
            writers,
            joined_by_stamp,
            source,
        }
    }

    /// Number of the source.
    pub const fn source(&self) -> usize {
        self.source
    }

    /// Every connection, by topic, then reader.
    pub fn edges(&self) -> Vec<Edge> {
        let mut edges = Vec::new();
        for (topic, name) in self.topics.iter().enumerate() {
            for node in &self.nodes {
                for (port, input) in node.inputs.iter().enumerate() {
                    if *input == Some(topic) {
                        edges.push(Edge {
                            from: self.nodes[self.writers[topic]].id.clone(),
                            to: node.id.clone(),
                            topic: name.clone(),
                            type_name: node.ports.inputs[port].type_name,
                        });
                    }
                }
            }
        }
        edges
    }

    /// The launch file with every parameter written out.
    pub fn resolved(&self) -> toml::Table {
        let mut table = toml::Table::new();
        table.insert("name".to_owned(), self.name.clone().into());
        if let Ok(run) = toml::Value::try_from(&self.run) {
            table.insert("run".to_owned(), run);
        }
        let nodes = self.nodes.iter().map(|node| (node.id.clone(), self.resolved_node(node)));
        table.insert("node".to_owned(), toml::Value::Table(nodes.collect()));
        table
    }

    fn resolved_node(&self, node: &PlanNode) -> toml::Value {
        let mut table = node.config.clone();
        table.insert("kind".to_owned(), node.kind.into());
        if node.replicas > 1 {
            table.insert(
                "replicas".to_owned(),
                toml::Value::Integer(i64::try_from(node.replicas).unwrap_or(1)),
            );
        }
        if let Some(ms) = node.deadline.after_ms {
            table.insert("deadline_ms".to_owned(), ms.into());
        }
        if node.deadline.on_late != OnLate::Keep
            && let Ok(choice) = toml::Value::try_from(node.deadline.on_late)
        {
            table.insert("on_late".to_owned(), choice);
        }
        let topic = |index: &usize| toml::Value::String(self.topics[*index].clone());
        let inputs = node.ports.inputs.iter().zip(&node.inputs);
        let reads: toml::Table = inputs
            .filter_map(|(port, wired)| Some((port.name.to_owned(), topic(wired.as_ref()?))))
            .collect();
        let outputs = node.ports.outputs.iter().zip(&node.outputs);
        let writes: toml::Table =
            outputs.map(|(port, index)| (port.name.to_owned(), topic(index))).collect();
        if !reads.is_empty() {
            table.insert("reads".to_owned(), reads.into());
        }
        if !writes.is_empty() {
            table.insert("writes".to_owned(), writes.into());
        }
        toml::Value::Table(table)
    }
}

/// A component whose parameters are read and whose topics are still names.
pub(crate) struct Draft {
    pub(crate) id: String,
    pub(crate) kind: &'static str,
    pub(crate) role: Role,
    pub(crate) concurrency: Concurrency,
    pub(crate) replicas: usize,
    pub(crate) deadline: Deadline,
    pub(crate) declared: Declared,
    pub(crate) reads: Vec<Option<String>>,
    pub(crate) writes: Vec<String>,
    pub(crate) place: String,
    pub(crate) overridden: BTreeSet<String>,
}

impl Draft {
    fn into_planned(self, inputs: Vec<Option<usize>>, outputs: Vec<usize>) -> PlanNode {
        PlanNode {
            id: self.id,
            kind: self.kind,
            role: self.role,
            replicas: self.replicas,
            deadline: self.deadline,
            config: self.declared.config,
            ports: self.declared.ports,
            inputs,
            outputs,
            concurrency: self.concurrency,
            builder: self.declared.builder,
            place: self.place,
            overridden: self.overridden,
        }
    }
}

fn draft(
    launch: &LaunchFile,
    registry: &Registry,
    id: &str,
    spec: &NodeSpec,
) -> Result<Draft, LaunchError> {
    let kind = registry.get(&spec.kind).map_err(|message| LaunchError::Setting {
        place: launch.place(id, Some("kind")),
        message,
    })?;
    let declared = (kind.declare)(&spec.config).map_err(|message| LaunchError::Setting {
        place: launch.place_of_config(id, &message),
        message: format!("node `{id}` ({}): {message}", spec.kind),
    })?;
    let replicas = spec.replicas.unwrap_or(1);
    if replicas > 1 && kind.info.concurrency == Concurrency::InOrder {
        return Err(LaunchError::Setting {
            place: launch.place(id, Some("replicas")),
            message: format!(
                "`{}` remembers earlier frames, so `replicas` must be 1, not {replicas}",
                spec.kind
            ),
        });
    }
    spec.deadline.check(kind.info.role).map_err(|message| LaunchError::Setting {
        place: launch
            .place(id, Some(if message.starts_with("`on") { "on_late" } else { "deadline_ms" })),
        message,
    })?;
    let writes = declared
        .ports
        .outputs
        .iter()
        .map(|port| spec.writes.get(port.name).cloned().unwrap_or_else(|| port.topic.clone()));
    Ok(Draft {
        id: id.to_owned(),
        kind: kind.info.name,
        role: kind.info.role,
        concurrency: kind.info.concurrency,
        replicas,
        deadline: spec.deadline,
        writes: writes.collect(),
        reads: Vec::new(),
        declared,
        place: launch.place(id, None),
        overridden: launch.overridden(id),
    })
}
