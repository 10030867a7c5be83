//! The LiDAR's chain that stays on a device, on a real scan with a network of real size: the boxes are those of the
//! processor's chain, to the bit. A stand-in for the driver runs the kernels; the network runs on the processor.
//! Said is nothing about the boxes themselves: the network is an example for shapes and cost, not for accuracy.

#[path = "common/real_network.rs"]
mod real_network;

use delos_core::{Detections3d, DevicePart, Ego, LidarPoint, Parts, PointCloud};
use delos_detect::lidar::network::LidarNetwork;
use delos_detect::models::{ModelStore, Thresholds};
use delos_infer::{OrtLibrary, StreamOptions};
use delos_parity::{lidar_options_on, stand_in};
use real_network::on_the_stand_in;
use std::path::Path;

const SCAN: &str =
    "kitti_raw/2011_09_26/2011_09_26_drive_0052_sync/velodyne_points/data/0000000030.bin";

#[test]
fn pointpillars_on_the_device_finds_the_processors_boxes() {
    on_the_stand_in("pointpillars_on_the_device_finds_the_processors_boxes", compare);
}

fn compare(data: &Path, models: &Path) {
    let runtime = OrtLibrary::find(None).expect("found before").load().expect("loads");
    let on = stand_in().expect("the stand-in opens");
    let cards = Path::new(env!("CARGO_MANIFEST_DIR")).join("data");
    let store = ModelStore::open(&[cards]).expect("cards").with_model_folders([models.to_owned()]);
    let model = store.resolve("pointpillars_car_w8").expect("the file of the card");
    let cloud = scan(&data.join(SCAN));
    // So many boxes that suppression drops some and the list is full, a few, and one.
    for score in [0.05, 0.45, 0.5] {
        let mut options = lidar_options_on(&on, StreamOptions::default());
        options.thresholds = Some(Thresholds { score, ..model.card.thresholds });
        let mut plain = LidarNetwork::open(runtime, model.clone(), &options).expect("opens");
        let mut resident =
            LidarNetwork::open_on(runtime, model.clone(), &options, &on).expect("opens");
        assert!(resident.is_resident() && !plain.is_resident());
        let (mut wanted, mut got) = (Detections3d::default(), Detections3d::default());
        plain.detect(&cloud, Some(1.73), &mut wanted).expect("runs");
        let mut heard = Heard::default();
        resident.detect_in_parts(&cloud, Some(1.73), &mut got, &mut heard).expect("runs");
        assert_eq!(got, wanted, "from score {score} on");
        assert!(!wanted.0.is_empty(), "no box to compare");
        let names = ["upload", "voxelise", "network", "decode", "download"];
        assert_eq!(heard.0.iter().map(|part| part.name).collect::<Vec<_>>(), names);
        assert_eq!(heard.0[0].bytes, 16 * cloud.points().len() as u64);
        eprintln!("{} boxes from score {score} on", wanted.0.len());
    }
    eprintln!("every box is the same");
}

/// What the device's clock said.
#[derive(Default)]
struct Heard(Vec<DevicePart>);

impl Parts for Heard {
    fn part(&mut self, _name: &'static str) {}

    fn device_parts(&mut self, parts: &[DevicePart]) {
        self.0.extend_from_slice(parts);
    }
}

/// A scan of KITTI: x, y, z, intensity of each point, f32.
fn scan(path: &Path) -> PointCloud<Ego> {
    let bytes = std::fs::read(path).expect("a scan");
    let number = |four: &[u8]| f32::from_le_bytes(four.try_into().expect("four bytes"));
    let points = bytes.chunks_exact(16).map(|point| {
        let [x, y, z, intensity] = [0, 4, 8, 12].map(|at| number(&point[at..at + 4]));
        LidarPoint { x, y, z, intensity }
    });
    PointCloud::new(points.collect())
}
