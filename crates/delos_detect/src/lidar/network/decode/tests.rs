use super::*;
use crate::lidar::network::golden::Golden;
use crate::models::ModelStore;
use delos_geom::nms_bev;
use proptest::prelude::*;

const GROUND_M: f64 = -1.73;
const ALL: Thresholds = Thresholds { score: 0.0, nms_iou: 0.2 };

fn decoder(window: Window, thresholds: Thresholds) -> CentreDecoder {
    let store = ModelStore::default();
    let card = store.card("delos_lidar").expect("shipped");
    CentreDecoder::new(card, window, thresholds).expect("sound")
}

fn small() -> Window {
    Window::new([0.0, -2.56], [16, 16]).expect("sound")
}

/// Planes of [`small`], `[15, 8, 8]`, without a peak.
fn nothing() -> Vec<f32> {
    vec![0.0; 15 * 64]
}

/// Puts an object of 4 by 2 by 1.5 m that looks along x into a cell.
fn put(planes: &mut [f32], class: usize, cell: usize, heat: f32) {
    planes[class * 64 + cell] = heat;
    planes[4 * 64 + cell] = 1.0;
    for (plane, value) in [(8, 4.0_f32), (9, 2.0), (10, 1.5)] {
        planes[plane * 64 + cell] = value.ln();
    }
    planes[11 * 64 + cell] = 1.0;
    planes[13 * 64 + cell] = 1.0;
}

fn decoded(planes: &[f32], thresholds: Thresholds) -> Vec<Detection3d> {
    let mut out = Vec::new();
    decoder(small(), thresholds).decode(planes, GROUND_M, &mut out);
    out
}

#[test]
fn detections_equal_the_recipes_own_to_five_digits() {
    let golden = Golden::of("decode");
    let thresholds = Thresholds { score: 0.0, nms_iou: golden.number("nms_iou") as f32 };
    let mut out = vec![];
    let mut decoder = decoder(golden.window(), thresholds);
    decoder.decode(&golden.singles("planes"), golden.number("ground"), &mut out);
    let (boxes, scores) = (golden.boxes(), golden.numbers("scores"));
    assert_eq!(out.len(), boxes.len());
    for (number, found) in out.iter().enumerate() {
        let b = &found.bbox;
        let (wanted, score) = (boxes[number], scores[number]);
        let got = [b.center.x(), b.center.y(), b.center.z()];
        let sides = [b.size.length(), b.size.width(), b.size.height()];
        for (got, wanted) in got.iter().chain(&sides).zip(&wanted) {
            assert!((got - wanted).abs() < 1.1e-5, "{number}: {got} is not {wanted}");
        }
        let turned = delos_core::wrap_angle(b.yaw.radians() - wanted[6]);
        assert!(turned.abs() < 1.1e-5, "{number}: {turned}");
        assert!((found.score.get() - score).abs() < 0.51e-5, "{number}");
    }
    let large = [ObjectClass::Van, ObjectClass::Truck, ObjectClass::Bus];
    for (found, class) in out.iter().zip(golden.numbers("classes")) {
        let fits = match class as u32 {
            0 => found.class == ObjectClass::Car,
            1 => large.contains(&found.class),
            2 => found.class == ObjectClass::Pedestrian,
            _ => found.class == ObjectClass::Cyclist,
        };
        assert!(fits, "{class} is not {}", found.class);
    }
}

#[test]
fn a_box_lies_where_its_cell_says() {
    let mut planes = nothing();
    put(&mut planes, 0, 8 * 3 + 5, 0.81);
    planes[5 * 64 + 29] = 0.5;
    planes[6 * 64 + 29] = -1.0;
    planes[7 * 64 + 29] = 0.75;
    planes[4 * 64 + 29] = 0.25;
    let found = decoded(&planes, ALL);
    let [car] = found.as_slice() else { panic!("{found:?}") };
    let near = |got: f64, wanted: f64| assert!((got - wanted).abs() < 1e-6, "{got}, not {wanted}");
    near(car.bbox.center.x(), 6.0 * 0.64);
    near(car.bbox.center.y(), 2.5 * 0.64 - 2.56);
    near(car.bbox.center.z(), -1.73 + 0.75);
    near(car.bbox.size.length(), 4.0);
    near(car.bbox.yaw.radians(), 0.0);
    near(car.score.get(), 0.81 * 0.5);
    assert_eq!((car.class, car.source), (ObjectClass::Car, Source::Lidar));
}

#[test]
fn the_direction_planes_tell_ahead_from_behind() {
    for (axis, ahead, wanted) in [
        ([1.0, 0.0], [1.0, 0.0], 0.0),
        ([1.0, 0.0], [-0.2, 0.1], PI),
        ([-1.0, 0.0], [0.0, 1.0], PI / 2.0),
        ([-1.0, 0.0], [0.0, -1.0], -PI / 2.0),
        ([0.0, -3.0], [-1.0, 1.0], 3.0 * PI / 4.0),
        ([0.0, 0.0], [0.0, 0.0], 0.0),
    ] {
        let got = yaw(axis, ahead).expect("finite").radians();
        assert!((got - wanted).abs() < 1e-9, "{axis:?} {ahead:?}: {got}");
    }
    assert!(yaw([f64::NAN, 0.0], [0.0; 2]).is_none());
}

#[test]
fn a_large_vehicle_is_named_by_its_length() {
    for (length, wanted) in
        [(5.0, ObjectClass::Van), (8.0, ObjectClass::Truck), (11.5, ObjectClass::Bus)]
    {
        let mut planes = nothing();
        put(&mut planes, 1, 20, 0.9);
        planes[8 * 64 + 20] = f32::ln(length);
        assert_eq!(decoded(&planes, ALL)[0].class, wanted);
    }
}

#[test]
fn of_two_of_a_kind_the_better_stays() {
    for (first, second, stay) in [(0, 1, 1), (2, 3, 1), (0, 2, 2), (0, 0, 1)] {
        let mut planes = nothing();
        put(&mut planes, first, 8 * 3 + 3, 0.6);
        put(&mut planes, second, 8 * 3 + 5, 0.8);
        let found = decoded(&planes, ALL);
        assert_eq!(found.len(), stay, "{first} {second}");
        assert!((found[0].score.get() - 0.8).abs() < 1e-6);
    }
}

#[test]
fn weak_cells_and_strange_numbers_hold_nothing() {
    let strong = |plane: usize, value: f32| {
        let mut planes = nothing();
        put(&mut planes, 0, 20, 0.9);
        planes[plane * 64 + 20] = value;
        decoded(&planes, ALL).len()
    };
    assert_eq!(strong(0, 0.05), 1);
    assert_eq!(strong(0, 0.0499), 0);
    for plane in 0..15 {
        let needed = plane == 0 || plane > 3;
        assert_eq!(strong(plane, f32::NAN), usize::from(!needed), "plane {plane}");
    }
    for plane in 5..11 {
        assert_eq!(strong(plane, f32::INFINITY), 0, "plane {plane}");
    }
    assert!(decoded(&[0.9; 7], ALL).is_empty());
    assert!(decoded(&vec![f32::NAN; 15 * 64], ALL).is_empty());
}

#[test]
fn of_a_plateau_the_first_of_the_most_stay() {
    let mut planes = nothing();
    planes[..64].fill(0.5);
    for cell in 0..64 {
        put(&mut planes, 0, cell, 0.5);
        planes[8 * 64 + cell] = -3.0;
        planes[9 * 64 + cell] = -3.0;
    }
    let mut out = Vec::new();
    let mut decoder = decoder(small(), ALL);
    decoder.rules.most = 10;
    decoder.decode(&planes, GROUND_M, &mut out);
    let columns: Vec<f64> = out.iter().map(|d| (d.bbox.center.x() / 0.64 - 0.5).round()).collect();
    assert_eq!(columns, [0.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 0.0, 1.0]);
}

prop_compose! {
    /// Planes with some strong cells; heat in few steps, so that many are equal.
    fn answers()(
        heats in prop::collection::vec((0u8..40).prop_map(|n| f32::from(n.saturating_sub(30)) / 10.0), 4 * 64),
        qualities in prop::collection::vec(0.0..1.0f32, 64),
        numbers in prop::collection::vec(-1.0..1.0f32, 10 * 64),
    ) -> Vec<f32> { [heats, qualities, numbers].concat() }
}

/// Peaks as their definition reads, with a border around the plane.
fn plain_peaks(heat: &[f32]) -> Vec<usize> {
    let at = |row: i32, column: i32| {
        let inside = (0..8).contains(&row) && (0..8).contains(&column);
        if inside { heat[(row * 8 + column) as usize] } else { -1.0 }
    };
    let highest = |row: i32, column: i32| {
        let around = (-1..=1).flat_map(|i| (-1..=1).map(move |j| (i, j)));
        around.map(|(i, j)| at(row + i, column + j)).fold(-1.0, f32::max)
    };
    (0..64)
        .filter(|cell| {
            let (row, column) = (cell / 8, cell % 8);
            at(row, column) >= 0.05 && at(row, column) >= highest(row, column)
        })
        .map(|cell| cell as usize)
        .collect()
}

proptest! {
    #[test]
    fn peaks_equal_their_definition(planes in answers()) {
        for heat in planes[..4 * 64].chunks_exact(64) {
            let mut found = Vec::new();
            peaks::each(heat, 8, 0.05, |cell| found.push(cell));
            prop_assert_eq!(found, plain_peaks(heat));
        }
    }

    #[test]
    fn suppression_equals_the_general_one(planes in answers()) {
        let all = decoded(&planes, Thresholds { score: 0.0, nms_iou: 1.0 });
        let kept = decoded(&planes, ALL);
        let boxes: Vec<_> = all.iter().map(|d| d.bbox).collect();
        let scores: Vec<_> = all.iter().map(|d| d.score.get()).collect();
        let kinds: Vec<_> = all.iter().map(|d| kind_of(d.class)).collect();
        prop_assert!(scores.is_sorted_by(|a, b| a >= b));
        let mut keep = Vec::new();
        nms_bev(&boxes, &scores, &kinds, f64::from(ALL.nms_iou), &mut keep);
        let wanted: Vec<_> = keep.into_iter().map(|number| all[number]).collect();
        prop_assert_eq!(kept, wanted);
    }

    #[test]
    fn a_higher_limit_leaves_the_better_ones(planes in answers(), score in 0.0..1.0f32) {
        let mut wanted = decoded(&planes, ALL);
        wanted.retain(|d| d.score.get() >= f64::from(score));
        prop_assert_eq!(decoded(&planes, Thresholds { score, ..ALL }), wanted);
    }

    #[test]
    fn the_same_memory_gives_the_same_detections(first in answers(), second in answers()) {
        let (mut decoder, mut out) = (decoder(small(), ALL), Vec::new());
        decoder.decode(&first, GROUND_M, &mut out);
        decoder.decode(&second, GROUND_M, &mut out);
        prop_assert_eq!(out, decoded(&second, ALL));
    }
}
