//! Places in a run that deserve a look.

use super::folder::{RunFolder, RunSequence};
use super::judge::Pairing;
use super::latency::to_answer;
use super::report::{FrameName, Incidents, MissedObject, SwitchedObject, WorstFrame};
use super::tracking::with_sequence;
use anyhow::Result;
use delos_core::ObjectClass;
use delos_eval::tracking::{Evaluator, Events, Missed};
use std::collections::BTreeMap;

/// Nothing to look at.
pub(super) fn none() -> Incidents {
    Incidents::default()
}

/// What went wrong in the tracks of these classes, in a way that a person can find it.
pub(super) fn incidents(
    run: &RunFolder,
    pairings: &[Pairing<'_>],
    classes: &[ObjectClass],
) -> Result<Incidents> {
    let mut evaluator = Evaluator::default();
    let mut incidents = Incidents::default();
    for pairing in pairings {
        let mut frames = BTreeMap::new();
        for class in classes {
            let events =
                with_sequence(pairing, |sequence| Ok(evaluator.kitti_events(sequence, *class)?))?;
            count(&mut frames, pairing.sequence, &events);
            incidents.add(pairing.sequence, *class, &events);
        }
        note_work(run, pairing.sequence, &mut frames);
        incidents.worst_frames.extend(frames.into_values());
    }
    incidents.sort();
    Ok(incidents)
}

impl Incidents {
    fn add(&mut self, sequence: &RunSequence, class: ObjectClass, events: &Events) {
        self.switches.extend(events.switches.iter().map(|switch| SwitchedObject {
            at: name(sequence, switch.frame),
            class: class.name(),
            object: switch.id,
            from_track: switch.from,
            to_track: switch.to,
        }));
        let mut by_object: BTreeMap<i64, Vec<&Missed>> = BTreeMap::new();
        for missed in &events.missed {
            by_object.entry(missed.id).or_default().push(missed);
        }
        let missed = |(id, all): (i64, Vec<&Missed>)| missed_object(sequence, class, id, &all);
        self.missed.extend(by_object.into_iter().filter_map(missed));
    }

    /// The worst first; of equal ones the order of the run stays.
    fn sort(&mut self) {
        self.worst_frames.sort_by_key(|frame| std::cmp::Reverse(frame.weight()));
        self.missed.sort_by_key(|object| std::cmp::Reverse(object.frames));
        self.switches.sort_by(|a, b| {
            (&a.at.sequence, a.at.frame, a.object).cmp(&(&b.at.sequence, b.at.frame, b.object))
        });
    }
}

/// Adds up what goes wrong in each frame.
fn count(frames: &mut BTreeMap<u32, WorstFrame>, sequence: &RunSequence, events: &Events) {
    let mut at = |frame: u32, add: fn(&mut WorstFrame)| {
        add(frames.entry(frame).or_insert_with(|| WorstFrame {
            at: name(sequence, frame),
            missed: 0,
            wrong: 0,
            switches: 0,
            work_ms: None,
        }));
    };
    for missed in &events.missed {
        at(missed.frame, |frame| frame.missed += 1);
    }
    for wrong in &events.false_tracks {
        at(wrong.frame, |frame| frame.wrong += 1);
    }
    for switch in &events.switches {
        at(switch.frame, |frame| frame.switches += 1);
    }
}

fn note_work(run: &RunFolder, sequence: &RunSequence, frames: &mut BTreeMap<u32, WorstFrame>) {
    let Some(path) = to_answer(&run.facts.launch) else { return };
    for work in path.work(sequence) {
        if let Some(frame) = frames.get_mut(&work.frame) {
            frame.work_ms = Some(work.takes.as_millis_f64());
        }
    }
}

fn missed_object(
    sequence: &RunSequence,
    class: ObjectClass,
    object: i64,
    missed: &[&Missed],
) -> Option<MissedObject> {
    let first = missed.first()?;
    let mut ranges: Vec<[u32; 2]> = vec![];
    for frame in missed.iter().map(|missed| missed.frame) {
        match ranges.last_mut() {
            Some([_, last]) if last.saturating_add(1) == frame => *last = frame,
            _ => ranges.push([frame, frame]),
        }
    }
    let distances = missed.iter().filter_map(|missed| missed.distance_m);
    Some(MissedObject {
        at: name(sequence, first.frame),
        class: class.name(),
        object,
        frames: u32::try_from(missed.len()).unwrap_or(u32::MAX),
        ranges,
        nearest_m: distances.reduce(f64::min),
    })
}

fn name(sequence: &RunSequence, frame: u32) -> FrameName {
    let times = sequence.frame(frame).and_then(|frame| frame.times.as_ref());
    FrameName { sequence: sequence.name.clone(), frame, position: times.map(|times| times.tick) }
}
