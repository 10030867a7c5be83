use super::*;
use std::fs;

fn card_text(name: &str, file: &str, sha256: &str) -> String {
    let shipped = include_str!("../../../../../models/yolox_nano.toml");
    let mut lines: Vec<String> = shipped.lines().map(str::to_owned).collect();
    for line in &mut lines {
        for (key, value) in [("name = \"yolox", name), ("file", file), ("sha256", sha256)] {
            if line.starts_with(key) {
                *line = format!("{} = \"{value}\"", key.split(' ').next().unwrap_or(key));
            }
        }
    }
    lines.join("\n")
}

/// A folder with the file `net.onnx`, and the sha256 of that file.
fn folder() -> (tempfile::TempDir, String) {
    let folder = tempfile::tempdir().expect("temporary folder");
    let path = folder.path().join("net.onnx");
    fs::write(&path, b"network").expect("written");
    let sha256 = sha256_of(&path).expect("readable");
    (folder, sha256)
}

fn store(cards: &[String], folder: &Path) -> ModelStore {
    let mut store = ModelStore::default().with_model_folders([folder.to_owned()]);
    for text in cards {
        store.cards.push(ModelCard::parse(text, "test").expect("a card"));
    }
    store
}

#[test]
fn hashes_are_those_of_the_standard() {
    let (folder, _) = folder();
    let path = folder.path().join("abc");
    fs::write(&path, b"abc").expect("written");
    let wanted = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
    assert_eq!(sha256_of(&path).expect("readable"), wanted);
}

#[test]
fn every_shipped_card_is_sound_and_named_like_its_file() {
    for (file, text) in SHIPPED {
        let card = ModelCard::parse(text, file).expect(file);
        assert_eq!(format!("{}.toml", card.name), file);
    }
    assert_eq!(ModelStore::default().list().len(), SHIPPED.len());
}

#[test]
fn a_model_is_found_by_name_and_by_path() {
    let (folder, sha256) = folder();
    let store = store(&[card_text("tiny", "net.onnx", &sha256)], folder.path());
    let path = folder.path().join("net.onnx");
    for spec in ["tiny", "net.onnx", &path.display().to_string()] {
        let found = store.resolve(spec).expect(spec);
        assert_eq!((found.card.name.as_str(), &found.path), ("tiny", &path), "{spec}");
        assert_eq!(found.sha256, sha256);
    }
    let renamed = folder.path().join("renamed.onnx");
    fs::copy(&path, &renamed).expect("copied");
    let found = store.resolve(&renamed.display().to_string()).expect("by hash");
    assert_eq!(found.card.name, "tiny");
    let listed = store.list();
    let tiny = listed.iter().find(|model| model.card.name == "tiny").expect("listed");
    assert_eq!(tiny.folder, Some(folder.path()));
}

#[test]
fn a_file_that_is_not_its_cards_is_refused_with_both_hashes() {
    let (folder, sha256) = folder();
    let store = store(&[card_text("tiny", "net.onnx", &"a".repeat(64))], folder.path());
    for spec in ["tiny", "net.onnx"] {
        let message = store.resolve(spec).expect_err("refused").to_string();
        assert!(message.contains(&sha256[..12]) && message.contains("aaaaaaaaaaaa"), "{message}");
    }
}

#[test]
fn a_card_beside_the_file_serves_a_file_that_no_other_card_knows() {
    let (folder, sha256) = folder();
    let path = folder.path().join("net.onnx").display().to_string();
    let store = ModelStore::default();
    let message = store.resolve(&path).expect_err("no card").to_string();
    assert!(message.contains("delos models add"), "{message}");

    let beside = folder.path().join("net.toml");
    fs::write(&beside, card_text("own", "net.onnx", &sha256)).expect("written");
    assert_eq!(store.resolve(&path).expect("beside").card.name, "own");
    fs::write(&beside, card_text("own", "net.onnx", &"b".repeat(64))).expect("written");
    assert!(matches!(store.resolve(&path), Err(DetectError::Hash { .. })));
}

#[test]
fn what_is_missing_is_named_with_the_remedy() {
    let (folder, _) = folder();
    let store = store(&[], folder.path());
    let place = folder.path().display().to_string();
    for (spec, wanted) in [
        (
            "yolox",
            "delos_camera, delos_camera_f16, delos_lidar, yolov8n, yolox_nano, yolox_nano_416",
        ),
        ("yolox_nano_416", "delos models fetch yolox_nano_416"),
        ("yolox_nano", "`delos models fetch yolox_nano` downloads it"),
        ("yolov8n", "DELOS_MODELS"),
        ("yolox_nano", place.as_str()),
        ("/nowhere/net2.onnx", "/nowhere/net2.onnx"),
    ] {
        let message = store.resolve(spec).expect_err(spec).to_string();
        assert!(message.contains(wanted), "{message}");
    }
}

#[test]
fn cards_of_a_folder_come_first() {
    let (folder, sha256) = folder();
    let cards = folder.path().join("cards");
    fs::create_dir(&cards).expect("created");
    fs::write(cards.join("a.toml"), card_text("yolox_nano", "net.onnx", &sha256)).expect("written");
    let mut store = store(&[], folder.path());
    store.read_cards(&cards).expect("sound");
    for no_folder in ["absent", "net.onnx"] {
        store.read_cards(&folder.path().join(no_folder)).expect("no folder has no cards");
    }
    assert_eq!(store.resolve("yolox_nano").expect("found").sha256, sha256);
    assert_eq!(store.unread(), []);
}

#[test]
fn a_file_that_is_no_card_troubles_only_who_asks_for_it() {
    let (folder, sha256) = folder();
    let write = |file: &str, text: &str| {
        fs::write(folder.path().join(file), text).expect("written");
    };
    write("train_config.toml", "learning_rate = 0.1");
    write("mynet.toml", &format!("name = \"mine\"\nfile = \"net.onnx\"\nsha256 = \"{sha256}\""));
    write("own.toml", "name = \"delos_lidar\"");
    write("broken.toml", "= ] no TOML");
    fs::write(folder.path().join("letters.toml"), [0xff, 0xfe]).expect("written");
    let mut store = store(&[], folder.path());
    for _ in 0..2 {
        store.read_cards(folder.path()).expect("a folder");
    }
    let unread: Vec<_> = store.unread().iter().map(ToString::to_string).collect();
    assert_eq!(unread.len(), 5, "{unread:?}");
    assert!(unread[4].contains("train_config.toml: ") && unread[4].contains("learning_rate"));

    assert!(store.resolve("delos_camera").expect("nobody spoilt it").embedded.is_some());
    assert_eq!(store.list().len(), SHIPPED.len());
    let net = folder.path().join("net.onnx").display().to_string();
    for (spec, wanted) in [
        ("mine", "mynet.toml"),
        ("mynet", "mynet.toml"),
        (net.as_str(), "mynet.toml"),
        ("delos_lidar", "own.toml"),
        ("broken", "broken.toml"),
        ("letters", "letters.toml"),
        ("nobody", "train_config.toml: "),
        ("nobody", "there are delos_camera, "),
    ] {
        let message = store.resolve(spec).expect_err(spec).to_string();
        assert!(message.contains(wanted), "{spec}: {message}");
    }
}

#[test]
fn a_download_goes_into_the_cache() {
    let mut store = ModelStore::default();
    let card = store.card("yolox_nano_416").expect("shipped").clone();
    assert_eq!(store.download(&card), None);
    store.cache = Some(PathBuf::from("/cache"));
    let download = store.download(&card).expect("an address");
    assert_eq!(download.target, Path::new("/cache/yolox_nano.onnx"));
    assert_eq!((download.size, download.sha256), (card.size, card.sha256.clone()));
    let own = store.card("yolov8n").expect("shipped");
    assert_eq!(store.download(own), None);
}

#[test]
fn a_network_of_the_program_needs_no_file() {
    let store = ModelStore::default();
    for name in ["delos_camera", "delos_lidar"] {
        let found = store.resolve(name).expect("part of the program");
        assert_eq!(Some(&found.sha256), found.card.sha256.as_ref());
        assert_eq!(found.path, PathBuf::from(format!("{name}.onnx")));
        let bytes = found.embedded.expect("embedded").bytes();
        assert!(matches!(found.network(), Model::Bytes(network) if std::ptr::eq(network, bytes)));
    }
    let list = store.list();
    assert!(list.iter().all(|model| model.is_embedded == model.card.name.starts_with("delos_")));
}

#[test]
fn a_later_network_of_the_same_name_is_a_file() {
    let (folder, sha256) = folder();
    fs::rename(folder.path().join("net.onnx"), folder.path().join("delos_camera.onnx"))
        .expect("renamed");
    let mut store = store(&[], folder.path());
    store.cards.retain(|card| card.name != "delos_camera");
    let text = card_text("delos_camera", "delos_camera.onnx", &sha256);
    store.cards.push(ModelCard::parse(&text, "test").expect("a card"));
    let found = store.resolve("delos_camera").expect("found");
    assert_eq!((found.sha256.as_str(), found.embedded), (sha256.as_str(), None));
    assert!(matches!(found.network(), Model::File(path) if path.starts_with(folder.path())));
}
