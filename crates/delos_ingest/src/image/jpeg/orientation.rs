//! How a camera was held: the orientation among the EXIF tags of a JPEG.

use delos_core::ImageSize;

/// What has to be done to see the picture upright: first its rows and columns change places, then
/// it is turned about. EXIF 2.32, tag 0x0112, names the eight ways by numbers 1 to 8.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Orientation {
    transposed: bool,
    from_right: bool,
    from_below: bool,
}

/// The tag of the orientation.
const TAG: u16 = 0x0112;
/// Its type: an unsigned 16-bit number.
const SHORT: u16 = 3;
/// Bytes of an entry of a directory of tags.
const ENTRY: usize = 12;

impl Orientation {
    /// The orientation among `tags`, a TIFF header and what follows. What cannot be read counts
    /// as upright.
    pub(super) fn of(tags: &[u8]) -> Self {
        number(tags).map_or_else(Self::default, Self::numbered)
    }

    const fn numbered(number: u16) -> Self {
        let (transposed, from_right, from_below) = match number {
            2 => (false, true, false),
            3 => (false, true, true),
            4 => (false, false, true),
            5 => (true, false, false),
            6 => (true, true, false),
            7 => (true, true, true),
            8 => (true, false, true),
            _ => (false, false, false),
        };
        Self { transposed, from_right, from_below }
    }

    /// The picture as it is to be seen. `rgb` holds `size` pixels of three bytes.
    pub(super) fn upright(self, size: ImageSize, rgb: Vec<u8>) -> (ImageSize, Vec<u8>) {
        if self == Self::default() {
            return (size, rgb);
        }
        let ImageSize { width, height } = size;
        let seen = if self.transposed { ImageSize { width: height, height: width } } else { size };
        let places = (0..seen.height).flat_map(|y| (0..seen.width).map(move |x| (x, y)));
        let pixels = rgb.as_chunks::<3>().0;
        let turned = places.flat_map(|(x, y)| {
            let x = if self.from_right { seen.width - 1 - x } else { x };
            let y = if self.from_below { seen.height - 1 - y } else { y };
            let (column, row) = if self.transposed { (y, x) } else { (x, y) };
            pixels.get(row as usize * width as usize + column as usize).copied().unwrap_or_default()
        });
        (seen, turned.collect())
    }
}

/// The tag's number: byte order, place of the first directory, its entries.
fn number(tags: &[u8]) -> Option<u16> {
    let little = match tags.first_chunk::<4>()? {
        [b'I', b'I', 42, 0] => true,
        [b'M', b'M', 0, 42] => false,
        _ => return None,
    };
    let short = |at: usize| {
        let bytes = *tags.get(at..)?.first_chunk::<2>()?;
        Some(if little { u16::from_le_bytes(bytes) } else { u16::from_be_bytes(bytes) })
    };
    let bytes = *tags.get(4..)?.first_chunk::<4>()?;
    let first = if little { u32::from_le_bytes(bytes) } else { u32::from_be_bytes(bytes) };
    let first = usize::try_from(first).ok()?;
    let count = usize::from(short(first)?);
    let places = (0..count).map(|entry| first.saturating_add(2 + entry * ENTRY));
    let place = places.into_iter().find(|at| short(*at) == Some(TAG))?;
    if short(place + 2)? != SHORT {
        return None;
    }
    short(place + 8)
}
