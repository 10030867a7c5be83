//! The directions around the sensor in which the lasers fire.

use super::Sector;
use crate::math::sin_cos;
use crate::random::{hash, unit};
use std::f32::consts::TAU;
use std::ops::Range;

/// The columns of a turn or of a part of it, neighbours side by side.
pub(super) struct Columns {
    /// Columns in a full turn.
    turn: i64,
    /// Number in the turn of the first one here; negative: right of the x axis.
    first: i64,
    /// Azimuth of number 0, in columns, 0..1: a turn does not start at the same angle as
    /// the one before.
    phase: f32,
    /// Cosine and sine of each one's azimuth.
    directions: Vec<[f32; 2]>,
}

impl Columns {
    pub(super) fn new(turn: usize, sector: Sector, seed: u64) -> Self {
        let phase = unit(hash(seed, 0xc01, 0));
        let per_radian = turn as f32 / TAU;
        let (first, end) = match sector {
            Sector::Front { half_angle_rad } if half_angle_rad < TAU / 2.0 => {
                let reach = half_angle_rad.max(0.0) * per_radian;
                ((-reach - phase).ceil() as i64, (reach - phase).floor() as i64 + 1)
            }
            Sector::Slice { index, of } => {
                // Neighbours share a limit to the bit, so that they share no column.
                let limit = |from_left: u16| {
                    let share = 0.5 - f32::from(from_left) / f32::from(of.max(1));
                    (share * turn as f32 - phase).ceil() as i64
                };
                (limit(index.saturating_add(1)), limit(index))
            }
            _ => (0, whole(turn)),
        };
        let mut columns = Self { turn: whole(turn), first, phase, directions: Vec::new() };
        let places = 0..(end - first).max(0) as usize;
        columns.directions = places.map(|p| columns.direction(columns.number(p))).collect();
        columns
    }

    /// Cosine and sine of the azimuth of a column, by its number in the full turn.
    pub(super) fn direction(&self, number: u64) -> [f32; 2] {
        let (sin, cos) = self.angle(number as f32 + self.phase);
        [cos, sin]
    }

    /// How many there are here.
    pub(super) const fn len(&self) -> usize {
        self.directions.len()
    }

    /// Cosine and sine of their azimuths.
    pub(super) fn directions(&self) -> &[[f32; 2]] {
        &self.directions
    }

    /// Number of a place in the full turn.
    pub(super) fn number(&self, place: usize) -> u64 {
        // The first lies within a turn of 0: no division needed, of which there would be one
        // for each ray.
        let number = self.first + whole(place);
        (if number < 0 { number + self.turn } else { number }) as u64
    }

    /// Sine and cosine of so many columns.
    pub(super) fn angle(&self, columns: f32) -> (f32, f32) {
        sin_cos(columns * TAU / self.turn as f32)
    }

    /// Sine and cosine of what a laser looks to the side, which is within half a column: by
    /// the first terms of their series, whose rest is less than the last bit.
    pub(super) fn aside(&self, shift: f32) -> (f32, f32) {
        let angle = shift * TAU / self.turn as f32;
        let square = angle * angle;
        (angle - angle * square / 6.0, 1.0 - square / 2.0)
    }

    /// Places here in the order of a file, counter-clockwise from the x axis, each with
    /// its number in the full turn.
    pub(super) fn in_file_order(&self) -> impl Iterator<Item = (usize, u64)> + Clone {
        let right = usize::try_from(-self.first).unwrap_or(0).min(self.len());
        (right..self.len()).chain(0..right).map(|place| (place, self.number(place)))
    }

    /// The places here between two azimuths (radians, `low <= high`) for a laser that
    /// looks `shift` columns to the left. At most two runs: before and after the seam.
    pub(super) fn between(&self, low: f32, high: f32, shift: f32) -> [Range<usize>; 2] {
        let margin = 1e-2;
        let per_radian = self.turn as f32 / TAU;
        let start = -floor(-(low * per_radian - self.phase - shift - margin));
        let end = floor(high * per_radian - self.phase - shift + margin) + 1;
        let count = whole(self.len());
        if end - start >= self.turn {
            return [0..self.len(), 0..0];
        }
        let mut from = start - self.first;
        while from < 0 {
            from += self.turn;
        }
        while from >= self.turn {
            from -= self.turn;
        }
        let to = from + (end - start);
        let run = |from: i64, to: i64| {
            let (from, to) = (from.clamp(0, count), to.clamp(0, count));
            from as usize..to.max(from) as usize
        };
        [run(from, to), run(0, to - self.turn)]
    }
}

/// The greatest whole number not above a small one; a cast is far faster than `floor` where
/// that is a call of a function.
fn floor(value: f32) -> i64 {
    let cut = value as i32;
    i64::from(cut - i32::from(cut as f32 > value))
}

/// A count as a signed number.
fn whole(count: usize) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::math::atan2;
    use proptest::prelude::*;

    fn inside(low: f32, high: f32, azimuth: f32) -> bool {
        (-2..=2_i8).any(|k| {
            let a = azimuth + TAU * f32::from(k);
            a >= low && a <= high
        })
    }

    proptest! {
        #[test]
        fn runs_hold_the_azimuths_between_and_few_others(
            low in -7.0_f32..7.0, width in 0.0_f32..6.5, front in any::<bool>(), seed: u64,
            half_angle_rad in 0.1_f32..3.0,
        ) {
            let sector = if front { Sector::Front { half_angle_rad } } else { Sector::Full };
            let columns = Columns::new(500, sector, seed);
            let runs = columns.between(low, low + width, 0.0);
            for (place, [x, y]) in columns.directions().iter().enumerate() {
                let azimuth = atan2(*y, *x);
                let listed = runs.iter().filter(|r| r.contains(&place)).count();
                prop_assert!(listed <= 1);
                if inside(low, low + width, azimuth) {
                    prop_assert_eq!(listed, 1, "column {} missing", place);
                } else if !inside(low - 1e-3, low + width + 1e-3, azimuth) {
                    prop_assert_eq!(listed, 0, "column {} too much", place);
                }
            }
        }
    }

    #[test]
    fn what_lasers_look_aside_is_an_angle() {
        for turn in [500, 1084, 2146] {
            let columns = Columns::new(turn, Sector::Full, 1);
            for shift in [-0.5, -0.123, 0.0, 0.4] {
                let (sin, cos) = columns.angle(shift);
                let aside = columns.aside(shift);
                assert!((aside.0 - sin).abs() < 1e-9 && (aside.1 - cos).abs() < 1e-7);
            }
        }
    }

    #[test]
    fn slices_make_up_a_turn_clockwise_from_behind() {
        for (turn, of) in [(2146, 64), (1084, 64), (500, 7), (500, 1)] {
            let mut seen = vec![0; turn];
            for index in 0..of {
                let columns = Columns::new(turn, Sector::Slice { index, of }, 9);
                columns.in_file_order().for_each(|(_, number)| seen[number as usize] += 1);
                let [low, high] = [f32::from(index + 1), f32::from(index)]
                    .map(|from| TAU * (0.5 - from / f32::from(of)));
                let azimuths = columns.directions().iter().map(|[x, y]| atan2(*y, *x));
                let fits = |azimuth| inside(low - 0.02, high + 0.02, azimuth);
                assert!(azimuths.into_iter().all(fits), "slice {index} of {of}");
            }
            assert!(seen.iter().all(|times| *times == 1), "{turn} columns in {of} slices");
        }
    }

    #[test]
    fn a_front_sector_has_the_columns_within_its_angle_in_file_order() {
        let columns = Columns::new(360, Sector::Front { half_angle_rad: 0.5 }, 3);
        let azimuth = |[x, y]: [f32; 2]| atan2(y, x);
        assert!(columns.directions().iter().all(|d| azimuth(*d).abs() <= 0.5));
        assert!((57..=58).contains(&columns.len()), "{}", columns.len());
        let order: Vec<(usize, u64)> = columns.in_file_order().collect();
        assert_eq!(order.len(), columns.len());
        assert!(order.windows(2).all(|o| o[0].1 < o[1].1));
        assert!(azimuth(columns.directions()[order[0].0]) >= 0.0);
    }
}
