//! Brings a simulated drive into the graph.

mod drive;

pub use drive::{SimulatedDriveError, frame_parts, simulated_drive};

use crate::environment::{DataFact, Environment};
use crate::replay::check_prefetch;
use crate::sensors::SensorPorts;
use crate::truth_log::TruthLog;
use delos_ingest::FrameStream;
use delos_runtime::{BuildContext, Component, ComponentResult, Io, PortList, Role};
use delos_sim::drive::DriveConfig;
use delos_sim::simulation::{Simulation, SimulationConfig};
use serde::{Deserialize, Serialize};
use std::path::PathBuf;
use std::sync::Arc;

/// Parameters of the simulated drive.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct SimulateConfig {
    /// What the drive grows from: the same seed gives the same drive, to the bit.
    pub seed: u64,
    /// Number of frames.
    pub frames: usize,
    /// Frames per second.
    pub rate_hz: f64,
    /// Road users besides the vehicle itself; as many as suit the road where not given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub actors: Option<usize>,
    /// The LiDAR: `hdl64` or `hdl32`.
    pub lidar: String,
    /// How long the LiDAR looks around, seconds; 0: everything at once. Else its points have
    /// times, and are skewed by the vehicle's motion until a `sweeps` node puts them right.
    pub turn_s: f64,
    /// Frames made ahead, 1024 at most; 0: each is made when it is asked for.
    pub prefetch: usize,
    /// How often the drive is driven; 0: without end. Every pass is a sequence of its own.
    pub passes: usize,
}

impl Default for SimulateConfig {
    fn default() -> Self {
        let SimulationConfig { drive, lidar, turn_s } = SimulationConfig::default();
        let DriveConfig { seed, frames, rate_hz, actors } = drive;
        Self { seed, frames, rate_hz, actors, lidar, turn_s, prefetch: 4, passes: 1 }
    }
}

impl SimulateConfig {
    fn simulation(&self) -> SimulationConfig {
        let Self { seed, frames, rate_hz, actors, turn_s, .. } = *self;
        let drive = DriveConfig { seed, frames, rate_hz, actors };
        SimulationConfig { drive, lidar: self.lidar.clone(), turn_s }
    }
}

/// Brings a simulated drive into the graph, with the values that its files would hold.
pub struct SimulateComponent {
    ports: SensorPorts,
    stream: FrameStream,
    truth: TruthLog,
}

impl Component for SimulateComponent {
    const KIND: &'static str = "simulate";
    const ABOUT: &'static str = "Simulates a drive from a seed: camera, LiDAR, radar, poses and \
                                 exact ground truth, with nothing to download.";
    const ROLE: Role = Role::Source;
    type Config = SimulateConfig;
    type Ports = SensorPorts;

    fn ports(_: &SimulateConfig, list: &mut PortList) -> SensorPorts {
        SensorPorts::declare(list)
    }

    fn build(
        config: SimulateConfig,
        ports: SensorPorts,
        context: &BuildContext,
    ) -> ComponentResult<Self> {
        check_prefetch(config.prefetch)?;
        let environment = context.get::<Environment>();
        if let Some(data) = environment.as_ref().and_then(|e| e.wishes.data.clone()) {
            let data = data.display();
            return Err(format!(
                "--data {data}: this launch file simulates its drive; leave --data out, or take a \
                 launch file with a `replay` node"
            )
            .into());
        }
        let simulation = Arc::new(Simulation::new(&config.simulation())?);
        let drive = simulated_drive(&simulation)?;
        if let Some(environment) = &environment {
            environment.note_data(fact(&config, drive.name()));
        }
        let recording = drive
            .recording(config.prefetch, move |frame| Ok(frame_parts(simulation.frame(frame)?)));
        let stream = recording.repeated(config.passes)?.stream()?;
        Ok(Self { ports, stream, truth: TruthLog::new(environment) })
    }

    fn process(&mut self, io: &mut Io<'_>) -> ComponentResult {
        let Some(frame) = self.stream.next_frame().transpose()? else {
            io.end();
            return Ok(());
        };
        self.truth.add(&frame)?;
        self.ports.send(frame, io);
        Ok(())
    }

    fn finish(&mut self) -> ComponentResult {
        Ok(self.truth.finish()?)
    }
}

fn fact(config: &SimulateConfig, name: &str) -> DataFact {
    DataFact {
        path: PathBuf::from(format!("simulated drive, seed {}", config.seed)),
        layout: delos_ingest::Layout::Simulated.name().to_owned(),
        sequences: vec![name.to_owned()],
        frames: Some(config.frames as u64),
        ground_truth: None,
        frames_are_independent: false,
        seed: Some(config.seed),
    }
}
