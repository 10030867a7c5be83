//! Where each thing lies in a recording, and the names of the timelines.

/// Everything in the frame fixed to the ground.
pub(crate) const WORLD: &str = "world";
/// Everything fixed to the vehicle.
pub(crate) const EGO: &str = "world/ego";
/// The vehicle's own outline.
pub(crate) const VEHICLE: &str = "world/ego/vehicle";
/// Where the vehicle has been.
pub(crate) const EGO_TRAIL: &str = "world/ego_trail";

/// The pinhole camera.
pub(crate) const CAMERA: &str = "world/ego/camera";
/// Its image.
pub(crate) const IMAGE: &str = "world/ego/camera/image";
/// Boxes of the image detector.
pub(crate) const CAMERA_DETECTIONS: &str = "world/ego/camera/detections";
/// Classes and scores of the larger ones.
pub(crate) const CAMERA_DETECTION_NAMES: &str = "world/ego/camera/detection_names";
/// Edges of the tracks' boxes as the camera sees them.
pub(crate) const CAMERA_TRACKS: &str = "world/ego/camera/tracks";
/// Names of the tracks in the image.
pub(crate) const CAMERA_TRACK_NAMES: &str = "world/ego/camera/track_names";
/// Boxes of the tracks that live in the image.
pub(crate) const IMAGE_TRACKS: &str = "world/ego/camera/image_tracks";
/// Their names.
pub(crate) const IMAGE_TRACK_NAMES: &str = "world/ego/camera/image_track_names";
/// Edges of the labelled boxes as the camera sees them.
pub(crate) const CAMERA_TRUTH: &str = "world/ego/camera/truth";

/// Points on the ground.
pub(crate) const GROUND: &str = "world/ego/lidar/ground";
/// Points of clusters.
pub(crate) const CLUSTERS: &str = "world/ego/lidar/clusters";
/// All other points.
pub(crate) const REST: &str = "world/ego/lidar/rest";

/// Echoes of the radar.
pub(crate) const RADAR: &str = "world/ego/radar/echoes";
/// How fast the echoes move over ground, along their rays.
pub(crate) const RADAR_VELOCITY: &str = "world/ego/radar/velocity";

/// Boxes from LiDAR alone.
pub(crate) const LIDAR_BOXES: &str = "world/ego/lidar_boxes";
/// Boxes that only one of two ways to look at the scan has found.
pub(crate) const ONE_SIDED: &str = "world/ego/one_sided";
/// Boxes that a network alone has found in the scan.
pub(crate) const NETWORK_ONLY: &str = "world/ego/one_sided/network";
/// Boxes that clusters alone have found in the scan.
pub(crate) const CLUSTERS_ONLY: &str = "world/ego/one_sided/clusters";
/// Boxes that went into the tracker.
pub(crate) const DETECTIONS: &str = "world/ego/detections";
/// Labelled boxes.
pub(crate) const TRUTH: &str = "world/ego/truth";

/// Tracks that are believed.
pub(crate) const TRACKS: &str = "world/tracks/confirmed";
/// Tracks that are not believed yet.
pub(crate) const TENTATIVE: &str = "world/tracks/tentative";
/// Where tracks move.
pub(crate) const VELOCITY: &str = "world/tracks/velocity";
/// Where tracks have been.
pub(crate) const TRAILS: &str = "world/tracks/trails";

/// Run times, one entity per component below this one.
pub(crate) const LATENCY: &str = "latency";
/// Last part of the entity with the time from release to publication.
pub(crate) const END_TO_END: &str = "end_to_end";
/// What was left of each deadline, one entity per component below this one.
pub(crate) const DEADLINES: &str = "deadlines";
/// Messages for people.
pub(crate) const NOTICES: &str = "notices";

/// Position of the frame in the run: unique over all sequences.
pub(crate) const TICK: &str = "frame";
/// Number of the frame in the data set.
pub(crate) const FILE_FRAME: &str = "file_frame";
/// The recording's clock.
pub(crate) const SENSOR_TIME: &str = "sensor_time";
