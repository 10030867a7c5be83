//! Which detection belongs to which track.

use crate::TrackerConfig;
use crate::config::Assignment;
use crate::cost::Target;
use crate::found::Found;
use crate::gates::Gates;
use crate::life::LiveTrack;
use delos_core::{Pairing, Rival};
use delos_filter::Assigner;

/// Finds the detection of each track, in two rounds: first among the detections that may
/// start tracks, then the tracks left over among the rest. Keeps its memory.
#[derive(Clone, Debug, Default)]
pub(crate) struct Associator {
    candidates: Vec<Candidate>,
    assigner: Assigner,
    /// By track.
    chosen: Vec<Option<u32>>,
    /// By detection.
    owner: Vec<Option<u32>>,
    rivals: Vec<Option<u32>>,
}

/// A pair inside the gate.
#[derive(Clone, Copy, Debug)]
struct Candidate {
    track: u32,
    found: u32,
    pairing: Pairing,
}

impl Associator {
    /// Decides on a frame.
    pub(crate) fn run(
        &mut self,
        tracks: &[LiveTrack],
        found: &[Found],
        gates: &Gates,
        config: &TrackerConfig,
    ) {
        self.candidates.clear();
        self.chosen.clear();
        self.chosen.resize(tracks.len(), None);
        self.owner.clear();
        self.owner.resize(found.len(), None);
        for round in [1, 2] {
            let first = self.candidates.len();
            self.pair_up(round, tracks, found, gates, config);
            self.assign(first, config.assignment);
        }
        self.find_rivals();
    }

    /// The detection of a track: its position among those found, and what it cost.
    pub(crate) fn of_track(&self, track: usize) -> Option<(usize, Pairing)> {
        let candidate = self.candidates.get((*self.chosen.get(track)?)? as usize)?;
        Some((candidate.found as usize, candidate.pairing))
    }

    /// The cheapest detection in the gate that a track did not get.
    pub(crate) fn rival(&self, track: usize, tracks: &[LiveTrack]) -> Option<Rival> {
        let candidate = self.candidates.get((*self.rivals.get(track)?)? as usize)?;
        let owner = self.owner.get(candidate.found as usize).copied().flatten();
        let taken_by = owner.and_then(|owner| tracks.get(owner as usize)).map(|track| track.id);
        Some(Rival { pairing: candidate.pairing, taken_by })
    }

    /// Whether a detection belongs to a track.
    pub(crate) fn is_taken(&self, found: usize) -> bool {
        self.owner.get(found).is_some_and(Option::is_some)
    }

    /// Collects the pairs of a round.
    fn pair_up(
        &mut self,
        round: u8,
        tracks: &[LiveTrack],
        found: &[Found],
        gates: &Gates,
        config: &TrackerConfig,
    ) {
        self.assigner.begin(tracks.len(), found.len(), 0.0);
        for (row, track) in tracks.iter().enumerate().filter(|(row, _)| self.chosen[*row].is_none())
        {
            let group = track.group();
            let target = Target::of(track, gates.of(group), config.of(group));
            self.assigner.set_row_none_cost(row, config.of(group).cost.none);
            let of_round = |f: &&Found| f.is_strong == (round == 1);
            for (column, detection) in found.iter().enumerate().filter(|(_, f)| of_round(f)) {
                let Some(pair) = target.cost(detection) else { continue };
                self.assigner.allow(row, column, pair.cost);
                let pairing = Pairing {
                    detection: detection.index,
                    score: detection.score,
                    probability: detection.probability,
                    cost: pair.cost,
                    gate_share: pair.gate_share,
                    round,
                };
                self.candidates.push(Candidate {
                    track: row as u32,
                    found: column as u32,
                    pairing,
                });
            }
        }
    }

    /// Gives out the detections of a round, whose candidates begin at `first`.
    fn assign(&mut self, first: usize, assignment: Assignment) {
        let columns = match assignment {
            Assignment::Optimal => self.assigner.optimal(),
            Assignment::Greedy => self.assigner.greedy(),
        };
        for (number, candidate) in self.candidates.iter().enumerate().skip(first) {
            let (row, column) = (candidate.track as usize, candidate.found as usize);
            if columns.get(row).copied().flatten() == Some(column) {
                self.chosen[row] = Some(number as u32);
                self.owner[column] = Some(candidate.track);
            }
        }
    }

    fn find_rivals(&mut self) {
        self.rivals.clear();
        self.rivals.resize(self.chosen.len(), None);
        for (number, candidate) in self.candidates.iter().enumerate() {
            let row = candidate.track as usize;
            let cheapest =
                self.rivals[row].map(|rival| self.candidates[rival as usize].pairing.cost);
            let is_cheaper = cheapest.is_none_or(|cheapest| candidate.pairing.cost < cheapest);
            if self.chosen[row] != Some(number as u32) && is_cheaper {
                self.rivals[row] = Some(number as u32);
            }
        }
    }
}
