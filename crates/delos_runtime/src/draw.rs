//! The graph as text for drawing programs.

use crate::component::Role;
use crate::plan::Plan;
use std::fmt::Write;

/// The graph as a Mermaid flow chart.
pub fn mermaid(plan: &Plan) -> String {
    let mut text = String::from("flowchart LR\n");
    for node in &plan.nodes {
        let (open, close) = match node.role {
            Role::Source => ("([", "])"),
            Role::Stage => ("[", "]"),
            Role::Observer => ("[/", "/]"),
        };
        let label = if node.id == node.kind {
            node.id.clone()
        } else {
            format!("{}<br/><i>{}</i>", node.id, node.kind)
        };
        let _ = writeln!(text, "  {}{open}\"{label}\"{close}", safe(&node.id));
    }
    for edge in plan.edges() {
        let _ =
            writeln!(text, "  {} -- \"{}\" --> {}", safe(&edge.from), edge.topic, safe(&edge.to));
    }
    text
}

/// The graph in Graphviz' DOT language.
pub fn dot(plan: &Plan) -> String {
    let mut text = format!("digraph \"{}\" {{\n  rankdir=LR;\n", plan.name);
    for node in &plan.nodes {
        let shape = match node.role {
            Role::Source => "ellipse",
            Role::Stage => "box",
            Role::Observer => "note",
        };
        let _ =
            writeln!(text, "  \"{0}\" [shape={shape}, label=\"{0}\\n{1}\"];", node.id, node.kind);
    }
    for edge in plan.edges() {
        let _ = writeln!(
            text,
            "  \"{}\" -> \"{}\" [label=\"{}\\n{}\"];",
            edge.from, edge.to, edge.topic, edge.type_name
        );
    }
    text.push_str("}\n");
    text
}

/// An id that Mermaid takes.
fn safe(id: &str) -> String {
    id.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '_' }).collect()
}
