//! Random numbers that are the same everywhere and for ever.
//!
//! [`Random`] is a sequence (for building worlds); [`hash`] and its relatives are
//! functions of their arguments (for noise of a pixel or a ray, so that the order of
//! computing and the number of threads do not matter). Own code, because published
//! generators promise stable values for their raw bits only, not for their distributions.

use crate::math::{ln, sin_cos};

/// Mixes 64 bits (the finaliser of `SplitMix64`, Steele et al., OOPSLA 2014).
pub const fn mix(mut z: u64) -> u64 {
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

/// A hash of a seed and two numbers.
pub const fn hash(seed: u64, a: u64, b: u64) -> u64 {
    let z = mix(seed.wrapping_add(a.wrapping_mul(0x9e37_79b9_7f4a_7c15)));
    mix(z.wrapping_add(b.wrapping_mul(0xd1b5_4a32_d192_ed03)))
}

/// Uniform in 0..1 from the upper bits of a hash.
pub fn unit(bits: u64) -> f32 {
    (bits >> 40) as f32 * (1.0 / 16_777_216.0)
}

/// Two independent normal numbers from 64 bits (Box and Muller 1958).
pub fn normal_pair(bits: u64) -> (f32, f32) {
    let radius = (-2.0 * ln(1.0 - unit(bits))).sqrt();
    let (sin, cos) = sin_cos(std::f32::consts::TAU * unit(bits << 24));
    (radius * cos, radius * sin)
}

/// A nearly normal number from 64 bits without elementary functions: the sum of four
/// uniforms of 16 bits each, scaled to unit variance. For noise of pixels and rays.
pub fn quick_normal(bits: u64) -> f32 {
    let sum = (bits & 0xffff) + ((bits >> 16) & 0xffff) + ((bits >> 32) & 0xffff) + (bits >> 48);
    (sum as f32 * (1.0 / 65_536.0) - 2.0) * 1.732_050_8
}

/// A sequence of random numbers (`SplitMix64`).
#[derive(Clone, Debug)]
pub struct Random {
    state: u64,
}

impl Random {
    /// The sequence number `stream` of a seed: streams do not depend on each other, so
    /// that a change in one part of a world leaves the others as they were.
    pub const fn new(seed: u64, stream: u64) -> Self {
        Self { state: hash(seed, stream, 0x5eed) }
    }

    /// The next 64 bits.
    pub const fn bits(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        mix(self.state)
    }

    /// Uniform in 0..1.
    pub fn unit(&mut self) -> f32 {
        unit(self.bits())
    }

    /// Uniform in `low..high`.
    pub fn range(&mut self, low: f32, high: f32) -> f32 {
        low + (high - low) * self.unit()
    }

    /// Normal with this mean and standard deviation, at most three deviations away.
    pub fn normal(&mut self, mean: f32, deviation: f32) -> f32 {
        mean + deviation * normal_pair(self.bits()).0.clamp(-3.0, 3.0)
    }

    /// True with this probability.
    pub fn chance(&mut self, probability: f32) -> bool {
        self.unit() < probability
    }

    /// Uniform in `0..count`; 0 for a count of 0.
    pub fn below(&mut self, count: usize) -> usize {
        ((u128::from(self.bits()) * count as u128) >> 64) as usize
    }

    /// One of the items; `None` of none.
    pub fn pick<'a, T>(&mut self, items: &'a [T]) -> Option<&'a T> {
        items.get(self.below(items.len()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_never_change() {
        let mut random = Random::new(7, 1);
        let first: Vec<u64> = (0..3).map(|_| random.bits()).collect();
        let mut again = Random::new(7, 1);
        assert_eq!(first, [again.bits(), again.bits(), again.bits()]);
        assert_ne!(Random::new(7, 2).bits(), first[0]);
        assert_ne!(Random::new(8, 1).bits(), first[0]);
    }

    #[test]
    fn distributions_have_their_moments() {
        let mut random = Random::new(1, 0);
        let n = 20_000_u16;
        let values: Vec<f32> = (0..n).map(|_| random.normal(2.0, 0.5)).collect();
        let mean = values.iter().sum::<f32>() / f32::from(n);
        let variance = values.iter().map(|v| (v - mean).powi(2)).sum::<f32>() / f32::from(n);
        assert!((mean - 2.0).abs() < 0.02 && (variance.sqrt() - 0.5).abs() < 0.02);
        let quick: Vec<f32> = (0..u64::from(n)).map(|i| quick_normal(hash(3, i, 0))).collect();
        let mean = quick.iter().sum::<f32>() / f32::from(n);
        let variance = quick.iter().map(|v| (v - mean).powi(2)).sum::<f32>() / f32::from(n);
        assert!(mean.abs() < 0.03 && (variance - 1.0).abs() < 0.05, "{mean} {variance}");
        assert!((0..1000).all(|_| random.below(7) < 7));
        assert_eq!(random.below(0), 0);
    }
}
