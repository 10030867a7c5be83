//! Tracks that come a little later.

use super::{Place, files};
use std::fs;

const READ: &str = "kind = \"replay\"\nimages = \"off\"\nscans = \"required\"";
const SMOOTHER: &str = "[node.smoother]\nkind = \"smoother\"";

/// Two drives, and a function that runs the chain over both.
fn two_drives() -> (Place, impl Fn(&Place, &str, &[&str])) {
    let place = Place::new();
    place.write("data", &["--seed", "12", "--frames", "12", "--drives", "2"]).succeeded();
    let launch = place.launch("smoothed", READ, SMOOTHER);
    let run = move |place: &Place, out: &str, more: &[&str]| {
        let data = place.path("data").to_string_lossy().into_owned();
        let always = ["--data", &data, "--set", "drive.sequences=all"];
        let quick = ["--set", "recorder.recording=false"];
        place.run(&launch, out, &[&always, &quick[..], more].concat()).succeeded();
    };
    (place, run)
}

#[test]
fn without_a_lag_the_tracks_are_those_of_the_tracker() {
    let (place, run) = two_drives();
    run(&place, "out", &["--set", "smoother.lag_s=0.0"]);
    let tracks = files(&place.path("out/tracks"));
    assert_eq!(tracks.len(), 2);
    assert!(tracks.values().all(|rows| !rows.is_empty()), "something was tracked");
    assert_eq!(files(&place.path("out/tracks_delayed")), tracks);
}

#[test]
fn every_sequence_gets_a_file_whatever_the_lag_and_the_workers() {
    let (place, run) = two_drives();
    run(&place, "one", &["--set", "smoother.lag_s=0.5", "--workers", "1"]);
    run(&place, "four", &["--set", "smoother.lag_s=0.5", "--workers", "4"]);
    run(&place, "offline", &["--set", "smoother.lag_s=\"offline\""]);
    run(&place, "whole", &["--set", "smoother.lag_s=60.0"]);
    let of = |run: &str| files(&place.path(run).join("tracks_delayed"));
    assert_eq!(of("one"), of("four"));
    assert_eq!(of("offline"), of("whole"));
    assert!(of("one").keys().eq(files(&place.path("one/tracks")).keys()));
    assert!(of("one") != of("offline"));
    assert!(of("one") != files(&place.path("one/tracks")));
    let digests = ["one", "four"].map(|run| fs::read(place.path(run).join("digest.json")).unwrap());
    assert_eq!(digests[0], digests[1]);
}
