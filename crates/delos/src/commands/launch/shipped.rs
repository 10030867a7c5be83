//! The launch files of the repository, known by name wherever the program runs.

use anyhow::{Result, anyhow};
use delos_runtime::LaunchFile;
use std::path::Path;

/// They hold no path that starts at their folder, so they need none: networks are named by
/// their cards, detection files lie in the data set, and what the command line gives starts
/// at the working folder.
const SHIPPED: [(&str, &str); 6] = [
    ("demo", include_str!("../../../../../launch/demo.toml")),
    ("kitti_camera", include_str!("../../../../../launch/kitti_camera.toml")),
    ("kitti_lidar", include_str!("../../../../../launch/kitti_lidar.toml")),
    ("kitti_raw", include_str!("../../../../../launch/kitti_raw.toml")),
    ("kitti_tracking", include_str!("../../../../../launch/kitti_tracking.toml")),
    (
        "kitti_tracking_detections",
        include_str!("../../../../../launch/kitti_tracking_detections.toml"),
    ),
];

/// Reads the file; where there is none, one of the program's own of this name.
pub(super) fn load(given: &Path) -> Result<LaunchFile> {
    if given.try_exists().unwrap_or(true) && !given.is_dir() {
        return Ok(LaunchFile::load(given)?);
    }
    let own = SHIPPED.iter().find(|(name, _)| Path::new(name) == given);
    match own {
        Some((_, text)) => Ok(LaunchFile::parse(text, given)?),
        None => Err(anyhow!(
            "there is no launch file {}; the program's own are known by name: {}",
            given.display(),
            names()
        )),
    }
}

/// What `--help` says of the argument.
pub(super) fn help() -> String {
    format!("Launch file, or the name of one that is part of the program: {}", names())
}

/// The names of the program's own.
fn names() -> String {
    SHIPPED.map(|(name, _)| name).join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    #[test]
    fn every_file_of_the_repository_is_part_of_the_program() {
        let folder = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../../launch"));
        let files = fs::read_dir(folder).expect("the folder").flatten().map(|entry| entry.path());
        let is_launch = |path: &Path| path.extension().is_some_and(|ending| ending == "toml");
        let mut stems: Vec<String> = files
            .filter(|path| is_launch(path))
            .filter_map(|path| Some(path.file_stem()?.to_string_lossy().into_owned()))
            .collect();
        stems.sort();
        assert_eq!(stems.join(", "), names());
        for (name, text) in SHIPPED {
            let file = fs::read_to_string(folder.join(name).with_extension("toml"));
            assert_eq!(file.expect("there"), text);
        }
    }

    #[test]
    fn none_holds_a_path_that_starts_at_its_folder() {
        for (name, _) in SHIPPED {
            let launch = load(Path::new(name)).expect("sound");
            assert_eq!(launch.name, name);
            for (id, node) in &launch.nodes {
                let looks_like_a_path = |value: &toml::Value| {
                    value.as_str().is_some_and(|text| text.contains(['/', '.']))
                };
                for (key, value) in &node.config {
                    let is_in_data_set = key == "detections";
                    assert!(is_in_data_set || !looks_like_a_path(value), "{name}: {id}.{key}");
                }
            }
        }
    }

    #[test]
    fn a_file_that_exists_wins_and_what_is_unknown_lists_the_known() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("demo");
        let error = load(&path).expect_err("a path is no name").to_string();
        assert!(error.contains("there is no launch file") && error.contains("demo, kitti"));
        fs::write(&path, "name = \"mine\"").expect("written");
        assert_eq!(load(&path).expect("read").name, "mine");
        let error = load(folder.path()).expect_err("a folder").to_string();
        assert!(error.contains("kitti_tracking_detections"), "{error}");
    }
}
