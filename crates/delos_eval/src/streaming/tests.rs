use super::*;
use delos_core::ObjectClass;
use proptest::prelude::*;

const MS: i64 = 1_000_000;

fn at(ms: i64) -> Stamp {
    Stamp::from_nanos(ms * MS)
}

/// Frames 100 ms apart, each with its time of work in milliseconds.
fn work(takes_ms: &[i64]) -> Vec<Work> {
    (0u32..)
        .zip(takes_ms)
        .map(|(frame, ms)| Work {
            frame,
            stamp: at(100 * i64::from(frame)),
            takes: Span::from_millis(*ms),
        })
        .collect()
}

fn instants(frames: u32) -> Vec<Instant> {
    (0..frames).map(|frame| Instant { frame, at: at(100 * i64::from(frame)) }).collect()
}

fn answers(seen: &[Seen]) -> Vec<Option<u32>> {
    seen.iter().map(|seen| seen.answer).collect()
}

/// Times of work, and what is published when.
type Case<'a> = (&'a [i64], &'a [(u32, i64)]);

#[test]
fn one_worker_skips_what_is_out_of_date() {
    let table: [Case<'_>; 5] = [
        (&[0, 0, 0], &[(0, 0), (1, 100), (2, 200)]),
        (&[60, 60, 60], &[(0, 60), (1, 160), (2, 260)]),
        // Busy until 150: frame 1 is begun then, and done at 300, where frame 3 is the newest.
        (&[150, 150, 150, 150], &[(0, 150), (1, 300), (3, 450)]),
        (&[250, 250, 250, 250, 250], &[(0, 250), (2, 500), (4, 750)]),
        (&[-5, 30], &[(0, 0), (1, 130)]),
    ];
    for (takes, wanted) in table {
        let found: Vec<(u32, i64)> = single_worker(&work(takes))
            .iter()
            .map(|p| (p.frame, p.published.as_nanos() / MS))
            .collect();
        assert_eq!(found, wanted, "{takes:?}");
    }
    assert!(single_worker(&[]).is_empty());
}

#[test]
fn the_newest_answer_is_held_until_a_newer_one_is_there() {
    let published = single_worker(&work(&[250, 250, 250, 250, 250, 250, 250]));
    let seen = newest_seen(&instants(7), &published, Span::ZERO);
    assert_eq!(answers(&seen), [None, None, None, Some(0), Some(0), Some(2), Some(2)]);
}

#[test]
fn an_answer_counts_at_the_instant_of_its_publication() {
    let published = side_by_side(&work(&[100, 100, 100]));
    let seen = newest_seen(&instants(3), &published, Span::ZERO);
    assert_eq!(answers(&seen), [None, Some(0), Some(1)]);
    let later = newest_seen(&instants(3), &published, Span::from_nanos(1));
    assert_eq!(answers(&later), [None, None, Some(0)]);
}

#[test]
fn who_is_overtaken_is_not_held_again() {
    // Frame 0 takes so long that frame 1 is there before it.
    let published = side_by_side(&work(&[250, 20, 500, 500]));
    let seen = newest_seen(&instants(4), &published, Span::ZERO);
    assert_eq!(answers(&seen), [None, None, Some(1), Some(1)]);
}

fn row(frame: u32, id: i64, x: f64) -> BenchmarkRow {
    BenchmarkRow {
        line: 1 + frame,
        frame,
        id,
        class: ObjectClass::Car,
        truncation: 0.0,
        occlusion: 0,
        alpha: -10.0,
        image_box: [x, 100.0, x + 60.0, 140.0],
        size_hwl: [1.5, 1.6, 4.0],
        bottom: [x, 1.7, 20.0],
        rotation_y: 0.0,
        score: Some(0.5),
    }
}

#[test]
fn rows_are_shown_in_the_frame_in_which_they_are_held() {
    let rows = [row(0, 1, 10.0), row(0, 2, 20.0), row(1, 1, 11.0), row(3, 1, 13.0)];
    let seen = [(0, None), (1, Some(0)), (2, Some(0)), (3, Some(2)), (4, Some(3))]
        .map(|(frame, answer)| Seen { frame, answer });
    let found: Vec<(u32, i64, f64, u32)> = retime(&rows, &seen)
        .iter()
        .map(|row| (row.frame, row.id, row.image_box[0], row.line))
        .collect();
    let wanted =
        [(1, 1, 10.0, 1), (1, 2, 20.0, 1), (2, 1, 10.0, 1), (2, 2, 20.0, 1), (4, 1, 13.0, 4)];
    assert_eq!(found, wanted);
}

/// Overlap of two rectangles.
fn iou(a: &BenchmarkRow, b: &BenchmarkRow) -> f64 {
    let inner = |low: usize, high: usize| {
        (a.image_box[high].min(b.image_box[high]) - a.image_box[low].max(b.image_box[low])).max(0.0)
    };
    let area =
        |r: &BenchmarkRow| (r.image_box[2] - r.image_box[0]) * (r.image_box[3] - r.image_box[1]);
    let both = inner(0, 2) * inner(1, 3);
    both / (area(a) + area(b) - both)
}

/// Mean overlap of each labelled object with its own answer, 0 where there is none: the
/// simplest metric that falls when an answer is out of date.
fn mean_overlap(truth: &[BenchmarkRow], results: &[BenchmarkRow]) -> f64 {
    let of = |t: &BenchmarkRow| {
        let same = results.iter().find(|r| r.frame == t.frame && r.id == t.id);
        same.map_or(0.0, |r| iou(t, r))
    };
    truth.iter().map(of).sum::<f64>() / truth.len().max(1) as f64
}

/// Objects that drive on in one direction, each at its own speed (pixels a frame).
fn drive(frames: u32, speeds: &[f64]) -> Vec<BenchmarkRow> {
    let object = |frame: u32| {
        (0i64..)
            .zip(speeds)
            .map(move |(id, speed)| row(frame, id, 100.0 * id as f64 + f64::from(frame) * speed))
    };
    (0..frames).flat_map(object).collect()
}

proptest! {
    #[test]
    fn without_latency_nothing_changes(
        frames in 1..30u32,
        speeds in prop::collection::vec(-20.0..20.0f64, 0..5),
    ) {
        let rows = drive(frames, &speeds);
        let published = single_worker(&work(&vec![0; frames as usize]));
        let seen = newest_seen(&instants(frames), &published, Span::ZERO);
        prop_assert_eq!(retime(&rows, &seen), rows);
    }

    #[test]
    fn latency_never_helps_where_objects_move(
        frames in 2..30u32,
        speeds in prop::collection::vec(prop_oneof![-20.0..-1.0f64, 1.0..20.0f64], 1..5),
        takes in prop::collection::vec(0..400i64, 30),
        steps in prop::collection::vec(0..300i64, 1..6),
    ) {
        let truth = drive(frames, &speeds);
        let published = single_worker(&work(&takes[..frames as usize]));
        let mut added = 0;
        let mut before = mean_overlap(&truth, &truth);
        for step in steps {
            added += step;
            let seen = newest_seen(&instants(frames), &published, Span::from_millis(added));
            let now = mean_overlap(&truth, &retime(&truth, &seen));
            prop_assert!(now <= before, "{added} ms: {now} after {before}");
            before = now;
        }
    }

    #[test]
    fn nobody_holds_what_is_not_published(
        takes in prop::collection::vec(0..400i64, 1..30),
        added in 0..500i64,
        is_single in any::<bool>(),
    ) {
        let frames = work(&takes);
        let published = if is_single { single_worker(&frames) } else { side_by_side(&frames) };
        let instants = instants(frames.len() as u32);
        for (seen, instant) in newest_seen(&instants, &published, Span::from_millis(added)).iter().zip(&instants) {
            let by_then: Vec<u32> = published
                .iter()
                .filter(|p| p.published + Span::from_millis(added) <= instant.at)
                .map(|p| p.frame)
                .collect();
            prop_assert_eq!(seen.answer, by_then.into_iter().max());
        }
    }

    #[test]
    fn one_worker_is_never_busy_twice(takes in prop::collection::vec(0..400i64, 1..30)) {
        let frames = work(&takes);
        let published = single_worker(&frames);
        for pair in published.windows(2) {
            let begun = pair[1].published - frames[pair[1].frame as usize].takes;
            prop_assert!(pair[0].frame < pair[1].frame);
            prop_assert!(begun - pair[0].published >= Span::ZERO);
        }
    }
}
