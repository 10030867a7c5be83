//! Road users and how they move: run once for a whole drive, in steps of a fixed length,
//! and kept as rows of where everyone was.
//!
//! Drivers keep their distance, slow down for bends, give way at stop lines, let people
//! cross, and pass cyclists where their lane has room. Only road users near the vehicle
//! move; those that fall far behind it are gone for good. Should two ever touch, one of
//! them is left out of the whole drive: no drive shows bodies in each other.

pub(crate) mod crossing;
pub(crate) mod driver;
pub(crate) mod flat;
pub(crate) mod garage;
pub(crate) mod junction;
pub(crate) mod populate;
mod sim;
pub(crate) mod vehicle;
pub(crate) mod view;
pub(crate) mod walker;
pub(crate) mod walks;
pub(crate) mod way;

use crate::road::Roads;
use crate::shapes::Body;
pub(crate) use flat::Flat;
pub(crate) use sim::Sim;

/// Length of a step, seconds.
pub(crate) const STEP_S: f32 = 0.05;
/// Road users are recorded within this distance of the vehicle, metres.
pub(crate) const RECORDED_M: f32 = 124.0;

/// Where one road user was at one step.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Mark {
    /// Its number in [`Traffic::bodies`].
    pub(crate) id: u32,
    /// Its middle.
    pub(crate) place: [f32; 2],
    pub(crate) heading: f32,
    /// Distance covered, metres.
    pub(crate) covered: f32,
}

/// One step: the vehicle and those near it, by number.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Row {
    pub(crate) ego: Mark,
    pub(crate) others: Vec<Mark>,
}

/// A car that is parked.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Parked {
    pub(crate) id: u32,
    pub(crate) flat: Flat,
}

/// What moved where.
#[derive(Clone, Debug)]
pub(crate) struct Traffic {
    /// Shapes of the road users.
    pub(crate) bodies: Vec<Body>,
    /// One row for each step.
    pub(crate) rows: Vec<Row>,
    /// Those that never move.
    pub(crate) parked: Vec<Parked>,
}

/// Runs the traffic on these roads for this many steps. The vehicle itself follows the
/// route at `cruise` m/s, starting `start` metres along it. `Err`: how many road users
/// there is room for, when more are asked for.
pub(crate) fn run(
    roads: &Roads,
    seed: u64,
    (start, cruise): (f32, f32),
    steps: usize,
    actors: Option<usize>,
) -> Result<Traffic, usize> {
    let mut sim = Sim::new(roads, seed, start, cruise);
    populate::populate(&mut sim, actors)?;
    sim.settle();
    let mut rows = vec![sim.row()];
    for _ in 0..steps {
        sim.step();
        rows.push(sim.row());
    }
    Ok(sim.finish(rows))
}
