//! Tests of the runtime through its public face.

mod common;
mod deadlines;
mod known_delays;
mod lockstep;
mod mistakes;
mod realtime;
