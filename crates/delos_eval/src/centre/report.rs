//! What is said of a whole run.

use super::CentreScores;
use super::cases::{CaseGroup, WrongCase};
use serde::Serialize;

/// Sums over all frames. Shares and means are `None` where there is nothing to divide by.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct CentreReport {
    /// Vehicles found of those that count.
    pub recall: Option<f64>,
    /// Tracks that are right of those that are right or wrong.
    pub precision: Option<f64>,
    /// How often a vehicle was found by another track than the last time it was found.
    pub id_switches: u64,
    /// Mean distance between the centres of vehicles and the tracks that found them, seen
    /// from above, metres.
    pub position_error_m: Option<f64>,
    /// 95 of 100 of these distances are at most this, metres.
    pub position_error_p95_m: Option<f64>,
    /// How often a vehicle was found again after frames in which it counted and was missed.
    pub fragmentations: u64,
    /// Frames judged.
    pub frames: u64,
    /// Vehicles that count, summed over frames.
    pub vehicles_counted: u64,
    /// Vehicles found, summed over frames: as many as there are right tracks.
    pub vehicles_found: u64,
    /// Tracks that are neither right nor wrong, summed over frames.
    pub tracks_neutral: u64,
    /// Tracks where nothing is, summed over frames.
    pub tracks_wrong: u64,
    /// Different vehicles that count in some frame, where labels have identities.
    pub identities: u64,
    /// Those of them that are found in some frame.
    pub identities_found: u64,
    /// Vehicles that count, divided by what makes them hard.
    pub hard_cases: Vec<CaseGroup>,
    /// Wrong tracks by their distance.
    pub wrong_by_distance: Vec<WrongCase>,
}

impl CentreReport {
    pub(super) fn of(scores: &CentreScores) -> Self {
        let share = |part: u64, whole: u64| (whole > 0).then(|| part as f64 / whole as f64);
        let mut distances = scores.distances.clone();
        distances.sort_by(f64::total_cmp);
        Self {
            recall: share(scores.right, scores.counted),
            precision: share(scores.right, scores.right + scores.wrong),
            id_switches: scores.identities.switches(),
            position_error_m: mean(&distances),
            position_error_p95_m: nearest_rank(&distances, 95),
            fragmentations: scores.identities.fragmentations(),
            frames: scores.frames,
            vehicles_counted: scores.counted,
            vehicles_found: scores.right,
            tracks_neutral: scores.neutral,
            tracks_wrong: scores.wrong,
            identities: scores.identities.vehicles(),
            identities_found: scores.identities.found(),
            hard_cases: scores.cases.groups(),
            wrong_by_distance: scores.cases.wrong(),
        }
    }
}

fn mean(values: &[f64]) -> Option<f64> {
    (!values.is_empty()).then(|| values.iter().sum::<f64>() / values.len() as f64)
}

/// The smallest value that `percent` of all values do not exceed.
fn nearest_rank(sorted: &[f64], percent: usize) -> Option<f64> {
    sorted.get((sorted.len() * percent).div_ceil(100).checked_sub(1)?).copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranks_follow_the_definition() {
        let values: Vec<f64> = (1..=20).map(f64::from).collect();
        assert_eq!(nearest_rank(&values, 95), Some(19.0));
        assert_eq!(nearest_rank(&values[..10], 95), Some(10.0));
        assert_eq!(nearest_rank(&values[..1], 95), Some(1.0));
        assert_eq!((nearest_rank(&[], 95), mean(&[])), (None, None));
    }
}
