use super::*;
use crate::lidar::network::golden::Golden;
use delos_core::LidarPoint;
use proptest::prelude::*;

const GROUND_M: f64 = -1.73;

fn point([x, y, z]: [f32; 3]) -> LidarPoint {
    LidarPoint { x, y, z, intensity: 0.0 }
}

fn cloud(points: impl IntoIterator<Item = [f32; 3]>) -> PointCloud<Ego> {
    PointCloud::new(points.into_iter().map(point).collect())
}

fn bits(values: &[f32]) -> Vec<u32> {
    values.iter().map(|value| value.to_bits()).collect()
}

fn small() -> Window {
    Window::new([-1.28, -2.56], [8, 16]).expect("sound")
}

/// The specification as it reads: for each plane and cell one look at all points.
fn plain(points: &[[f32; 3]], window: &Window, ground_m: f64) -> Vec<f32> {
    let [x0, y0] = window.corner_m().map(|value| value as f32);
    let z0 = (ground_m - 0.2) as f32;
    let [columns, rows] = window.cells().map(i64::from);
    let steps: Vec<[i64; 3]> = points
        .iter()
        .map(|p| {
            [(p[0] - x0) * 800.0, (p[1] - y0) * 800.0, (p[2] - z0) * 256.0]
                .map(|value| value.floor() as i64)
        })
        .filter(|[u, v, w]| {
            (0..256 * columns).contains(u)
                && (0..256 * rows).contains(v)
                && (-448..1024).contains(w)
        })
        .collect();
    let area = (columns * rows) as usize;
    let mut out = vec![0.0; FEATURES * area];
    let places = (0..rows).flat_map(|row| (0..columns).map(move |column| [column, row]));
    for (cell, place) in places.enumerate() {
        let here = |s: &&[i64; 3]| [s[0] / 256, s[1] / 256] == place;
        let all: Vec<[i64; 3]> = steps.iter().filter(here).copied().collect();
        let x = window.corner_m()[0] + (place[0] as f64 + 0.5) * 0.32;
        let y = window.corner_m()[1] + (place[1] as f64 + 0.5) * 0.32;
        let r = x.hypot(y);
        let angles = [r / 64.0, x / r, y / r].map(|value| value as f32);
        for (plane, value) in plain_cell(&all).into_iter().chain(angles).enumerate() {
            out[plane * area + cell] = value;
        }
    }
    out
}

fn plain_cell(steps: &[[i64; 3]]) -> [f32; 19] {
    let mut out = [0.0; 19];
    if steps.is_empty() {
        return out;
    }
    let n = steps.len() as f32;
    let heights: Vec<i64> = steps.iter().map(|s| s[2]).collect();
    let mean = |some: &[[i64; 3]], axis: usize| {
        let sum: i64 = some.iter().map(|s| s[axis] % 256).sum();
        if some.is_empty() { 0.0 } else { sum as f32 / (256.0 * some.len() as f32) - 0.5 }
    };
    let upper: Vec<[i64; 3]> = steps.iter().filter(|s| s[2] >= 128).copied().collect();
    out[0] = 1.0;
    out[1] = ((1.0 + steps.len().min(255) as f64).ln() / 4.0) as f32;
    out[2] = *heights.iter().max().expect("some") as f32 / 512.0;
    out[3] = *heights.iter().min().expect("some") as f32 / 512.0;
    out[4] = heights.iter().sum::<i64>() as f32 / (512.0 * n);
    (out[5], out[6]) = (mean(steps, 0), mean(steps, 1));
    (out[7], out[8]) = (mean(&upper, 0), mean(&upper, 1));
    for slice in 0..10 {
        let some = heights.iter().any(|w| w.div_euclid(64) == slice);
        out[9 + slice as usize] = f32::from(u8::from(some));
    }
    out
}

#[test]
fn features_equal_the_recipes_own_to_the_bit() {
    let golden = Golden::of("raster");
    let points = golden.singles("points");
    let points: Vec<[f32; 3]> = points.as_chunks::<3>().0.to_vec();
    let window = golden.window();
    let mut raster = Raster::new(window);
    let got = raster.fill(&cloud(points.clone()), golden.number("ground"));
    let wanted = golden.singles("features");
    assert_eq!(got.len(), wanted.len());
    for (number, (got, wanted)) in got.iter().zip(&wanted).enumerate() {
        assert_eq!(got.to_bits(), wanted.to_bits(), "number {number}: {got} is not {wanted}");
    }
    assert_eq!(bits(&plain(&points, &window, golden.number("ground"))), bits(&wanted));
}

#[test]
fn points_on_the_edges_of_the_window_count_once() {
    let mut raster = Raster::new(Window::new([0.0, 0.0], [8, 8]).expect("sound"));
    let low = (GROUND_M - 0.2) as f32;
    for (place, counts) in [
        ([0.0, 0.0, low], true),
        ([-0.0, -0.0, low], true),
        ([-1e-6, 0.0, low], false),
        ([2.56, 0.0, low], false),
        ([2.5587, 2.5587, low], true),
        ([0.0, 0.0, low - 1.75], true),
        ([0.0, 0.0, low - 1.7501], false),
        ([0.0, 0.0, low + 4.0], false),
        ([0.0, 0.0, low + 3.999], true),
        ([f32::MAX, f32::MIN, f32::MAX], false),
    ] {
        let found = raster.fill(&cloud([place]), GROUND_M)[..64].iter().sum::<f32>();
        assert_eq!(found > 0.0, counts, "{place:?}");
    }
}

#[test]
fn many_points_in_a_cell_are_counted_to_255_and_averaged_over_all() {
    let mut raster = Raster::new(Window::new([0.0, 0.0], [8, 8]).expect("sound"));
    let scan = cloud((0..70_000).map(|i| [0.01, 0.01, if i % 2 == 0 { -1.93 } else { 2.0 }]));
    let features = raster.fill(&scan, GROUND_M);
    assert!((features[64] - 256_f32.ln() / 4.0).abs() < 1e-6);
    let mean = f32::midpoint(features[2 * 64], features[3 * 64]);
    assert!((features[4 * 64] - mean).abs() < 1e-6, "{} is not {mean}", features[4 * 64]);
    assert!((features[5 * 64] + 0.46875).abs() < 1e-6);
}

#[test]
fn a_cell_around_the_sensor_has_no_direction() {
    let raster = Raster::new(Window::new([-0.16, -0.16], [8, 8]).expect("sound"));
    assert!(raster.tensor.iter().all(|value| value.is_finite()));
}

prop_compose! {
    fn scan()(points in prop::collection::vec(
        (-1.5..1.5f32, -2.8..2.8f32, -4.0..2.5f32).prop_map(|(x, y, z)| [x, y, z]), 0..200)
    ) -> Vec<[f32; 3]> { points }
}

proptest! {
    #[test]
    fn fast_equals_plain(points in scan(), ground in -2.5..0.5f64) {
        let got = bits(Raster::new(small()).fill(&cloud(points.clone()), ground));
        prop_assert_eq!(got, bits(&plain(&points, &small(), ground)));
    }

    #[test]
    fn the_order_of_the_points_does_not_matter(
        (points, shuffled) in scan().prop_flat_map(|p| (Just(p.clone()), Just(p).prop_shuffle()))
    ) {
        let mut raster = Raster::new(small());
        let first = bits(raster.fill(&cloud(points), GROUND_M));
        prop_assert_eq!(first, bits(raster.fill(&cloud(shuffled), GROUND_M)));
    }

    #[test]
    fn nothing_stays_of_earlier_scans(earlier in scan(), points in scan()) {
        let mut raster = Raster::new(small());
        raster.fill(&cloud(earlier), GROUND_M);
        let got = bits(raster.fill(&cloud(points.clone()), GROUND_M));
        prop_assert_eq!(got, bits(Raster::new(small()).fill(&cloud(points), GROUND_M)));
    }
}
