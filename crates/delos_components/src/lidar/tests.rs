//! The component in a graph, on a made-up street: its region and what it says of axes.

use super::*;
use delos_core::{Header, LidarPoint, Stamp};
use delos_runtime::{Cancel, LaunchFile, MonotonicClock, Plan, Registry, Role, RunReport};
use std::error::Error;
use std::sync::{Arc, Mutex};

const HEIGHT_M: f64 = 1.73;

/// How the street's frame is turned before it is published.
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Turned {
    #[default]
    Upright,
    UpsideDown,
}

#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct StreetConfig {
    turned: Turned,
}

#[derive(Clone)]
struct StreetPorts {
    cloud: Out<PointCloud<Ego>>,
    calibration: Out<Calibration>,
}

/// Seven frames of a street with two cars.
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
            calibration: list.output("calibration", topics::CALIBRATION),
        }
    }

    fn build(config: StreetConfig, ports: StreetPorts, _: &BuildContext) -> ComponentResult<Self> {
        Ok(Self { config, ports, next: 0 })
    }

    fn process(&mut self, io: &mut Io<'_>) -> ComponentResult {
        let tick = self.next;
        self.next += 1;
        if tick == 7 {
            io.end();
            return Ok(());
        }
        io.begin(Arc::new(Header {
            sequence: "street".into(),
            frame: tick,
            stamp: Stamp::from_nanos(i64::from(tick) * 100_000_000),
            tick: u64::from(tick),
            scene: 0,
        }));
        io.put(self.ports.cloud, street(self.config.turned));
        io.put(self.ports.calibration, Calibration { camera: None, ego_height_m: HEIGHT_M });
        Ok(())
    }
}

/// Rings of level ground, and the rears of two cars at 12 m, 4 m to either side.
fn street(turned: Turned) -> PointCloud<Ego> {
    let ground = (0..40_u16).flat_map(|ring| {
        let range = 4.0 + 0.5 * f32::from(ring);
        (0..720_u16).map(move |step| {
            let (sin, cos) = (f32::from(step) * 0.5).to_radians().sin_cos();
            [range * cos, range * sin, -HEIGHT_M as f32]
        })
    });
    let rear = (0..34_u16).flat_map(|i| (0..14_u16).map(move |k| (f32::from(i), f32::from(k))));
    let cars = rear.flat_map(|(i, k)| {
        [4.0, -4.0].map(|y| [12.0, y - 0.8 + 0.05 * i, 0.3 + 0.09 * k - HEIGHT_M as f32])
    });
    let point = |[x, y, z]: [f32; 3]| match turned {
        Turned::Upright => LidarPoint { x, y, z, intensity: 0.3 },
        Turned::UpsideDown => LidarPoint { x, y: -y, z: -z, intensity: 0.3 },
    };
    PointCloud::new(ground.chain(cars).map(point).collect())
}

type Seen = Mutex<Vec<Vec<f64>>>;

/// Keeps the y of what was found.
struct Probe {
    objects: In<Detections3d>,
    seen: Arc<Seen>,
}

impl Component for Probe {
    const KIND: &'static str = "probe";
    const ABOUT: &'static str = "Keeps what it sees.";
    const ROLE: Role = Role::Observer;
    type Config = StreetConfig;
    type Ports = In<Detections3d>;

    fn ports(_: &StreetConfig, list: &mut PortList) -> In<Detections3d> {
        list.input("objects", topics::LIDAR_OBJECTS)
    }

    fn build(
        _: StreetConfig,
        objects: In<Detections3d>,
        context: &BuildContext,
    ) -> ComponentResult<Self> {
        Ok(Self { objects, seen: context.get::<Seen>().ok_or("the test lends it")? })
    }

    fn process(&mut self, io: &mut Io<'_>) -> ComponentResult {
        let found = io.get(self.objects).ok_or("there is always a scan")?;
        let places = found.0.iter().map(|d| d.bbox.center.y().round()).collect();
        self.seen.lock().expect("one worker at a time").push(places);
        Ok(())
    }
}

/// Runs the street through the component; the objects of each frame.
fn run(settings: &[&str]) -> Result<(RunReport, Vec<Vec<f64>>), String> {
    let text = "name = \"street\"\n[run]\nworkers = 2\n[node.source]\nkind = \"street\"\n\
                [node.lidar]\nkind = \"lidar_detector\"\n[node.probe]\nkind = \"probe\"\n";
    let mut launch = LaunchFile::parse(text, "street.toml".as_ref()).expect("valid");
    for setting in settings {
        launch.set(setting).expect("valid");
    }
    let registry = Registry::default().with::<Street>().with::<LidarComponent>().with::<Probe>();
    let plan = Plan::new(&launch, &registry).map_err(|error| error.to_string())?;
    let seen = Arc::new(Seen::default());
    let context = BuildContext::new(".").with(Arc::clone(&seen));
    let clock = MonotonicClock::start();
    let report = delos_runtime::run(&plan, &context, &clock, &Cancel::default(), &|_| {});
    let cause = |error: &dyn Error| error.source().map(ToString::to_string).unwrap_or_default();
    let report = report.map_err(|error| format!("{error}: {}", cause(&error)))?;
    let places = std::mem::take(&mut *seen.lock().expect("the run is over"));
    Ok((report, places))
}

#[test]
fn a_region_keeps_objects_inside_alone() {
    let cases: &[(&[&str], &[f64])] = &[
        (&[], &[-4.0, 4.0]),
        (&["lidar.region.keep=[[0, 0], [40, 0], [40, 20], [0, 20]]"], &[4.0]),
        (&["lidar.region.exclude=[[[5, 0], [40, 0], [40, 20], [5, 20]]]"], &[-4.0]),
        (&["lidar.region.keep=[[-30, -2], [-10, -2], [-10, 2]]"], &[]),
    ];
    for (settings, wanted) in cases {
        let (report, mut seen) = run(settings).expect("runs");
        assert!(report.error.is_none() && report.notices.is_empty(), "{:?}", report.notices);
        assert_eq!(seen.len(), 7);
        for found in &mut seen {
            found.sort_by(f64::total_cmp);
            assert_eq!(found, wanted, "{settings:?}");
        }
    }
}

#[test]
fn a_region_that_is_none_stops_the_run_before_the_first_frame() {
    for (setting, wanted) in [
        ("lidar.region.keep=[[0, 0], [1, 1]]", "region.keep: 2 corners"),
        ("lidar.region.keep=[[0, 0], [4, 4], [4, 0], [0, 4]]", "corner 2 cross"),
        ("lidar.region.exclude=[[[0, 0], [nan, 4], [4, 0]]]", "region.exclude[0]: corner 1"),
        ("lidar.region.kep=[]", "kep"),
    ] {
        let error = run(&[setting]).expect_err(wanted);
        assert!(error.contains(wanted), "{error}: not {wanted}");
    }
}

#[test]
fn wrong_axes_are_told_once() {
    let (report, _) = run(&["source.turned=\"upside_down\""]).expect("runs");
    let told: Vec<&str> = report.notices.iter().map(|(_, text)| text.as_str()).collect();
    assert_eq!(told.len(), 1, "{told:?}");
    assert!(told[0].contains("where -z is up"), "{told:?}");
}

#[test]
fn a_graph_is_refused_where_other_workers_could_use_the_gpu() {
    let said = |settings: &[&str]| {
        let usual = ["lidar.model=delos_lidar", "lidar.device=cuda:0", "lidar.cuda_graph=true"];
        let all: Vec<&str> = usual.into_iter().chain(settings.iter().copied()).collect();
        run(&all).map_or_else(|error| error, |_| "it ran".to_owned())
    };
    let refusal = "`cuda_graph` needs a run with one worker, this one has 2";
    assert!(said(&[]).contains(refusal), "{}", said(&[]));
    assert!(said(&["lidar.device=auto"]).contains(refusal));
    for harmless in ["run.workers=1", "lidar.device=cpu", "lidar.resident=false"] {
        assert!(!said(&[harmless]).contains("one worker"), "{harmless}: {}", said(&[harmless]));
    }
}
