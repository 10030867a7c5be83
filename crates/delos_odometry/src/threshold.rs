//! How far a point may lie from its counterpart in the map.

use nalgebra::Isometry3;

/// The adaptive threshold of KISS-ICP (Vizzo et al. 2023, section III-C): the standard deviation of
/// how far the motion departs from constant velocity, as far away as a point may lie.
///
/// Departures below `min_motion_m` do not count, else standing still would make it vanish.
#[derive(Clone, Copy, Debug)]
pub(crate) struct AdaptiveThreshold {
    min_motion_m: f64,
    max_range_m: f64,
    square_sum: f64,
    count: f64,
}

impl AdaptiveThreshold {
    pub(crate) fn new(first_m: f64, min_motion_m: f64, max_range_m: f64) -> Self {
        Self { min_motion_m, max_range_m, square_sum: first_m * first_m, count: 1.0 }
    }

    /// The standard deviation, metres (equation 8). Points farther than three of it from the
    /// map have no counterpart.
    pub(crate) fn sigma_m(&self) -> f64 {
        (self.square_sum / self.count).sqrt()
    }

    /// Learns from the difference between a measured pose and its prediction.
    pub(crate) fn learn(&mut self, predicted_from_measured: &Isometry3<f64>) {
        let departure = self.departure_m(predicted_from_measured);
        if departure > self.min_motion_m {
            self.square_sum += departure * departure;
            self.count += 1.0;
        }
    }

    /// How far a point at the map's edge is off (equations 6 and 7).
    fn departure_m(&self, difference: &Isometry3<f64>) -> f64 {
        let turn = 2.0 * self.max_range_m * (difference.rotation.angle() / 2.0).sin();
        difference.translation.vector.norm() + turn
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use nalgebra::Vector3;

    #[test]
    fn it_follows_how_far_the_motion_departs_from_the_prediction() {
        let mut threshold = AdaptiveThreshold::new(2.0, 0.1, 100.0);
        assert!((threshold.sigma_m() - 2.0).abs() < 1e-12);
        threshold.learn(&Isometry3::translation(0.05, 0.0, 0.0));
        assert!((threshold.sigma_m() - 2.0).abs() < 1e-12, "small departures do not count");
        threshold.learn(&Isometry3::translation(0.3, 0.4, 0.0));
        assert!((threshold.sigma_m() - (4.25_f64 / 2.0).sqrt()).abs() < 1e-12);
    }

    #[test]
    fn a_turn_counts_by_what_it_does_at_the_edge() {
        let mut threshold = AdaptiveThreshold::new(1e-9, 0.1, 100.0);
        threshold.learn(&Isometry3::new(Vector3::zeros(), Vector3::z() * 0.01));
        let chord = 200.0 * 0.005_f64.sin();
        assert!((threshold.sigma_m() - (chord * chord / 2.0).sqrt()).abs() < 1e-9);
    }
}
