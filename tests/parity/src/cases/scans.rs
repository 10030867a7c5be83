//! The LiDAR's chain that stays on a device, against the same networks between the processor's own steps.

mod plain;

use super::lidar::compare;
use crate::{Outcome, Random};
use anyhow::Result;
use delos_core::{Detections3d, Ego, LidarPoint, PointCloud, PointTimes};
use delos_detect::lidar::network::{LidarNetwork, LidarOptions};
use delos_detect::models::{ModelStore, ResolvedModel};
use delos_infer::gpu::{Cuda, InPlace, Memory};
use delos_infer::{Device, Runtime, SessionOptions, StreamOptions};
use delos_sim::drive::{Drive, DriveConfig};
use delos_sim::lidar::{Lidar, Sector};
use plain::Plain;
use tempfile::TempDir;

/// The sensor's height of the simulated drives, metres over ground.
const HEIGHT_M: f64 = 1.73;

/// A third of a turn.
const FRONT: Sector = Sector::Front { half_angle_rad: 1.05 };

/// Files of the networks, with what `data/pillars/make.py` wrote.
const FILES: [(&str, &[u8]); 10] = [
    ("anchors_inside.onnx", include_bytes!("../../data/pillars/anchors_inside.onnx")),
    ("anchors_inside.toml", include_bytes!("../../data/pillars/anchors_inside.toml")),
    ("anchors_outside.onnx", include_bytes!("../../data/pillars/anchors_outside.onnx")),
    (
        "anchors_outside_pillars.onnx",
        include_bytes!("../../data/pillars/anchors_outside_pillars.onnx"),
    ),
    ("anchors_outside.toml", include_bytes!("../../data/pillars/anchors_outside.toml")),
    ("heats_inside.onnx", include_bytes!("../../data/pillars/heats_inside.onnx")),
    ("heats_inside.toml", include_bytes!("../../data/pillars/heats_inside.toml")),
    ("heats_outside.onnx", include_bytes!("../../data/pillars/heats_outside.onnx")),
    ("heats_outside_pillars.onnx", include_bytes!("../../data/pillars/heats_outside_pillars.onnx")),
    ("heats_outside.toml", include_bytes!("../../data/pillars/heats_outside.toml")),
];

/// Networks of pillars with random weights: anchors and heat maps, the pillar net in the same file and in one of
/// its own.
#[derive(Debug)]
pub struct PillarNetworks {
    models: Vec<ResolvedModel>,
    _folder: TempDir,
}

impl PillarNetworks {
    /// Writes them to a folder of their own.
    ///
    /// # Errors
    /// When the folder cannot be written.
    pub fn new() -> Result<Self> {
        let folder = tempfile::tempdir()?;
        for (name, bytes) in FILES {
            std::fs::write(folder.path().join(name), bytes)?;
        }
        let store = ModelStore::default();
        let names = ["anchors_inside", "anchors_outside", "heats_inside", "heats_outside"];
        let model = |name: &str| {
            let path = folder.path().join(name).with_extension("onnx");
            Ok(store.resolve(&path.display().to_string())?)
        };
        let models = names.into_iter().map(model).collect::<Result<_>>()?;
        Ok(Self { models, _folder: folder })
    }

    /// The models.
    pub fn models(&self) -> &[ResolvedModel] {
        &self.models
    }
}

/// Options of a chain on `on`, which may be a stand-in with its memory in this process.
pub fn lidar_options_on(on: &Cuda, stream: StreamOptions) -> LidarOptions<'static> {
    let device = match on.memory() {
        Memory::Host => Device::Cpu,
        Memory::Cuda(number) => Device::Cuda(number),
    };
    let session = SessionOptions { device, ..SessionOptions::default() };
    LidarOptions { session, stream, ..LidarOptions::default() }
}

/// Runs scans of each seed through every network, one with the heights of the card and one with another.
///
/// # Errors
/// When the device or ONNX Runtime fails; what the chain answers is in the outcomes.
pub fn resident_scans(
    on: &Cuda,
    runtime: &Runtime,
    networks: &PillarNetworks,
    seeds: std::ops::Range<u64>,
    stream: StreamOptions,
) -> Result<Vec<Outcome>> {
    let mut outcomes = Vec::new();
    for model in &networks.models {
        let mut ways = Ways::new(on, runtime, model, stream)?;
        for seed in seeds.clone() {
            for (kind, cloud, height_m) in scans(seed)? {
                let case = format!("resident {}, {kind}, seed {seed}", model.card.name);
                ways.compare(&case, &cloud, height_m, &mut outcomes)?;
            }
        }
    }
    Ok(outcomes)
}

/// The ways of the same scan.
struct Ways {
    resident: LidarNetwork,
    plain: Plain,
    /// All of it on the processor, where the network runs there too.
    processor: Option<LidarNetwork>,
}

impl Ways {
    fn new(
        on: &Cuda,
        runtime: &Runtime,
        model: &ResolvedModel,
        stream: StreamOptions,
    ) -> Result<Self> {
        let options = lidar_options_on(on, stream);
        let resident = LidarNetwork::open_on(runtime, model.clone(), &options, on)?;
        anyhow::ensure!(resident.is_resident(), "{} is not resident", model.card.name);
        let plain = Plain::new(on, runtime, model, &options)?;
        let open = || LidarNetwork::open(runtime, model.clone(), &options);
        let processor = (on.memory() == Memory::Host).then(open).transpose()?;
        Ok(Self { resident, plain, processor })
    }

    fn compare(
        &mut self,
        case: &str,
        cloud: &PointCloud<Ego>,
        height_m: Option<f64>,
        outcomes: &mut Vec<Outcome>,
    ) -> Result<()> {
        let mut got = Detections3d::default();
        self.resident.detect(cloud, height_m, &mut got)?;
        let count = u32::try_from(got.0.len())?;
        let wanted = self.plain.detect(cloud, height_m)?;
        outcomes.push(compare(case.to_owned(), &wanted, &got.0, count));
        if let Some(processor) = &mut self.processor {
            let mut wanted = Detections3d::default();
            processor.detect(cloud, height_m, &mut wanted)?;
            let case = case.replacen("resident", "resident as on the processor", 1);
            outcomes.push(compare(case, &wanted.0, &got.0, count));
        }
        Ok(())
    }
}

/// What it is, the scan, the sensor's height.
type Given = (&'static str, PointCloud<Ego>, Option<f64>);

/// A simulated scan, noise, next to nothing and nothing, in an order that leaves more behind than comes after.
fn scans(seed: u64) -> Result<Vec<Given>> {
    let mut random = Random::new(seed);
    // Once more points than the chain has memory for at first.
    let count = if seed == 0 { 140_000 } else { [200, 3000][random.below(2)] };
    let noise = PointCloud::new((0..count).map(|_| point(&mut random)).collect());
    let few = PointCloud::new((0..3).map(|_| point(&mut random)).collect());
    let behind = PointCloud::new(vec![LidarPoint { x: -300.0, ..LidarPoint::default() }]);
    let simulated = simulated_scan("hdl32", FRONT, 1000 + seed)?;
    // As of joined scans: some networks read the age of a point.
    let times = simulated.points().iter().map(|_| -random.within(0.0, 0.5)).collect();
    let times = PointTimes::Joined(times);
    let joined = PointCloud::with_times(simulated.points().to_vec(), times)?;
    Ok(vec![
        ("joined", joined, Some(HEIGHT_M)),
        ("simulated", simulated, Some(HEIGHT_M)),
        ("noise", noise, None),
        ("few points", few, Some(1.6)),
        ("out of range", behind, Some(HEIGHT_M)),
        ("no point", PointCloud::new(Vec::new()), None),
    ])
}

/// A scan of the first frame of a simulated drive.
pub(crate) fn simulated_scan(lidar: &str, sector: Sector, seed: u64) -> Result<PointCloud<Ego>> {
    let drive = Drive::new(&DriveConfig { seed, frames: 1, rate_hz: 1.0, actors: None })?;
    Ok(Lidar::named(lidar)?.scan(&drive.scene(0)?, sector, seed).cloud)
}

/// A point in and around the range; some are no numbers.
fn point(random: &mut Random) -> LidarPoint {
    let mut at = [random.within(-4.0, 42.0), random.within(-20.0, 20.0), random.within(-4.0, 2.0)];
    if random.chance(0.01) {
        at[random.below(3)] = [f32::NAN, f32::INFINITY, 1e20][random.below(3)];
    }
    LidarPoint { x: at[0], y: at[1], z: at[2], intensity: random.unit() }
}
