//! Digests of message bodies: equal content, equal digest, on every machine.

use crate::{Frame, Transform};
use std::fmt;
use xxhash_rust::xxh3::Xxh3;

/// Something a message can carry.
pub trait Body: Send + Sync + 'static {
    /// Name for people, as in "topic carries point cloud, port wants image".
    const NAME: &'static str;

    /// Feeds every value that counts as content, in a fixed order.
    fn digest(&self, hasher: &mut DigestHasher);

    /// The digest of the content.
    fn content_digest(&self) -> Digest {
        let mut hasher = DigestHasher::default();
        self.digest(&mut hasher);
        hasher.finish()
    }
}

/// A 128-bit XXH3 hash of content. Not cryptographic: it finds differences, not forgeries.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Digest(pub u128);

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:032x}", self.0)
    }
}

/// Collects values in little-endian order. Floats count by their bits, but `-0.0`
/// counts as `0.0` and every NaN as the same one.
#[derive(Clone, Default)]
pub struct DigestHasher {
    inner: Xxh3,
}

impl DigestHasher {
    /// Raw bytes, without their length.
    pub fn bytes(&mut self, value: &[u8]) -> &mut Self {
        self.inner.update(value);
        self
    }

    /// Text, with its length.
    pub fn text(&mut self, value: &str) -> &mut Self {
        self.u64(value.len() as u64).bytes(value.as_bytes())
    }

    /// One byte for a truth value.
    pub fn bool(&mut self, value: bool) -> &mut Self {
        self.bytes(&[u8::from(value)])
    }

    /// One byte.
    pub fn u8(&mut self, value: u8) -> &mut Self {
        self.bytes(&[value])
    }

    /// Four bytes.
    pub fn u32(&mut self, value: u32) -> &mut Self {
        self.bytes(&value.to_le_bytes())
    }

    /// Eight bytes.
    pub fn u64(&mut self, value: u64) -> &mut Self {
        self.bytes(&value.to_le_bytes())
    }

    /// Eight bytes.
    pub fn i64(&mut self, value: i64) -> &mut Self {
        self.bytes(&value.to_le_bytes())
    }

    /// Four bytes, canonical.
    pub fn f32(&mut self, value: f32) -> &mut Self {
        let canonical = if value.is_nan() { f32::NAN } else { value + 0.0 };
        self.bytes(&canonical.to_bits().to_le_bytes())
    }

    /// The same as [`f32`](Self::f32) for one after the other, and several times as fast.
    pub fn f32s(&mut self, values: impl IntoIterator<Item = f32>) -> &mut Self {
        let mut values = values.into_iter();
        let mut block = [0; 256];
        loop {
            let mut filled = 0;
            for (slot, value) in block.as_chunks_mut::<4>().0.iter_mut().zip(&mut values) {
                let canonical = if value.is_nan() { f32::NAN } else { value + 0.0 };
                *slot = canonical.to_bits().to_le_bytes();
                filled += 4;
            }
            self.bytes(&block[..filled]);
            if filled < block.len() {
                return self;
            }
        }
    }

    /// The same for the numbers of one row after the other, and faster again: a block of rows at a
    /// time, by vector instructions.
    pub fn f32_rows<T>(&mut self, rows: &[T], numbers: impl Fn(&T) -> [f32; 4]) -> &mut Self {
        let mut block = [[[0_u8; 4]; 4]; 64];
        for chunk in rows.chunks(block.len()) {
            for (slots, row) in block.iter_mut().zip(chunk) {
                for (slot, value) in slots.iter_mut().zip(numbers(row)) {
                    let canonical = if value.is_nan() { f32::NAN } else { value + 0.0 };
                    *slot = canonical.to_bits().to_le_bytes();
                }
            }
            self.bytes(block[..chunk.len()].as_flattened().as_flattened());
        }
        self
    }

    /// Eight bytes, canonical.
    pub fn f64(&mut self, value: f64) -> &mut Self {
        let canonical = if value.is_nan() { f64::NAN } else { value + 0.0 };
        self.bytes(&canonical.to_bits().to_le_bytes())
    }

    /// Translation and quaternion of a rigid motion.
    pub fn transform<To: Frame, From: Frame>(&mut self, value: &Transform<To, From>) -> &mut Self {
        for v in value.isometry().translation.vector.iter() {
            self.f64(*v);
        }
        for v in value.isometry().rotation.coords.iter() {
            self.f64(*v);
        }
        self
    }

    /// The digest of everything fed so far.
    pub fn finish(&self) -> Digest {
        Digest(self.inner.digest128())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_numbers_have_equal_digests() {
        let of = |v: f64| DigestHasher::default().f64(v).finish();
        assert_eq!(of(0.0), of(-0.0));
        assert_eq!(of(f64::NAN), of(-f64::NAN));
        assert_ne!(of(1.0), of(1.0 + f64::EPSILON));
    }

    #[test]
    fn many_numbers_are_as_one_after_the_other() {
        for count in [0_u16, 1, 4, 63, 64, 65, 68, 250, 256, 400] {
            let values: Vec<f32> = (0..count)
                .map(|i| match i % 5 {
                    0 => -0.0,
                    1 => -f32::NAN,
                    _ => f32::from(i) * 0.37,
                })
                .collect();
            let mut single = DigestHasher::default();
            single.u64(3);
            for value in &values {
                single.f32(*value);
            }
            let mut all = DigestHasher::default();
            all.u64(3).f32s(values.iter().copied());
            let wanted = single.u8(1).finish();
            assert_eq!(wanted, all.u8(1).finish(), "{count}");
            let mut rows = DigestHasher::default();
            if let (rest, []) = values.as_chunks::<4>() {
                rows.u64(3).f32_rows(rest, |row| *row);
                assert_eq!(wanted, rows.u8(1).finish(), "{count}");
            }
        }
    }

    #[test]
    fn the_digest_is_the_same_on_every_machine() {
        let digest = DigestHasher::default().text("delos").u32(7).finish();
        assert_eq!(digest.to_string().len(), 32);
        assert_eq!(digest, DigestHasher::default().text("delos").u32(7).finish());
    }
}
