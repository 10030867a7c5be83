//! Stretches of a life in which the same happens.

use super::super::life::{Life, Row};
use delos_core::{ObjectClass, Rival, TrackCause, TrackId};

/// Rows that are told in one sentence; there is at least one.
pub(super) struct Chapter<'a> {
    rows: &'a [Row<'a>],
    /// The row before the first.
    pub(super) before: Option<&'a Row<'a>>,
    /// Frames in which it was not seen before it was found again in the first row.
    pub(super) absence: usize,
    /// Whether it had been believed before the first row.
    pub(super) was_believed: bool,
}

/// What makes one row like the next.
#[derive(PartialEq)]
struct Plot {
    /// A row of its own.
    event: Option<u32>,
    cause: TrackCause,
    class: ObjectClass,
    outbid_by: Option<TrackId>,
}

/// The life cut where something else happens.
pub(super) fn chapters<'a>(life: &'a Life<'a>) -> Vec<Chapter<'a>> {
    let mut start = 0;
    let mut was_believed = false;
    let mut absence = 0;
    let plots: Vec<Plot> = (0..life.rows.len()).map(|index| plot(&life.rows, index)).collect();
    plots
        .chunk_by(|a, b| a == b)
        .map(|alike| {
            let rows = &life.rows[start..start + alike.len()];
            let before = start.checked_sub(1).and_then(|index| life.rows.get(index));
            let chapter = Chapter { rows, before, absence, was_believed };
            start += alike.len();
            absence = if is_miss(chapter.cause()) { absence + rows.len() } else { 0 };
            was_believed |= is_believed(chapter.cause());
            chapter
        })
        .collect()
}

fn plot(rows: &[Row<'_>], index: usize) -> Plot {
    let Row { frame, track, .. } = rows[index];
    let cause = track.step.cause;
    let is_found_again = !is_miss(cause)
        && index.checked_sub(1).is_some_and(|before| is_miss(rows[before].track.step.cause));
    let is_event = is_found_again
        || matches!(cause, TrackCause::Born | TrackCause::BornConfirmed | TrackCause::Confirmed);
    Plot {
        event: is_event.then_some(frame),
        cause,
        class: track.class,
        outbid_by: outbid(&rows[index]).and_then(|rival| rival.taken_by),
    }
}

/// A detection that would have been cheaper than the one it got.
pub(super) fn outbid<'a>(row: &Row<'a>) -> Option<&'a Rival> {
    let step = &row.track.step;
    let (pairing, rival) = (step.pairing.as_ref()?, step.rival.as_ref()?);
    (rival.taken_by.is_some() && rival.pairing.cost < pairing.cost).then_some(rival)
}

const fn is_miss(cause: TrackCause) -> bool {
    matches!(cause, TrackCause::Coasted(_) | TrackCause::Lost(_))
}

const fn is_believed(cause: TrackCause) -> bool {
    matches!(cause, TrackCause::BornConfirmed | TrackCause::Confirmed | TrackCause::Seen)
}

impl<'a> Chapter<'a> {
    pub(super) const fn rows(&self) -> &'a [Row<'a>] {
        self.rows
    }

    pub(super) fn first(&self) -> &'a Row<'a> {
        &self.rows[0]
    }

    pub(super) fn last(&self) -> &'a Row<'a> {
        &self.rows[self.rows.len() - 1]
    }

    /// What happens in it.
    pub(super) fn cause(&self) -> TrackCause {
        self.first().track.step.cause
    }

    /// The class by whose rules its first detection was judged.
    pub(super) fn class_before(&self) -> ObjectClass {
        self.before.unwrap_or(self.first()).track.class
    }

    /// What it is from here on, where that is something else than before.
    pub(super) fn new_class(&self) -> Option<ObjectClass> {
        let class = self.first().track.class;
        (class != self.class_before()).then_some(class)
    }
}
