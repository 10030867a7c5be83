use super::*;
use crate::benchmark::OnOddity;
use std::fs;

const ROW: &str = "4 1 Car 0 0 -1.5 101 100 161 160 1.5 1.6 3.9 5 1.6 15 -1.57 0.9\n";

/// A folder with these files.
fn folder(files: &[(&str, &str)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    for (name, text) in files {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().expect("a folder")).expect("made");
        fs::write(path, text).expect("written");
    }
    folder
}

fn request(folder: &tempfile::TempDir) -> Request {
    Request {
        labels: folder.path().join("labels"),
        results: folder.path().join("results"),
        sequences: None,
        classes: vec![ObjectClass::Car, ObjectClass::Pedestrian],
        lengths: None,
        on_mistake: OnMistake::Stop,
    }
}

const RULES: PairRules = PairRules {
    labels: RowFormat::KittiTracking,
    results: RowFormat::KittiTracking,
    rules: RowRules {
        frames: None,
        needs_identity: true,
        needs_score: true,
        needs_place: true,
        on_oddity: OnOddity::Refuse,
        on_mistake: OnMistake::Stop,
    },
};

#[test]
fn the_last_label_ends_the_sequence() {
    let label = ROW.replace(" 0.9", "");
    let folder = folder(&[("labels/a.txt", &label), ("results/a.txt", ROW)]);
    let found = Comparison::kitti(&request(&folder)).expect("both sides");
    let rows = found.pairs[0].read(&RULES).expect("good rows");
    assert_eq!((rows.frames, rows.truth.len(), rows.results.len()), (5, 1, 1));
    // Labels need neither score nor place; results do here.
    fs::write(&found.pairs[0].results[0], &label).expect("written");
    assert!(found.pairs[0].read(&RULES).is_err());
    fs::write(&found.pairs[0].labels, "").expect("written");
    fs::write(&found.pairs[0].results[0], "").expect("written");
    assert_eq!(found.pairs[0].read(&RULES).expect("nothing there").frames, 0);
}

#[test]
fn classes_in_folders_come_in_the_order_asked_for() {
    let names = ["results/Pedestrian/a.txt", "results/car/a.txt", "results/Cyclist/b.txt"];
    let mut files = names.map(|name| (name, "")).to_vec();
    files.push(("labels/label_02/a.txt", ""));
    let folder = folder(&files);
    let found = Comparison::kitti(&request(&folder)).expect("both sides");
    let wanted =
        ["car", "Pedestrian"].map(|name| folder.path().join(format!("results/{name}/a.txt")));
    assert_eq!(found.pairs[0].results, wanted);
}

#[test]
fn other_texts_in_the_folders_are_no_sequences() {
    let labels = ["labels/README.txt", "labels/training/label_02/a.txt"];
    let beside: [&[&str]; 4] = [
        &["results/car_summary.txt", "results/pedestrian_summary.txt", "results/data/a.txt"],
        &["results/a.txt", "results/car_summary.txt", "results/README.txt"],
        &["results/notes.txt", "results/data/a.txt"],
        &["results/notes.txt", "results/Car/a.txt", "results/Pedestrian/a.txt"],
    ];
    for results in beside {
        let files = labels.iter().chain(results).map(|name| (*name, "")).collect::<Vec<_>>();
        let folder = folder(&files);
        let found = Comparison::kitti(&request(&folder)).expect("both sides");
        assert_eq!(found.pairs.len(), 1, "{results:?}");
        assert_eq!(found.pairs[0].labels, folder.path().join(labels[1]));
        let there = found.pairs[0].results.iter().all(|path| path.ends_with("a.txt"));
        assert!(there, "{:?}", found.pairs[0].results);
    }
}

#[test]
fn results_in_two_places_and_of_unknown_sequences_are_refused() {
    let table: [(&[&str], &str); 3] = [
        (&["results/a.txt", "results/data/a.txt"], "results lie in"),
        (&["results/a.txt", "results/notes.txt"], "results of sequence notes"),
        (&["results/data/a.txt", "results/data/b.txt"], "results of sequence b"),
    ];
    for (results, wanted) in table {
        let files = results.iter().chain(&["labels/a.txt"]).map(|name| (*name, ""));
        let folder = folder(&files.collect::<Vec<_>>());
        let error = Comparison::kitti(&request(&folder)).expect_err(wanted).to_string();
        assert!(error.contains(wanted), "{error}");
    }
}

#[test]
fn the_first_row_tells_the_kind_of_labels() {
    let table = [
        ("", RowFormat::KittiTracking),
        (ROW, RowFormat::KittiTracking),
        ("\r\n  Car 0 0", RowFormat::KittiObject),
        ("\u{feff}Car 0 0", RowFormat::KittiObject),
    ];
    for (text, wanted) in table {
        let folder = folder(&[
            ("labels/a.txt", ""),
            ("labels/b.txt", text),
            ("results/a.txt", ""),
            ("results/b.txt", ""),
        ]);
        let found = Comparison::kitti(&request(&folder)).expect("both sides");
        assert_eq!(found.label_format().expect("readable"), wanted, "{text}");
    }
}

#[test]
fn every_missing_file_is_counted() {
    let labels = ["labels/a.txt", "labels/b.txt", "labels/c.txt"].map(|name| (name, ""));
    let folder = folder(&[&labels[..], &[("results/c.txt", "")]].concat());
    let error = Comparison::kitti(&request(&folder)).expect_err("two are missing").to_string();
    assert!(error.contains("results/a.txt and one more not found"), "{error}");
    let sequences = Some(vec!["c".to_owned()]);
    let found = Comparison::kitti(&Request { sequences, ..request(&folder) });
    assert_eq!(found.expect("c alone").pairs.len(), 1);
}

#[test]
fn a_wrong_length_is_named() {
    for (text, wanted) in [
        ("a empty 0 x", "line 1: `x` is no number of frames"),
        ("\na empty 0 2000000", "line 2: `2000000` is no number of frames (0 to 1000000)"),
        ("a empty 0 7\na empty 0 7", "line 2: sequence a is listed twice"),
    ] {
        let folder = folder(&[("labels/a.txt", ""), ("results/a.txt", ""), ("seqmap", text)]);
        let lengths = Some(folder.path().join("seqmap"));
        let error = Comparison::kitti(&Request { lengths, ..request(&folder) });
        let error = error.expect_err(text).to_string();
        assert!(error.contains("seqmap") && error.contains(wanted), "{error}");
    }
}
