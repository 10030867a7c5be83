//! Labelled scans of random scenes, as files and as a stream.

use delos_tests::{checkout, delos_program, run_delos, with_small_disk};
use std::ffi::OsString;
use std::fs;
use std::io::Read;
use std::path::Path;
use std::process::{Command, Stdio};

const HEAD: [u8; 12] = *b"DELOSCAN\x01\0\0\0";

fn args(more: &[&str]) -> Vec<OsString> {
    ["data", "scans"].iter().chain(more).map(OsString::from).collect()
}

fn write(out: &Path, more: &[&str]) -> delos_tests::Finished {
    let mut args = args(&["--out"]);
    args.push(out.into());
    args.extend(more.iter().map(OsString::from));
    run_delos(args)
}

fn stream(more: &[&str]) -> Vec<u8> {
    let mut command = Command::new(delos_program());
    command.args(args(&["--stream"])).args(more).current_dir(checkout());
    let output = command.output().expect("it starts");
    assert!(output.status.success(), "{output:?}");
    output.stdout
}

/// A scan of a stream, read as its documentation says.
struct Record {
    seed: u64,
    points: Vec<u8>,
    boxes: Vec<(u32, [f32; 7], u32)>,
}

fn take<const N: usize>(bytes: &mut &[u8]) -> [u8; N] {
    let (first, rest) = bytes.split_first_chunk().expect("enough bytes");
    *bytes = rest;
    *first
}

fn record(bytes: &mut &[u8]) -> Record {
    let seed = u64::from_le_bytes(take(bytes));
    let [points, boxes] = [(); 2].map(|()| u32::from_le_bytes(take(bytes)));
    let (points, rest) = bytes.split_at(16 * points as usize);
    *bytes = rest;
    let one = |_| {
        let class = u32::from_le_bytes(take(bytes));
        (class, [(); 7].map(|()| f32::from_le_bytes(take(bytes))), u32::from_le_bytes(take(bytes)))
    };
    Record { seed, points: points.to_vec(), boxes: (0..boxes).map(one).collect() }
}

fn records(mut bytes: &[u8]) -> Vec<Record> {
    assert_eq!(take(&mut bytes), HEAD);
    let mut records = Vec::new();
    while !bytes.is_empty() {
        records.push(record(&mut bytes));
    }
    records
}

/// The rows of a label file: class, numbers.
fn rows(path: &Path) -> Vec<(String, Vec<f32>)> {
    let text = fs::read_to_string(path).expect("written");
    assert!(text.starts_with("# class x y z length width height yaw points\n"), "{text}");
    let row = |line: &str| {
        let (class, numbers) = line.split_once(' ').expect("columns");
        (class.to_owned(), numbers.split(' ').map(|n| n.parse().expect("a number")).collect())
    };
    text.lines().skip(1).map(row).collect()
}

#[test]
fn files_and_stream_hold_the_same_on_any_number_of_workers() {
    let dir = tempfile::tempdir().unwrap();
    let [one, three] = ["one", "three"].map(|name| dir.path().join(name));
    // Seeds 999 and 1000 take their shapes from different stores.
    let wanted = ["--seed", "998", "--count", "5", "--sector", "front"];
    write(&one, &[&wanted[..], &["--workers", "1"]].concat()).succeeded();
    write(&three, &[&wanted[..], &["--workers", "3"]].concat()).succeeded();
    let bytes = stream(&[&wanted[..], &["--workers", "2"]].concat());
    assert_eq!(bytes, stream(&[&wanted[..], &["--workers", "4"]].concat()));
    let names = ["car", "van", "truck", "bus", "pedestrian", "cyclist", "motorcycle"];
    let records = records(&bytes);
    assert_eq!(records.iter().map(|r| r.seed).collect::<Vec<u64>>(), [998, 999, 1000, 1001, 1002]);
    for (index, record) in records.iter().enumerate() {
        let scan = |out: &Path| fs::read(out.join(format!("scans/{index:06}.bin"))).unwrap();
        let labels = |out: &Path| rows(&out.join(format!("labels/{index:06}.txt")));
        assert!(record.points.len() > 16 * 15_000);
        assert_eq!((scan(&one), scan(&three)), (record.points.clone(), record.points.clone()));
        assert_eq!(labels(&one), labels(&three));
        assert_eq!(record.boxes.len(), labels(&one).len());
        for ((number, values, points), (class, row)) in record.boxes.iter().zip(labels(&one)) {
            assert_eq!(names[*number as usize], class);
            assert!(values.iter().zip(&row).all(|(a, b)| (a - b).abs() < 6e-4), "{row:?}");
            assert!((row[7] - *points as f32).abs() < 0.5);
        }
    }
    assert!(records.iter().flat_map(|r| &r.boxes).filter(|b| b.2 > 50).count() > 5);
    assert!(fs::read_to_string(one.join("README.txt")).unwrap().contains("little-endian"));
    // Nothing else was left beside the two.
    assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 2);
}

#[test]
fn another_seed_gives_another_scan_and_a_full_turn_has_more() {
    let first = |more: &[&str]| records(&stream(&[&["--count", "1"], more].concat())).remove(0);
    let small = ["--lidar", "hdl32", "--seed"];
    let full = first(&[&small[..], &["5"]].concat());
    assert_ne!(full.points, first(&[&small[..], &["6"]].concat()).points);
    let front = first(&[&small[..], &["5", "--sector", "front"]].concat());
    assert_eq!(front.boxes.len(), full.boxes.len());
    let share = front.points.len() as f32 / full.points.len() as f32;
    assert!((0.15..0.4).contains(&share), "{share}");
    let points = |record: &Record| record.boxes.iter().map(|b| b.2).sum::<u32>();
    assert!(points(&front) < points(&full));
}

#[test]
fn an_endless_stream_ends_quietly_when_nobody_reads_on() {
    let mut command = Command::new(delos_program());
    command.args(args(&["--stream", "--sector", "front", "--workers", "2"]));
    command.current_dir(checkout()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    let mut head = vec![0; 3_000_000];
    child.stdout.take().unwrap().read_exact(&mut head).unwrap();
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(0));
    assert_eq!(String::from_utf8_lossy(&output.stderr), "");
    let mut bytes = &head[HEAD.len()..];
    let seeds = [record(&mut bytes).seed, record(&mut bytes).seed];
    assert_eq!(seeds, [1000, 1001]);
}

#[test]
fn wrong_wishes_are_refused_in_one_line() {
    let dir = tempfile::tempdir().unwrap();
    let out = dir.path().join("out");
    for (more, wanted) in [
        (&["--count", "0"][..], &["--count", "1..="][..]),
        (&["--count", "-3"], &["-3"]),
        (&["--workers", "0"], &["--workers"]),
        (&["--lidar", "hdl128"], &["hdl128", "hdl64, hdl32"]),
        (&["--sector", "back"], &["back", "full", "front"]),
        (&["--seed", "x"], &["--seed"]),
        (&["--stream"], &["--stream", "--out"]),
    ] {
        write(&out, more).failed_saying(wanted);
        assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 0, "{more:?} left something");
    }
    run_delos(args(&[])).failed_saying(&["--out"]);
    fs::create_dir(&out).unwrap();
    write(&out, &["--count", "1"]).failed_saying(&["out", "exists"]);
    assert_eq!(fs::read_dir(&out).unwrap().count(), 0);
}

#[test]
fn a_full_disk_leaves_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let disk = dir.path().join("disk");
    fs::create_dir(&disk).unwrap();
    let (program, place) = (delos_program(), disk.display());
    let script = format!(
        "{} data scans --count 9 --out {place}/out; c=$?; ls -A {place}; exit $c",
        program.display()
    );
    let test = "scans::a_full_disk_leaves_nothing";
    let Some(output) = with_small_disk(test, &disk, &script) else { return };
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{stderr}");
    let last = stderr.trim_end().lines().next_back().unwrap_or_default();
    assert!(last.starts_with("error: cannot write") && last.contains("space"), "{stderr}");
    assert_eq!(String::from_utf8_lossy(&output.stdout), "");
}
