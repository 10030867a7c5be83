//! Digests of a run as a file, and the first place where two runs differ.

use crate::records::RunReport;
use serde::de::{MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::fmt;

/// One entry: sequence, frame, digest of what the component sent.
pub type DigestEntry = (String, u32, String);

/// Content of `digest.json`: component to entries, components in topological order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DigestFile(pub Vec<(String, Vec<DigestEntry>)>);

impl DigestFile {
    /// Digests of a run.
    pub fn of(report: &RunReport) -> Self {
        let components = report.nodes.iter().enumerate().map(|(index, id)| {
            let entries = report.frames.iter().filter_map(|frame| {
                let digest = frame.digests.get(index)?;
                Some((frame.header.sequence.to_string(), frame.header.frame, digest.to_string()))
            });
            (id.clone(), entries.collect())
        });
        Self(components.collect())
    }

    fn component(&self, id: &str) -> Option<&[DigestEntry]> {
        self.0.iter().find(|(name, _)| name == id).map(|(_, entries)| entries.as_slice())
    }
}

impl Serialize for DigestFile {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(id, entries)| (id, entries)))
    }
}

impl<'de> Deserialize<'de> for DigestFile {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct InOrder;
        impl<'de> Visitor<'de> for InOrder {
            type Value = DigestFile;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a map from component to a list of (sequence, frame, digest)")
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<DigestFile, A::Error> {
                let mut components = Vec::new();
                while let Some(entry) = map.next_entry()? {
                    components.push(entry);
                }
                Ok(DigestFile(components))
            }
        }
        deserializer.deserialize_map(InOrder)
    }
}

/// The first difference between two runs.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Difference {
    /// The runs do not have the same components.
    Components {
        /// Only in the first run.
        only_a: Vec<String>,
        /// Only in the second run.
        only_b: Vec<String>,
    },
    /// The runs do not have the same frames.
    Frames {
        /// Component that tells.
        component: String,
        /// Sequence and frame of the first run there, if it has one.
        a: Option<(String, u32)>,
        /// Sequence and frame of the second run there, if it has one.
        b: Option<(String, u32)>,
    },
    /// A component sent something else.
    Content {
        /// The component.
        component: String,
        /// Name of the sequence.
        sequence: String,
        /// Frame number.
        frame: u32,
        /// Other components that differ in the same frame.
        also: Vec<String>,
        /// How many frames of the component differ.
        frames_differing: usize,
        /// How many frames both runs have.
        frames: usize,
    },
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Components { only_a, only_b } => {
                f.write_str("components differ")?;
                for (run, only) in [("A", only_a), ("B", only_b)] {
                    if !only.is_empty() {
                        write!(f, "; only in {run}: {}", only.join(", "))?;
                    }
                }
                Ok(())
            }
            Self::Frames { component, a, b } => {
                let name = |frame: &Option<(String, u32)>| match frame {
                    Some((sequence, frame)) => format!("sequence {sequence} frame {frame}"),
                    None => "no further frame".to_owned(),
                };
                write!(f, "frames differ at `{component}`: A has {}, B has {}", name(a), name(b))
            }
            Self::Content { component, sequence, frame, also, frames_differing, frames } => {
                write!(f, "first difference: component `{component}`, sequence {sequence}, ")?;
                write!(f, "frame {frame} ({frames_differing} of {frames} common frames differ)")?;
                if !also.is_empty() {
                    write!(f, "; in the same frame also {}", also.join(", "))?;
                }
                Ok(())
            }
        }
    }
}

/// The first frame in which two runs differ, and the first component (in the order of
/// the graph) that differs there; `None` when the runs are equal.
pub fn compare(a: &DigestFile, b: &DigestFile) -> Option<Difference> {
    let only = |x: &DigestFile, y: &DigestFile| -> Vec<String> {
        let missing = x.0.iter().filter(|(id, _)| y.component(id).is_none());
        missing.map(|(id, _)| id.clone()).collect()
    };
    let (only_a, only_b) = (only(a, b), only(b, a));
    if !only_a.is_empty() || !only_b.is_empty() {
        return Some(Difference::Components { only_a, only_b });
    }
    first_content(a, b).or_else(|| first_frames(a, b))
}

fn first_content(a: &DigestFile, b: &DigestFile) -> Option<Difference> {
    let firsts = a.0.iter().filter_map(|(id, entries)| {
        let other = b.component(id)?;
        let at = entries.iter().zip(other).position(|(x, y)| x != y)?;
        Some((at, id, entries, other))
    });
    // `min_by_key` takes the first of equal frames: the component furthest upstream.
    let (at, id, entries, other) = firsts.min_by_key(|(at, ..)| *at)?;
    let (x, y) = (&entries[at], &other[at]);
    if (&x.0, x.1) != (&y.0, y.1) {
        return Some(Difference::Frames {
            component: id.clone(),
            a: Some((x.0.clone(), x.1)),
            b: Some((y.0.clone(), y.1)),
        });
    }
    let differs = |name: &str| {
        let pair = a
            .component(name)
            .and_then(|e| e.get(at))
            .zip(b.component(name).and_then(|e| e.get(at)));
        pair.is_some_and(|(x, y)| x != y)
    };
    let also = a.0.iter().filter(|(name, _)| name != id && differs(name));
    Some(Difference::Content {
        component: id.clone(),
        sequence: x.0.clone(),
        frame: x.1,
        also: also.map(|(name, _)| name.clone()).collect(),
        frames_differing: entries.iter().zip(other).filter(|(x, y)| x != y).count(),
        frames: entries.len().min(other.len()),
    })
}

fn first_frames(a: &DigestFile, b: &DigestFile) -> Option<Difference> {
    a.0.iter().find_map(|(id, entries)| {
        let other = b.component(id)?;
        let at = entries.len().min(other.len());
        let name = |entry: &DigestEntry| (entry.0.clone(), entry.1);
        (entries.len() != other.len()).then(|| Difference::Frames {
            component: id.clone(),
            a: entries.get(at).map(name),
            b: other.get(at).map(name),
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(rows: &[(&str, &[&str])]) -> DigestFile {
        let component = |(id, digests): &(&str, &[&str])| {
            let entries = digests.iter().enumerate();
            let entries =
                entries.map(|(frame, digest)| ("s".to_owned(), frame as u32, (*digest).to_owned()));
            ((*id).to_owned(), entries.collect())
        };
        DigestFile(rows.iter().map(component).collect())
    }

    #[test]
    fn equal_runs_have_no_difference() {
        let a = file(&[("replay", &["1", "2"]), ("camera", &["3", "4"])]);
        assert_eq!(compare(&a, &a), None);
        let text = serde_json::to_string(&a).expect("serialises");
        assert_eq!(serde_json::from_str::<DigestFile>(&text).expect("parses"), a);
    }

    #[test]
    fn the_earliest_frame_and_the_component_furthest_upstream_are_named() {
        let a = file(&[("z", &["1", "2"]), ("camera", &["3", "4"]), ("a", &["5", "6"])]);
        let b = file(&[("z", &["1", "2"]), ("camera", &["3", "x"]), ("a", &["5", "y"])]);
        let Some(Difference::Content { component, frame, also, .. }) = compare(&a, &b) else {
            panic!("a difference in content");
        };
        assert_eq!((component.as_str(), frame, also), ("camera", 1, vec!["a".to_owned()]));
    }

    #[test]
    fn other_components_and_other_frames_are_said() {
        let a = file(&[("replay", &["1", "2"])]);
        let b = file(&[("replay", &["1"])]);
        assert!(matches!(compare(&a, &b), Some(Difference::Frames { b: None, .. })));
        let c = file(&[("other", &["1"])]);
        assert!(matches!(compare(&a, &c), Some(Difference::Components { .. })));
    }
}
