//! Things by place: which of them are near.

/// Side of a bucket, metres.
const SIDE: f32 = 16.0;

/// Discs on the map, sorted into a grid of buckets by their middles.
#[derive(Clone, Debug)]
pub(super) struct Buckets {
    low: [f32; 2],
    count: [usize; 2],
    cells: Vec<Vec<u32>>,
    discs: Vec<([f32; 2], f32)>,
    largest: f32,
}

impl Buckets {
    /// No discs yet; those outside of the rectangle fall into the buckets at its edge.
    pub(super) fn new(low: [f32; 2], high: [f32; 2]) -> Self {
        let count = [0, 1].map(|k| ((high[k] - low[k]) / SIDE).clamp(1.0, 1e3) as usize + 1);
        Self { low, count, cells: vec![vec![]; count[0] * count[1]], discs: vec![], largest: 0.0 }
    }

    /// Adds a disc and returns its number.
    pub(super) fn insert(&mut self, place: [f32; 2], radius: f32) -> usize {
        let [i, j] = self.bucket(place);
        let number = self.discs.len();
        self.cells[j * self.count[0] + i].push(number as u32);
        self.discs.push((place, radius));
        self.largest = self.largest.max(radius);
        number
    }

    fn bucket(&self, place: [f32; 2]) -> [usize; 2] {
        [0, 1].map(|k| (((place[k] - self.low[k]) / SIDE).max(0.0) as usize).min(self.count[k] - 1))
    }

    /// Numbers of the discs that touch this one, ascending.
    pub(super) fn near(&self, place: [f32; 2], radius: f32) -> Vec<usize> {
        let reach = radius + self.largest;
        let from = self.bucket(place.map(|c| c - reach));
        let to = self.bucket(place.map(|c| c + reach));
        let mut found = vec![];
        for j in from[1]..=to[1] {
            for i in from[0]..=to[0] {
                let bucket = &self.cells[j * self.count[0] + i];
                found.extend(
                    bucket.iter().map(|n| *n as usize).filter(|n| self.touches(*n, place, radius)),
                );
            }
        }
        found.sort_unstable();
        found
    }

    fn touches(&self, number: usize, place: [f32; 2], radius: f32) -> bool {
        let (middle, own) = self.discs[number];
        super::line::square(middle, place) <= (radius + own) * (radius + own)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::Random;

    #[test]
    fn near_is_what_a_search_of_all_finds() {
        let mut random = Random::new(5, 0);
        let mut buckets = Buckets::new([-50.0, -30.0], [70.0, 90.0]);
        let discs: Vec<([f32; 2], f32)> = (0..300)
            .map(|_| {
                ([random.range(-80.0, 100.0), random.range(-60.0, 120.0)], random.range(0.1, 9.0))
            })
            .collect();
        for (place, radius) in &discs {
            buckets.insert(*place, *radius);
        }
        for _ in 0..50 {
            let (place, radius) =
                ([random.range(-90.0, 110.0), random.range(-70.0, 130.0)], random.range(0.0, 40.0));
            let all = discs.iter().enumerate();
            let wanted: Vec<usize> = all
                .filter(|(_, (p, r))| {
                    super::super::line::square(*p, place) <= (r + radius) * (r + radius)
                })
                .map(|(i, _)| i)
                .collect();
            assert_eq!(buckets.near(place, radius), wanted);
        }
    }
}
