//! Whether vehicles keep the identity they were given.

use delos_core::TrackId;
use std::collections::BTreeMap;

/// The last that is known of one vehicle.
#[derive(Clone, Copy, Debug)]
struct Last {
    track: TrackId,
    is_lost: bool,
}

/// Counts changes of identity and interruptions.
#[derive(Clone, Debug, Default)]
pub(super) struct Identities {
    last: BTreeMap<TrackId, Option<Last>>,
    vehicles: u64,
    found: u64,
    switches: u64,
    fragmentations: u64,
}

impl Identities {
    pub(super) fn begin_scene(&mut self) {
        self.last.clear();
    }

    /// A vehicle that counts in this frame, and the track that has found it.
    pub(super) fn add(&mut self, vehicle: TrackId, track: Option<TrackId>) {
        let is_new = !self.last.contains_key(&vehicle);
        self.vehicles += u64::from(is_new);
        let last = self.last.entry(vehicle).or_default();
        match (last.as_mut(), track) {
            (Some(last), None) => last.is_lost = true,
            (Some(last), Some(track)) => {
                self.switches += u64::from(last.track != track);
                self.fragmentations += u64::from(last.is_lost);
                *last = Last { track, is_lost: false };
            }
            (None, Some(track)) => {
                self.found += 1;
                *last = Some(Last { track, is_lost: false });
            }
            (None, None) => {}
        }
    }

    /// Different vehicles that counted in some frame.
    pub(super) const fn vehicles(&self) -> u64 {
        self.vehicles
    }

    /// Those of them that were found in some frame.
    pub(super) const fn found(&self) -> u64 {
        self.found
    }

    /// How often a vehicle was found by another track than the last time.
    pub(super) const fn switches(&self) -> u64 {
        self.switches
    }

    /// How often a vehicle was found again after frames in which it counted and was missed.
    pub(super) const fn fragmentations(&self) -> u64 {
        self.fragmentations
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fed(frames: &[Option<u32>]) -> Identities {
        let mut identities = Identities::default();
        for track in frames {
            identities.add(TrackId(7), track.map(TrackId));
        }
        identities
    }

    #[test]
    fn switches_and_fragmentations_are_told_apart() {
        let table: [(&[Option<u32>], u64, u64); 6] = [
            (&[Some(1), Some(1), Some(1)], 0, 0),
            (&[Some(1), Some(2), Some(1)], 2, 0),
            (&[Some(1), None, Some(1)], 0, 1),
            (&[Some(1), None, None, Some(2)], 1, 1),
            (&[None, None, Some(1), None], 0, 0),
            (&[None], 0, 0),
        ];
        for (frames, switches, fragmentations) in table {
            let identities = fed(frames);
            assert_eq!(identities.switches(), switches, "{frames:?}");
            assert_eq!(identities.fragmentations(), fragmentations, "{frames:?}");
            assert_eq!(identities.vehicles(), 1);
            assert_eq!(identities.found(), u64::from(frames.iter().any(Option::is_some)));
        }
    }

    #[test]
    fn a_new_scene_forgets_the_vehicles_and_keeps_the_sums() {
        let mut identities = fed(&[Some(1), Some(2)]);
        identities.begin_scene();
        identities.add(TrackId(7), Some(TrackId(9)));
        assert_eq!((identities.switches(), identities.vehicles()), (1, 2));
    }
}
