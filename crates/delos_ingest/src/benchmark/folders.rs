//! Where the files of labels and results lie.

use crate::IngestError;
use delos_core::ObjectClass;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// Files of the same sequence, by the sequence's name.
pub(super) type Files = BTreeMap<String, Vec<PathBuf>>;

/// Folders of a data set in which labels lie, seen from its root.
const LABEL_FOLDERS: [&str; 4] = ["label_02", "training/label_02", "label_2", "training/label_2"];

/// Files of labels: `SEQ.txt` in the place of KITTI's data sets below the folder, else in the
/// folder itself, where a data set may have its read-me.
///
/// # Errors
/// When the folder cannot be read or holds none.
pub(super) fn labels(folder: &Path) -> Result<Files, IngestError> {
    let below = LABEL_FOLDERS.iter().map(|name| folder.join(name));
    for place in below.chain(std::iter::once(folder.to_owned())) {
        if place == folder || place.is_dir() {
            let files = texts(&place)?;
            if !files.is_empty() {
                return Ok(files);
            }
        }
    }
    let known = "labels are files SEQUENCE.txt in the folder, or in label_02/ or \
                 training/label_02/ below it (label_2 for single frames)";
    Err(IngestError::Layout { path: folder.to_owned(), known: known.to_owned() })
}

/// Results of `MOTChallenge`: as [`results`] without classes, or `SEQ/test.txt` in the labels'
/// own folders, as `py-motmetrics` has its examples.
///
/// # Errors
/// As [`results`].
pub(super) fn mot_results(folder: &Path, labels: &Files) -> Result<Files, IngestError> {
    let tests = entries(folder)?.into_iter().map(|entry| (name(&entry), entry.join("test.txt")));
    let found: Files =
        tests.filter(|(_, file)| file.is_file()).map(|(name, file)| (name, vec![file])).collect();
    if found.is_empty() { results(folder, &[], labels) } else { Ok(found) }
}

/// Files of results: `SEQ.txt` in the folder, in `data/` below it (as `TrackEval` has them),
/// or in one folder for each of `classes` (`Car/`, as AB3DMOT has its detections).
///
/// Texts beside them that are no results of a sequence in `labels` are passed over: summaries of
/// `TrackEval` (`car_summary.txt`), read-me files, and all of a place when another has results.
///
/// # Errors
/// When the folder cannot be read, holds none, or holds them in more than one way.
pub(super) fn results(
    folder: &Path,
    classes: &[ObjectClass],
    labels: &Files,
) -> Result<Files, IngestError> {
    let data = folder.join("data");
    let mut ways = vec![(folder.to_owned(), texts(folder)?)];
    if data.is_dir() {
        ways.push((data.clone(), texts(&data)?));
    }
    let by_class = class_folders(folder, classes)?;
    let place = by_class.first().map_or_else(|| data, |(path, _)| path.clone());
    ways.push((place, merge(&by_class)));
    for (_, files) in &mut ways {
        files.retain(|name, _| labels.contains_key(name) || !is_aside(name));
    }
    ways.retain(|(_, files)| !files.is_empty());
    let has_results = |files: &Files| files.keys().any(|name| labels.contains_key(name));
    if ways.iter().any(|(_, files)| has_results(files)) {
        ways.retain(|(_, files)| has_results(files));
    }
    match ways.as_slice() {
        [(first, _), (second, _), ..] => Err(IngestError::format(
            folder,
            format!("results lie in {} and in {}: name one", first.display(), second.display()),
        )),
        [_] => Ok(ways.remove(0).1),
        [] => Err(IngestError::Layout {
            path: folder.to_owned(),
            known: "results are files SEQUENCE.txt in the folder, in data/ below it, or in \
                    folders of classes (Car/, Pedestrian/, Cyclist/)"
                .to_owned(),
        }),
    }
}

/// Whether a text is named like one about results.
fn is_aside(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    name.ends_with("_summary") || name == "readme"
}

/// Sequences of `MOTChallenge`: `SEQ/gt/gt.txt` or `SEQ/gt.txt`, else `SEQ.txt`.
///
/// # Errors
/// As [`labels`].
pub(super) fn mot_labels(folder: &Path) -> Result<Files, IngestError> {
    let mut found = Files::new();
    for entry in entries(folder)? {
        let places = ["gt/gt.txt", "gt.txt"].map(|place| entry.join(place));
        if let Some(file) = places.into_iter().find(|file| file.is_file()) {
            found.insert(name(&entry), vec![file]);
        }
    }
    if found.is_empty() {
        found = texts(folder)?;
    }
    if found.is_empty() {
        let known = "labels of MOTChallenge are SEQUENCE/gt/gt.txt, SEQUENCE/gt.txt or \
                     SEQUENCE.txt";
        return Err(IngestError::Layout { path: folder.to_owned(), known: known.to_owned() });
    }
    Ok(found)
}

/// Folders named after one of the classes, in the order of the classes, with their files.
fn class_folders(
    folder: &Path,
    classes: &[ObjectClass],
) -> Result<Vec<(PathBuf, Files)>, IngestError> {
    let folders: Vec<PathBuf> = entries(folder)?.into_iter().filter(|path| path.is_dir()).collect();
    let mut found = Vec::new();
    for class in classes {
        let is_named = |path: &&PathBuf| name(path).eq_ignore_ascii_case(class.kitti_name());
        for path in folders.iter().filter(is_named) {
            found.push((path.clone(), texts(path)?));
        }
    }
    Ok(found)
}

/// All files of a sequence together, and the missing ones too: a file is expected in each of
/// the folders.
fn merge(folders: &[(PathBuf, Files)]) -> Files {
    let names: BTreeSet<&String> = folders.iter().flat_map(|(_, files)| files.keys()).collect();
    let file = |folder: &Path, files: &Files, name: &String| {
        let there = files.get(name).and_then(|paths| paths.first().cloned());
        there.unwrap_or_else(|| folder.join(format!("{name}.txt")))
    };
    let of = |name: &String| folders.iter().map(|(f, files)| file(f, files, name)).collect();
    names.into_iter().map(|name| (name.clone(), of(name))).collect()
}

/// The files `NAME.txt` of a folder by name.
fn texts(folder: &Path) -> Result<Files, IngestError> {
    let mut found = Files::new();
    for path in entries(folder)? {
        let is_text = path.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("txt"));
        let Some(stem) = path.file_stem().filter(|_| is_text) else { continue };
        let sequence = stem.to_string_lossy().into_owned();
        if let Some(first) = found.get(&sequence).and_then(|paths: &Vec<PathBuf>| paths.first()) {
            let first = first.display();
            let what = format!("a second file of sequence {sequence}, besides {first}");
            return Err(IngestError::format(path, what));
        }
        found.insert(sequence, vec![path]);
    }
    Ok(found)
}

/// What a folder holds, by name.
fn entries(folder: &Path) -> Result<Vec<PathBuf>, IngestError> {
    let fail = |source| IngestError::io(folder, source);
    let listing = std::fs::read_dir(folder).map_err(fail)?;
    let paths = listing.map(|entry| entry.map(|entry| entry.path()));
    let mut paths = paths.collect::<Result<Vec<_>, _>>().map_err(fail)?;
    paths.sort();
    Ok(paths)
}

fn name(path: &Path) -> String {
    path.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned())
}
