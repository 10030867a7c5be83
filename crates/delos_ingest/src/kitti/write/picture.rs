//! Images as PNG.

use delos_core::Image;
use png::{BitDepth, ColorType, Compression, EncodingError, Filter};
use std::io::{Error, ErrorKind};

/// An image as a PNG of 8-bit RGB, compressed fast rather than well.
///
/// # Errors
/// When the image has no pixel: PNG knows none such.
pub fn png_bytes(image: &Image) -> std::io::Result<Vec<u8>> {
    let mut bytes = Vec::with_capacity(image.rgb().len() / 2);
    let mut encoder = png::Encoder::new(&mut bytes, image.width(), image.height());
    encoder.set_color(ColorType::Rgb);
    encoder.set_depth(BitDepth::Eight);
    encoder.set_compression(Compression::Fast);
    encoder.set_filter(Filter::Paeth);
    let mut writer = encoder.write_header().map_err(into_io)?;
    writer.write_image_data(image.rgb()).map_err(into_io)?;
    writer.finish().map_err(into_io)?;
    Ok(bytes)
}

fn into_io(error: EncodingError) -> Error {
    match error {
        EncodingError::IoError(error) => error,
        other => Error::new(ErrorKind::InvalidInput, other),
    }
}
