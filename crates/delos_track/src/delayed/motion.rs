//! Where a track was: the Rauch-Tung-Striebel smoother over its published states.

use super::body::{body_state, turn_round};
use super::config::Smoothing;
use super::story::Moment;
use delos_core::wrap_angle;
use delos_filter::{Gaussian, MotionModel, SlipCtrv, SmootherStep, smooth};
use std::f64::consts::{FRAC_PI_2, FRAC_PI_3};

impl Smoothing {
    pub(super) const fn law(&self) -> SlipCtrv {
        SlipCtrv {
            acceleration: self.acceleration,
            lateral_acceleration: self.lateral_acceleration,
            yaw_acceleration: self.yaw_acceleration,
        }
    }
}

/// States `(x, y, yaw, v, s, w)` of all moments, each knowing the later ones.
pub(super) fn smoothed_motion(moments: &[Moment<'_>], law: &SlipCtrv) -> Vec<Gaussian<6>> {
    let states = aligned(moments);
    let mut smoothed = Vec::with_capacity(states.len());
    if !states.iter().all(is_sound) {
        return states;
    }
    let mut steps: Vec<SmootherStep<6>> = Vec::with_capacity(states.len());
    for (index, state) in states.into_iter().enumerate() {
        let before = steps.last().map(|step| &step.filtered);
        let seconds = seconds_before(moments, index);
        if let Some(before) = before.filter(|before| !is_turned(before, &state, seconds)) {
            let step = SmootherStep::after(before, law, seconds);
            steps.push(SmootherStep { filtered: state, ..step });
        } else {
            finish(&mut steps, &mut smoothed);
            steps.push(SmootherStep::first(state));
        }
    }
    finish(&mut steps, &mut smoothed);
    smoothed
}

/// Smooths a part of a story, or leaves it as it was filtered.
fn finish(steps: &mut Vec<SmootherStep<6>>, out: &mut Vec<Gaussian<6>>) {
    let angles = MotionModel::<6>::angles(&Smoothing::default().law());
    let mut smoothed = Vec::new();
    let sound =
        smooth(steps, angles, &mut smoothed).is_ok() && smoothed.iter().all(Gaussian::is_finite);
    if sound {
        out.append(&mut smoothed);
    } else {
        out.extend(steps.iter().map(|step| step.filtered.clone()));
    }
    steps.clear();
}

/// The published states, the headings of all as in the last: a track that was turned round
/// when it became clear where its front is had it there all along.
fn aligned(moments: &[Moment<'_>]) -> Vec<Gaussian<6>> {
    let mut states: Vec<_> = moments.iter().map(|moment| body_state(moment.track)).collect();
    for index in (1..states.len()).rev() {
        let seconds = seconds_before(moments, index);
        let (before, after) = states.split_at_mut(index);
        if let (Some(before), Some(after)) = (before.last_mut(), after.first())
            && turn_between(before, after, seconds).abs() > FRAC_PI_2
        {
            turn_round(before);
        }
    }
    states
}

/// Whether it can be smoothed without loss of all digits: messages may come from anywhere.
fn is_sound(state: &Gaussian<6>) -> bool {
    let is_usual = |variance: &f64| (1e-7..1e7).contains(variance);
    state.covariance.diagonal().iter().all(is_usual)
        && Gaussian::new(state.mean, state.covariance).is_ok()
}

/// A box that lay across its track was turned by a quarter.
fn is_turned(before: &Gaussian<6>, after: &Gaussian<6>, seconds: f64) -> bool {
    turn_between(before, after, seconds).abs() > FRAC_PI_3
}

/// Turn that the turn rate does not explain, radians.
fn turn_between(before: &Gaussian<6>, after: &Gaussian<6>, seconds: f64) -> f64 {
    wrap_angle(after.mean[2] - before.mean[2] - before.mean[5] * seconds)
}

fn seconds_before(moments: &[Moment<'_>], index: usize) -> f64 {
    let stamp = |index: usize| moments.get(index).map(|moment| moment.stamp);
    match (index.checked_sub(1).and_then(stamp), stamp(index)) {
        (Some(before), Some(now)) => (now - before).as_secs_f64(),
        _ => 0.0,
    }
}
