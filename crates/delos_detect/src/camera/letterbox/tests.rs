use super::*;
use crate::camera::reference;
use crate::models::{ImageCard, InputContent, Placement, Rounding};
use proptest::prelude::*;

fn card(channels: ChannelOrder, place: Placement) -> InputCard {
    let letterbox = LetterboxCard { place, pad: 114, rounding: Rounding::Round };
    input(ImageCard { channels, letterbox, ..ImageCard::default() })
}

fn input(image: ImageCard) -> InputCard {
    let content = InputContent::Image(image);
    InputCard { name: "images".into(), size: [64, 32], multiple: 32, fixed: false, content }
}

/// A picture of noise.
fn noise(width: u32, height: u32, seed: u32) -> Image {
    let mut state = seed | 1;
    let mut next = || {
        state ^= state << 13;
        state ^= state >> 17;
        state ^= state << 5;
        (state >> 8) as u8
    };
    let data = (0..width * height * 3).map(|_| next()).collect();
    Image::from_rgb(width, height, data).expect("the right length")
}

#[test]
fn an_image_of_the_inputs_size_is_copied_into_planes() {
    let image = Image::from_rgb(2, 1, vec![1, 2, 3, 4, 5, 6]).expect("six bytes");
    for (channels, wanted) in [
        (ChannelOrder::Rgb, [1.0, 4.0, 2.0, 5.0, 3.0, 6.0]),
        (ChannelOrder::Bgr, [3.0, 6.0, 2.0, 5.0, 1.0, 4.0]),
    ] {
        let mut letterbox = Letterbox::new(&card(channels, Placement::TopLeft), [2, 1]);
        assert_eq!(letterbox.apply(&image), wanted);
    }
}

#[test]
fn padding_and_mean_and_deviation_follow_the_networks_order() {
    let mut image_card = card(ChannelOrder::Bgr, Placement::Centre).image();
    (image_card.scale, image_card.mean, image_card.std) = (0.5, [1.0, 2.0, 3.0], [1.0, 2.0, 4.0]);
    let card = input(image_card);
    let image = Image::from_rgb(1, 2, vec![10, 20, 30, 10, 20, 30]).expect("six bytes");
    let mut letterbox = Letterbox::new(&card, [4, 2]);
    let row = |inside: f32, mean: f32, std: f32| {
        let pad = (57.0 - mean) / std;
        [pad, (inside * 0.5 - mean) / std, pad, pad].repeat(2)
    };
    let wanted = [row(30.0, 1.0, 1.0), row(20.0, 2.0, 2.0), row(10.0, 3.0, 4.0)].concat();
    assert_eq!(letterbox.apply(&image), wanted);
}

#[test]
fn images_of_changing_size_leave_no_trace() {
    let card = card(ChannelOrder::Rgb, Placement::TopLeft);
    let mut letterbox = Letterbox::new(&card, [64, 32]);
    for (width, height) in [(64, 20), (10, 40), (64, 20), (200, 3)] {
        let image = noise(width, height, 7);
        assert_eq!(letterbox.apply(&image), reference::letterbox(&image, &card, [64, 32]));
        assert_eq!(letterbox.apply(&image), reference::letterbox(&image, &card, [64, 32]));
    }
}

/// Bilinear interpolation in real numbers, pixel centres aligned.
fn exact(image: &Image, fit: &Fit, x: u32, y: u32, colour: usize) -> f64 {
    let axis = |i: u32, source: u32, target: u32| {
        let at = (f64::from(i) + 0.5) * f64::from(source) / f64::from(target) - 0.5;
        let at = at.clamp(0.0, f64::from(source - 1));
        let first = at.floor();
        (first as usize, (first as usize + 1).min(source as usize - 1), at - first)
    };
    let (x0, x1, u) = axis(x, image.width(), fit.size.width);
    let (y0, y1, v) = axis(y, image.height(), fit.size.height);
    let grey =
        |x: usize, y: usize| f64::from(image.rgb()[(y * image.width() as usize + x) * 3 + colour]);
    let upper = grey(x0, y0) * (1.0 - u) + grey(x1, y0) * u;
    let lower = grey(x0, y1) * (1.0 - u) + grey(x1, y1) * u;
    upper * (1.0 - v) + lower * v
}

proptest! {
    #[test]
    fn fast_equals_reference(
        width in 1u32..90, height in 1u32..60, seed in 1u32.., centre: bool, bgr: bool
    ) {
        let place = if centre { Placement::Centre } else { Placement::TopLeft };
        let channels = if bgr { ChannelOrder::Bgr } else { ChannelOrder::Rgb };
        let (card, image) = (card(channels, place), noise(width, height, seed));
        let mut letterbox = Letterbox::new(&card, [64, 32]);
        prop_assert_eq!(letterbox.apply(&image), reference::letterbox(&image, &card, [64, 32]));
    }

    #[test]
    fn whole_numbers_stay_within_one_grey_level_of_real_ones(
        width in 1u32..90, height in 1u32..60, seed in 1u32..
    ) {
        let (card, image) = (card(ChannelOrder::Rgb, Placement::TopLeft), noise(width, height, seed));
        let mut letterbox = Letterbox::new(&card, [64, 32]);
        let fit = letterbox.fit(image.size());
        let tensor = letterbox.apply(&image);
        for y in 0..fit.size.height {
            for x in 0..fit.size.width {
                for colour in 0..3 {
                    let got = f64::from(tensor[colour * 64 * 32 + (y * 64 + x) as usize]);
                    let wanted = exact(&image, &fit, x, y, colour);
                    prop_assert!((got - wanted).abs() <= 1.0, "({x}, {y}): {got} for {wanted}");
                }
            }
        }
    }
}
