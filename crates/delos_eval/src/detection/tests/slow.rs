//! The benchmark's definitions one by one: every cut matches every frame anew.

use crate::detection::Difficulty;
use delos_core::{BenchmarkRow, ObjectClass};

/// Cars in the image.
pub(super) struct Slow<'a> {
    pub(super) truth: &'a [BenchmarkRow],
    pub(super) results: &'a [BenchmarkRow],
    pub(super) difficulty: Difficulty,
    pub(super) least: f64,
}

impl Slow<'_> {
    /// Precision and similarity at the 41 samples.
    pub(super) fn samples(&self) -> (Vec<f64>, Vec<f64>) {
        let (mut precision, mut similarity) = (vec![0.0; 41], vec![0.0; 41]);
        for (at, cut) in self.cuts().into_iter().enumerate() {
            let (right, wrong, _, sum) = self.counts(cut);
            if right + wrong > 0 {
                precision[at] = right as f64 / (right + wrong) as f64;
                similarity[at] = sum / (right + wrong) as f64;
            }
        }
        for at in 0..41 {
            let best = |values: &[f64]| values[at..].iter().copied().fold(0.0, f64::max);
            precision[at] = best(&precision);
            similarity[at] = best(&similarity);
        }
        (precision, similarity)
    }

    /// 1 counts, 0 is ignored, -1 takes no part.
    fn label(&self, row: &BenchmarkRow) -> i32 {
        let (height, occlusion, truncation) = match self.difficulty {
            Difficulty::Easy => (40.0, 0, 0.15),
            Difficulty::Moderate => (25.0, 1, 0.3),
            Difficulty::Hard => (25.0, 2, 0.5),
        };
        let is_hard = row.image_box[3] - row.image_box[1] < height
            || row.occlusion > occlusion
            || row.truncation > truncation;
        match row.class {
            ObjectClass::Car => i32::from(!is_hard),
            ObjectClass::Van => 0,
            _ => -1,
        }
    }

    /// 1 counts, 0 is ignored, -1 takes no part.
    fn result(&self, row: &BenchmarkRow) -> i32 {
        let height = if self.difficulty == Difficulty::Easy { 40.0 } else { 25.0 };
        if row.image_box[3] - row.image_box[1] < height {
            0
        } else if row.class == ObjectClass::Car {
            1
        } else {
            -1
        }
    }

    /// The cuts to sample at.
    fn cuts(&self) -> Vec<f64> {
        let mut scores = vec![];
        let mut taken = vec![false; self.results.len()];
        for label in self.truth.iter().filter(|row| self.label(row) >= 0) {
            let mut chosen: Option<usize> = None;
            for (at, row) in self.results.iter().enumerate() {
                let is_open = row.frame == label.frame && self.result(row) >= 0 && !taken[at];
                if is_open
                    && overlap(&label.image_box, &row.image_box) > self.least
                    && chosen.is_none_or(|best| row.score > self.results[best].score)
                {
                    chosen = Some(at);
                }
            }
            if let Some(at) = chosen {
                taken[at] = true;
                if self.label(label) == 1 && self.result(&self.results[at]) == 1 {
                    scores.push(self.results[at].score.unwrap());
                }
            }
        }
        scores.sort_by(|a, b| b.partial_cmp(a).unwrap());
        let counted = self.truth.iter().filter(|row| self.label(row) == 1).count() as f64;
        let mut cuts = vec![];
        let mut recall = 0.0;
        for (at, score) in scores.iter().enumerate() {
            let (left, right) = ((at + 1) as f64 / counted, (at + 2) as f64 / counted);
            if at + 1 < scores.len() && right - recall < recall - left {
                continue;
            }
            cuts.push(*score);
            recall += 1.0 / 40.0;
        }
        cuts
    }

    /// Right, wrong, missed, and the sum of similarities.
    pub(super) fn counts(&self, cut: f64) -> (usize, usize, usize, f64) {
        let (mut right, mut missed, mut sum) = (0, 0, 0.0);
        let mut taken = vec![false; self.results.len()];
        for label in self.truth.iter().filter(|row| self.label(row) >= 0) {
            let mut chosen: Option<(i32, f64, usize)> = None;
            for (at, row) in self.results.iter().enumerate() {
                let overlap = overlap(&label.image_box, &row.image_box);
                let kind = self.result(row);
                let is_open =
                    row.frame == label.frame && kind >= 0 && !taken[at] && row.score >= Some(cut);
                let is_better = chosen.is_none_or(|(best, most, _)| {
                    kind > best || (kind == 1 && best == 1 && overlap > most)
                });
                if is_open && overlap > self.least && is_better {
                    chosen = Some((kind, overlap, at));
                }
            }
            let counts = self.label(label) == 1;
            missed += usize::from(counts && chosen.is_none());
            if let Some((kind, _, at)) = chosen {
                taken[at] = true;
                if counts && kind == 1 {
                    right += 1;
                    sum += (1.0 + (label.alpha - self.results[at].alpha).cos()) * 0.5;
                }
            }
        }
        (right, self.wrong(cut, &taken), missed, sum)
    }

    fn wrong(&self, cut: f64, taken: &[bool]) -> usize {
        let regions = || self.truth.iter().filter(|row| row.class == ObjectClass::DontCare);
        let is_wrong = |(row, taken): &(&BenchmarkRow, &bool)| {
            let area = |b: &[f64; 4]| (b[2] - b[0]) * (b[3] - b[1]);
            let share = |region: &BenchmarkRow| {
                let (a, b) = (area(&row.image_box), area(&region.image_box));
                let iou = overlap(&row.image_box, &region.image_box);
                // The intersection from the ratio to the union.
                iou * (a + b) / (1.0 + iou) / a
            };
            let mut regions = regions().filter(|region| region.frame == row.frame);
            row.score >= Some(cut)
                && !**taken
                && self.result(row) == 1
                && !regions.any(|region| share(region) > self.least)
        };
        self.results.iter().zip(taken).filter(is_wrong).count()
    }
}

fn overlap(a: &[f64; 4], b: &[f64; 4]) -> f64 {
    let side = |low: usize| a[low + 2].min(b[low + 2]) - a[low].max(b[low]);
    let (width, height) = (side(0), side(1));
    if width <= 0.0 || height <= 0.0 {
        return 0.0;
    }
    let area = |b: &[f64; 4]| (b[2] - b[0]) * (b[3] - b[1]);
    width * height / (area(a) + area(b) - width * height)
}
