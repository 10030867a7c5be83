//! Launch files: what to run, as data.

mod locate;
mod settings;
mod values;

pub use settings::{Pace, RunSettings};

use values::{
    last_part, ms_of, on_late_of, parse_value, replicas_of, set_in, table_of, text_of, topics_of,
};

use crate::error::LaunchError;
use crate::kinds::explain;
use crate::late::Deadline;
use crate::suggest;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// Keys of a launch file's top level.
const TOP_KEYS: [&str; 4] = ["name", "about", "run", "node"];
/// Keys of a node that the runtime reads; the rest belongs to the component.
pub(crate) const NODE_KEYS: [&str; 6] =
    ["kind", "reads", "writes", "replicas", "deadline_ms", "on_late"];

/// One component of a launch file.
#[derive(Clone, Debug, Default)]
pub struct NodeSpec {
    /// Kind of component.
    pub kind: String,
    /// Input port to topic, where it differs from the port's own.
    pub reads: BTreeMap<String, String>,
    /// Output port to topic, where it differs from the port's own.
    pub writes: BTreeMap<String, String>,
    /// How many instances work side by side, where the component allows it.
    pub replicas: Option<usize>,
    /// When it should be done with a frame.
    pub deadline: Deadline,
    /// Parameters of the component that differ from its defaults.
    pub config: toml::Table,
}

/// A launch file: parsed, with overrides applied, not yet checked against components.
#[derive(Clone, Debug)]
pub struct LaunchFile {
    /// Name of the run.
    pub name: String,
    /// What it is for.
    pub about: String,
    /// How to run.
    pub run: RunSettings,
    /// Components by id.
    pub nodes: BTreeMap<String, NodeSpec>,
    path: PathBuf,
    text: String,
    overridden: BTreeMap<(String, String), String>,
}

impl LaunchFile {
    /// Reads a launch file.
    ///
    /// # Errors
    /// [`LaunchError`] when it cannot be read, is not TOML, or has keys of its own that
    /// nobody knows.
    pub fn load(path: &Path) -> Result<Self, LaunchError> {
        let text = std::fs::read_to_string(path)
            .map_err(|source| LaunchError::Read { path: path.to_owned(), source })?;
        Self::parse(&text, path)
    }

    /// Parses the text of a launch file; `path` is for messages and relative paths.
    ///
    /// # Errors
    /// As [`LaunchFile::load`].
    pub fn parse(text: &str, path: &Path) -> Result<Self, LaunchError> {
        let table: toml::Table = text.parse().map_err(|error| syntax(path, text, &error))?;
        let mut file = Self {
            name: String::new(),
            about: String::new(),
            run: RunSettings::default(),
            nodes: BTreeMap::new(),
            path: path.to_owned(),
            text: text.to_owned(),
            overridden: BTreeMap::new(),
        };
        for (key, value) in table {
            file.take_top(&key, value)?;
        }
        Ok(file)
    }

    /// Path the file was read from.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Folder that relative paths in the file start from.
    pub fn folder(&self) -> &Path {
        match self.path.parent() {
            Some(folder) if !folder.as_os_str().is_empty() => folder,
            _ => Path::new("."),
        }
    }

    /// Applies `node.key=value`, as given on the command line. The value is TOML; a bare
    /// word is a string. `run.key=value` changes the run itself.
    ///
    /// # Errors
    /// [`LaunchError::Setting`] when the text has another form or names no node.
    pub fn set(&mut self, text: &str) -> Result<(), LaunchError> {
        let place = format!("--set {text}");
        let wrong = |message: String| LaunchError::Setting { place: place.clone(), message };
        let (target, value) =
            text.split_once('=').ok_or_else(|| wrong("expected node.key=value".to_owned()))?;
        let (node, key) = target
            .trim()
            .split_once('.')
            .ok_or_else(|| wrong("expected node.key=value, the key has no node".to_owned()))?;
        self.set_value(node, key, parse_value(value.trim()), &place)
    }

    /// Sets parameter `key` of `node` (dots lead into tables), saying where it came from.
    ///
    /// # Errors
    /// [`LaunchError::Setting`] when there is no such node or the key leads nowhere.
    pub fn set_value(
        &mut self,
        node: &str,
        key: &str,
        value: toml::Value,
        place: &str,
    ) -> Result<(), LaunchError> {
        let wrong = |message: String| LaunchError::Setting { place: place.to_owned(), message };
        if node == "run" {
            self.run = self.run.with(key, value).map_err(wrong)?;
            self.overridden.insert((node.to_owned(), key.to_owned()), place.to_owned());
            return Ok(());
        }
        let known: Vec<String> = self.nodes.keys().cloned().collect();
        let Some(spec) = self.nodes.get_mut(node) else {
            let hint = suggest::hint(node, known.iter().map(String::as_str));
            let list = known.join(", ");
            return Err(wrong(format!("there is no node `{node}`{hint} Nodes: {list}")));
        };
        set_in(spec, key, value).map_err(wrong)?;
        self.overridden.insert((node.to_owned(), key.to_owned()), place.to_owned());
        Ok(())
    }

    /// What set a node's key (`run` for the run's own) since the file was read, as [`set_value`](Self::set_value)
    /// was told; `None` where nothing did.
    pub fn set_by(&self, node: &str, key: &str) -> Option<&str> {
        self.overridden.get(&(node.to_owned(), key.to_owned())).map(String::as_str)
    }

    /// File and line, or option, that a node's key comes from.
    pub(crate) fn place(&self, node: &str, key: Option<&str>) -> String {
        if let Some(key) = key
            && let Some(place) = self.overridden.get(&(node.to_owned(), key.to_owned()))
        {
            return place.clone();
        }
        let line = locate::line_of(&self.text, node, key);
        format!("{}:{line}", self.path.display())
    }

    /// Keys of a node that were given on the command line.
    pub(crate) fn overridden(&self, node: &str) -> BTreeSet<String> {
        self.overridden.keys().filter(|(n, _)| n == node).map(|(_, key)| key.clone()).collect()
    }

    /// Where the key comes from that a message names first (between backticks).
    pub(crate) fn place_of_config(&self, node: &str, message: &str) -> String {
        let Some(named) = message.split('`').nth(1) else { return self.place(node, None) };
        let names = |key: &str| {
            key == named
                || last_part(key) == last_part(named)
                || key.split('.').next() == Some(named)
        };
        let overridden = self.overridden.iter().find(|((n, key), _)| n == node && names(key));
        overridden.map_or_else(|| self.place(node, Some(named)), |(_, place)| place.clone())
    }

    /// File and line of a key of the run's own settings.
    pub(crate) fn place_of_run(&self, message: &str) -> String {
        let key = message.split('`').nth(1).unwrap_or("run");
        let line = locate::line_of_run(&self.text, key);
        format!("{}:{line}", self.path.display())
    }

    fn take_top(&mut self, key: &str, value: toml::Value) -> Result<(), LaunchError> {
        let line = locate::line_of_top(&self.text, key);
        let place = format!("{}:{line}", self.path.display());
        let wrong = |message: String| LaunchError::Setting { place: place.clone(), message };
        match key {
            "name" => self.name = text_of(key, value).map_err(wrong)?,
            "about" => self.about = text_of(key, value).map_err(wrong)?,
            "run" => {
                self.run = value
                    .try_into()
                    .map_err(|error: toml::de::Error| wrong(explain(error.message())))?;
            }
            "node" => {
                let table = table_of(key, value).map_err(wrong)?;
                for (id, node) in table {
                    let spec = self.parse_node(&id, node)?;
                    self.nodes.insert(id, spec);
                }
            }
            _ => {
                let hint = suggest::hint(key, TOP_KEYS);
                let list = TOP_KEYS.join(", ");
                return Err(wrong(format!("unknown key `{key}`{hint} Known keys: {list}")));
            }
        }
        Ok(())
    }

    fn parse_node(&self, id: &str, value: toml::Value) -> Result<NodeSpec, LaunchError> {
        let wrong = |key: Option<&str>, message: String| LaunchError::Setting {
            place: self.place(id, key),
            message,
        };
        let mut config = table_of(id, value).map_err(|message| wrong(None, message))?;
        let mut take = |key: &'static str| config.remove(key).map(|value| (key, value));
        let (kind, reads, writes, replicas) =
            (take(NODE_KEYS[0]), take(NODE_KEYS[1]), take(NODE_KEYS[2]), take(NODE_KEYS[3]));
        let (take_ms, take_late) = (take(NODE_KEYS[4]), take(NODE_KEYS[5]));
        let Some((key, kind)) = kind else {
            return Err(wrong(None, format!("node `{id}` has no `kind`")));
        };
        let kind = text_of(key, kind).map_err(|message| wrong(Some(key), message))?;
        let topics = |entry: Option<(&'static str, toml::Value)>| {
            entry.map_or(Ok(BTreeMap::new()), |(key, value)| {
                topics_of(key, value).map_err(|message| wrong(Some(key), message))
            })
        };
        let replicas = replicas
            .map(|(key, value)| replicas_of(&value).map_err(|m| wrong(Some(key), m)))
            .transpose()?;
        let after_ms = take_ms.map(|(key, v)| ms_of(key, &v).map_err(|m| wrong(Some(key), m)));
        let on_late = take_late.map(|(key, v)| on_late_of(v).map_err(|m| wrong(Some(key), m)));
        let deadline = Deadline {
            after_ms: after_ms.transpose()?,
            on_late: on_late.transpose()?.unwrap_or_default(),
        };
        let (reads, writes) = (topics(reads)?, topics(writes)?);
        Ok(NodeSpec { kind, reads, writes, replicas, deadline, config })
    }
}

fn syntax(path: &Path, text: &str, error: &toml::de::Error) -> LaunchError {
    let at = error.span().map_or(0, |span| span.start);
    let line = text.bytes().take(at).filter(|byte| *byte == b'\n').count() + 1;
    LaunchError::Syntax { path: path.to_owned(), line, message: error.message().to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str =
        "name = \"x\"\n[run]\nworkers = 2\n\n[node.camera]\nkind = \"c\"\nmodel = \"m\"\n";

    fn parse(text: &str) -> Result<LaunchFile, LaunchError> {
        LaunchFile::parse(text, Path::new("x.toml"))
    }

    #[test]
    fn a_file_is_read_and_overridden() {
        let mut file = parse(TEXT).expect("valid");
        assert_eq!((file.name.as_str(), file.run.workers), ("x", 2));
        file.set("camera.model=../a b.onnx").expect("a string");
        file.set("camera.size=[416, 416]").expect("TOML");
        file.set("camera.nms.iou=0.5").expect("nested");
        file.set("run.workers=4").expect("the run");
        let config = &file.nodes["camera"].config;
        assert_eq!(config["model"].as_str(), Some("../a b.onnx"));
        assert_eq!(config["size"].as_array().map(Vec::len), Some(2));
        assert_eq!(config["nms"]["iou"].as_float(), Some(0.5));
        assert_eq!(file.run.workers, 4);
        assert_eq!(file.place("camera", Some("nms.iou")), "--set camera.nms.iou=0.5");
        file.set(" camera.device = cpu").expect("blanks");
        assert!(
            file.set_by("camera", "device").is_some() && file.set_by("run", "workers").is_some()
        );
        assert_eq!(file.set_by("run", "frames"), None);
        assert_eq!(file.place("camera", Some("kind")), "x.toml:6");
    }

    #[test]
    fn mistakes_name_file_and_line() {
        let table = [
            ("nam = 1", "x.toml:1: unknown key `nam`; did you mean `name`?"),
            ("name = 3", "x.toml:1: `name` must be a string, not integer"),
            ("name = ", "x.toml:1: "),
            ("[run]\nworker = 2", "x.toml:1: unknown key `worker`; did you mean `workers`?"),
            ("\n[node.a]\nx = 1", "x.toml:2: node `a` has no `kind`"),
            ("[node.a]\nkind = \"k\"\nreads = 3", "x.toml:3: `reads` must be a table"),
            ("[node.a]\nkind = \"k\"\nreplicas = 0", "x.toml:3: `replicas` must be"),
            ("[node]\na = 1", "`a` must be a table"),
        ];
        for (text, wanted) in table {
            let message = parse(text).expect_err(text).to_string();
            assert!(message.contains(wanted), "{text:?} gave {message:?}, wanted {wanted:?}");
        }
    }

    #[test]
    fn overrides_that_lead_nowhere_are_refused() {
        let mut file = parse(TEXT).expect("valid");
        let table = [
            ("camera", "expected node.key=value"),
            ("model=1", "the key has no node"),
            ("camra.model=1", "did you mean `camera`?"),
            ("camera.model.x=1", "leads nowhere"),
            ("run.speed=1", "unknown key `speed`"),
        ];
        for (text, wanted) in table {
            let message = file.set(text).expect_err(text).to_string();
            assert!(message.contains(wanted), "{text:?} gave {message:?}, wanted {wanted:?}");
        }
    }
}
