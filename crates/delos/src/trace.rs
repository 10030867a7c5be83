//! A trace of a run for Chrome's tracing page (chrome:tracing) and Perfetto: one lane for each thread, one for the
//! frames. Format: "Trace Event Format" (Google, 2016): complete events (`X`), asynchronous
//! events (`b`, `e`), metadata (`M`); microseconds.

use anyhow::{Context, Result};
use delos_runtime::{FrameRecord, Plan, RunReport, SpanNs};
use serde_json::{Value, json};
use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;

/// Number of the one process.
const PROCESS: u32 = 1;

/// Writes the trace of a run, whole or not at all.
pub(crate) fn write(path: &Path, plan: &Plan, report: &RunReport) -> Result<()> {
    let what = || format!("cannot write {}", path.display());
    let name =
        path.file_name().with_context(|| format!("{}: no name of a file", path.display()))?;
    let part = path.with_file_name(format!("{}.part", name.to_string_lossy()));
    let written = File::create(&part).and_then(|file| {
        let mut file = BufWriter::new(file);
        events(&mut file, plan, report)?;
        file.flush()
    });
    let written = written.and_then(|()| std::fs::rename(&part, path));
    if written.is_err() {
        // It may not even be there.
        let _ = std::fs::remove_file(&part);
    }
    written.with_context(what)
}

/// Writes the JSON array, event by event: a long run does not have to fit into memory twice.
fn events(to: &mut impl Write, plan: &Plan, report: &RunReport) -> std::io::Result<()> {
    write!(to, "[{}", meta("process_name", 0, &plan.name))?;
    let works = report.frames.iter().flat_map(|frame| &frame.work);
    let lanes = works.map(|work| work.lane).max().unwrap_or(0);
    for lane in 0..=lanes {
        let name = if lane == 0 { "source".to_owned() } else { format!("worker {lane}") };
        write!(to, ",\n{}", meta("thread_name", lane, &name))?;
    }
    for frame in &report.frames {
        for event in frame_events(plan, frame) {
            write!(to, ",\n{event}")?;
        }
    }
    writeln!(to, "]")
}

fn meta(what: &str, lane: usize, name: &str) -> Value {
    json!({ "ph": "M", "pid": PROCESS, "tid": lane, "name": what, "args": { "name": name } })
}

fn frame_events(plan: &Plan, frame: &FrameRecord) -> Vec<Value> {
    let header = &frame.header;
    let label = format!("{} {}", header.sequence, header.frame);
    let whole = |phase: &str, at: i64| {
        json!({
            "ph": phase, "cat": "frame", "id": header.tick, "name": "frame", "pid": PROCESS,
            "tid": 0, "ts": micros(at), "args": { "frame": label },
        })
    };
    let mut events = vec![whole("b", frame.released_ns), whole("e", frame.published_ns)];
    for ((node, span), work) in plan.nodes.iter().zip(&frame.spans).zip(&frame.work) {
        let mut of_node = |name: &str, category: &str, span: SpanNs| {
            let args = json!({ "frame": label, "missed": work.missed, "left out": work.skipped });
            events.push(json!({
                "ph": "X", "cat": category, "name": name, "pid": PROCESS, "tid": work.lane,
                "ts": micros(span.start), "dur": micros(span.end - span.start), "args": args,
            }));
        };
        of_node(&node.id, "component", *span);
        for part in &work.parts {
            of_node(part.name, "part", part.span);
        }
    }
    events
}

fn micros(nanos: i64) -> f64 {
    nanos as f64 * 1e-3
}
