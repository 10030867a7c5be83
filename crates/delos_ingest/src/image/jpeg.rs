//! JPEG without OpenCV.

mod orientation;

use delos_core::{Image, ImageSize};
use orientation::Orientation;
use std::io::Cursor;
use zune_core::colorspace::ColorSpace;
use zune_core::options::DecoderOptions;
use zune_jpeg::JpegDecoder;

/// Decodes a JPEG and turns it as its EXIF orientation says, as OpenCV does.
///
/// Grey levels may differ from OpenCV's (libjpeg-turbo's), whose inverse transform and scaling of
/// colour planes round otherwise: the standard bounds the transform's error, it prescribes no bits.
pub(super) fn decode(bytes: &[u8], promised: ImageSize) -> Result<Image, String> {
    let [width, height] = [promised.width as usize, promised.height as usize];
    let options = DecoderOptions::default()
        .jpeg_set_out_colorspace(ColorSpace::RGB)
        .set_max_width(width)
        .set_max_height(height)
        .set_strict_mode(true);
    let mut decoder = JpegDecoder::new_with_options(Cursor::new(bytes), options);
    let rgb = decoder.decode().map_err(|error| error.to_string())?;
    let orientation = decoder.exif().map_or(Orientation::default(), |tags| Orientation::of(tags));
    if rgb.len() != width * height * 3 {
        return Err("the pixel data is damaged".to_owned());
    }
    let (size, rgb) = orientation.upright(promised, rgb);
    Image::from_rgb(size.width, size.height, rgb).map_err(|error| error.to_string())
}

#[cfg(test)]
mod tests;
