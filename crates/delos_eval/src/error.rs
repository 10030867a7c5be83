//! What an evaluation refuses.

use std::fmt;

/// Which of the two inputs a row belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// The labels.
    Truth,
    /// What is judged.
    Results,
}

impl fmt::Display for Side {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Truth => "truth",
            Self::Results => "results",
        })
    }
}

/// Why an input cannot be scored.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum EvalError {
    /// A row lies outside of the sequence.
    #[error("{side}, line {line}: frame {frame} is outside of the sequence ({first} to {last})")]
    FrameOutside {
        /// Whose row.
        side: Side,
        /// Its line, counted from 1.
        line: u32,
        /// Its frame.
        frame: u32,
        /// The first frame there is.
        first: u32,
        /// The last frame there is, in a sequence that has any.
        last: i64,
    },
    /// Two rows of one frame carry the same identity.
    #[error("{side}, line {line}: identity {id} is there twice in frame {frame}")]
    IdTwice {
        /// Whose row.
        side: Side,
        /// Line of the second, counted from 1.
        line: u32,
        /// The frame.
        frame: u32,
        /// The identity.
        id: i64,
    },
    /// A row of a class that `MOTChallenge` does not have, or does not judge.
    #[error("{side}, line {line}: class {class}; {wanted}")]
    MotClass {
        /// Whose row.
        side: Side,
        /// Its line, counted from 1.
        line: u32,
        /// The number of the class.
        class: i64,
        /// What there may be.
        wanted: &'static str,
    },
    /// A sequence with the name under which all sequences together stand.
    #[error("a sequence cannot be called {name}: the scores of all sequences stand under it")]
    ReservedName {
        /// The name.
        name: &'static str,
    },
}
