//! What the LiDAR path without a network does on scans: for its training, its scores, its speed.
//!
//! `cluster_scans examples --seed S --count N` writes what the trees learn from;
//! `cluster_scans found --seed S --count N` writes what is found in simulated scans beside what
//! stands there, one row each; `cluster_scans time SCAN...` prints the CPU time of each stage.

mod blocks;
mod examples;
mod found;
mod random;
mod simulated;
mod time;
mod varied;

use anyhow::Result;
use clap::{Parser, Subcommand};
use simulated::Scenes;
use std::path::PathBuf;

#[derive(Parser)]
#[command(about, max_term_width = 100)]
enum Args {
    #[command(flatten)]
    Work(Work),
}

#[derive(Subcommand)]
enum Work {
    /// Examples for training, binary
    Examples(Scenes),
    /// Rows of what is found in simulated scans and of what stands there
    Found(Scenes),
    /// Rows of what is found in scans of files
    Scans {
        /// Scans, little-endian f32 x, y, z, reflectance of each point
        #[arg(required = true)]
        scans: Vec<PathBuf>,
    },
    /// CPU time of each stage
    Time {
        /// Scans, little-endian f32 x, y, z, reflectance of each point
        scans: Vec<PathBuf>,
        /// How often each scan is looked at
        #[arg(long, default_value_t = 3)]
        times: usize,
    },
}

fn main() -> Result<()> {
    let Args::Work(work) = Args::parse();
    match work {
        Work::Examples(scenes) => examples::write(&scenes),
        Work::Found(scenes) => found::write(&scenes),
        Work::Scans { scans } => found::write_files(&scans),
        Work::Time { scans, times } => time::measure(&scans, times),
    }
}
