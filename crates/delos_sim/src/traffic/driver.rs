//! How a driver chooses an acceleration: the Intelligent Driver Model (Treiber, Hennecke
//! and Helbing, Physical Review E 62, 2000), with limits for bends.

/// Comfortable acceleration, m/s².
const ACCELERATION: f32 = 1.5;
/// Comfortable braking, m/s².
const BRAKING: f32 = 2.0;
/// Time gap to the one ahead, seconds.
const TIME_GAP_S: f32 = 1.3;
/// Gap when standing, metres.
pub(crate) const STANDING_GAP_M: f32 = 2.0;
/// Highest acceleration across the direction of travel, m/s².
pub(crate) const SIDEWAYS: f32 = 2.5;
/// Hardest braking, m/s².
pub(crate) const HARDEST_BRAKING: f32 = 6.0;

/// Something ahead to keep a distance from.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Ahead {
    /// Free metres from bumper to bumper.
    pub(crate) gap: f32,
    /// Its speed in the direction of travel, m/s.
    pub(crate) speed: f32,
    /// Gap that is kept when standing, metres.
    pub(crate) standing: f32,
}

/// The acceleration on a free road: towards the wanted speed, and gently down to it.
pub(crate) fn free(speed: f32, wanted: f32) -> f32 {
    let ratio = speed / wanted.max(0.5);
    (ACCELERATION * (1.0 - ratio * ratio * ratio * ratio)).max(-3.0)
}

/// The acceleration (m/s²) at this speed towards a wanted one behind all that is ahead.
pub(crate) fn acceleration(speed: f32, wanted: f32, ahead: &[Ahead]) -> f32 {
    let behind = |a: &Ahead| {
        let closing = speed * (speed - a.speed) / (2.0 * (ACCELERATION * BRAKING).sqrt());
        let kept = a.standing + (speed * TIME_GAP_S + closing).max(0.0);
        let ratio = kept / a.gap.max(0.1);
        free(speed, wanted).min(ACCELERATION) - ACCELERATION * ratio * ratio
    };
    let hardest = ahead.iter().map(behind).fold(free(speed, wanted), f32::min);
    hardest.clamp(-HARDEST_BRAKING, ACCELERATION)
}

/// Speed now so that a bend of this curvature (1/m) this far ahead is taken gently.
pub(crate) fn bend_speed(bend: f32, distance: f32) -> f32 {
    (SIDEWAYS / bend.max(1e-4) + 2.0 * 1.2 * distance.max(0.0)).sqrt()
}

/// Whether one can stop within this distance without braking harder than wished.
pub(crate) fn can_stop(speed: f32, distance: f32, braking: f32) -> bool {
    distance > speed * speed / (2.0 * braking) + 0.3 * speed
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_free_road_is_driven_at_the_wanted_speed() {
        let mut speed = 0.0;
        for _ in 0..2000 {
            speed += 0.05 * acceleration(speed, 12.0, &[]);
        }
        assert!((speed - 12.0).abs() < 0.1, "{speed}");
        assert!(acceleration(15.0, 12.0, &[]) < 0.0);
    }

    #[test]
    fn followers_settle_at_the_time_gap() {
        let (mut speed, mut gap) = (14.0_f32, 60.0_f32);
        for _ in 0..4000 {
            let a = acceleration(speed, 14.0, &[Ahead { gap, speed: 8.0, standing: 2.0 }]);
            speed += 0.05 * a;
            gap += 0.05 * (8.0 - speed);
        }
        assert!((speed - 8.0).abs() < 0.05, "{speed}");
        assert!(gap > 2.0 + 8.0 * 1.3 && gap < 16.0, "{gap}");
    }

    proptest! {
        #[test]
        fn nobody_runs_into_a_standing_thing_seen_in_time(start in 5.0_f32..14.0) {
            let (mut speed, mut gap) = (start, 50.0_f32);
            for _ in 0..1500 {
                let ahead = Ahead { gap, speed: 0.0, standing: 2.0 };
                let a = acceleration(speed, start, &[ahead]);
                prop_assert!((-HARDEST_BRAKING..=ACCELERATION).contains(&a));
                speed = (speed + 0.05 * a).max(0.0);
                gap -= 0.05 * speed;
            }
            prop_assert!(gap > 1.0 && speed < 0.2, "{} {}", gap, speed);
        }
    }
}
