//! A short run that the tests of several commands look at.

use crate::simulate::{Place, files};
use std::fs;
use std::path::PathBuf;
use std::sync::LazyLock;

pub(crate) const SOURCE: &str = "kind = \"simulate\"\nseed = 5\nframes = 20";

/// The run; whoever changes it takes a [`copy`].
pub(crate) static RUN: LazyLock<Place> = LazyLock::new(|| {
    let place = Place::new();
    place.run(&place.launch("launch", SOURCE, ""), "out", &[]).succeeded();
    place
});

/// The run's folder, and a place that keeps it.
pub(crate) fn copy() -> (Place, PathBuf) {
    let place = Place::new();
    let out = place.path("out");
    for (name, bytes) in files(&RUN.path("out")) {
        let path = out.join(name);
        fs::create_dir_all(path.parent().expect("a folder")).expect("on the disk");
        fs::write(path, bytes).expect("on the disk");
    }
    (place, out)
}
