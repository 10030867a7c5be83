//! Encoded images: whatever decodes has as many pixels as it says.

#![no_main]

use delos_ingest::decode_image;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    if let Ok(image) = decode_image(data, "image".as_ref()) {
        let pixels = image.width() as usize * image.height() as usize;
        assert_eq!(image.rgb().len(), 3 * pixels);
    }
});
