//! LiDAR scans and what has been said of their points.

mod times;

pub use times::PointTimes;

use crate::{Body, CoreError, DigestHasher, Frame, Position, Transform};
use std::marker::PhantomData;

/// One return.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
#[repr(C)]
pub struct LidarPoint {
    /// Metres.
    pub x: f32,
    /// Metres.
    pub y: f32,
    /// Metres.
    pub z: f32,
    /// Reflectance, 0..=1.
    pub intensity: f32,
}

impl LidarPoint {
    /// Whether all four numbers are finite.
    pub fn is_finite(&self) -> bool {
        self.x.is_finite() && self.y.is_finite() && self.z.is_finite() && self.intensity.is_finite()
    }

    /// Distance from the vertical axis, metres.
    pub fn planar_range(&self) -> f32 {
        self.x.hypot(self.y)
    }
}

/// A scan: `[N] (x, y, z, intensity)` in frame `F`, metres, all finite.
#[derive(Clone, Debug, PartialEq)]
pub struct PointCloud<F: Frame> {
    points: Vec<LidarPoint>,
    times: Option<PointTimes>,
    dropped: u32,
    frame: PhantomData<fn() -> F>,
}

impl<F: Frame> PointCloud<F> {
    /// Takes the finite points in their order and counts the rest.
    pub fn new(mut points: Vec<LidarPoint>) -> Self {
        let all = points.len();
        points.retain(LidarPoint::is_finite);
        let dropped = u32::try_from(all - points.len()).unwrap_or(u32::MAX);
        Self { points, times: None, dropped, frame: PhantomData }
    }

    /// The same of points with a time each.
    ///
    /// # Errors
    /// [`CoreError::PointTimes`] when there is not one time for each point, or one is not finite.
    pub fn with_times(points: Vec<LidarPoint>, times: PointTimes) -> Result<Self, CoreError> {
        times.check(points.len())?;
        let mut finite = points.iter().map(LidarPoint::is_finite);
        let times = times.retained(|| finite.next().unwrap_or(false));
        Ok(Self { times: Some(times), ..Self::new(points) })
    }

    /// The same scan with a time for each of its points.
    ///
    /// # Errors
    /// As [`PointCloud::with_times`].
    pub fn timed(self, times: PointTimes) -> Result<Self, CoreError> {
        times.check(self.points.len())?;
        Ok(Self { times: Some(times), ..self })
    }

    /// The same scan, of which so many points more have been left out already.
    #[must_use]
    pub const fn after_dropping(mut self, more: u32) -> Self {
        self.dropped = self.dropped.saturating_add(more);
        self
    }

    /// When each point was measured, where the scan says so.
    pub const fn times(&self) -> Option<&PointTimes> {
        self.times.as_ref()
    }

    /// The points, in scan order.
    pub fn points(&self) -> &[LidarPoint] {
        &self.points
    }

    /// How many points were not finite and have been left out.
    pub const fn dropped(&self) -> u32 {
        self.dropped
    }

    /// Point `index` in double precision.
    pub fn position(&self, index: usize) -> Option<Position<F>> {
        let p = self.points.get(index)?;
        Some(Position::new(f64::from(p.x), f64::from(p.y), f64::from(p.z)))
    }

    /// The same scan in frame `To`.
    #[must_use]
    pub fn transformed<To: Frame>(&self, to_from_here: &Transform<To, F>) -> PointCloud<To> {
        let iso = to_from_here.isometry().cast::<f32>();
        let points = self.points.iter().map(|p| {
            let moved = iso * nalgebra::Point3::new(p.x, p.y, p.z);
            LidarPoint { x: moved.x, y: moved.y, z: moved.z, intensity: p.intensity }
        });
        let (times, dropped) = (self.times.clone(), self.dropped);
        PointCloud { points: points.collect(), times, dropped, frame: PhantomData }
    }
}

impl<F: Frame> Body for PointCloud<F> {
    const NAME: &'static str = "point cloud";
    fn digest(&self, hasher: &mut DigestHasher) {
        hasher.u64(self.points.len() as u64);
        hasher.f32_rows(&self.points, |p| [p.x, p.y, p.z, p.intensity]);
        hasher.u64(u64::from(self.dropped));
        if let Some(times) = &self.times {
            times.digest(hasher);
        }
    }
}

/// What a point of a scan belongs to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Segment {
    /// Nothing has claimed it: out of range, noise, or too small a group.
    #[default]
    Rest,
    /// The ground.
    Ground,
    /// Cluster number k.
    Cluster(u32),
}

impl Segment {
    /// Number for files and digests: 0 rest, 1 ground, `2 + k` cluster k.
    pub const fn code(self) -> u32 {
        match self {
            Self::Rest => 0,
            Self::Ground => 1,
            Self::Cluster(k) => k.saturating_add(2),
        }
    }
}

/// One [`Segment`] for each point of a scan, in the scan's order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Segments {
    /// `[N]`, as long as the scan.
    pub labels: Vec<Segment>,
    /// How many clusters there are; cluster numbers are below this.
    pub clusters: u32,
}

impl Segments {
    /// The indices of the points of each cluster, by cluster number, ascending.
    pub fn members(&self) -> Vec<Vec<u32>> {
        let mut members = vec![Vec::new(); self.clusters as usize];
        for (index, label) in self.labels.iter().enumerate() {
            if let Segment::Cluster(k) = label
                && let Some(list) = members.get_mut(*k as usize)
            {
                list.push(index as u32);
            }
        }
        members
    }
}

impl Body for Segments {
    const NAME: &'static str = "segments";
    fn digest(&self, hasher: &mut DigestHasher) {
        hasher.u64(self.labels.len() as u64).u64(u64::from(self.clusters));
        for label in &self.labels {
            hasher.u32(label.code());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Ego;

    #[test]
    fn points_that_are_not_finite_are_dropped_and_counted() {
        let good = LidarPoint { x: 1.0, y: 2.0, z: 3.0, intensity: 0.5 };
        let cloud = PointCloud::<Ego>::new(vec![
            good,
            LidarPoint { x: f32::NAN, ..good },
            LidarPoint { z: f32::INFINITY, ..good },
            good,
        ]);
        assert_eq!(cloud.points(), [good, good]);
        assert_eq!(cloud.dropped(), 2);
    }

    #[test]
    fn a_point_that_is_dropped_takes_its_time_with_it() {
        let good = LidarPoint { x: 1.0, y: 2.0, z: 3.0, intensity: 0.5 };
        let points = vec![good, LidarPoint { x: f32::NAN, ..good }, LidarPoint { y: 7.0, ..good }];
        let times = PointTimes::Rolling(vec![-0.05, 0.0, 0.05]);
        let cloud = PointCloud::<Ego>::with_times(points.clone(), times).expect("as many");
        assert_eq!((cloud.points().len(), cloud.dropped()), (2, 1));
        assert_eq!(cloud.times(), Some(&PointTimes::Rolling(vec![-0.05, 0.05])));
        let moved = cloud.transformed(&Transform::<Ego, Ego>::identity());
        assert_eq!(moved.times(), cloud.times());
        for wrong in [vec![0.0; 2], vec![0.0, f32::NAN, 0.0]] {
            let error = PointCloud::<Ego>::with_times(points.clone(), PointTimes::Aligned(wrong));
            assert!(matches!(error, Err(CoreError::PointTimes { points: 3, .. })), "{error:?}");
        }
    }

    #[test]
    fn times_that_come_later_change_nothing_else() {
        let good = LidarPoint { x: 1.0, y: 2.0, z: 3.0, intensity: 0.5 };
        let points = vec![good, LidarPoint { x: f32::NAN, ..good }, LidarPoint { y: 7.0, ..good }];
        let times = |seconds: &[f32]| PointTimes::Rolling(seconds.to_vec());
        let at_once = PointCloud::<Ego>::with_times(points.clone(), times(&[0.0, 1.0, 2.0]));
        let later = PointCloud::<Ego>::new(points.clone()).timed(times(&[0.0, 2.0]));
        assert_eq!(later, at_once);
        assert_eq!(later.expect("one each").after_dropping(3).dropped(), 4);
        let wrong = PointCloud::<Ego>::new(points).timed(times(&[0.0, 1.0, 2.0]));
        assert_eq!(wrong, Err(CoreError::PointTimes { points: 2, times: 3 }));
    }

    #[test]
    fn times_are_part_of_the_digest_and_nothing_else_changes_it() {
        let points = vec![LidarPoint { x: 1.0, ..LidarPoint::default() }];
        let digest = |cloud: &PointCloud<Ego>| {
            let mut hasher = DigestHasher::default();
            cloud.digest(&mut hasher);
            hasher.finish()
        };
        let timed = |times| PointCloud::with_times(points.clone(), times).expect("one each");
        let all = [
            digest(&PointCloud::new(points.clone())),
            digest(&timed(PointTimes::Rolling(vec![0.0]))),
            digest(&timed(PointTimes::Aligned(vec![0.0]))),
            digest(&timed(PointTimes::Aligned(vec![0.1]))),
        ];
        for (at, one) in all.iter().enumerate() {
            assert!(all[at + 1..].iter().all(|other| other != one));
        }
    }

    #[test]
    fn members_list_points_by_cluster() {
        let segments = Segments {
            labels: vec![
                Segment::Ground,
                Segment::Cluster(1),
                Segment::Rest,
                Segment::Cluster(0),
                Segment::Cluster(1),
            ],
            clusters: 2,
        };
        assert_eq!(segments.members(), vec![vec![3], vec![1, 4]]);
    }
}
