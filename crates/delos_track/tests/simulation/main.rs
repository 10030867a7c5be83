//! The tracker on made-up drives with exact truth.

mod behaviour;
mod limits;
mod properties;
mod world;
