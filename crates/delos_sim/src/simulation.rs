//! A drive with its sensors: what a recording of it would hold.

mod turning;

use crate::SimError;
use crate::camera::{self, CameraRig, Light};
use crate::drive::{Drive, DriveConfig};
use crate::labels::{Label, labels};
use crate::lidar::{Lidar, LidarScan, Sector};
use crate::radar::Radar;
use crate::random::hash;
use crate::scene::{LIDAR_HEIGHT_M, Pose, Scene};
use delos_core::{
    CameraModel, CoreError, Ego, Image, PointCloud, RadarScan, Span, Stamp, Transform,
    World as WorldFrame,
};
use nalgebra::{Isometry3, Matrix3, Rotation3, Translation3, UnitQuaternion, Vector3};

/// The longest turn of a LiDAR, seconds.
pub const LONGEST_TURN_S: f64 = 1.0;

/// Streams of noise, so that one sensor's does not repeat in another.
const CAMERA_NOISE: u64 = 0xca;
const LIDAR_NOISE: u64 = 0x11;
const RADAR_NOISE: u64 = 0x4a;

/// What is to be simulated.
#[derive(Clone, Debug, PartialEq)]
pub struct SimulationConfig {
    /// The drive.
    pub drive: DriveConfig,
    /// Its LiDAR, by name; see [`Lidar::names`].
    pub lidar: String,
    /// How long the LiDAR looks around, seconds, 0 to [`LONGEST_TURN_S`]; the stamp lies in the
    /// middle. With 0 it sees everything at once, as if its scans had been corrected for the
    /// vehicle's motion; otherwise its points have times.
    pub turn_s: f64,
}

impl Default for SimulationConfig {
    fn default() -> Self {
        let drive = DriveConfig { seed: 7, frames: 100, rate_hz: 10.0, actors: None };
        Self { drive, lidar: "hdl64".to_owned(), turn_s: 0.0 }
    }
}

/// Everything the sensors say of one moment, and the truth.
#[derive(Clone, Debug)]
pub struct SimulatedFrame {
    /// Time of validity; frame 0 is at 0.
    pub stamp: Stamp,
    /// Where the vehicle is, in the simulator's world.
    pub world_from_ego: Transform<WorldFrame, Ego>,
    /// The camera's image.
    pub image: Image,
    /// The LiDAR's scan.
    pub cloud: PointCloud<Ego>,
    /// The radar's echoes.
    pub radar: RadarScan<Ego>,
    /// Road users that touch the image, with what the sensors see of them.
    pub labels: Vec<Label>,
}

/// A drive with its sensors.
#[derive(Clone, Debug)]
pub struct Simulation {
    seed: u64,
    drive: Drive,
    lidar: Lidar,
    turn_s: f64,
    rig: CameraRig,
    light: Light,
    radar: Radar,
}

impl Simulation {
    /// Builds the world of the seed and lets its traffic run.
    ///
    /// # Errors
    /// [`SimError`] when the wish cannot be met: no frames, an impossible rate, more road
    /// users than the road holds, an unknown LiDAR.
    pub fn new(config: &SimulationConfig) -> Result<Self, SimError> {
        let turn_s = config.turn_s;
        if !(0.0..=LONGEST_TURN_S).contains(&turn_s) {
            return Err(SimError::Turn { turn_s, most: LONGEST_TURN_S });
        }
        Ok(Self {
            turn_s,
            seed: config.drive.seed,
            lidar: Lidar::named(&config.lidar)?,
            drive: Drive::new(&config.drive)?,
            rig: CameraRig::default(),
            light: Light::of_seed(config.drive.seed),
            radar: Radar::default(),
        })
    }

    /// The drive.
    pub const fn drive(&self) -> &Drive {
        &self.drive
    }

    /// The seed it grew from.
    pub const fn seed(&self) -> u64 {
        self.seed
    }

    /// Number of frames.
    pub fn frames(&self) -> usize {
        self.drive.frames()
    }

    /// Time of validity of a frame.
    pub fn stamp(&self, frame: usize) -> Stamp {
        let nanoseconds = (frame as f64 * 1e9 / self.drive.rate_hz()).round();
        Stamp::default() + Span::from_nanos(nanoseconds as i64)
    }

    /// The camera's calibration: pinhole, rectified, axes x right, y down, z forward.
    ///
    /// # Errors
    /// [`CoreError::Focal`] for a rig without a focal length.
    pub fn camera(&self) -> Result<CameraModel, CoreError> {
        self.rig.model()
    }

    /// Height of the LiDAR above the ground, metres.
    pub const fn ego_height_m(&self) -> f64 {
        LIDAR_HEIGHT_M as f64
    }

    /// Everything of one frame. The same whatever was asked before, from any thread.
    ///
    /// # Errors
    /// [`SimError::Frame`] beyond the end.
    pub fn frame(&self, frame: usize) -> Result<SimulatedFrame, SimError> {
        let scene = self.drive.scene(frame)?;
        let scan = self.scan(&scene, frame);
        let noise = hash(self.seed, CAMERA_NOISE, frame as u64);
        let picture = camera::render(&scene, &self.rig, &self.light, noise);
        let points = scan.points_on(scene.objects.len());
        Ok(SimulatedFrame {
            stamp: self.stamp(frame),
            world_from_ego: world_from_ego(&scene.ego),
            labels: labels(&scene, &picture.sightings, &points),
            image: picture.image,
            cloud: scan.cloud,
            radar: self.radar.measure(&scene, hash(self.seed, RADAR_NOISE, frame as u64)),
        })
    }

    fn scan(&self, scene: &Scene, frame: usize) -> LidarScan {
        let noise = hash(self.seed, LIDAR_NOISE, frame as u64);
        if self.turn_s <= 0.0 {
            return self.lidar.scan(scene, Sector::Full, noise);
        }
        let seconds = frame as f64 / self.drive.rate_hz();
        turning::scan(&self.lidar, noise, self.turn_s, &scene.objects, |offset_s| {
            self.drive.scene_at(seconds + offset_s)
        })
    }

    /// Where the vehicle is, in the simulator's world, without any sensor.
    ///
    /// # Errors
    /// [`SimError::Frame`] beyond the end.
    pub fn world_from_ego(&self, frame: usize) -> Result<Transform<WorldFrame, Ego>, SimError> {
        Ok(world_from_ego(&self.drive.scene(frame)?.ego))
    }
}

/// The pose in double precision, its turn made orthogonal again (Gram and Schmidt).
fn world_from_ego(ego: &Pose) -> Transform<WorldFrame, Ego> {
    let turn = ego.turn.cast::<f64>();
    let x = turn.column(0).normalize();
    let y = turn.column(1) - x * x.dot(&turn.column(1));
    let y: Vector3<f64> = y.normalize();
    let matrix = Matrix3::from_columns(&[x, y, x.cross(&y)]);
    let rotation = Rotation3::from_matrix_unchecked(matrix);
    Transform::new(Isometry3::from_parts(
        Translation3::from(ego.origin.cast::<f64>()),
        UnitQuaternion::from_rotation_matrix(&rotation),
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use delos_core::{Body, DigestHasher, Position};

    fn simulation(seed: u64) -> Simulation {
        let drive = DriveConfig { seed, frames: 40, rate_hz: 10.0, actors: None };
        Simulation::new(&SimulationConfig { drive, ..Default::default() }).unwrap()
    }

    fn digest(frame: &SimulatedFrame) -> u128 {
        let mut hasher = DigestHasher::default();
        frame.image.digest(&mut hasher);
        frame.cloud.digest(&mut hasher);
        frame.radar.digest(&mut hasher);
        crate::labels::ground_truth(&frame.labels).digest(&mut hasher);
        hasher.transform(&frame.world_from_ego).finish().0
    }

    #[test]
    fn a_frame_is_the_same_whatever_was_asked_before() {
        let (a, b) = (simulation(5), simulation(5));
        let forwards: Vec<u128> = [3, 20, 39].map(|i| digest(&a.frame(i).unwrap())).into();
        let backwards: Vec<u128> = [39, 20, 3].map(|i| digest(&b.frame(i).unwrap())).into();
        assert!(forwards.iter().eq(backwards.iter().rev()));
        assert_ne!(digest(&simulation(6).frame(3).unwrap()), forwards[0]);
        assert!(a.frame(40).is_err());
    }

    #[test]
    fn labels_agree_with_scan_and_image() {
        let checked: usize = [3, 5, 8].map(|seed| check_labels(&simulation(seed))).iter().sum();
        assert!(checked >= 6, "{checked}");
    }

    /// Checks the well visible road users of one frame and returns their number.
    fn check_labels(simulation: &Simulation) -> usize {
        let camera = simulation.camera().expect("a focal length");
        let frame = simulation.frame(10).expect("a frame");
        let whole = |l: &&Label| l.points >= 100 && l.truncation == 0.0;
        let found: Vec<&Label> = frame.labels.iter().filter(whole).collect();
        for label in &found {
            let bbox = label.object.bbox.expect("placed");
            let points = frame.cloud.points().iter().filter(|p| {
                let place = Position::new(f64::from(p.x), f64::from(p.y), f64::from(p.z));
                bbox.contains(&place, 0.15)
            });
            // Bodies lean with the ground, boxes are upright: a few points lie outside.
            let inside = points.count() as f32 / label.points as f32;
            assert!(inside > 0.85, "{inside} of {} points: {:?}", label.points, label.object);
            let seen = label.object.image_box.expect("in the image");
            let of_box = camera.project_box(&bbox).expect("before the camera");
            let slack = 3.0 + 0.06 * of_box.width();
            let fits = seen.x1 > of_box.x1 - slack && seen.x2 < of_box.x2 + slack;
            assert!(fits && seen.width() > 0.6 * of_box.width(), "{seen:?} {of_box:?}");
        }
        found.len()
    }

    #[test]
    fn stamps_follow_the_rate() {
        let drive = DriveConfig { seed: 1, frames: 4, rate_hz: 3.0, actors: None };
        let simulation =
            Simulation::new(&SimulationConfig { drive, lidar: "hdl32".to_owned(), turn_s: 0.0 })
                .unwrap();
        let stamps: Vec<i64> = (0..4).map(|i| simulation.stamp(i).as_nanos()).collect();
        assert_eq!(stamps, [0, 333_333_333, 666_666_667, 1_000_000_000]);
    }

    #[test]
    fn what_cannot_be_is_refused() {
        let drive = DriveConfig { seed: 1, frames: 4, rate_hz: 10.0, actors: None };
        let config = SimulationConfig { drive, lidar: "vlp16".to_owned(), turn_s: 0.0 };
        let error = Simulation::new(&config).unwrap_err().to_string();
        assert!(error.contains("vlp16") && error.contains("hdl64"), "{error}");
    }
}
