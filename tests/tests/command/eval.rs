//! Labels against results, on made-up folders: scores, and one clear message for each mistake.

use delos_tests::{Finished, run_delos};
use serde_json::Value;
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};

/// Labels and results of sequences `0000` and `0001`, 20 frames each: two cars and a
/// pedestrian, all found where they are.
struct Folders {
    folder: tempfile::TempDir,
}

const FRAMES: u32 = 20;

impl Folders {
    fn new() -> Self {
        let folders = Self { folder: tempfile::tempdir().expect("a temporary folder") };
        for name in ["0000", "0001"] {
            folders.write(&format!("labels/{name}.txt"), &rows(""));
            folders.write(&format!("results/{name}.txt"), &rows(" 0.9"));
        }
        folders
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn write(&self, name: &str, text: &str) {
        let path = self.path(name);
        fs::create_dir_all(path.parent().expect("a folder")).expect("made");
        fs::write(path, text).expect("written");
    }

    fn eval(&self, kind: &str, more: &[&str]) -> Finished {
        self.eval_in("labels", "results", kind, more)
    }

    fn eval_in(&self, labels: &str, results: &str, kind: &str, more: &[&str]) -> Finished {
        let mut args: Vec<OsString> = ["eval", kind, "--labels"].map(OsString::from).to_vec();
        args.extend([self.path(labels).into(), "--results".into(), self.path(results).into()]);
        args.extend(more.iter().map(OsString::from));
        run_delos(args)
    }

    /// The JSON of a successful evaluation.
    fn json(&self, kind: &str, more: &[&str]) -> Value {
        let path = self.path("scores.json");
        let json = path.to_string_lossy().into_owned();
        self.eval(kind, &[more, &["--json", &json]].concat()).succeeded();
        read_json(&path)
    }
}

fn read_json(path: &Path) -> Value {
    serde_json::from_str(&fs::read_to_string(path).expect("written")).expect("JSON")
}

/// Three objects in each frame.
fn rows(end: &str) -> String {
    let row = |frame: u32, (id, class, x1): (u32, &str, u32)| {
        let (x1, x) = (x1 + frame, f64::from(x1) / 20.0);
        let right = x1 + 60;
        format!(
            "{frame} {id} {class} 0 0 -1.5 {x1} 100 {right} 160 1.5 1.6 3.9 {x} 1.6 15 -1.57{end}\n"
        )
    };
    let objects = [(1, "Car", 100), (2, "Car", 300), (3, "Pedestrian", 500)];
    (0..FRAMES).flat_map(|frame| objects.map(|object| row(frame, object))).collect()
}

/// The results with one line (from 1) replaced.
fn with_line(line: usize, text: &str) -> String {
    let rows = rows(" 0.9");
    let lines = rows.lines().enumerate().map(|(i, l)| if i + 1 == line { text } else { l });
    lines.collect::<Vec<_>>().join("\n") + "\n"
}

const ROW: &str = "1 1 Car 0 0 -1.5 101 100 161 160 1.5 1.6 3.9 5 1.6 15 -1.57 0.9";

#[test]
fn perfect_results_score_one() {
    let folders = Folders::new();
    let finished = folders.eval("tracking", &[]).succeeded();
    for wanted in ["car", "pedestrian", "HOTA", "MOTA", "IDF1", "0001", "100.00"] {
        assert!(finished.stdout.contains(wanted), "no {wanted}\n{}", finished.report());
    }
    let scores = folders.json("tracking", &[]);
    assert_eq!(scores["metric"], "kitti");
    for class in ["car", "pedestrian"] {
        let all = &scores["sequences"]["COMBINED_SEQ"][class];
        assert_eq!(all["HOTA"]["HOTA"], Value::from(vec![1.0; 19]), "{class}");
        assert_eq!((&all["CLEAR"]["MOTA"], &all["Identity"]["IDF1"]), (&1.0.into(), &1.0.into()));
    }
    let scores = folders.json("tracking", &["--classes", "car", "--sequences", "0001"]);
    let sequences = scores["sequences"].as_object().unwrap();
    assert_eq!(sequences.keys().collect::<Vec<_>>(), ["0001", "COMBINED_SEQ"]);
    assert!(sequences["0001"].get("pedestrian").is_none());
    let scores = folders.json("tracking", &["--metric", "ab3dmot", "--iou", "0.7"]);
    assert_eq!(scores["classes"]["car"]["no_threshold"]["MOTA"], 1.0);
    assert_eq!((&scores["mode"], &scores["iou_threshold"]), (&"3D".into(), &0.7.into()));
    let scores = folders.json("detection", &["--max-range", "50"]);
    assert_eq!(scores["classes"]["car"]["3d"]["easy"]["AP_R11"], 100.0);
    assert_eq!(scores["recall"]["car"]["recall_at"][0]["recall"], 1.0);
    assert_eq!(scores["sequences"], serde_json::json!([0, 1]));
}

#[test]
fn a_wrong_row_is_named_with_file_and_line() {
    let with = |from: &str, to: &str| ROW.replacen(from, to, 1);
    let table: [(String, &[&str]); 13] = [
        (with(" 0.9", " 0.9 7"), &["17 or 18 columns expected", "19 found"]),
        ("1 1 Car 0 0".to_owned(), &["17 or 18 columns expected", "5 found"]),
        (with("-1.5 ", "nan "), &["column 6 (alpha)", "`nan`"]),
        (with("3.9", "inf"), &["column 13 (l)", "`inf`"]),
        (with("0.9", "high"), &["column 18 (score)", "`high`"]),
        (with("1.6", "-1.6"), &["size 1.5 -1.6 3.9", "below zero"]),
        (with("161", "91"), &["x2 is less than x1"]),
        (with("160", "90"), &["y2 is less than y1"]),
        (with("Car", "Lorry"), &["unknown class `Lorry`", "Truck"]),
        (with("1 1 Car", "1 -1 Car"), &["needs an identity"]),
        (with("1 1 Car", "20 1 Car"), &["frame 20", "past the end", "20 frames"]),
        (with("1 1 Car", "-3 1 Car"), &["frame -3"]),
        (with("1 1 Car", "0 2 Car"), &["frame 0, id 2 (Car) stands in line 2 already"]),
    ];
    for (row, wanted) in table {
        let folders = Folders::new();
        folders.write("results/0001.txt", &with_line(4, &row));
        let json = folders.path("scores.json").to_string_lossy().into_owned();
        folders
            .eval("tracking", &["--json", &json])
            .failed_saying(&[wanted, &["results/0001.txt, line 4: ", "--lenient"]].concat());
        assert!(!folders.path("scores.json").exists());
        let finished = folders.eval("tracking", &["--lenient", "--json", &json]).succeeded();
        assert!(finished.stderr.contains("0001.txt, line 4: "), "{}", finished.report());
        let scores = read_json(&folders.path("scores.json"));
        assert_eq!(scores["skipped"][0]["count"], 1, "{row}");
        assert_eq!(scores["skipped"].as_array().unwrap().len(), 1, "{row}");
        assert_eq!(scores["sequences"]["COMBINED_SEQ"]["car"]["CLEAR"]["CLR_FN"], 1, "{row}");
    }
}

#[test]
fn labels_are_read_as_strictly() {
    let folders = Folders::new();
    folders.write("labels/0000.txt", &(rows("") + "19 1 Car 0 0 -1.5\r\n"));
    folders.eval("tracking", &[]).failed_saying(&[
        "labels/0000.txt, line 61: ",
        "17 or 18 columns expected",
        "6 found",
    ]);
}

#[test]
fn what_is_missing_is_no_perfect_zero() {
    let folders = Folders::new();
    fs::remove_file(folders.path("results/0001.txt")).unwrap();
    for more in [&[][..], &["--lenient"]] {
        folders.eval("tracking", more).failed_saying(&[
            "results/0001.txt not found",
            "empty file",
            "--sequences",
        ]);
    }
    folders.eval("tracking", &["--sequences", "0000"]).succeeded();
    folders.write("results/0001.txt", "");
    let scores = folders.json("tracking", &["--classes", "car"]);
    assert_eq!(scores["sequences"]["0001"]["car"]["CLEAR"]["CLR_FN"], 2 * FRAMES);

    folders.eval_in("labels", "nowhere", "tracking", &[]).failed_saying(&["nowhere"]);
    fs::create_dir(folders.path("empty")).unwrap();
    folders.eval_in("labels", "empty", "tracking", &[]).failed_saying(&["empty", "SEQUENCE.txt"]);
    folders.eval_in("empty", "results", "tracking", &[]).failed_saying(&["empty", "label_02"]);
    folders.eval("tracking", &["--sequences", "0007"]).failed_saying(&["`0007`", "0000, 0001"]);
    folders.eval("tracking", &["--sequences", "0000,0000"]).failed_saying(&["twice"]);
}

#[test]
fn results_without_labels_are_named() {
    let folders = Folders::new();
    folders.write("results/0009.txt", &rows(" 0.9"));
    folders.eval("tracking", &[]).failed_saying(&[
        "results/0009.txt",
        "sequence 0009",
        "no labels",
        "--lenient",
    ]);
    let finished = folders.eval("tracking", &["--lenient"]).succeeded();
    assert!(finished.stderr.contains("1 x file of no labelled sequence"), "{}", finished.report());
}

#[test]
fn results_lie_where_other_tools_put_them() {
    let folders = Folders::new();
    let wanted = folders.json("tracking", &[])["sequences"].clone();
    let at = |results: &str, more: &[&str]| {
        let json = folders.path("other.json");
        let json_text = json.to_string_lossy().into_owned();
        let more = [more, &["--json", &json_text]].concat();
        folders.eval_in("labels", results, "tracking", &more).succeeded();
        read_json(&json)["sequences"].clone()
    };
    for name in ["0000", "0001"] {
        let text = rows(" 0.9");
        folders.write(&format!("trackeval/data/{name}.txt"), &text.replace('\n', "\r\n"));
        for class in ["Car", "Pedestrian", "Cyclist"] {
            let of_class = text.split_inclusive('\n').filter(|row| row.contains(class));
            folders.write(&format!("classes/{class}/{name}.txt"), &of_class.collect::<String>());
        }
    }
    assert_eq!(at("trackeval", &[]), wanted);
    assert_eq!(at("classes", &[]), wanted);
    // Each class that has a folder needs its file.
    fs::remove_file(folders.path("classes/Pedestrian/0001.txt")).unwrap();
    folders
        .eval_in("labels", "classes", "tracking", &[])
        .failed_saying(&["classes/Pedestrian/0001.txt not found"]);
    folders.eval_in("labels", "classes", "tracking", &["--classes", "car"]).succeeded();
    // Two ways at once would count everything twice or nothing.
    folders.write("trackeval/0000.txt", &rows(" 0.9"));
    folders.eval_in("labels", "trackeval", "tracking", &[]).failed_saying(&["data", "name one"]);
    folders.write("results/0000.TXT", &rows(" 0.9"));
    folders.eval("tracking", &[]).failed_saying(&["0000.txt", "a second file of sequence 0000"]);
}

#[test]
fn a_list_of_lengths_goes_before_the_last_label() {
    let folders = Folders::new();
    folders.write("seqmap", "0000 empty 000000 000030\n0001 empty 000000 000020\n");
    folders.write("results/0000.txt", &(rows(" 0.9") + &ROW.replacen("1 1", "25 1", 1)));
    let seqmap = folders.path("seqmap").to_string_lossy().into_owned();
    folders.eval("tracking", &[]).failed_saying(&["0000.txt, line 61", "frame 25"]);
    let scores = folders.json("tracking", &["--seqmap", &seqmap]);
    assert_eq!(scores["sequences"]["0000"]["car"]["CLEAR"]["CLR_Frames"], 30);
    folders.write("seqmap", "0000 empty 000000 000030\n");
    folders.eval("tracking", &["--seqmap", &seqmap]).failed_saying(&["seqmap", "0001"]);
    folders.write("seqmap", "0000 empty 000000\n");
    folders.eval("tracking", &["--seqmap", &seqmap]).failed_saying(&["seqmap, line 1", "3 found"]);
}

#[test]
fn scores_do_not_depend_on_the_workers() {
    let folders = Folders::new();
    for (index, id) in [7, 8, 9].into_iter().enumerate() {
        let changed = ROW.replacen("1 1", &format!("1 {id}"), 1);
        folders.write(&format!("labels/001{index}.txt"), &rows(""));
        folders.write(&format!("results/001{index}.txt"), &with_line(4 + index, &changed));
    }
    for (kind, more) in [
        ("tracking", &[][..]),
        ("tracking", &["--metric", "ab3dmot"]),
        ("detection", &["--match", "centre:1.0"]),
    ] {
        let bytes = ["1", "4"].map(|workers| {
            folders.json(kind, &[more, &["--workers", workers]].concat());
            fs::read(folders.path("scores.json")).unwrap()
        });
        assert_eq!(bytes[0], bytes[1], "{kind} {more:?}");
    }
}

#[test]
fn detections_may_be_files_of_frames() {
    let folders = Folders::new();
    let object = |end: &str, frame: u32| {
        let prefix = format!("{frame} ");
        let rows = rows(end);
        let rows = rows.lines().filter(|row| row.starts_with(&prefix));
        rows.map(|row| row.splitn(3, ' ').last().unwrap().to_owned() + "\n").collect::<String>()
    };
    for frame in 0..FRAMES {
        folders.write(&format!("object/training/label_2/{frame:06}.txt"), &object("", frame));
        folders.write(&format!("found/data/{frame:06}.txt"), &object(" 0.9", frame));
    }
    let of = |labels: &str, results: &str| {
        let json = folders.path("found.json");
        let more = ["--json", &json.to_string_lossy()];
        folders.eval_in(labels, results, "detection", &more).succeeded();
        read_json(&json)
    };
    let frames = of("object", "found");
    assert_eq!(frames["frames"], FRAMES);
    fs::remove_file(folders.path("labels/0001.txt")).unwrap();
    fs::remove_file(folders.path("results/0001.txt")).unwrap();
    assert_eq!(of("labels", "results")["classes"], frames["classes"]);
    folders.write("found/data/000003.txt", "Car 0 0 0 1 2 3 4 1 1 1 1 1 9 0\n");
    folders
        .eval_in("object", "found", "detection", &[])
        .failed_saying(&["000003.txt, line 1: 16 columns expected", "15 found"]);
}

#[test]
fn comma_rows_of_detectors_are_read() {
    let folders = Folders::new();
    let comma = |class: u32, name: &str| {
        let rows = rows("");
        let rows = rows.lines().filter(|row| row.contains(name)).map(|row| {
            let f: Vec<&str> = row.split(' ').collect();
            let (edges, place) = (f[6..10].join(","), f[10..17].join(","));
            format!("{},{class},{edges},0.9,{place},-1.5\n", f[0])
        });
        rows.collect::<String>()
    };
    for (class, name) in [(2, "Car"), (1, "Pedestrian"), (3, "Cyclist")] {
        for sequence in ["0000", "0001"] {
            folders.write(&format!("commas/{name}/{sequence}.txt"), &comma(class, name));
        }
    }
    let json = folders.path("commas.json");
    let more = ["--format", "ab3dmot", "--json", &json.to_string_lossy()];
    folders.eval_in("labels", "commas", "detection", &more).succeeded();
    let wanted = folders.json("detection", &[])["classes"].clone();
    assert_eq!(read_json(&json)["classes"], wanted);
    folders
        .eval_in("labels", "commas", "detection", &[])
        .failed_saying(&["Car/0000.txt, line 1: 18 columns expected", "1 found"]);
}

#[test]
fn motchallenge_is_read_from_its_own_folders() {
    let folders = Folders::new();
    let row = |frame: u32| format!("{frame},1,{},80,40,90,1,-1,-1,-1\n", 10 * frame);
    let text: String = (1..=FRAMES).map(row).collect();
    folders.write("mot/A/gt/gt.txt", &text);
    folders.write("mot/A/seqinfo.ini", "[Sequence]\r\nname=A\r\nseqLength=25\r\n");
    folders.write("mot/B/gt.txt", &text);
    for name in ["A", "B"] {
        folders.write(&format!("tracker/{name}.txt"), &text);
    }
    let eval = |more: &[&str]| folders.eval_in("mot", "tracker", "tracking", more);
    let json = folders.path("mot.json");
    let json_text = json.to_string_lossy().into_owned();
    eval(&["--metric", "motchallenge", "--json", &json_text]).succeeded();
    let scores = read_json(&json);
    let clear = |name: &str| scores["sequences"][name]["pedestrian"]["CLEAR"].clone();
    assert_eq!((&clear("A")["CLR_Frames"], &clear("B")["CLR_Frames"]), (&25.into(), &20.into()));
    assert_eq!(clear("COMBINED_SEQ")["MOTA"], 1.0);
    eval(&["--metric", "motmetrics", "--json", &json_text]).succeeded();
    assert_eq!(
        (&read_json(&json)["A"]["mota"], &read_json(&json)["B"]["idf1"]),
        (&1.0.into(), &1.0.into())
    );
    folders.write("tracker/B.txt", &(text + "20,1,0,80,40,90,1,-1,-1,-1\n"));
    eval(&["--metric", "motchallenge"])
        .failed_saying(&["tracker/B.txt, line 21: frame 20, id 1 stands in line 20 already"]);
}

#[test]
fn a_sequence_named_like_all_of_them_is_refused() {
    let folders = Folders::new();
    folders.write("labels/COMBINED_SEQ.txt", &rows(""));
    folders.write("results/COMBINED_SEQ.txt", &rows(" 0.9"));
    folders.eval("tracking", &[]).failed_saying(&["cannot be called COMBINED_SEQ"]);
    folders.eval("tracking", &["--sequences", "0000,0001"]).succeeded();
}

#[test]
fn options_that_do_not_belong_together_are_refused() {
    let folders = Folders::new();
    let table: [(&str, &[&str], &str); 9] = [
        ("tracking", &["--iou", "0.5"], "--metric ab3dmot"),
        ("tracking", &["--rules", "mot16"], "--metric motchallenge"),
        ("tracking", &["--metric", "motchallenge", "--classes", "car"], "--classes"),
        ("tracking", &["--metric", "ab3dmot", "--iou", "0"], "above 0"),
        ("tracking", &["--classes", "lorry"], "known classes are car"),
        ("tracking", &["--sequences", "0000,"], "between commas"),
        ("detection", &["--min-points", "5"], "--scans"),
        ("detection", &["--match", "iou:2"], "iou:0.5"),
        ("detection", &["--ignore", "labels/0000.txt"], "--ignore"),
    ];
    for (kind, more, wanted) in table {
        let finished = folders.eval(kind, more);
        assert!(matches!(finished.code, Some(1 | 2)), "{}", finished.report());
        assert!(finished.stderr.contains(wanted), "{wanted}\n{}", finished.report());
    }
    let json = folders.path("no/folder.json").to_string_lossy().into_owned();
    folders.eval("tracking", &["--json", &json]).failed_saying(&["cannot write", "folder.json"]);
}
