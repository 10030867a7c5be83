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
            let is_alone =
                self.truth_pairs[pairs[i].truth] == 1 && self.found_pairs[pairs[i].found] == 1;
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

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Number and cost of the best choice from pair `i` on, all choices tried.
    fn best(pairs: &[Pair], taken: &mut Vec<usize>, i: usize) -> (usize, f64) {
        let Some(pair) = pairs.get(i) else { return (0, 0.0) };
        let without = best(pairs, taken, i + 1);
        let is_free = |j: &usize| pairs[*j].truth != pair.truth && pairs[*j].found != pair.found;
        if pair.track > 0 || !taken.iter().all(is_free) {
            return without;
        }
        taken.push(i);
        let (count, cost) = best(pairs, taken, i + 1);
        taken.pop();
        let with = (count + 1, cost + pair.cost);
        let is_better = with.0 > without.0 || (with.0 == without.0 && with.1 < without.1);
        if is_better { with } else { without }
    }

    /// Pairs of up to five labelled and found boxes; track 1 is dropped.
    fn pairs() -> impl Strategy<Value = Vec<Pair>> {
        let cells = prop::array::uniform25((0..4u8, 0.0..1.0f64, prop::bool::weighted(0.1)));
        cells.prop_map(|cells| {
            let pair = |(i, (kind, cost, dropped)): (usize, (u8, f64, bool))| {
                let track = usize::from(dropped);
                (kind == 0).then_some(Pair { truth: i / 5, found: i % 5, track, cost })
            };
            cells.into_iter().enumerate().filter_map(pair).collect()
        })
    }

    proptest! {
        #[test]
        fn as_many_pairs_as_possible_and_these_cheap(pairs in pairs(), before in pairs()) {
            let mut tracks = [Track::new(&[1.0]), Track::new(&[0.0])];
            tracks[1].is_kept = false;
            let mut matcher = Matcher::default();
            matcher.make_room(5, 5);
            // What another frame leaves behind must not matter.
            matcher.choose(&before, 0..before.len(), &tracks);
            let chosen = matcher.choose(&pairs, 0..pairs.len(), &tracks).to_vec();
            for (i, j) in chosen.iter().flat_map(|i| chosen.iter().map(move |j| (*i, *j))) {
                let clash = pairs[i].truth == pairs[j].truth || pairs[i].found == pairs[j].found;
                prop_assert!(i == j || !clash);
            }
            prop_assert!(chosen.iter().all(|i| pairs[*i].track == 0));
            let (count, cost) = best(&pairs, &mut Vec::new(), 0);
            prop_assert_eq!(chosen.len(), count);
            let found: f64 = chosen.iter().map(|i| pairs[*i].cost).sum();
            prop_assert!((found - cost).abs() < 1e-9, "{} instead of {}", found, cost);
        }
    }
}
