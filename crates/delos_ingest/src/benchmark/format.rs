//! The formats of rows, and what a file of one must hold.

use super::fields::Separator;

/// How rows are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RowFormat {
    /// The tracking benchmark of KITTI, one file a sequence: `frame id type truncated occluded
    /// alpha x1 y1 x2 y2 h w l x y z ry [score]` between blanks.
    KittiTracking,
    /// The object benchmark of KITTI, one file a frame: the same without `frame id`.
    KittiObject,
    /// Detections as AB3DMOT keeps them, one file a sequence and class:
    /// `frame,type,x1,y1,x2,y2,score,h,w,l,x,y,z,ry,alpha`, type 1 pedestrian, 2 car, 3
    /// cyclist.
    Ab3dmot,
    /// `MOTChallenge`, one file a sequence: `frame,id,left,top,width,height,confidence` and up to
    /// three more, between commas or blanks. Frames are counted from 1 there and from 0 here.
    MotChallenge,
}

/// Which side of the comparison a file is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// What is there.
    Labels,
    /// What a program found.
    Results,
}

/// What is asked of the rows of a file.
#[derive(Clone, Copy, Debug)]
pub struct RowRules {
    /// How they are written.
    pub format: RowFormat,
    /// Which side they are.
    pub side: Side,
    /// Length of the sequence, where it is known: frames from here on are wrong.
    pub frames: Option<u32>,
    /// Whether every object (regions apart) needs an identity, alone in its frame and class.
    pub needs_identity: bool,
    /// Whether every row needs a score.
    pub needs_score: bool,
    /// Whether every row needs a place in space.
    pub needs_place: bool,
    /// Skip and count wrong rows instead of stopping at the first.
    pub is_lenient: bool,
}

/// No recording is longer: 27 hours at 10 Hz. A frame number beyond it is a mistake that
/// would cost memory.
pub const MOST_FRAMES: u32 = 1_000_000;

const KITTI_TRACKING: [&str; 18] = [
    "frame",
    "id",
    "type",
    "truncated",
    "occluded",
    "alpha",
    "x1",
    "y1",
    "x2",
    "y2",
    "h",
    "w",
    "l",
    "x",
    "y",
    "z",
    "ry",
    "score",
];
const AB3DMOT: [&str; 15] =
    ["frame", "type", "x1", "y1", "x2", "y2", "score", "h", "w", "l", "x", "y", "z", "ry", "alpha"];
const MOT_CHALLENGE: [&str; 10] =
    ["frame", "id", "left", "top", "width", "height", "confidence", "x", "y", "z"];

impl RowFormat {
    /// Names of the columns.
    pub(super) fn columns(self) -> &'static [&'static str] {
        match self {
            Self::KittiTracking => &KITTI_TRACKING,
            Self::KittiObject => KITTI_TRACKING.get(2..).unwrap_or_default(),
            Self::Ab3dmot => &AB3DMOT,
            Self::MotChallenge => &MOT_CHALLENGE,
        }
    }

    /// Number of a sequence's first frame in the file.
    pub(super) const fn first_frame(self) -> u32 {
        matches!(self, Self::MotChallenge) as u32
    }

    /// The separator of a file with these bytes.
    pub(super) fn separator(self, bytes: &[u8]) -> Separator {
        match self {
            Self::KittiTracking | Self::KittiObject => Separator::Blanks,
            Self::Ab3dmot => Separator::Comma,
            Self::MotChallenge if bytes.contains(&b',') => Separator::Comma,
            Self::MotChallenge => Separator::Blanks,
        }
    }
}

impl RowRules {
    /// The fewest and the most columns a row may have.
    pub(super) fn column_counts(&self) -> (usize, usize) {
        let most = self.format.columns().len();
        let fewest = match self.format {
            RowFormat::Ab3dmot => most,
            RowFormat::MotChallenge => 7,
            _ if self.needs_score => most,
            _ => most - 1,
        };
        (fewest, most)
    }
}
