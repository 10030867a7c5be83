//! A car that a slow sensor tells of in every third frame.

use super::*;
use delos_core::{
    Box3, Detection3d, Header, MissCause, ObjectClass, Position, Score, Size, Source, Stamp,
    TrackCause, TrackId, TrackState, Yaw,
};
use delos_runtime::{Cancel, LaunchFile, MonotonicClock, Plan, Registry, Role};
use serde::{Deserialize, Serialize};
use std::sync::Mutex;

#[derive(Clone, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct SlowConfig {
    /// Whether frames in between carry an empty message.
    speaks: bool,
}

/// Thirty frames at 10 Hz; detections in every third.
struct Slow {
    config: SlowConfig,
    objects: Out<Detections3d>,
    next: u32,
}

impl Component for Slow {
    const KIND: &'static str = "slow";
    const ABOUT: &'static str = "A slow sensor.";
    const ROLE: Role = Role::Source;
    type Config = SlowConfig;
    type Ports = Out<Detections3d>;

    fn ports(_: &SlowConfig, list: &mut PortList) -> Self::Ports {
        list.output("objects", topics::OBJECTS)
    }

    fn build(config: SlowConfig, objects: Self::Ports, _: &BuildContext) -> ComponentResult<Self> {
        Ok(Self { config, objects, next: 0 })
    }

    fn process(&mut self, io: &mut Io<'_>) -> ComponentResult {
        let frame = self.next;
        self.next += 1;
        if frame == 30 {
            io.end();
            return Ok(());
        }
        let stamp = Stamp::from_nanos(i64::from(frame) * 100_000_000);
        let tick = u64::from(frame);
        io.begin(Arc::new(Header { sequence: "slow".into(), frame, stamp, tick, scene: 0 }));
        if frame.is_multiple_of(3) {
            io.put(self.objects, Detections3d(vec![car()]));
        } else if self.config.speaks {
            io.put(self.objects, Detections3d::default());
        }
        Ok(())
    }
}

fn car() -> Detection3d {
    let size = Size::new(4.0, 1.8, 1.5).expect("positive");
    Detection3d {
        bbox: Box3::new(Position::new(20.0, 0.0, -0.9), size, Yaw::default()),
        class: ObjectClass::Car,
        score: Score::clamped(0.9),
        points: 0,
        cluster: None,
        source: Source::Lidar,
        image_box: None,
    }
}

#[derive(Default)]
struct Seen(Mutex<Vec<Tracks>>);

/// Keeps what it sees.
struct Watch {
    tracks: In<Tracks>,
    seen: Arc<Seen>,
}

#[derive(Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Nothing {}

impl Component for Watch {
    const KIND: &'static str = "watch";
    const ABOUT: &'static str = "Keeps what it sees.";
    const ROLE: Role = Role::Observer;
    type Config = Nothing;
    type Ports = In<Tracks>;

    fn ports(_: &Nothing, list: &mut PortList) -> Self::Ports {
        list.input("tracks", topics::TRACKS)
    }

    fn build(_: Nothing, tracks: Self::Ports, context: &BuildContext) -> ComponentResult<Self> {
        Ok(Self { tracks, seen: context.get::<Seen>().ok_or("nobody wants to see")? })
    }

    fn process(&mut self, io: &mut Io<'_>) -> ComponentResult {
        if let Some(tracks) = io.get(self.tracks) {
            self.seen.0.lock().expect("no poison").push((*tracks).clone());
        }
        Ok(())
    }
}

fn run(settings: &[&str]) -> Vec<Tracks> {
    let text = "name = \"slow\"\n[node.slow]\nkind = \"slow\"\n[node.tracker]\nkind = \"tracker\"\n\
                every.life.confirm_hits = 1\n[node.watch]\nkind = \"watch\"\n";
    let mut launch = LaunchFile::parse(text, "slow.toml".as_ref()).expect("valid");
    for setting in settings {
        launch.set(setting).expect("valid");
    }
    let registry = Registry::default().with::<Slow>().with::<TrackerComponent>().with::<Watch>();
    let plan = Plan::new(&launch, &registry).expect("valid");
    let seen = Arc::new(Seen::default());
    let context = BuildContext::new(".").with(Arc::clone(&seen));
    let clock = MonotonicClock::start();
    let report = delos_runtime::run(&plan, &context, &clock, &Cancel::default(), &|_| {});
    assert!(report.expect("starts").error.is_none());
    let mut seen = seen.0.lock().expect("no poison");
    std::mem::take(&mut *seen)
}

#[test]
fn a_slow_sensor_confirms_tracks_too() {
    let seen = run(&["tracker.every.life.confirm_hits=2"]);
    let last = seen.last().expect("frames");
    let [track] = &last.tracks[..] else { panic!("{last:?}") };
    assert_eq!((track.id, seen.len()), (TrackId(1), 30), "one track all the way");
    assert!(seen[4].tracks[0].state != TrackState::Tentative, "believed at its second detection");
}

#[test]
fn frames_without_a_message_deny_nothing() {
    let silent = run(&[]);
    assert_eq!(silent.len(), 30, "tracks of every frame");
    for (frame, tracks) in silent.iter().enumerate() {
        let [track] = &tracks.tracks[..] else { panic!("frame {frame}: {tracks:?}") };
        assert_eq!(track.id, TrackId(1), "frame {frame}");
        if frame > 3 && frame % 3 > 0 {
            let wanted = (TrackState::Coasted, TrackCause::Coasted(MissCause::Unwatched));
            assert_eq!((track.state, track.step.cause), wanted, "frame {frame}");
        }
    }
    // An empty message denies the car: it was looked for.
    let spoken = run(&["slow.speaks=true"]);
    let existence = |of: &[Tracks]| of[29].tracks.first().map_or(0.0, |t| t.existence.get());
    assert!(
        existence(&spoken) < existence(&silent),
        "{} {}",
        existence(&spoken),
        existence(&silent)
    );
}
