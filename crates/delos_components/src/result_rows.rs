//! Result rows of one frame, in KITTI's tracking format.

use crate::nominal::nominal_camera;
use delos_core::{
    Box2, Calibration, CameraModel, Detections2d, Detections3d, ImageTracks, Track, TrackState,
    Tracks,
};
use delos_ingest::kitti::results::ResultRow;

/// Folder of confirmed tracks that the image sees.
pub(crate) const TRACKS: &str = "tracks";
/// Folder of every track.
pub(crate) const TRACKS_ALL: &str = "tracks_all";
/// Folder of the tracks of the delayed mode that the image sees.
pub(crate) const TRACKS_DELAYED: &str = "tracks_delayed";
/// Folder of detections in the image.
pub(crate) const DETECTIONS_2D: &str = "detections_2d";
/// Folder of what LiDAR alone finds in space.
pub(crate) const DETECTIONS_LIDAR: &str = "detections_lidar";
/// Folder of the objects in space that the chain tracks.
pub(crate) const DETECTIONS_3D: &str = "detections_3d";
/// Folder of what is followed in the image; only where that is done.
pub(crate) const TRACKS_2D: &str = "tracks_2d";
/// Every folder of the recorder.
pub(crate) const FOLDERS: [&str; 5] =
    [TRACKS, TRACKS_ALL, DETECTIONS_2D, DETECTIONS_LIDAR, DETECTIONS_3D];

type Rows = Vec<(&'static str, String)>;

/// Makes the rows of one frame.
pub(crate) struct FrameRows {
    frame: u32,
    camera: CameraModel,
    has_camera: bool,
}

impl FrameRows {
    pub(crate) fn new(frame: u32, calibration: Option<&Calibration>) -> Self {
        let camera = calibration.and_then(|calibration| calibration.camera);
        Self { frame, has_camera: camera.is_some(), camera: camera.unwrap_or_else(nominal_camera) }
    }

    /// Confirmed tracks that the image sees (all of them where there is no camera), and
    /// every track.
    pub(crate) fn tracks(&self, tracks: &Tracks, rows: &mut Rows) {
        for track in &tracks.tracks {
            let (text, is_published) = self.track(tracks, track);
            if is_published {
                rows.push((TRACKS, text.clone()));
            }
            rows.push((TRACKS_ALL, text));
        }
    }

    /// Those of the delayed mode that are believed and that the image sees.
    pub(crate) fn delayed(&self, tracks: &Tracks, rows: &mut Rows) {
        let all = tracks.tracks.iter().map(|track| self.track(tracks, track));
        rows.extend(
            all.filter(|(_, is_published)| *is_published).map(|(r, _)| (TRACKS_DELAYED, r)),
        );
    }

    /// A track's row, and whether it is published.
    fn track(&self, tracks: &Tracks, track: &Track) -> (String, bool) {
        let box3 = tracks.box_in_ego(track);
        let bbox = self.camera.project_object_clipped(&box3, track.class);
        let score = track.existence.get();
        let row = ResultRow {
            id: i64::from(track.id.0),
            ..ResultRow::detection(self.frame, track.class, bbox, Some(box3), score)
        };
        let is_published = track.state.is_confirmed() && (bbox.is_some() || !self.has_camera);
        (row.format(&self.camera), is_published)
    }

    /// Detections in the image.
    pub(crate) fn detections_2d(&self, detections: &Detections2d, rows: &mut Rows) {
        for d in &detections.0 {
            let row = ResultRow::detection(self.frame, d.class, Some(d.bbox), None, d.score.get());
            rows.push((DETECTIONS_2D, row.format(&self.camera)));
        }
    }

    /// Believed tracks of the image that this frame shows, and as far as it shows them.
    pub(crate) fn image_tracks(&self, tracks: &ImageTracks, rows: &mut Rows) {
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
    pub(crate) fn detections_lidar(&self, detections: &Detections3d, rows: &mut Rows) {
        self.in_space(DETECTIONS_LIDAR, detections, rows);
    }

    /// The objects that the chain tracks.
    pub(crate) fn detections_3d(&self, detections: &Detections3d, rows: &mut Rows) {
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
