//! Topological order.

use super::Draft;
use super::check::Writers;
use crate::error::LaunchError;
use crate::launch::LaunchFile;
use std::collections::BTreeSet;

/// Nodes in an order in which each one comes after everything it reads; ties by id.
pub(super) fn sorted(
    launch: &LaunchFile,
    drafts: Vec<Draft>,
    topics: &Writers,
) -> Result<Vec<Draft>, LaunchError> {
    let needs: Vec<BTreeSet<usize>> = drafts.iter().map(|node| needs(node, topics)).collect();
    let mut done: BTreeSet<usize> = BTreeSet::new();
    let mut order = Vec::with_capacity(drafts.len());
    while order.len() < drafts.len() {
        // Drafts are in the order of their ids, so the first ready one is the tie-break.
        let ready = (0..drafts.len()).find(|i| !done.contains(i) && needs[*i].is_subset(&done));
        let Some(next) = ready else {
            return Err(cycle(launch, &drafts, &needs, &done));
        };
        done.insert(next);
        order.push(next);
    }
    let mut slots: Vec<Option<Draft>> = drafts.into_iter().map(Some).collect();
    Ok(order.into_iter().filter_map(|index| slots[index].take()).collect())
}

fn needs(node: &Draft, topics: &Writers) -> BTreeSet<usize> {
    node.reads.iter().flatten().filter_map(|topic| Some(topics.get(topic)?.0)).collect()
}

/// The error that shows one cycle, for example `a -> b -> a`.
fn cycle(
    launch: &LaunchFile,
    drafts: &[Draft],
    needs: &[BTreeSet<usize>],
    done: &BTreeSet<usize>,
) -> LaunchError {
    let start = (0..drafts.len()).find(|index| !done.contains(index)).unwrap_or(0);
    let mut path = vec![start];
    while let Some(next) =
        path.last().and_then(|last| needs[*last].iter().find(|need| !done.contains(need)))
    {
        if let Some(from) = path.iter().position(|seen| seen == next) {
            path.drain(..from);
            path.push(*next);
            break;
        }
        path.push(*next);
    }
    // Readers were followed to their writers: messages flow the other way.
    let names: Vec<&str> = path.iter().rev().map(|index| drafts[*index].id.as_str()).collect();
    LaunchError::Graph {
        place: launch.place(names[0], None),
        message: format!("the graph has a cycle: {}", names.join(" -> ")),
    }
}
