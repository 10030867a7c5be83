//! How long the run took for a frame.

use super::facts::{self, Launch};
use super::folder::RunFolder;
use super::publication::Path;
use super::report::Latency;
use delos_runtime::LatencySummary;
use serde::de::{MapAccess, Visitor};
use serde::{Deserialize, Deserializer};
use std::fmt;

/// Summaries of `latency.json`.
#[derive(Deserialize)]
struct Summaries {
    #[serde(deserialize_with = "ordered")]
    components: Vec<(String, LatencySummary)>,
    end_to_end: LatencySummary,
}

/// The entries of an object in the order of the file, which is that of the chain.
fn ordered<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Vec<(String, LatencySummary)>, D::Error> {
    struct Entries;
    impl<'de> Visitor<'de> for Entries {
        type Value = Vec<(String, LatencySummary)>;
        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("summaries by component")
        }
        fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
            let mut entries = Vec::new();
            while let Some(entry) = map.next_entry()? {
                entries.push(entry);
            }
            Ok(entries)
        }
    }
    deserializer.deserialize_map(Entries)
}

pub(super) fn latency(run: &RunFolder) -> anyhow::Result<Latency> {
    let path = run.path.join("latency.json");
    let Summaries { components, end_to_end } = facts::read(&path)?;
    let work = to_answer(&run.facts.launch).map(|path| {
        let works = run.sequences.iter().flat_map(|sequence| path.work(sequence));
        LatencySummary::of(works.map(|work| work.takes.as_nanos()).collect())
    });
    Ok(Latency { components, end_to_end, work: work.unwrap_or_default() })
}

/// The way to what a run is for: its tracks, in a chain without a tracker its objects, else
/// what one of the detectors finds.
pub(super) fn to_answer(launch: &Launch) -> Option<Path> {
    ["tracks", "objects", "lidar", "detections_2d"].iter().find_map(|port| Path::to(launch, port))
}
