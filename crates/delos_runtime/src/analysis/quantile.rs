//! Percentiles with confidence intervals by order statistics.

use crate::latency::percentile;
use serde::{Deserialize, Serialize};

/// Chance that a confidence interval misses the truth, on either side.
const TAIL: f64 = 0.025;

/// A quantile of a sample, milliseconds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Estimate {
    /// Nearest rank.
    pub ms: f64,
    /// Lower end of the 95 % confidence interval.
    pub low_ms: f64,
    /// Upper end of it.
    pub high_ms: f64,
}

/// The quantiles that are given; `None` where fewer than ten samples lie beyond one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Quantiles {
    /// The median.
    pub p50: Option<Estimate>,
    /// 90 % lie at or below.
    pub p90: Option<Estimate>,
    /// 95 % lie at or below.
    pub p95: Option<Estimate>,
    /// 99 % lie at or below.
    pub p99: Option<Estimate>,
    /// 99.9 % lie at or below.
    #[serde(rename = "p99.9")]
    pub p999: Option<Estimate>,
}

impl Quantiles {
    /// Their names, in order.
    pub const NAMES: [&str; 5] = ["p50", "p90", "p95", "p99", "p99.9"];

    fn of(ascending: &[i64]) -> Self {
        let [p50, p90, p95, p99, p999] =
            [0.5, 0.9, 0.95, 0.99, 0.999].map(|p| estimate(ascending, p));
        Self { p50, p90, p95, p99, p999 }
    }

    /// In the order of [`Quantiles::NAMES`].
    pub const fn all(&self) -> [Option<Estimate>; 5] {
        [self.p50, self.p90, self.p95, self.p99, self.p999]
    }
}

/// How a duration is distributed, milliseconds.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Figures {
    /// Size of the sample.
    pub count: usize,
    /// Mean.
    pub mean_ms: f64,
    /// Smallest.
    pub min_ms: f64,
    /// Largest.
    pub max_ms: f64,
    /// Its quantiles.
    #[serde(flatten)]
    pub quantiles: Quantiles,
}

impl Figures {
    /// Figures of durations in nanoseconds, in any order.
    pub fn of(mut nanos: Vec<i64>) -> Self {
        nanos.sort_unstable();
        let (Some(first), Some(last)) = (nanos.first(), nanos.last()) else {
            return Self::default();
        };
        let sum: f64 = nanos.iter().map(|ns| *ns as f64).sum();
        Self {
            count: nanos.len(),
            mean_ms: sum / nanos.len() as f64 * 1e-6,
            min_ms: ms(*first),
            max_ms: ms(*last),
            quantiles: Quantiles::of(&nanos),
        }
    }
}

fn ms(nanos: i64) -> f64 {
    nanos as f64 * 1e-6
}

fn estimate(ascending: &[i64], p: f64) -> Option<Estimate> {
    let value = percentile(ascending, p)?;
    let (low, high) = ranks(ascending.len(), p);
    let at = |rank: usize| ascending.get(rank).map_or(ms(value), |ns| ms(*ns));
    Some(Estimate { ms: ms(value), low_ms: at(low), high_ms: at(high) })
}

/// Ranks (from 0) of the samples between which the `p`-quantile lies with at least 95 %
/// confidence, whatever the distribution: the number of samples below it is binomial (David and
/// Nagaraja, Order Statistics, 3rd ed., section 7.1). A side that the sample cannot bound gets
/// its last sample.
fn ranks(n: usize, p: f64) -> (usize, usize) {
    let below = cumulative(n, p);
    // The sample of rank l (from 0) lies above the quantile when at most l samples lie below it,
    // that of rank h below it when more than h do.
    let low = below.partition_point(|sum| *sum <= TAIL).saturating_sub(1);
    let high = below.partition_point(|sum| *sum < 1.0 - TAIL);
    (low, high.min(n - 1))
}

/// Cumulative binomial distribution: for each k of 0..=n the chance of at most k.
fn cumulative(n: usize, p: f64) -> Vec<f64> {
    // In logarithms relative to the first term, so that nothing underflows before the sum.
    let odds = (p / (1.0 - p)).ln();
    let mut logs = Vec::with_capacity(n + 1);
    let mut log = 0.0;
    for k in 0..=n {
        logs.push(log);
        log += ((n - k) as f64 / (k + 1) as f64).ln() + odds;
    }
    let top = logs.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let total: f64 = logs.iter().map(|log| (log - top).exp()).sum();
    let mut sum = 0.0;
    let terms = logs.iter().map(|log| (log - top).exp() / total);
    terms
        .map(|term| {
            sum += term;
            sum
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn intervals_are_those_of_the_binomial_distribution() {
        // Ranks from 1 of the usual tables for the median: n = 20: 6 and 15; n = 100: 40 and 61.
        for (n, low, high) in [(20, 6, 15), (100, 40, 61)] {
            let (l, h) = ranks(n, 0.5);
            assert_eq!((l + 1, h + 1), (low, high), "n = {n}");
        }
    }

    #[test]
    fn the_interval_of_a_median_covers_it_nineteen_times_in_twenty() {
        // A small generator (Numerical Recipes' LCG): 400 samples of 101 uniform numbers.
        let mut seed = 12_345_u64;
        let mut next = || {
            seed = seed
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            (seed >> 34).cast_signed()
        };
        let truth = ms(1 << 29);
        let covered = (0..400).filter(|_| {
            let figures = Figures::of((0..101).map(|_| next()).collect());
            figures.quantiles.p50.is_some_and(|m| (m.low_ms..=m.high_ms).contains(&truth))
        });
        let covered = covered.count();
        assert!((370..=398).contains(&covered), "{covered} of 400");
    }

    #[test]
    fn what_the_sample_cannot_carry_is_not_given() {
        let figures = Figures::of((1..=1000).map(|n| n * 1_000_000).collect());
        let values = figures.quantiles.all().map(|q| q.map(|e| e.ms));
        assert_eq!(values, [Some(500.0), Some(900.0), Some(950.0), Some(990.0), None]);
        assert_eq!((figures.mean_ms, figures.min_ms, figures.max_ms), (500.5, 1.0, 1000.0));
        assert_eq!(Figures::of(Vec::new()), Figures::default());
    }
}
