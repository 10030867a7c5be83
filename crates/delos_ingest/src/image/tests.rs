use super::*;
use jpeg_encoder::{Encoder, SamplingFactor};
use opencv::core::{Mat, MatTraitConst, Vector};
use opencv::imgcodecs;
use proptest::prelude::*;

/// A picture with gradients and edges, so that a wrong order of channels or rows shows.
fn pattern(width: u32, height: u32, channels: usize) -> Vec<u8> {
    (0..height)
        .flat_map(|y| (0..width).map(move |x| (x, y)))
        .flat_map(|(x, y)| {
            let values = [x * 7, y * 11 + 40, (x ^ y) * 3, 128 + (x + y) % 100];
            values.into_iter().take(channels).map(|v| v as u8)
        })
        .collect()
}

fn encode_png(
    width: u32,
    height: u32,
    color: ColorType,
    depth: png::BitDepth,
    data: &[u8],
) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut encoder = png::Encoder::new(&mut bytes, width, height);
    encoder.set_color(color);
    encoder.set_depth(depth);
    if color == ColorType::Indexed {
        encoder.set_palette((0..=255).flat_map(|i: u8| [i, 255 - i, i / 2]).collect::<Vec<_>>());
    }
    encoder.write_header().and_then(|mut w| w.write_image_data(data)).expect("a valid picture");
    bytes
}

fn through_opencv(bytes: &[u8]) -> Image {
    let mat = imgcodecs::imdecode(&bytes, imgcodecs::IMREAD_COLOR).expect("decodes");
    with_opencv::image_from_bgr(&mat).expect("BGR")
}

fn jpeg(width: u32, height: u32) -> Vec<u8> {
    let data = pattern(width, height, 3);
    let flat = Mat::from_slice(&data).expect("a matrix");
    let mat = flat.reshape(3, height.cast_signed()).expect("three channels");
    let mut bytes = Vector::<u8>::new();
    imgcodecs::imencode(".jpg", &mat, &mut bytes, &Vector::new()).expect("encodes");
    bytes.as_slice().to_vec()
}

fn cause(bytes: &[u8]) -> String {
    decode_image(bytes, "pictures/7.png".as_ref()).expect_err("refused").to_string()
}

#[test]
fn every_kind_of_png_equals_opencv_pixel_for_pixel() {
    use png::BitDepth::{Eight, Four, One, Sixteen};
    let table = [
        (ColorType::Rgb, Eight, 3),
        (ColorType::Rgba, Eight, 4),
        (ColorType::Grayscale, Eight, 1),
        (ColorType::GrayscaleAlpha, Eight, 2),
        (ColorType::Indexed, Eight, 1),
        (ColorType::Rgb, Sixteen, 6),
        (ColorType::Grayscale, Sixteen, 2),
    ];
    for (color, depth, bytes_per_pixel) in table {
        let data = pattern(53 * bytes_per_pixel as u32, 31, 1);
        let bytes = encode_png(53, 31, color, depth, &data);
        let image = decode_image(&bytes, "a.png".as_ref()).expect("decodes");
        assert!(image == through_opencv(&bytes), "{color:?} {depth:?}");
    }
    for (depth, pixels_per_byte) in [(Four, 2), (One, 8)] {
        let data = pattern(6, 31, 1);
        let bytes = encode_png(6 * pixels_per_byte, 31, ColorType::Grayscale, depth, &data);
        let image = decode_image(&bytes, "a.png".as_ref()).expect("decodes");
        assert!(image == through_opencv(&bytes), "gray {depth:?}");
    }
}

#[test]
fn png_keeps_every_byte() {
    let data = pattern(40, 30, 3);
    let bytes = encode_png(40, 30, ColorType::Rgb, png::BitDepth::Eight, &data);
    // The extension lies: the bytes decide.
    let image = decode_image(&bytes, "a.jpg".as_ref()).expect("decodes");
    assert_eq!((image.width(), image.height(), image.rgb()), (40, 30, &data[..]));
}

#[test]
fn jpeg_comes_out_as_rgb() {
    let mut data = vec![0; 64 * 48 * 3];
    data.as_chunks_mut::<3>().0.fill([10, 20, 240]);
    let mat =
        Mat::from_slice(&data).expect("a matrix").reshape(3, 48).expect("BGR").clone_pointee();
    let mut bytes = Vector::<u8>::new();
    imgcodecs::imencode(".jpg", &mat, &mut bytes, &Vector::new()).expect("encodes");
    let image = decode_image(bytes.as_slice(), "a.jpg".as_ref()).expect("decodes");
    assert_eq!((image.width(), image.height()), (64, 48));
    let [red, green, blue] = [image.rgb()[0], image.rgb()[1], image.rgb()[2]];
    assert!(red > 230 && green < 30 && blue < 20, "{red} {green} {blue}");
}

/// How far the two decoders of JPEG are apart: greatest and mean difference of grey levels.
fn apart(a: &Image, b: &Image) -> (u8, f64) {
    assert_eq!(a.size(), b.size());
    let each = a.rgb().iter().zip(b.rgb()).map(|(a, b)| a.abs_diff(*b));
    let sum: u64 = each.clone().map(u64::from).sum();
    (each.max().unwrap_or(0), sum as f64 / a.rgb().len() as f64)
}

#[test]
fn jpeg_without_opencv_is_as_near_as_the_standard_makes_it() {
    let (width, height) = (160, 96);
    let slope = |x: u32, y: u32| [x, 2 * y, x.midpoint(y)].map(|level| level as u8);
    let places = (0..height).flat_map(|y| (0..width).map(move |x| (x, y)));
    let soft: Vec<u8> = places.flat_map(|(x, y)| slope(x, y)).collect();
    // Colours of every second pixel, and of each.
    for (sampling, greatest) in [(SamplingFactor::F_2_2, 4), (SamplingFactor::F_1_1, 3)] {
        let mut bytes = Vec::new();
        let mut encoder = Encoder::new(&mut bytes, 85);
        encoder.set_sampling_factor(sampling);
        let size = [width, height].map(|side| side as u16);
        encoder.encode(&soft, size[0], size[1], jpeg_encoder::ColorType::Rgb).expect("encoded");
        let ours = jpeg::decode(&bytes, ImageSize { width, height }).expect("decodes");
        let (worst, mean) = apart(&ours, &through_opencv(&bytes));
        assert!(worst <= greatest && mean < 0.5, "{sampling:?}: {worst}, mean {mean}");
    }
}

#[test]
fn damaged_images_name_the_file_and_the_cause() {
    let whole_png = encode_png(40, 30, ColorType::Rgb, png::BitDepth::Eight, &pattern(40, 30, 3));
    let whole_jpeg = jpeg(64, 48);
    let flipped = |at: usize| {
        let mut bytes = whole_png.clone();
        bytes[at] ^= 0x55;
        bytes
    };
    // The checksum of the pixels stands before the last chunk, which has 12 bytes.
    let (wrong_data, wrong_sum) = (flipped(whole_png.len() / 2), flipped(whole_png.len() - 13));
    let table: [(&[u8], &str); 8] = [
        (b"", "the file is empty"),
        (b"hello, world", "68 65 6c 6c 6f"),
        (&whole_png[..20], "ends inside its header"),
        (&whole_png[..whole_png.len() / 2], "the PNG is cut short: "),
        (&wrong_data, "Corrupt deflate stream"),
        (&wrong_sum, "CRC error"),
        (&whole_jpeg[..whole_jpeg.len() * 2 / 3], "cut short"),
        (&whole_jpeg[..30], "cut short"),
    ];
    for (bytes, wanted) in table {
        let text = cause(bytes);
        assert!(text.contains("pictures/7.png") && text.contains(wanted), "{text}");
    }
}

/// A chunk of a PNG with its checksum.
fn chunk(kind: [u8; 4], data: &[u8]) -> Vec<u8> {
    let mut sum = flate2::Crc::new();
    sum.update(&kind);
    sum.update(data);
    let length = (data.len() as u32).to_be_bytes();
    [&length[..], &kind, data, &sum.sum().to_be_bytes()].concat()
}

#[test]
fn a_palette_with_a_rest_is_refused() {
    let head = chunk(*b"IHDR", &[0, 0, 0, 2, 0, 0, 0, 2, 2, 3, 0, 0, 0]);
    let data = chunk(*b"IDAT", b"x\x9cc`\xff\xff\0\x02\x01\0\x82");
    // The decoder itself refuses more than 256 colours.
    for (bytes, wanted) in
        [(13, "palette of 13 bytes"), (771, "length wrong: ChunkType { type: PLTE")]
    {
        let palette = chunk(*b"PLTE", &vec![7; bytes]);
        let png = [b"\x89PNG\r\n\x1a\n", &head[..], &palette, &data].concat();
        let text = cause(&png);
        assert!(text.contains(wanted), "{text}");
    }
}

#[test]
fn giants_are_refused_by_their_header() {
    let mut png = encode_png(40, 30, ColorType::Rgb, png::BitDepth::Eight, &pattern(40, 30, 3));
    png[16..20].copy_from_slice(&100_000_u32.to_be_bytes());
    png[20..24].copy_from_slice(&100_000_u32.to_be_bytes());
    assert!(cause(&png).contains("100000x100000"), "{}", cause(&png));
    let mut jpeg = jpeg(64, 48);
    let frame = jpeg.windows(2).position(|w| w == [0xff, 0xc0]).expect("baseline");
    jpeg[frame + 5..frame + 9].fill(0xff);
    assert!(cause(&jpeg).contains("65535x65535"), "{}", cause(&jpeg));
}

proptest! {
    #[test]
    fn arbitrary_bytes_never_panic(bytes in prop::collection::vec(any::<u8>(), 0..300), head in 0..5usize) {
        let heads: [&[u8]; 5] = [b"", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", b"\xff\xd8\xff", b"BM", b"RIFF\0\0\0\0WEBPVP8X"];
        let bytes = [heads[head], &bytes].concat();
        let _ = decode_image(&bytes, "noise".as_ref());
    }

    #[test]
    fn a_flipped_byte_never_panics(at in 0..4000usize, value in any::<u8>()) {
        for mut bytes in [jpeg(32, 24), encode_png(32, 24, ColorType::Rgb, png::BitDepth::Eight, &pattern(32, 24, 3))] {
            let length = bytes.len();
            bytes[at % length] = value;
            let _ = decode_image(&bytes, "flipped".as_ref());
        }
    }
}
