//! A user's own data: images, a video, LiDAR scans.

mod entries;
mod folder;
mod intrinsics;
mod listing;
mod lzf;
mod pcd;
// In the usual build for its tests alone.
#[cfg(any(test, not(feature = "opencv")))]
mod no_video;
#[cfg(feature = "opencv")]
mod video;

pub use intrinsics::{DEFAULT_EGO_HEIGHT_M, Intrinsics};
pub use lzf::decompress_lzf;
pub use pcd::{parse_pcd, parse_pcd_timed};

use crate::{IngestError, Need, Recording, ReplayOptions};
use listing::Content;
#[cfg(not(feature = "opencv"))]
use no_video as video;
use std::path::Path;

/// What [`open`] reads, for messages.
pub const KNOWN_LAYOUTS: &str = "own data: a video file; a folder of .png or .jpg images; a folder \
     of .bin or .pcd scans; a folder with the subfolders `images` and `scans`";

/// Frames per second where neither the options nor the data say it.
pub const DEFAULT_FPS: f64 = 10.0;

/// Whether `path` is something that [`open`] reads: a file, or a folder with images or scans.
pub fn recognises(path: &Path) -> bool {
    path.is_file() || (path.is_dir() && listing::Content::of(path).is_ok_and(|c| !c.is_empty()))
}

/// Opens a user's own data.
///
/// `options.data` is a video file, a folder of images (`.png`, `.jpg`, `.jpeg`, `.bmp`,
/// `.webp`), a folder of scans (`.bin` as KITTI writes them, or `.pcd`), or a folder with
/// the subfolders `images` and `scans`. Files are taken in natural order (`2.png` before
/// `10.png`). Names that are numbers become frame numbers; others are counted from 0.
/// Frames are spaced in time by their numbers, or, where these are mostly more than 1
/// apart, by position.
/// Images and scans belong together when their names agree up to the extension, or, when
/// none do, by position.
///
/// The camera is known when `options.intrinsics` names a file or when `camera.toml` (or
/// `camera.json`) lies in the folder, or beside the video: see [`Intrinsics`]. Without one
/// [`delos_core::Calibration::camera`] is `None`, which is said in the notices. Scans are
/// taken to be in the vehicle's frame.
///
/// # Errors
/// An [`IngestError`] that names the file, when nothing is there to read, a required input
/// is missing, two images (or scans) have one name, detection files are given, or the
/// intrinsics are wrong or belong to another image size.
pub fn open(options: &ReplayOptions) -> Result<Recording, IngestError> {
    refuse_detections(options)?;
    options.refuse_radar("a user's own data")?;
    let rate = rate_of(options)?;
    if options.data.is_file() {
        refuse_scan(&options.data)?;
        return video::open(options, rate);
    }
    let content = Content::of(&options.data)?;
    folder::open(options, content, rate.unwrap_or(DEFAULT_FPS))
}

/// Detection files are named after KITTI's sequences and frames; they are not silently
/// passed over here.
fn refuse_detections(options: &ReplayOptions) -> Result<(), IngestError> {
    let given = [
        (&options.detections, options.detections_need),
        (&options.detections_2d, options.detections_2d_need),
    ];
    let mut folders = given.into_iter().filter(|(_, need)| *need != Need::Off);
    match folders.find_map(|(folder, _)| folder.as_ref()) {
        Some(folder) => {
            let what = format!(
                "own data cannot take detection files; leave out {} or switch its use off",
                folder.display()
            );
            Err(IngestError::format(&options.data, what))
        }
        None => Ok(()),
    }
}

/// One scan is no recording, and no video either.
fn refuse_scan(path: &Path) -> Result<(), IngestError> {
    let extension = path.extension().unwrap_or_default();
    if ["bin", "pcd"].iter().any(|scan| extension.eq_ignore_ascii_case(scan)) {
        return Err(IngestError::format(path, "a single scan; give the folder that holds it"));
    }
    Ok(())
}

/// The rate that the user demands, frames per second.
fn rate_of(options: &ReplayOptions) -> Result<Option<f64>, IngestError> {
    match options.fps {
        Some(fps) if !is_rate(fps) => {
            let what = format!("{fps} frames per second are not possible; give 0.001 to 10000");
            Err(IngestError::format(&options.data, what))
        }
        rate => Ok(rate),
    }
}

/// Whether frames can follow each other at this rate.
fn is_rate(fps: f64) -> bool {
    (0.001..=10_000.0).contains(&fps)
}

/// Time of frame `number` at `fps` frames per second, from 0.
fn stamp_at(number: u64, fps: f64) -> delos_core::Stamp {
    delos_core::Stamp::from_nanos((number as f64 * 1e9 / fps).round() as i64)
}

/// Name of the sequence: the file's or folder's own.
fn sequence_name(path: &Path) -> std::sync::Arc<str> {
    let whole = path.canonicalize();
    let whole = whole.as_deref().unwrap_or(path);
    let name = if whole.is_file() { whole.file_stem() } else { whole.file_name() };
    name.map_or("recording".into(), |name| crate::names::text_of(name).into())
}

#[cfg(all(test, feature = "opencv"))]
mod tests;
