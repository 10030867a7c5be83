//! Tests of the runtime through its public face.

mod common;
mod lockstep;
mod mistakes;
mod realtime;
