//! What LiDAR alone finds on real scans: one table for the path without a network or with one.
//!
//! `cargo run -p delos_benches --bin lidar_table -- --data DIR --ignore FILE` judges cars on
//! KITTI's tracking sequence 0000, samples of its object benchmark, the labelled frames of drive
//! 0052 and drive 0001, by distance, frame by frame and tracked; then HOTA of the chain on 0000
//! beside that of the published `PointRCNN` detections with the same tracker's settings for them.
//! `--model delos_lidar` takes a network (needs ONNX Runtime). The rules stand in `judge.rs`.

mod detector;
mod follow;
mod hota;
mod judge;
mod labels;
mod scenes;
mod table;

use anyhow::Result;
use clap::Parser;
use detector::Detector;
use std::io::Write;
use std::path::PathBuf;

/// Judges what LiDAR alone finds on real scans.
#[derive(Parser)]
struct Arguments {
    /// Folder with `kitti_tracking`, `kitti_object` and `kitti_raw`.
    #[arg(long, env = "DELOS_DATA")]
    data: PathBuf,
    /// Cars of sequence 0000 that its labels leave out, as rows of labels.
    #[arg(long)]
    ignore: Option<PathBuf>,
    /// Name of a model card or path of an ONNX file; `none` for clusters alone.
    #[arg(long, default_value = "none")]
    model: String,
    /// Launch file whose tracker follows what LiDAR finds.
    #[arg(long, default_value = "launch/kitti_lidar.toml")]
    launch: PathBuf,
    /// Launch file whose tracker follows the published detections.
    #[arg(long, default_value = "launch/kitti_tracking_detections.toml")]
    published: PathBuf,
}

fn main() -> Result<()> {
    let arguments = Arguments::parse();
    let settings = follow::Settings::read(&arguments.launch)?;
    let scenes = scenes::read(&arguments.data, arguments.ignore.as_deref())?;
    let mut detector = Detector::open(&arguments.model)?;
    let found = scenes
        .iter()
        .map(|scene| judge::Found::of(scene, &mut detector, &settings))
        .collect::<Result<Vec<_>>>()?;
    let mut out = std::io::stdout().lock();
    writeln!(out, "model: {}\n", arguments.model)?;
    table::write(&mut out, &scenes, &found)?;
    hota::write(&mut out, &arguments, &scenes, &found)
}
