//! Result rows of one frame, in KITTI's tracking format.

use crate::nominal::nominal_camera;
use delos_core::{
    Box2, Calibration, CameraModel, Detections2d, Detections3d, ImageTracks, TrackState, Tracks,
};
use delos_ingest::kitti::results::ResultRow;

/// Folder of confirmed tracks that the image sees.
pub(super) const TRACKS: &str = "tracks";
/// Folder of every track.
pub(super) const TRACKS_ALL: &str = "tracks_all";
/// Folder of detections in the image.
pub(super) const DETECTIONS_2D: &str = "detections_2d";
/// Folder of what LiDAR alone finds in space.
pub(super) const DETECTIONS_LIDAR: &str = "detections_lidar";
/// Folder of the objects in space that the chain tracks.
pub(super) const DETECTIONS_3D: &str = "detections_3d";
/// Folder of what is followed in the image; only where that is done.
pub(super) const TRACKS_2D: &str = "tracks_2d";
/// Every other folder.
pub(super) const FOLDERS: [&str; 5] =
    [TRACKS, TRACKS_ALL, DETECTIONS_2D, DETECTIONS_LIDAR, DETECTIONS_3D];

type Rows = Vec<(&'static str, String)>;

/// Makes the rows of one frame.
pub(super) struct FrameRows {
    frame: u32,
    camera: CameraModel,
    has_camera: bool,
}

impl FrameRows {
    pub(super) fn new(frame: u32, calibration: Option<&Calibration>) -> Self {
        let camera = calibration.and_then(|calibration| calibration.camera);
        Self { frame, has_camera: camera.is_some(), camera: camera.unwrap_or_else(nominal_camera) }
    }

    /// Confirmed tracks that the image sees (all of them where there is no camera), and
    /// every track.
    pub(super) fn tracks(&self, tracks: &Tracks, rows: &mut Rows) {
        for track in &tracks.tracks {
            let box3 = tracks.box_in_ego(track);
            let bbox = self.camera.project_object_clipped(&box3, track.class);
            let row = ResultRow {
                id: i64::from(track.id.0),
                ..ResultRow::detection(
                    self.frame,
                    track.class,
                    bbox,
                    Some(box3),
                    track.existence.get(),
                )
            };
            let text = row.format(&self.camera);
            if track.state.is_confirmed() && (bbox.is_some() || !self.has_camera) {
                rows.push((TRACKS, text.clone()));
            }
            rows.push((TRACKS_ALL, text));
        }
    }

    /// Detections in the image.
    pub(super) fn detections_2d(&self, detections: &Detections2d, rows: &mut Rows) {
        for d in &detections.0 {
            let row = ResultRow::detection(self.frame, d.class, Some(d.bbox), None, d.score.get());
            rows.push((DETECTIONS_2D, row.format(&self.camera)));
        }
    }

    /// Believed tracks of the image that this frame shows, and as far as it shows them.
    pub(super) fn image_tracks(&self, tracks: &ImageTracks, rows: &mut Rows) {
        let seen = tracks.tracks.iter().filter(|track| track.state == TrackState::Confirmed);
        for track in seen {
            let Some(bbox) = self.in_image(&track.bbox) else { continue };
            let score = track.existence.get();
            let row = ResultRow {
                id: i64::from(track.id.0),
                ..ResultRow::detection(self.frame, track.class, Some(bbox), None, score)
            };
            rows.push((TRACKS_2D, row.format(&self.camera)));
        }
    }

    /// The part inside the image, where its size is known.
    fn in_image(&self, bbox: &Box2) -> Option<Box2> {
        match self.camera.size {
            Some(size) => bbox.clipped(size.width, size.height),
            None => Some(*bbox),
        }
    }

    /// What LiDAR alone finds.
    pub(super) fn detections_lidar(&self, detections: &Detections3d, rows: &mut Rows) {
        self.in_space(DETECTIONS_LIDAR, detections, rows);
    }

    /// The objects that the chain tracks.
    pub(super) fn detections_3d(&self, detections: &Detections3d, rows: &mut Rows) {
        self.in_space(DETECTIONS_3D, detections, rows);
    }

    fn in_space(&self, folder: &'static str, detections: &Detections3d, rows: &mut Rows) {
        for d in &detections.0 {
            let bbox = self.camera.project_object_clipped(&d.bbox, d.class);
            let row = ResultRow::detection(self.frame, d.class, bbox, Some(d.bbox), d.score.get());
            rows.push((folder, row.format(&self.camera)));
        }
    }
}
