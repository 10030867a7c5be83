//! Whether another assignment is as good.

use super::{CostPair, NONE, SparseAssigner};
use crate::assignment::refill;

impl SparseAssigner {
    /// Whether every other assignment of the same pairs costs more, by at least `margin`. Where
    /// it does not say so another may still cost up to a few margins more.
    ///
    /// Asked after [`SparseAssigner::assign`] with the same pairs. By complementary slackness
    /// another assignment of the same sum uses only pairs whose reduced cost is 0: it shifts
    /// rows around a cycle of such pairs, or along a path from a column that may be left free
    /// to one that is.
    pub fn is_unique(&mut self, pairs: &[CostPair], margin: f64) -> bool {
        self.find_links(pairs, margin);
        let ends = self.column_of.len() as u32;
        loop {
            // A row that can go nowhere is part of no cycle.
            let before = self.links.len();
            let can_begin = |row: u32| match self.column_of[row as usize] {
                NONE => true,
                column => self.column_price[column as usize] >= -margin,
            };
            let exits = &self.exits;
            let ends_meet = (0..ends).any(|row| exits[row as usize] > 0 && can_begin(row));
            self.links
                .retain(|(_, to)| if *to == ends { ends_meet } else { exits[*to as usize] > 0 });
            if self.links.is_empty() || self.links.len() == before {
                return self.links.is_empty();
            }
            self.count_exits();
        }
    }

    /// Lists which row could push which other out of its column at no cost. The number of
    /// rows stands for a free column, or none.
    fn find_links(&mut self, pairs: &[CostPair], margin: f64) {
        let ends = self.column_of.len() as u32;
        self.links.clear();
        for (row, column) in (0..ends).zip(&self.column_of) {
            let without = self.none_costs[row as usize] - self.row_price[row as usize];
            if *column != NONE && without < margin {
                self.links.push((row, ends));
            }
        }
        for pair in pairs.iter().filter(|pair| self.column_of[pair.row as usize] != pair.column) {
            let column = pair.column as usize;
            let price = self.row_price[pair.row as usize] + self.column_price[column];
            if pair.cost - price < margin {
                let owner = self.row_of[column];
                self.links.push((pair.row, if owner == NONE { ends } else { owner }));
            }
        }
        self.count_exits();
    }

    fn count_exits(&mut self) {
        refill(&mut self.exits, self.column_of.len(), 0);
        for (from, _) in &self.links {
            self.exits[*from as usize] += 1;
        }
    }
}
