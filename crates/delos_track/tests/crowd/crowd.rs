//! A synthetic crowd of boxes in an image of 1920 x 1080 pixels.

use delos_core::{Box2, Detection2d, Detections2d, ObjectClass, Score, Span, Stamp};

/// Where corners may be.
const LIMITS: [f64; 2] = [1820.0, 980.0];

/// Repeatable numbers evenly in 0..1 (splitmix64).
struct Numbers(u64);

impl Numbers {
    fn next(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        ((z ^ (z >> 31)) >> 11) as f64 / (1u64 << 53) as f64
    }

    fn between(&mut self, low: f64, high: f64) -> f64 {
        low + self.next() * (high - low)
    }

    /// Normally distributed about zero (Box and Muller 1958).
    fn normal(&mut self, deviation: f64) -> f64 {
        let radius = (-2.0 * (1.0 - self.next()).ln()).sqrt();
        deviation * radius * (std::f64::consts::TAU * self.next()).cos()
    }
}

struct Walker {
    corner: [f64; 2],
    velocity: [f64; 2],
    size: [f64; 2],
}

/// Boxes of 25 to 90 pixels that move by 3 pixels a frame (standard deviation) and turn back at
/// the edges; 5 % are not seen, edges and sizes are off by 1 pixel, scores are 0.65 to 1.
pub(crate) fn crowd(objects: usize, frames: usize, seed: u64) -> Vec<Detections2d> {
    let mut numbers = Numbers(seed);
    let mut walkers: Vec<Walker> = (0..objects)
        .map(|_| Walker {
            corner: LIMITS.map(|limit| numbers.between(0.0, limit)),
            velocity: [(); 2].map(|()| numbers.normal(3.0)),
            size: [(); 2].map(|()| numbers.between(25.0, 90.0)),
        })
        .collect();
    let mut frame = |_| {
        let seen = walkers.iter_mut().filter_map(|walker| walker.step(&mut numbers));
        Detections2d(seen.collect())
    };
    (0..frames).map(&mut frame).collect()
}

/// The stamp of a frame at 30 Hz.
pub(crate) fn stamp(frame: usize) -> Stamp {
    Stamp::from_nanos(0) + Span::from_secs_f64(frame as f64 / 30.0)
}

impl Walker {
    fn step(&mut self, numbers: &mut Numbers) -> Option<Detection2d> {
        for (axis, limit) in LIMITS.iter().enumerate() {
            self.corner[axis] += self.velocity[axis];
            if !(0.0..=*limit).contains(&self.corner[axis]) {
                self.velocity[axis] = -self.velocity[axis];
                self.corner[axis] = self.corner[axis].clamp(0.0, *limit);
            }
        }
        let [x, y] = self.corner.map(|v| v + numbers.normal(1.0));
        let [width, height] = self.size.map(|v| v + numbers.normal(1.0));
        let (is_seen, score) = (numbers.next() > 0.05, numbers.between(0.65, 1.0));
        is_seen.then(|| Detection2d {
            bbox: Box2::new(x as f32, y as f32, (x + width) as f32, (y + height) as f32),
            class: ObjectClass::Pedestrian,
            score: Score::clamped(score),
        })
    }
}
