//! The tracks of a sequence as a table.

use super::life::{Fate, Life};
use super::words;
use crate::table;
use delos_ingest::track_log::TrackLog;

const HEADS: [&str; 6] = ["track", "class", "frames", "seen", "believed", "end"];

/// One line of facts, and one for each track.
pub(super) fn table(log: &TrackLog, lives: &[&Life<'_>]) -> String {
    let has_scenes = lives.iter().any(|life| life.scene != 0);
    let believed = lives.iter().filter(|life| life.believed_from().is_some()).count();
    let mut rows = vec![with_scene(has_scenes, "scene", HEADS.map(str::to_owned))];
    rows.extend(
        lives.iter().map(|life| with_scene(has_scenes, &life.scene.to_string(), row(life))),
    );
    format!(
        "sequence {}: {} in {}, {believed} of them believed\n\n{}",
        log.sequence,
        words::count(lives.len() as u64, "track"),
        words::count(log.frames.len() as u64, "frame"),
        table::texts(&rows)
    )
}

fn with_scene(wanted: bool, scene: &str, row: [String; 6]) -> Vec<String> {
    let scene = wanted.then(|| scene.to_owned());
    row.into_iter().chain(scene).collect()
}

fn row(life: &Life<'_>) -> [String; 6] {
    let end = match life.fate {
        Fate::Ended { frame, how, .. } => format!("{} in {frame}", words::end(how.cause)),
        Fate::Alive => "alive".to_owned(),
        Fate::Unknown => "?".to_owned(),
    };
    [
        life.id.to_string(),
        life.class().to_string(),
        format!("{}-{}", life.first(), life.last()),
        life.hits().to_string(),
        life.believed_from().map_or_else(|| "-".to_owned(), |frame| format!("from {frame}")),
        end,
    ]
}
