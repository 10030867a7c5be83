use super::*;
use crate::TrackerConfig;
use crate::motion::Guess;
use delos_core::{Position, Size, Stamp, TrackId, Yaw};

fn found(x: f64, y: f64, yaw: f64, class: ObjectClass) -> Found {
    Found {
        index: 0,
        bbox: Box3::new(
            Position::new(x, y, 0.0),
            Size::new(4.0, 1.7, 1.5).expect("positive"),
            Yaw::new(yaw).expect("finite"),
        ),
        class,
        score: 0.9,
        probability: 0.9,
        is_strong: true,
    }
}

fn costs(config: &TrackerConfig, detections: &[Found]) -> Vec<Option<f64>> {
    let start = found(0.0, 0.0, 0.0, ObjectClass::Car);
    let guess = Guess::standing(config.vehicle.motion);
    let stamp = Stamp::from_nanos(0);
    let track = LiveTrack::new(TrackId(1), &start, &guess, stamp, &config.vehicle).expect("valid");
    let target = Target::of(&track, 9.21, &config.vehicle);
    detections.iter().map(|d| target.cost(d).map(|pair| pair.cost)).collect()
}

#[test]
fn every_cost_grows_with_the_distance_and_knows_no_front() {
    use CostKind::{CentreHeading, Diou3d, Giou3d, GiouBev, Mahalanobis, Mixture};
    for kind in [Mixture, Mahalanobis, GiouBev, Giou3d, Diou3d, CentreHeading] {
        let mut config = TrackerConfig::default();
        config.vehicle.cost.kind = kind;
        let near = found(0.2, 0.0, 0.0, ObjectClass::Car);
        let turned = found(0.2, 0.0, std::f64::consts::PI, ObjectClass::Car);
        let far = found(1.0, 0.3, 0.0, ObjectClass::Car);
        let found = costs(&config, &[near, turned, far]);
        let [Some(near), Some(turned), Some(far)] = found[..] else {
            panic!("{kind:?}: {found:?}")
        };
        assert!((near - turned).abs() < 1e-9, "{kind:?}: {near} {turned}");
        assert!(near < far && (0.0..1.3).contains(&far), "{kind:?}: {near} {far}");
    }
}

#[test]
fn the_gate_keeps_out_what_is_far_or_of_another_kind() {
    let config = TrackerConfig::default();
    let table = [
        (found(1.4, 0.0, 0.0, ObjectClass::Car), true),
        (found(3.0, 0.0, 0.0, ObjectClass::Car), false),
        (found(16.0, 0.0, 0.0, ObjectClass::Car), false),
        (found(f64::NAN, 0.0, 0.0, ObjectClass::Car), false),
        (found(0.0, 0.0, 0.0, ObjectClass::Pedestrian), false),
        (found(0.0, 0.0, 0.0, ObjectClass::Truck), true),
    ];
    for (detection, wanted) in table {
        assert_eq!(costs(&config, &[detection])[0].is_some(), wanted, "{detection:?}");
    }
}

#[test]
fn another_class_costs_more() {
    let config = TrackerConfig::default();
    let found = [ObjectClass::Car, ObjectClass::Van, ObjectClass::Unknown]
        .map(|class| found(0.1, 0.0, 0.0, class));
    let found = costs(&config, &found);
    assert_eq!(found[0], found[2]);
    let more = found[1].expect("in the gate") - found[0].expect("in the gate");
    assert!((more - config.vehicle.cost.class_penalty).abs() < 1e-12);
}
