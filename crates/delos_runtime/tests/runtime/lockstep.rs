//! Lockstep: every frame, in order, the same result on any number of workers.

use crate::common::{LAUNCH, plan, registry, run};
use delos_runtime::{BuildContext, Cancel, DigestFile, LatencyFile, ManualClock, Plan, compare};
use std::collections::BTreeSet;
use std::sync::atomic::{AtomicU64, Ordering};

#[test]
fn every_frame_is_processed_in_order() {
    let (report, seen) = run(&["run.workers=4"]);
    assert!(report.error.is_none(), "{:?}", report.error);
    assert_eq!(report.frames.len(), 40);
    assert!(report.frames.windows(2).all(|w| w[0].header.tick + 1 == w[1].header.tick));
    assert_eq!(seen.len(), 41);
    assert_eq!(seen[0], "0 frame 0");
    assert_eq!(seen[1], "3 frame 0", "the newest rare message, 100 ms old");
    assert_eq!(seen[2], "9 none", "200 ms is too old");
    assert_eq!(seen[25], format!("{} frame 0", 3 * (25 * 26 / 2)), "a new sequence");
    assert_eq!(seen[40], "finished");
    assert_eq!(report.notices, [("sum".to_owned(), "five has been seen".to_owned())]);
}

#[test]
fn digests_do_not_depend_on_the_number_of_workers() {
    let digests = |workers: &str| DigestFile::of(&run(&[workers]).0);
    let one = digests("run.workers=1");
    let ids: Vec<&str> = one.0.iter().map(|(id, _)| id.as_str()).collect();
    assert_eq!(ids, ["source", "double", "sum", "watch"]);
    assert!(one.0.iter().all(|(_, entries)| entries.len() == 40));
    for workers in ["run.workers=2", "run.workers=4", "run.workers=7"] {
        for _ in 0..5 {
            assert_eq!(compare(&one, &digests(workers)), None, "{workers}");
        }
    }
    let other = DigestFile::of(&run(&["double.factor=3"]).0);
    let difference = compare(&one, &other).expect("another factor").to_string();
    assert!(difference.contains("component `double`, sequence 0000, frame 1"), "{difference}");
}

#[test]
fn a_failure_names_component_and_frame_and_keeps_the_frames_before() {
    let (report, seen) = run(&["double.fail_at=17", "run.workers=3"]);
    let error = report.error.expect("a failure").to_string();
    assert_eq!(error, "component `double` failed at sequence 0000, frame 17");
    assert_eq!(report.frames.len(), 17);
    let later = report.delivered.len() - 18;
    assert_eq!(report.dropped.len(), later, "frames after the failure are counted");
    assert_eq!(seen.last().map(String::as_str), Some("finished"));
}

#[test]
fn a_panic_is_an_error_with_its_text() {
    let (report, _) = run(&["double.panic_at=3"]);
    let error = report.error.expect("a failure");
    let cause = std::error::Error::source(&error).expect("a cause").to_string();
    assert!(cause.contains("panic on demand"), "{cause}");
    assert_eq!(report.frames.len(), 3);
}

#[test]
fn a_source_that_fails_ends_the_run_after_the_frames_under_way() {
    let (report, _) = run(&["source.fail_at=9"]);
    assert!(report.error.expect("a failure").to_string().contains("after 9 frames"));
    assert_eq!(report.frames.len(), 9);
}

#[test]
fn frames_after_a_failure_are_dropped_for_that_reason() {
    let (report, _) = run(&["double.fail_at=5", "run.workers=2"]);
    assert!(!report.interrupted);
    let reasons: BTreeSet<&str> = report.dropped.iter().map(|d| d.reason.as_str()).collect();
    assert!(reasons.iter().all(|reason| reason.contains("failed")), "{reasons:?}");
}

#[test]
fn a_failure_while_others_work_never_hangs() {
    // The slow neighbour keeps frames under way while the failure prunes them, in both paces
    // and with the feeder in every position.
    for workers in ["run.workers=1", "run.workers=2", "run.workers=6"] {
        for window in ["run.window=1", "run.window=2", "run.window=9"] {
            for pace in ["run.pace=lockstep", "run.pace=realtime"] {
                let faults = [
                    "double.fail_at=5",
                    "source.fail_at=5",
                    "double.panic_at=5",
                    "source.unfit_at=5",
                ];
                for fault in faults {
                    let sets =
                        [workers, window, pace, fault, "run.rate=200", "double.sleep_us=2000"];
                    let (report, _) = run(&sets);
                    let dropped = report.dropped.iter().filter(|d| d.frame < 5).count();
                    assert!(report.error.is_some() || dropped > 0, "{sets:?}");
                    let late = report.frames.iter().filter(|frame| frame.header.tick >= 5);
                    assert!(report.error.is_none() || late.count() == 0, "{sets:?}");
                    let all = report.frames.len() + report.dropped.len();
                    assert!(all <= report.delivered.len(), "{sets:?}");
                }
            }
        }
    }
}

#[test]
fn a_component_that_cannot_start_refuses_the_run() {
    let plan = plan(LAUNCH, &["double.factor=0"]).expect("valid");
    let clock = ManualClock::default();
    let error =
        delos_runtime::run(&plan, &BuildContext::default(), &clock, &Cancel::default(), &|_| {})
            .expect_err("factor 0");
    assert!(error.to_string().contains("component `double` cannot start"), "{error}");
}

#[test]
fn a_cancelled_run_finishes_the_frames_under_way() {
    let plan = plan(LAUNCH, &["source.frames=100000"]).expect("valid");
    let cancel = Cancel::default();
    let done = AtomicU64::new(0);
    let on_frame = |frames: u64| {
        done.store(frames, Ordering::SeqCst);
        if frames >= 10 {
            cancel.cancel();
        }
    };
    let clock = delos_runtime::MonotonicClock::start();
    let report = delos_runtime::run(&plan, &BuildContext::default(), &clock, &cancel, &on_frame)
        .expect("runs");
    assert!(report.interrupted);
    assert!((10..100).contains(&report.frames.len()), "{}", report.frames.len());
    assert_eq!(done.load(Ordering::SeqCst), report.frames.len() as u64);
}

#[test]
fn the_number_of_frames_can_be_limited() {
    assert_eq!(run(&["run.frames=7"]).0.frames.len(), 7);
    assert_eq!(run(&["source.frames=0"]).0.frames.len(), 0);
}

#[test]
fn latency_has_every_component_and_frame() {
    let file = LatencyFile::of(&run(&[]).0);
    let ids: Vec<&str> = file.components.iter().map(|(id, _)| id.as_str()).collect();
    assert_eq!(ids, ["source", "double", "sum", "watch"]);
    assert_eq!(file.end_to_end.count, 40);
    assert!(file.end_to_end.p50.is_some() && file.end_to_end.p90.is_none());
    for frame in &file.frames {
        let sum = frame.spans.iter().find(|(id, _)| id == "sum").expect("a span").1;
        assert!(frame.released <= sum.start && sum.end == frame.published);
    }
    let text = serde_json::to_string(&file).expect("serialises");
    assert!(text.starts_with("{\"components\":{\"source\":{\"count\":40,"), "{}", &text[..80]);
}

#[test]
fn parts_lie_one_behind_the_other_within_their_component() {
    let (report, _) = run(&[]);
    let sum = report.nodes.iter().position(|id| id == "sum").expect("a node");
    for frame in &report.frames {
        let (span, parts) = (frame.spans[sum], &frame.work[sum].parts);
        let mut since = parts.first().expect("parts").span.start;
        assert!(since >= span.start && parts[0].name == "add");
        for part in parts {
            assert_eq!(part.span.start, since);
            assert!((since..=span.end).contains(&part.span.end));
            since = part.span.end;
        }
        assert_eq!(since, span.end);
    }
    // Five is seen once; what a frame calls by one name twice counts once.
    let file = LatencyFile::of(&report);
    let [(id, parts)] = file.parts.as_slice() else { panic!("{:?}", file.parts) };
    let counts: Vec<_> = parts.iter().map(|(name, s)| (name.as_str(), s.count)).collect();
    assert_eq!((id.as_str(), counts), ("sum", vec![("add", 40), ("tell", 1)]));
    let text = serde_json::to_string(&file).expect("serialises");
    assert!(text.contains("\"parts\":{\"sum\":{\"add\":{\"count\":40,"), "{text:.900}");
}

#[test]
fn a_resolved_launch_file_gives_the_same_plan() {
    let first = plan(LAUNCH, &["double.factor=5"]).expect("valid");
    let text = toml::to_string(&first.resolved()).expect("TOML");
    let launch = delos_runtime::LaunchFile::parse(&text, "resolved.toml".as_ref()).expect("valid");
    let second = Plan::new(&launch, &registry()).expect("valid");
    assert_eq!(first.resolved(), second.resolved());
    assert_eq!(first.edges(), second.edges());
}
