//! People on foot: along footways, and over the road where they may.

use crate::math::{atan2, sin_cos};
use crate::road::Path;
use crate::traffic::crossing::Claim;
use crate::traffic::flat::{Flat, distance};
use crate::traffic::vehicle::Stage;

/// The part of a walk that leads over a crossing.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Leg {
    pub(crate) crossing: usize,
    /// Metres along the walk where it begins and ends.
    pub(crate) from: f32,
    pub(crate) to: f32,
    /// Walked against the crossing's line.
    pub(crate) back: bool,
}

/// A person on a walk.
#[derive(Clone, Debug)]
pub(crate) struct Walker {
    pub(crate) id: u32,
    pub(crate) half: [f32; 2],
    pub(crate) walk: Path,
    pub(crate) leg: Option<Leg>,
    /// Metres along the walk, and where that puts it.
    pub(crate) station: f32,
    pub(crate) place: [f32; 2],
    pub(crate) heading: f32,
    /// Metres left of the line, and where it likes to be.
    pub(crate) left: f32,
    pub(crate) home: f32,
    /// Speed it likes to walk, m/s, and its speed now.
    pub(crate) wish: f32,
    pub(crate) speed: f32,
    /// Distance walked, metres.
    pub(crate) walked: f32,
    /// Seconds for which it stands still.
    pub(crate) pause: f32,
    /// Seconds for which it has waited at the kerb.
    pub(crate) waited: f32,
    pub(crate) stage: Stage,
}

/// How long traffic waits for someone who does not step off the kerb, seconds.
const PATIENCE_S: f32 = 8.0;
/// How far from the line of a walk one may be, metres.
const MOST_LEFT_M: f32 = 0.75;

impl Walker {
    /// On a walk, standing at this station of it.
    pub(crate) fn set_out(mut self, station: f32) -> Self {
        self.station = station;
        self.place = self.on_line(station);
        self.heading = self.walk.at(station).heading;
        self
    }

    pub(crate) fn flat(&self) -> Flat {
        Flat::new(self.place, self.heading, self.half)
    }

    pub(crate) fn velocity(&self) -> [f32; 2] {
        let (sin, cos) = sin_cos(self.heading);
        [self.speed * cos, self.speed * sin]
    }

    /// Its claim on a crossing, if it waits at one or walks over it.
    pub(crate) fn claim(&self) -> Option<Claim> {
        let leg = self.leg?;
        let started = self.station > leg.from;
        // Who cannot get away from the kerb does not hold up the traffic for ever.
        let waits = self.station > leg.from - 1.2 && self.waited < PATIENCE_S;
        let near = (started || waits) && self.station < leg.to && self.pause <= 0.0;
        let progress = (self.station - leg.from).max(0.0);
        let at = if leg.back { leg.to - leg.from - progress } else { progress };
        near.then_some(Claim { crossing: leg.crossing, at, back: leg.back, started })
    }

    /// Walks for one step among others. `may_cross` is asked at the kerb; `is_free`
    /// whether a rectangle touches nobody.
    pub(crate) fn step(
        &mut self,
        seconds: f32,
        others: &[([f32; 2], [f32; 2])],
        may_cross: impl Fn(&Self, usize) -> bool,
        is_free: impl Fn(&Flat) -> bool,
    ) {
        if self.pause > 0.0 {
            self.pause -= seconds;
            self.speed = 0.0;
            return;
        }
        if self.station >= self.walk.length() {
            self.turn_back();
        }
        let crossing = self.leg.filter(|l| self.station > l.from && self.station < l.to);
        let blocked = self.keep_clear(others);
        let mut by = if blocked && crossing.is_none() { 0.0 } else { self.wish * seconds };
        if let Some(leg) = self.leg.filter(|leg| self.is_before(leg, by)) {
            self.waited += seconds;
            by = if may_cross(self, leg.crossing) { by } else { 0.0 };
        }
        self.go(by, seconds, is_free);
    }

    /// Whether it stands at the kerb, with or without room to step off.
    fn is_before(&self, leg: &Leg, by: f32) -> bool {
        let reach = if by > 0.0 { by } else { 1.2 };
        self.station <= leg.from && self.station + reach > leg.from
    }

    /// Steps towards its line where that is free, else aside.
    fn go(&mut self, by: f32, seconds: f32, is_free: impl Fn(&Flat) -> bool) {
        let aim = self.on_line(self.station + by);
        let away = distance(aim, self.place);
        let step = away.min(1.4 * self.wish * seconds);
        self.speed = 0.0;
        if step < 1e-4 {
            self.station += by;
            return;
        }
        let towards = atan2(aim[1] - self.place[1], aim[0] - self.place[0]);
        let turns: &[f32] = if by > 0.0 { &[0.0, -0.9, -1.6, 0.9, 1.6] } else { &[0.0] };
        for turn in turns {
            let heading = if *turn == 0.0 {
                turned(self.heading, towards, 4.0 * seconds)
            } else {
                self.heading
            };
            let (sin, cos) = sin_cos(towards + turn);
            let place = [self.place[0] + cos * step, self.place[1] + sin * step];
            if is_free(&Flat::new(place, heading, self.half).grown(0.04)) {
                (self.place, self.heading) = (place, heading);
                self.speed = step / seconds;
                self.walked += step;
                // The line waits for who has been pushed away from it.
                self.station += if away > 0.6 { 0.0 } else { by };
                return;
            }
        }
    }

    /// Its place at a station of its walk.
    fn on_line(&self, station: f32) -> [f32; 2] {
        let on = self.walk.at(station);
        let (sin, cos) = sin_cos(on.heading);
        [on.place[0] - self.left * sin, on.place[1] + self.left * cos]
    }

    /// Steps aside for those ahead; `true` when there is no room to go on.
    fn keep_clear(&mut self, others: &[([f32; 2], [f32; 2])]) -> bool {
        let me = self.flat();
        let (mut wanted, mut blocked) = (self.home, false);
        for (place, velocity) in others {
            let [ahead, left] = me.local(*place);
            if ahead <= 0.0 || ahead > 3.0 || left.abs() > 0.8 {
                continue;
            }
            let along = velocity[0] * me.ahead[0] + velocity[1] * me.ahead[1];
            // Those who come are passed on the right, others where there is more room.
            let side = if along < -0.2 || left >= 0.0 { -1.0 } else { 1.0 };
            wanted = (self.left + left + 0.85 * side).clamp(-MOST_LEFT_M, MOST_LEFT_M);
            blocked |= ahead < 0.95 && left.abs() < 0.6 && along < self.wish;
        }
        self.left += (wanted - self.left).clamp(-0.03, 0.03);
        blocked
    }

    fn turn_back(&mut self) {
        let length = self.walk.length();
        if let Some(back) = self.walk.reversed() {
            self.walk = back;
            self.station = (length - self.station).max(0.0);
            self.left = -self.left;
            let swap =
                |l: Leg| Leg { from: length - l.to, to: length - l.from, back: !l.back, ..l };
            self.leg = self.leg.map(swap);
            self.waited = 0.0;
        }
    }
}

/// A heading turned towards another by at most this much.
fn turned(heading: f32, towards: f32, most: f32) -> f32 {
    let (sin, cos) = sin_cos(towards - heading);
    heading + atan2(sin, cos).clamp(-most, most)
}
