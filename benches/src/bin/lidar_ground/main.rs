//! The ground in LiDAR scans: how well it is found, and how fast.
//!
//! ```text
//! lidar_ground make DIR              simulated scans with truth, from seeds that no test uses
//! lidar_ground score DIR             precision, recall and error of height on them
//! lidar_ground time DIR              milliseconds per stage on the scans of a folder
//! lidar_ground growth DIR            the same from 30,000 to 500,000 points, as CSV and plot
//! ```
//!
//! `benches/peers/ground.py` does the second and the third with Patchwork++.

mod files;
mod growth;
mod make;
mod plot;
mod ramp;
mod score;
mod stages;

use anyhow::{Context, Result, bail};
use std::path::Path;

fn main() -> Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let [command, folder, rest @ ..] = arguments.as_slice() else {
        bail!("usage: lidar_ground make|score|time|growth DIR [OUT]");
    };
    let folder = Path::new(folder);
    match (*command, rest) {
        ("make", []) => make::make(folder),
        ("score", []) => score::score(folder),
        ("time", []) => stages::time(folder),
        ("growth", [out]) => growth::growth(folder, Path::new(out)),
        _ => bail!("usage: lidar_ground make|score|time DIR, or lidar_ground growth DIR OUT"),
    }
    .with_context(|| format!("{command} {}", folder.display()))
}
