//! Encoded images to RGB pixels.

mod header;
// In the usual build for its tests alone, which compare it with OpenCV.
#[cfg(any(test, not(feature = "opencv")))]
mod jpeg;
#[cfg(feature = "opencv")]
pub(crate) mod with_opencv;

use crate::IngestError;
use delos_core::{Image, ImageSize};
use header::Format;
use png::{ColorType, Transformations};
use std::io::{Cursor, ErrorKind};
use std::path::Path;

/// The largest image that is decoded, pixels.
pub const MAX_PIXELS: u64 = 100_000_000;

/// Decodes PNG, JPEG, BMP or WebP to 8-bit RGB; the format is told by the first bytes,
/// whatever the file is called. `path` only names the image in errors.
///
/// PNG of every colour type and depth goes through the crate `png`, which is about three
/// times as fast as OpenCV there and strict about damage; the rest goes through OpenCV. Without
/// the feature `opencv` JPEG goes through the crate `zune-jpeg`, whose grey levels may differ by a
/// few steps, and BMP and WebP are refused.
/// Transparency is dropped, 16 bits are cut to their upper 8, and a JPEG is turned as its
/// EXIF orientation says.
///
/// # Errors
/// [`IngestError::Format`] with the cause: an unknown format, one that this build does not read, more than [`MAX_PIXELS`]
/// (refused before anything is allocated for them), or damaged data.
///
/// ```
/// use delos_ingest::decode_image;
/// let error = decode_image(b"GIF89a", "holiday.png".as_ref()).unwrap_err();
/// assert!(error.to_string().contains("holiday.png"));
/// ```
pub fn decode_image(bytes: &[u8], path: &Path) -> Result<Image, IngestError> {
    decode(bytes).map_err(|cause| IngestError::format(path, cause))
}

fn decode(bytes: &[u8]) -> Result<Image, String> {
    let (format, size) = header::probe(bytes)?;
    let pixels = u64::from(size.width) * u64::from(size.height);
    if pixels == 0 || pixels > MAX_PIXELS {
        return Err(format!(
            "{}x{} pixels; supported are 1 to {MAX_PIXELS}",
            size.width, size.height
        ));
    }
    match format {
        Format::Png => decode_png(bytes),
        Format::Jpeg | Format::Bmp | Format::WebP => decode_other(format, bytes, size),
    }
}

fn decode_png(bytes: &[u8]) -> Result<Image, String> {
    let mut decoder = png::Decoder::new(Cursor::new(bytes));
    decoder.set_transformations(Transformations::EXPAND | Transformations::STRIP_16);
    decoder.set_ignore_text_chunk(true);
    decoder.set_ignore_iccp_chunk(true);
    let mut reader = decoder.read_info().map_err(|error| png_cause(&error))?;
    check_palette(reader.info())?;
    let length = reader.output_buffer_size().ok_or("the image is too large")?;
    let mut pixels = vec![0; length];
    let frame = reader.next_frame(&mut pixels).map_err(|error| png_cause(&error))?;
    pixels.truncate(frame.buffer_size());
    let rgb = match frame.color_type {
        ColorType::Rgb => pixels,
        ColorType::Rgba => repack::<4>(&pixels, |p| [p[0], p[1], p[2]]),
        ColorType::Grayscale => repack::<1>(&pixels, |p| [p[0]; 3]),
        ColorType::GrayscaleAlpha => repack::<2>(&pixels, |p| [p[0]; 3]),
        ColorType::Indexed => return Err("the palette was not expanded".to_owned()),
    };
    Image::from_rgb(frame.width, frame.height, rgb).map_err(|error| error.to_string())
}

/// What the decoder says, and what it means where the file just ends.
fn png_cause(error: &png::DecodingError) -> String {
    match error {
        png::DecodingError::IoError(source) if source.kind() == ErrorKind::UnexpectedEof => {
            format!("the PNG is cut short: {error}")
        }
        _ => error.to_string(),
    }
}

/// The decoder takes a palette apart in threes and falls over a rest.
fn check_palette(info: &png::Info<'_>) -> Result<(), String> {
    match info.palette.as_ref().map(|palette| palette.len()) {
        Some(bytes) if !bytes.is_multiple_of(3) || bytes > 768 => {
            Err(format!("a palette of {bytes} bytes; it must be 256 colours of 3 at most"))
        }
        _ => Ok(()),
    }
}

/// Pixels of `N` bytes each to pixels of three.
fn repack<const N: usize>(pixels: &[u8], rgb: impl Fn(&[u8; N]) -> [u8; 3]) -> Vec<u8> {
    pixels.as_chunks::<N>().0.iter().flat_map(rgb).collect()
}

/// JPEG, BMP and WebP.
#[cfg(feature = "opencv")]
fn decode_other(_: Format, bytes: &[u8], promised: ImageSize) -> Result<Image, String> {
    with_opencv::decode(bytes, promised)
}

/// JPEG; the others are named.
#[cfg(not(feature = "opencv"))]
fn decode_other(format: Format, bytes: &[u8], promised: ImageSize) -> Result<Image, String> {
    match format {
        Format::Jpeg => jpeg::decode(bytes, promised),
        _ => Err("this program was built without OpenCV: it reads PNG and JPEG alone".to_owned()),
    }
}

#[cfg(all(test, feature = "opencv"))]
mod tests;
