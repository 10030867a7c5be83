//! Reading settings: what a file says is laid over the defaults, key by key.

use super::TrackerConfig;
use serde::de::Error;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::{Map, Value};

/// Kinds of objects, and the table that changes all of them.
const KINDS: [&str; 4] = ["vehicle", "pedestrian", "cyclist", "other"];
const EVERY: &str = "every";

impl Serialize for TrackerConfig {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        Self::serialize(self, serializer)
    }
}

impl<'de> Deserialize<'de> for TrackerConfig {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let said = Value::deserialize(deserializer)?;
        Self::over_defaults(said).map_err(D::Error::custom)
    }
}

impl TrackerConfig {
    fn over_defaults(mut said: Value) -> Result<Self, String> {
        let defaults = Self::serialize(&Self::default(), serde_json::value::Serializer);
        let mut settings = defaults.map_err(|error| error.to_string())?;
        let every = said.as_object_mut().and_then(|table| table.remove(EVERY));
        for kind in KINDS.iter().filter(|_| every.is_some()) {
            let change = every.clone().unwrap_or_default();
            lay_over(&mut settings[*kind], change, EVERY)?;
        }
        lay_over(&mut settings, said, "")?;
        Self::deserialize(settings).map_err(|error| error.to_string())
    }
}

/// Changes the values that `change` names. Keys that `base` lacks are errors, in serde's words.
fn lay_over(base: &mut Value, change: Value, path: &str) -> Result<(), String> {
    match (base, change) {
        (Value::Object(base), Value::Object(change)) => {
            change.into_iter().try_for_each(|(key, value)| lay_over_key(base, &key, value, path))
        }
        (base, change) if is_alike(base, &change) => {
            *base = change;
            Ok(())
        }
        (base, change) => Err(format!("`{path}` is {change}, wanted something like {base}")),
    }
}

fn lay_over_key(
    base: &mut Map<String, Value>,
    key: &str,
    change: Value,
    path: &str,
) -> Result<(), String> {
    let inner = if path.is_empty() { key.to_owned() } else { format!("{path}.{key}") };
    match base.get_mut(key) {
        Some(value) => lay_over(value, change, &inner),
        None => Err(unknown(base, key, path)),
    }
}

fn unknown(base: &Map<String, Value>, key: &str, path: &str) -> String {
    let mut known: Vec<String> = base.keys().map(|known| format!("`{known}`")).collect();
    if path.is_empty() {
        known.push(format!("`{EVERY}`"));
    }
    format!("unknown field `{key}`, expected one of {}", known.join(", "))
}

fn is_alike(base: &Value, change: &Value) -> bool {
    (base.is_number() && change.is_number())
        || (base.is_string() && change.is_string())
        || (base.is_boolean() && change.is_boolean())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{CostKind, ScoreKind};

    #[test]
    fn a_file_may_change_one_number() {
        let text = "scores = \"logit\"\n[every.life]\ncoast_s = 0.5\n[vehicle]\n\
                    life.coast_s = 1\ncost.kind = \"giou_3d\"\n[without_pose]\nacceleration = 9.0\n";
        let config: TrackerConfig = toml::from_str(text).expect("valid");
        let mut wanted = TrackerConfig { scores: ScoreKind::Logit, ..TrackerConfig::default() };
        for class in [&mut wanted.pedestrian, &mut wanted.cyclist, &mut wanted.other] {
            class.life.coast_s = 0.5;
        }
        wanted.vehicle.life.coast_s = 1.0;
        wanted.vehicle.cost.kind = CostKind::Giou3d;
        wanted.without_pose.acceleration = 9.0;
        assert_eq!(config, wanted);
        let whole = toml::to_string(&wanted).expect("valid");
        assert_eq!(toml::from_str::<TrackerConfig>(&whole).expect("valid"), wanted);
    }

    #[test]
    fn wrong_keys_and_values_are_named() {
        let table = [
            ("max_cost = 1.0", "unknown field `max_cost`"),
            ("[vehicle.noise]\nyaw = 1.0", "unknown field `yaw`"),
            ("[every.lief]\nend = 1.0", "unknown field `lief`"),
            ("[vehicle.cost]\nkind = \"iou\"", "unknown variant `iou`"),
            ("[vehicle.cost]\nnone = \"much\"", "`vehicle.cost.none` is \"much\""),
            ("[vehicle]\nlife = 3", "`vehicle.life` is 3"),
            ("[pedestrian.life]\nconfirm_hits = 1.5", "1.5"),
        ];
        for (text, wanted) in table {
            let error = toml::from_str::<TrackerConfig>(text).expect_err(text).to_string();
            assert!(error.contains(wanted), "{text}: {error}");
        }
    }
}
