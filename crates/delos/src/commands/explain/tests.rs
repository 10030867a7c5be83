use super::life::{find, lives};
use super::rules::AllRules;
use super::{json, list, rows, story};
use delos_core::{
    EndCause, EndedTrack, MissCause, ObjectClass, Pairing, Rival, Score, Stamp, TrackCause,
    TrackId, TrackStep,
};
use delos_ingest::track_log::{LoggedFrame, LoggedTrack, TrackLog};
use proptest::prelude::*;
use serde_json::{Value, json as value};

fn pairing(detection: u32, cost: f64, round: u8) -> Pairing {
    Pairing { detection, score: 1.5, probability: 0.8, cost, gate_share: 0.04, round }
}

fn taken(detection: u32, cost: f64, by: Option<u32>) -> Rival {
    Rival { pairing: pairing(detection, cost, 1), taken_by: by.map(TrackId) }
}

fn row(cause: TrackCause, pairing: Option<Pairing>, rival: Option<Rival>) -> LoggedTrack {
    LoggedTrack {
        id: TrackId(3),
        class: ObjectClass::Car,
        hits: 0,
        existence: 0.9,
        place: [12.34, -3.21],
        step: TrackStep { cause, expected: 0.75, pairing, rival },
    }
}

/// A log of one track, a row a frame from frame 10 on, and its end.
fn log(mut rows: Vec<LoggedTrack>, end: Option<EndCause>) -> TrackLog {
    let mut hits = 0;
    for row in &mut rows {
        hits += u32::from(row.step.pairing.is_some());
        row.hits = hits;
    }
    let at = |frame: u32| Stamp::from_nanos(i64::from(frame) * 100_000_000);
    let frame =
        |frame, tracks| LoggedFrame { frame, scene: 0, stamp: at(frame), tracks, ended: vec![] };
    let mut frames: Vec<LoggedFrame> =
        (10..).zip(rows).map(|(number, row)| frame(number, vec![row])).collect();
    if let Some(cause) = end {
        let mut last = frame(10 + frames.len() as u32, vec![]);
        let existence = Score::clamped(0.0004);
        let (id, class) = (TrackId(3), ObjectClass::Car);
        last.ended.push(EndedTrack { id, class, was_confirmed: true, existence, cause });
        frames.push(last);
    }
    TrackLog { sequence: "0007".to_owned(), frames }
}

fn facts() -> Value {
    let life = value!({"confirm": 0.7, "confirm_hits": 2, "publish": 0.5, "end": 0.001, "coast": 0.6,
        "coast_s": 0.4, "lost_s": 0.9, "tentative_s": 0.15});
    let other = value!({"kind": "tracker", "writes": {"tracks": "other"},
        "vehicle": {"cost": {"none": 9.0}}});
    value!({"launch": {"node": {
        "a": other,
        "b": {"kind": "tracker", "writes": {"tracks": "t"},
              "vehicle": {"cost": {"none": 0.6}, "life": life}},
        "c": {"kind": "recorder", "reads": {"tracks": "t"}},
    }}})
}

/// Something of everything.
fn eventful() -> TrackLog {
    use MissCause::{NothingInGate, Taken, TooDear};
    use TrackCause::{Born, Coasted, Confirmed, Doubted, Gathering, Lost, Seen};
    let van = |row: LoggedTrack| LoggedTrack { class: ObjectClass::Van, ..row };
    let seen = |cost, round| row(Seen, Some(pairing(1, cost, round)), None);
    let rows = vec![
        row(Born, Some(pairing(4, 0.0, 1)), None),
        row(Lost(NothingInGate), None, None),
        row(Gathering, Some(pairing(2, 0.2, 2)), None),
        row(Confirmed, Some(pairing(2, 0.1, 1)), None),
        seen(0.05, 1),
        seen(0.15, 2),
        seen(0.10, 1),
        row(Seen, Some(pairing(5, 0.3, 1)), Some(taken(6, 0.2, Some(8)))),
        row(Coasted(NothingInGate), None, None),
        row(Coasted(TooDear), None, Some(taken(7, 0.65, None))),
        row(Coasted(Taken(TrackId(8))), None, Some(taken(6, 0.4, Some(8)))),
        row(Coasted(Taken(TrackId(8))), None, Some(taken(2, 0.7, Some(8)))),
        seen(0.2, 1),
        row(Doubted, Some(pairing(1, 0.2, 1)), None),
        van(seen(0.2, 1)),
        van(row(Lost(NothingInGate), None, None)),
        van(row(Lost(NothingInGate), None, None)),
        van(row(Lost(Taken(TrackId(9))), None, Some(taken(2, 0.7, Some(9))))),
    ];
    log(rows, Some(EndCause::Doubtful))
}

fn told(log: &TrackLog) -> String {
    let lives = lives(log);
    let facts = facts();
    story::tell("0007", &lives[0], &AllRules::of(&facts))
}

#[test]
fn a_story_names_every_turn() {
    let wanted = "\
track 3 of sequence 0007: van
frames 10 to 27 (1.7 s), seen in 10 of 18, believed from frame 13

       10  born as car at detection 4 (score 1.50, probability 0.800), which no track had: 12.3 m ahead, 3.2 m right; existence 0.900, not believed yet (that takes 0.7 and 2 detections)
       11  not believed: no detection in its gate; existence 0.750 -> 0.900
       12  seen again after 1 frame, not believed yet: detection 2 (score 1.50, probability 0.800), cost 0.200 of 0.6, 4 % of the gate, a weak detection; existence 0.750 -> 0.900
       13  seen, and now believed (that takes 0.7 and 2 detections): detection 2 (score 1.50, probability 0.800), cost 0.100 of 0.6, 4 % of the gate; existence 0.750 -> 0.900
    14-16  seen, 3 frames: existence 0.900, cost 0.050 to 0.150 of 0.6, up to 4 % of the gate, one of them a weak detection
       17  seen: detection 5 (score 1.50, probability 0.800), cost 0.300 of 0.6, 4 % of the gate; detection 6 would have cost 0.200, but went to track 8; existence 0.750 -> 0.900
       18  coasts: no detection in its gate; existence 0.750 -> 0.900
       19  coasts: detection 7 (score 1.50, probability 0.800) in its gate is too dear, cost 0.650 (limit 0.6); existence 0.750 -> 0.900
    20-21  coasts, 2 frames: the cheapest detection in its gate, cost 0.400 to 0.700 (limit 0.6), went to track 8; existence 0.750 -> 0.900
       22  seen again after 4 frames: detection 1 (score 1.50, probability 0.800), cost 0.200 of 0.6, 4 % of the gate; existence 0.750 -> 0.900
       23  seen, but existence is below 0.5: not believed: detection 1 (score 1.50, probability 0.800), cost 0.200 of 0.6, 4 % of the gate; existence 0.750 -> 0.900
       24  now a van; seen: detection 1 (score 1.50, probability 0.800), cost 0.200 of 0.6, 4 % of the gate; existence 0.750 -> 0.900
    25-26  lost, 2 frames, as it is unseen for longer than 0.4 s: no detection in its gate; existence 0.750 -> 0.900
       27  lost: detection 2 (score 1.50, probability 0.800) in its gate, cost 0.700 (limit 0.6), went to track 9, and would have been too dear; existence 0.750 -> 0.900
       28  ended: existence fell below 0.001; existence 0.0004";
    assert_eq!(told(&eventful()), wanted);
}

#[test]
fn every_end_is_told() {
    let table = [
        (
            Some(EndCause::Unseen),
            "11  ended: not seen for 0.10 s, longer than 0.9 s; existence 0.0004",
        ),
        (Some(EndCause::DuplicateOf(TrackId(5))), "it came to lie on track 5"),
        (Some(EndCause::Gap), "no frame came for too long"),
        (Some(EndCause::OtherFrame), "pose appeared or disappeared"),
        (Some(EndCause::Broken), "no longer made sense"),
        (None, "alive in the last frame"),
    ];
    for (end, wanted) in table {
        let born = row(TrackCause::BornConfirmed, Some(pairing(4, 0.0, 1)), None);
        let text = told(&log(vec![born], end));
        assert!(text.lines().last().is_some_and(|last| last.contains(wanted)), "{text}");
        assert!(text.contains("believed at once (that takes 0.7 and 2 detections)"), "{text}");
    }
    let mut gone = eventful();
    gone.frames.last_mut().unwrap().ended.clear();
    assert!(told(&gone).ends_with("the log does not say why"));
}

#[test]
fn without_the_trackers_settings_the_story_has_no_limits() {
    let log = eventful();
    let facts = value!({"launch": {"node": {"x": {"kind": "mine"}}}});
    let text = story::tell("0007", &lives(&log)[0], &AllRules::of(&facts));
    assert!(text.contains("cost 0.200, 4 % of the gate"), "{text}");
    assert!(!text.contains("limit 0") && !text.contains("that takes"), "{text}");
}

#[test]
fn frames_have_a_row_each() {
    let log = eventful();
    let text = rows::table(&lives(&log)[0], "16..20".parse().unwrap()).unwrap();
    let wanted = "\
frame  what                     expected  existence  ahead  left   detection  score  prob.  cost   gate  rival
16     seen                     0.750     0.900      12.34  -3.21  1          1.50   0.800  0.100  4 %
17     seen                     0.750     0.900      12.34  -3.21  5          1.50   0.800  0.300  4 %   6 at 0.200, track 8
18     coasts: nothing in gate  0.750     0.900      12.34  -3.21  -          -      -      -      -
19     coasts: too dear         0.750     0.900      12.34  -3.21  -          -      -      -      -     7 at 0.650, free
20     coasts: taken by 8       0.750     0.900      12.34  -3.21  -          -      -      -      -     6 at 0.400, track 8";
    assert_eq!(text, wanted);
    let end = rows::table(&lives(&log)[0], "27..".parse().unwrap()).unwrap();
    assert!(
        end.lines().last().is_some_and(|line| line.starts_with("28     ended: doubtful")),
        "{end}"
    );
}

#[test]
fn tracks_are_listed() {
    let log = eventful();
    let lives = lives(&log);
    let wanted = "\
sequence 0007: 1 track in 19 frames, 1 of them believed

track  class  frames  seen  believed  end
3      van    10-27   10    from 13   doubtful in 28";
    assert_eq!(list::table(&log, &[&lives[0]]), wanted);
    let list: Value = serde_json::from_str(&json::list(&log, &[&lives[0]]).unwrap()).unwrap();
    assert_eq!(
        list["tracks"][0]["end"],
        value!({"frame": 28, "cause": "doubtful", "existence": 0.0004})
    );
}

#[test]
fn programs_get_every_number() {
    let log = eventful();
    let facts = facts();
    let frames = Some("17..19".parse().unwrap());
    let text = json::track(&log, &lives(&log)[0], frames, &AllRules::of(&facts)).unwrap();
    let story: Value = serde_json::from_str(&text).unwrap();
    assert_eq!((&story["track"], &story["believed_from"]), (&value!(3), &value!(13)));
    assert_eq!(story["rules"]["none"], 0.6);
    assert_eq!(story["frames"].as_array().map(Vec::len), Some(3));
    assert_eq!(story["frames"][0]["rival"]["taken_by"], 8);
    assert_eq!(story["frames"][1]["cause"], value!({"coasted": "nothing_in_gate"}));
    assert_eq!(story["frames"][2]["rival"]["pairing"]["cost"], 0.65);
}

#[test]
fn a_number_may_occur_in_several_scenes() {
    let mut log = eventful();
    let mut again = log.frames.clone();
    for frame in &mut again {
        (frame.frame, frame.scene) = (frame.frame + 100, 1);
    }
    log.frames.extend(again);
    let lives = lives(&log);
    let found = |frames: Option<&str>| {
        let frames = frames.map(|frames| frames.parse().unwrap());
        find(&lives, 3, frames, "0007").map(|life| life.scene).map_err(|error| error.to_string())
    };
    assert_eq!((found(Some("..20")), found(Some("110"))), (Ok(0), Ok(1)));
    assert!(
        found(None).is_err_and(|error| error.contains("2 scenes") && error.contains("--frames 10"))
    );
    assert!(list::table(&log, &[&lives[1]]).contains("scene"));
}

fn numbers() -> impl Strategy<Value = f64> {
    prop_oneof![0.0..1.0f64, Just(f64::NAN), Just(f64::INFINITY), Just(-1e300)]
}

fn any_rows() -> impl Strategy<Value = Vec<LoggedTrack>> {
    let pairings = || {
        (any::<u32>(), numbers(), numbers(), any::<u8>()).prop_map(|(detection, a, b, round)| {
            Pairing { detection, score: a, probability: b, cost: b, gate_share: a, round }
        })
    };
    let causes = prop::sample::select(vec![
        TrackCause::Born,
        TrackCause::BornConfirmed,
        TrackCause::Gathering,
        TrackCause::Confirmed,
        TrackCause::Seen,
        TrackCause::Doubted,
        TrackCause::Coasted(MissCause::NothingInGate),
        TrackCause::Coasted(MissCause::Taken(TrackId(1))),
        TrackCause::Coasted(MissCause::Unwatched),
        TrackCause::Lost(MissCause::TooDear),
    ]);
    let rivals = (pairings(), prop::option::of(0..9u32))
        .prop_map(|(pairing, by)| Rival { pairing, taken_by: by.map(TrackId) });
    let classes = prop::sample::select(ObjectClass::all().collect::<Vec<_>>());
    let one = (causes, classes, numbers(), prop::option::of(pairings()), prop::option::of(rivals));
    let one = one.prop_map(|(cause, class, existence, pairing, rival)| LoggedTrack {
        class,
        existence,
        place: [existence; 2],
        ..row(cause, pairing, rival)
    });
    prop::collection::vec(one, 1..30)
}

/// The frames that the lines of a story speak of.
fn frames_told(story: &str) -> Vec<u32> {
    let heads = story.lines().skip(3).map(|line| line.get(..9).unwrap_or_default().trim());
    let ranges = heads.filter(|head| !head.is_empty()).flat_map(|head| {
        let (first, last) = head.split_once('-').unwrap_or((head, head));
        first.parse::<u32>().unwrap()..=last.parse().unwrap()
    });
    ranges.collect()
}

proptest! {
    #[test]
    fn any_life_can_be_told(rows in any_rows(), ends in any::<bool>()) {
        let count = rows.len() as u32;
        let log = log(rows, ends.then_some(EndCause::Unseen));
        let text = told(&log);
        let all: Vec<u32> = (10..10 + count + u32::from(ends)).collect();
        prop_assert_eq!(frames_told(&text), all, "each frame once: {}", text);
        prop_assert!(!text.contains("NaN") && !text.contains("inf"), "{text}");
        let lives = lives(&log);
        let table = rows::table(&lives[0], "0..".parse().unwrap()).unwrap();
        prop_assert_eq!(table.lines().count() as u32, 1 + count + u32::from(ends));
        let facts = facts();
        let text = json::track(&log, &lives[0], None, &AllRules::of(&facts)).unwrap();
        let story: Value = serde_json::from_str(&text).unwrap();
        prop_assert_eq!(story["frames"].as_array().map(Vec::len), Some(count as usize));
    }
}
