//! Video files through OpenCV.

use super::folder::check_sequence;
use super::intrinsics::{calibration_for, check_size};
use super::{DEFAULT_FPS, KNOWN_LAYOUTS, is_rate, sequence_name, stamp_at};
use crate::image::MAX_PIXELS;
use crate::image::with_opencv::image_from_bgr;
use crate::{
    FrameSource, IngestError, Layout, Need, Recording, ReplayOptions, SensorFrame, SequenceInfo,
};
use delos_core::{Calibration, Header, Image, ImageSize};
use opencv::core::Mat;
use opencv::videoio::{
    CAP_FFMPEG, CAP_PROP_FPS, CAP_PROP_FRAME_COUNT, CAP_PROP_FRAME_HEIGHT, CAP_PROP_FRAME_WIDTH,
    VideoCapture, VideoCaptureTrait, VideoCaptureTraitConst,
};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Opens a video at the rate the user demands, else at its own.
pub(super) fn open(options: &ReplayOptions, rate: Option<f64>) -> Result<Recording, IngestError> {
    let path = &options.data;
    // What is no video at all is said to be none.
    let capture = capture(path)?;
    refuse_other_needs(options)?;
    let mut notices = Vec::new();
    let folder = path.parent().unwrap_or(Path::new("."));
    let calibration = calibration_for(options.intrinsics.as_deref(), folder, &mut notices)?;
    check_size(&calibration, size_of(&capture, path)?, path)?;
    let fps = rate.unwrap_or_else(|| own_rate(&capture, &mut notices));
    let sequence = sequence_name(path);
    check_sequence(options, &sequence)?;
    let promised = promised_frames(&capture);
    let limit = options.max_frames.unwrap_or(u64::MAX);
    let info = SequenceInfo { name: Arc::clone(&sequence), frames: Vec::new() };
    let mut video = Video {
        path: path.clone(),
        capture,
        sequence,
        calibration: Arc::new(calibration),
        fps,
        promised,
        limit,
        read: 0,
    };
    Ok(Recording {
        layout: Layout::Video,
        sequences: vec![info],
        notices,
        ground_truth: None,
        frames_are_independent: false,
        source: FrameSource::Sequential {
            next: Box::new(move || video.next().transpose()),
            frames: promised.map(|n| n.min(limit)),
        },
        prefetch: options.prefetch,
    })
}

/// A video has a camera and nothing else.
fn refuse_other_needs(options: &ReplayOptions) -> Result<(), IngestError> {
    let why = match (options.camera, options.lidar_need) {
        (_, Need::Required) => "a video has no LiDAR scans",
        (Need::Off, _) => "a video has camera images only, and they are switched off",
        _ => return Ok(()),
    };
    Err(IngestError::Empty { path: options.data.clone(), why: why.to_owned() })
}

fn capture(path: &Path) -> Result<VideoCapture, IngestError> {
    let name = path.to_str().ok_or_else(|| IngestError::format(path, "its name is not UTF-8"))?;
    // The system's own reason, where there is one; OpenCV gives none.
    std::fs::File::open(path).map_err(|source| IngestError::io(path, source))?;
    let capture = VideoCapture::from_file(name, CAP_FFMPEG);
    let capture = capture.ok().filter(|c| c.is_opened().unwrap_or(false));
    capture.ok_or_else(|| {
        let what = format!("no video that FFmpeg can open (known: {KNOWN_LAYOUTS})");
        IngestError::format(path, what)
    })
}

/// A property of the video; zero where it has none.
fn property(capture: &VideoCapture, id: i32) -> f64 {
    capture.get(id).ok().filter(|value| value.is_finite()).unwrap_or(0.0)
}

fn size_of(capture: &VideoCapture, path: &Path) -> Result<ImageSize, IngestError> {
    let width = property(capture, CAP_PROP_FRAME_WIDTH) as u32;
    let height = property(capture, CAP_PROP_FRAME_HEIGHT) as u32;
    let pixels = u64::from(width) * u64::from(height);
    if pixels == 0 || pixels > MAX_PIXELS {
        let what =
            format!("the video has {width}x{height} pixels; supported are 1 to {MAX_PIXELS}");
        return Err(IngestError::format(path, what));
    }
    Ok(ImageSize { width, height })
}

fn own_rate(capture: &VideoCapture, notices: &mut Vec<String>) -> f64 {
    let fps = property(capture, CAP_PROP_FPS);
    if is_rate(fps) {
        return fps;
    }
    notices.push(format!(
        "the video does not say its rate: {DEFAULT_FPS} frames per second are assumed"
    ));
    DEFAULT_FPS
}

/// How many frames the container promises; some do not say.
fn promised_frames(capture: &VideoCapture) -> Option<u64> {
    let frames = property(capture, CAP_PROP_FRAME_COUNT);
    (frames >= 1.0).then_some(frames as u64)
}

/// A video that is being read.
struct Video {
    path: PathBuf,
    capture: VideoCapture,
    sequence: Arc<str>,
    calibration: Arc<Calibration>,
    fps: f64,
    promised: Option<u64>,
    limit: u64,
    /// Frames read so far.
    read: u64,
}

impl Video {
    /// The next frame; `None` at the end.
    fn next(&mut self) -> Result<Option<SensorFrame>, IngestError> {
        if self.read >= self.limit {
            return Ok(None);
        }
        let mut bgr = Mat::default();
        let found = self.capture.read(&mut bgr).map_err(|error| self.failure(&error.message))?;
        if !found {
            return self.end().map(|()| None);
        }
        let image = image_from_bgr(&bgr).map_err(|cause| self.failure(&cause))?;
        check_size(&self.calibration, image.size(), &self.path)?;
        let frame = self.frame(image);
        self.read += 1;
        Ok(Some(frame))
    }

    /// OpenCV does not tell damage from the end. Containers that estimate their length are
    /// off by a few frames; more than that is missing.
    fn end(&self) -> Result<(), IngestError> {
        let promised = self.promised.unwrap_or(0);
        if self.read + 2 + promised / 50 < promised {
            return Err(
                self.failure(&format!("the video promises {promised}: it is cut short or damaged"))
            );
        }
        Ok(())
    }

    fn failure(&self, cause: &str) -> IngestError {
        IngestError::format(&self.path, format!("no image after frame {}: {cause}", self.read))
    }

    fn frame(&self, image: Image) -> SensorFrame {
        let header = Header {
            sequence: Arc::clone(&self.sequence),
            frame: u32::try_from(self.read).unwrap_or(u32::MAX),
            stamp: stamp_at(self.read, self.fps),
            tick: self.read,
            scene: 0,
        };
        SensorFrame {
            header: Arc::new(header),
            calibration: Arc::clone(&self.calibration),
            image: Some(image),
            cloud: None,
            radar: None,
            pose: None,
            truth: None,
            detections: None,
            detections_2d: None,
            notices: Vec::new(),
        }
    }
}
