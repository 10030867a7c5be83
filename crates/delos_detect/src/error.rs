//! What can go wrong between a model's name and boxes in an image.

use delos_infer::InferError;
use std::path::{Path, PathBuf};

/// What can go wrong between a model's name and boxes in an image.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DetectError {
    /// A model card that does not parse or contradicts itself.
    #[error("{place}: {cause}")]
    Card {
        /// File of the card.
        place: String,
        /// What is wrong, with line and column where it is a matter of syntax.
        cause: String,
    },
    /// A table of trees that does not fit the program.
    #[error("table of trees: {reason}")]
    Trees {
        /// What does not fit.
        reason: String,
    },
    /// No card has this name.
    #[error("no model card `{name}`; there are {known}, or give a path to FILE.onnx{unread}")]
    UnknownModel {
        /// The name asked for.
        name: String,
        /// The names of all cards.
        known: String,
        /// The files among the cards that are none and why, each after `; `.
        unread: String,
    },
    /// The file of a card is nowhere.
    #[error("model `{name}`: no file {file} in {looked}; {remedy}")]
    MissingFile {
        /// Name of the card, or the path asked for.
        name: String,
        /// File looked for.
        file: String,
        /// Folders looked at.
        looked: String,
        /// What to do.
        remedy: String,
    },
    /// A model file cannot be read or a card cannot be written.
    #[error("{}: {source}", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// Why not.
        source: std::io::Error,
    },
    /// A file that is not the one its card describes.
    #[error(
        "{path}: not the file of model card `{card}`: its sha256 starts {got}, the card's {wanted}",
        path = path.display(), got = digits(got), wanted = digits(wanted)
    )]
    Hash {
        /// The file.
        path: PathBuf,
        /// Name of the card.
        card: String,
        /// sha256 in the card.
        wanted: String,
        /// sha256 of the file.
        got: String,
    },
    /// A file that no card describes.
    #[error(
        "{path}: no model card has its sha256 ({sha256}); `delos models add {path}` writes one to fill in",
        path = path.display()
    )]
    NoCard {
        /// The file.
        path: PathBuf,
        /// sha256 of the file.
        sha256: String,
    },
    /// A network of one size of which no network of any size can be made.
    #[error("model `{card}`: batch and size cannot be made free: {reason}")]
    FreeAxes {
        /// Name of the card.
        card: String,
        /// What stands in the way.
        reason: String,
    },
    /// A network whose tensors are not the ones its card describes.
    #[error("model `{card}`: the card says {side} {wanted}, the file has {got}")]
    Tensor {
        /// Name of the card.
        card: String,
        /// "input" or "output".
        side: &'static str,
        /// What the card says.
        wanted: String,
        /// What the file has.
        got: String,
    },
    /// A network for another sensor.
    #[error("model `{card}` is for {got}, not for {wanted}")]
    Kind {
        /// Name of the card.
        card: String,
        /// What is to be looked at.
        wanted: &'static str,
        /// What the network looks at.
        got: &'static str,
    },
    /// A part of the ground that no card names.
    #[error("model `{card}` knows no window `{name}`; there are {known}")]
    UnknownWindow {
        /// Name of the card.
        card: String,
        /// The name asked for.
        name: String,
        /// The names of all windows.
        known: String,
    },
    /// An input size that the network does not take.
    #[error("model `{card}`: input size {}x{} is not possible: {cause}", size[0], size[1])]
    InputSize {
        /// Name of the card.
        card: String,
        /// Width and height.
        size: [u32; 2],
        /// Why not.
        cause: String,
    },
    /// More images than a camera detector was opened for.
    #[error("{got} images at once, at most {most} were announced")]
    Images {
        /// Most images of one call.
        most: usize,
        /// Images given.
        got: usize,
    },
    /// A part of the ground that a LiDAR network cannot look at.
    #[error(
        "window of {}x{} cells from ({}, {}): {cause}",
        cells[0], cells[1], corner_m[0], corner_m[1]
    )]
    Window {
        /// Least x and y, metres.
        corner_m: [f64; 2],
        /// Cells along x and y.
        cells: [u32; 2],
        /// Why not.
        cause: &'static str,
    },
    /// A limit for scores or overlaps outside 0..=1.
    #[error("{name} is {value}, which is not within 0..=1")]
    Threshold {
        /// Name of the limit.
        name: &'static str,
        /// Its value.
        value: f32,
    },
    /// A polygon of the region of interest that is none.
    #[error("{name}: {cause}")]
    Region {
        /// Which polygon.
        name: String,
        /// What is wrong with it.
        cause: String,
    },
    /// A parameter of the LiDAR detector out of its range.
    #[error(transparent)]
    Setting(#[from] delos_core::SettingError),
    /// Inference failed.
    #[error(transparent)]
    Infer(#[from] InferError),
}

impl DetectError {
    pub(crate) fn io(path: &Path) -> impl FnOnce(std::io::Error) -> Self {
        let path = path.to_owned();
        move |source| Self::Io { path, source }
    }
}

/// As much of a hash as a person compares.
fn digits(sha256: &str) -> &str {
    sha256.get(..12).unwrap_or(sha256)
}
