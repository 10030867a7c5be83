//! Which groups are objects: of each tree of groups the cover that promises most right boxes.

use super::LidarDetector;
use super::classify::{self, Guess};
use super::cluster::Raised;
use super::levels::{LEVELS, Node, Piece, worth};
use super::shape::Shape;
use super::surroundings::{Standing, Surroundings};
use delos_geom::prior::Footprint;

impl LidarDetector {
    /// Appends the group as one object, or its parts where they promise more right boxes.
    pub(super) fn cover(&mut self, node: Node, pieces: &mut Vec<Piece>) {
        let points = self.points_of(node);
        if points < self.config.cluster.min_points as usize {
            return;
        }
        let parts = self.parts_of(node);
        if let [part] = parts {
            // What holds of the one holds of the other, and need not be measured twice.
            let part = Node { level: node.level + 1, group: *part };
            return self.cover(part, pieces);
        }
        let count = parts.len();
        let guess = self.guess(node);
        let first = pieces.len();
        if !node.is_settled(guess.as_ref()) {
            for part in 0..count {
                let group = self.parts_of(node)[part];
                self.cover(Node { level: node.level + 1, group }, pieces);
            }
            if !node.is_better_whole(guess.as_ref(), worth(&pieces[first..])) {
                return;
            }
        }
        pieces.truncate(first);
        pieces.push(Piece { node, guess, points });
    }

    /// The groups of the next level that a group falls into, ascending; none at the last level.
    pub(super) fn parts_of(&self, node: Node) -> &[u32] {
        if node.level + 1 < LEVELS { self.levels[node.level].parts.of(node.group) } else { &[] }
    }

    pub(super) fn members(&self, node: Node) -> impl Iterator<Item = &Raised> {
        let cells = self.levels[node.level].cells.of(node.group);
        cells.iter().flat_map(|cell| self.grid.points_in(*cell))
    }

    pub(super) fn points_of(&self, node: Node) -> usize {
        let cells = self.levels[node.level].cells.of(node.group);
        cells.iter().map(|cell| self.grid.points_in(*cell).len()).sum()
    }

    /// Measures a group and takes it for something.
    fn guess(&mut self, node: Node) -> Option<Guess> {
        let shape = self.measure(node)?;
        classify::guess(&shape, &|footprint| self.around(node, footprint))
    }

    /// `None` where the points lie so far apart that they are no road user's.
    pub(super) fn measure(&mut self, node: Node) -> Option<Shape> {
        let cells = self.levels[node.level].cells.of(node.group);
        if self.grid.is_too_large(cells) {
            return None;
        }
        self.points.clear();
        for cell in cells {
            for p in self.grid.points_in(*cell) {
                self.points.push(p);
            }
        }
        self.points.measure()
    }

    /// What is seen in and around a box of the group.
    pub(super) fn around(&self, node: Node, footprint: &Footprint) -> Surroundings {
        let group_of = &self.levels[node.level].group_of;
        self.seen_ground.around(footprint, |x, y| {
            match group_of.get(self.grid.cell_at(x, y) as usize) {
                None => Standing::Nothing,
                Some(group) if *group == node.group => Standing::Own,
                Some(_) => Standing::Other,
            }
        })
    }
}
