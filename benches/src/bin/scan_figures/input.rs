//! Scans and labels from folders.

use anyhow::{Context, Result};
use delos_core::{Box3, Ego, ObjectClass, PointCloud, Position, Size, Yaw};
use delos_ingest::kitti::velodyne;
use delos_ingest::{Need, ReplayOptions};
use std::fs;
use std::path::{Path, PathBuf};

/// A scan and the cars in it.
pub(super) struct Scan {
    pub(super) cloud: PointCloud<Ego>,
    pub(super) cars: Vec<Car>,
}

/// A labelled car.
pub(super) struct Car {
    pub(super) bbox: Box3<Ego>,
    /// Whether its label says that nothing hides it and no image cuts it; `None`: it does not
    /// say.
    pub(super) open: Option<bool>,
}

/// Hands on every `every`th scan of a folder.
pub(super) fn read(folder: &Path, every: usize, take: &mut dyn FnMut(&Scan)) -> Result<()> {
    let (scans, labels) = (folder.join("scans"), folder.join("labels"));
    if scans.is_dir() && labels.is_dir() {
        return read_random(&scans, &labels, every, take);
    }
    let options = ReplayOptions {
        data: folder.to_owned(),
        camera: Need::Off,
        lidar_need: Need::Required,
        ..Default::default()
    };
    for (index, frame) in delos_ingest::open(&options)?.stream()?.enumerate() {
        let frame = frame?;
        let Some(cloud) = frame.cloud.filter(|_| index % every == 0) else { continue };
        let labels = frame.truth.map_or_else(Vec::new, |truth| truth.0);
        let cars = labels.iter().filter(|l| l.class == ObjectClass::Car).filter_map(|label| {
            Some(Car {
                bbox: label.bbox?,
                open: Some(label.occlusion == 0 && label.truncation <= 0.0),
            })
        });
        take(&Scan { cloud, cars: cars.collect() });
    }
    Ok(())
}

fn read_random(
    scans: &Path,
    labels: &Path,
    every: usize,
    take: &mut dyn FnMut(&Scan),
) -> Result<()> {
    let entries = fs::read_dir(scans)?.collect::<Result<Vec<_>, _>>()?;
    let mut paths: Vec<PathBuf> = entries.into_iter().map(|entry| entry.path()).collect();
    paths.sort();
    for path in paths.iter().step_by(every) {
        let cloud = velodyne::parse_bin(&fs::read(path)?)?;
        let name = path.file_stem().unwrap_or_default();
        let text = fs::read_to_string(labels.join(name).with_extension("txt"))?;
        let rows = text.lines().filter(|line| line.starts_with("car "));
        let cars = rows.map(car).collect::<Result<Vec<Car>>>();
        take(&Scan { cloud, cars: cars.with_context(|| format!("labels of {}", path.display()))? });
    }
    Ok(())
}

/// A row of a label file of `delos data scans`.
fn car(row: &str) -> Result<Car> {
    let numbers = row.split(' ').skip(1).map(str::parse).collect::<Result<Vec<f64>, _>>()?;
    let [x, y, z, length, width, height, yaw, _points] = numbers[..] else {
        anyhow::bail!("`{row}` has not nine columns");
    };
    let size = Size::new(length, width, height).context("a size that is none")?;
    let yaw = Yaw::new(yaw).context("a heading that is none")?;
    Ok(Car { bbox: Box3::new(Position::new(x, y, z), size, yaw), open: None })
}
