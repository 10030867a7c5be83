//! Where the nodes of a network really run.

mod raw;

use crate::Device;
use ort::session::Session;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fmt;

/// The setting under which ONNX Runtime 1.24 and later remembers how it has shared out the nodes.
pub(super) const RECORD: &str = "session.record_ep_graph_assignment_info";

const PROCESSOR: &str = "CPUExecutionProvider";

/// Where the nodes of a network really run, as ONNX Runtime has shared them out when it opened the
/// network; afterwards it still joins neighbours of one provider into fewer nodes.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Placement {
    /// The network: its file, or "model in memory".
    pub network: String,
    /// The device asked for.
    pub asked: Device,
    /// The device obtained, never [`Device::Auto`].
    pub obtained: Device,
    /// How many nodes each execution provider runs, by ONNX Runtime's name of the provider.
    pub nodes: BTreeMap<String, usize>,
    /// Nodes that the processor runs although a GPU was obtained, in the order of the network.
    pub fallen_back: Vec<PlacedNode>,
    /// Copies between the processor's memory and the device's within the network, in each run; those
    /// of inputs and outputs do not count. `None` where this ONNX Runtime does not tell.
    pub copies: Option<usize>,
}

/// A node of a network.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct PlacedNode {
    /// Name of the node.
    pub name: String,
    /// Type of the operator, for example `Conv`.
    pub operator: String,
}

/// Nodes and the provider that runs them.
struct Share {
    provider: String,
    nodes: Vec<PlacedNode>,
}

impl Placement {
    /// Asks a session that was opened with [`RECORD`].
    pub(super) fn of(
        session: &Session,
        network: &str,
        asked: Device,
        obtained: Device,
        copies: Option<usize>,
    ) -> ort::Result<Self> {
        let shares = raw::shares(session)?;
        Ok(Self::new(shares, network, asked, obtained, copies))
    }

    fn new(
        shares: Vec<Share>,
        network: &str,
        asked: Device,
        obtained: Device,
        copies: Option<usize>,
    ) -> Self {
        let (mut nodes, mut on_processor) = (BTreeMap::new(), Vec::new());
        for share in shares {
            if share.provider == PROCESSOR {
                on_processor.extend(share.nodes.iter().cloned());
            }
            *nodes.entry(share.provider).or_default() += share.nodes.len();
        }
        let fallen_back = if obtained.gpu().is_some() { on_processor } else { Vec::new() };
        Self { network: network.to_owned(), asked, obtained, nodes, fallen_back, copies }
    }

    /// How many nodes there are.
    pub fn node_count(&self) -> usize {
        self.nodes.values().sum()
    }
}

/// `84 nodes on CUDA, 4 on CPU (Shape 3, Gather 1), 6 copies`.
impl fmt::Display for Placement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shares: Vec<_> = self.nodes.iter().collect();
        shares.sort_by_key(|(name, count)| (std::cmp::Reverse(**count), *name));
        for (position, (name, count)) in shares.into_iter().enumerate() {
            let name = name.strip_suffix("ExecutionProvider").unwrap_or(name);
            let (before, noun) = match (position, count) {
                (0, 1) => ("", " node"),
                (0, _) => ("", " nodes"),
                _ => (", ", ""),
            };
            write!(f, "{before}{count}{noun} on {name}")?;
            if name == "CPU" && !self.fallen_back.is_empty() {
                write!(f, " ({})", operators(&self.fallen_back))?;
            }
        }
        match self.copies {
            _ if self.obtained.gpu().is_none() => Ok(()),
            None => f.write_str(", copies not known"),
            Some(0) => f.write_str(", no copies"),
            Some(1) => f.write_str(", 1 copy"),
            Some(copies) => write!(f, ", {copies} copies"),
        }
    }
}

/// How often each operator occurs, the most frequent first: `Shape 3, Gather 1`.
pub(super) fn operators(nodes: &[PlacedNode]) -> String {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for node in nodes {
        *counts.entry(&node.operator).or_default() += 1;
    }
    let mut counts: Vec<_> = counts.into_iter().collect();
    counts.sort_by_key(|(name, count)| (std::cmp::Reverse(*count), *name));
    let words: Vec<_> = counts.iter().map(|(name, count)| format!("{name} {count}")).collect();
    words.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn share(provider: &str, operators: &[&str]) -> Share {
        let node = |(at, name): (usize, &&str)| PlacedNode {
            name: format!("{name}_{at}"),
            operator: (*name).to_owned(),
        };
        let nodes = operators.iter().enumerate().map(node).collect();
        Share { provider: format!("{provider}ExecutionProvider"), nodes }
    }

    fn placed(obtained: Device, shares: Vec<Share>, copies: Option<usize>) -> Placement {
        Placement::new(shares, "net.onnx", Device::Auto, obtained, copies)
    }

    #[test]
    fn what_fell_back_is_named_and_counted() {
        let shares = vec![
            share("CUDA", &["Conv", "Conv", "Relu"]),
            share("CPU", &["Shape", "Gather"]),
            share("CUDA", &["Conv"]),
            share("CPU", &["Shape"]),
        ];
        let placement = placed(Device::Cuda(0), shares, Some(2));
        let wanted = "4 nodes on CUDA, 3 on CPU (Shape 2, Gather 1), 2 copies";
        assert_eq!(placement.to_string(), wanted);
        let names: Vec<_> = placement.fallen_back.iter().map(|node| node.name.as_str()).collect();
        assert_eq!(names, ["Shape_0", "Gather_1", "Shape_0"]);
        assert_eq!(placement.node_count(), 7);
    }

    #[test]
    fn the_processor_has_nothing_to_fall_back_from() {
        let placement = placed(Device::Cpu, vec![share("CPU", &["Conv"])], Some(0));
        assert_eq!(placement.to_string(), "1 node on CPU");
        assert!(placement.fallen_back.is_empty());
    }

    #[test]
    fn copies_that_nobody_tells_are_not_none() {
        let on_gpu = |copies| placed(Device::Cuda(1), vec![share("CUDA", &["Conv"])], copies);
        assert_eq!(on_gpu(Some(0)).to_string(), "1 node on CUDA, no copies");
        assert_eq!(on_gpu(Some(1)).to_string(), "1 node on CUDA, 1 copy");
        assert_eq!(on_gpu(None).to_string(), "1 node on CUDA, copies not known");
    }
}
