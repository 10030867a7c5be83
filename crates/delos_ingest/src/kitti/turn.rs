//! When KITTI's LiDAR measured the points of a scan.
//!
//! The scans of the raw drives, from which those of the tracking and object benchmarks are taken,
//! are not corrected for the vehicle's motion: the development kit asks to "untwist" them, and
//! each ring of drive 0001, at 13 m/s, still lies on one cone around the sensor. The sensor
//! turns clockwise seen from above (azimuths fall with time) and begins behind, so that it looks
//! ahead at the stamp, when the cameras are triggered. The kit says "counter-clockwise"; CT-ICP
//! (Dellenbach et al., ICRA 2022) and KISS-ICP (Vizzo et al., 2023) turn clockwise, and so does
//! what the scans show: on drive 0001 the left side passes by more slowly from scan to scan than
//! the right, by 0.2 m/s of 13.

use delos_core::{LidarPoint, PointTimes, Span, Stamp};
use std::f32::consts::TAU;

/// Time of a turn where no file tells it: the mean of drive 0001's.
const USUAL_TURN_S: f64 = 0.1031;

/// One turn of the sensor.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Turn {
    /// Seconds after the stamp of the scan.
    start_s: f32,
    end_s: f32,
}

impl Default for Turn {
    fn default() -> Self {
        let half_s = (USUAL_TURN_S / 2.0) as f32;
        Self { start_s: -half_s, end_s: half_s }
    }
}

impl Turn {
    /// From `start` to `end`, which lie before and after the stamp of the scan by less than a
    /// second; `None` for other times.
    pub(super) fn between(start: Stamp, stamp: Stamp, end: Stamp) -> Option<Self> {
        let most = Span::from_millis(1000);
        let (before, after) = (stamp - start, end - stamp);
        let fits = before >= Span::ZERO && after > Span::ZERO && before < most && after < most;
        let [start_s, end_s] = [-before.as_secs_f64(), after.as_secs_f64()].map(|s| s as f32);
        fits.then_some(Self { start_s, end_s })
    }

    /// The times of the points of a scan, by their azimuths.
    pub(super) fn times(self, points: &[LidarPoint]) -> PointTimes {
        PointTimes::Rolling(points.iter().map(|point| self.seconds(point)).collect())
    }

    fn seconds(self, point: &LidarPoint) -> f32 {
        let share = 0.5 - point.y.atan2(point.x) / TAU;
        self.start_s + (self.end_s - self.start_s) * share
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn times(turn: Turn, places: &[[f32; 2]]) -> Vec<f32> {
        let point = |[x, y]: &[f32; 2]| LidarPoint { x: *x, y: *y, z: 0.0, intensity: 0.0 };
        let times = turn.times(&places.iter().map(point).collect::<Vec<_>>());
        assert!(times.is_rolling());
        times.seconds().to_vec()
    }

    #[test]
    fn what_lies_ahead_is_seen_at_the_stamp_and_the_left_before_the_right() {
        let at = |ms: i64| Stamp::from_nanos(1_000_000_000 + ms * 1_000_000);
        let turn = Turn::between(at(-52), at(0), at(48)).expect("a turn");
        let places = [[-9.0, 0.001], [0.0, 5.0], [7.0, 0.0], [0.0, -5.0], [-9.0, -0.001]];
        let found = times(turn, &places);
        for (found, wanted) in found.iter().zip([-0.052, -0.027, -0.002, 0.023, 0.048]) {
            assert!((found - wanted).abs() < 1e-5, "{found} is not {wanted}");
        }
        let usual = times(Turn::default(), &places);
        assert!(usual[2].abs() < 1e-9 && (usual[4] - usual[0] - 0.1031).abs() < 1e-4);
    }

    #[test]
    fn times_that_are_no_turn_are_refused() {
        let at = |ms: i64| Stamp::from_nanos(ms * 1_000_000);
        for (start, end) in [(10, 60), (-50, 0), (-1000, 50), (-50, 1000), (50, -50)] {
            assert_eq!(Turn::between(at(start), at(0), at(end)), None, "{start} {end}");
        }
    }
}
