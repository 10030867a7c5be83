//! The tracker on made-up drives with exact truth.

mod behaviour;
mod delayed;
mod limits;
mod properties;
mod world;
