//! Settings of the tracker as a tree of keys.

use anyhow::{Context, Result, bail};
use delos_track::TrackerConfig;
use std::fs;
use std::path::Path;
use toml::{Table, Value};

/// What a launch file says of its tracker.
pub(crate) fn read(launch: &Path) -> Result<Table> {
    let text =
        fs::read_to_string(launch).with_context(|| format!("cannot read {}", launch.display()))?;
    let mut whole: Table = text.parse().with_context(|| format!("{}", launch.display()))?;
    let tracker = whole
        .get_mut("node")
        .and_then(|nodes| nodes.get_mut("tracker"))
        .and_then(Value::as_table_mut)
        .with_context(|| format!("{} has no [node.tracker]", launch.display()))?;
    for key in ["kind", "reads"] {
        tracker.remove(key);
    }
    Ok(std::mem::take(tracker))
}

/// Changes one key, `car.motion.noise=2.0`; the value is TOML, or else a text.
pub(crate) fn set(settings: &mut Table, change: &str) -> Result<()> {
    let Some((path, text)) = change.split_once('=') else { bail!("`{change}` is not KEY=VALUE") };
    let value = format!("value = {text}")
        .parse::<Table>()
        .ok()
        .and_then(|mut table| table.remove("value"))
        .unwrap_or_else(|| Value::String(text.to_owned()));
    put(settings, path, value)
}

/// Puts a value at a path of keys between dots.
pub(crate) fn put(settings: &mut Table, path: &str, value: Value) -> Result<()> {
    let (folders, key) = path.rsplit_once('.').map_or((None, path), |(f, k)| (Some(f), k));
    let mut table = settings;
    for folder in folders.iter().flat_map(|folders| folders.split('.')) {
        table = table
            .entry(folder)
            .or_insert_with(|| Value::Table(Table::new()))
            .as_table_mut()
            .with_context(|| format!("`{folder}` of `{path}` is no table"))?;
    }
    table.insert(key.to_owned(), value);
    Ok(())
}

/// The settings, checked.
pub(crate) fn config(settings: &Table) -> Result<TrackerConfig> {
    let config: TrackerConfig = settings.clone().try_into()?;
    config.validate()?;
    Ok(config)
}

/// The number at a path of keys, where there is one.
pub(crate) fn get(settings: &Table, path: &str) -> Option<f64> {
    let (folders, key) = path.rsplit_once('.').map_or((None, path), |(f, k)| (Some(f), k));
    let mut table = settings;
    for folder in folders.iter().flat_map(|folders| folders.split('.')) {
        table = table.get(folder)?.as_table()?;
    }
    let value = table.get(key)?;
    value.as_float().or_else(|| value.as_integer().map(|v| v as f64))
}

/// The value that a key has, said or by default; `None` where it is no key.
pub(crate) fn value_in_force(settings: &Table, path: &str) -> Result<Option<Value>> {
    let whole = Table::try_from(config(settings)?)?;
    let mut value = &Value::Table(whole);
    for key in path.split('.') {
        match value.get(key) {
            Some(inner) => value = inner,
            None => return Ok(None),
        }
    }
    Ok(Some(value.clone()))
}
