//! Where this user keeps what can be made again.

use std::env;
use std::path::PathBuf;

/// A folder of this program in the user's cache folder (`XDG_CACHE_HOME`, else `.cache` in `HOME`);
/// `None` for a user without one. It need not exist.
pub(crate) fn folder(name: &str) -> Option<PathBuf> {
    let home = || named("HOME").map(|home| home.join(".cache"));
    let cache = named("XDG_CACHE_HOME").or_else(home)?;
    Some(cache.join("delos").join(name))
}

/// The path that a variable names, unless it is empty.
pub(crate) fn named(variable: &str) -> Option<PathBuf> {
    env::var_os(variable).filter(|value| !value.is_empty()).map(PathBuf::from)
}
