//! The two lines that matter of the settings file beside a trajectory of ORB-SLAM3.

use super::text::{lines, number};
use crate::ParseError;
use delos_core::ImageSize;

/// The image size of `Camera.width:` and `Camera.height:`; `None` when one is missing.
///
/// # Errors
/// The line whose value is no whole number of pixels.
pub(super) fn image_size(text: &str) -> Result<Option<ImageSize>, ParseError> {
    let (mut width, mut height) = (None, None);
    for (line, text) in lines(text) {
        let Some((key, value)) = text.split_once(':') else { continue };
        let target = match key.trim() {
            "Camera.width" => &mut width,
            "Camera.height" => &mut height,
            _ => continue,
        };
        *target = Some(pixels(value.trim()).map_err(|what| ParseError::line(line, what))?);
    }
    Ok(width.zip(height).map(|(width, height)| ImageSize { width, height }))
}

/// A whole number of pixels, at least one.
pub(super) fn pixels(text: &str) -> Result<u32, String> {
    let value = number(text)?;
    if value.fract() == 0.0 && (1.0..=100_000.0).contains(&value) {
        return Ok(value as u32);
    }
    Err(format!("`{text}` is no number of pixels"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_size_is_found_among_other_lines() {
        let text = "%YAML:1.0\n# Camera.width: 3\nCamera.width: 1242\nCamera.height: 375.0\nCamera.fps: 10.0\n";
        assert_eq!(image_size(text), Ok(Some(ImageSize { width: 1242, height: 375 })));
        assert_eq!(image_size("Camera.width: 1242\n"), Ok(None));
        for wrong in
            ["Camera.width: wide", "Camera.width: 0", "Camera.width: 1e9", "Camera.width: 1.5"]
        {
            assert_eq!(image_size(wrong).expect_err(wrong).line, Some(1));
        }
    }
}
