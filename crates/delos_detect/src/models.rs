//! Model cards: what a network file is, what goes in and what comes out.
//!
//! A card is a TOML file. The cards of the repository's `models/` folder are part of the
//! program, and so are the networks `delos_camera` and `delos_lidar`; a [`ModelStore`] reads
//! further cards from folders. A file that does not match its card is refused with the reason.

mod camera_card;
mod card;
mod draft;
mod free_axes;
mod head_card;
mod lidar_card;
mod pillar_card;
mod pillar_tensors;
mod store;
mod tensors;
mod text;

pub use camera_card::{
    ChannelOrder, Decoder, ImageCard, LetterboxCard, Placement, Rounding, RowsCard, TensorLayout,
};
pub use card::{
    Classes, InputCard, InputContent, ModelCard, OutputCard, OutputContent, Taxonomy, Thresholds,
};
pub use draft::draft_card;
pub use free_axes::free_axes;
pub use head_card::{
    Activation, Anchor, AnchorCard, AnchorPlace, CellLayout, DirectionCard, HeadCard, Heading,
    HeatmapCard, HeightOf, KeepCard, NmsScope, Planes, SizeCode, SizeOrder, TurnOrder,
};
pub use lidar_card::{CentreCard, RasterCard, RasterKind};
pub use pillar_card::{
    CellColumn, CellsCard, EncoderCard, ForwardAxis, PillarCard, PillarLayout, PointFeature,
};
pub(crate) use pillar_tensors::{Tensors, cells_shape, check_pillar_tensors, points_shape};
pub use store::{Download, Embedded, ListedModel, ModelStore, ResolvedModel, UnreadCard};
pub use tensors::check_tensors;
pub(crate) use tensors::{check_batch, input_shape, rows_shape};
