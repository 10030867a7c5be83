//! The network's numbers into candidate boxes.

use super::Fit;
use delos_core::{Box2, ObjectClass};

/// Boxes before suppression, in the network's order, in the image's pixels.
#[derive(Clone, Debug, Default)]
pub(super) struct Candidates {
    pub(super) boxes: Vec<Box2>,
    pub(super) scores: Vec<f32>,
    pub(super) classes: Vec<ObjectClass>,
}

impl Candidates {
    pub(super) fn clear(&mut self) {
        self.boxes.clear();
        self.scores.clear();
        self.classes.clear();
    }

    /// Leaves the best ones alone, by (score descending, place ascending), in the network's order.
    pub(super) fn keep_best(&mut self, most: usize) {
        if self.scores.len() <= most {
            return;
        }
        let Self { boxes, scores, classes } = self;
        let mut places: Vec<usize> = (0..scores.len()).collect();
        places.sort_by(|a, b| scores[*b].total_cmp(&scores[*a]).then(a.cmp(b)));
        places.truncate(most);
        places.sort_unstable();
        *boxes = places.iter().map(|place| boxes[*place]).collect();
        *scores = places.iter().map(|place| scores[*place]).collect();
        *classes = places.iter().map(|place| classes[*place]).collect();
    }

    /// Adds a box unless its class is not wanted or its numbers are not finite.
    fn push(&mut self, bbox: Box2, class: Option<ObjectClass>, score: f32) {
        let finite = [bbox.x1, bbox.y1, bbox.x2, bbox.y2].iter().all(|edge| edge.is_finite());
        if let Some(class) = class.filter(|_| finite) {
            self.boxes.push(bbox);
            self.scores.push(score);
            self.classes.push(class);
        }
    }
}

/// What a decoder needs to know about the network.
#[derive(Clone, Debug)]
pub(super) struct Layout {
    pub(super) size: [u32; 2],
    pub(super) strides: Vec<u32>,
    /// Class of each class number, `None` for those to leave out.
    pub(super) classes: Vec<Option<ObjectClass>>,
}

impl Layout {
    fn class(&self, number: usize) -> Option<ObjectClass> {
        self.classes.get(number).copied().flatten()
    }
}

/// YOLOX, `[n, 5 + classes]`; see [`reference::decode_yolox`](super::reference::decode_yolox).
/// Class scores are at most 1, so that a row whose objectness is too low needs no further look.
pub(super) fn yolox(
    output: &[f32],
    layout: &Layout,
    threshold: f32,
    fit: &Fit,
    out: &mut Candidates,
) {
    let columns = 5 + layout.classes.len();
    let mut rest = output;
    for stride in &layout.strides {
        let (across, down) = (layout.size[0] / stride, layout.size[1] / stride);
        let rows = (across as usize * down as usize * columns).min(rest.len());
        let (level, after) = rest.split_at(rows);
        rest = after;
        for (cell, row) in level.chunks_exact(columns).enumerate() {
            if row[4] >= threshold {
                let (x, y) = (cell as u32 % across, cell as u32 / across);
                yolox_row(row, *stride as f32, [x as f32, y as f32], layout, threshold, fit, out);
            }
        }
    }
}

fn yolox_row(
    row: &[f32],
    stride: f32,
    cell: [f32; 2],
    layout: &Layout,
    threshold: f32,
    fit: &Fit,
    out: &mut Candidates,
) {
    let (class, best) = best_of(&row[5..]);
    let score = row[4] * best;
    if score >= threshold {
        let centre = [(row[0] + cell[0]) * stride, (row[1] + cell[1]) * stride];
        let size = [exp(row[2]) * stride, exp(row[3]) * stride];
        out.push(fit.box_in_image(centre, size), layout.class(class), score);
    }
}

/// `e^x`, rounded once from f64: a GPU gives the same bits, where `f32::exp` is off by one in a few
/// of a thousand.
pub(super) fn exp(x: f32) -> f32 {
    f64::from(x).exp() as f32
}

/// The highest score and its number, the lowest number among equals; NaN never wins.
fn best_of(scores: &[f32]) -> (usize, f32) {
    let best = scores.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    (scores.iter().position(|score| *score >= best).unwrap_or(0), best)
}

/// Buffers of the YOLOv8 decoder: the best score of each column and its class number.
#[derive(Clone, Debug, Default)]
pub(super) struct Best {
    scores: Vec<f32>,
    classes: Vec<u32>,
}

/// YOLOv8, `[4 + classes, n]`; see [`reference::decode_yolov8`](super::reference::decode_yolov8).
/// Goes through the scores class by class, as they lie in memory.
pub(super) fn yolov8(
    output: &[f32],
    layout: &Layout,
    threshold: f32,
    fit: &Fit,
    best: &mut Best,
    out: &mut Candidates,
) {
    let n = output.len() / (4 + layout.classes.len());
    if n == 0 {
        return;
    }
    best.fill(&output[4 * n..], n);
    for (i, score) in best.scores.iter().enumerate() {
        if *score >= threshold {
            let at = |row: usize| output[row * n + i];
            let bbox = fit.box_in_image([at(0), at(1)], [at(2), at(3)]);
            out.push(bbox, layout.class(best.classes[i] as usize), *score);
        }
    }
}

impl Best {
    fn fill(&mut self, scores: &[f32], n: usize) {
        self.scores.clear();
        self.scores.resize(n, f32::NEG_INFINITY);
        self.classes.clear();
        self.classes.resize(n, 0);
        for (class, row) in (0..).zip(scores.chunks_exact(n)) {
            let bests = self.scores.iter_mut().zip(&mut self.classes);
            for ((best, best_class), score) in bests.zip(row) {
                let better = *score > *best;
                *best = if better { *score } else { *best };
                *best_class = if better { class } else { *best_class };
            }
        }
    }
}

#[cfg(test)]
mod tests;
