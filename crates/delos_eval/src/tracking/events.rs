//! Where a tracker fails, for a person who wants to look at it.

use super::clear::Matched;
use super::scene::{FrameView, Scene};
use serde::Serialize;

/// An object that nothing has found.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Missed {
    /// Frame, as it is counted in the input.
    pub frame: u32,
    /// Identity in the truth.
    pub id: i64,
    /// Rectangle in the image `[x1, y1, x2, y2]`, pixels.
    pub image_box: [f64; 4],
    /// Distance from the camera seen from above, metres; `None` where the row has no place.
    pub distance_m: Option<f64>,
}

/// A result that lies on nothing.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct FalseTrack {
    /// Frame, as it is counted in the input.
    pub frame: u32,
    /// Identity in the results.
    pub id: i64,
    /// Rectangle in the image `[x1, y1, x2, y2]`, pixels.
    pub image_box: [f64; 4],
    /// Distance from the camera seen from above, metres; `None` where the row has no place.
    pub distance_m: Option<f64>,
}

/// An object that another identity has found than the last time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Switch {
    /// Frame, as it is counted in the input.
    pub frame: u32,
    /// Identity in the truth.
    pub id: i64,
    /// Identity that found it the last time.
    pub from: i64,
    /// Identity that has found it now.
    pub to: i64,
}

/// What went wrong, by the pairs of [`Clear`](super::Clear): as many entries as its false
/// negatives, false positives and switches, each list in the order of frames and within a
/// frame in the order of the rows.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Events {
    /// Objects that nothing has found.
    pub missed: Vec<Missed>,
    /// Results that lie on nothing.
    pub false_tracks: Vec<FalseTrack>,
    /// Changes of identity.
    pub switches: Vec<Switch>,
}

/// What the lists say of a row.
#[derive(Clone, Copy, Debug)]
pub(super) struct Place {
    pub(super) image_box: [f64; 4],
    pub(super) distance_m: Option<f64>,
}

impl Events {
    /// Adds one frame. `truth` and `results` give the place of a row.
    pub(super) fn add(
        &mut self,
        scene: &Scene,
        frame: FrameView<'_>,
        matched: &[Matched],
        truth: impl Fn(u32) -> Place,
        results: impl Fn(u32) -> Place,
    ) {
        let number = frame.number;
        for (entry, row) in frame.truth.iter().zip(0u32..) {
            if matched.iter().all(|pair| pair.row != row) {
                let Place { image_box, distance_m } = truth(entry.row);
                self.missed.push(Missed { frame: number, id: entry.id, image_box, distance_m });
            }
        }
        for (entry, column) in frame.results.iter().zip(0u32..) {
            if matched.iter().all(|pair| pair.column != column) {
                let Place { image_box, distance_m } = results(entry.row);
                let wrong = FalseTrack { frame: number, id: entry.id, image_box, distance_m };
                self.false_tracks.push(wrong);
            }
        }
        self.switches.extend(matched.iter().filter_map(|pair| {
            let from = scene.results().id(pair.instead_of?);
            let id = frame.truth[pair.row as usize].id;
            Some(Switch { frame: number, id, from, to: frame.results[pair.column as usize].id })
        }));
    }
}
