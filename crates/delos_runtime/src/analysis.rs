//! What the times of a run say: where each frame's latency went, how certain the figures are,
//! which deadlines were missed and through whose fault.

mod deadline;
mod figures;
mod path;
mod quantile;

pub use deadline::{Blame, DeadlineFigures};
pub use figures::{Analysis, Jitter, SegmentFigures};
pub use path::{Piece, Share, latency_path, path_to};
pub use quantile::{Estimate, Figures, Quantiles};
