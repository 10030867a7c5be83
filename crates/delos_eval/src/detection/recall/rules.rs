//! What counts, and what is right.

use delos_core::ObjectClass;
use delos_core::setting::{SettingError, check, not_negative, positive, share};
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// When a detection fits an object.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum MatchRule {
    /// Seen from above, their intersection over union is at least this; more fits better.
    Iou(f64),
    /// Seen from above, their centres are at most this far apart, metres; nearer fits better.
    Centre(f64),
}

impl FromStr for MatchRule {
    type Err = SettingError;

    /// `iou:0.5` (above 0, at most 1) or `centre:1.0` (metres).
    fn from_str(text: &str) -> Result<Self, SettingError> {
        let refused = || SettingError {
            name: "match",
            value: text.to_owned(),
            wanted: "`iou:0.5` (above 0, at most 1) or `centre:1.0` (metres, above 0)",
        };
        let (kind, number) = text.split_once(':').ok_or_else(refused)?;
        let number: f64 = number.trim().parse().map_err(|_no_number| refused())?;
        let rule = match kind.trim() {
            "iou" => Self::Iou(number),
            "centre" | "center" => Self::Centre(number),
            _ => return Err(refused()),
        };
        rule.check().map_err(|_out_of_range| refused())?;
        Ok(rule)
    }
}

impl fmt::Display for MatchRule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Iou(least) => write!(f, "iou:{least}"),
            Self::Centre(most) => write!(f, "centre:{most}"),
        }
    }
}

impl TryFrom<String> for MatchRule {
    type Error = SettingError;
    fn try_from(text: String) -> Result<Self, SettingError> {
        text.parse()
    }
}

impl From<MatchRule> for String {
    fn from(rule: MatchRule) -> Self {
        rule.to_string()
    }
}

impl MatchRule {
    fn check(self) -> Result<(), SettingError> {
        match self {
            Self::Iou(least) => positive("match", least).and_then(|()| share("match", least)),
            Self::Centre(most) => positive("match", most),
        }
    }
}

/// What counts, and what is right.
///
/// - An object **counts** when it is of the class that is looked for, has at least `min_points`
///   points of the scan in its box and lies within `max_range_m`.
/// - A detection of that class is **right** when it has found one of them ([`MatchRule`]).
/// - Otherwise it is **neither** right nor wrong when it fits an object of the class that does
///   not count or one of the neighbouring class (vans for cars, sitting persons for
///   pedestrians), any number of detections for each of them; when its footprint shares anything
///   with that of an ignored row; when more than `region_share` of its rectangle in the image
///   lies in one `DontCare` region, or that rectangle is less than `min_height_px` high; when it
///   lies beyond `max_range_m`; or when it has no rectangle and its centre lies more than
///   `half_view_rad` off the camera's axis, where nothing is labelled.
/// - Everything else is **wrong**: on other classes, and a second one on the same object too.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct RecallRules {
    /// The class that is looked for.
    pub class: ObjectClass,
    /// When a detection fits an object.
    #[serde(rename = "match")]
    pub match_rule: MatchRule,
    /// Objects with fewer points in their box do not count.
    pub min_points: u32,
    /// Objects count up to this distance of their centre from the camera seen from above,
    /// metres; `None` for any.
    pub max_range_m: Option<f64>,
    /// Detections whose rectangle in the image is lower are not held against the detector.
    pub min_height_px: f64,
    /// Nor are those of whose rectangle more than this share lies in a region to leave out.
    pub region_share: f64,
    /// Nor are those without a rectangle that lie farther off the camera's axis, radians.
    pub half_view_rad: f64,
    /// The precisions at which the recall is asked for.
    pub precisions: Vec<f64>,
    /// Where one band of distance ends and the next begins, metres, ascending.
    pub band_edges_m: Vec<f64>,
}

impl Default for RecallRules {
    fn default() -> Self {
        Self {
            class: ObjectClass::Car,
            match_rule: MatchRule::Iou(0.5),
            min_points: 0,
            max_range_m: None,
            min_height_px: 15.0,
            region_share: 0.5,
            half_view_rad: 40_f64.to_radians(),
            precisions: vec![0.7, 0.9],
            band_edges_m: vec![0.0, 20.0, 30.0, 40.0, 70.0],
        }
    }
}

impl RecallRules {
    /// Checks the ranges.
    ///
    /// # Errors
    /// The first field out of its range.
    pub fn check(&self) -> Result<(), SettingError> {
        self.match_rule.check()?;
        positive("max_range_m", self.max_range_m.unwrap_or(1.0))?;
        not_negative("min_height_px", self.min_height_px)?;
        share("region_share", self.region_share)?;
        not_negative("half_view_rad", self.half_view_rad)?;
        self.precisions.iter().try_for_each(|precision| share("precisions", *precision))?;
        let edges = &self.band_edges_m;
        edges.iter().try_for_each(|edge| not_negative("band_edges_m", *edge))?;
        let mut pairs = edges.iter().zip(edges.iter().skip(1));
        let falling = pairs.find(|(from, to)| from >= to).map_or(0.0, |(_, to)| *to);
        let rises = edges.is_sorted_by(|from, to| from < to);
        check("band_edges_m", falling, "edges that rise", rises)
    }
}
