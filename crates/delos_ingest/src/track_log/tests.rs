use super::*;
use delos_core::{
    Box3, EndCause, MissCause, Pairing, Position, Rival, Score, Size, TrackCause, TrackState, Yaw,
};
use proptest::prelude::*;

fn header(frame: u32, scene: u32) -> Header {
    let stamp = Stamp::from_nanos(i64::from(frame) * 100_000_000);
    Header { sequence: "a/ü\"b".into(), frame, stamp, tick: 0, scene }
}

fn file(frames: &[(Header, Tracks)]) -> String {
    let mut lines = vec![head("a/ü\"b").expect("written")];
    lines.extend(frames.iter().map(|(header, tracks)| line(header, tracks).expect("written")));
    lines.push(tail(frames.len()));
    lines.join("\n") + "\n"
}

fn pairings() -> impl Strategy<Value = Pairing> {
    let number = prop_oneof![-20.0..20.0f64, Just(0.0), Just(1e300)];
    let share = prop_oneof![0.0..1.0f64, Just(f64::INFINITY), Just(f64::NAN)];
    (any::<u32>(), number, 0.0..=1.0f64, 0.0..2.0f64, share, 1..=2u8).prop_map(
        |(detection, score, probability, cost, gate_share, round)| Pairing {
            detection,
            score,
            probability,
            cost,
            gate_share,
            round,
        },
    )
}

fn causes() -> impl Strategy<Value = TrackCause> {
    let miss = prop_oneof![
        Just(MissCause::NothingInGate),
        Just(MissCause::TooDear),
        Just(MissCause::Unwatched),
        any::<u32>().prop_map(|id| MissCause::Taken(TrackId(id))),
    ];
    prop_oneof![
        Just(TrackCause::Born),
        Just(TrackCause::BornConfirmed),
        Just(TrackCause::Gathering),
        Just(TrackCause::Confirmed),
        Just(TrackCause::Seen),
        Just(TrackCause::Doubted),
        miss.clone().prop_map(TrackCause::Coasted),
        miss.prop_map(TrackCause::Lost),
    ]
}

fn tracks() -> impl Strategy<Value = Tracks> {
    let rivals = (pairings(), prop::option::of(any::<u32>()))
        .prop_map(|(pairing, by)| Rival { pairing, taken_by: by.map(TrackId) });
    let row = (
        prop::sample::select(ObjectClass::all().collect::<Vec<_>>()),
        causes(),
        (0.0..=1.0f64, 0.0..=1.0f64, -80.0..80.0f64),
        prop::option::of(pairings()),
        prop::option::of(rivals),
    );
    let ends = prop_oneof![
        Just(EndCause::Unseen),
        Just(EndCause::Gap),
        any::<u32>().prop_map(|id| EndCause::DuplicateOf(TrackId(id))),
    ];
    let rows = prop::collection::btree_map(0..9999u32, row, 0..4);
    let ended = prop::collection::vec((any::<u32>(), any::<bool>(), 0.0..=1.0f64, ends), 0..3);
    (rows, ended).prop_map(|(rows, ended)| {
        let track = |(id, (class, cause, (existence, expected, x), pairing, rival))| {
            let size = Size::new(4.0, 2.0, 1.5).expect("positive");
            let bbox = Box3::new(Position::new(x, -x / 3.0, 0.0), size, Yaw::default());
            Track {
                existence: Score::clamped(existence),
                hits: id / 2,
                step: TrackStep { cause, expected, pairing, rival },
                ..Track::standing(TrackId(id), TrackState::Tentative, class, bbox)
            }
        };
        let ended = ended.into_iter().map(|(id, was_confirmed, existence, cause)| EndedTrack {
            id: TrackId(id),
            class: ObjectClass::Van,
            was_confirmed,
            existence: Score::clamped(existence),
            cause,
        });
        Tracks {
            tracks: rows.into_iter().map(track).collect(),
            ended: ended.collect(),
            ..Tracks::default()
        }
    })
}

fn near(a: f64, b: f64) -> bool {
    (a - b).abs() <= 0.5001e-5_f64.max(b.abs() * 1e-12)
        || a.to_bits() == b.to_bits()
        || (a.is_infinite() && b.is_nan())
}

fn is_same_pairing(read: &Pairing, written: &Pairing) -> bool {
    let numbers = |p: &Pairing| [p.score, p.probability, p.cost, p.gate_share];
    (read.detection, read.round) == (written.detection, written.round)
        && numbers(read).into_iter().zip(numbers(written)).all(|(a, b)| near(a, b))
}

fn is_same_step(read: &TrackStep, written: &TrackStep) -> bool {
    let all = |step: &TrackStep| [step.pairing, step.rival.map(|rival| rival.pairing)];
    let same = all(read).iter().zip(all(written)).all(|(a, b)| match (a, b) {
        (Some(a), Some(b)) => is_same_pairing(a, &b),
        (a, b) => a.is_none() && b.is_none(),
    });
    let taken = |step: &TrackStep| step.rival.map(|rival| rival.taken_by);
    same && read.cause == written.cause
        && taken(read) == taken(written)
        && near(read.expected, written.expected)
}

fn is_in_order(log: &TrackLog) -> bool {
    log.frames.windows(2).all(|pair| pair[0].frame < pair[1].frame)
        && log.frames.iter().all(|frame| frame.tracks.is_sorted_by(|a, b| a.id < b.id))
}

proptest! {
    #[test]
    fn what_is_written_is_read(
        frames in prop::collection::vec((1..9u32, 0..2u32, tracks()), 0..5),
    ) {
        let mut number = 0;
        let frames: Vec<(Header, Tracks)> = frames.into_iter().map(|(step, scene, tracks)| {
            number += step;
            (header(number, scene), tracks)
        }).collect();
        let log = parse(file(&frames).as_bytes()).expect("readable");
        prop_assert_eq!(&*log.sequence, "a/ü\"b");
        prop_assert_eq!(log.frames.len(), frames.len());
        for (read, (header, written)) in log.frames.iter().zip(&frames) {
            prop_assert_eq!((read.frame, read.scene, read.stamp), (header.frame, header.scene, header.stamp));
            prop_assert_eq!(read.tracks.len(), written.tracks.len());
            for (a, b) in read.tracks.iter().zip(&written.tracks) {
                prop_assert_eq!((a.id, a.class, a.hits), (b.id, b.class, b.hits));
                prop_assert!(near(a.existence, b.existence.get()), "{} {}", a.existence, b.existence.get());
                prop_assert!(near(a.place[0], b.bbox.center.x()) && near(a.place[1], b.bbox.center.y()));
                prop_assert!(is_same_step(&a.step, &b.step), "{:?} {:?}", a.step, b.step);
            }
            prop_assert_eq!(read.ended.len(), written.ended.len());
            for (a, b) in read.ended.iter().zip(&written.ended) {
                prop_assert_eq!((a.id, a.class, a.was_confirmed, a.cause), (b.id, b.class, b.was_confirmed, b.cause));
                prop_assert!(near(a.existence.get(), b.existence.get()));
            }
        }
    }

    #[test]
    fn a_file_that_was_cut_off_is_refused(
        frames in prop::collection::vec(tracks(), 1..4), cut in 0.0..1.0f64,
    ) {
        let frames: Vec<(Header, Tracks)> =
            (0..).zip(frames).map(|(number, tracks)| (header(number, 0), tracks)).collect();
        let text = file(&frames);
        // The last brace is the last byte that counts.
        let length = (cut * (text.len() - 2) as f64) as usize;
        let error = parse(&text.as_bytes()[..length]).expect_err("cut off");
        prop_assert!(error.line.is_some_and(|line| line <= frames.len() + 2), "{error}");
    }

    #[test]
    fn a_changed_byte_is_no_panic(
        frames in prop::collection::vec(tracks(), 1..3), place in any::<prop::sample::Index>(), byte in any::<u8>(),
    ) {
        let frames: Vec<(Header, Tracks)> =
            (0..).zip(frames).map(|(number, tracks)| (header(number, 0), tracks)).collect();
        let mut bytes = file(&frames).into_bytes();
        let place = place.index(bytes.len());
        bytes[place] = byte;
        match parse(&bytes) {
            Ok(log) => prop_assert!(is_in_order(&log), "{log:?}"),
            Err(error) => prop_assert!(error.line.is_some(), "{error}"),
        }
    }

    #[test]
    fn arbitrary_lines_are_no_panic(lines in prop::collection::vec("[\\[\\]{}\":,0-9a-z.e+-]{0,40}", 0..6)) {
        let text = format!("{{\"track_log\":1,\"sequence\":\"x\"}}\n{}", lines.join("\n"));
        let _ = parse(text.as_bytes());
        let _ = parse(lines.join("\n").as_bytes());
    }
}

#[test]
fn wrong_lines_are_named() {
    let good = "{\"track_log\":1,\"sequence\":\"x\"}\n";
    let empty = |frame: u32| format!("{{\"frame\":{frame},\"stamp\":0,\"tracks\":[]}}\n");
    let row = |id: u32| {
        format!(
            "{{\"id\":{id},\"class\":\"car\",\"hits\":1,\"existence\":0.5,\"at\":[1,2],\
             \"cause\":\"seen\",\"expected\":0.4}}"
        )
    };
    let two = format!("{{\"frame\":0,\"stamp\":0,\"tracks\":[{},{}]}}\n", row(2), row(2));
    let table: [(String, usize, &str); 11] = [
        (String::new(), 1, "no log"),
        ("0 1 Car 0 0\n".to_owned(), 1, "no log"),
        (good.replace(":1", ":2"), 1, "version 2"),
        (good.to_owned(), 1, "cut off"),
        (good.to_owned() + &empty(0), 2, "cut off"),
        (good.to_owned() + &empty(0) + "{\"frames\":2}", 3, "2 frames were written, 1 are there"),
        (good.to_owned() + &empty(4) + &empty(4) + &tail(2), 3, "frame 4 comes after frame 4"),
        (good.to_owned() + &two + &tail(1), 2, "track 2 comes after track 2"),
        (good.to_owned() + "\n" + &tail(0), 2, "EOF"),
        (good.to_owned() + &two.replace("seen", "sene") + &tail(1), 2, "unknown variant `sene`"),
        (
            good.to_owned() + &empty(0).replace("stamp", "time") + &tail(1),
            2,
            "unknown field `time`",
        ),
    ];
    for (text, line, wanted) in table {
        let error = parse(text.as_bytes()).expect_err(&text);
        assert_eq!(error.line, Some(line), "{text}: {error}");
        assert!(error.what.contains(wanted), "{text}: {error}");
    }
}

#[test]
fn a_renamed_file_is_found_out() {
    let folder = tempfile::tempdir().expect("a folder");
    let text = head("0001").expect("written") + "\n" + &tail(0);
    for (name, is_right) in [("0001.jsonl", true), ("0002.jsonl", false)] {
        let path = folder.path().join(name);
        std::fs::write(&path, &text).expect("on the disk");
        let found = read(&path).map(|log| log.frames.len()).map_err(|error| error.to_string());
        assert_eq!(found.is_ok(), is_right, "{found:?}");
        assert!(found.err().is_none_or(|error| error.contains("0002.jsonl, line 1")));
    }
}
