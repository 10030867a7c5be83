//! Messages: immutable, shared, stamped with the time of validity.

use crate::Stamp;
use std::ops::Deref;
use std::sync::Arc;

/// Which moment of which recording a message speaks about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Header {
    /// Name of the sequence or drive.
    pub sequence: Arc<str>,
    /// The frame's number in the data set (its file number).
    pub frame: u32,
    /// Time of validity, on the recording's clock.
    pub stamp: Stamp,
    /// Position of the frame in this run, counted over all sequences from 0.
    pub tick: u64,
    /// Frames of one sequence and scene follow each other in time, so that objects can be
    /// followed. Collections of single pictures have a scene for each frame; else 0.
    pub scene: u32,
}

/// A shared, immutable message. Cloning copies a pointer.
#[derive(Debug)]
pub struct Msg<T> {
    /// Which moment it speaks about.
    pub header: Arc<Header>,
    /// The content.
    pub body: Arc<T>,
}

impl<T> Msg<T> {
    /// Wraps a body.
    pub fn new(header: Arc<Header>, body: T) -> Self {
        Self { header, body: Arc::new(body) }
    }
}

impl<T> Clone for Msg<T> {
    fn clone(&self) -> Self {
        Self { header: Arc::clone(&self.header), body: Arc::clone(&self.body) }
    }
}

impl<T> Deref for Msg<T> {
    type Target = T;
    fn deref(&self) -> &T {
        &self.body
    }
}
