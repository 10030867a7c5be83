//! The same drive, streamed or read from files, by any number of workers.

use super::{Place, files};
use std::fs;
use std::path::PathBuf;

const READ: &str = "kind = \"replay\"\nimages = \"required\"\nscans = \"required\"";

fn source(seed: u64, frames: usize, rate_hz: f64, lidar: &str) -> String {
    format!(
        "kind = \"simulate\"\nseed = {seed}\nframes = {frames}\nrate_hz = {rate_hz:.1}\n\
         lidar = \"{lidar}\""
    )
}

#[test]
fn streaming_and_reading_back_give_the_same_digests() {
    for (seed, frames, rate, lidar) in [(3, 7, 10.0, "hdl64"), (41, 5, 5.0, "hdl32")] {
        let place = Place::new();
        let streamed = place.launch("streamed", &source(seed, frames, rate, lidar), "");
        place.run(&streamed, "a", &[]).succeeded();
        let [seed, frames, rate] = [seed.to_string(), frames.to_string(), rate.to_string()];
        let written = ["--seed", &seed, "--frames", &frames, "--rate", &rate, "--lidar", lidar];
        place.write("data", &written).succeeded();
        let data = place.path("data").to_string_lossy().into_owned();
        place.run(&place.launch("read", READ, ""), "b", &["--data", &data]).succeeded();

        let wanted = format!("equal: 4 components, {frames} frames");
        let compared = place.compare("a", "b").succeeded();
        assert_eq!(compared.stdout.trim(), wanted, "{}", compared.report());
        let digests = ["a", "b"].map(|run| fs::read(place.path(run).join("digest.json")).unwrap());
        assert_eq!(digests[0], digests[1]);
        let rows = ["a", "b"].map(|run| files(&place.path(run).join("tracks_all")));
        assert_eq!(rows[0], rows[1]);
        assert!(rows[0].values().any(|text| !text.is_empty()), "something was tracked");
    }
}

#[test]
fn files_do_not_depend_on_the_workers_but_on_the_seed() {
    let place = Place::new();
    for (name, seed, workers) in [("one", "12", "1"), ("four", "12", "4"), ("other", "13", "4")] {
        let more = ["--seed", seed, "--frames", "5", "--drives", "2", "--workers", workers];
        place.write(name, &more).succeeded();
    }
    let [one, four, other] = ["one", "four", "other"].map(|name| files(&place.path(name)));
    // Of each drive 5 frames of 3 sensors, calibration, labels, times, poses and their settings;
    // for both the word that they are simulated.
    assert_eq!(one.len(), 2 * (5 * 3 + 5) + 1, "{:?}", one.keys());
    assert!(one.keys().eq(four.keys()));
    for (name, bytes) in &one {
        assert!(*bytes == four[name], "{} differs", name.display());
    }
    // Seed 13 is the second drive of the one and the first of the other.
    let image = |seed: &str| PathBuf::from(format!("training/image_02/{seed}/000004.png"));
    assert!(one[&image("0013")] == other[&image("0013")]);
    assert!(one[&image("0012")] != one[&image("0013")]);
}

#[test]
fn runs_do_not_depend_on_the_workers_but_on_the_seed() {
    let place = Place::new();
    let scores = "\n[node.scores]\nkind = \"scores\"\n";
    let launch = place.launch("launch", &source(5, 6, 10.0, "hdl64"), scores);
    for workers in ["1", "2", "4"] {
        place.run(&launch, workers, &["--workers", workers]).succeeded();
    }
    let text = |run: &str, file: &str| fs::read_to_string(place.path(run).join(file)).unwrap();
    for other in ["2", "4"] {
        place.compare("1", other).succeeded();
        for file in ["digest.json", "scores.json"] {
            assert_eq!(text("1", file), text(other, file), "{file}, {other} workers");
        }
    }
    place.run(&launch, "other", &["--set", "drive.seed=6"]).succeeded();
    let difference = place.compare("1", "other");
    assert_eq!(difference.code, Some(1), "{}", difference.report());
    // Sequences are named after their seeds, so that they differ at the first.
    assert!(difference.stdout.contains("drive"), "{}", difference.report());
}
