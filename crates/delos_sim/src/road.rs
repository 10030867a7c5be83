//! Where road users may be: lanes, footways, crossings, places to park.

use crate::math::{atan2, sin_cos};

/// A line on the map with a length; metres, world x and y. Heights come from the ground.
#[derive(Clone, Debug, PartialEq)]
pub struct Path {
    points: Vec<[f32; 2]>,
    /// Arc length at each point.
    stations: Vec<f32>,
}

/// A place on a [`Path`].
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct OnPath {
    /// World x and y, metres.
    pub place: [f32; 2],
    /// Direction of the path, radians.
    pub heading: f32,
}

impl Path {
    /// Through these points. Points nearer than a millimetre to the one before are left
    /// out; `None` when fewer than two are left.
    pub fn new(points: &[[f32; 2]]) -> Option<Self> {
        let mut path = Self { points: vec![*points.first()?], stations: vec![0.0] };
        for point in points {
            let last = path.points[path.points.len() - 1];
            let step = (point[0] - last[0]).hypot(point[1] - last[1]);
            if step > 1e-3 {
                path.stations.push(path.length() + step);
                path.points.push(*point);
            }
        }
        (path.points.len() > 1).then_some(path)
    }

    /// Its points.
    pub fn points(&self) -> &[[f32; 2]] {
        &self.points
    }

    /// Its length, metres.
    pub fn length(&self) -> f32 {
        self.stations.last().copied().unwrap_or(0.0)
    }

    /// The place `station` metres from its start; beyond its ends it goes straight on.
    /// Headings are blended from the middle of one piece to that of the next.
    pub fn at(&self, station: f32) -> OnPath {
        let last = self.points.len() - 2;
        let i = self.stations.partition_point(|s| *s <= station).clamp(1, last + 1) - 1;
        let (a, b) = (self.points[i], self.points[i + 1]);
        let length = self.stations[i + 1] - self.stations[i];
        let t = (station - self.stations[i]) / length;
        let place = [a[0] + (b[0] - a[0]) * t, a[1] + (b[1] - a[1]) * t];
        let other = if t < 0.5 { i.saturating_sub(1) } else { (i + 1).min(last) };
        let (d, e) = (self.direction(i), self.direction(other));
        let w = (t - 0.5).abs().min(0.5);
        let heading = atan2(d[1] + (e[1] - d[1]) * w, d[0] + (e[0] - d[0]) * w);
        OnPath { place, heading }
    }

    fn direction(&self, piece: usize) -> [f32; 2] {
        let (a, b) = (self.points[piece], self.points[piece + 1]);
        let length = self.stations[piece + 1] - self.stations[piece];
        [(b[0] - a[0]) / length, (b[1] - a[1]) / length]
    }

    /// Station of the nearest place of the path and the distance to its left (negative:
    /// to its right), metres.
    pub fn project(&self, place: [f32; 2]) -> (f32, f32) {
        let mut best = (f32::INFINITY, 0.0, 0.0);
        for i in 0..self.points.len() - 1 {
            let (a, d) = (self.points[i], self.direction(i));
            let (x, y) = (place[0] - a[0], place[1] - a[1]);
            let length = self.stations[i + 1] - self.stations[i];
            let along = (x * d[0] + y * d[1]).clamp(0.0, length);
            let (ex, ey) = (x - along * d[0], y - along * d[1]);
            let away = ex * ex + ey * ey;
            if away < best.0 {
                let side = d[0] * y - d[1] * x;
                best = (away, self.stations[i] + along, away.sqrt().copysign(side));
            }
        }
        (best.1, best.2)
    }

    /// The path `left` metres to its left (negative: right).
    pub fn beside(&self, left: f32) -> Option<Self> {
        let moved: Vec<[f32; 2]> = self
            .stations
            .iter()
            .map(|station| {
                let OnPath { place, heading } = self.at(*station);
                let (sin, cos) = sin_cos(heading);
                [place[0] - left * sin, place[1] + left * cos]
            })
            .collect();
        Self::new(&moved)
    }

    /// The same path in the other direction.
    pub fn reversed(&self) -> Option<Self> {
        let points: Vec<[f32; 2]> = self.points.iter().rev().copied().collect();
        Self::new(&points)
    }
}

/// A lane for vehicles: its middle line in the direction of travel.
#[derive(Clone, Debug, PartialEq)]
pub struct Lane {
    /// Its middle line.
    pub path: Path,
    /// Its width, metres.
    pub width: f32,
    /// Lanes (numbers in [`Roads::lanes`]) that go on where it ends; none: the world ends.
    pub next: Vec<usize>,
    /// Highest speed, metres per second.
    pub speed_limit: f32,
    /// Arc length of a line where it gives way to [`Lane::gives_way_to`].
    pub stop_line: Option<f32>,
    /// Lanes whose traffic goes first.
    pub gives_way_to: Vec<usize>,
}

/// A place where people cross, from kerb to kerb.
#[derive(Clone, Debug, PartialEq)]
pub struct Crossing {
    /// The line they walk.
    pub path: Path,
    /// Lanes it crosses, and where along them.
    pub lanes: Vec<(usize, f32)>,
}

/// A marked or customary place for one car.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ParkingSpot {
    /// Its middle, world, metres.
    pub place: [f32; 2],
    /// Heading of a car in it, radians.
    pub heading: f32,
    /// Its length, metres.
    pub length: f32,
}

/// The map of the road users.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Roads {
    /// Lanes for vehicles.
    pub lanes: Vec<Lane>,
    /// Footways along the roads.
    pub footways: Vec<Path>,
    /// Crossings.
    pub crossings: Vec<Crossing>,
    /// Places to park.
    pub spots: Vec<ParkingSpot>,
    /// The lanes that the vehicle itself follows, in order.
    pub route: Vec<usize>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stations_and_offsets() {
        let path = Path::new(&[[0.0, 0.0], [10.0, 0.0], [10.0, 0.0], [20.0, 0.0], [20.0, 10.0]])
            .expect("a path");
        assert!((path.length() - 30.0).abs() < 1e-5);
        assert!((path.at(5.0).place[0] - 5.0).abs() < 1e-5);
        assert!((path.at(25.0).place[1] - 5.0).abs() < 1e-5);
        assert!((path.at(20.0).heading - std::f32::consts::FRAC_PI_4).abs() < 0.02);
        assert!((path.at(35.0).place[1] - 15.0).abs() < 1e-4);
        let (station, left) = path.project([5.0, 2.0]);
        assert!((station - 5.0).abs() < 1e-5 && (left - 2.0).abs() < 1e-5);
        let beside = path.beside(-1.5).expect("a path");
        assert!((beside.at(3.0).place[1] + 1.5).abs() < 1e-5);
        assert!((path.reversed().expect("a path").at(0.0).place[0] - 20.0).abs() < 1e-5);
        assert!(Path::new(&[[1.0, 1.0], [1.0, 1.0]]).is_none());
    }
}
