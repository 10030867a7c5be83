//! Where the image lies in the network's input.

use crate::models::{LetterboxCard, Placement, Rounding};
use delos_core::{Box2, ImageSize};

/// Where a scaled image lies in the network's input.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Fit {
    /// Scale `r = min(W/w, H/h)` from image to input.
    pub ratio: f64,
    /// Size of the scaled image, pixels.
    pub size: ImageSize,
    /// Column of the input at which the image begins.
    pub left: u32,
    /// Row of the input at which the image begins.
    pub top: u32,
}

impl Fit {
    /// Fits an image into an input of `[width, height]` pixels.
    pub fn new(image: ImageSize, input: [u32; 2], card: &LetterboxCard) -> Self {
        let across = f64::from(input[0]) / f64::from(image.width.max(1));
        let down = f64::from(input[1]) / f64::from(image.height.max(1));
        let ratio = across.min(down);
        let scaled = |length: u32, limit: u32| {
            let exact = f64::from(length) * ratio;
            let whole = match card.rounding {
                Rounding::Round => exact.round(),
                Rounding::Floor => exact.floor(),
            };
            (whole as u32).clamp(1, limit.max(1))
        };
        let width = scaled(image.width, input[0]);
        let height = scaled(image.height, input[1]);
        let (left, top) = match card.place {
            Placement::TopLeft => (0, 0),
            Placement::Centre => {
                (input[0].saturating_sub(width) / 2, input[1].saturating_sub(height) / 2)
            }
        };
        Self { ratio, size: ImageSize { width, height }, left, top }
    }

    /// A rectangle in the network's input, given by centre and size, in the image's pixels.
    pub fn box_in_image(&self, centre: [f32; 2], size: [f32; 2]) -> Box2 {
        let scale = (1.0 / self.ratio) as f32;
        let (x, y) = (centre[0] - self.left as f32, centre[1] - self.top as f32);
        let (half_width, half_height) = (size[0] / 2.0, size[1] / 2.0);
        Box2::new(
            (x - half_width) * scale,
            (y - half_height) * scale,
            (x + half_width) * scale,
            (y + half_height) * scale,
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn card(place: Placement, rounding: Rounding) -> LetterboxCard {
        LetterboxCard { place, pad: 114, rounding }
    }

    #[test]
    fn kitti_images_in_usual_inputs() {
        let kitti = ImageSize { width: 1242, height: 375 };
        for (input, place, rounding, wanted) in [
            ([416, 416], Placement::TopLeft, Rounding::Round, (416, 126, 0, 0)),
            ([416, 416], Placement::TopLeft, Rounding::Floor, (416, 125, 0, 0)),
            ([1248, 384], Placement::TopLeft, Rounding::Round, (1248, 377, 0, 0)),
            ([640, 640], Placement::Centre, Rounding::Round, (640, 193, 0, 223)),
        ] {
            let fit = Fit::new(kitti, input, &card(place, rounding));
            assert_eq!((fit.size.width, fit.size.height, fit.left, fit.top), wanted, "{input:?}");
        }
    }

    proptest! {
        #[test]
        fn the_image_stays_inside(w in 1u32..3000, h in 1u32..3000, across in 1u32..40, down in 1u32..40) {
            let input = [across * 32, down * 32];
            let fit = Fit::new(ImageSize { width: w, height: h }, input, &card(Placement::Centre, Rounding::Round));
            prop_assert!(fit.left + fit.size.width <= input[0] && fit.top + fit.size.height <= input[1]);
            prop_assert!(fit.size.width == input[0] || fit.size.height == input[1]);
        }

        #[test]
        fn boxes_find_their_way_back(x in 0.0..1000.0f32, y in 0.0..300.0f32, w in 1.0..200.0f32, h in 1.0..70.0f32) {
            let fit = Fit::new(ImageSize { width: 1242, height: 375 }, [640, 640], &card(Placement::Centre, Rounding::Round));
            let r = fit.ratio as f32;
            let centre = [(x + w / 2.0) * r + fit.left as f32, (y + h / 2.0) * r + fit.top as f32];
            let back = fit.box_in_image(centre, [w * r, h * r]);
            for (got, wanted) in [(back.x1, x), (back.y1, y), (back.x2, x + w), (back.y2, y + h)] {
                prop_assert!((got - wanted).abs() < 0.01, "{back:?}");
            }
        }
    }
}
