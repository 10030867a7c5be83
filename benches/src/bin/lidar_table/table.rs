//! The tables as text.

use crate::judge::{AP_POINTS, Found, Line, RECALL_POINTS, frames, lines, whole};
use crate::scenes::{Scene, Source};
use anyhow::Result;
use std::io::Write;

/// Sources that are judged together.
const GROUPS: [(&str, &[Source]); 7] = [
    ("everything", &[Source::Tracking, Source::Objects, Source::Drive52]),
    ("sequence 0000 and drive 0052", &[Source::Tracking, Source::Drive52]),
    ("sequence 0000, 154 scans", &[Source::Tracking]),
    ("object samples and drive 0052", &[Source::Objects, Source::Drive52]),
    ("object samples", &[Source::Objects]),
    ("drive 0052, four scans", &[Source::Drive52]),
    ("besides: drive 0001, five scans", &[Source::Drive1]),
];

/// Writes the table by distance and the table by source.
pub(crate) fn write(out: &mut impl Write, scenes: &[Scene], found: &[Found]) -> Result<()> {
    let all = GROUPS[0].1;
    let followed = [Source::Tracking, Source::Drive52];
    by_distance(out, "frame by frame", &lines_of(scenes, found, all, false))?;
    by_distance(
        out,
        "frame by frame, without object samples",
        &lines_of(scenes, found, &followed, false),
    )?;
    by_distance(out, "tracked", &lines_of(scenes, found, &followed, true))?;
    for is_tracked in [false, true] {
        by_source(out, scenes, found, is_tracked)?;
    }
    Ok(())
}

fn lines_of(
    scenes: &[Scene],
    found: &[Found],
    sources: &[Source],
    is_tracked: bool,
) -> (Option<f64>, Vec<Line>) {
    lines(&frames(scenes, found, sources, is_tracked))
}

fn by_distance(
    out: &mut impl Write,
    name: &str,
    (score, lines): &(Option<f64>, Vec<Line>),
) -> Result<()> {
    writeln!(
        out,
        "| {name}; cut {} | cars ({RECALL_POINTS}+) | recall | precision | centre off, m | \
         axis off, deg | reversed | cars ({AP_POINTS}+) | AP 0.5 | AP 0.7 |",
        number(*score)
    )?;
    writeln!(out, "|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|")?;
    for line in lines {
        let (cut, [from, to]) = (&line.cut, line.band_m);
        writeln!(
            out,
            "| {from} to {to} m | {} | {} | {} | {} | {} | {} | {} | {} | {} |",
            cut.counted,
            number(cut.recall),
            number(cut.precision),
            number(cut.centre_error_m),
            cut.axis_error_rad.map_or("-".into(), |rad| format!("{:.1}", rad.to_degrees())),
            number(cut.reversed),
            line.counted,
            number(line.ap[0]),
            number(line.ap[1]),
        )?;
    }
    Ok(writeln!(out)?)
}

fn by_source(
    out: &mut impl Write,
    scenes: &[Scene],
    found: &[Found],
    is_tracked: bool,
) -> Result<()> {
    let name = if is_tracked { "tracked" } else { "frame by frame" };
    writeln!(
        out,
        "| {name} | scans | cars to 20 m | recall | cars to 40 m | recall | uncut: recall | \
         precision | cars ({AP_POINTS}+) to 40 m | AP 0.5 | AP 0.7 |"
    )?;
    writeln!(out, "|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|")?;
    for (name, sources) in GROUPS {
        if is_tracked && sources.contains(&Source::Objects) {
            continue;
        }
        let frames = frames(scenes, found, sources, is_tracked);
        let [near, all] = [20.0, 40.0].map(|range_m| whole(&frames, range_m));
        writeln!(
            out,
            "| {name} | {} | {} | {} | {} | {} | {} | {} | {} | {} | {} |",
            frames.len(),
            near.recall.0,
            number(near.recall.1),
            all.recall.0,
            number(all.recall.1),
            number(all.uncut[0]),
            number(all.uncut[1]),
            all.counted,
            number(all.ap[0]),
            number(all.ap[1]),
        )?;
    }
    Ok(writeln!(out)?)
}

fn number(value: Option<f64>) -> String {
    value.map_or_else(|| "-".to_owned(), |value| format!("{value:.2}"))
}
