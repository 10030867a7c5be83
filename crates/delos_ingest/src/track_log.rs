//! What a tracker did to its tracks, frame by frame, as a file of one JSON line for each frame.
//!
//! The first line says what the file is, the last one how many frames there are: a file that was
//! cut off is found out. Numbers have five decimals; what is not finite is `null`.
//!
//! ```text
//! {"track_log":1,"sequence":"0001"}
//! {"frame":0,"stamp":0,"tracks":[{"id":1,"class":"car","hits":1,"existence":0.81,"at":[12.4,-3.1],"cause":"born","expected":0.0,"pairing":[3,1.52,0.81,0.0,0.0,1]}]}
//! {"frames":1}
//! ```
//!
//! `at` is the centre in the vehicle's frame, metres ahead and to the left. `pairing` is the detection
//! that was assigned: its position in the frame's message, score as the detector gave it,
//! probability, cost, share of the gate, round. `rival` is the cheapest one in the gate that was not, with the
//! track that got it behind it. `ended` lists the tracks that ended in the frame.
//!
//! ```
//! use delos_core::{Header, Stamp, Tracks};
//! use delos_ingest::track_log;
//!
//! let header = Header {
//!     sequence: "0001".into(), frame: 7, stamp: Stamp::from_nanos(700), tick: 0, scene: 0,
//! };
//! let lines = [track_log::head("0001")?, track_log::line(&header, &Tracks::default())?, track_log::tail(1)];
//! let log = track_log::parse(lines.join("\n").as_bytes())?;
//! assert_eq!((log.sequence.as_str(), log.frames[0].frame), ("0001", 7));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod read;
mod wire;

pub use read::{parse, read};

use delos_core::{EndedTrack, Header, ObjectClass, Stamp, Track, TrackId, TrackStep, Tracks};
use wire::{Head, Line};

/// Folder of these files in the output of a run.
pub const FOLDER: &str = "track_log";

/// Ending of their names.
pub const ENDING: &str = "jsonl";

/// The log of one sequence.
#[derive(Clone, Debug, PartialEq)]
pub struct TrackLog {
    /// Name of the sequence.
    pub sequence: String,
    /// Frames by number ascending.
    pub frames: Vec<LoggedFrame>,
}

/// What is logged of a frame.
#[derive(Clone, Debug, PartialEq)]
pub struct LoggedFrame {
    /// Number in the data set.
    pub frame: u32,
    /// Tracks of different scenes have nothing to do with each other, whatever their identities.
    pub scene: u32,
    /// On the recording's clock.
    pub stamp: Stamp,
    /// Every track, by identity ascending.
    pub tracks: Vec<LoggedTrack>,
    /// Tracks that ended in this frame, in the order of their end.
    pub ended: Vec<EndedTrack>,
}

/// What is logged of a track in a frame.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LoggedTrack {
    /// Identity.
    pub id: TrackId,
    /// What it most probably is.
    pub class: ObjectClass,
    /// Frames in which a detection was assigned, this one included.
    pub hits: u32,
    /// Probability that there is an object, after this frame.
    pub existence: f64,
    /// Centre in the vehicle's frame: metres ahead and to the left.
    pub place: [f64; 2],
    /// What happened, and why. The share of a gate that was not finite is infinite.
    pub step: TrackStep,
}

/// The first line of a sequence's file, without a line end.
///
/// # Errors
/// None that is known of; JSON knows the name of every sequence.
pub fn head(sequence: &str) -> Result<String, serde_json::Error> {
    serde_json::to_string(&Head { track_log: VERSION, sequence: sequence.to_owned() })
}

/// The line of a frame, without a line end.
///
/// # Errors
/// None that is known of; what is not finite is written as `null`.
pub fn line(header: &Header, tracks: &Tracks) -> Result<String, serde_json::Error> {
    let ego_from_world = tracks.world_from_ego.inverse();
    let place = |track: &Track| {
        let center = ego_from_world * track.bbox.center;
        [center.x(), center.y()]
    };
    let logged = tracks.tracks.iter().map(|track| LoggedTrack {
        id: track.id,
        class: track.class,
        hits: track.hits,
        existence: track.existence.get(),
        place: place(track),
        step: track.step,
    });
    serde_json::to_string(&Line {
        frame: header.frame,
        scene: header.scene,
        stamp: header.stamp.as_nanos(),
        tracks: logged.map(Into::into).collect(),
        ended: tracks.ended.iter().map(Into::into).collect(),
    })
}

/// The last line of a file of so many frames, without a line end.
pub fn tail(frames: usize) -> String {
    format!("{{\"frames\":{frames}}}")
}

/// Of the lines; readers refuse others.
const VERSION: u32 = 1;

#[cfg(test)]
mod tests;
