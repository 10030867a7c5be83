//! Of boxes that claim the same ground, the surest.

use super::classify::is_vehicle;
use delos_core::{Detection3d, Detections3d};
use delos_geom::iou_bev;

/// Boxes of a kind that overlap more from above are of one object.
const MOST_IOU: f64 = 0.1;

/// Drops what a surer box of its kind (vehicles, others) overlaps. Holds buffers.
#[derive(Default)]
pub(super) struct Overlaps {
    /// Boxes by their lowest x: number, lowest and highest x.
    spans: Vec<(u32, f64, f64)>,
    /// Overlapping pairs, the surer one first.
    pairs: Vec<(u32, u32)>,
    dropped: Vec<bool>,
}

impl Overlaps {
    /// Keeps the order of the others. Time grows with the boxes and the pairs that lie side by side.
    pub(super) fn drop_weaker(&mut self, found: &mut Detections3d) {
        self.list_pairs(&found.0);
        let place = |number: u32| &found.0[number as usize];
        self.pairs.sort_unstable_by(|a, b| {
            let key = |pair: &(u32, u32)| place(pair.0).score.get();
            key(b).total_cmp(&key(a)).then(a.cmp(b))
        });
        self.dropped.clear();
        self.dropped.resize(found.0.len(), false);
        for (surer, weaker) in &self.pairs {
            if !self.dropped[*surer as usize] {
                self.dropped[*weaker as usize] = true;
            }
        }
        let mut dropped = self.dropped.iter();
        found.0.retain(|_| dropped.next() == Some(&false));
    }

    /// Lists the pairs, by a sweep along x.
    fn list_pairs(&mut self, found: &[Detection3d]) {
        self.pairs.clear();
        self.spans.clear();
        self.spans.extend((0..).zip(found).map(|(number, d)| {
            let (x, reach) = (d.bbox.center.x(), reach(d));
            (number, x - reach, x + reach)
        }));
        self.spans.sort_unstable_by(|a, b| a.1.total_cmp(&b.1).then(a.0.cmp(&b.0)));
        for (at, (a, _, end)) in self.spans.iter().enumerate() {
            for (b, ..) in self.spans[at + 1..].iter().take_while(|(_, begin, _)| begin < end) {
                let (first, second) = (&found[*a as usize], &found[*b as usize]);
                if is_same(first, second) {
                    let a_is_surer = (second.score.get(), *a) < (first.score.get(), *b);
                    self.pairs.push(if a_is_surer { (*a, *b) } else { (*b, *a) });
                }
            }
        }
    }
}

/// Half the diagonal of a box, metres.
fn reach(d: &Detection3d) -> f64 {
    d.bbox.size.length().hypot(d.bbox.size.width()) / 2.0
}

fn is_same(a: &Detection3d, b: &Detection3d) -> bool {
    is_vehicle(a.class) == is_vehicle(b.class)
        && (a.bbox.center.y() - b.bbox.center.y()).abs() < reach(a) + reach(b)
        && iou_bev(&a.bbox, &b.bbox) > MOST_IOU
}

#[cfg(test)]
mod tests;
