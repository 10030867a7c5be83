//! What a component may ask for while it is made ready.

use std::any::{Any, TypeId};
use std::collections::{BTreeSet, HashMap};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Things the program lends to components while they are built.
#[derive(Clone, Default)]
pub struct BuildContext {
    base: PathBuf,
    node: String,
    workers: Option<usize>,
    overridden: BTreeSet<String>,
    shared: HashMap<TypeId, Arc<dyn Any + Send + Sync>>,
}

impl BuildContext {
    /// A context in which relative paths of the launch file start at `base`.
    pub fn new(base: impl Into<PathBuf>) -> Self {
        Self { base: base.into(), ..Self::default() }
    }

    /// Lends `value` to every component; one value of each type.
    #[must_use]
    pub fn with<T: Any + Send + Sync>(mut self, value: Arc<T>) -> Self {
        self.shared.insert(TypeId::of::<T>(), value);
        self
    }

    /// The lent value of type `T`.
    pub fn get<T: Any + Send + Sync>(&self) -> Option<Arc<T>> {
        Arc::clone(self.shared.get(&TypeId::of::<T>())?).downcast().ok()
    }

    /// Folder of the launch file.
    pub fn base(&self) -> &Path {
        &self.base
    }

    /// Id of the component that is being built.
    pub fn node(&self) -> &str {
        &self.node
    }

    /// How many threads the run will have that work on frames; `None` outside a run.
    pub const fn workers(&self) -> Option<usize> {
        self.workers
    }

    /// A path among the parameters: relative ones start at the launch file's folder, or at
    /// the working folder where `key` was given on the command line.
    pub fn resolve(&self, key: &str, path: &Path) -> PathBuf {
        if path.is_absolute() || self.overridden.contains(key) {
            path.to_owned()
        } else {
            self.base.join(path)
        }
    }

    /// For components that so many threads will work with.
    #[must_use]
    pub fn for_workers(&self, workers: usize) -> Self {
        Self { workers: Some(workers), ..self.clone() }
    }

    pub(crate) fn for_node(&self, node: &str, overridden: &BTreeSet<String>) -> Self {
        Self { node: node.to_owned(), overridden: overridden.clone(), ..self.clone() }
    }
}
