//! Objects that stand in a frame twice.

use super::wrong::{Reason, WrongRow};
use delos_core::{BenchmarkRow, ObjectClass};

/// The rows whose frame, class and identity stand in an earlier row, by line.
///
/// The class belongs to it because trackers that count each class from zero are common and
/// the reference tools read them. Rows without an identity are not compared.
/// `first_frame` is the number the file gives to frame 0.
pub(super) fn duplicates(rows: &[BenchmarkRow], first_frame: u32) -> Vec<WrongRow> {
    let mut keys: Vec<Key> = rows.iter().filter(|row| row.id >= 0).map(Key::of).collect();
    // Nearly always in order already, which a stable sort finds out in one pass.
    keys.sort_by_key(|key| key.frame);
    let mut found: Vec<WrongRow> = keys
        .chunk_by_mut(|a, b| a.frame == b.frame)
        .flat_map(|keys| in_frame(keys, first_frame))
        .collect();
    found.sort_by_key(|wrong| wrong.line);
    found
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Key {
    frame: u32,
    class: ObjectClass,
    id: i64,
    line: u32,
}

impl Key {
    const fn of(row: &BenchmarkRow) -> Self {
        Self { frame: row.frame, class: row.class, id: row.id, line: row.line }
    }

    const fn is_same(&self, other: &Self) -> bool {
        self.frame == other.frame && self.class as u8 == other.class as u8 && self.id == other.id
    }

    fn refuse(&self, first_line: u32, first_frame: u32) -> WrongRow {
        let Self { id, line, .. } = *self;
        let (frame, class) = (self.frame + first_frame, self.class.kitti_name());
        let what = format!("frame {frame}, id {id} ({class}) stands in line {first_line} already");
        WrongRow { line, reason: Reason::Duplicate, what }
    }
}

fn in_frame(keys: &mut [Key], first_frame: u32) -> Vec<WrongRow> {
    keys.sort_unstable();
    let groups = keys.chunk_by(Key::is_same);
    let later = groups.flat_map(|group| {
        let (first, later) = group.split_first().map_or((0, group), |(key, rest)| (key.line, rest));
        later.iter().map(move |key| key.refuse(first, first_frame))
    });
    later.collect()
}
