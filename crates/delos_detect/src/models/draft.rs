//! A card to fill in, out of what a network file tells about itself.

use super::Decoder;
use delos_infer::TensorInfo;
use std::fmt::Write as _;
use std::path::Path;

/// First line of the draft for a file that cannot be used.
const NO_DECODER: &str = "# No decoder of delos fits this file: it takes networks with one input \
                          and an output [1, n, 5 + classes] or [1, 4 + classes, n]. The card will \
                          be refused until one does.\n";

/// Text of a card for `file`: names, shapes, sha256 and size are filled in, the decoder is
/// guessed from the shape of the output, and what the file cannot tell is marked `FILL IN`.
/// The text is refused as a card until description, licence and classes are there. Its first
/// line says so when no decoder takes such a file.
pub fn draft_card(
    file: &Path,
    sha256: &str,
    size: u64,
    inputs: &[TensorInfo],
    outputs: &[TensorInfo],
) -> String {
    let output = outputs.iter().find(|output| may_fit(output));
    let mut text = String::new();
    if inputs.len() != 1 || output.is_none() {
        text.push_str(NO_DECODER);
    }
    for (side, tensors) in [("input ", inputs), ("output", outputs)] {
        for tensor in tensors {
            let _ = writeln!(text, "# {side} {tensor}");
        }
    }
    let output = output.or(outputs.first());
    let style = Style::guess(output);
    let parts = [
        file_lines(file, sha256, size),
        input_lines(inputs.first(), &style),
        output_lines(output, &style),
    ];
    for part in parts {
        let _ = write!(text, "{part}");
    }
    text
}

/// What networks with a decoder usually have in common.
struct Style {
    decoder: &'static str,
    remark: &'static str,
    channels: &'static str,
    scale: &'static str,
    place: &'static str,
    other_place: &'static str,
    classes: Option<u64>,
}

impl Style {
    fn guess(output: Option<&TensorInfo>) -> Self {
        let guess = output.and_then(guess_decoder);
        let (decoder, classes) = guess.unwrap_or((Decoder::Yolox, None));
        let remark = if guess.is_some() {
            "guessed from the shape of the output"
        } else {
            "FILL IN: \"yolox\" or \"yolov8\", the shape tells neither"
        };
        let (decoder, channels, scale, [place, other_place]) = match decoder {
            Decoder::Yolox => ("yolox", "bgr", "1.0", ["top_left", "centre"]),
            Decoder::Yolov8 => ("yolov8", "rgb", "0.00392156862745098", ["centre", "top_left"]),
        };
        Self { decoder, remark, channels, scale, place, other_place, classes }
    }
}

fn quoted(text: &str) -> String {
    toml::Value::from(text).to_string()
}

fn file_lines(file: &Path, sha256: &str, size: u64) -> String {
    let stem = quoted(&file.file_stem().unwrap_or_default().to_string_lossy());
    let name = quoted(&file.file_name().unwrap_or_default().to_string_lossy());
    format!(
        r#"name = {stem}
what = "" # FILL IN: what it detects, in one sentence
file = {name}
sha256 = "{sha256}"
size = {size}
licence = "" # FILL IN: licence of the weights
# url = "" # official address of exactly this file, if there is one
"#
    )
}

fn input_lines(input: Option<&TensorInfo>, style: &Style) -> String {
    let ([width, height], fixed) = fixed_size(input);
    let name = quoted(input.map_or("", |tensor| &tensor.name));
    let Style { channels, scale, place, other_place, .. } = style;
    let size_remark = if fixed { "" } else { "; FILL IN: guessed, the file leaves it free" };
    format!(
        r#"
[input]
name = {name}
layout = "NCHW"
channels = "{channels}" # FILL IN: "rgb" or "bgr"
scale = {scale} # FILL IN: grey levels 0..255 are multiplied by this
# mean = [0.0, 0.0, 0.0] # then this is subtracted
# std = [1.0, 1.0, 1.0] # then they are divided by this
size = [{width}, {height}] # width, height{size_remark}
multiple = 32
fixed = {fixed}
letterbox = {{ place = "{place}", pad = 114, rounding = "round" }} # FILL IN: place is guessed, it may be "{other_place}"
"#
    )
}

fn output_lines(output: Option<&TensorInfo>, style: &Style) -> String {
    let name = quoted(output.map_or("", |tensor| &tensor.name));
    let Style { decoder, remark, .. } = style;
    let classes = class_lines(style.classes);
    format!(
        r#"
[output]
name = {name}
decoder = "{decoder}" # {remark}
strides = [8, 16, 32] # FILL IN

[classes]
{classes}

[thresholds]
score = 0.3
nms_iou = 0.45
"#
    )
}

/// Decoder and number of classes that a shape suggests: `[1, n, 5 + classes]` with more
/// rows than columns, or `[1, 4 + classes, n]` the other way round.
fn guess_decoder(output: &TensorInfo) -> Option<(Decoder, Option<u64>)> {
    let [_, rows, columns] = output.shape[..] else { return None };
    let yolox = |columns: u64| columns.checked_sub(5).map(|n| (Decoder::Yolox, Some(n)));
    let yolov8 = |rows: u64| rows.checked_sub(4).map(|n| (Decoder::Yolov8, Some(n)));
    match (rows, columns) {
        (Some(rows), Some(columns)) if rows > columns => yolox(columns),
        (Some(rows), Some(columns)) if rows < columns => yolov8(rows),
        (None, Some(columns)) => yolox(columns),
        (Some(rows), None) => yolov8(rows),
        _ => None,
    }
}

/// Whether some decoder may take the output. Some exporters leave its shape out.
fn may_fit(output: &TensorInfo) -> bool {
    let at_least = |side: Option<u64>, least| side.is_none_or(|side| side >= least);
    let shape = match output.shape[..] {
        [] => true,
        [batch, rows, columns] => {
            batch.is_none_or(|batch| batch == 1) && (at_least(columns, 6) || at_least(rows, 5))
        }
        _ => false,
    };
    shape && matches!(output.element.as_str(), "f32" | "f16")
}

/// Width and height that the input is fixed to, else 640x640.
fn fixed_size(input: Option<&TensorInfo>) -> ([u64; 2], bool) {
    match input.map(|tensor| &tensor.shape[..]) {
        Some([_, _, Some(height), Some(width)]) => ([*width, *height], true),
        _ => ([640, 640], false),
    }
}

fn class_lines(classes: Option<u64>) -> String {
    match classes {
        Some(80) => {
            "taxonomy = \"coco80\" # FILL IN: guessed from the number of classes".to_owned()
        }
        Some(count @ 1..=1000) => {
            let names = vec!["\"-\""; count as usize].join(", ");
            format!("names = [{names}] # FILL IN: a class of delos each, \"-\" to leave out")
        }
        _ => "names = [\"-\"] # FILL IN: a class of delos each, \"-\" to leave out".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::models::ModelCard;

    fn tensor(name: &str, shape: &[Option<u64>]) -> TensorInfo {
        TensorInfo { name: name.into(), element: "f32".into(), shape: shape.to_vec() }
    }

    #[test]
    fn the_shape_of_the_output_tells_the_decoder() {
        for (shape, wanted) in [
            (&[Some(1), Some(3549), Some(85)][..], Some((Decoder::Yolox, Some(80)))),
            (&[None, None, Some(6)], Some((Decoder::Yolox, Some(1)))),
            (&[Some(1), Some(84), Some(8400)], Some((Decoder::Yolov8, Some(80)))),
            (&[Some(1), Some(7), None], Some((Decoder::Yolov8, Some(3)))),
            (&[None, None, None], None),
            (&[Some(1), Some(1000)], None),
        ] {
            assert_eq!(guess_decoder(&tensor("output", shape)), wanted, "{shape:?}");
        }
    }

    fn drafted(inputs: &[TensorInfo], outputs: &[TensorInfo]) -> String {
        draft_card(Path::new("net.onnx"), &"0".repeat(64), 7, inputs, outputs)
    }

    #[test]
    fn a_file_that_no_decoder_takes_is_told_in_the_first_line() {
        let image = tensor("image", &[Some(1), Some(3), Some(640), Some(640)]);
        let boxes = tensor("boxes", &[Some(1), Some(8400), Some(85)]);
        let named = |shape: &[Option<u64>]| tensor("scores", shape);
        let of = |element: &str| TensorInfo { element: element.into(), ..boxes.clone() };
        let (bytes, half) = (of("u8"), of("f16"));
        let cases = [
            (vec![image.clone()], vec![boxes.clone()], false),
            (vec![image.clone()], vec![half], false),
            (vec![image.clone()], vec![named(&[None, None, None])], false),
            (vec![image.clone()], vec![named(&[])], false),
            (vec![image.clone()], vec![named(&[Some(1), Some(100)]), boxes.clone()], false),
            (vec![image.clone(), image.clone()], vec![boxes.clone()], true),
            (vec![], vec![boxes], true),
            (vec![image.clone()], vec![], true),
            (vec![image.clone()], vec![bytes], true),
            (vec![image.clone()], vec![named(&[Some(1), Some(1000)])], true),
            (vec![image.clone()], vec![named(&[Some(8), Some(84), Some(8400)])], true),
            (vec![image], vec![named(&[Some(1), Some(4), Some(4)])], true),
        ];
        for (inputs, outputs, wanted) in cases {
            let text = drafted(&inputs, &outputs);
            let first = text.lines().next().unwrap_or_default();
            let told = first.starts_with("# No decoder of delos fits") && first.contains("refused");
            assert_eq!(told, wanted, "{outputs:?}: {first}");
        }
    }

    #[test]
    fn an_output_that_fits_is_preferred() {
        let outputs = [tensor("scores", &[Some(1), Some(9)]), tensor("boxes", &[None, None, None])];
        assert!(drafted(&[], &outputs).contains("name = \"boxes\""));
    }

    #[test]
    fn guesses_are_marked_and_alternatives_differ_from_them() {
        let fixed = tensor("image", &[Some(1), Some(3), Some(384), Some(640)]);
        let free = tensor("image", &[Some(1), Some(3), None, None]);
        let yolox = tensor("boxes", &[Some(1), Some(8400), Some(85)]);
        let yolov8 = tensor("boxes", &[Some(1), Some(84), Some(8400)]);
        for (output, place, other) in
            [(&yolox, "top_left", "centre"), (&yolov8, "centre", "top_left")]
        {
            let text = drafted(std::slice::from_ref(&free), std::slice::from_ref(output));
            let line = |key: &str| {
                text.lines().find(|line| line.starts_with(key)).unwrap_or_default().to_owned()
            };
            assert!(line("size = [").contains("[640, 640]") && line("size = [").contains("guess"));
            assert!(line("taxonomy").contains("guess"));
            let (value, remark) = line("letterbox").split_once('#').map_or_else(
                || panic!("no remark: {text}"),
                |(value, remark)| (value.to_owned(), remark.to_owned()),
            );
            assert!(value.contains(place) && remark.contains(other) && !remark.contains(place));
        }
        let text = drafted(&[fixed], &[yolox]);
        assert!(text.contains("size = [640, 384] # width, height\n"), "{text}");
    }

    #[test]
    fn a_draft_is_a_card_with_gaps() {
        let input = tensor("in \"put", &[Some(1), Some(3), Some(384), Some(640)]);
        for shape in [&[Some(1), Some(7), None][..], &[None], &[Some(1), Some(84), Some(8400)]] {
            let output = tensor("output0", shape);
            let file = Path::new("some/where/my net.onnx");
            let sha256 = "0".repeat(64);
            let text = draft_card(file, &sha256, 7, std::slice::from_ref(&input), &[output]);
            let refused = ModelCard::parse(&text, "draft").expect_err("gaps").to_string();
            assert!(refused.contains("filled in"), "{refused}");
            let filled = text.replace("= \"\"", "= \"MIT\"").replace("[\"-\"", "[\"car\"");
            let card = ModelCard::parse(&filled, "draft").expect(&filled);
            assert_eq!((card.name.as_str(), card.file.as_str()), ("my net", "my net.onnx"));
            assert_eq!((card.input.name.as_str(), card.size), ("in \"put", Some(7)));
            assert_eq!((card.input.size, card.input.fixed), ([640, 384], true));
            assert!(text.contains("FILL IN"));
        }
    }
}
