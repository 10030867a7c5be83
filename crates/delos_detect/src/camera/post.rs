//! The network's numbers into detections.

use super::Fit;
use super::decode::{Best, Candidates, Layout, yolov8, yolox};
use crate::DetectError;
use crate::models::{Decoder, ModelCard, Thresholds};
use delos_core::{Detection2d, Detections2d, ImageSize, Score};
use delos_geom::nms2d;

/// Turns the output of a network into detections: decodes, keeps the classes of the road,
/// suppresses class by class what overlaps something better, and clips to the image.
/// Buffers are kept from image to image.
#[derive(Clone, Debug)]
pub struct PostProcess {
    decoder: Decoder,
    layout: Layout,
    thresholds: Thresholds,
    best: Best,
    candidates: Candidates,
    keep: Vec<usize>,
}

impl PostProcess {
    /// For a card's network at the input size `[width, height]`.
    ///
    /// # Errors
    /// [`DetectError::Threshold`] when a limit is outside 0..=1, [`DetectError::Card`] when
    /// the card's classes are unknown, [`DetectError::Kind`] when its network is no camera's.
    pub fn new(
        card: &ModelCard,
        size: [u32; 2],
        thresholds: Thresholds,
    ) -> Result<Self, DetectError> {
        thresholds.check()?;
        let refused = |cause| DetectError::Card { place: card.name.clone(), cause };
        let classes = card.classes.map().map_err(refused)?;
        let rows = card.rows()?;
        Ok(Self {
            decoder: rows.decoder,
            layout: Layout { size, strides: rows.strides.clone(), classes },
            thresholds,
            best: Best::default(),
            candidates: Candidates::default(),
            keep: Vec::new(),
        })
    }

    /// Number of class scores the network gives per box.
    pub fn classes(&self) -> usize {
        self.layout.classes.len()
    }

    /// Detections out of `output`, row-major as the card's decoder says, for an image that
    /// lies in the input as `fit` says. Boxes are in the image's pixels, by (score
    /// descending, row of the network ascending).
    pub fn run(&mut self, output: &[f32], fit: &Fit, image: ImageSize) -> Detections2d {
        self.run_best(output, fit, image, usize::MAX)
    }

    /// The same, where at most so many candidates take part in suppression, as on a device: the best, by (score
    /// descending, row ascending). What they keep is the beginning of what all of them keep.
    pub fn run_best(
        &mut self,
        output: &[f32],
        fit: &Fit,
        image: ImageSize,
        most: usize,
    ) -> Detections2d {
        let Self { layout, thresholds, best, candidates, keep, .. } = self;
        candidates.clear();
        match self.decoder {
            Decoder::Yolox => yolox(output, layout, thresholds.score, fit, candidates),
            Decoder::Yolov8 => yolov8(output, layout, thresholds.score, fit, best, candidates),
        }
        candidates.keep_best(most);
        let Candidates { boxes, scores, classes } = candidates;
        nms2d(boxes, scores, classes, f64::from(thresholds.nms_iou), keep);
        let detection = |i: &usize| {
            Some(Detection2d {
                bbox: boxes[*i].clipped(image.width, image.height)?,
                class: classes[*i],
                score: Score::clamped(f64::from(scores[*i])),
            })
        };
        Detections2d(keep.iter().filter_map(detection).collect())
    }
}

#[cfg(test)]
mod tests;
