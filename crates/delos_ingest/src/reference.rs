//! What other crates compare their own image operations with. Not part of the interface.

use delos_core::Image;
use opencv::core::{Mat, MatTraitConstManual, Size, Vec3b};
use opencv::imgproc;

/// The image scaled by OpenCV's `resize` with `INTER_LINEAR`.
///
/// # Errors
/// OpenCV's message, for example when a side is zero.
pub fn resize_rgb_linear(image: &Image, width: u32, height: u32) -> Result<Image, String> {
    let side = |length: u32| i32::try_from(length).map_err(|error| error.to_string());
    let (rows, columns) = (side(image.height())?, side(image.width())?);
    let pixels: Vec<Vec3b> =
        image.rgb().as_chunks::<3>().0.iter().map(|pixel| Vec3b::from(*pixel)).collect();
    let source = Mat::new_rows_cols_with_data(rows, columns, &pixels).map_err(|e| e.message)?;
    let size = Size::new(side(width)?, side(height)?);
    let mut target = Mat::default();
    imgproc::resize(&source, &mut target, size, 0.0, 0.0, imgproc::INTER_LINEAR)
        .map_err(|error| error.message)?;
    let bytes = target.data_bytes().map_err(|error| error.message)?.to_vec();
    Image::from_rgb(width, height, bytes).map_err(|error| error.to_string())
}
