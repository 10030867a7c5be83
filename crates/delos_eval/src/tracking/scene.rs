//! What the metrics look at: who was there in each frame, and who overlaps whom.

use crate::Side;

/// A kept object or result.
#[derive(Clone, Copy, Debug)]
pub(super) struct Entry {
    /// Its row in the input.
    pub(super) row: u32,
    /// Its identity as it is written.
    pub(super) id: i64,
    /// Its identity, counted from 0 in ascending order of those that are kept.
    pub(super) identity: u32,
}

/// An object and a result of one frame that overlap.
#[derive(Clone, Copy, Debug)]
pub(super) struct Pair {
    /// Position of the object in its frame.
    pub(super) row: u32,
    /// Position of the result in its frame.
    pub(super) column: u32,
    /// Which pair of identities this is: position in [`Scene::encounters`].
    pub(super) encounter: u32,
    /// Intersection over union, above 0.
    pub(super) similarity: f64,
}

/// Two identities that overlap in some frame.
#[derive(Clone, Copy, Debug)]
pub(super) struct Encounter {
    pub(super) truth: u32,
    pub(super) result: u32,
}

/// One frame of a scene.
#[derive(Clone, Copy, Debug)]
pub(super) struct FrameView<'a> {
    /// Its number in the input.
    pub(super) number: u32,
    pub(super) truth: &'a [Entry],
    pub(super) results: &'a [Entry],
    /// Ordered by row, then column.
    pub(super) pairs: &'a [Pair],
}

/// The entries of one side.
#[derive(Clone, Debug, Default)]
pub(super) struct Entries {
    list: Vec<Entry>,
    ids: Vec<i64>,
    counts: Vec<u32>,
}

impl Entries {
    /// How many entries there are.
    pub(super) const fn len(&self) -> usize {
        self.list.len()
    }

    /// How many identities there are.
    pub(super) const fn identities(&self) -> usize {
        self.ids.len()
    }

    /// In how many frames each identity is.
    pub(super) fn counts(&self) -> &[u32] {
        &self.counts
    }

    /// The identity as it is written.
    pub(super) fn id(&self, identity: u32) -> i64 {
        self.ids[identity as usize]
    }

    fn clear(&mut self) {
        self.list.clear();
    }

    fn number_identities(&mut self) {
        self.ids.clear();
        self.ids.extend(self.list.iter().map(|entry| entry.id));
        self.ids.sort_unstable();
        self.ids.dedup();
        self.counts.clear();
        self.counts.resize(self.ids.len(), 0);
        for entry in &mut self.list {
            let identity = self.ids.partition_point(|id| *id < entry.id);
            self.counts[identity] += 1;
            entry.identity = identity as u32;
        }
    }
}

/// Where a frame ends in each list.
#[derive(Clone, Copy, Debug, Default)]
struct Ends {
    number: u32,
    truth: usize,
    results: usize,
    pairs: usize,
}

/// An identity that is in a frame twice.
#[derive(Clone, Copy, Debug)]
pub(super) struct Twice {
    pub(super) side: Side,
    pub(super) row: u32,
    pub(super) frame: u32,
    pub(super) id: i64,
}

/// A sequence reduced to what the metrics need. Identities are numbered densely once and
/// only pairs that overlap are kept, so that memory and time follow the number of pairs and
/// not the product of the numbers of identities. Keeps its memory.
#[derive(Clone, Debug, Default)]
pub(super) struct Scene {
    /// Length of the sequence, frames in which nothing is included.
    length: u32,
    frames: Vec<Ends>,
    truth: Entries,
    results: Entries,
    pairs: Vec<Pair>,
    encounters: Vec<Encounter>,
    order: Vec<(u64, u32)>,
    last_frame: Vec<u32>,
}

impl Scene {
    /// Begins a sequence.
    pub(super) fn begin(&mut self, length: u32) {
        self.length = length;
        self.frames.clear();
        self.truth.clear();
        self.results.clear();
        self.pairs.clear();
    }

    pub(super) fn add_truth(&mut self, row: u32, id: i64) {
        self.truth.list.push(Entry { row, id, identity: 0 });
    }

    pub(super) fn add_result(&mut self, row: u32, id: i64) {
        self.results.list.push(Entry { row, id, identity: 0 });
    }

    /// Adds a pair of the present frame, ordered by row, then column.
    pub(super) fn add_pair(&mut self, row: u32, column: u32, similarity: f64) {
        self.pairs.push(Pair { row, column, encounter: 0, similarity });
    }

    /// Ends the present frame.
    pub(super) fn end_frame(&mut self, number: u32) {
        let (truth, results) = (self.truth.len(), self.results.len());
        self.frames.push(Ends { number, truth, results, pairs: self.pairs.len() });
    }

    /// Ends the sequence: numbers the identities and their encounters.
    pub(super) fn end(&mut self) -> Result<(), Twice> {
        self.truth.number_identities();
        self.results.number_identities();
        self.check_once(Side::Truth)?;
        self.check_once(Side::Results)?;
        self.number_encounters();
        Ok(())
    }

    /// Length of the sequence in frames.
    pub(super) const fn length(&self) -> u32 {
        self.length
    }

    pub(super) const fn truth(&self) -> &Entries {
        &self.truth
    }

    pub(super) const fn results(&self) -> &Entries {
        &self.results
    }

    /// The pairs of identities that overlap somewhere, in ascending order.
    pub(super) fn encounters(&self) -> &[Encounter] {
        &self.encounters
    }

    /// All pairs, whatever their frame.
    pub(super) fn pairs(&self) -> &[Pair] {
        &self.pairs
    }

    /// Whether one of the sides has nothing at all; the reference tools give up then.
    pub(super) const fn is_one_sided(&self) -> bool {
        self.truth.len() == 0 || self.results.len() == 0
    }

    /// The frames that were added, in their order.
    pub(super) fn frames(&self) -> impl Iterator<Item = FrameView<'_>> {
        let mut start = Ends::default();
        self.frames.iter().map(move |end| {
            let from = std::mem::replace(&mut start, *end);
            FrameView {
                number: end.number,
                truth: &self.truth.list[from.truth..end.truth],
                results: &self.results.list[from.results..end.results],
                pairs: &self.pairs[from.pairs..end.pairs],
            }
        })
    }

    fn check_once(&mut self, side: Side) -> Result<(), Twice> {
        let mut last = std::mem::take(&mut self.last_frame);
        let identities = match side {
            Side::Truth => self.truth.identities(),
            Side::Results => self.results.identities(),
        };
        last.clear();
        last.resize(identities, u32::MAX);
        let twice = self.frames().enumerate().find_map(|(index, frame)| {
            let entries = if side == Side::Truth { frame.truth } else { frame.results };
            let is_again = |entry: &&Entry| {
                let seen = &mut last[entry.identity as usize];
                std::mem::replace(seen, index as u32) == index as u32
            };
            let entry = entries.iter().find(is_again)?;
            Some(Twice { side, row: entry.row, frame: frame.number, id: entry.id })
        });
        self.last_frame = last;
        twice.map_or(Ok(()), Err)
    }

    fn number_encounters(&mut self) {
        let mut order = std::mem::take(&mut self.order);
        order.clear();
        let keys = self.frames().flat_map(|frame| {
            frame.pairs.iter().map(move |pair| {
                let truth = frame.truth[pair.row as usize].identity;
                let result = frame.results[pair.column as usize].identity;
                u64::from(truth) << 32 | u64::from(result)
            })
        });
        order.extend(keys.zip(0u32..));
        order.sort_unstable();
        self.encounters.clear();
        let mut last = None;
        for (key, pair) in order.iter().copied() {
            if last.replace(key) != Some(key) {
                self.encounters.push(Encounter { truth: (key >> 32) as u32, result: key as u32 });
            }
            self.pairs[pair as usize].encounter = self.encounters.len() as u32 - 1;
        }
        self.order = order;
    }
}
