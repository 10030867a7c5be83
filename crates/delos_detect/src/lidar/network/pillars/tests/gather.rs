//! Gathering and scattering against their definitions.

use super::super::*;
use super::{card, cloud};
use crate::models::PointFeature;
use delos_core::{PointCloud, PointTimes};
use proptest::prelude::*;
use std::collections::BTreeMap;

/// What [`Pillars`] is specified to give.
#[derive(Debug, Default, PartialEq)]
struct Gathered {
    cells: Vec<u32>,
    counts: Vec<u32>,
    tensor: Vec<f32>,
    left_out: usize,
}

/// The definition, for cards that look forward along x with the sensor at the origin.
fn reference(card: &PillarCard, points: &[[f32; 4]]) -> Gathered {
    let [columns, rows] = card.grid();
    let mut members: BTreeMap<u32, Vec<[f32; 4]>> = BTreeMap::new();
    let mut out = Gathered::default();
    for p in points {
        let part = |axis: usize| {
            ((p[axis] - card.range_m[axis] as f32) / card.pillar_m[axis] as f32).floor()
        };
        let (u, v, w) = (part(0), part(1), part(2));
        let inside = u >= 0.0 && u < columns as f32 && v >= 0.0 && v < rows as f32 && w == 0.0;
        if !inside {
            continue;
        }
        let cell = v as u32 * columns + u as u32;
        let is_new = !out.cells.contains(&cell);
        if is_new && out.cells.len() == card.pillars as usize {
            out.left_out += 1;
            continue;
        }
        if is_new {
            out.cells.push(cell);
        }
        let list = members.entry(cell).or_default();
        if list.len() == card.points as usize {
            out.left_out += 1;
        } else {
            list.push(*p);
        }
    }
    for cell in &out.cells {
        let list = &members[cell];
        out.counts.push(list.len() as u32);
        for number in 0..card.points as usize {
            let features = list.get(number).map(|p| features(card, list, *cell, p));
            out.tensor.extend(features.unwrap_or_else(|| vec![0.0; card.features.len()]));
        }
    }
    out
}

fn features(card: &PillarCard, list: &[[f32; 4]], cell: u32, p: &[f32; 4]) -> Vec<f32> {
    let columns = card.grid()[0];
    let place = [cell % columns, cell / columns, 0];
    let mean = |axis: usize| {
        let sum: f64 = list.iter().map(|p| f64::from(p[axis])).sum();
        p[axis] - (sum / list.len() as f64) as f32
    };
    let centre = |axis: usize| {
        let side = card.pillar_m[axis] as f32;
        p[axis] - (place[axis] as f32 * side + (side / 2.0 + card.range_m[axis] as f32))
    };
    let number = |feature: &PointFeature| match feature {
        PointFeature::X => p[0],
        PointFeature::Y => p[1],
        PointFeature::Z => p[2],
        PointFeature::Intensity => p[3] * card.intensity_max,
        PointFeature::Time => 0.0,
        PointFeature::MeanX => mean(0),
        PointFeature::MeanY => mean(1),
        PointFeature::MeanZ => mean(2),
        PointFeature::CentreX => centre(0),
        PointFeature::CentreY => centre(1),
        PointFeature::CentreZ => centre(2),
        PointFeature::Range => (p[0] * p[0] + p[1] * p[1] + p[2] * p[2]).sqrt(),
    };
    card.features.iter().map(number).collect()
}

fn gathered(pillars: &Pillars) -> Gathered {
    Gathered {
        cells: pillars.cells().to_vec(),
        counts: pillars.counts().to_vec(),
        tensor: pillars.tensor()[..pillars.len() * pillars.size()].to_vec(),
        left_out: pillars.left_out(),
    }
}

const ALL: &str = r#"["x", "y", "z", "intensity", "mean_x", "mean_y", "mean_z", "centre_x",
    "centre_y", "centre_z", "range", "time"]"#;
const FEW: &str = r#"["x", "y", "z", "intensity"]"#;

fn pillar_card(features: &str, pillars: u32, layout: &str) -> PillarCard {
    let features = format!("features = {features}\nlayout = \"{layout}\"\nintensity_max = 255.0");
    let changes = [
        (format!("features = {FEW}"), features),
        ("pillars = 20".to_owned(), format!("pillars = {pillars}")),
    ];
    let changes = changes.each_ref().map(|(from, to)| (from.as_str(), to.as_str()));
    card(&changes).pillars().expect("pillars").clone()
}

prop_compose! {
    /// Points in, around and far from the grid of the card, some of them no numbers, many of
    /// them in the same pillars.
    fn scan()(points in prop::collection::vec(prop_oneof![
        8 => (0.0_f32..3.0, -1.6_f32..1.6, -2.0_f32..0.5, 0.0_f32..1.0),
        4 => (-1.0_f32..11.0, -4.0_f32..4.0, -3.5_f32..1.5, 0.0_f32..1.0),
        1 => Just((f32::NAN, 0.0, 0.0, 0.5)),
        1 => Just((1.0, f32::INFINITY, 0.0, 0.5)),
        1 => Just((0.0, -3.2, -3.0, 0.5)),
        1 => Just((9.6, 3.2, 1.0, 0.5)),
    ], 0..200)) -> Vec<[f32; 4]> {
        points.into_iter().map(|(x, y, z, i)| [x, y, z, i]).collect()
    }
}

proptest! {
    #[test]
    fn pillars_are_what_their_definition_says_on_any_number_of_workers(
        scans in prop::collection::vec(scan(), 1..4), pillars in 1_u32..30, few in any::<bool>(),
    ) {
        let card = pillar_card(if few { FEW } else { ALL }, pillars, "PNC");
        for workers in [1, 2, 3, 7] {
            // The same buffers for all scans: nothing of one may be left in the next.
            let mut pillars = Pillars::new(&card, false);
            for scan in &scans {
                pillars.fill_shared(&cloud(scan), None, workers);
                prop_assert_eq!(gathered(&pillars), reference(&card, scan));
            }
        }
    }

    #[test]
    fn padding_repeats_the_first_pillar_and_the_other_layout_is_the_same_turned(
        scans in prop::collection::vec(scan(), 1..4), pillars in 1_u32..30,
    ) {
        let card = pillar_card(ALL, pillars, "PNC");
        let turned_card = pillar_card(ALL, pillars, "1CPN");
        let (mut padded, mut turned) = (Pillars::new(&card, true), Pillars::new(&turned_card, true));
        for scan in &scans {
            let count = padded.fill(&cloud(scan), None, 1);
            turned.fill(&cloud(scan), None, 1);
            let wanted = reference(&card, scan);
            let size = padded.size();
            let given = if count == 0 { 0 } else { pillars as usize };
            prop_assert_eq!((padded.given(), padded.tensor().len()), (given, given * size));
            for (number, pillar) in padded.tensor().chunks(size).enumerate() {
                let place = if number < count { number } else { 0 };
                prop_assert_eq!(pillar, &wanted.tensor[place * size..][..size]);
            }
            let features = card.features.len();
            for (place, value) in turned.tensor().iter().enumerate() {
                let (feature, point) = (place / (given * 4), place % (given * 4));
                let wanted = padded.tensor()[point * features + feature];
                prop_assert_eq!(value.to_bits(), wanted.to_bits());
            }
        }
    }

    #[test]
    fn no_point_in_the_range_is_lost_uncounted(scan in scan(), pillars in 1_u32..30) {
        let card = pillar_card(FEW, pillars, "PNC");
        let mut gathered = Pillars::new(&card, false);
        gathered.fill(&cloud(&scan), None, 1);
        let wide = pillar_card(FEW, 96, "PNC");
        let mut all = Pillars::new(&PillarCard { points: 200, ..wide }, false);
        all.fill(&cloud(&scan), None, 1);
        let count = |pillars: &Pillars| pillars.counts().iter().sum::<u32>() as usize;
        prop_assert_eq!(all.left_out(), 0);
        prop_assert_eq!(count(&gathered) + gathered.left_out(), count(&all));
    }

    #[test]
    fn a_canvas_holds_each_pillar_in_its_cell_and_zeros_elsewhere(
        scans in prop::collection::vec(prop::collection::btree_set(0_u32..24, 0..10), 1..4),
    ) {
        let mut canvas = Canvas::new(3, [6, 4]);
        for (number, cells) in scans.iter().enumerate() {
            let cells: Vec<u32> = cells.iter().rev().copied().collect();
            let features: Vec<f32> =
                (0..cells.len() * 3).map(|k| (k + 100 * number + 1) as f32).collect();
            let mut wanted = vec![0.0; 3 * 24];
            for (pillar, cell) in cells.iter().enumerate() {
                for channel in 0..3 {
                    wanted[channel * 24 + *cell as usize] = features[pillar * 3 + channel];
                }
            }
            prop_assert_eq!(canvas.scatter(&features, &cells), &wanted[..]);
        }
    }
}

#[test]
fn a_network_that_reads_the_age_of_a_point_gets_that_of_joined_scans() {
    let card = pillar_card(r#"["x", "time"]"#, 20, "PNC");
    let points: Vec<_> =
        cloud(&[[0.5, 0.0, -1.0, 0.1], [0.6, 0.0, -1.0, 0.1], [0.7, 0.0, -1.0, 0.1]])
            .points()
            .to_vec();
    let seconds = vec![-0.5, 0.0, 0.04];
    for (times, wanted) in [
        (Some(PointTimes::Joined(seconds.clone())), [0.5, 0.0, 0.0]),
        (Some(PointTimes::Aligned(seconds.clone())), [0.0; 3]),
        (Some(PointTimes::Rolling(seconds)), [0.0; 3]),
        (None, [0.0; 3]),
    ] {
        let cloud = match times {
            Some(times) => PointCloud::with_times(points.clone(), times).expect("as many"),
            None => PointCloud::new(points.clone()),
        };
        let mut pillars = Pillars::new(&card, false);
        assert_eq!(pillars.fill(&cloud, None, 1), 1);
        let ages: Vec<f32> = pillars.tensor().chunks(2).take(3).map(|point| point[1]).collect();
        assert_eq!(ages, wanted, "{:?}", cloud.times());
    }
}

#[test]
fn full_pillars_keep_their_first_points_and_a_full_list_its_first_pillars() {
    let card = pillar_card(FEW, 2, "PNC");
    let at = |x: f32, mark: f32| [x, 0.1, -1.0, mark];
    let marks: Vec<f32> = (1..=6).map(|n| n as f32 / 255.0).collect();
    let mut scan: Vec<_> = marks.iter().map(|mark| at(0.1, *mark)).collect();
    scan.insert(2, at(5.0, 0.5));
    scan.extend([at(9.0, 0.1), at(5.1, 0.7)]);
    let mut pillars = Pillars::new(&card, false);
    assert_eq!(pillars.fill(&cloud(&scan), None, 1), 2);
    assert_eq!((pillars.counts(), pillars.left_out()), (&[4, 2][..], 3));
    let intensities: Vec<f32> = pillars.tensor().chunks(4).map(|p| p[3].round()).collect();
    assert_eq!(intensities, [1.0, 2.0, 3.0, 4.0, 128.0, 179.0, 0.0, 0.0]);
}

#[test]
fn large_scans_are_shared_among_workers_with_the_same_result() {
    let card = pillar_card(ALL, 96, "PNC");
    let mut seed = 7_u32;
    let mut random = || {
        seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (seed >> 8) as f32 / 16_777_216.0
    };
    let count = WORTH_A_THREAD + 1000;
    let points: Vec<[f32; 4]> = (0..count)
        .map(|_| [random() * 10.0, random() * 7.0 - 3.5, random() * 3.0 - 2.5, random()])
        .collect();
    let cloud = cloud(&points);
    let run = |workers: usize| {
        let mut pillars = Pillars::new(&card, false);
        pillars.fill(&cloud, None, workers);
        gathered(&pillars)
    };
    let alone = run(1);
    assert!(alone.left_out > 0 && alone.cells.len() == 96);
    assert!([2, 4].iter().all(|workers| run(*workers) == alone));
}
