//! Points into pillars and pillars onto the grid.

use super::super::{downloaded, uploaded};
use super::{card, input};
use crate::{Outcome, Random};
use anyhow::Result;
use delos_core::{Ego, LidarPoint, PointCloud, PointTimes};
use delos_detect::lidar::network::pillars::{
    Canvas, NetworkFrame, Pillars, cell_parts, pillar_kernels,
};
use delos_detect::models::{CellColumn, PillarCard};
use delos_infer::gpu::Accelerator;
use std::fmt::Debug;

const OUTPUT: &str = "[output]\ndecoder = 'anchors'\nscores = 's'\nboxes = 'b'\nlayout = 'HWC'\n\
    stride = 2\nstand = 'middles'\nanchors = [{ length_m = 4.0, width_m = 2.0, height_m = 1.5, \
    bottom_m = -1.75, yaws = [0.0] }]\n[classes]\nnames = ['car']\n";

/// Scans of no, few and many points, some of them crowded in few cells.
pub(in super::super) fn pillars<A: Accelerator + Debug>(
    on: &A,
    seed: u64,
    outcomes: &mut Vec<Outcome>,
) -> Result<()> {
    let mut random = Random::new(seed);
    let model = card(&(input(&mut random) + OUTPUT))?;
    let pillars = model.pillars()?;
    let count = [0, 1, 300, 3000, 6000][random.below(5)];
    let spread = [0.02, 1.0][random.below(2)];
    let points = scan(&mut random, count, spread);
    let mut kernels = pillar_kernels(on, pillars, 6000)?;
    let mut tensors = kernels.tensors(on)?;
    // A scan before: memory that is kept from scan to scan must not matter.
    let ages: Vec<f32> = points.iter().map(|_| random.within(0.0, 0.5)).collect();
    let has_ages = random.below(2) == 1;
    for (points, ages) in [(scan(&mut random, 500, 1.0), None), (points.clone(), Some(&ages))] {
        let flat: Vec<_> = points.iter().map(|p| [p.x, p.y, p.z, p.intensity]).collect();
        let ages = ages.filter(|_| has_ages).map(|ages| uploaded(on, ages)).transpose()?;
        let shift = NetworkFrame::new(pillars, Some(1.7)).shift();
        let buffer = uploaded(on, &flat)?;
        kernels.gather(on, &buffer, ages.as_ref(), flat.len(), shift, &mut tensors.target())?;
    }
    let mut wanted = Pillars::new(pillars, true);
    let times = PointTimes::Joined(ages.iter().map(|age| -age).collect());
    let cloud = if has_ages {
        PointCloud::<Ego>::with_times(points, times)?
    } else {
        PointCloud::<Ego>::new(points)
    };
    wanted.fill(&cloud, Some(1.7), 1);
    let got = downloaded(on, &tensors.tensor)?;
    let mut push = |name: &str, wanted: Vec<f64>, got: Vec<f64>| {
        let case = format!("pillars, {name}, seed {seed}, {count} points");
        outcomes.push(Outcome::new(case, &wanted, &got, 0.0));
    };
    push("tensor", padded(wanted.tensor(), got.len()), wide(&got));
    let most = pillars.pillars as usize;
    let counts = repeated(wanted.counts(), most);
    push("counts", wide(&counts), wide(&downloaded(on, &tensors.counts)?));
    let order = [CellColumn::Batch, CellColumn::Z, CellColumn::Y, CellColumn::X];
    let cells = listed(pillars, &repeated(wanted.cells(), most), &order);
    let mut list = on.buffer::<i32>(most * 4)?;
    kernels.list_cells(on, &tensors.cells, &cell_parts(&order), &mut list)?;
    push("cells", wide(&cells), wide(&downloaded(on, &list)?));
    let mut list = on.buffer::<i64>(most * 4)?;
    kernels.list_cells(on, &tensors.cells, &cell_parts(&order), &mut list)?;
    let long = downloaded(on, &list)?.into_iter().map(|value| value as f64).collect();
    push("cells i64", wide(&cells), long);
    let mut list = on.buffer::<i32>(most)?;
    kernels.list_counts(on, &tensors.counts, &mut list)?;
    push("counts i32", wide(&counts), wide(&downloaded(on, &list)?));
    let mut list = on.buffer::<i64>(most)?;
    kernels.list_counts(on, &tensors.counts, &mut list)?;
    let long = downloaded(on, &list)?.into_iter().map(|value| value as f64).collect();
    push("counts i64", wide(&counts), long);
    let totals = downloaded(on, kernels.totals())?;
    let stored: u32 = wanted.counts().iter().sum();
    let inside = f64::from(stored) + wanted.left_out() as f64;
    push("inside", vec![inside], vec![f64::from(totals[0].inside)]);
    let (channels, grid) = (5_u32, pillars.grid());
    let features: Vec<f32> = (0..most * 5).map(|_| random.unit()).collect();
    let mut canvas = on.buffer(grid[0] as usize * grid[1] as usize * 5)?;
    kernels.scatter(on, &uploaded(on, &features)?, channels, &mut canvas)?;
    let mut scattered = Canvas::new(channels, grid);
    let scattered = scattered.scatter(&features[..wanted.len() * 5], wanted.cells());
    push("scatter", wide(scattered), wide(&downloaded(on, &canvas)?));
    Ok(())
}

fn wide<T: Copy + Into<f64>>(values: &[T]) -> Vec<f64> {
    values.iter().map(|value| (*value).into()).collect()
}

/// The tensor of no pillar is empty on the processor, zero on the device.
fn padded(tensor: &[f32], length: usize) -> Vec<f64> {
    if tensor.is_empty() { vec![0.0; length] } else { wide(tensor) }
}

/// Pillars after the last one repeat the first.
fn repeated(list: &[u32], most: usize) -> Vec<u32> {
    let first = list.first().copied().unwrap_or(0);
    (0..most).map(|number| list.get(number).copied().unwrap_or(first)).collect()
}

fn listed(card: &PillarCard, cells: &[u32], order: &[CellColumn]) -> Vec<u32> {
    let columns = card.grid()[0];
    let part = |cell: u32, column: &CellColumn| match column {
        CellColumn::Batch | CellColumn::Z => 0,
        CellColumn::X => cell % columns,
        CellColumn::Y => cell / columns,
    };
    cells.iter().flat_map(|cell| order.iter().map(move |column| part(*cell, column))).collect()
}

/// Points in and around the range, the share `spread` of it; some on edges, some no numbers.
fn scan(random: &mut Random, count: usize, spread: f32) -> Vec<LidarPoint> {
    let point = |random: &mut Random| {
        let mut at = [
            4.0 + spread * random.within(-8.0, 8.0),
            spread * random.within(-8.0, 8.0),
            random.within(-5.5, 1.0),
        ];
        if random.chance(0.05) {
            at = at.map(|value| (value / 0.4).round() * 0.4);
        }
        if random.chance(0.01) {
            at[random.below(3)] = [f32::NAN, f32::INFINITY, 1e20][random.below(3)];
        }
        LidarPoint { x: at[0], y: at[1], z: at[2], intensity: random.unit() }
    };
    (0..count).map(|_| point(random)).collect()
}
