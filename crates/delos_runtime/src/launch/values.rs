//! Values of a launch file and of the command line.

use super::NodeSpec;
use crate::kinds::explain;
use crate::late::OnLate;
use std::collections::BTreeMap;

/// A value of the command line: TOML where it parses as such, else a string.
pub(super) fn parse_value(text: &str) -> toml::Value {
    format!("value = {text}")
        .parse::<toml::Table>()
        .ok()
        .and_then(|mut table| table.remove("value"))
        .unwrap_or_else(|| toml::Value::String(text.to_owned()))
}

/// Changes what the runtime reads of a node, or else a parameter of its component.
pub(super) fn set_in(spec: &mut NodeSpec, key: &str, value: toml::Value) -> Result<(), String> {
    match key.split_once('.') {
        None if key == "kind" => spec.kind = text_of(key, value)?,
        None if key == "replicas" => spec.replicas = Some(replicas_of(&value)?),
        None if key == "deadline_ms" => spec.deadline.after_ms = Some(ms_of(key, &value)?),
        None if key == "on_late" => spec.deadline.on_late = on_late_of(value)?,
        None if key == "reads" => spec.reads = topics_of(key, value)?,
        None if key == "writes" => spec.writes = topics_of(key, value)?,
        Some(("reads", port)) => {
            spec.reads.insert(port.to_owned(), text_of(key, value)?);
        }
        Some(("writes", port)) => {
            spec.writes.insert(port.to_owned(), text_of(key, value)?);
        }
        _ => insert_at(&mut spec.config, key, value)?,
    }
    Ok(())
}

pub(super) fn insert_at(
    table: &mut toml::Table,
    key: &str,
    value: toml::Value,
) -> Result<(), String> {
    let Some((first, rest)) = key.split_once('.') else {
        table.insert(key.to_owned(), value);
        return Ok(());
    };
    let inner =
        table.entry(first.to_owned()).or_insert_with(|| toml::Value::Table(toml::Table::new()));
    match inner {
        toml::Value::Table(inner) => insert_at(inner, rest, value),
        _ => Err(format!("`{first}` is a value, not a table, so `{key}` leads nowhere")),
    }
}

pub(super) fn last_part(key: &str) -> &str {
    key.rsplit('.').next().unwrap_or(key)
}

pub(super) fn text_of(key: &str, value: toml::Value) -> Result<String, String> {
    match value {
        toml::Value::String(text) => Ok(text),
        other => Err(format!("`{key}` must be a string, not {}", other.type_str())),
    }
}

pub(super) fn table_of(key: &str, value: toml::Value) -> Result<toml::Table, String> {
    match value {
        toml::Value::Table(table) => Ok(table),
        other => Err(format!("`{key}` must be a table, not {}", other.type_str())),
    }
}

pub(super) fn topics_of(key: &str, value: toml::Value) -> Result<BTreeMap<String, String>, String> {
    table_of(key, value)?
        .into_iter()
        .map(|(port, topic)| Ok((port.clone(), text_of(&format!("{key}.{port}"), topic)?)))
        .collect()
}

pub(super) fn replicas_of(value: &toml::Value) -> Result<usize, String> {
    value
        .as_integer()
        .and_then(|n| usize::try_from(n).ok())
        .filter(|n| (1..=64).contains(n))
        .ok_or_else(|| "`replicas` must be a whole number from 1 to 64".to_owned())
}

pub(super) fn ms_of(key: &str, value: &toml::Value) -> Result<f64, String> {
    let number = value.as_float().or_else(|| value.as_integer().map(|n| n as f64));
    number.ok_or_else(|| format!("`{key}` must be a number of milliseconds, not {value}"))
}

pub(super) fn on_late_of(value: toml::Value) -> Result<OnLate, String> {
    let choice = value.try_into();
    choice.map_err(|e: toml::de::Error| format!("`on_late`: {}", explain(e.message())))
}
