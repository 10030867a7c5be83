//! Reading settings: what a file says is laid over the defaults.

use super::DelayedConfig;
use crate::config::reading::laid_over;
use serde::de::Error;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::Value;

impl Serialize for DelayedConfig {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        Self::serialize(self, serializer)
    }
}

impl<'de> Deserialize<'de> for DelayedConfig {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let said = Value::deserialize(deserializer)?;
        Self::over_defaults(said).map_err(D::Error::custom)
    }
}

impl DelayedConfig {
    fn over_defaults(mut said: Value) -> Result<Self, String> {
        let lag = said.as_object_mut().and_then(|table| table.remove("lag_s"));
        let defaults = Self::serialize(&Self::default(), serde_json::value::Serializer);
        let mut settings = laid_over(defaults.map_err(|error| error.to_string())?, said)?;
        if let Some(lag) = lag {
            settings["lag_s"] = lag;
        }
        Self::deserialize(settings).map_err(|error| error.to_string())
    }
}

/// A lag as a number of seconds or the word `offline`.
pub(super) mod lag {
    use super::super::Lag;
    use serde::de::Error;
    use serde::{Deserialize, Deserializer, Serializer};
    use serde_json::Value;

    pub(in super::super) fn serialize<S: Serializer>(
        lag: &Lag,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        match lag {
            Lag::Seconds(seconds) => serializer.serialize_f64(*seconds),
            Lag::Offline => serializer.serialize_str("offline"),
        }
    }

    pub(in super::super) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Lag, D::Error> {
        match Value::deserialize(deserializer)? {
            Value::String(word) if word == "offline" => Ok(Lag::Offline),
            other => match other.as_f64() {
                Some(seconds) => Ok(Lag::Seconds(seconds)),
                None => Err(D::Error::custom(format!(
                    "`lag_s` is {other}, wanted seconds or \"offline\""
                ))),
            },
        }
    }
}
