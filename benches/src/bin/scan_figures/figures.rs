//! The figures of a set of scans.

use super::cars::Cars;
use super::input::Scan;
use super::ripple::{self, Ripple};
use delos_core::LidarPoint;

/// Edges between the bands of a histogram; the first and the last band are open.
const ELEVATIONS_DEG: [f32; 6] = [-17.0, -10.0, -5.0, -2.0, 0.0, 1.0];
const HEIGHTS_M: [f32; 7] = [-2.2, -1.9, -1.5, -1.0, 0.0, 1.0, 3.0];
const RANGES_M: [f32; 5] = [5.0, 10.0, 20.0, 30.0, 50.0];
const INTENSITIES: [f32; 7] = [0.005, 0.1, 0.2, 0.3, 0.4, 0.6, 0.9];

/// A share of points in each band.
struct Shares {
    name: &'static str,
    unit: &'static str,
    edges: &'static [f32],
    of: fn(&LidarPoint) -> f32,
    counts: Vec<usize>,
}

impl Shares {
    fn add(&mut self, point: &LidarPoint) {
        let value = (self.of)(point);
        self.counts[self.edges.partition_point(|edge| *edge <= value)] += 1;
    }

    fn rows(&self) -> impl Iterator<Item = (String, String)> {
        let all = self.counts.iter().sum::<usize>();
        self.counts.iter().enumerate().map(move |(band, count)| {
            let head = match (band.checked_sub(1).map(|b| self.edges[b]), self.edges.get(band)) {
                (None, Some(to)) => format!("{} below {to}{}", self.name, self.unit),
                (Some(from), Some(to)) => format!("{} {from} to {to}{}", self.name, self.unit),
                (Some(from), None) => format!("{} from {from}{}", self.name, self.unit),
                (None, None) => self.name.to_owned(),
            };
            (head, percent(*count, all))
        })
    }
}

fn percent(count: usize, all: usize) -> String {
    if all == 0 { "-".to_owned() } else { format!("{:.1} %", 100.0 * count as f64 / all as f64) }
}

/// Sums over scans.
pub(super) struct Figures {
    cropped: bool,
    points: Vec<usize>,
    shares: [Shares; 4],
    ripple: Ripple,
    cars: Cars,
}

impl Figures {
    pub(super) fn new(cropped: bool) -> Self {
        let shares = |name, unit, edges: &'static [f32], of| {
            let counts = vec![0; edges.len() + 1];
            Shares { name, unit, edges, of, counts }
        };
        let elevation = |p: &LidarPoint| p.z.atan2(p.planar_range()).to_degrees();
        Self {
            cropped,
            points: Vec::new(),
            shares: [
                shares("elevation", " deg", &ELEVATIONS_DEG, elevation),
                shares("height", " m", &HEIGHTS_M, |p| p.z),
                shares("distance", " m", &RANGES_M, LidarPoint::planar_range),
                shares("intensity", "", &INTENSITIES, |p| p.intensity),
            ],
            ripple: Ripple::default(),
            cars: Cars::default(),
        }
    }

    pub(super) fn add(&mut self, scan: &Scan) {
        self.cars.add(scan);
        if self.cropped {
            return;
        }
        self.points.push(scan.cloud.points().len());
        self.ripple.add(&scan.cloud);
        for point in scan.cloud.points() {
            self.shares.iter_mut().for_each(|shares| shares.add(point));
        }
    }

    /// Head and value of each row, the same heads for all.
    pub(super) fn rows(&self) -> Vec<(String, String)> {
        let mut points = self.points.clone();
        points.sort_unstable();
        let at = |place: usize| points.get(place).map_or("-".to_owned(), usize::to_string);
        let last = points.len().saturating_sub(1);
        let mut rows = vec![
            ("scans".to_owned(), points.len().to_string()),
            ("points in a scan, least".to_owned(), at(0)),
            ("points in a scan, median".to_owned(), at(points.len() / 2)),
            ("points in a scan, most".to_owned(), at(last)),
        ];
        rows.extend(self.shares.iter().flat_map(Shares::rows));
        for (median, [from, to]) in self.ripple.medians_mm().into_iter().zip(ripple::BANDS) {
            let value = median.map_or("-".to_owned(), |mm| format!("{mm:.1} mm"));
            rows.push((format!("road off its planes, {from} to {to} m"), value));
        }
        rows.extend(self.cars.rows());
        rows
    }
}
