//! Who belongs to whom in one frame.

use super::scene::{Pair, Track};
use delos_filter::{CostMatrix, assign_optimal};
use std::ops::Range;

/// Chooses as many pairs as possible, and among such choices the cheapest.
///
/// Most pairs have no rival and need no search. The rest, a few of a frame, goes to the
/// exact assignment.
#[derive(Default)]
pub(super) struct Matcher {
    truth_pairs: Vec<u32>,
    found_pairs: Vec<u32>,
    contested: Vec<usize>,
    costs: CostMatrix,
    chosen: Vec<usize>,
}

impl Matcher {
    /// Room for a sequence with so many labelled and found boxes.
    pub(super) fn make_room(&mut self, truths: usize, found: usize) {
        self.truth_pairs.resize(self.truth_pairs.len().max(truths), 0);
        self.found_pairs.resize(self.found_pairs.len().max(found), 0);
    }

    /// Indices of the chosen pairs among those of a frame whose track is kept.
    pub(super) fn choose(
        &mut self,
        pairs: &[Pair],
        of_frame: Range<usize>,
        tracks: &[Track],
    ) -> &[usize] {
        let kept = || of_frame.clone().filter(|i| tracks[pairs[*i].track].is_kept);
        self.chosen.clear();
        self.contested.clear();
        for pair in kept().map(|i| &pairs[i]) {
            self.truth_pairs[pair.truth] += 1;
            self.found_pairs[pair.found] += 1;
        }
        for i in kept() {
            let is_alone = self.truth_pairs[pairs[i].truth] == 1
                && self.found_pairs[pairs[i].found] == 1;
            if is_alone { self.chosen.push(i) } else { self.contested.push(i) }
        }
        for pair in &pairs[of_frame.clone()] {
            self.truth_pairs[pair.truth] = 0;
            self.found_pairs[pair.found] = 0;
        }
        if !self.contested.is_empty() {
            self.settle(pairs);
        }
        &self.chosen
    }

    /// Assigns the contested pairs.
    fn settle(&mut self, pairs: &[Pair]) {
        let truths = distinct(self.contested.iter().map(|i| pairs[*i].truth));
        let found = distinct(self.contested.iter().map(|i| pairs[*i].found));
        let place = |pair: &Pair| {
            let [row, column] = [(&truths, pair.truth), (&found, pair.found)]
                .map(|(all, one)| all.partition_point(|other| *other < one));
            (row, column)
        };
        self.costs.reset(truths.len(), found.len());
        for pair in self.contested.iter().map(|i| &pairs[*i]) {
            let (row, column) = place(pair);
            self.costs.set(row, column, pair.cost);
        }
        let columns = assign_optimal(&self.costs, f64::INFINITY);
        let is_chosen = |i: &&usize| {
            let (row, column) = place(&pairs[**i]);
            columns[row] == Some(column)
        };
        self.chosen.extend(self.contested.iter().filter(is_chosen));
    }
}

fn distinct(values: impl Iterator<Item = usize>) -> Vec<usize> {
    let mut all: Vec<_> = values.collect();
    all.sort_unstable();
    all.dedup();
    all
}
