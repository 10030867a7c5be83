//! The component in a graph: a made-up street that is looked at while the vehicle moves.

use super::*;
use delos_core::{Header, LidarPoint, Transform};
use delos_runtime::{Cancel, LaunchFile, MonotonicClock, Plan, Registry, Role, RunReport};
use nalgebra::{Isometry3, Vector3};
use std::sync::Mutex;

const FRAMES: u32 = 5;
/// Forward, metres per second.
const SPEED: f64 = 15.0;
/// Points of a scan and seconds of a turn.
const POINTS: usize = 200;
const TURN_S: f64 = 0.1;

#[derive(Clone, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct StreetConfig {
    without_times: bool,
    without_poses: bool,
}

#[derive(Clone)]
struct StreetPorts {
    cloud: Out<PointCloud<Ego>>,
    pose: Out<EgoPose>,
}

/// Two sequences of a drive at 15 m/s towards a wall 40 m ahead of its start.
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
            cloud: list.output("cloud", topics::CLOUD),
            pose: list.output("pose", topics::ODOMETRY_POSE),
        }
    }

    fn build(config: StreetConfig, ports: StreetPorts, _: &BuildContext) -> ComponentResult<Self> {
        Ok(Self { config, ports, next: 0 })
    }

    fn process(&mut self, io: &mut Io<'_>) -> ComponentResult {
        let (sequence, frame) = (self.next / FRAMES, self.next % FRAMES);
        self.next += 1;
        if sequence == 2 {
            io.end();
            return Ok(());
        }
        io.begin(Arc::new(Header {
            sequence: format!("{sequence}").into(),
            frame,
            stamp: Stamp::from_nanos(i64::from(frame) * 100_000_000),
            tick: u64::from(sequence * FRAMES + frame),
            scene: 0,
        }));
        let way = way(frame);
        let cloud = wall(way);
        let plain = PointCloud::new(cloud.points().to_vec());
        io.put(self.ports.cloud, if self.config.without_times { plain } else { cloud });
        if !self.config.without_poses {
            let isometry = Isometry3::from(Vector3::x() * way);
            io.put(self.ports.pose, EgoPose { world_from_ego: Transform::new(isometry) });
        }
        Ok(())
    }
}

/// How far the vehicle has come at a frame's stamp, metres.
fn way(frame: u32) -> f64 {
    SPEED * 0.1 * f64::from(frame)
}

/// The wall, seen point by point from left to right in the time of a turn.
fn wall(way: f64) -> PointCloud<Ego> {
    let share = |i: usize| i as f64 / (POINTS - 1) as f64 - 0.5;
    let point = |i: usize| {
        let x = 40.0 - way - SPEED * TURN_S * share(i);
        LidarPoint { x: x as f32, y: (-20.0 * share(i)) as f32, z: 0.0, intensity: 0.5 }
    };
    let times = (0..POINTS).map(|i| (TURN_S * share(i)) as f32).collect();
    let points = (0..POINTS).map(point).collect();
    PointCloud::with_times(points, PointTimes::Rolling(times)).expect("one time each")
}

/// Frames and scans that came out.
type Scans = Vec<(u32, Arc<PointCloud<Ego>>)>;
type Seen = Mutex<Scans>;

/// Keeps what it sees.
struct Probe {
    cloud: In<PointCloud<Ego>>,
    seen: Arc<Seen>,
}

impl Component for Probe {
    const KIND: &'static str = "probe";
    const ABOUT: &'static str = "Keeps what it sees.";
    const ROLE: Role = Role::Observer;
    type Config = StreetConfig;
    type Ports = In<PointCloud<Ego>>;

    fn ports(_: &StreetConfig, list: &mut PortList) -> In<PointCloud<Ego>> {
        list.input("cloud", topics::JOINED_CLOUD)
    }

    fn build(
        _: StreetConfig,
        cloud: In<PointCloud<Ego>>,
        context: &BuildContext,
    ) -> ComponentResult<Self> {
        Ok(Self { cloud, seen: context.get::<Seen>().ok_or("the test lends it")? })
    }

    fn process(&mut self, io: &mut Io<'_>) -> ComponentResult {
        let Some(cloud) = io.get(self.cloud) else { return Ok(()) };
        let row = (io.header().frame, Arc::clone(&cloud.body));
        self.seen.lock().expect("one worker at a time").push(row);
        Ok(())
    }
}

fn launch(workers: u32, settings: &[&str]) -> LaunchFile {
    let text = format!(
        "name = \"street\"\n[run]\nworkers = {workers}\n[node.source]\nkind = \"street\"\n\
         [node.sweeps]\nkind = \"sweeps\"\n[node.probe]\nkind = \"probe\"\n"
    );
    let mut launch = LaunchFile::parse(&text, "street.toml".as_ref()).expect("valid");
    for setting in settings {
        launch.set(setting).expect("valid");
    }
    launch
}

fn run(workers: u32, settings: &[&str]) -> (RunReport, Scans) {
    let registry = Registry::default().with::<Street>().with::<SweepsComponent>().with::<Probe>();
    let plan = Plan::new(&launch(workers, settings), &registry).expect("valid");
    let seen = Arc::new(Seen::default());
    let context = BuildContext::new(".").with(Arc::clone(&seen));
    let clock = MonotonicClock::start();
    let report = delos_runtime::run(&plan, &context, &clock, &Cancel::default(), &|_| {});
    let report = report.expect("starts");
    assert!(report.error.is_none(), "{:?}", report.error);
    let seen = std::mem::take(&mut *seen.lock().expect("the run is over"));
    assert_eq!(seen.len(), 2 * FRAMES as usize);
    (report, seen)
}

/// How far the points lie off the wall, at most, metres.
fn off_the_wall(frame: u32, cloud: &PointCloud<Ego>) -> f64 {
    let wall = 40.0 - way(frame);
    cloud.points().iter().map(|p| (f64::from(p.x) - wall).abs()).fold(0.0, f64::max)
}

fn notices(report: &RunReport) -> Vec<&str> {
    report.notices.iter().map(|(_, text)| text.as_str()).collect()
}

#[test]
fn by_default_scans_are_passed_on_as_they_are() {
    let (report, seen) = run(2, &[]);
    for (frame, cloud) in seen {
        assert_eq!(*cloud, wall(way(frame)));
    }
    assert!(notices(&report).is_empty(), "{:?}", report.notices);
}

#[test]
fn a_wall_is_straight_from_the_second_scan_of_each_sequence_on() {
    let (_, seen) = run(2, &["sweeps.deskew=true"]);
    for (frame, cloud) in seen {
        let off = off_the_wall(frame, &cloud);
        if frame == 0 {
            assert!((off - 0.75).abs() < 1e-5, "no velocity yet: {off}");
        } else {
            assert!(off < 1e-5, "frame {frame}: {off} m");
        }
    }
}

#[test]
fn scans_are_joined_within_their_sequence() {
    let (_, seen) = run(2, &["sweeps.deskew=true", "sweeps.count=3", "sweeps.own_m=0.0"]);
    for (frame, cloud) in seen {
        let scans = 1 + frame.min(2) as usize;
        assert_eq!(cloud.points().len(), scans * POINTS, "frame {frame}");
        let times = cloud.times().expect("joined scans have times");
        let oldest = times.seconds().iter().copied().fold(f32::INFINITY, f32::min);
        // A scan is of one age, whatever its turn: networks are trained on such.
        assert!((oldest - 0.1 * (1.0 - scans as f32)).abs() < 1e-6, "frame {frame}: {oldest}");
        assert!(times.is_joined(), "frame {frame}");
        // The first scan of all, which has no velocity, leaves two scans after it.
        if frame > 2 {
            assert!(!times.is_rolling() && off_the_wall(frame, &cloud) < 1e-4);
        }
    }
}

#[test]
fn what_is_missing_is_said_once_and_nothing_is_made_up() {
    for (setting, wanted) in [
        ("source.without_times=true", "the points have no times"),
        ("source.without_poses=true", "no pose: scans are passed on as they are"),
    ] {
        let (report, seen) = run(2, &["sweeps.deskew=true", setting]);
        let said = notices(&report).iter().filter(|notice| notice.contains(wanted)).count();
        assert_eq!(said, 1, "{setting}: {:?}", report.notices);
        for (frame, cloud) in seen {
            assert_eq!(cloud.points(), wall(way(frame)).points());
        }
    }
}

#[test]
fn any_number_of_workers_gives_the_same_bits() {
    let settings = ["sweeps.deskew=true", "sweeps.count=3"];
    let (_, one) = run(1, &settings);
    for workers in [2, 4] {
        let (_, more) = run(workers, &settings);
        assert!(one == more, "{workers} workers");
    }
}

#[test]
fn settings_out_of_range_are_named() {
    let usual = SweepsConfig::default;
    for (config, wanted) in [
        (SweepsConfig { count: 0, ..usual() }, "count = 0 is out of range; use 1 to 32"),
        (SweepsConfig { count: 33, ..usual() }, "count = 33"),
        (SweepsConfig { max_age_s: 0.0, ..usual() }, "max_age_s = 0"),
        (SweepsConfig { own_m: f64::NAN, ..usual() }, "own_m = NaN"),
    ] {
        let error = config.validate().expect_err(wanted).to_string();
        assert!(error.starts_with(wanted), "{error}: not {wanted}");
    }
    assert!(SweepsConfig { count: 32, own_m: 0.0, ..usual() }.validate().is_ok());
}
