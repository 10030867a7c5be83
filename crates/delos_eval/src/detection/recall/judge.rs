//! Which detections of a frame are right, and which are wrong.

use super::{MatchRule, RecallFrame, RecallRules};
use crate::detection::overlap::{Metric, Placed};
use crate::detection::rules::{height_px, neighbour};
use crate::rectangle::Rectangle;
use delos_core::{BenchmarkRow, ObjectClass, wrap_angle};
use std::cmp::Ordering;

/// What is known of all frames.
#[derive(Clone, Debug, Default)]
pub(super) struct Judged {
    /// Distances of the objects that count, metres.
    pub(super) counted: Vec<f64>,
    /// The detections that are right or wrong.
    pub(super) verdicts: Vec<Verdict>,
    /// How many detections are neither.
    pub(super) neither: u64,
}

/// One detection that is right or wrong.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Verdict {
    pub(super) score: f64,
    pub(super) is_right: bool,
    /// Distance of the object it has found, else its own, metres.
    pub(super) range_m: f64,
    /// How far it is off the object it has found; `None` where it has found none.
    pub(super) off: Option<Off>,
}

/// How far a box is off another.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Off {
    /// Distance of the centres seen from above, metres.
    pub(super) centre_m: f64,
    /// Between the headings, radians in 0..=π.
    pub(super) heading_rad: f64,
}

/// A row that has a box in space.
struct Place<'a> {
    placed: Placed<'a>,
    /// Its centre, right of and before the camera, metres.
    center: [f64; 2],
}

impl Place<'_> {
    fn range_m(&self) -> f64 {
        self.center[0].hypot(self.center[1])
    }

    fn off(&self, other: &Self) -> Off {
        let turn = self.placed.row.rotation_y - other.placed.row.rotation_y;
        Off { centre_m: self.distance_m(other), heading_rad: wrap_angle(turn).abs() }
    }

    /// Between the centres seen from above.
    fn distance_m(&self, other: &Self) -> f64 {
        (self.center[0] - other.center[0]).hypot(self.center[1] - other.center[1])
    }
}

/// Judges one frame.
pub(super) fn judge(frame: &RecallFrame<'_>, rules: &RecallRules, judged: &mut Judged) {
    let (counted, others) = objects(frame, rules);
    let ignore = ordered(frame.ignore.iter());
    judged.counted.extend(counted.iter().map(Place::range_m));
    let mut is_free = vec![true; counted.len()];
    let mut found = ordered(frame.results.iter().filter(|row| row.class == rules.class));
    found.sort_by(|a, b| score(b.placed.row).total_cmp(&score(a.placed.row)));
    for detection in &found {
        let score = score(detection.placed.row);
        if let Some(object) = best(detection, &counted, &is_free, rules.match_rule) {
            is_free[object] = false;
            let (range_m, off) = (counted[object].range_m(), Some(detection.off(&counted[object])));
            judged.verdicts.push(Verdict { score, is_right: true, range_m, off });
        } else if is_excused(detection, &others, &ignore, frame.truth, rules) {
            judged.neither += 1;
        } else {
            let range_m = detection.range_m();
            judged.verdicts.push(Verdict { score, is_right: false, range_m, off: None });
        }
    }
}

/// The objects that count, and those of the class or its neighbour that do not.
fn objects<'a>(frame: &RecallFrame<'a>, rules: &RecallRules) -> (Vec<Place<'a>>, Vec<Place<'a>>) {
    let has_points = |at: usize| frame.points.get(at).copied().unwrap_or(0) >= rules.min_points;
    let (mut counted, mut others) = (vec![], vec![]);
    for (at, row) in frame.truth.iter().enumerate() {
        if row.class == rules.class && has_points(at) {
            counted.push(row);
        } else if row.class == rules.class || Some(row.class) == neighbour(rules.class) {
            others.push(row);
        }
    }
    let is_near = |place: &Place<'_>| is_in_range(place, rules);
    let (counted, far) = ordered(counted.into_iter()).into_iter().partition(is_near);
    let mut others = ordered(others.into_iter());
    others.extend::<Vec<_>>(far);
    (counted, others)
}

fn is_in_range(place: &Place<'_>, rules: &RecallRules) -> bool {
    rules.max_range_m.is_none_or(|limit| place.range_m() <= limit)
}

fn score(row: &BenchmarkRow) -> f64 {
    row.score.unwrap_or(1.0)
}

/// The rows that have a place, in an order that does not depend on that of the file.
fn ordered<'a>(rows: impl Iterator<Item = &'a BenchmarkRow>) -> Vec<Place<'a>> {
    let place = |row| {
        let placed = Placed::new(row);
        placed.in_space.map(|bbox| Place { placed, center: bbox.footprint.center })
    };
    let mut places: Vec<Place<'a>> = rows.filter_map(place).collect();
    places.sort_by(|a, b| by_place(a.placed.row, b.placed.row));
    places
}

fn by_place(a: &BenchmarkRow, b: &BenchmarkRow) -> Ordering {
    let numbers = |row: &BenchmarkRow| {
        let [x, y, z] = row.bottom;
        let [height, width, length] = row.size_hwl;
        let [x1, y1, x2, y2] = row.image_box;
        [z, x, y, length, width, height, row.rotation_y, x1, y1, x2, y2]
    };
    let pairs = numbers(a).into_iter().zip(numbers(b));
    pairs.map(|(a, b)| a.total_cmp(&b)).find(|order| order.is_ne()).unwrap_or(Ordering::Equal)
}

/// The free object that a detection fits best, of equal ones the first.
fn best(
    detection: &Place<'_>,
    objects: &[Place<'_>],
    is_free: &[bool],
    rule: MatchRule,
) -> Option<usize> {
    let free = objects.iter().zip(is_free).enumerate().filter(|(_, (_, is_free))| **is_free);
    free.filter_map(|(at, (object, _))| Some((at, fit(detection, object, rule)?)))
        .reduce(|best, next| if next.1 > best.1 { next } else { best })
        .map(|(at, _)| at)
}

/// How well two boxes fit, larger is better; `None` where they do not.
fn fit(a: &Place<'_>, b: &Place<'_>, rule: MatchRule) -> Option<f64> {
    match rule {
        MatchRule::Iou(least) => {
            Some(a.placed.overlap(&b.placed, Metric::Ground)).filter(|iou| *iou >= least)
        }
        MatchRule::Centre(most) => {
            let distance = a.distance_m(b);
            (distance <= most).then_some(-distance)
        }
    }
}

/// Whether a detection that has found nothing is not held against the detector.
fn is_excused(
    detection: &Place<'_>,
    others: &[Place<'_>],
    ignore: &[Place<'_>],
    labels: &[BenchmarkRow],
    rules: &RecallRules,
) -> bool {
    others.iter().any(|object| fit(detection, object, rules.match_rule).is_some())
        || ignore.iter().any(|row| row.placed.overlap(&detection.placed, Metric::Ground) > 0.0)
        || !is_in_range(detection, rules)
        || is_out_of_sight(detection, labels, rules)
}

/// Whether the image says that nobody would have labelled it.
fn is_out_of_sight(detection: &Place<'_>, labels: &[BenchmarkRow], rules: &RecallRules) -> bool {
    let row = detection.placed.row;
    let [x1, _, x2, _] = row.image_box;
    if x2 <= x1 {
        let [aside, ahead] = detection.center;
        return aside.atan2(ahead).abs() > rules.half_view_rad;
    }
    let mut regions = labels.iter().filter(|label| label.class == ObjectClass::DontCare);
    let is_in = |region: &BenchmarkRow| {
        let region = Rectangle::from_corners(region.image_box);
        detection.placed.in_image.share_in(&region) > rules.region_share
    };
    height_px(row) < rules.min_height_px || regions.any(is_in)
}
