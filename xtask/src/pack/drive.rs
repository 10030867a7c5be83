//! The first frames of a KITTI raw drive.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result, ensure};

use super::files_of;
use super::folder::Folder;

/// Sensors of a drive that delos reads.
const SENSORS: [&str; 3] = ["image_02", "velodyne_points", "oxts"];

/// Copies calibration, and of each sensor the first `frames` files and lines of times.
///
/// The frames are those of the first `frames` images (or scans, where there are none), so that sensors
/// of a drive with gaps stay together.
pub(super) fn take(folder: &mut Folder, drive: &Path, frames: usize) -> Result<()> {
    let drive = drive.canonicalize().with_context(|| format!("find {}", drive.display()))?;
    let name = drive.file_name().context("the drive has no name")?.to_string_lossy().into_owned();
    let stems = stems(&drive)?;
    let kept = stems.get(..frames.min(stems.len())).unwrap_or_default();
    ensure!(!kept.is_empty(), "{} is no KITTI raw drive with images or scans", drive.display());
    for sensor in SENSORS {
        take_sensor(folder, &drive.join(sensor), &format!("data/{name}/{sensor}"), kept)?;
    }
    let day = drive.parent().context("the drive lies in no folder")?;
    for file in files_of(day)? {
        let calibration = file.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if calibration.starts_with("calib_") && file.is_file() {
            folder.copy(&file, &format!("data/{name}/{calibration}"))?;
        }
    }
    Ok(())
}

/// The names of the drive's frames, in order.
fn stems(drive: &Path) -> Result<Vec<String>> {
    let both = SENSORS[..2].iter().map(|sensor| drive.join(sensor).join("data"));
    let Some(data) = both.into_iter().find(|data| data.is_dir()) else { return Ok(Vec::new()) };
    Ok(files_of(&data)?.iter().filter_map(|path| stem(path)).collect())
}

fn stem(path: &Path) -> Option<String> {
    Some(path.file_stem()?.to_str()?.to_owned())
}

fn take_sensor(folder: &mut Folder, from: &Path, to: &str, kept: &[String]) -> Result<()> {
    if !from.join("data").is_dir() {
        return Ok(());
    }
    for file in files_of(&from.join("data"))? {
        if stem(&file).is_some_and(|stem| kept.contains(&stem)) {
            let name = file.file_name().unwrap_or_default().to_string_lossy().into_owned();
            folder.copy(&file, &format!("{to}/data/{name}"))?;
        }
    }
    // A line a frame number, from 0 on: frames beyond the last one that is kept have none.
    let last = kept.iter().filter_map(|stem| stem.parse::<usize>().ok()).max().unwrap_or(0);
    for file in files_of(from)?.into_iter().filter(|path| path.is_file()) {
        let text = fs::read_to_string(&file).with_context(|| format!("read {}", file.display()))?;
        let lines: Vec<&str> = text.lines().take(last + 1).collect();
        let name = file.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let place = folder.place(&format!("{to}/{name}"))?;
        fs::write(&place, lines.join("\n") + "\n")
            .with_context(|| format!("write {}", place.display()))?;
    }
    Ok(())
}
