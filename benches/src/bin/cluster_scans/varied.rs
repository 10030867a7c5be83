//! Scans as another sensor, mounting or day would have seen them, so that the trees learn what holds for all.

use crate::random::Random;
use delos_core::{Box3, Ego, LidarPoint, PointCloud, Position, Size};
use delos_sim::scenes::LabelledBox;

/// Share of the scans that show only what a camera ahead sees.
const CUT: f64 = 0.35;
/// Tangents of what it sees: sideways, downward, upward.
const VIEW: [f64; 3] = [0.86, 0.29, 0.24];

/// What is done to a scan.
struct Change {
    /// Everything is larger by this factor.
    scale: f64,
    /// Slope along x and along y.
    tilt: [f64; 2],
    /// The sensor is lower by so much, metres.
    lower_m: f64,
    /// Share of the points that stay.
    kept: f64,
    /// Standard deviation along the ray, metres.
    noise_m: f64,
    cut: bool,
}

impl Change {
    fn of(random: &mut Random) -> Self {
        let some = random.between(0.0, 1.0) < 0.5;
        Self {
            scale: random.between(0.95, 1.05),
            tilt: [random.normal() * 0.008, random.normal() * 0.008],
            lower_m: random.normal() * 0.05,
            kept: if some { random.between(0.6, 1.0) } else { 1.0 },
            noise_m: random.between(0.0, 0.02),
            cut: random.between(0.0, 1.0) < CUT,
        }
    }

    fn moved(&self, [x, y, z]: [f64; 3]) -> [f64; 3] {
        let [x, y, z] = [x, y, z].map(|v| v * self.scale);
        [x, y, z + self.lower_m + x * self.tilt[0] + y * self.tilt[1]]
    }

    fn shows(&self, [x, y, z]: [f64; 3]) -> bool {
        let [side, down, up] = VIEW;
        !self.cut || (x > 0.0 && y.abs() < side * x && z > -down * x && z < up * x)
    }

    fn point(&self, p: &LidarPoint, random: &mut Random) -> Option<LidarPoint> {
        if random.between(0.0, 1.0) >= self.kept {
            return None;
        }
        let at = self.moved([p.x, p.y, p.z].map(f64::from));
        let range = at.iter().map(|v| v * v).sum::<f64>().sqrt().max(1e-3);
        let longer = 1.0 + self.noise_m * random.normal() / range;
        let [x, y, z] = at.map(|v| (v * longer) as f32);
        self.shows(at).then_some(LidarPoint { x, y, z, ..*p })
    }

    fn object(&self, object: &LabelledBox) -> Option<LabelledBox> {
        let (b, s) = (&object.bbox, self.scale);
        let [x, y, z] = self.moved([b.center.x(), b.center.y(), b.center.z()]);
        let size = Size::new(b.size.length() * s, b.size.width() * s, b.size.height() * s).ok()?;
        let bbox = Box3::new(Position::new(x, y, z), size, b.yaw);
        Some(LabelledBox { bbox, ..object.clone() })
    }
}

/// The scan of a seed and its objects, changed by chance.
pub(super) fn varied(
    seed: u64,
    cloud: &PointCloud<Ego>,
    objects: &[LabelledBox],
) -> (PointCloud<Ego>, Vec<LabelledBox>) {
    let mut random = Random::new(!seed);
    let change = Change::of(&mut random);
    let points = cloud.points().iter().filter_map(|p| change.point(p, &mut random)).collect();
    (PointCloud::new(points), objects.iter().filter_map(|o| change.object(o)).collect())
}
