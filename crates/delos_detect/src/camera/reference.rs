//! The camera's steps written like their definitions: slow, plain, and what the fast
//! versions are tested against.

use super::decode::exp;
use super::letterbox::channels;
use super::{Fit, taps};
use crate::models::InputCard;
use delos_core::Image;

/// Pixel `(x, y)` of `image` scaled to `width` x `height`, RGB.
///
/// The definition is OpenCV's for 8-bit pixels (see [`Letterbox`](super::Letterbox)).
pub fn scaled_pixel(image: &Image, width: u32, height: u32, x: u32, y: u32) -> [u8; 3] {
    let column = taps::column(image.width(), width, x);
    let row = taps::row(image.height(), height, y);
    let grey = |x: u32, y: u32, colour: usize| {
        image.rgb()[(y as usize * image.width() as usize + x as usize) * 3 + colour]
    };
    std::array::from_fn(|colour| {
        let line = |y: u32| {
            let pair = column.at.map(|x| grey(x, y, colour));
            taps::across(pair, column.weights)
        };
        taps::down(row.at.map(line), row.weights)
    })
}

/// The whole image scaled, `[height, width, 3]` RGB.
pub fn scaled(image: &Image, width: u32, height: u32) -> Vec<u8> {
    (0..height)
        .flat_map(|y| (0..width).flat_map(move |x| scaled_pixel(image, width, height, x, y)))
        .collect()
}

/// What [`Letterbox::apply`](super::Letterbox::apply) returns, pixel by pixel.
pub fn letterbox(image: &Image, card: &InputCard, size: [u32; 2]) -> Vec<f32> {
    let card = card.image();
    let fit = Fit::new(image.size(), size, &card.letterbox);
    let area = size[0] as usize * size[1] as usize;
    let mut tensor = vec![0.0; 3 * area];
    for (y, x) in (0..size[1]).flat_map(|y| (0..size[0]).map(move |x| (y, x))) {
        let inside = (fit.left..fit.left + fit.size.width).contains(&x)
            && (fit.top..fit.top + fit.size.height).contains(&y);
        let rgb = if inside {
            scaled_pixel(image, fit.size.width, fit.size.height, x - fit.left, y - fit.top)
        } else {
            [card.letterbox.pad; 3]
        };
        for (grey, channel) in rgb.into_iter().zip(channels(&card)) {
            let place = channel.plane * area + (y * size[0] + x) as usize;
            tensor[place] = f32::from(grey) * channel.gain + channel.offset;
        }
    }
    tensor
}

/// A box before suppression: centre and size in the network's input, class number, score.
pub type RawBox = ([f32; 2], [f32; 2], usize, f32);

/// Every row of a YOLOX output `[n, 5 + classes]` whose best class reaches `threshold`, in
/// row order. Ge et al. 2021, "YOLOX: Exceeding YOLO Series in 2021", section 2.1: centre
/// `(x + gx, y + gy) · s`, size `exp(w, h) · s`, score objectness · class.
pub fn decode_yolox(
    output: &[f32],
    size: [u32; 2],
    strides: &[u32],
    classes: usize,
    threshold: f32,
) -> Vec<RawBox> {
    let cells = strides.iter().flat_map(|stride| {
        let (columns, rows) = (size[0] / stride, size[1] / stride);
        (0..rows).flat_map(move |y| (0..columns).map(move |x| (*stride as f32, x as f32, y as f32)))
    });
    let mut found = Vec::new();
    for (row, (stride, x, y)) in output.chunks_exact(5 + classes).zip(cells) {
        let (class, best) = best_class(row[5..].iter().copied());
        let score = row[4] * best;
        if score >= threshold {
            let centre = [(row[0] + x) * stride, (row[1] + y) * stride];
            found.push((centre, [exp(row[2]) * stride, exp(row[3]) * stride], class, score));
        }
    }
    found
}

/// Every column of a YOLOv8 output `[4 + classes, n]` whose best class reaches `threshold`,
/// in column order: centre and size are pixels of the input, scores are ready.
pub fn decode_yolov8(output: &[f32], n: usize, classes: usize, threshold: f32) -> Vec<RawBox> {
    let at = |row: usize, column: usize| output[row * n + column];
    (0..n)
        .filter_map(|i| {
            let (class, score) = best_class((0..classes).map(|class| at(4 + class, i)));
            let found = ([at(0, i), at(1, i)], [at(2, i), at(3, i)], class, score);
            (score >= threshold).then_some(found)
        })
        .collect()
}

/// The highest score and its number, the lowest number among equals; NaN never wins.
fn best_class(scores: impl Iterator<Item = f32>) -> (usize, f32) {
    scores.enumerate().fold((0, f32::NEG_INFINITY), |best, (class, score)| {
        if score > best.1 { (class, score) } else { best }
    })
}
