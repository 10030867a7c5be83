//! Model cards: what a network file is, what goes in and what comes out.
//!
//! A card is a TOML file. The cards of the repository's `models/` folder are part of the
//! program, and so is the network `delos_camera`; a [`ModelStore`] reads further cards from folders. A file that does not match
//! its card is refused with the reason.

mod card;
mod draft;
mod store;
mod tensors;

pub use card::{
    ChannelOrder, Classes, Decoder, InputCard, LetterboxCard, ModelCard, OutputCard, Placement,
    Rounding, Taxonomy, TensorLayout, Thresholds,
};
pub use draft::draft_card;
pub use store::{Download, Embedded, ListedModel, ModelStore, ResolvedModel};
pub use tensors::check_tensors;
pub(crate) use tensors::{input_shape, output_shape};
