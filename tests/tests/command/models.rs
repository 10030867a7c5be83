//! Networks: fetched from a local server, verified, refused when they are not what their card says.

use delos_tests::{MadeUpDrive, checkout, real_models, run_delos, run_delos_with};
use std::fs;
use std::io::{Read, Write};
use std::net::TcpListener;
use std::path::Path;

/// Serves `body` to everybody who asks, until the test ends. Returns the address.
fn serve(body: Vec<u8>) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = listener.local_addr().expect("an address");
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let Ok(mut stream) = stream else { return };
            let mut request = [0; 2048];
            let _ = stream.read(&mut request);
            let head = format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n", body.len());
            let _ = stream.write_all(head.as_bytes()).and_then(|()| stream.write_all(&body));
        }
    });
    format!("http://{address}/network.onnx")
}

/// A card of the shipped form for another file.
fn write_card(folder: &Path, url: &str, sha256: &str, size: usize) {
    let shipped =
        fs::read_to_string(checkout().join("models/yolox_nano_416.toml")).expect("a shipped card");
    let (head, tensors) = shipped.split_once("[input]").expect("a table");
    let kept = |line: &&str| {
        !["name", "file", "sha256", "size", "url"].iter().any(|key| line.starts_with(key))
    };
    let head: Vec<&str> = head.lines().filter(kept).collect();
    let card = format!(
        "name = \"mine\"\nfile = \"network.onnx\"\nsha256 = \"{sha256}\"\nsize = {size}\n\
         url = \"{url}\"\n{}\n[input]{tensors}",
        head.join("\n")
    );
    fs::create_dir_all(folder.join("models")).expect("made");
    fs::write(folder.join("models/mine.toml"), card).expect("written");
}

#[test]
fn a_network_is_fetched_once_and_verified() {
    let folder = tempfile::tempdir().unwrap();
    let body = b"a network of which only the hash matters".to_vec();
    let file = folder.path().join("copy");
    fs::write(&file, &body).unwrap();
    let sha256 = delos_ingest::sha256_file(&file).unwrap();
    write_card(folder.path(), &serve(body.clone()), &sha256, body.len());
    let delos = |args: &[&str]| {
        run_delos_with(args, |command| {
            command.current_dir(&folder).env("XDG_CACHE_HOME", folder.path().join("cache"));
            command.env_remove("DELOS_MODELS");
        })
    };
    assert!(delos(&["models", "list"]).succeeded().stdout.contains("mine"));
    delos(&["models", "verify", "mine"]).failed_saying(&["mine", "delos models fetch mine"]);
    assert!(delos(&["models", "fetch", "mine"]).succeeded().stdout.starts_with("downloaded"));
    assert!(delos(&["models", "fetch", "mine"]).succeeded().stdout.starts_with("already there"));
    assert!(delos(&["models", "verify", "mine"]).succeeded().stdout.contains(&sha256));

    write_card(folder.path(), &serve(b"something else".to_vec()), &sha256, 14);
    fs::remove_dir_all(folder.path().join("cache")).unwrap();
    delos(&["models", "fetch", "mine"]).failed_saying(&["sha256"]);
    assert!(!folder.path().join("cache/delos/models/network.onnx").exists());
}

/// A field of a message of Protocol Buffers that holds bytes, shorter than 128.
fn field(number: u8, bytes: &[u8]) -> Vec<u8> {
    let length = u8::try_from(bytes.len()).expect("short");
    assert!(length < 128, "a length of one byte");
    [&[number << 3 | 2, length][..], bytes].concat()
}

/// An ONNX file with one input and one output of these axes: lengths (field 1) or names (field 2).
fn network(input: &[Vec<u8>], output: &[Vec<u8>]) -> Vec<u8> {
    let value = |name: &str, axes: &[Vec<u8>]| {
        let shape = axes.iter().flat_map(|axis| field(1, axis)).collect::<Vec<u8>>();
        let tensor = [&[0x08, 1][..], &field(2, &shape)].concat();
        [field(1, name.as_bytes()), field(2, &field(1, &tensor))].concat()
    };
    let graph = [field(11, &value("images", input)), field(12, &value("output", output))].concat();
    [&[0x08, 6][..], &field(7, &graph)].concat()
}

#[test]
fn a_network_of_any_size_is_made_out_of_the_official_one() {
    let folder = tempfile::tempdir().unwrap();
    let (length, name) = (|value| vec![0x08, value], |name: &str| field(2, name.as_bytes()));
    let official = network(&[1, 3, 64, 32].map(length), &[1, 42, 85].map(length));
    let freed =
        network(&[name("N"), length(3), name("H"), name("W")], &[name("N"), name("A"), length(85)]);
    let sha256 = |bytes: &[u8]| {
        let file = folder.path().join("copy");
        fs::write(&file, bytes).unwrap();
        delos_ingest::sha256_file(&file).unwrap()
    };
    write_card(folder.path(), &serve(official.clone()), &sha256(&official), official.len());
    let card = fs::read_to_string(folder.path().join("models/mine.toml")).unwrap();
    let write_freed = |sha256: &str| {
        let kept = card.lines().filter(|line| !line.starts_with("url"));
        let lines = kept.map(|line| match line.split(' ').next() {
            Some("name") if line.ends_with("\"mine\"") => {
                "name = \"free\"\nmade_from = \"mine\"".to_owned()
            }
            Some("file") => "file = \"free.onnx\"".to_owned(),
            Some("sha256") => format!("sha256 = \"{sha256}\""),
            Some("size") if !line.contains('[') => String::new(),
            _ => line.to_owned(),
        });
        let text = lines.collect::<Vec<_>>().join("\n");
        fs::write(folder.path().join("models/free.toml"), text).unwrap();
    };
    let delos = |args: &[&str]| {
        run_delos_with(args, |command| {
            command.current_dir(&folder).env("XDG_CACHE_HOME", folder.path().join("cache"));
            command.env_remove("DELOS_MODELS");
        })
    };
    write_freed(&"0".repeat(64));
    delos(&["models", "fetch", "free"]).failed_saying(&["free.onnx", "sha256"]);
    assert!(!folder.path().join("cache/delos/models/free.onnx").exists());

    write_freed(&sha256(&freed));
    assert!(delos(&["models", "list"]).succeeded().stdout.contains("made out of mine"));
    delos(&["models", "verify", "free"]).failed_saying(&["delos models fetch free"]);
    let made = delos(&["models", "fetch", "free"]).succeeded().stdout;
    assert!(made.starts_with("made out of mine: "), "{made}");
    assert_eq!(fs::read(folder.path().join("cache/delos/models/free.onnx")).unwrap(), freed);
    assert!(delos(&["models", "fetch", "free"]).succeeded().stdout.starts_with("already there"));

    // It has its card already.
    delos(&["models", "add", "cache/delos/models/free.onnx"])
        .failed_saying(&["card `free` already", "model=cache/delos/models/free.onnx"]);
    let error = delos(&["models", "add", "nowhere.onnx"]).failed_saying(&["nowhere.onnx"]).stderr;
    assert_eq!(error.matches("No such file").count(), 1, "{error}");
}

#[test]
fn a_network_with_other_tensors_than_its_card_is_refused() {
    let test = "a_network_with_other_tensors_than_its_card_is_refused";
    let Some(models) = real_models(test) else { return };
    let drive = MadeUpDrive::with_scans_and_images(2);
    let file = drive.day().join("faces.onnx");
    fs::copy(models.join("face_detection_yunet_2026may.onnx"), &file).unwrap();
    let sha256 = delos_ingest::sha256_file(&file).unwrap();
    let size = fs::metadata(&file).unwrap().len() as usize;
    write_card(drive.day(), "http://127.0.0.1/", &sha256, size);
    fs::rename(drive.day().join("models/mine.toml"), file.with_extension("toml")).unwrap();
    let (data, out) = (drive.path(), drive.out());
    let args = [
        "run",
        "launch/kitti_camera.toml",
        "--data",
        &data.to_string_lossy(),
        "--out",
        &out.to_string_lossy(),
        "--set",
        &format!("camera.model={}", file.display()),
        "--set",
        "camera.size=[416, 416]",
    ]
    .map(str::to_owned);
    run_delos(args).failed_saying(&["mine", "`images`", "`input`"]);
}

/// The draft of a card lies in the folder of cards until it is filled in.
#[test]
fn a_draft_among_the_cards_stops_nobody_else() {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("models")).unwrap();
    let draft = "name = \"mynet\"\nlearning_rate = 1";
    fs::write(folder.path().join("models/mynet.toml"), draft).unwrap();
    let delos = |args: &[&str]| {
        run_delos_with(args, |command| {
            command.current_dir(&folder);
        })
    };
    for command in [&["models", "list"][..], &["doctor"]] {
        let run = delos(command).succeeded();
        let text = format!("{}{}", run.stdout, run.stderr);
        assert!(text.contains("delos_camera") && text.contains("mynet.toml"), "{text}");
    }
    delos(&["models", "verify", "delos_lidar"]).succeeded();
    delos(&["models", "verify", "mynet"]).failed_saying(&["mynet.toml", "learning_rate"]);
}
