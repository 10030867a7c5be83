//! How many points lie on a car.

use super::input::Scan;
use delos_core::{Box3, Ego, Position};

/// Distances of the middle of a car, metres.
const BANDS: [[f64; 2]; 5] = [[5.0, 10.0], [10.0, 15.0], [15.0, 20.0], [20.0, 30.0], [30.0, 50.0]];
/// Points less than this above the foot of a box may be ground; boxes are this much too small
/// at the sides, metres.
const FOOT_M: f64 = 0.15;
const MARGIN_M: f64 = 0.1;
/// Cars with fewer points do not count.
const LEAST: usize = 10;

/// Numbers of points by distance, of cars that are open to view and of all.
#[derive(Default)]
pub(super) struct Cars {
    open: [Vec<usize>; 5],
    all: [Vec<usize>; 5],
}

impl Cars {
    pub(super) fn add(&mut self, scan: &Scan) {
        for car in &scan.cars {
            let distance = car.bbox.center.x().hypot(car.bbox.center.y());
            let Some(band) = BANDS.iter().position(|[a, b]| (*a..*b).contains(&distance)) else {
                continue;
            };
            let points = points(scan, &car.bbox);
            if points < LEAST {
                continue;
            }
            self.all[band].push(points);
            if car.open == Some(true) {
                self.open[band].push(points);
            }
        }
    }

    pub(super) fn rows(&self) -> Vec<(String, String)> {
        let row = |what: &str, band: usize, counts: &[usize]| {
            let mut counts = counts.to_vec();
            counts.sort_unstable();
            let median = counts.get(counts.len() / 2).map(|n| format!("{n} ({})", counts.len()));
            let [from, to] = BANDS[band];
            (format!("points on a car {what}, {from} to {to} m"), median.unwrap_or("-".to_owned()))
        };
        let open = self.open.iter().enumerate().map(|(i, c)| row("open to view", i, c));
        let all = self.all.iter().enumerate().map(|(i, c)| row("of any", i, c));
        open.chain(all).collect()
    }
}

fn points(scan: &Scan, bbox: &Box3<Ego>) -> usize {
    let inside = |index: &usize| {
        let near = |p: &Position<Ego>| {
            p.z() > bbox.bottom() + FOOT_M
                && (p.x() - bbox.center.x()).abs() < 9.0
                && bbox.contains(p, MARGIN_M)
        };
        scan.cloud.position(*index).is_some_and(|p| near(&p))
    };
    (0..scan.cloud.points().len()).filter(inside).count()
}
