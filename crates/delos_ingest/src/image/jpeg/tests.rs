use super::*;
use jpeg_encoder::{ColorType, Encoder};
use proptest::prelude::*;

/// Soft slopes of all three colours, so that a wrong order of rows, columns or channels shows and
/// compression changes little.
fn pixel(x: u32, y: u32) -> [u8; 3] {
    [40 + x * 3, 30 + y * 4, 200 - x - y].map(|level| level as u8)
}

fn encoded(width: u16, height: u16) -> Vec<u8> {
    let places = (0..u32::from(height)).flat_map(|y| (0..u32::from(width)).map(move |x| (x, y)));
    let rgb: Vec<u8> = places.flat_map(|(x, y)| pixel(x, y)).collect();
    let mut bytes = Vec::new();
    Encoder::new(&mut bytes, 97).encode(&rgb, width, height, ColorType::Rgb).expect("encoded");
    bytes
}

/// A directory of one tag, in either order of bytes.
fn tags(orientation: u16, little: bool) -> Vec<u8> {
    let short = |n: u16| if little { n.to_le_bytes() } else { n.to_be_bytes() };
    let long = |n: u32| if little { n.to_le_bytes() } else { n.to_be_bytes() };
    let order: &[u8] = if little { b"II" } else { b"MM" };
    let (start, one) = ([order, &short(42), &long(8)].concat(), short(1));
    let entry = [&short(0x0112)[..], &short(3), &long(1), &short(orientation), &short(0)].concat();
    [start, one.to_vec(), entry, long(0).to_vec()].concat()
}

/// The JPEG with tags in front of its picture.
pub(crate) fn tagged(jpeg: &[u8], tags: &[u8]) -> Vec<u8> {
    let length = (tags.len() as u16 + 8).to_be_bytes();
    [&jpeg[..2], b"\xff\xe1", &length, b"Exif\0\0", tags, &jpeg[2..]].concat()
}

fn size(width: u32, height: u32) -> ImageSize {
    ImageSize { width, height }
}

/// The greatest difference of a grey level from what `wanted` gives for each place.
fn worst(image: &Image, wanted: impl Fn(u32, u32) -> [u8; 3]) -> u8 {
    let places = (0..image.height()).flat_map(|y| (0..image.width()).map(move |x| (x, y)));
    let wanted = places.flat_map(|(x, y)| wanted(x, y));
    image.rgb().iter().zip(wanted).map(|(a, b)| a.abs_diff(b)).max().unwrap_or(u8::MAX)
}

#[test]
fn a_picture_comes_back() {
    let image = decode(&encoded(50, 30), size(50, 30)).expect("decoded");
    assert_eq!(image.size(), size(50, 30));
    let worst = worst(&image, pixel);
    assert!(worst <= 6, "{worst}");
}

/// The place in the file of what is seen at (x, y); the last column and row are the third and fourth.
type Place = fn(u32, u32, u32, u32) -> (u32, u32);

#[test]
fn all_eight_orientations_are_turned_upright() {
    // Where the pixel that is seen at (x, y) lies in the file, after EXIF 2.32, 4.6.4.
    let (right, below) = (47, 31);
    let cases: [Place; 8] = [
        |x, y, _, _| (x, y),
        |x, y, right, _| (right - x, y),
        |x, y, right, below| (right - x, below - y),
        |x, y, _, below| (x, below - y),
        |x, y, _, _| (y, x),
        |x, y, _, below| (y, below - x),
        |x, y, right, below| (right - y, below - x),
        |x, y, right, _| (right - y, x),
    ];
    let jpeg = encoded(48, 32);
    for (number, place) in (1_u16..).zip(cases) {
        let bytes = tagged(&jpeg, &tags(number, number % 2 == 0));
        let image = decode(&bytes, size(48, 32)).expect("decoded");
        let seen = if number > 4 { size(32, 48) } else { size(48, 32) };
        assert_eq!(image.size(), seen, "{number}");
        let worst = worst(&image, |x, y| {
            let (x, y) = place(x, y, right, below);
            pixel(x, y)
        });
        assert!(worst <= 6, "{number}: {worst}");
    }
}

#[test]
fn tags_that_cannot_be_read_count_as_upright() {
    let whole = tags(6, true);
    let other_type = [&whole[..12], &[4], &whole[13..]].concat();
    let far_away = [&whole[..4], &[255; 4], &whole[8..]].concat();
    for tags in [&b""[..], b"II", b"XX*\0\x08\0\0\0", &whole[..18], &other_type, &far_away] {
        assert_eq!(Orientation::of(tags), Orientation::default(), "{tags:?}");
    }
    assert_ne!(Orientation::of(&whole), Orientation::default());
}

#[test]
fn a_picture_of_another_size_is_refused() {
    assert!(decode(&encoded(48, 32), size(32, 48)).is_err());
    assert!(decode(&encoded(48, 32), size(48, 48)).is_err());
}

proptest! {
    #[test]
    fn a_flipped_byte_never_panics(at in 0..4000usize, value in any::<u8>(), cut in 0..4000usize) {
        let mut bytes = tagged(&encoded(40, 24), &tags(6, false));
        let length = bytes.len();
        bytes[at % length] = value;
        let _ = decode(&bytes, size(40, 24));
        let _ = decode(&bytes[..cut % length], size(40, 24));
    }

    #[test]
    fn any_tags_are_read_without_a_panic(tags in prop::collection::vec(any::<u8>(), 0..64), little in any::<bool>()) {
        let head: &[u8] = if little { b"II*\0" } else { b"MM\0*" };
        let _ = Orientation::of(&[head, &tags].concat());
    }
}
