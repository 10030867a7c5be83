//! What is handed to a recorder.

use delos_core::{
    Calibration, Detections2d, Detections3d, Ego, EgoPose, GroundTruth, Header, Image, ImageTracks,
    OneSided, PointCloud, RadarScan, Segments, Tracks,
};

/// What there is to see in one frame. Whatever is absent disappears from the picture.
#[derive(Clone, Copy, Debug)]
pub struct FrameView<'a> {
    /// Which moment of which sequence.
    pub header: &'a Header,
    /// Place of the camera and height of the vehicle's origin.
    pub calibration: Option<&'a Calibration>,
    /// The camera image.
    pub image: Option<&'a Image>,
    /// The LiDAR scan.
    pub cloud: Option<&'a PointCloud<Ego>>,
    /// The radar's echoes.
    pub radar: Option<&'a RadarScan<Ego>>,
    /// What the points of the scan belong to.
    pub segments: Option<&'a Segments>,
    /// Rectangles found in the image.
    pub detections_2d: Option<&'a Detections2d>,
    /// Objects followed in the image.
    pub image_tracks: Option<&'a ImageTracks>,
    /// Boxes from LiDAR alone; recorded, hidden at first.
    pub lidar: Option<&'a Detections3d>,
    /// Boxes that only one of two ways to look at the scan has found.
    pub one_sided: Option<&'a OneSided>,
    /// Boxes that went into the tracker.
    pub detections_3d: Option<&'a Detections3d>,
    /// Tracks, tentative ones included.
    pub tracks: Option<&'a Tracks>,
    /// Labels, where the frame has them.
    pub truth: Option<&'a GroundTruth>,
    /// Pose of the vehicle.
    pub pose: Option<&'a EgoPose>,
    /// Run time of each component, milliseconds.
    pub latencies_ms: &'a [(&'a str, f64)],
    /// Time from release to publication, milliseconds.
    pub end_to_end_ms: Option<f64>,
    /// What became of the components' deadlines.
    pub deadlines: &'a [DeadlineView<'a>],
}

impl<'a> FrameView<'a> {
    /// A frame in which there is nothing to see.
    pub const fn new(header: &'a Header) -> Self {
        Self {
            header,
            calibration: None,
            image: None,
            cloud: None,
            radar: None,
            segments: None,
            detections_2d: None,
            image_tracks: None,
            lidar: None,
            one_sided: None,
            detections_3d: None,
            tracks: None,
            truth: None,
            pose: None,
            latencies_ms: &[],
            end_to_end_ms: None,
            deadlines: &[],
        }
    }

    /// Whether something lies in space.
    #[cfg(feature = "rerun")]
    pub(crate) const fn has_space(&self) -> bool {
        self.cloud.is_some()
            || self.radar.is_some()
            || self.lidar.is_some()
            || self.detections_3d.is_some()
            || self.tracks.is_some()
            || self.pose.is_some()
    }
}

/// How much a notice matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Notice {
    /// Good to know.
    Info,
    /// Something is missing or was left out.
    Warning,
}

/// A deadline in one frame.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct DeadlineView<'a> {
    /// The component, or `end_to_end`.
    pub component: &'a str,
    /// Milliseconds allowed from the frame's release.
    pub allowed_ms: f64,
    /// Milliseconds it took; `None` where the frame was left out.
    pub took_ms: Option<f64>,
}
