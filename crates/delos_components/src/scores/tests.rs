//! A made-up drive through the runtime: two sequences, one car, tracks that come and go.

use super::*;
use crate::environment::Wishes;
use delos_core::{
    Box2, Box3, Detection2d, Header, LabelledObject, LidarPoint, ObjectClass, Position, Score,
    Size, Stamp, Track, TrackId, TrackState, Transform, World, Yaw,
};
use delos_runtime::{Cancel, Dropped, LaunchFile, MonotonicClock, Plan, Registry, RunReport};
use nalgebra::{Isometry3, Vector3};

const FRAMES: u32 = 6;

#[derive(Clone, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct StreetConfig {
    /// Frames with ground truth.
    labelled: u32,
    /// Whether there are scans.
    scans: bool,
}

impl Default for StreetConfig {
    fn default() -> Self {
        Self { labelled: FRAMES, scans: true }
    }
}

#[derive(Clone)]
struct StreetPorts {
    truth: Out<GroundTruth>,
    cloud: Out<PointCloud<Ego>>,
    tracks: Out<Tracks>,
    detections: Out<Detections2d>,
}

/// Six frames, three in each sequence: a car 20 m ahead of a vehicle that drives 1 m a frame.
struct Street {
    config: StreetConfig,
    ports: StreetPorts,
    next: u32,
}

impl Component for Street {
    const KIND: &'static str = "street";
    const ABOUT: &'static str = "A made-up street.";
    const ROLE: Role = Role::Source;
    type Config = StreetConfig;
    type Ports = StreetPorts;

    fn ports(_: &StreetConfig, list: &mut PortList) -> StreetPorts {
        StreetPorts {
            truth: list.output("truth", topics::TRUTH),
            cloud: list.output("cloud", topics::CLOUD),
            tracks: list.output("tracks", topics::TRACKS),
            detections: list.output("detections", topics::CAMERA_DETECTIONS),
        }
    }

    fn build(config: StreetConfig, ports: StreetPorts, _: &BuildContext) -> ComponentResult<Self> {
        Ok(Self { config, ports, next: 0 })
    }

    fn process(&mut self, io: &mut Io<'_>) -> ComponentResult {
        let frame = self.next;
        self.next += 1;
        if frame == FRAMES {
            io.end();
            return Ok(());
        }
        io.begin(header(frame));
        if frame < self.config.labelled {
            io.put(self.ports.truth, GroundTruth(vec![labelled()]));
        }
        let point = LidarPoint { x: 20.0, y: 0.0, z: 0.0, intensity: 0.5 };
        if self.config.scans {
            io.put(self.ports.cloud, PointCloud::new(vec![point; 60]));
        }
        io.put(self.ports.tracks, tracks(frame));
        io.put(self.ports.detections, Detections2d(vec![seen(4.0), seen(200.0)]));
        Ok(())
    }
}

fn header(frame: u32) -> Arc<Header> {
    Arc::new(Header {
        sequence: if frame < 3 { "first".into() } else { "second".into() },
        frame: frame % 3,
        stamp: Stamp::from_nanos(i64::from(frame) * 100_000_000),
        tick: u64::from(frame),
        scene: 0,
    })
}

fn at<F: delos_core::Frame>(x: f64, y: f64) -> Box3<F> {
    let size = Size::new(4.0, 1.8, 1.5).expect("positive");
    Box3::new(Position::new(x, y, 0.0), size, Yaw::default())
}

fn labelled() -> LabelledObject {
    LabelledObject {
        class: ObjectClass::Car,
        track: Some(TrackId(1)),
        bbox: Some(at(20.0, 0.0)),
        image_box: Some(Box2::new(0.0, 0.0, 60.0, 40.0)),
        truncation: 0.0,
        occlusion: 0,
    }
}

fn seen(x: f32) -> Detection2d {
    let bbox = Box2::new(x, 0.0, x + 60.0, 40.0);
    Detection2d { bbox, class: ObjectClass::Car, score: Score::clamped(0.9) }
}

/// The car half a metre beside its place, in the world: in frame 1 only tentative, in the
/// second sequence under another name. A second track where nothing is.
fn tracks(frame: u32) -> Tracks {
    let ahead = f64::from(frame);
    let world_from_ego: Transform<World, Ego> =
        Transform::new(Isometry3::new(Vector3::new(ahead, 0.0, 0.0), Vector3::zeros()));
    let track = |id: u32, state: TrackState, y: f64| {
        Track::standing(TrackId(id), state, ObjectClass::Car, at(20.0 + ahead, y))
    };
    let state = if frame == 1 { TrackState::Tentative } else { TrackState::Coasted };
    let tracks = vec![track(5 + frame / 3, state, 0.5), track(9, TrackState::Confirmed, 8.0)];
    Tracks { world_from_ego, has_ego_motion: true, tracks, ended: Vec::new() }
}

fn run(settings: &[&str], workers: u32) -> (RunReport, Option<ScoresReport>) {
    let text = format!(
        "name = \"street\"\n[run]\nworkers = {workers}\n[node.street]\nkind = \"street\"\n\
         [node.scores]\nkind = \"scores\"\n"
    );
    let mut launch = LaunchFile::parse(&text, "street.toml".as_ref()).expect("valid");
    for setting in settings {
        launch.set(setting).expect("valid");
    }
    let registry = Registry::default().with::<Street>().with::<ScoresComponent>();
    let plan = Plan::new(&launch, &registry).expect("valid");
    let environment = Arc::new(Environment::new(Wishes::default()));
    let context = BuildContext::new(".").with(Arc::clone(&environment));
    let clock = MonotonicClock::start();
    let report = delos_runtime::run(&plan, &context, &clock, &Cancel::default(), &|_| {});
    (report.expect("starts"), environment.facts().scores)
}

#[test]
fn a_drive_is_judged_frame_by_frame() {
    let (report, scores) = run(&[], 2);
    assert!(report.error.is_none() && report.notices.is_empty());
    let scores = scores.expect("ground truth");
    let tracks = &scores.tracks;
    assert_eq!((tracks.frames, scores.frames_not_judged), (6, 0));
    assert_eq!((tracks.vehicles_counted, tracks.vehicles_found, tracks.tracks_wrong), (6, 5, 6));
    assert_eq!((tracks.id_switches, tracks.fragmentations), (0, 1), "sequences stand apart");
    assert!((tracks.position_error_m.expect("found") - 0.5).abs() < 1e-9);
    let camera = scores.camera.expect("an image");
    assert_eq!((camera.frames, camera.counted, camera.right, camera.wrong), (6, 6, 6, 6));
}

#[test]
fn the_parameters_are_the_rules() {
    let (_, scores) = run(&["scores.tracks.radius_m=0.4", "scores.tracks.min_points=60"], 1);
    let scores = scores.expect("ground truth");
    assert_eq!((scores.tracks.vehicles_counted, scores.tracks.recall), (6, Some(0.0)));
    let (_, scores) = run(&["scores.tracks.min_points=61"], 1);
    assert_eq!(scores.expect("ground truth").tracks.vehicles_counted, 0);
}

#[test]
fn without_ground_truth_it_says_so_once_and_has_no_scores() {
    let (report, scores) = run(&["street.labelled=0"], 2);
    assert_eq!(scores, None);
    let texts: Vec<_> = report.notices.iter().map(|(_, text)| text.as_str()).collect();
    assert_eq!(texts, [NO_TRUTH]);
    let (_, scores) = run(&["street.labelled=4"], 2);
    let scores = scores.expect("some ground truth");
    assert_eq!((scores.tracks.frames, scores.frames_not_judged), (4, 2));
    assert_eq!(scores.not_judged, NotJudged { unlabelled: 2, ..NotJudged::default() });
}

#[test]
fn without_scans_the_camera_is_judged_all_the_same() {
    let (report, scores) = run(&["street.scans=false"], 2);
    let scores = scores.expect("detections and labels");
    let camera = scores.camera.expect("an image");
    assert_eq!((camera.frames, camera.counted, camera.right, camera.wrong), (6, 6, 6, 6));
    assert_eq!((scores.tracks.frames, scores.frames_not_judged), (0, 6));
    assert_eq!(scores.not_judged, NotJudged { without_scan: 6, ..NotJudged::default() });
    let texts: Vec<_> = report.notices.iter().map(|(_, text)| text.as_str()).collect();
    assert_eq!(texts, [NO_SCAN]);
}

fn dropped(sequence: &str, frame: u32, reason: &str) -> Dropped {
    let stamp = i64::from(frame) * 100_000_000;
    Dropped { sequence: sequence.to_owned(), frame, stamp, reason: reason.to_owned() }
}

#[test]
fn frames_that_never_came_are_counted() {
    let (mut report, scores) = run(&["street.labelled=4"], 1);
    let mut scores = scores.expect("some ground truth");
    // Of six frames the first four are labelled; three more of the second sequence follow.
    let frames = [("first", vec![[0, 2]]), ("second", vec![[0, 0], [3, 4]])];
    let frames = frames.map(|(name, ranges)| (name.to_owned(), ranges));
    let truth = TruthFact { folder: "truth".to_owned(), frames: frames.into_iter().collect() };
    let busy = "the chain was busy when a newer frame arrived";
    report.dropped = vec![dropped("second", 3, busy), dropped("second", 5, busy)];
    scores.add_lost(&report, Some(&truth));
    assert_eq!(scores.not_judged, NotJudged { unlabelled: 2, dropped: 1, ..NotJudged::default() });
    assert_eq!(scores.frames_not_judged, 3);
    // A frame that waited when somebody stopped the run says nothing about the chain.
    report.dropped.push(dropped("second", 4, "the run was stopped"));
    scores.add_lost(&report, Some(&truth));
    assert_eq!((scores.not_judged.dropped, scores.frames_not_judged), (1, 3));
    // Two of the frames that were judged: as if the scores had not seen them.
    scores.tracks.frames -= 2;
    scores.add_lost(&report, Some(&truth));
    assert_eq!((scores.not_judged.late, scores.frames_not_judged), (2, 5));
    // Who has noted no truth has labelled everything.
    scores.add_lost(&report, None);
    assert_eq!((scores.not_judged.dropped, scores.not_judged.late), (2, 2));
}

#[test]
fn neither_report_nor_verdicts_depend_on_the_workers() {
    let (one, many) = (run(&[], 1), run(&[], 4));
    assert_eq!(one.1, many.1);
    let digests = |report: &RunReport| format!("{:?}", delos_runtime::DigestFile::of(report));
    assert_eq!(digests(&one.0), digests(&many.0));
}

#[test]
fn rules_out_of_range_are_refused() {
    let config = ScoresConfig {
        tracks: CentreRules { radius_m: -1.0, ..CentreRules::default() },
        ..ScoresConfig::default()
    };
    let error = config.check().expect_err("negative").to_string();
    assert!(error.contains("tracks.radius_m = -1"), "{error}");
}
