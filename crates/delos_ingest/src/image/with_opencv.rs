//! What OpenCV decodes: JPEG, BMP and WebP.

use super::repack;
use delos_core::{Image, ImageSize};
use opencv::core::{Mat, MatTraitConst, MatTraitConstManual};
use opencv::imgcodecs;

pub(super) fn decode(bytes: &[u8], promised: ImageSize) -> Result<Image, String> {
    let mat = imgcodecs::imdecode(&bytes, imgcodecs::IMREAD_COLOR).map_err(|e| e.message)?;
    let area = u64::from(promised.width) * u64::from(promised.height);
    if mat.total() as u64 != area {
        return Err("the pixel data is damaged".to_owned());
    }
    image_from_bgr(&mat)
}

/// Copies OpenCV's continuous 8-bit BGR matrix.
pub(crate) fn image_from_bgr(mat: &Mat) -> Result<Image, String> {
    if mat.typ() != opencv::core::CV_8UC3 {
        return Err(format!("OpenCV gave pixels of type {}, not 8-bit BGR", mat.typ()));
    }
    let bgr = mat.data_bytes().map_err(|error| error.message)?;
    let rgb = repack::<3>(bgr, |p| [p[2], p[1], p[0]]);
    Image::from_rgb(mat.cols() as u32, mat.rows() as u32, rgb).map_err(|error| error.to_string())
}
