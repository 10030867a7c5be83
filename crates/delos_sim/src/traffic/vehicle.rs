//! One vehicle or cyclist: where it is and what it does next.

use crate::random::Random;
use crate::traffic::driver::{self, Ahead};
use crate::traffic::flat::Flat;
use crate::traffic::way::{Network, Outlook, Way};
use delos_core::{ObjectClass, Size};

/// Whether a road user takes part.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stage {
    /// Not yet near the vehicle.
    Asleep,
    /// On the road.
    Awake,
    /// Gone for good.
    Gone,
}

/// A wish to stand still for a while.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Halt {
    /// Where, in metres of distance driven.
    pub(crate) at: f32,
    /// For how long, seconds.
    pub(crate) seconds: f32,
}

/// A vehicle or cyclist on its way.
#[derive(Clone, Debug)]
pub(crate) struct Vehicle {
    pub(crate) id: u32,
    pub(crate) class: ObjectClass,
    /// Half its length and half its width.
    pub(crate) half: [f32; 2],
    pub(crate) way: Way,
    /// Speed along the way, m/s.
    pub(crate) speed: f32,
    /// Metres left of the middle line of its lane, and where it likes to be.
    pub(crate) left: f32,
    pub(crate) home: f32,
    /// Speed it likes to drive, m/s.
    pub(crate) wish: f32,
    /// Distance driven, metres.
    pub(crate) driven: f32,
    pub(crate) halt: Option<Halt>,
    /// Lanes whose stop line it has decided to pass.
    pub(crate) decided: Vec<usize>,
    pub(crate) stage: Stage,
    pub(crate) random: Random,
}

/// What a vehicle does in the next step.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Act {
    /// Acceleration, m/s².
    pub(crate) acceleration: f32,
    /// Where it moves to across its lane, metres left of the middle.
    pub(crate) left: f32,
}

/// Half the extents of a road user seen from above, metres.
pub(crate) fn half(size: &Size) -> [f32; 2] {
    [size.length() as f32 / 2.0, size.width() as f32 / 2.0]
}

/// The farthest a vehicle leaves the middle of its lane to pass something, metres.
const MOST_LEFT_M: f32 = 0.5;

impl Vehicle {
    /// Distance of its axles; its middle lies between them.
    fn wheelbase(&self) -> f32 {
        1.2 * self.half[0]
    }

    /// Its front, metres ahead of the rear axle.
    pub(crate) fn nose(&self) -> f32 {
        self.wheelbase() / 2.0 + self.half[0]
    }

    /// Its middle, metres ahead of the rear axle.
    pub(crate) fn middle(&self) -> f32 {
        self.wheelbase() / 2.0
    }

    /// Cyclists and the large ones have habits of their own.
    pub(crate) fn is_large(&self) -> bool {
        matches!(self.class, ObjectClass::Truck | ObjectClass::Bus)
    }

    /// How far ahead it looks, metres.
    pub(crate) fn reach(&self) -> f32 {
        25.0 + 4.0 * self.speed
    }

    /// Its rectangle now.
    pub(crate) fn flat(&self, network: &Network) -> Flat {
        self.flat_after(network, 0.0)
    }

    /// Its rectangle this many metres on: both axles are above the way.
    pub(crate) fn flat_after(&self, network: &Network, metres: f32) -> Flat {
        let station = self.way.station + metres;
        let rear = network.at(&self.way.lanes, station).left(self.left);
        let front = network.at(&self.way.lanes, station + self.wheelbase()).left(self.left);
        let (x, y) = (front[0] - rear[0], front[1] - rear[1]);
        let length = x.hypot(y).max(1e-3);
        let place = [f32::midpoint(front[0], rear[0]), f32::midpoint(front[1], rear[1])];
        Flat { place, ahead: [x / length, y / length], half: self.half }
    }

    /// Where along the lanes to come things begin: each lane with the distance of its
    /// start from the rear axle.
    pub(crate) fn lanes_ahead(&self, network: &Network) -> impl Iterator<Item = (usize, f32)> {
        let lanes = self.way.lanes.clone().into_iter();
        let lengths: Vec<f32> = lanes.clone().map(|lane| network.length(lane)).collect();
        let mut start = -self.way.station;
        lanes.zip(lengths).map(move |(lane, length)| {
            start += length;
            (lane, start - length)
        })
    }

    /// The speed for the limits and bends ahead.
    pub(crate) fn speed_for(&self, limit: f32, outlook: &Outlook) -> f32 {
        let bends = outlook.ahead().filter(|(at, _)| *at > -2.0);
        bends.fold(self.wish.min(limit), |speed, (at, spot)| {
            speed.min(driver::bend_speed(spot.bend, at - self.middle()))
        })
    }

    /// What its wish to halt puts ahead of it.
    pub(crate) fn halt_ahead(&self) -> Option<Ahead> {
        let gap = self.halt?.at - self.driven;
        (gap < 60.0).then_some(Ahead { gap: gap + 0.5, speed: 0.0, standing: 0.5 })
    }

    /// Moves for one step; `false` when it has left the world.
    pub(crate) fn step(&mut self, act: Act, seconds: f32, network: &Network) -> bool {
        let before = self.speed;
        self.speed = (self.speed + act.acceleration * seconds).max(0.0);
        let metres = f32::midpoint(before, self.speed) * seconds;
        self.driven += metres;
        let most = (0.12 * metres).min(0.6 * seconds);
        self.left += (act.left.min(MOST_LEFT_M) - self.left).clamp(-most, most);
        self.wait(seconds);
        let on = self.way.advance(metres, network);
        let lanes = &self.way.lanes;
        self.decided.retain(|lane| lanes.contains(lane));
        // Its middle leaves with the last lane.
        let rest = lanes.iter().map(|lane| network.length(*lane)).sum::<f32>() - self.way.station;
        on && rest > self.middle()
    }

    fn wait(&mut self, seconds: f32) {
        if let Some(halt) = &mut self.halt
            && self.speed < 0.1
            && halt.at - self.driven < 2.0
        {
            halt.seconds -= seconds;
            if halt.seconds <= 0.0 {
                self.halt = None;
            }
        }
    }
}
