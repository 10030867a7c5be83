//! Objects that stand in a frame twice.

use super::wrong::{Reason, WrongRow};
use delos_core::{BenchmarkRow, MotRow, ObjectClass};

/// A row that may have an identity.
pub(super) trait Identified {
    fn key(&self) -> Key;
}

/// What may stand in a file once.
///
/// The class belongs to it because trackers that count each class from zero are common and
/// the reference tools read them.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Key {
    frame: u32,
    class: Option<ObjectClass>,
    id: i64,
    /// Where it stands.
    pub(super) line: u32,
}

impl Identified for BenchmarkRow {
    fn key(&self) -> Key {
        Key { frame: self.frame, class: Some(self.class), id: self.id, line: self.line }
    }
}

impl Identified for MotRow {
    fn key(&self) -> Key {
        Key { frame: self.frame, class: None, id: self.id, line: self.line }
    }
}

/// The rows that repeat an earlier one, by line. Rows without an identity are not compared.
pub(super) fn duplicates(rows: &[impl Identified]) -> Vec<WrongRow> {
    let mut keys: Vec<Key> = rows.iter().map(Identified::key).filter(|key| key.id >= 0).collect();
    // Nearly always in order already, which a stable sort finds out in one pass.
    keys.sort_by_key(|key| key.frame);
    let frames = keys.chunk_by_mut(|a, b| a.frame == b.frame);
    let mut found: Vec<WrongRow> = frames.flat_map(in_frame).collect();
    found.sort_by_key(|wrong| wrong.line);
    found
}

impl Key {
    fn is_same(&self, other: &Self) -> bool {
        (self.frame, self.class, self.id) == (other.frame, other.class, other.id)
    }

    fn refuse(&self, first_line: u32) -> WrongRow {
        let Self { frame, class, id, line } = *self;
        let class = class.map_or_else(String::new, |class| format!(" ({})", class.kitti_name()));
        let what = format!("frame {frame}, id {id}{class} stands in line {first_line} already");
        WrongRow { line, reason: Reason::Duplicate, what }
    }
}

fn in_frame(keys: &mut [Key]) -> Vec<WrongRow> {
    keys.sort_unstable();
    let groups = keys.chunk_by(Key::is_same);
    let later = groups.flat_map(|group| {
        let (first, later) = group.split_first().map_or((0, group), |(key, rest)| (key.line, rest));
        later.iter().map(move |key| key.refuse(first))
    });
    later.collect()
}
