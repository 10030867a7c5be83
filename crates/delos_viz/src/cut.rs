//! A recording of one frame: its last state, and the curves up to it.
//!
//! Rerun 0.36's viewer has no argument for the time to show: it can only stand at the end
//! of a recording. And it takes its picture after a fixed number of its own steps, loaded
//! or not: so the copy is as small as can be, and its layout comes first.

use crate::blueprint::{Content, Layout};
use crate::error::whole_cause;
use crate::sink::FileWriter;
use crate::{VizError, paths};
use rerun::external::re_log_encoding::Decoder;
use rerun::log::{Chunk, ChunkResult, LogMsg};
use rerun::{EntityPath, StoreKind};
use std::collections::BTreeMap;
use std::fs::File;
use std::io::BufReader;
use std::path::Path;

/// Copies the state of `from` in frame `last` (`None`: the last one) to `to`, laid out for
/// a picture. Returns the frame.
pub(crate) fn cut(from: &Path, to: &Path, last: Option<u64>) -> Result<u64, VizError> {
    let (first, end) = frames(from)?;
    let wanted = last.map_or(end, |last| i64::try_from(last).unwrap_or(i64::MAX));
    if wanted < first || wanted > end {
        let wanted = wanted.unsigned_abs();
        return Err(VizError::NoFrame { path: from.to_owned(), wanted, first, last: end });
    }
    let mut excerpt = Excerpt { wanted, ..Excerpt::default() };
    for message in messages(from)? {
        excerpt.take(message?).map_err(|error| unreadable(from, &error))?;
    }
    excerpt.write(from, &FileWriter::create(to)?, wanted - first)?;
    Ok(wanted.unsigned_abs())
}

/// First and last frame of a recording.
fn frames(path: &Path) -> Result<(i64, i64), VizError> {
    let mut range: Option<(i64, i64)> = None;
    for message in messages(path)? {
        let LogMsg::ArrowMsg(store, arrow) = message? else { continue };
        if store.kind() != StoreKind::Recording {
            continue;
        }
        let chunk = Chunk::from_arrow_msg(&arrow).map_err(|e| unreadable(path, &e))?;
        for tick in ticks(&chunk) {
            let (first, last) = range.unwrap_or((*tick, *tick));
            range = Some((first.min(*tick), last.max(*tick)));
        }
    }
    range.ok_or_else(|| VizError::NoFrames { path: path.to_owned() })
}

/// The messages of a recording, one after another.
pub(crate) fn messages(
    path: &Path,
) -> Result<impl Iterator<Item = Result<LogMsg, VizError>>, VizError> {
    let file = File::open(path).map_err(|error| unreadable(path, &error))?;
    let decoded = Decoder::<LogMsg>::decode_eager(BufReader::new(file))
        .map_err(|error| unreadable(path, &error))?;
    let path = path.to_owned();
    Ok(decoded.map(move |message| message.map_err(|error| unreadable(&path, &error))))
}

fn unreadable(path: &Path, error: &dyn std::error::Error) -> VizError {
    VizError::Read { path: path.to_owned(), cause: whole_cause(error) }
}

/// The frame of each row; none where a chunk holds for all frames.
pub(crate) fn ticks(chunk: &Chunk) -> &[i64] {
    chunk.timelines().get(&paths::TICK.into()).map_or(&[], |column| column.times_raw())
}

/// What a picture of one frame needs of a recording.
#[derive(Default)]
struct Excerpt {
    wanted: i64,
    layout: Layout,
    info: Option<LogMsg>,
    /// What holds for all frames.
    fixed: Vec<Chunk>,
    /// The last row of each entity. One row is a whole state: the recorder logs every
    /// entity in one piece, and takes it away by an empty one.
    states: BTreeMap<EntityPath, (i64, Chunk)>,
    /// All rows of curves and notices.
    series: BTreeMap<EntityPath, Vec<Chunk>>,
}

impl Excerpt {
    fn take(&mut self, message: LogMsg) -> ChunkResult<()> {
        // The recording's own layout is for people who browse it.
        if message.store_id().kind() == StoreKind::Blueprint {
            return Ok(());
        }
        match message {
            LogMsg::ArrowMsg(_, arrow) => self.take_chunk(Chunk::from_arrow_msg(&arrow)?),
            info => self.info = Some(info),
        }
        Ok(())
    }

    fn take_chunk(&mut self, chunk: Chunk) {
        if chunk.is_static() {
            self.fixed.push(chunk);
            return;
        }
        self.note(&chunk);
        let rows = rows_until(&chunk, self.wanted);
        if is_series(chunk.entity_path()) {
            let parts = runs(&rows).map(|(start, length)| chunk.row_sliced_deep(start, length));
            self.series.entry(chunk.entity_path().clone()).or_default().extend(parts);
            return;
        }
        let Some(row) = rows.into_iter().max_by_key(|row| ticks(&chunk)[*row]) else {
            return;
        };
        let tick = ticks(&chunk)[row];
        let path = chunk.entity_path();
        if self.states.get(path).is_none_or(|(known, _)| *known <= tick) {
            self.states.insert(path.clone(), (tick, chunk.row_sliced_deep(row, 1)));
        }
    }

    /// Remembers which views the recording needs.
    fn note(&mut self, chunk: &Chunk) {
        let at = |path: &str| *chunk.entity_path() == EntityPath::from(path);
        let camera = at(paths::IMAGE) || at(paths::CAMERA_DETECTIONS);
        let space =
            [paths::GROUND, paths::RADAR, paths::DETECTIONS, paths::TRACKS, paths::EGO_TRAIL];
        let deadlines = chunk.entity_path().starts_with(&EntityPath::from(paths::DEADLINES));
        let space = space.into_iter().any(at);
        let radar = at(paths::RADAR);
        self.layout = self.layout.with(Content { camera, space, radar, deadlines });
    }

    fn write(self, from: &Path, to: &FileWriter, history: i64) -> Result<(), VizError> {
        let info = self.info.ok_or_else(|| VizError::NoFrames { path: from.to_owned() })?;
        let store = info.store_id().clone();
        to.append(&info);
        let layout = Layout { still: Some(history), ..self.layout };
        let (messages, activation) = layout.messages(store.application_id().clone())?;
        for message in &messages {
            to.append(message);
        }
        if let Some(activation) = activation {
            to.append(&activation.into());
        }
        let states = self.states.into_values().map(|(_, chunk)| chunk);
        let series = self.series.into_values().filter_map(|parts| joined(parts).transpose());
        let series =
            series.collect::<ChunkResult<Vec<_>>>().map_err(|error| unreadable(from, &error))?;
        for chunk in self.fixed.into_iter().chain(states).chain(series) {
            // Parts of one chunk must not share its identity.
            let arrow = chunk.clone_with_new_id().to_arrow_msg();
            let arrow = arrow.map_err(|error| unreadable(from, &error))?;
            to.append(&LogMsg::ArrowMsg(store.clone(), arrow));
        }
        to.finish()
    }
}

/// The parts of a series in one piece. They are joined in pairs, the pairs in pairs, and so
/// on: each row is copied as often as the number of parts can be halved, not once per part.
fn joined(mut parts: Vec<Chunk>) -> ChunkResult<Option<Chunk>> {
    while parts.len() > 1 {
        let pairs = parts.chunks(2).map(|pair| match pair {
            [left, right] => Chunk::concat_and_sort(left, right),
            rest => Ok(rest[0].clone()),
        });
        parts = pairs.collect::<ChunkResult<_>>()?;
    }
    Ok(parts.pop())
}

/// Curves and notices: what came before still shows.
fn is_series(path: &EntityPath) -> bool {
    [paths::LATENCY, paths::DEADLINES, paths::NOTICES]
        .into_iter()
        .any(|series| path.starts_with(&EntityPath::from(series)))
}

/// Rows that belong to frame `last` or an earlier one, ascending.
fn rows_until(chunk: &Chunk, last: i64) -> Vec<usize> {
    let all = ticks(chunk).iter().enumerate();
    all.filter(|(_, tick)| **tick <= last).map(|(row, _)| row).collect()
}

/// Ascending row numbers as `(start, length)` of unbroken runs.
fn runs(rows: &[usize]) -> impl Iterator<Item = (usize, usize)> {
    rows.chunk_by(|a, b| a + 1 == *b).map(|run| (run[0], run.len()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_become_runs() {
        let cases = [
            (vec![], vec![]),
            (vec![3], vec![(3, 1)]),
            (vec![0, 1, 2], vec![(0, 3)]),
            (vec![0, 2, 3, 7], vec![(0, 1), (2, 2), (7, 1)]),
        ];
        for (rows, wanted) in cases {
            assert_eq!(runs(&rows).collect::<Vec<_>>(), wanted);
        }
    }

    #[test]
    fn parts_of_a_series_are_joined_in_their_order() {
        let tick = rerun::Timeline::new_sequence(paths::TICK);
        let part = |start: i64| {
            let times = (start..start + 2).map(|t| (tick, t));
            let rows = times.map(|time| {
                let point = rerun::TimePoint::from_iter([time]);
                (rerun::log::RowId::new(), point, rerun::Scalars::single(time.1 as f64))
            });
            let built = rows.fold(Chunk::builder("latency/a"), |chunk, (id, point, value)| {
                chunk.with_archetype(id, point, &value)
            });
            built.build().expect("a chunk")
        };
        for count in 0..9 {
            let parts: Vec<Chunk> = (0..count).map(|n| part(2 * n)).collect();
            let whole = joined(parts).expect("alike");
            let times = whole.as_ref().map_or(&[][..], ticks);
            assert_eq!(times, (0..2 * count).collect::<Vec<_>>());
        }
    }

    #[test]
    fn what_is_no_recording_is_refused() {
        let folder = tempfile::tempdir().expect("a folder");
        let (text, short) = (folder.path().join("a.rrd"), folder.path().join("b.rrd"));
        std::fs::write(&text, "this is no recording at all").expect("written");
        for path in [&text, &folder.path().join("absent.rrd")] {
            let error = cut(path, &short, None).expect_err("unreadable");
            assert!(matches!(error, VizError::Read { .. }), "{error}");
        }
    }
}
