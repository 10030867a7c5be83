//! The network's planes into boxes.

pub(super) mod peaks;
mod rules;

pub(super) use peaks::best;

use super::window::CELL_M;
use super::{BOX_PLANES, Window};
use crate::DetectError;
use crate::models::{CentreCard, ModelCard, Thresholds};
use delos_core::{Box3, Detection3d, Ego, ObjectClass, Position, Score, Size, Source, Yaw};
use delos_geom::iou_bev;
use peaks::Peak;
use rules::{kind_of, told_by_length};
use std::f64::consts::PI;

/// Turns the planes of a network into detections: peaks of the heat, their boxes, and of two
/// that overlap and are of a kind (vehicles, people) the better one.
///
/// Buffers are kept from scan to scan; nothing is allocated once they have grown.
#[derive(Clone, Debug)]
pub struct CentreDecoder {
    window: Window,
    rules: CentreCard,
    thresholds: Thresholds,
    /// Class of each plane of heat, `None` for those to leave out.
    classes: Vec<Option<ObjectClass>>,
    peaks: Vec<Peak>,
}

impl CentreDecoder {
    /// For a card's network that looks at this part of the ground.
    ///
    /// # Errors
    /// [`DetectError::Threshold`] when a limit is outside 0..=1, [`DetectError::Kind`] when the
    /// card's network does not answer with centres, [`DetectError::Card`] when its classes are
    /// unknown.
    pub fn new(
        card: &ModelCard,
        window: Window,
        thresholds: Thresholds,
    ) -> Result<Self, DetectError> {
        thresholds.check()?;
        let refused = |cause| DetectError::Card { place: card.name.clone(), cause };
        let classes = card.classes.map().map_err(refused)?;
        let rules = *card.centres()?;
        Ok(Self { window, rules, thresholds, classes, peaks: Vec::new() })
    }

    /// Number of planes, rows and columns of the network's answer.
    pub fn shape(&self) -> [usize; 3] {
        let stride = self.rules.stride.max(1) as usize;
        let [columns, rows] = self.window.columns_rows();
        [self.classes.len() + BOX_PLANES, rows / stride, columns / stride]
    }

    /// Detections out of `planes`, row-major as [`shape`](Self::shape) says: heat of each class,
    /// quality, and ten numbers of a box. Planes of another length hold nothing.
    ///
    /// The sensor is the origin of [`Ego`]; `ground_m` is the height of level ground there. `out`
    /// is overwritten, by (score descending; class number, row, column ascending). Numbers of
    /// points are not known here: 0.
    pub fn decode(&mut self, planes: &[f32], ground_m: f64, out: &mut Vec<Detection3d>) {
        out.clear();
        let [count, rows, columns] = self.shape();
        if planes.len() != count * rows * columns {
            return;
        }
        self.find_peaks(planes);
        for peak in &self.peaks {
            let Some(found) = self.detection(planes, peak, ground_m) else { continue };
            if out.iter().all(|better| !self.clash(better, &found)) {
                out.push(found);
            }
        }
    }

    /// The best peaks, best first.
    fn find_peaks(&mut self, planes: &[f32]) {
        let [_, rows, columns] = self.shape();
        let (rules, limit) = (self.rules, self.thresholds.score);
        let area = rows * columns;
        let quality = &planes[self.classes.len() * area..][..area];
        self.peaks.clear();
        for (class, heat) in planes.chunks_exact(area).take(self.classes.len()).enumerate() {
            if self.classes[class].is_none() {
                continue;
            }
            peaks::each(heat, columns, rules.least_heat, |cell| {
                let score = heat[cell] * rules::power(quality[cell], rules.quality_power);
                if score >= limit {
                    self.peaks.push(Peak { score, class: class as u32, cell: cell as u32 });
                }
            });
        }
        peaks::keep_best(&mut self.peaks, rules.most as usize);
    }

    /// The box of a peak; `None` where its numbers are out of all bounds.
    fn detection(&self, planes: &[f32], peak: &Peak, ground_m: f64) -> Option<Detection3d> {
        let [count, rows, columns] = self.shape();
        let area = rows * columns;
        let cell = peak.cell as usize;
        let first = count - BOX_PLANES + 1;
        let number = |plane: usize| f64::from(planes[(first + plane) * area + cell]);
        let size = Size::new(number(3).exp(), number(4).exp(), number(5).exp()).ok()?;
        let step = CELL_M * f64::from(self.rules.stride);
        let [x0, y0] = self.window.corner_m();
        let place = [
            x0 + ((cell % columns) as f64 + 0.5 + number(0)) * step,
            y0 + ((cell / columns) as f64 + 0.5 + number(1)) * step,
            ground_m + number(2),
        ];
        let yaw = yaw([number(6), number(7)], [number(8), number(9)])?;
        let class = self.classes[peak.class as usize]?;
        place.iter().all(|value| value.is_finite()).then(|| Detection3d {
            bbox: Box3::<Ego>::new(Position::new(place[0], place[1], place[2]), size, yaw),
            class: told_by_length(class, size.length(), &self.rules),
            score: Score::clamped(f64::from(peak.score)),
            points: 0,
            cluster: None,
            source: Source::Lidar,
            image_box: None,
        })
    }

    /// Whether two boxes of a kind overlap too much.
    fn clash(&self, a: &Detection3d, b: &Detection3d) -> bool {
        kind_of(a.class) == kind_of(b.class)
            && can_touch(&a.bbox, &b.bbox)
            && iou_bev(&a.bbox, &b.bbox) > f64::from(self.thresholds.nms_iou)
    }
}

/// Whether even the squares around two boxes meet: a cheap look before the exact one.
pub(super) fn can_touch(a: &Box3<Ego>, b: &Box3<Ego>) -> bool {
    let reach = (a.size.length() + a.size.width() + b.size.length() + b.size.width()) / 2.0;
    (a.center.x() - b.center.x()).abs() < reach && (a.center.y() - b.center.y()).abs() < reach
}

/// Heading out of (cosine, sine) of twice the yaw, turned to the side of those of the yaw.
fn yaw([cos2, sin2]: [f64; 2], [cos, sin]: [f64; 2]) -> Option<Yaw> {
    let axis = sin2.atan2(cos2) / 2.0;
    let ahead = cos * axis.cos() + sin * axis.sin();
    if !ahead.is_finite() {
        return None;
    }
    Yaw::new(if ahead < 0.0 { axis + PI } else { axis }).ok()
}

#[cfg(test)]
mod tests;
