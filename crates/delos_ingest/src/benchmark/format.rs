//! The formats of rows, and what a file of one must hold.

use super::fields::Separator;

/// How rows of KITTI's benchmarks are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RowFormat {
    /// The tracking benchmark, one file a sequence: `frame id type truncated occluded alpha x1
    /// y1 x2 y2 h w l x y z ry [score]` between blanks.
    KittiTracking,
    /// The object benchmark, one file a frame: the same without `frame id`.
    KittiObject,
    /// Detections as AB3DMOT keeps them, one file a sequence and class:
    /// `frame,type,x1,y1,x2,y2,score,h,w,l,x,y,z,ry[,alpha]`, type 1 pedestrian, 2 car, 3
    /// cyclist.
    Ab3dmot,
}

/// What is asked of the rows of a file.
#[derive(Clone, Copy, Debug, Default)]
pub struct RowRules {
    /// Length of the sequence, where it is known: frames past it are wrong.
    pub frames: Option<u32>,
    /// Whether every object (regions apart) needs an identity, alone in its frame and class.
    pub needs_identity: bool,
    /// Whether every row needs a score.
    pub needs_score: bool,
    /// Whether every row needs a place in space.
    pub needs_place: bool,
    /// What happens at an odd row.
    pub on_oddity: OnOddity,
    /// What happens at a wrong row.
    pub on_mistake: OnMistake,
}

/// What happens at a wrong row.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum OnMistake {
    /// Reading ends with an error.
    #[default]
    Stop,
    /// The row is skipped and counted.
    Skip,
}

/// What happens at an odd row: one of more columns than the format has, with edges in the wrong
/// order or a size below zero. All that is read of it are numbers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum OnOddity {
    /// It is a wrong one, whose score would tell nothing.
    #[default]
    Refuse,
    /// It stays as it is, for a chain that makes of it what it can.
    Keep,
}

/// No sequence is longer: 27 hours at 10 Hz. A frame number beyond it is a mistake that would
/// cost memory.
pub const MOST_FRAMES: u32 = 1_000_000;

/// The columns of a format.
#[derive(Clone, Copy)]
pub(super) struct Columns {
    /// Names in their order.
    pub(super) names: &'static [&'static str],
    /// So many have to be there.
    pub(super) needed: usize,
    /// What stands between them; told by the file where there is no word on it.
    pub(super) separator: Option<Separator>,
    /// Number of a sequence's first frame.
    pub(super) first_frame: u32,
}

const KITTI_TRACKING: Columns = Columns {
    names: &[
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
    ],
    needed: 17,
    separator: Some(Separator::Blanks),
    first_frame: 0,
};

const AB3DMOT: Columns = Columns {
    names: &[
        "frame", "type", "x1", "y1", "x2", "y2", "score", "h", "w", "l", "x", "y", "z", "ry",
        "alpha",
    ],
    needed: 14,
    separator: Some(Separator::Comma),
    first_frame: 0,
};

/// `MOTChallenge`, one file a sequence. What the last three mean differs between its years.
pub(super) const MOT_CHALLENGE: Columns = Columns {
    names: &[
        "frame",
        "id",
        "left",
        "top",
        "width",
        "height",
        "confidence",
        "class or x",
        "visibility or y",
        "z",
    ],
    needed: 7,
    separator: None,
    first_frame: 1,
};

impl RowFormat {
    pub(super) fn columns(self, needs_score: bool) -> Columns {
        let columns = match self {
            Self::KittiTracking => KITTI_TRACKING,
            Self::KittiObject => Columns {
                names: KITTI_TRACKING.names.get(2..).unwrap_or_default(),
                needed: KITTI_TRACKING.needed - 2,
                ..KITTI_TRACKING
            },
            Self::Ab3dmot => AB3DMOT,
        };
        // Where a score may be left out, it comes last.
        let is_optional = columns.names.get(columns.needed) == Some(&"score");
        Columns { needed: columns.needed + usize::from(needs_score && is_optional), ..columns }
    }
}

impl Columns {
    /// The separator in a file of these bytes.
    pub(super) fn separator(&self, bytes: &[u8]) -> Separator {
        let told = || if bytes.contains(&b',') { Separator::Comma } else { Separator::Blanks };
        self.separator.unwrap_or_else(told)
    }

    /// What was expected of a line with `count` columns; `None` if that is right.
    pub(super) fn mistake(&self, count: usize) -> Option<String> {
        let most = self.names.len();
        if (self.needed..=most).contains(&count) {
            return None;
        }
        let (needed, optional) = self.names.split_at(self.needed.min(most));
        let expected = match (needed.len(), optional.len()) {
            (least, 0) => format!("{least} columns expected ({})", needed.join(" ")),
            (least, more) => format!(
                "{least} {} {most} columns expected ({} [{}])",
                if more == 1 { "or" } else { "to" },
                needed.join(" "),
                optional.join("] ["),
            ),
        };
        Some(format!("{expected}, {count} found"))
    }
}
