//! The figures that are shown.

use delos_eval::tracking::{Hota, Scores};
use std::fmt;

/// Scores in percent, and counts.
#[derive(Clone, Copy)]
pub(crate) struct Figures {
    pub(crate) hota: f64,
    pub(crate) det_a: f64,
    pub(crate) ass_a: f64,
    pub(crate) loc_a: f64,
    pub(crate) mota: f64,
    pub(crate) id_switches: u64,
    pub(crate) fragmentations: u64,
    pub(crate) false_positives: u64,
    pub(crate) false_negatives: u64,
}

impl Figures {
    pub(crate) fn of(scores: &Scores) -> Self {
        let (hota, clear) = (&scores.hota, &scores.clear);
        Self {
            hota: Hota::mean(&hota.hota) * 100.0,
            det_a: Hota::mean(&hota.det_a) * 100.0,
            ass_a: Hota::mean(&hota.ass_a) * 100.0,
            loc_a: Hota::mean(&hota.loc_a) * 100.0,
            mota: clear.mota * 100.0,
            id_switches: clear.id_switches,
            fragmentations: clear.fragmentations,
            false_positives: clear.false_positives,
            false_negatives: clear.false_negatives,
        }
    }

    pub(crate) fn combined(parts: &[Scores]) -> Self {
        Self::of(&Scores::combined(parts.iter()))
    }

    /// What a search makes as large as it can: HOTA first, then what users look at next.
    pub(crate) fn worth(&self, mota_weight: f64) -> f64 {
        self.hota + mota_weight * self.mota - 0.01 * self.id_switches as f64
    }
}

impl fmt::Display for Figures {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "HOTA {:6.2} DetA {:6.2} AssA {:6.2} LocA {:6.2} MOTA {:7.2} IDSW {:3} Frag {:3} FP {:5} FN {:5}",
            self.hota,
            self.det_a,
            self.ass_a,
            self.loc_a,
            self.mota,
            self.id_switches,
            self.fragmentations,
            self.false_positives,
            self.false_negatives
        )
    }
}
