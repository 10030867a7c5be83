//! What happened in a stretch of frames, in words.

use super::super::rules::{AllRules, Rules};
use super::super::words::{coarse, count, number, percent, place, span};
use super::chapter::{Chapter, outbid};
use delos_core::{MissCause, Pairing, Rival, TrackCause};

pub(super) fn of(chapter: &Chapter<'_>, rules: &AllRules<'_>) -> String {
    let rules = rules.for_class(chapter.class_before());
    let text = match chapter.cause() {
        TrackCause::Born => born(chapter, &rules, false),
        TrackCause::BornConfirmed => born(chapter, &rules, true),
        TrackCause::Coasted(why) => missed(chapter, ("coasts", ""), why, &rules),
        TrackCause::Lost(why) if chapter.was_believed => {
            missed(chapter, ("lost", &since(chapter, &rules)), why, &rules)
        }
        TrackCause::Lost(why) => missed(chapter, ("not believed", ""), why, &rules),
        cause => seen(chapter, cause, &rules),
    };
    match chapter.new_class() {
        Some(class) => format!("now a {class}; {text}"),
        None => text,
    }
}

fn born(chapter: &Chapter<'_>, rules: &Rules, is_believed: bool) -> String {
    let track = chapter.first().track;
    let at = track.step.pairing.as_ref().map_or_else(String::new, |pairing| {
        format!(" at {}, which no track had", detection(pairing))
    });
    let belief = match (is_believed, needs(rules)) {
        (true, needs) => format!("believed at once{needs}"),
        (false, needs) => format!("not believed yet{needs}"),
    };
    let [class, place] = [track.class.to_string(), place(track.place)];
    let existence = number(track.existence);
    format!("born as {class}{at}: {place}; existence {existence}, {belief}")
}

/// What belief takes.
fn needs(rules: &Rules) -> String {
    match (rules.confirm, rules.confirm_hits) {
        (Some(confirm), Some(hits)) => {
            format!(" (that takes {confirm} and {})", count(hits, "detection"))
        }
        _ => String::new(),
    }
}

fn seen(chapter: &Chapter<'_>, cause: TrackCause, rules: &Rules) -> String {
    let verb = match cause {
        TrackCause::Confirmed => format!("seen, and now believed{}", needs(rules)),
        TrackCause::Gathering => "seen, not believed yet".to_owned(),
        TrackCause::Doubted => {
            let limit = rules.publish.map_or_else(String::new, |limit| format!(" {limit}"));
            format!("seen, but existence is below{limit}: not believed")
        }
        _ => "seen".to_owned(),
    };
    let again = match chapter.absence {
        0 => String::new(),
        frames => format!(" again after {}", count(frames as u64, "frame")),
    };
    let verb = verb.replacen("seen", &format!("seen{again}"), 1);
    match chapter.rows() {
        [_] => format!("{verb}: {}; {}", paired(chapter, rules), existence(chapter)),
        many => format!("{verb}, {} frames: {}", many.len(), paired_often(chapter, rules)),
    }
}

/// One detection with its cost.
fn paired(chapter: &Chapter<'_>, rules: &Rules) -> String {
    let row = chapter.first();
    let Some(pairing) = &row.track.step.pairing else { return "by no known detection".to_owned() };
    let rival = outbid(row).map_or_else(String::new, |rival| {
        let Rival { pairing, taken_by } = rival;
        let by = taken_by.map_or_else(String::new, |track| format!(" to track {track}"));
        format!(
            "; detection {} would have cost {}, but went{by}",
            pairing.detection,
            number(pairing.cost)
        )
    });
    format!(
        "{}, cost {}{}, {} of the gate{}{rival}",
        detection(pairing),
        number(pairing.cost),
        at_most(rules),
        percent(pairing.gate_share),
        weak_ones(usize::from(is_weak(pairing)), 1),
    )
}

/// What several detections cost.
fn paired_often(chapter: &Chapter<'_>, rules: &Rules) -> String {
    let pairings = || chapter.rows().iter().filter_map(|row| row.track.step.pairing.as_ref());
    let largest = pairings().map(|pairing| pairing.gate_share).fold(f64::NEG_INFINITY, f64::max);
    let taken_by = outbid(chapter.first()).and_then(|rival| rival.taken_by);
    let rival =
        taken_by.map_or_else(String::new, |track| format!("; cheaper ones went to track {track}"));
    format!(
        "existence {}, cost {}{}, up to {} of the gate{}{rival}",
        span(chapter.rows().iter().map(|row| row.track.existence)),
        span(pairings().map(|pairing| pairing.cost)),
        at_most(rules),
        percent(largest),
        weak_ones(pairings().filter(|pairing| is_weak(pairing)).count(), pairings().count()),
    )
}

/// Why a track is believed no more, where that begins.
fn since(chapter: &Chapter<'_>, rules: &Rules) -> String {
    let before = chapter.before.map(|row| row.track.step.cause);
    match (before, rules.coast, rules.coast_s) {
        (Some(TrackCause::Lost(_)), ..) | (_, None, _) | (_, _, None) => String::new(),
        (_, Some(coast), _) if chapter.first().track.existence < coast => {
            format!(", as existence is below {coast}")
        }
        (.., Some(coast_s)) => format!(", as it is unseen for longer than {coast_s} s"),
    }
}

fn missed(
    chapter: &Chapter<'_>,
    (what, since): (&str, &str),
    why: MissCause,
    rules: &Rules,
) -> String {
    let frames = match chapter.rows() {
        [_] => String::new(),
        many => format!(", {} frames", many.len()),
    };
    let rivals = || chapter.rows().iter().filter_map(|row| row.track.step.rival.as_ref());
    let cost = span(rivals().map(|rival| rival.pairing.cost));
    let which = match (chapter.rows(), rivals().next()) {
        ([_], Some(rival)) => detection(&rival.pairing),
        _ => "the cheapest detection".to_owned(),
    };
    let why = match why {
        MissCause::NothingInGate => "no detection in its gate".to_owned(),
        MissCause::Unwatched => "no detections came, so nobody looked".to_owned(),
        MissCause::TooDear => {
            format!("{which} in its gate is too dear, cost {cost}{}", limit(rules))
        }
        MissCause::Taken(by) => {
            let dear = rules.none.is_some_and(|none| rivals().all(|r| r.pairing.cost > none));
            let dear = if dear { ", and would have been too dear" } else { "" };
            format!("{which} in its gate, cost {cost}{}, went to track {by}{dear}", limit(rules))
        }
    };
    format!("{what}{frames}{since}: {why}; {}", existence(chapter))
}

/// The price of leaving a track without: the most that a detection may cost.
fn at_most(rules: &Rules) -> String {
    rules.none.map_or_else(String::new, |none| format!(" of {none}"))
}

/// The same of something that may be dearer.
fn limit(rules: &Rules) -> String {
    rules.none.map_or_else(String::new, |none| format!(" (limit {none})"))
}

/// Weak detections are looked at in a second round, by the tracks left over.
const fn is_weak(pairing: &Pairing) -> bool {
    pairing.round > 1
}

fn weak_ones(weak: usize, all: usize) -> String {
    match weak {
        0 => String::new(),
        1 if all == 1 => ", a weak detection".to_owned(),
        1 => ", one of them a weak detection".to_owned(),
        weak => format!(", {weak} of them weak detections"),
    }
}

fn detection(pairing: &Pairing) -> String {
    let Pairing { detection, score, probability, .. } = pairing;
    format!(
        "detection {detection} (score {}, probability {})",
        coarse(*score),
        number(*probability)
    )
}

/// From what was expected to what is left.
fn existence(chapter: &Chapter<'_>) -> String {
    let (first, last) = (chapter.first().track, chapter.last().track);
    format!("existence {} -> {}", number(first.step.expected), number(last.existence))
}
