//! Simulated scans by seed.

use crate::{blocks, varied};
use anyhow::Result;
use clap::Args;
use delos_core::{Ego, PointCloud};
use delos_sim::lidar::{Lidar, Sector};
use delos_sim::scenes::{LabelledBox, SceneMaker};

/// So many seeds in a row share a store of shapes, as with `delos data scans`.
const SEEDS_PER_STORE: u64 = 1000;
/// Name of the scans of plain blocks.
const BLOCKS: &str = "blocks";

/// Which scans.
#[derive(Args)]
pub(super) struct Scenes {
    /// Seed of the first scan
    #[arg(long)]
    seed: u64,
    /// How many scans
    #[arg(long)]
    count: u64,
    /// From one seed to the next: a step of 100 shows other shapes after ten scans
    #[arg(long, default_value_t = 1)]
    step: u64,
    /// The LiDAR: hdl64 or hdl32; blocks: plain blocks of a car's size on bare ground
    #[arg(long, default_value = "hdl64")]
    lidar: String,
    /// Vary scale, mounting, density, noise and view of each scan by chance
    #[arg(long)]
    varied: bool,
}

impl Scenes {
    /// Hands on each scan with its seed and objects, in order.
    pub(super) fn each(
        &self,
        mut take: impl FnMut(u64, &PointCloud<Ego>, &[LabelledBox]) -> Result<()>,
    ) -> Result<()> {
        let seeds = (0..self.count).map(|number| self.seed + number * self.step);
        if self.lidar == BLOCKS {
            return seeds.into_iter().try_for_each(|seed| {
                let (cloud, objects) = blocks::scan(seed);
                self.hand_on(seed, &cloud, &objects, &mut take)
            });
        }
        let lidar = Lidar::named(&self.lidar)?;
        let mut store: Option<(u64, SceneMaker)> = None;
        for seed in seeds {
            let shapes = seed / SEEDS_PER_STORE;
            let known = store.take().filter(|(last, _)| *last == shapes);
            let (_, maker) =
                store.insert(known.unwrap_or_else(|| (shapes, SceneMaker::new(shapes))));
            let labelled = maker.labelled_scan(seed, &lidar, Sector::Full);
            self.hand_on(seed, &labelled.scan.cloud, &labelled.objects, &mut take)?;
        }
        Ok(())
    }

    fn hand_on(
        &self,
        seed: u64,
        cloud: &PointCloud<Ego>,
        objects: &[LabelledBox],
        take: &mut impl FnMut(u64, &PointCloud<Ego>, &[LabelledBox]) -> Result<()>,
    ) -> Result<()> {
        if !self.varied {
            return take(seed, cloud, objects);
        }
        let (cloud, objects) = varied::varied(seed, cloud, objects);
        take(seed, &cloud, &objects)
    }
}
