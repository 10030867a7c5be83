//! Boosted trees as a table: how sure a cluster is what it is taken for.
//!
//! The sum of the leaves that the evidence leads to is a logarithm of odds (Friedman 2001,
//! "Greedy Function Approximation: A Gradient Boosting Machine", algorithm 5), which a line then
//! makes a share of right boxes (Platt 1999). The table comes from
//! `models/training/clusters/train.py`.

use super::evidence::{EVIDENCE, Evidence};
use crate::DetectError;
use serde::Deserialize;

/// The table's version.
const VERSION: u32 = 1;
/// After so many trees it shows whether the others can still make a difference:
const GLANCE: usize = 20;
/// below this sum they cannot.
const HOPELESS: f64 = -4.5;
/// More classes, trees or leaves than this are no table of ours.
const MOST_TREES: usize = 4096;
const MOST_LEAVES: usize = 256;

/// The trees of all classes, checked.
#[derive(Clone, Debug)]
pub(super) struct Trees {
    kinds: Vec<Kind>,
}

/// The trees of one class.
#[derive(Clone, Debug)]
struct Kind {
    line: [f64; 2],
    /// Those of all trees, one tree after the other.
    nodes: Vec<Node>,
    /// Where each tree begins.
    roots: Vec<usize>,
}

/// A question, or an answer. Children count from the root.
#[derive(Clone, Copy, Debug)]
enum Node {
    Split { number: u16, threshold: f32, low: u16, high: u16 },
    Leaf(f32),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    version: u32,
    evidence: Vec<String>,
    kind: Vec<TableKind>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct TableKind {
    name: String,
    /// Slope and offset.
    line: [f64; 2],
    tree: Vec<TableTree>,
}

/// A tree: question `i` sends values up to `threshold[i]` to `low[i]`, others to `high[i]`; a
/// child `c >= 0` is a question, `c < 0` leaf `-1 - c`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct TableTree {
    number: Vec<u16>,
    threshold: Vec<f32>,
    low: Vec<i32>,
    high: Vec<i32>,
    leaf: Vec<f32>,
}

impl Trees {
    /// Reads a table whose kinds are those named, in this order.
    ///
    /// # Errors
    /// [`DetectError::Trees`] says what does not fit.
    pub(super) fn parse(text: &str, kinds: &[&str]) -> Result<Self, DetectError> {
        let table: Table = toml::from_str(text).map_err(|e| refused(e.message()))?;
        if table.version != VERSION {
            return Err(refused(&format!("version {}, not {VERSION}", table.version)));
        }
        if table.evidence != EVIDENCE {
            return Err(refused("made for other evidence; train again"));
        }
        let names: Vec<&str> = table.kind.iter().map(|kind| kind.name.as_str()).collect();
        if names != kinds {
            return Err(refused(&format!("kinds {names:?}, not {kinds:?}")));
        }
        let kinds = table.kind.iter().map(Kind::of).collect::<Result<_, _>>()?;
        Ok(Self { kinds })
    }

    /// Share of right boxes among those of this kind with such evidence, 0..=1.
    pub(super) fn share(&self, kind: usize, evidence: &Evidence) -> f64 {
        self.kinds.get(kind).map_or(0.0, |kind| kind.share(evidence))
    }
}

fn refused(reason: &str) -> DetectError {
    DetectError::Trees { reason: reason.to_owned() }
}

impl Kind {
    fn of(table: &TableKind) -> Result<Self, DetectError> {
        let wrong = |what: String| refused(&format!("{}: {what}", table.name));
        if table.tree.len() > MOST_TREES {
            return Err(wrong(format!("{} trees", table.tree.len())));
        }
        if table.line.iter().any(|v| !v.is_finite()) {
            return Err(wrong("a line that is not finite".to_owned()));
        }
        let mut kind = Self { line: table.line, nodes: Vec::new(), roots: Vec::new() };
        for (index, tree) in table.tree.iter().enumerate() {
            tree.check().map_err(|what| wrong(format!("tree {index}: {what}")))?;
            kind.push(tree);
        }
        Ok(kind)
    }

    /// Appends a tree that has been checked: its questions, then its leaves.
    fn push(&mut self, tree: &TableTree) {
        let questions = tree.number.len() as u16;
        let place = |child: i32| match u16::try_from(child) {
            Ok(question) => question,
            Err(_negative) => questions + (-1 - child) as u16,
        };
        self.roots.push(self.nodes.len());
        for i in 0..tree.number.len() {
            let (number, threshold) = (tree.number[i], tree.threshold[i]);
            let (low, high) = (place(tree.low[i]), place(tree.high[i]));
            self.nodes.push(Node::Split { number, threshold, low, high });
        }
        self.nodes.extend(tree.leaf.iter().map(|value| Node::Leaf(*value)));
    }

    fn share(&self, evidence: &Evidence) -> f64 {
        let mut sum = 0.0;
        for (number, root) in self.roots.iter().enumerate() {
            if number == GLANCE && sum < HOPELESS {
                break;
            }
            sum += f64::from(self.answer(*root, evidence));
        }
        1.0 / (1.0 + (-(self.line[0] * sum + self.line[1])).exp())
    }

    /// The leaf that the evidence leads to.
    fn answer(&self, root: usize, evidence: &Evidence) -> f32 {
        let tree = &self.nodes[root..];
        let mut at = 0;
        loop {
            match tree[usize::from(at)] {
                Node::Leaf(value) => return value,
                Node::Split { number, threshold, low, high } => {
                    at = if evidence[usize::from(number)] <= threshold { low } else { high };
                }
            }
        }
    }
}

impl TableTree {
    /// Whether every question leads on to a later one or to a leaf, by a number that there is.
    fn check(&self) -> Result<(), String> {
        let questions = self.number.len();
        let lists = [self.threshold.len(), self.low.len(), self.high.len()];
        if lists != [questions; 3] || self.leaf.len() != questions + 1 {
            return Err("lists of unequal length".to_owned());
        }
        if self.leaf.len() > MOST_LEAVES {
            return Err(format!("{} leaves", self.leaf.len()));
        }
        if let Some(number) = self.number.iter().find(|n| usize::from(**n) >= EVIDENCE.len()) {
            return Err(format!("evidence {number}"));
        }
        if self.threshold.iter().chain(&self.leaf).any(|v| !v.is_finite()) {
            return Err("a value that is not finite".to_owned());
        }
        let leads_on = |(from, child): (usize, &i32)| match usize::try_from(*child) {
            Ok(question) => question > from && question < questions,
            Err(_negative) => (-1 - child).unsigned_abs() as usize <= questions,
        };
        let children = self.low.iter().enumerate().chain(self.high.iter().enumerate());
        let all_lead_on = children.into_iter().all(leads_on);
        all_lead_on.then_some(()).ok_or_else(|| "a child that is none".to_owned())
    }
}

#[cfg(test)]
mod tests;
