//! Topics that ports use where a launch file does not say otherwise.

pub(crate) const IMAGE: &str = "sensor/camera";
pub(crate) const CLOUD: &str = "sensor/lidar";
pub(crate) const JOINED_CLOUD: &str = "perception/lidar/cloud";
pub(crate) const RADAR: &str = "sensor/radar";
pub(crate) const POSE: &str = "sensor/pose";
pub(crate) const ODOMETRY_POSE: &str = "odometry/pose";
pub(crate) const CALIBRATION: &str = "sensor/calibration";
pub(crate) const TRUTH: &str = "truth";
pub(crate) const FILE_DETECTIONS_3D: &str = "file/detections_3d";
pub(crate) const FILE_DETECTIONS_2D: &str = "file/detections_2d";
pub(crate) const CAMERA_DETECTIONS: &str = "perception/camera";
pub(crate) const IMAGE_TRACKS: &str = "perception/camera/tracks";
pub(crate) const SEGMENTS: &str = "perception/lidar/segments";
pub(crate) const LIDAR_OBJECTS: &str = "perception/lidar/objects";
pub(crate) const LIDAR_ONE_SIDED: &str = "perception/lidar/one_sided";
pub(crate) const OBJECTS: &str = "perception/objects";
pub(crate) const TRACKS: &str = "perception/tracks";
pub(crate) const TRACKS_DELAYED: &str = "perception/tracks_delayed";
pub(crate) const WRITTEN: &str = "output/written";
pub(crate) const SCORED: &str = "output/scored";
