//! The tracker's settings that a story needs, out of `run.json`.

use delos_core::ObjectClass;
use delos_track::TrackerConfig;
use serde::Serialize;
use serde_json::Value;

/// The settings of the tracker whose tracks were recorded.
pub(super) struct AllRules<'a>(&'a Value);

/// The settings for one kind of object; what the run does not say is missing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub(super) struct Rules {
    /// Cost of leaving a track without a detection.
    pub(super) none: Option<f64>,
    /// Existence from which a track is believed.
    pub(super) confirm: Option<f64>,
    /// Detections before it is believed.
    pub(super) confirm_hits: Option<u64>,
    /// A track that is seen and whose existence is below is not believed.
    pub(super) publish: Option<f64>,
    /// A track that is not seen and whose existence is below is not believed.
    pub(super) coast: Option<f64>,
    /// Seconds without a detection after which it is not believed any more.
    pub(super) coast_s: Option<f64>,
    /// Existence below which it ends.
    pub(super) end: Option<f64>,
    /// Seconds without a detection after which a once believed track ends.
    pub(super) lost_s: Option<f64>,
    /// The same for one that never was.
    pub(super) tentative_s: Option<f64>,
}

impl<'a> AllRules<'a> {
    /// Those of the tracker that writes what the recorder reads.
    pub(super) fn of(facts: &'a Value) -> Self {
        let nodes = &facts["launch"]["node"];
        let all = || nodes.as_object().into_iter().flat_map(|nodes| nodes.values());
        let topic = all().find(|node| node["kind"] == "recorder").map(|n| &n["reads"]["tracks"]);
        let is_it = |node: &&Value| {
            node["kind"] == "tracker"
                && topic.is_none_or(|topic| node["writes"]["tracks"] == *topic)
        };
        Self(all().find(is_it).unwrap_or(&Value::Null))
    }

    /// Those for objects of a class.
    pub(super) fn for_class(&self, class: ObjectClass) -> Rules {
        let kind = &self.0[TrackerConfig::table_of(class)];
        let life = &kind["life"];
        let coast_s = life["coast_s"].as_f64();
        Rules {
            none: kind["cost"]["none"].as_f64(),
            confirm: life["confirm"].as_f64(),
            confirm_hits: life["confirm_hits"].as_u64(),
            publish: life["publish"].as_f64(),
            coast: life["coast"].as_f64(),
            coast_s,
            end: life["end"].as_f64(),
            lost_s: life["lost_s"].as_f64().map(|lost| lost.max(coast_s.unwrap_or(lost))),
            tentative_s: life["tentative_s"].as_f64(),
        }
    }
}
