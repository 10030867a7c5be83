use super::*;
use crate::models::Rounding;

const CARD: &str = r#"
name = "tiny"
what = "A network for tests"
file = "tiny.onnx"
licence = "MIT"
[input]
name = "images"
layout = "NCHW"
channels = "rgb"
size = [64, 32]
letterbox = { place = "top_left" }
[output]
name = "output"
decoder = "yolox"
strides = [8, 16, 32]
[classes]
names = ["car", "-", "pedestrian"]
"#;

#[test]
fn what_is_left_out_has_its_usual_value() {
    let card = ModelCard::parse(CARD, "tiny.toml").expect("a card");
    let input = &card.input;
    let image = input.image();
    assert_eq!((image.scale, image.mean, image.std), (1.0, [0.0; 3], [1.0; 3]));
    assert_eq!((input.multiple, input.fixed), (32, false));
    assert_eq!((image.letterbox.pad, image.letterbox.rounding), (114, Rounding::Round));
    assert_eq!(card.thresholds, Thresholds { score: 0.3, nms_iou: 0.45 });
    let classes = card.classes.map().expect("known");
    assert_eq!(classes, [Some(ObjectClass::Car), None, Some(ObjectClass::Pedestrian)]);
}

/// The page that explains the keys of networks of pillars has cards that hold.
#[test]
fn the_cards_of_the_documentation_are_cards() {
    let page = include_str!("../../../../../docs/lidar_networks.md");
    let cards: Vec<ModelCard> = page
        .split("```toml\n")
        .skip(1)
        .map(|rest| rest.split("```").next().unwrap_or_default())
        .map(|text| ModelCard::parse(text, "docs/lidar_networks.md").expect(text))
        .collect();
    assert_eq!(cards.len(), 2);
    for card in cards {
        let pillars = card.pillars().expect("a network of pillars");
        assert!(pillars.grid().iter().all(|side| *side > 400), "{}", card.name);
    }
}

#[test]
fn random_weights_are_told() {
    let card = ModelCard::parse(CARD, "tiny.toml").expect("a card");
    assert_eq!((card.latency_only, card.remark()), (false, None));
    let text = CARD.replacen("licence", "latency_only = true\nlicence", 1);
    let card = ModelCard::parse(&text, "tiny.toml").expect("a card");
    assert!(card.latency_only && card.remark().is_some_and(|told| told.contains("latency only")));
}

#[test]
fn a_wrong_card_is_refused_with_the_reason() {
    for (from, to, wanted) in [
        ("layout = \"NCHW\"", "layout = \"NCHW\"\ncolour = 1", "colour"),
        ("\"NCHW\"", "\"NHWC\"", "NHWC"),
        ("licence = \"MIT\"", "", "licence"),
        ("licence", "sha256 = \"abc\"\nlicence", "64 hexadecimal"),
        ("[64, 32]", "[64, 33]", "multiples of 32"),
        ("[64, 32]", "[0, 32]", "multiples of 32"),
        ("[64, 32]", "[64, 32]\nstd = [1.0, 0.0, 1.0]", "input.std"),
        ("[64, 32]", "[64, 32]\nscale = nan", "input.scale"),
        ("[8, 16, 32]", "[]", "strides"),
        ("\"car\"", "\"lorry\"", "lorry"),
        ("\"MIT\"", "\"\"", "filled in"),
        ("[\"car\", \"-\", \"pedestrian\"]", "[\"-\"]", "at least one class"),
        ("[\"car\", \"-\", \"pedestrian\"]", "[]", "at least one class"),
        ("tiny.onnx", "../tiny.onnx", "without a folder"),
        ("\"yolox\"", "\"yolov99\"", "yolov99"),
        ("[classes]", "[thresholds]\nscore = 1.5\n[classes]", "1.5"),
    ] {
        assert!(CARD.contains(from), "{from}");
        let message =
            ModelCard::parse(&CARD.replacen(from, to, 1), "tiny.toml").expect_err(to).to_string();
        assert!(message.contains("tiny.toml") && message.contains(wanted), "{message}");
    }
}

#[test]
fn a_fixed_network_takes_one_size() {
    let mut card = ModelCard::parse(CARD, "tiny.toml").expect("a card");
    assert!(card.input.check_size([128, 64]).is_ok());
    card.input.fixed = true;
    assert!(card.input.check_size([128, 64]).expect_err("refused").contains("64x32 only"));
}

const LIDAR_CARD: &str = include_str!("../../../../../models/delos_lidar.toml");

#[test]
fn the_card_of_the_lidar_network_says_what_its_recipe_says() {
    let card = ModelCard::parse(LIDAR_CARD, "delos_lidar.toml").expect("a card");
    let centres = card.centres().expect("a LiDAR network");
    assert_eq!((centres.stride, centres.most), (2, 256));
    assert_eq!((centres.quality_power, centres.least_heat), (0.5, 0.05));
    assert!((card.raster().expect("a LiDAR network").ground_m + 1.73).abs() < 1e-9);
    assert_eq!(card.window(None).expect("the usual"), Window::FRONT);
    assert_eq!(card.window(Some("turn")).expect("known"), Window::FULL_TURN);
    assert_eq!((card.input.size, card.input.multiple), ([216, 248], 8));
    let message = card.window(Some("rear")).expect_err("unknown").to_string();
    assert!(message.contains("front, turn"), "{message}");
}

#[test]
fn a_wrong_card_of_a_lidar_network_is_refused_with_the_reason() {
    for (from, to, wanted) in [
        ("\"cells22\"", "\"pillars\"", "pillars"),
        ("multiple = 8", "multiple = 12", "input.multiple"),
        ("multiple = 8", "multiple = 16", "input.windows.front"),
        ("multiple = 8", "", "multiple"),
        ("ground_m = -1.73", "ground_m = nan", "ground_m"),
        ("ground_m = -1.73", "ground_m = -1.73\nchannels = \"rgb\"", "channels"),
        ("window = \"front\"", "window = \"rear\"", "input.window must name"),
        ("[216, 248]", "[216, 250]", "multiples of 8"),
        ("[432, 432]", "[432, 4320]", "8 to 1024"),
        ("\"centres\"", "\"yolox\"", "yolox"),
        ("stride = 2", "stride = 3", "output.stride"),
        ("stride = 2", "strides = [2]", "strides"),
        ("quality_power = 0.5", "quality_power = -1.0", "quality_power"),
        ("least_heat = 0.05", "least_heat = 5.0", "least_heat"),
        ("most = 256", "most = 0", "output.most"),
        ("bus_from_m = 10.2", "bus_from_m = 2.0", "bus_from_m"),
        ("\"cyclist\"", "\"large\"", "large"),
        ("nms_iou = 0.2", "nms_iou = 2.0", "NMS"),
    ] {
        assert!(LIDAR_CARD.contains(from), "{from}");
        let text = LIDAR_CARD.replacen(from, to, 1);
        let message = ModelCard::parse(&text, "tiny.toml").expect_err(to).to_string();
        assert!(message.contains("tiny.toml") && message.contains(wanted), "{message}");
    }
}

#[test]
fn a_network_for_another_sensor_is_told() {
    let camera = ModelCard::parse(CARD, "tiny.toml").expect("a card");
    let lidar = ModelCard::parse(LIDAR_CARD, "delos_lidar.toml").expect("a card");
    let message = camera.window(None).expect_err("no window").to_string();
    assert_eq!(message, "model `tiny` is for camera images, not for LiDAR scans");
    assert!(camera.centres().is_err());
    let message = lidar.rows().expect_err("no rows").to_string();
    assert_eq!(message, "model `delos_lidar` is for LiDAR scans, not for camera images");
}
