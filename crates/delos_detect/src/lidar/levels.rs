//! The same points grouped by several gaps, and the choice among the groups.
//!
//! No one gap is right: a van behind a lattice of poles falls apart under a narrow one, a
//! parked row melts under a wide one. So groups are made with a wide, the usual and a narrow
//! gap; those of the next level always lie inside one of the level before, and of each tree
//! the cover is taken that promises most right boxes.

use super::classify::Guess;
use super::config::ClusterConfig;
use super::groups::Groups;
use delos_core::ObjectClass;

/// How many gaps are tried.
pub(super) const LEVELS: usize = 3;
/// Level of the usual gap.
const USUAL: usize = 1;

/// A group of the usual gap, or a part, is not taken apart from this score on,
const GOOD_SCORE: f64 = 0.467;
/// one that is taken for a lorry from this: its parts look like smaller lorries.
const GOOD_TRUCK: f64 = 0.4;
/// Groups joined over the wide gap have at least this share: less is no evidence that they are one.
const LEAST_JOINED: f64 = 0.05;

/// Share of the gap at each level, widest first.
pub(super) const fn shares(config: &ClusterConfig) -> [f64; LEVELS] {
    [config.join_share, 1.0, config.split_share]
}

/// The groups that one gap makes.
#[derive(Default)]
pub(super) struct Level {
    pub(super) count: u32,
    /// Group of each occupied cell.
    pub(super) group_of: Vec<u32>,
    /// The cells of each group.
    pub(super) cells: Groups,
    /// The groups of the next level that each group falls into.
    pub(super) parts: Groups,
    /// Group of this level's predecessor that each group lies in.
    whole_of: Vec<u32>,
}

/// Lists the cells and the parts of each level's groups.
pub(super) fn list(levels: &mut [Level; LEVELS]) {
    for level in levels.iter_mut() {
        level.cells.fill(level.count, &level.group_of);
    }
    for number in 1..LEVELS {
        let (before, after) = levels.split_at_mut(number);
        if let (Some(whole), Some(part)) = (before.last_mut(), after.first_mut()) {
            part.whole_of.clear();
            part.whole_of.resize(part.count as usize, 0);
            for (group, of) in part.group_of.iter().zip(&whole.group_of) {
                part.whole_of[*group as usize] = *of;
            }
            whole.parts.fill(whole.count, &part.whole_of);
        }
    }
}

/// A group of a level.
#[derive(Clone, Copy)]
pub(super) struct Node {
    pub(super) level: usize,
    pub(super) group: u32,
}

impl Node {
    /// Whether its parts need not be looked at.
    pub(super) fn is_settled(self, guess: Option<&Guess>) -> bool {
        self.level + 1 >= LEVELS || (self.level >= USUAL && guess.is_some_and(is_good))
    }

    /// Whether the group is better taken as one than as its parts. The parts' shares add up to
    /// `worth`, how many right boxes they promise.
    pub(super) fn is_better_whole(self, guess: Option<&Guess>, worth: f64) -> bool {
        let share = guess.map_or(0.0, |g| g.share);
        if self.level >= USUAL { worth <= share } else { share >= LEAST_JOINED && share > worth }
    }
}

fn is_good(guess: &Guess) -> bool {
    let is_truck = guess.class == ObjectClass::Truck;
    guess.score >= if is_truck { GOOD_TRUCK } else { GOOD_SCORE }
}

/// A group as it is published.
#[derive(Clone, Copy)]
pub(super) struct Piece {
    pub(super) node: Node,
    pub(super) guess: Option<Guess>,
    pub(super) points: usize,
}

/// How many right boxes the pieces promise.
pub(super) fn worth(pieces: &[Piece]) -> f64 {
    pieces.iter().filter_map(|piece| piece.guess).map(|g| g.share).sum()
}

#[cfg(test)]
mod tests;
