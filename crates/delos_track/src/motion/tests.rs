use super::*;
use crate::{MotionKind, TrackerConfig};
use proptest::prelude::*;

fn car(x: f64, y: f64, yaw: f64) -> Box3<World> {
    Box3::new(
        Position::new(x, y, 0.0),
        Size::new(4.0, 1.7, 1.5).expect("positive"),
        Yaw::new(yaw).expect("finite"),
    )
}

fn started(bbox: &Box3<World>) -> (Motion, TrackerConfig) {
    let config = TrackerConfig::default();
    let motion = Motion::new(bbox, &Guess::standing(config.vehicle.motion), &config.vehicle.noise)
        .expect("valid");
    (motion, config)
}

#[test]
fn headings_that_point_backward_do_not_turn_the_track() {
    let (mut motion, config) = started(&car(0.0, 0.0, 0.3));
    for frame in 1..20 {
        motion.predict(&config.vehicle.motion, 0.1);
        let yaw = if frame % 4 == 0 { 0.3 + PI } else { 0.3 };
        motion.update(&car(0.0, 0.0, yaw), &config.vehicle.noise, true).expect("valid");
        assert!((motion.yaw() - 0.3).abs() < 0.05, "frame {frame}: {}", motion.yaw());
    }
}

#[test]
fn a_track_that_stands_follows_the_majority_of_headings() {
    let (mut motion, config) = started(&car(0.0, 0.0, 0.3 - PI));
    for _ in 0..12 {
        motion.predict(&config.vehicle.motion, 0.1);
        motion.update(&car(0.0, 0.0, 0.3), &config.vehicle.noise, true).expect("valid");
    }
    assert!((motion.yaw() - 0.3).abs() < 0.05, "{}", motion.yaw());
}

#[test]
fn motion_decides_where_the_front_is() {
    // Detections say it looks back, but it drives 10 m/s forward.
    let (mut motion, config) = started(&car(0.0, 0.0, PI));
    for frame in 1..20 {
        motion.predict(&config.vehicle.motion, 0.1);
        motion.update(&car(f64::from(frame), 0.0, PI), &config.vehicle.noise, true).expect("valid");
    }
    assert!(motion.yaw().abs() < 0.05, "{}", motion.yaw());
    assert!((motion.velocity() - Vector2::new(10.0, 0.0)).norm() < 0.5);
}

#[test]
fn a_box_that_lies_across_once_is_forgiven_and_believed_later() {
    let (mut motion, config) = started(&car(0.0, 0.0, 0.0));
    for _ in 0..5 {
        motion.predict(&config.without_pose, 0.1);
        motion.update(&car(0.0, 0.0, 0.0), &config.vehicle.noise, false).expect("valid");
    }
    motion.update(&car(0.0, 0.0, FRAC_PI_2), &config.vehicle.noise, false).expect("valid");
    assert!(motion.yaw().abs() < 0.05);
    for _ in 0..4 {
        motion.predict(&config.without_pose, 0.1);
        motion.update(&car(0.0, 0.0, FRAC_PI_2), &config.vehicle.noise, false).expect("valid");
    }
    assert!((motion.yaw().abs() - FRAC_PI_2).abs() < 0.05, "{}", motion.yaw());
}

#[test]
fn turning_keeps_the_velocity_and_the_covariance_valid() {
    let (mut motion, config) = started(&car(0.0, 0.0, 0.0));
    for frame in 1..10 {
        motion.predict(&config.without_pose, 0.1);
        motion
            .update(&car(0.0, f64::from(frame), 0.0), &config.vehicle.noise, false)
            .expect("valid");
    }
    let before = motion.velocity();
    motion.turn(1.0);
    assert!((motion.velocity() - before).norm() < 1e-9);
    assert!(motion.covariance().cholesky().is_some());
}

#[test]
fn extents_settle_at_their_mean() {
    let (mut motion, config) = started(&car(0.0, 0.0, 0.0));
    for frame in 0..40 {
        motion.predict(&config.vehicle.motion, 0.1);
        let length = if frame % 2 == 0 { 3.6 } else { 4.4 };
        let size = Size::new(length, 1.7, 1.5).expect("positive");
        motion
            .update(&Box3 { size, ..car(0.0, 0.0, 0.0) }, &config.vehicle.noise, true)
            .expect("valid");
    }
    assert!((motion.bbox().size.length() - 4.0).abs() < 0.15);
    assert!((motion.bbox().size.width() - 1.7).abs() < 1e-9);
}

const KINDS: [MotionKind; 6] = [
    MotionKind::SlipCtrv,
    MotionKind::Ctrv,
    MotionKind::Ctra,
    MotionKind::ConstantVelocity,
    MotionKind::ConstantAcceleration,
    MotionKind::Imm,
];

#[test]
fn every_law_follows_a_car_that_brakes_in_a_bend() {
    for model in KINDS {
        let config = TrackerConfig::default();
        let law = MotionNoise { model, ..config.vehicle.motion };
        let guess = Guess::standing(law);
        let mut motion =
            Motion::new(&car(0.0, 0.0, 0.0), &guess, &config.vehicle.noise).expect("valid");
        let (mut x, mut y, mut yaw, mut speed) = (0.0, 0.0, 0.0f64, 12.0);
        for frame in 0..40 {
            (x, y) = (x + 0.1 * speed * yaw.cos(), y + 0.1 * speed * yaw.sin());
            yaw += 0.02;
            speed -= 0.15;
            motion.predict(&law, 0.1);
            let missed = (motion.place() - Vector2::new(x, y)).norm();
            assert!(frame < 10 || missed < 0.5, "{model:?}, frame {frame}: {missed} m");
            motion.update(&car(x, y, yaw), &config.vehicle.noise, true).expect("valid");
        }
        let wanted = Vector2::new(yaw.cos(), yaw.sin()) * speed;
        assert!((motion.velocity() - wanted).norm() < 0.8, "{model:?}: {}", motion.velocity());
        assert!((motion.yaw_rate() - 0.2).abs() < 0.1, "{model:?}: {}", motion.yaw_rate());
    }
}

#[test]
fn turning_round_leaves_the_velocity_over_ground() {
    for model in KINDS {
        let config = TrackerConfig::default();
        let law = MotionNoise { model, ..config.vehicle.motion };
        let guess = Guess { velocity: Vector2::new(0.3, -4.0), ..Guess::standing(law) };
        let mut motion =
            Motion::new(&car(3.0, 4.0, 0.4), &guess, &config.vehicle.noise).expect("valid");
        motion.predict(&law, 0.2);
        for angle in [PI, FRAC_PI_2, -0.3] {
            let (before, yaw) = (motion.velocity(), motion.yaw());
            motion.turn(angle);
            assert!((motion.velocity() - before).norm() < 1e-9, "{model:?}");
            assert!(wrap_angle(motion.yaw() - yaw - angle).abs() < 1e-9, "{model:?}");
        }
    }
}

proptest! {
    #[test]
    fn the_covariance_stays_one_under_every_law(
        kind in 0..KINDS.len(),
        steps in prop::collection::vec((prop::array::uniform2(-20.0..20.0f64), -3.1..3.1f64, 0.01..2.0f64), 1..40),
    ) {
        let config = TrackerConfig::default();
        let law = MotionNoise { model: KINDS[kind], ..config.vehicle.motion };
        let mut motion = Motion::new(&car(0.0, 0.0, 0.0), &Guess::standing(law), &config.vehicle.noise).expect("valid");
        for ([x, y], yaw, seconds) in steps {
            motion.predict(&law, seconds);
            motion.update(&car(x, y, yaw), &config.vehicle.noise, true).expect("valid");
            prop_assert!(motion.is_finite());
            prop_assert_eq!(motion.covariance(), motion.covariance().transpose());
            prop_assert!(motion.covariance().cholesky().is_some());
        }
    }
}
