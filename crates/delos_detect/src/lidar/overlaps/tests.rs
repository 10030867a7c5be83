//! Made-up boxes side by side.

use super::*;
use delos_core::{Box3, ObjectClass, Position, Score, Size, Source, Yaw};
use proptest::prelude::*;

fn object(x: f64, y: f64, class: ObjectClass, score: f64) -> Detection3d {
    let size = Size::new(4.0, 2.0, 1.5).expect("positive");
    Detection3d {
        bbox: Box3::new(Position::new(x, y, 0.0), size, Yaw::default()),
        class,
        score: Score::clamped(score),
        points: 0,
        cluster: None,
        source: Source::Lidar,
        image_box: None,
    }
}

fn left(objects: &[Detection3d]) -> Vec<f64> {
    let mut found = Detections3d(objects.to_vec());
    Overlaps::default().drop_weaker(&mut found);
    found.0.iter().map(|d| d.score.get()).collect()
}

#[test]
fn the_surer_of_two_vehicles_stays() {
    use ObjectClass::{Car, Pedestrian, Van};
    let cases: [(&[Detection3d], &[f64]); 5] = [
        (&[object(0.0, 0.0, Car, 0.3), object(1.0, 0.0, Van, 0.6)], &[0.6]),
        (&[object(0.0, 0.0, Car, 0.3), object(3.9, 0.0, Car, 0.6)], &[0.3, 0.6]),
        (&[object(0.0, 0.0, Car, 0.3), object(0.0, 2.1, Car, 0.6)], &[0.3, 0.6]),
        (&[object(0.0, 0.0, Car, 0.3), object(0.0, 0.0, Pedestrian, 0.6)], &[0.3, 0.6]),
        // What is dropped drops nothing.
        (
            &[object(0.0, 0.0, Car, 0.3), object(2.0, 0.0, Car, 0.6), object(4.0, 0.0, Car, 0.9)],
            &[0.3, 0.9],
        ),
    ];
    for (objects, wanted) in cases {
        assert_eq!(left(objects), wanted, "{objects:?}");
    }
}

proptest! {
    /// The sweep gives what comparing all pairs, the surest first, gives.
    #[test]
    fn the_sweep_equals_all_pairs(
        places in prop::collection::vec((-20.0..20.0f64, -6.0..6.0f64, 0..10u8), 0..40),
    ) {
        let objects: Vec<_> = places
            .iter()
            .map(|(x, y, score)| object(*x, *y, ObjectClass::Car, f64::from(*score) / 10.0))
            .collect();
        let mut order: Vec<usize> = (0..objects.len()).collect();
        order.sort_by(|a, b| objects[*b].score.get().total_cmp(&objects[*a].score.get()));
        let mut kept: Vec<usize> = Vec::new();
        for number in order {
            let free = |k: &usize| iou_bev(&objects[*k].bbox, &objects[number].bbox) <= MOST_IOU;
            if kept.iter().all(free) {
                kept.push(number);
            }
        }
        kept.sort_unstable();
        let wanted: Vec<_> = kept.iter().map(|k| objects[*k]).collect();
        let mut found = Detections3d(objects.clone());
        Overlaps::default().drop_weaker(&mut found);
        prop_assert_eq!(found.0, wanted);
    }
}
