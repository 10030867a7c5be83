//! Where to look.

use super::super::folder::RunFolder;
use super::super::report::{EvalReport, FrameName, MissedObject, SwitchedObject, WorstFrame};
use super::table;
use crate::page::Html;

/// Rows of each list on the page; the rest is in the JSON file.
pub(super) const LISTED: usize = 40;

const HOW: &str = "Open recording.rrd in the Rerun viewer. Its timeline frame counts the frames of \
                   the run from 0 (column position), file_frame is the number in the data set \
                   (column frame). Or make a picture of a frame, without a screen:";

pub(super) fn section(html: &mut Html, run: &RunFolder, report: &EvalReport) {
    if report.tracking.is_none() {
        return;
    }
    html.item("h2", "Where to look");
    if run.path.join("recording.rrd").is_file() {
        html.item("p", HOW);
    } else {
        html.item("p", "The run has no recording.rrd (recorder.recording is off).");
    }
    let first = report.incidents.worst_frames.iter().find(|frame| frame.at.position.is_some());
    if let Some(frame) = first {
        html.with("p", &[], |html| html.item("code", &shot(report, &frame.at)));
    }
    worst(html, report);
    switches(html, report);
    missed(html, report);
}

fn worst(html: &mut Html, report: &EvalReport) {
    let heads =
        ["sequence", "frame", "position", "missed", "false", "switches", "work, ms", "picture"];
    let row = |frame: &WorstFrame| {
        let mut row = names(&frame.at);
        row.extend([frame.missed, frame.wrong, frame.switches].map(|count| count.to_string()));
        row.push(frame.work_ms.map_or_else(|| "dropped".to_owned(), |ms| format!("{ms:.1}")));
        row.push(if frame.at.position.is_some() { shot(report, &frame.at) } else { String::new() });
        row
    };
    let frames = &report.incidents.worst_frames;
    list(html, "Worst frames", &heads, frames.iter().map(row), frames.len());
}

fn switches(html: &mut Html, report: &EvalReport) {
    let heads = ["sequence", "frame", "position", "class", "object", "from track", "to track"];
    let row = |switch: &SwitchedObject| {
        let mut row = names(&switch.at);
        row.push(switch.class.to_owned());
        row.extend([switch.object, switch.from_track, switch.to_track].map(|id| id.to_string()));
        row
    };
    let switches = &report.incidents.switches;
    list(html, "Identity switches", &heads, switches.iter().map(row), switches.len());
}

fn missed(html: &mut Html, report: &EvalReport) {
    let heads =
        ["sequence", "frame", "position", "class", "object", "frames", "nearest, m", "missed in"];
    let row = |object: &MissedObject| {
        let mut row = names(&object.at);
        row.extend([object.class.to_owned(), object.object.to_string(), object.frames.to_string()]);
        row.push(object.nearest_m.map_or_else(|| "-".to_owned(), |m| format!("{m:.0}")));
        row.push(ranges(&object.ranges));
        row
    };
    let missed = &report.incidents.missed;
    list(html, "Missed objects", &heads, missed.iter().map(row), missed.len());
}

fn list(
    html: &mut Html,
    title: &str,
    heads: &[&str],
    rows: impl Iterator<Item = Vec<String>>,
    all: usize,
) {
    html.item("h3", title);
    if all == 0 {
        html.item("p", "None.");
        return;
    }
    if all > LISTED {
        html.with("p", &[("class", "quiet")], |html| {
            html.text(&format!("The first {LISTED} of {all}; all of them are in eval.json."));
        });
    }
    table(html, "texts", heads, &rows.take(LISTED).collect::<Vec<_>>());
}

fn names(at: &FrameName) -> Vec<String> {
    let position = at.position.map_or_else(|| "-".to_owned(), |position| position.to_string());
    vec![at.sequence.clone(), at.frame.to_string(), position]
}

/// The first ranges in words: `3, 7-12, ...`.
fn ranges(ranges: &[[u32; 2]]) -> String {
    let one = |[first, last]: &[u32; 2]| {
        if first == last { first.to_string() } else { format!("{first}-{last}") }
    };
    let mut words: Vec<String> = ranges.iter().take(6).map(one).collect();
    if ranges.len() > 6 {
        words.push(format!("and {} more", ranges.len() - 6));
    }
    words.join(", ")
}

/// A line for the shell that makes a picture of a frame.
fn shot(report: &EvalReport, at: &FrameName) -> String {
    let folder = quoted(&report.run.folder);
    let FrameName { sequence, frame, .. } = at;
    if report.run.sequences.len() == 1 {
        return format!("delos shot {folder} --frame {frame} --png frame{frame}.png");
    }
    let picture = quoted(&format!("{sequence}_{frame}.png"));
    let sequence = quoted(sequence);
    format!("delos shot {folder} --frame {frame} --sequence {sequence} --png {picture}")
}

/// As a shell reads it back, in quotes where it needs some.
fn quoted(text: &str) -> String {
    let is_plain = |c: char| c.is_alphanumeric() || matches!(c, '/' | '.' | '_' | '-' | '+' | ',');
    if !text.is_empty() && text.chars().all(is_plain) {
        return text.to_owned();
    }
    format!("'{}'", text.replace('\'', "'\\''"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_shell_reads_the_folder_back() {
        let table =
            [("out/demo", "out/demo"), ("my runs/a", "'my runs/a'"), ("it's", "'it'\\''s'")];
        for (folder, wanted) in table {
            assert_eq!(quoted(folder), wanted);
        }
    }

    #[test]
    fn long_lists_of_ranges_are_cut() {
        assert_eq!(ranges(&[[3, 3], [7, 12]]), "3, 7-12");
        assert_eq!(ranges(&[[0, 0]; 9]), "0, 0, 0, 0, 0, 0, and 3 more");
    }
}
