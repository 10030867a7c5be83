//! Format and size of an image from its first bytes, before anything is decoded.

use delos_core::ImageSize;

/// An image format told by its magic bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Format {
    Png,
    Jpeg,
    Bmp,
    WebP,
}

/// What the bytes are and how large the image says it is.
pub(super) fn probe(bytes: &[u8]) -> Result<(Format, ImageSize), String> {
    let format = format_of(bytes).ok_or_else(|| {
        format!("its first bytes are not those of a PNG, JPEG, BMP or WebP image ({})", hex(bytes))
    })?;
    let size = match format {
        Format::Png => png_size(bytes),
        Format::Jpeg => return jpeg_size(bytes).map(|size| (format, size)),
        Format::Bmp => bmp_size(bytes),
        Format::WebP => webp_size(bytes),
    };
    size.map(|size| (format, size)).ok_or_else(|| "the file ends inside its header".to_owned())
}

fn format_of(bytes: &[u8]) -> Option<Format> {
    match bytes {
        [0x89, b'P', b'N', b'G', 0x0d, 0x0a, 0x1a, 0x0a, ..] => Some(Format::Png),
        [0xff, 0xd8, 0xff, ..] => Some(Format::Jpeg),
        [b'B', b'M', ..] => Some(Format::Bmp),
        [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'E', b'B', b'P', ..] => Some(Format::WebP),
        _ => None,
    }
}

/// The first bytes for an error message.
fn hex(bytes: &[u8]) -> String {
    if bytes.is_empty() {
        return "the file is empty".to_owned();
    }
    bytes.iter().take(8).map(|b| format!("{b:02x}")).collect::<Vec<_>>().join(" ")
}

fn take<const N: usize>(bytes: &[u8], at: usize) -> Option<[u8; N]> {
    bytes.get(at..)?.first_chunk().copied()
}

/// IHDR is the first chunk: length, type, width, height.
fn png_size(bytes: &[u8]) -> Option<ImageSize> {
    let (width, height) = (take(bytes, 16)?, take(bytes, 20)?);
    Some(ImageSize { width: u32::from_be_bytes(width), height: u32::from_be_bytes(height) })
}

/// BITMAPINFOHEADER: width and height are signed; a negative height means rows from the top.
fn bmp_size(bytes: &[u8]) -> Option<ImageSize> {
    let (width, height) = (take(bytes, 18)?, take(bytes, 22)?);
    Some(ImageSize {
        width: i32::from_le_bytes(width).unsigned_abs(),
        height: i32::from_le_bytes(height).unsigned_abs(),
    })
}

/// The three headers of the WebP container: lossy, lossless, extended.
fn webp_size(bytes: &[u8]) -> Option<ImageSize> {
    let bits = |at, mask| take(bytes, at).map(|b| u32::from(u16::from_le_bytes(b)) & mask);
    match &take::<4>(bytes, 12)? {
        b"VP8 " => Some(ImageSize { width: bits(26, 0x3fff)?, height: bits(28, 0x3fff)? }),
        b"VP8L" => {
            let packed = u32::from_le_bytes(take(bytes, 21)?);
            Some(ImageSize { width: (packed & 0x3fff) + 1, height: (packed >> 14 & 0x3fff) + 1 })
        }
        b"VP8X" => {
            let three =
                |at| take(bytes, at).map(|[a, b, c]: [u8; 3]| u32::from_le_bytes([a, b, c, 0]));
            Some(ImageSize { width: three(24)? + 1, height: three(27)? + 1 })
        }
        _ => None,
    }
}

/// Walks the marker segments to the frame header, and makes sure that the picture has an
/// end: OpenCV fills up a truncated JPEG without a word.
fn jpeg_size(bytes: &[u8]) -> Result<ImageSize, String> {
    const CUT: &str = "the JPEG ends before its picture does: the file is cut short";
    let mut at = 2;
    let mut size = None;
    loop {
        let [lead, marker] = take(bytes, at).ok_or(CUT)?;
        match (lead, marker) {
            (0xff, 0xff) => at += 1,
            (0xff, 0x01 | 0xd0..=0xd8) => at += 2,
            (0xff, 0xda) => break,
            (0xff, 0xd9) => return Err("the JPEG holds no picture".to_owned()),
            (0xff, _) => {
                if is_frame_header(marker) {
                    size = Some(frame_size(bytes, at).ok_or(CUT)?);
                }
                at += 2 + usize::from(u16::from_be_bytes(take(bytes, at + 2).ok_or(CUT)?));
            }
            _ => return Err(format!("the JPEG is damaged at byte {at}")),
        }
    }
    // Within the coded picture 0xff is always followed by 0x00 or a restart marker.
    let has_end = bytes[at..].windows(2).rev().any(|pair| pair == [0xff, 0xd9]);
    if !has_end {
        return Err(CUT.to_owned());
    }
    size.ok_or_else(|| "the JPEG has no frame header".to_owned())
}

/// SOF0 to SOF15 without DHT, JPG and DAC.
fn is_frame_header(marker: u8) -> bool {
    matches!(marker, 0xc0..=0xcf) && !matches!(marker, 0xc4 | 0xc8 | 0xcc)
}

/// Marker, length, precision, height, width.
fn frame_size(bytes: &[u8], at: usize) -> Option<ImageSize> {
    let (height, width) = (take(bytes, at + 5)?, take(bytes, at + 7)?);
    Some(ImageSize {
        width: u32::from(u16::from_be_bytes(width)),
        height: u32::from(u16::from_be_bytes(height)),
    })
}
