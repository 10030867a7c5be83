use super::*;

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
    assert_eq!((input.scale, input.mean, input.std), (1.0, [0.0; 3], [1.0; 3]));
    assert_eq!((input.multiple, input.fixed), (32, false));
    assert_eq!((input.letterbox.pad, input.letterbox.rounding), (114, Rounding::Round));
    assert_eq!(card.thresholds, Thresholds { score: 0.3, nms_iou: 0.45 });
    let classes = card.classes.map().expect("known");
    assert_eq!(classes, [Some(ObjectClass::Car), None, Some(ObjectClass::Pedestrian)]);
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
