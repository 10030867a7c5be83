//! The registry: kinds of components by name.

use crate::build::BuildContext;
use crate::component::{AnyComponent, Component, Concurrency, Role};
use crate::error::Cause;
use crate::launch::NODE_KEYS;
use crate::ports::PortList;
use crate::suggest;
use std::collections::BTreeMap;

/// What is known about a kind.
#[derive(Clone, Debug)]
pub struct KindInfo {
    /// Name in launch files.
    pub name: &'static str,
    /// One sentence for people.
    pub about: &'static str,
    /// What it is to the graph.
    pub role: Role,
    /// Whether frames may be processed side by side.
    pub concurrency: Concurrency,
    /// Every parameter that has a default.
    pub defaults: toml::Table,
    /// Parameters that are not set where nobody sets them.
    pub unset: Vec<String>,
    /// Ports with default parameters.
    pub ports: PortList,
}

type Declare = fn(&toml::Table) -> Result<Declared, String>;
pub(crate) type Builder =
    Box<dyn Fn(&BuildContext) -> Result<Box<dyn AnyComponent>, Cause> + Send + Sync>;

/// A component whose parameters have been read, but which has not been built.
pub(crate) struct Declared {
    pub(crate) ports: PortList,
    pub(crate) config: toml::Table,
    pub(crate) builder: Builder,
}

#[derive(Clone)]
pub(crate) struct Kind {
    pub(crate) info: KindInfo,
    pub(crate) declare: Declare,
}

/// Every kind of component a program knows.
#[derive(Clone, Default)]
pub struct Registry {
    kinds: BTreeMap<&'static str, Kind>,
}

impl Registry {
    /// Adds the kind of `C`; a later one of the same name replaces the earlier.
    #[must_use]
    pub fn with<C: Component>(mut self) -> Self {
        let mut ports = PortList::default();
        C::ports(&C::Config::default(), &mut ports);
        let defaults = toml::Table::try_from(C::Config::default()).unwrap_or_default();
        let known = known_keys::<C::Config>();
        let info = KindInfo {
            name: C::KIND,
            about: C::ABOUT,
            role: C::ROLE,
            concurrency: C::CONCURRENCY,
            unset: known.into_iter().filter(|key| !defaults.contains_key(key)).collect(),
            defaults,
            ports,
        };
        self.kinds.insert(C::KIND, Kind { info, declare: declare::<C> });
        self
    }

    /// Every kind, by name.
    pub fn kinds(&self) -> impl Iterator<Item = &KindInfo> {
        self.kinds.values().map(|kind| &kind.info)
    }

    pub(crate) fn get(&self, name: &str) -> Result<&Kind, String> {
        self.kinds.get(name).ok_or_else(|| {
            let known: Vec<&str> = self.kinds.keys().copied().collect();
            let hint = suggest::hint(name, known.iter().copied());
            format!("unknown kind `{name}`{hint} Known kinds: {}", known.join(", "))
        })
    }
}

/// Every key that a `T` knows, as its own complaint about an unknown one lists them.
fn known_keys<T: serde::de::DeserializeOwned>() -> Vec<String> {
    let mut table = toml::Table::new();
    table.insert("?".to_owned(), toml::Value::Boolean(true));
    let Err(error) = table.try_into::<T>() else { return Vec::new() };
    let quoted = error.message().split('`').skip(1).step_by(2);
    quoted.filter(|key| *key != "?").map(str::to_owned).collect()
}

/// Reads the parameters of a `C` and declares its ports.
fn declare<C: Component>(table: &toml::Table) -> Result<Declared, String> {
    let value = toml::Value::Table(table.clone());
    let config: C::Config = serde_path_to_error::deserialize(value).map_err(|error| {
        let path = error.path().to_string();
        let message = error.into_inner();
        explain_at(&path, message.message())
    })?;
    let mut ports = PortList::default();
    let handles = C::ports(&config, &mut ports);
    let resolved = toml::Table::try_from(config.clone()).map_err(|error| error.to_string())?;
    let builder: Builder = Box::new(move |context| {
        let component = C::build(config.clone(), handles.clone(), context)?;
        Ok(Box::new(component) as Box<dyn AnyComponent>)
    });
    Ok(Declared { ports, config: resolved, builder })
}

/// serde's message with the key it is about.
fn explain_at(path: &str, message: &str) -> String {
    let table = path.rsplit_once('.').map_or("", |(table, _)| table);
    let explained =
        if table.is_empty() { explain_among(message, &NODE_KEYS) } else { explain(message) };
    if explained != message {
        return if table.is_empty() { explained } else { format!("{explained} (in `{table}`)") };
    }
    let explained = in_words(&explained);
    if path == "." { explained } else { format!("`{path}`: {explained}") }
}

/// serde's message with a name for the number it expected.
fn in_words(message: &str) -> String {
    let Some((found, wanted)) = message.rsplit_once(", expected ") else {
        return message.to_owned();
    };
    let wanted = match wanted {
        "u8" | "u16" | "u32" | "u64" | "usize" => "a whole number, 0 or more",
        "i8" | "i16" | "i32" | "i64" | "isize" => "a whole number",
        "f32" | "f64" => "a number",
        other => other,
    };
    format!("{found}, expected {wanted}")
}

/// serde's message about an unknown key, with the nearest known one.
pub(crate) fn explain(message: &str) -> String {
    explain_among(message, &[])
}

/// The same where these keys are known, too, whatever the component.
fn explain_among(message: &str, always: &[&str]) -> String {
    let Some(rest) = message.strip_prefix("unknown field `") else { return message.to_owned() };
    let mut quoted = rest.split('`').step_by(2);
    let given = quoted.next().unwrap_or_default();
    let known: Vec<&str> = quoted.filter(|name| !name.is_empty()).collect();
    let mut lists = Vec::new();
    if !known.is_empty() {
        lists.push(format!("Known keys: {}", known.join(", ")));
    }
    if !always.is_empty() {
        lists.push(format!("keys of every node: {}", always.join(", ")));
    }
    if lists.is_empty() {
        return format!("unknown key `{given}`; there are no keys here");
    }
    let hint = suggest::hint(given, known.iter().chain(always).copied());
    format!("unknown key `{given}`{hint} {}", lists.join("; "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unknown_keys_are_explained() {
        let text = explain("unknown field `modle`, expected one of `model`, `device`");
        assert_eq!(text, "unknown key `modle`; did you mean `model`? Known keys: model, device");
        assert_eq!(explain("invalid type: string"), "invalid type: string");
        let text = explain_at("reeds", "unknown field `reeds`, expected `model`");
        assert!(
            text.contains("did you mean `reads`?")
                && text.contains("Known keys: model; keys of every node: kind, reads"),
            "{text}"
        );
        let nested = explain_at("nms.reads", "unknown field `reads`, expected `iou`");
        assert_eq!(nested, "unknown key `reads`. Known keys: iou (in `nms`)");
    }

    #[test]
    fn numbers_are_asked_for_in_words() {
        let table = [
            ("x, expected usize", "`frames`: x, expected a whole number, 0 or more"),
            ("x, expected f64", "`frames`: x, expected a number"),
            ("x, expected a map", "`frames`: x, expected a map"),
            ("x", "`frames`: x"),
        ];
        for (message, wanted) in table {
            assert_eq!(explain_at("frames", message), wanted);
        }
    }
}
