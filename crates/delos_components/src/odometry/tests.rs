//! The component in a graph: a made-up yard with and without poses, and a simulated drive.

use super::*;
use crate::SimulateComponent;
use crate::environment::{DataFact, Facts, Wishes};
use delos_core::{LidarPoint, Stamp, Transform};
use delos_runtime::{Cancel, LaunchFile, MonotonicClock, Plan, Registry, Role, RunReport};
use nalgebra::Isometry3;
use std::sync::Mutex;

const FRAMES: u32 = 8;

/// What comes with the frames of the yard.
#[derive(Clone, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct YardConfig {
    /// Sequences that have poses, by number.
    with_poses: Vec<u32>,
    /// Frames of each sequence whose scan is missing.
    without_scan: Vec<u32>,
}

#[derive(Clone)]
struct YardPorts {
    cloud: Out<PointCloud<Ego>>,
    pose: Out<EgoPose>,
}

/// Two sequences of eight frames. Between the walls of a yard the vehicle drives half a metre a
/// frame; poses of the data set say ten metres a frame, to tell them apart.
struct Yard {
    config: YardConfig,
    ports: YardPorts,
    next: u32,
}

impl Component for Yard {
    const KIND: &'static str = "yard";
    const ABOUT: &'static str = "A made-up yard.";
    const ROLE: Role = Role::Source;
    type Config = YardConfig;
    type Ports = YardPorts;

    fn ports(_: &YardConfig, list: &mut PortList) -> YardPorts {
        YardPorts {
            cloud: list.output("cloud", topics::CLOUD),
            pose: list.output("pose", topics::POSE),
        }
    }

    fn build(config: YardConfig, ports: YardPorts, _: &BuildContext) -> ComponentResult<Self> {
        Ok(Self { config, ports, next: 0 })
    }

    fn process(&mut self, io: &mut Io<'_>) -> ComponentResult {
        let (sequence, frame) = (self.next / FRAMES, self.next % FRAMES);
        self.next += 1;
        if sequence == 2 {
            io.end();
            return Ok(());
        }
        io.begin(header(sequence, frame));
        if !self.config.without_scan.contains(&frame) {
            io.put(self.ports.cloud, yard(0.5 * frame as f32));
        }
        if self.config.with_poses.contains(&sequence) {
            let world_from_ego =
                Transform::new(Isometry3::translation(10.0 * f64::from(frame), 0.0, 0.0));
            io.put(self.ports.pose, EgoPose { world_from_ego });
        }
        Ok(())
    }
}

fn header(sequence: u32, frame: u32) -> Arc<Header> {
    Arc::new(Header {
        sequence: format!("{sequence}").into(),
        frame,
        stamp: Stamp::from_nanos(i64::from(frame) * 100_000_000),
        tick: u64::from(sequence * FRAMES + frame),
        scene: 0,
    })
}

/// Walls around a yard of 20 m, from `x` metres ahead of its middle.
fn yard(x: f32) -> PointCloud<Ego> {
    let wall = (-100..100_i16).flat_map(|i| {
        let along = f32::from(i) * 0.1;
        let sides = [(along, 10.0), (along, -10.0), (10.0, along), (-10.0, along)];
        let up = (0..6_i16).map(|n| f32::from(n) * 0.5 - 1.0);
        up.flat_map(move |z| sides.map(|(x, y)| (x, y, z)))
    });
    let seen = wall.map(|(wall_x, y, z)| LidarPoint { x: wall_x - x, y, z, intensity: 0.5 });
    PointCloud::new(seen.collect())
}

/// Poses that reached the end of the graph: sequence, frame, from the data set, published.
type Seen = Mutex<Vec<(String, u32, Option<EgoPose>, Option<EgoPose>)>>;

#[derive(Clone)]
struct ProbePorts {
    file: In<EgoPose>,
    pose: In<EgoPose>,
}

/// Keeps what it sees.
struct Probe {
    ports: ProbePorts,
    seen: Arc<Seen>,
}

impl Component for Probe {
    const KIND: &'static str = "probe";
    const ABOUT: &'static str = "Keeps what it sees.";
    const ROLE: Role = Role::Observer;
    type Config = YardConfig;
    type Ports = ProbePorts;

    fn ports(_: &YardConfig, list: &mut PortList) -> ProbePorts {
        ProbePorts {
            file: list.optional("file", topics::POSE),
            pose: list.input("pose", topics::ODOMETRY_POSE),
        }
    }

    fn build(_: YardConfig, ports: ProbePorts, context: &BuildContext) -> ComponentResult<Self> {
        Ok(Self { ports, seen: context.get::<Seen>().ok_or("the test lends it")? })
    }

    fn process(&mut self, io: &mut Io<'_>) -> ComponentResult {
        let header = io.header();
        let file = io.get(self.ports.file).map(|pose| *pose);
        let pose = io.get(self.ports.pose).map(|pose| *pose);
        let row = (header.sequence.to_string(), header.frame, file, pose);
        self.seen.lock().expect("one worker at a time").push(row);
        Ok(())
    }
}

struct Outcome {
    report: RunReport,
    facts: Facts,
    seen: Vec<(String, u32, Option<EgoPose>, Option<EgoPose>)>,
}

fn run(source: &str, settings: &[&str]) -> Outcome {
    run_in(Environment::new(Wishes::default()), source, settings)
}

fn run_in(environment: Environment, source: &str, settings: &[&str]) -> Outcome {
    let text = format!(
        "name = \"yard\"\n[run]\nworkers = 2\n[node.source]\nkind = \"{source}\"\n\
         [node.odometry]\nkind = \"odometry\"\n[node.probe]\nkind = \"probe\"\n"
    );
    let mut launch = LaunchFile::parse(&text, "yard.toml".as_ref()).expect("valid");
    for setting in settings {
        launch.set(setting).expect("valid");
    }
    let registry = Registry::default()
        .with::<Yard>()
        .with::<SimulateComponent>()
        .with::<OdometryComponent>()
        .with::<Probe>();
    let plan = Plan::new(&launch, &registry).expect("valid");
    let environment = Arc::new(environment);
    let seen = Arc::new(Seen::default());
    let context = BuildContext::new(".").with(Arc::clone(&environment)).with(Arc::clone(&seen));
    let clock = MonotonicClock::start();
    let report = delos_runtime::run(&plan, &context, &clock, &Cancel::default(), &|_| {});
    let report = report.expect("starts");
    assert!(report.error.is_none(), "{:?}", report.error);
    let seen = std::mem::take(&mut *seen.lock().expect("the run is over"));
    Outcome { report, facts: environment.facts(), seen }
}

impl Outcome {
    /// How far the vehicle came in each sequence, where there is a pose.
    fn ways(&self) -> Vec<(String, f64)> {
        let last = self.seen.iter().filter(|row| row.1 == FRAMES - 1);
        last.filter_map(|row| Some((row.0.clone(), row.3?.world_from_ego.isometry().translation.x)))
            .collect()
    }

    fn origins(&self) -> Vec<(&str, PoseOrigin)> {
        self.facts.poses.iter().map(|fact| (fact.sequence.as_str(), fact.origin)).collect()
    }

    fn notices(&self) -> Vec<&str> {
        self.report.notices.iter().map(|(_, text)| text.as_str()).collect()
    }
}

fn assert_ways(outcome: &Outcome, wanted: &[(&str, f64)]) {
    let ways = outcome.ways();
    assert_eq!(ways.len(), wanted.len(), "{ways:?}");
    for ((sequence, way), (wanted_sequence, wanted_way)) in ways.iter().zip(wanted) {
        assert_eq!(sequence, wanted_sequence);
        assert!((way - wanted_way).abs() < 0.1, "{ways:?}");
    }
}

#[test]
fn poses_of_the_data_set_go_first_and_each_sequence_stands_alone() {
    let outcome = run("yard", &["source.with_poses=[1]"]);
    assert_ways(&outcome, &[("0", 3.5), ("1", 70.0)]);
    assert_eq!(outcome.origins(), [("0", PoseOrigin::Lidar), ("1", PoseOrigin::File)]);
    let told = ["poses are estimated from LiDAR", "poses are those of the data set"];
    assert_eq!(outcome.notices(), told);
}

#[test]
fn where_no_frame_follows_another_nothing_is_said_to_be_estimated() {
    let environment = Environment::new(Wishes::default());
    environment.note_data(DataFact {
        path: "yard".into(),
        layout: "kitti_object".to_owned(),
        sequences: vec![],
        frames: None,
        ground_truth: None,
        frames_are_independent: true,
        seed: None,
    });
    let outcome = run_in(environment, "yard", &[]);
    assert_eq!(outcome.notices(), Vec::<&str>::new());
    assert_eq!(outcome.origins(), [("0", PoseOrigin::Lidar), ("1", PoseOrigin::Lidar)]);
}

#[test]
fn a_launch_file_may_insist_on_either() {
    let lidar = run("yard", &["source.with_poses=[0, 1]", "odometry.source=\"lidar\""]);
    assert_ways(&lidar, &[("0", 3.5), ("1", 3.5)]);
    let file = run("yard", &["source.with_poses=[0]", "odometry.source=\"file\""]);
    assert_ways(&file, &[("0", 70.0)]);
    assert!(file.seen.iter().all(|row| row.3.is_some() == (row.0 == "0")), "none is made up");
    let told = ["poses are those of the data set", "sequence 1 frame 0: the data set has no pose"];
    assert_eq!(file.notices(), told);
}

#[test]
fn a_missing_scan_keeps_the_prediction_and_says_so_once() {
    let outcome = run("yard", &["source.without_scan=[4, 5]"]);
    assert_ways(&outcome, &[("0", 3.5), ("1", 3.5)]);
    assert!(outcome.seen.iter().all(|row| row.3.is_some()));
    let said = |text: &&&str| text.contains("frame 4: pose predicted");
    let notices = outcome.notices();
    assert_eq!(notices.iter().filter(said).count(), 2, "once in each sequence: {notices:?}");
    assert!(!notices.iter().any(|text| text.contains("frame 5")), "{notices:?}");
}

#[test]
fn before_the_first_good_scan_there_is_no_pose() {
    let outcome = run("yard", &["source.without_scan=[0, 1, 2, 3, 4, 5, 6, 7]"]);
    assert!(outcome.seen.iter().all(|row| row.3.is_none()));
    assert!(outcome.notices().iter().any(|text| text.contains("frame 0: no pose yet")));
}

#[test]
fn a_simulated_drive_is_followed() {
    let outcome = run("simulate", &["source.frames=40", "odometry.source=\"lidar\""]);
    assert_eq!(outcome.seen.len(), 40);
    let places: Vec<_> = outcome
        .seen
        .iter()
        .map(|row| (row.2.expect("exact"), row.3.expect("estimated")))
        .map(|(exact, found)| (exact.world_from_ego, found.world_from_ego))
        .collect();
    let way: f64 = places
        .windows(2)
        .map(|pair| (pair[0].0.inverse() * pair[1].0).isometry().translation.vector.norm())
        .sum();
    let (exact, found) = places.last().expect("frames");
    let apart = exact.inverse() * *found;
    let (metres, radians) =
        (apart.isometry().translation.vector.norm(), apart.isometry().rotation.angle());
    eprintln!("after {way:.1} m: {metres:.3} m and {:.3} degrees off", radians.to_degrees());
    assert!(way > 20.0, "{way} m");
    // Measured: 0.15 % of the way, 0.002 rad.
    assert!(metres < 0.005 * way && radians < 0.01, "{metres} m after {way} m, {radians} rad");
}
