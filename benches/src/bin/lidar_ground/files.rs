//! Scans and their truth on disk.

use anyhow::{Context, Result, bail, ensure};
use delos_core::{Ego, LidarPoint, PointCloud};
use std::fs;
use std::path::{Path, PathBuf};

/// What a point really is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Truth {
    /// Height over the real ground below or above it, metres.
    pub(super) height_m: f32,
    /// 0 scenery, 1 a road user, 2 a false return below ground.
    pub(super) what: f32,
}

/// On a road user.
pub(super) const OBJECT: f32 = 1.0;
/// Where nothing is: a mirrored return.
pub(super) const FALSE: f32 = 2.0;

/// Writes `NAME.bin`, `[N, 4] (x, y, z, intensity)` f32, and `NAME.truth`, `[N, 2]` f32.
pub(super) fn write(
    folder: &Path,
    name: &str,
    points: &[LidarPoint],
    truth: &[Truth],
) -> Result<()> {
    let numbers = points.iter().flat_map(|p| [p.x, p.y, p.z, p.intensity]);
    let bytes: Vec<u8> = numbers.flat_map(f32::to_le_bytes).collect();
    fs::write(folder.join(name).with_extension("bin"), bytes)?;
    let numbers = truth.iter().flat_map(|t| [t.height_m, t.what]);
    let bytes: Vec<u8> = numbers.flat_map(f32::to_le_bytes).collect();
    Ok(fs::write(folder.join(name).with_extension("truth"), bytes)?)
}

/// The scans of a folder, by name.
pub(super) fn scans(folder: &Path) -> Result<Vec<PathBuf>> {
    let entries = fs::read_dir(folder)?.collect::<Result<Vec<_>, _>>()?;
    let mut paths: Vec<PathBuf> = entries.into_iter().map(|entry| entry.path()).collect();
    paths.retain(|path| path.extension().is_some_and(|end| end == "bin"));
    paths.sort();
    if paths.is_empty() {
        bail!("no file ends in .bin");
    }
    Ok(paths)
}

/// Reads one scan, `[N, 4] (x, y, z, intensity)` f32.
pub(super) fn scan(path: &Path) -> Result<PointCloud<Ego>> {
    let numbers = numbers(path)?;
    let (rows, rest) = numbers.as_chunks::<4>();
    ensure!(rest.is_empty(), "{} is no list of points", path.display());
    let point = |&[x, y, z, intensity]: &[f32; 4]| LidarPoint { x, y, z, intensity };
    Ok(PointCloud::new(rows.iter().map(point).collect()))
}

/// Reads the truth beside a scan.
pub(super) fn truth(scan: &Path) -> Result<Vec<Truth>> {
    let path = scan.with_extension("truth");
    let numbers = numbers(&path).with_context(|| path.display().to_string())?;
    let (rows, _) = numbers.as_chunks::<2>();
    Ok(rows.iter().map(|&[height_m, what]| Truth { height_m, what }).collect())
}

fn numbers(path: &Path) -> Result<Vec<f32>> {
    let bytes = fs::read(path)?;
    let (words, _) = bytes.as_chunks::<4>();
    Ok(words.iter().map(|word| f32::from_le_bytes(*word)).collect())
}
