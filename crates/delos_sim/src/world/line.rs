//! A smooth line with a point at every metre, and the way back from a place to it.

use crate::math::sin_cos;

/// Distance between points, metres.
const STEP: f32 = 1.0;
/// Points skipped when looking for the nearest from scratch.
const COARSE: usize = 16;

/// The middle line of a road.
#[derive(Clone, Debug)]
pub(super) struct Line {
    /// Station of the first point.
    from: f32,
    points: Vec<[f32; 2]>,
    headings: Vec<f32>,
    /// Cosine and sine of each heading.
    directions: Vec<[f32; 2]>,
}

/// Remembers where the last search ended: neighbours are found at once.
#[derive(Clone, Copy, Debug)]
pub(super) struct Cursor {
    place: [f32; 2],
    index: usize,
}

impl Default for Cursor {
    fn default() -> Self {
        Self { place: [f32::INFINITY; 2], index: 0 }
    }
}

impl Line {
    /// From station `from` to `to`, where `origin` is the place of station `from` and
    /// `heading` a function of the station.
    pub(super) fn new(from: f32, to: f32, origin: [f32; 2], heading: impl Fn(f32) -> f32) -> Self {
        let count = ((to - from) / STEP).ceil().max(1.0) as usize + 1;
        let mut line = Self {
            from,
            points: Vec::with_capacity(count),
            headings: Vec::with_capacity(count),
            directions: Vec::with_capacity(count),
        };
        let mut place = origin;
        for i in 0..count {
            let station = from + STEP * i as f32;
            let (sin, cos) = sin_cos(heading(station));
            line.points.push(place);
            line.headings.push(heading(station));
            line.directions.push([cos, sin]);
            let (sin, cos) = sin_cos(heading(station + STEP / 2.0));
            place = [place[0] + STEP * cos, place[1] + STEP * sin];
        }
        line
    }

    /// First and last station.
    pub(super) fn stations(&self) -> (f32, f32) {
        (self.from, self.from + STEP * (self.points.len() - 1) as f32)
    }

    /// Heading at a station, radians.
    pub(super) fn heading(&self, station: f32) -> f32 {
        let (i, t) = self.split(station);
        let t = t.clamp(0.0, 1.0);
        self.headings[i] * (1.0 - t) + self.headings[i + 1] * t
    }

    /// The place `left` metres to the left of a station.
    pub(super) fn at(&self, station: f32, left: f32) -> [f32; 2] {
        let (i, t) = self.split(station);
        let (a, b) = (self.points[i], self.points[i + 1]);
        let (sin, cos) = sin_cos(self.heading(station));
        [a[0] + (b[0] - a[0]) * t - left * sin, a[1] + (b[1] - a[1]) * t + left * cos]
    }

    fn split(&self, station: f32) -> (usize, f32) {
        let u = (station - self.from) / STEP;
        let i = (u.floor().max(0.0) as usize).min(self.points.len() - 2);
        (i, u - i as f32)
    }

    /// Station nearest to a place, and the distance to its left. Beyond the ends the
    /// distance is that to the end.
    pub(super) fn project(&self, place: [f32; 2], cursor: &mut Cursor) -> (f32, f32) {
        let i = self.nearest(place, cursor);
        let (p, [cos, sin]) = (self.points[i], self.directions[i]);
        let (x, y) = (place[0] - p[0], place[1] - p[1]);
        let (along, left) = (x * cos + y * sin, y * cos - x * sin);
        let last = self.points.len() - 1;
        if (i == 0 && along < 0.0) || (i == last && along > 0.0) {
            return (self.from + STEP * i as f32, (x * x + y * y).sqrt().copysign(left));
        }
        let (a, b) = (self.headings[i.saturating_sub(1)], self.headings[(i + 1).min(last)]);
        let curvature = (b - a) / (2.0 * STEP);
        let station = self.from + STEP * i as f32 + along / (1.0 - curvature * left).max(0.2);
        (station, left - 0.5 * curvature * along * along)
    }

    fn nearest(&self, place: [f32; 2], cursor: &mut Cursor) -> usize {
        let away = |i: usize| square(self.points[i], place);
        let mut i = cursor.index.min(self.points.len() - 1);
        if square(cursor.place, place) > 4.0 || !cursor.place[0].is_finite() {
            let coarse = (0..self.points.len()).step_by(COARSE);
            i = coarse.min_by(|a, b| away(*a).total_cmp(&away(*b))).unwrap_or(0);
        }
        while i + 1 < self.points.len() && away(i + 1) < away(i) {
            i += 1;
        }
        while i > 0 && away(i - 1) < away(i) {
            i -= 1;
        }
        *cursor = Cursor { place, index: i };
        i
    }

    /// Lowest and highest coordinates, widened by a margin.
    pub(super) fn bounds(&self, margin: f32) -> ([f32; 2], [f32; 2]) {
        let start = (self.points[0], self.points[0]);
        let (low, high) = self.points.iter().fold(start, |(low, high), p| {
            ([low[0].min(p[0]), low[1].min(p[1])], [high[0].max(p[0]), high[1].max(p[1])])
        });
        ([low[0] - margin, low[1] - margin], [high[0] + margin, high[1] + margin])
    }
}

/// Square of the distance between two places.
pub(super) fn square(a: [f32; 2], b: [f32; 2]) -> f32 {
    (a[0] - b[0]) * (a[0] - b[0]) + (a[1] - b[1]) * (a[1] - b[1])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_and_back_on_a_curve() {
        let line = Line::new(-60.0, 300.0, [-5.0, 7.0], |s| 0.5 * sin_cos(s / 70.0).0);
        let mut cursor = Cursor::default();
        for i in 0..200 {
            let (s, left) = (-50.0 + 1.7 * i as f32, -60.0 + 0.6 * i as f32);
            let (station, beside) = line.project(line.at(s, left), &mut cursor);
            let wanted = s.clamp(-60.0, 300.0);
            assert!((station - wanted).abs() < 0.3, "{s} {left}: {station}");
            assert!((beside - left).abs() < 0.05, "{s} {left}: {beside}");
        }
        let (station, beside) = line.project(line.at(-80.0, 0.0), &mut Cursor::default());
        assert!((station + 60.0).abs() < 1e-3 && (beside.abs() - 20.0).abs() < 0.1);
    }
}
