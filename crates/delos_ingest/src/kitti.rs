//! The KITTI data sets: raw drives, the tracking and the object benchmark.
//!
//! The parsers are functions of bytes or text and do no I/O; [`open`](crate::open)
//! finds the files and feeds them.

pub mod boxes;
pub mod calib;
pub mod detections;
mod files;
mod frames;
pub mod labels;
pub(crate) mod layout;
mod motion;
mod notices;
mod object;
pub(crate) mod open;
pub mod oxts;
pub mod poses;
pub mod radar;
mod raw;
mod reader;
mod records;
pub mod results;
mod sequence;
mod standins;
pub(crate) mod text;
mod times;
pub mod timestamps;
mod tracking;
pub mod tracklets;
mod turn;
pub mod velodyne;
pub mod write;
mod yaml;

#[cfg(test)]
mod tests;
