//! How much there is.

use super::scene::Scene;
use serde::Serialize;

/// What is left after preprocessing, as `TrackEval`'s `Count`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Count {
    /// Results.
    #[serde(rename = "Dets")]
    pub results: u64,
    /// Objects.
    #[serde(rename = "GT_Dets")]
    pub objects: u64,
    /// Identities of results.
    #[serde(rename = "IDs")]
    pub result_ids: u64,
    /// Identities of objects.
    #[serde(rename = "GT_IDs")]
    pub object_ids: u64,
    /// Length in frames; `TrackEval` has none for sequences combined.
    #[serde(rename = "Frames", skip_serializing_if = "Option::is_none")]
    pub frames: Option<u64>,
}

impl Count {
    /// Of several sequences: all is added, without the frames.
    pub fn combined<'a>(parts: impl Iterator<Item = &'a Self>) -> Self {
        parts.fold(Self::default(), |sum, part| Self {
            results: sum.results + part.results,
            objects: sum.objects + part.objects,
            result_ids: sum.result_ids + part.result_ids,
            object_ids: sum.object_ids + part.object_ids,
            frames: None,
        })
    }

    pub(super) fn of(scene: &Scene) -> Self {
        Self {
            results: scene.results().len() as u64,
            objects: scene.truth().len() as u64,
            result_ids: scene.results().identities() as u64,
            object_ids: scene.truth().identities() as u64,
            frames: Some(u64::from(scene.length())),
        }
    }
}
