//! Which detection belongs to which track.

use super::config::ImageTrackerConfig;
use super::found::{Found, Intake};
use super::life::LiveTrack;
use super::rectangle::Rect;
use crate::class_belief::{Group, compatible};
use delos_core::{ImageTrackCause, ObjectClass};
use delos_filter::{CostPair, SparseAssigner};

/// What a track without a detection costs; pairs cost less, so that few are left over.
const NONE_COST: f64 = 1.5;

/// A track is compared with this many detections at most: a bound on memory and time that
/// only heaps of detections on one spot reach.
const MOST_CANDIDATES: usize = 64;

/// The rounds, in their order.
const ROUNDS: [ImageTrackCause; 3] =
    [ImageTrackCause::Expected, ImageTrackCause::Weak, ImageTrackCause::LastSeen];

/// The detection of a track, and by which round.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Match {
    pub(crate) found: usize,
    pub(crate) cause: ImageTrackCause,
}

/// Pairs tracks with detections, optimally in each of three rounds. Keeps its memory.
///
/// First the strong detections with where tracks are expected, then the weak ones with what
/// is left of the tracks seen of late (`ByteTrack`, Zhang et al. 2022, algorithm 1), then the
/// strong ones left over with where the remaining tracks were last seen (observation-centric
/// recovery, Cao et al. 2023).
#[derive(Clone, Debug, Default)]
pub(crate) struct Pairing {
    pairs: Vec<CostPair>,
    assigner: SparseAssigner,
    matches: Vec<Option<Match>>,
    taken: Vec<bool>,
}

impl Pairing {
    /// For each track its detection.
    pub(crate) fn run(
        &mut self,
        tracks: &[LiveTrack],
        intake: &Intake,
        config: &ImageTrackerConfig,
    ) {
        self.matches.clear();
        self.matches.resize(tracks.len(), None);
        self.taken.clear();
        self.taken.resize(intake.all().len(), false);
        for cause in ROUNDS {
            self.collect(cause, tracks, intake, config);
            self.assign(cause, intake.all().len());
        }
    }

    /// The detection of each track.
    pub(crate) fn matches(&self) -> &[Option<Match>] {
        &self.matches
    }

    /// Whether a detection has a track.
    pub(crate) fn is_taken(&self, found: usize) -> bool {
        self.taken.get(found).copied().unwrap_or(false)
    }

    fn collect(
        &mut self,
        cause: ImageTrackCause,
        tracks: &[LiveTrack],
        intake: &Intake,
        config: &ImageTrackerConfig,
    ) {
        let round = Round::of(cause, config);
        self.pairs.clear();
        for (row, track) in (0..).zip(tracks) {
            if self.matches[row as usize].is_some() || !round.asks(track) {
                continue;
            }
            let first = self.pairs.len();
            let (rect, class) = (round.place(track), track.class());
            let penalty = if track.is_confirmed() { 0.0 } else { config.tentative_penalty };
            for (column, found) in intake.near(&rect.grown(config.reach)) {
                if self.taken[column as usize] || !round.takes(found) {
                    continue;
                }
                if let Some(cost) = round.cost(rect, class, found, config) {
                    self.pairs.push(CostPair { row, column, cost: cost + penalty });
                }
            }
            keep_cheapest(&mut self.pairs, first);
        }
    }

    fn assign(&mut self, cause: ImageTrackCause, columns: usize) {
        if self.pairs.is_empty() {
            return;
        }
        let found = self.assigner.assign(self.matches.len(), columns, &self.pairs, NONE_COST);
        for (entry, column) in self.matches.iter_mut().zip(found) {
            if let Some(column) = *column {
                *entry = Some(Match { found: column, cause });
                self.taken[column] = true;
            }
        }
    }
}

/// What counts in a round.
struct Round {
    cause: ImageTrackCause,
    min_overlap: f64,
    strong_score: f64,
}

impl Round {
    fn of(cause: ImageTrackCause, config: &ImageTrackerConfig) -> Self {
        let min_overlap = match cause {
            ImageTrackCause::Weak => config.min_weak_overlap,
            ImageTrackCause::LastSeen => config.min_last_overlap,
            _ => config.min_overlap,
        };
        Self { cause, min_overlap, strong_score: config.strong_score }
    }

    fn asks(&self, track: &LiveTrack) -> bool {
        match self.cause {
            ImageTrackCause::Weak => track.misses() == 0,
            _ => true,
        }
    }

    fn takes(&self, found: &Found) -> bool {
        (found.probability >= self.strong_score) == (self.cause != ImageTrackCause::Weak)
    }

    fn place<'a>(&self, track: &'a LiveTrack) -> &'a Rect {
        match self.cause {
            ImageTrackCause::LastSeen => track.seen(),
            _ => track.expected(),
        }
    }

    /// Cost of a pair in 0..=1 plus penalties, or `None` outside the gate.
    fn cost(
        &self,
        rect: &Rect,
        class: ObjectClass,
        found: &Found,
        config: &ImageTrackerConfig,
    ) -> Option<f64> {
        if !compatible(class, found.class) {
            return None;
        }
        let overlap = rect.overlap(&found.rect, config.overlap);
        let named = Group::of(found.class) != Group::Unnamed && Group::of(class) != Group::Unnamed;
        let other = if named && class != found.class { config.class_penalty } else { 0.0 };
        (overlap >= self.min_overlap).then_some((1.0 - overlap) / 2.0 + other)
    }
}

/// Leaves the cheapest pairs of the last row, by column ascending.
fn keep_cheapest(pairs: &mut Vec<CostPair>, first: usize) {
    let row = &mut pairs[first..];
    if row.len() > MOST_CANDIDATES {
        row.select_nth_unstable_by(MOST_CANDIDATES, |a, b| {
            a.cost.total_cmp(&b.cost).then(a.column.cmp(&b.column))
        });
        pairs.truncate(first + MOST_CANDIDATES);
        pairs[first..].sort_unstable_by_key(|pair| pair.column);
    }
}
