//! Scores by sequence and class, in the tree of `TrackEval`'s files.

use super::{ALPHAS, Clear, Count, Hota, Identity, alphas};
use crate::EvalError;
use delos_core::ObjectClass;
use serde::Serialize;
use std::collections::BTreeMap;

/// The name under which the scores of all sequences together stand.
pub const COMBINED: &str = "COMBINED_SEQ";

/// All scores of one class in one sequence, or in several together.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Scores {
    /// Detection and association at 19 thresholds.
    #[serde(rename = "HOTA")]
    pub hota: Hota,
    /// Accuracy frame by frame.
    #[serde(rename = "CLEAR")]
    pub clear: Clear,
    /// One identity for each object.
    #[serde(rename = "Identity")]
    pub identity: Identity,
    /// How much there is.
    #[serde(rename = "Count")]
    pub count: Count,
}

impl Scores {
    /// Scores of several sequences together, from their sums.
    pub fn combined<'a>(parts: impl Iterator<Item = &'a Self> + Clone) -> Self {
        Self {
            hota: Hota::combined(parts.clone().map(|part| &part.hota)),
            clear: Clear::combined(parts.clone().map(|part| &part.clear)),
            identity: Identity::combined(parts.clone().map(|part| &part.identity)),
            count: Count::combined(parts.map(|part| &part.count)),
        }
    }
}

/// Scores of a data set: `sequences` → name or [`COMBINED`] → class → metric.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Report {
    /// The thresholds of the curves.
    pub alphas: [f64; ALPHAS],
    /// By name of the sequence, then by [`ObjectClass::name`].
    pub sequences: BTreeMap<String, BTreeMap<&'static str, Scores>>,
}

impl Report {
    /// The scores of each sequence and class, and those of all sequences together.
    ///
    /// # Errors
    /// A sequence called [`COMBINED`].
    pub fn new(
        parts: impl IntoIterator<Item = (String, ObjectClass, Scores)>,
    ) -> Result<Self, EvalError> {
        let mut sequences = BTreeMap::<String, BTreeMap<_, _>>::new();
        for (sequence, class, scores) in parts {
            sequences.entry(sequence).or_default().insert(class.name(), scores);
        }
        if sequences.contains_key(COMBINED) {
            return Err(EvalError::ReservedName { name: COMBINED });
        }
        let of =
            |class: &'static str| sequences.values().filter_map(move |classes| classes.get(class));
        let combined = ObjectClass::all()
            .map(ObjectClass::name)
            .filter(|class| of(class).next().is_some())
            .map(|class| (class, Scores::combined(of(class))))
            .collect();
        sequences.insert(COMBINED.to_owned(), combined);
        Ok(Self { alphas: alphas(), sequences })
    }
}
