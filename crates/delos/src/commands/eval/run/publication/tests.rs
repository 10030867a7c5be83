use super::super::folder::RunFrame;
use super::*;
use delos_runtime::SpanNs;
use std::collections::BTreeMap;

const LAUNCH: &str = r#"{
    "run": { "pace": "lockstep", "rate": 1.0 },
    "node": {
        "drive": { "kind": "simulate", "writes": { "image": "image", "cloud": "cloud" } },
        "camera": { "kind": "camera_detector", "reads": { "image": "image" },
                    "writes": { "detections": "seen" } },
        "lidar": { "kind": "lidar_detector", "reads": { "cloud": "cloud" },
                   "writes": { "objects": "clusters" } },
        "fusion": { "kind": "fusion", "reads": { "camera": "seen", "lidar": "clusters" },
                    "writes": { "objects": "objects" } },
        "tracker": { "kind": "tracker", "reads": { "objects": "objects" },
                     "writes": { "tracks": "tracks" } },
        "recorder": { "kind": "recorder",
                      "reads": { "tracks": "tracks", "detections_2d": "seen" } }
    }
}"#;

fn launch() -> Launch {
    serde_json::from_str(LAUNCH).expect("a launch file")
}

type Worked = (&'static str, i64, i64);

/// A frame with the begin and end of each component, milliseconds after its release.
fn sequence(spans: &[Worked]) -> RunSequence {
    const MS: i64 = 1_000_000;
    let released = 7_000 * MS;
    let span =
        |begin: i64, end: i64| SpanNs { start: released + begin * MS, end: released + end * MS };
    let spans: BTreeMap<String, SpanNs> =
        spans.iter().map(|(id, begin, end)| ((*id).to_owned(), span(*begin, *end))).collect();
    let stamp = 500 * MS;
    let times = FrameTimes {
        sequence: "a".into(),
        frame: 3,
        tick: 3,
        stamp,
        released,
        spans,
        left_out_by: Vec::new(),
    };
    let given = RunFrame { frame: 3, stamp, is_labelled: true, times: Some(times) };
    let dropped = RunFrame { frame: 4, stamp: stamp + 100 * MS, is_labelled: true, times: None };
    RunSequence::made_up("a", vec![given, dropped])
}

#[test]
fn an_answer_depends_on_what_is_before_it() {
    let parts = |port| Path::to(&launch(), port).map(|path| path.parts.into_iter().collect());
    let tracks: Option<Vec<String>> = parts("tracks");
    assert_eq!(tracks.expect("a way"), ["camera", "fusion", "lidar", "tracker"]);
    let camera: Option<Vec<String>> = parts("detections_2d");
    assert_eq!(camera.expect("a way"), ["camera"]);
    assert_eq!(Path::to(&launch(), "lidar"), None, "the recorder does not read it");
}

#[test]
fn work_is_what_somebody_does() {
    let table: [(&[Worked], i64); 4] = [
        // Side by side, then a pause in which the workers had another frame in hand.
        (&[("camera", 0, 30), ("lidar", 5, 20), ("fusion", 50, 60), ("tracker", 60, 61)], 41),
        (&[("camera", 0, 30), ("lidar", 30, 50), ("fusion", 50, 60), ("tracker", 60, 61)], 61),
        // Neither the source nor observers count.
        (&[("drive", -80, 0), ("camera", 0, 10), ("recorder", 10, 500)], 10),
        (&[], 0),
    ];
    let path = Path::to(&launch(), "tracks").expect("a way");
    for (spans, wanted) in table {
        let work = path.work(&sequence(spans));
        assert_eq!(work.len(), 1, "nobody works on a dropped frame");
        assert_eq!(work[0].takes, Span::from_millis(wanted), "{spans:?}");
    }
}

#[test]
fn in_realtime_an_answer_is_there_when_its_component_is_done() {
    let sequence = sequence(&[("camera", 20, 30), ("tracker", 60, 90), ("recorder", 90, 400)]);
    let at = |port, rate| {
        let path = Path::to(&launch(), port).expect("a way");
        let published = path.measured(&sequence, rate);
        assert_eq!(published.len(), 1);
        (published[0].published - published[0].stamp).as_millis_f64()
    };
    assert!((at("tracks", 1.0) - 90.0).abs() < 1e-9);
    assert!((at("detections_2d", 1.0) - 30.0).abs() < 1e-9);
    // A recording played at twice its speed has moved on twice as far.
    assert!((at("tracks", 2.0) - 180.0).abs() < 1e-9);
}
