//! The camera: where it sits, what it sees, what was found in its image.

use crate::canvas::Canvas;
use crate::options::VizConfig;
use crate::{VizError, palette, paths};
use delos_core::{
    Box2, Calibration, Camera, CameraModel, Detection2d, Detections2d, Ego, Image, ImageSize,
    ImageTracks, Transform,
};
use nalgebra::{Isometry3, Translation3};
use rerun::{
    AsComponents, Boxes2D, EncodedImage, Pinhole, Points2D, Quaternion, Radius, Transform3D,
};

/// Distance of the image plane in space, metres.
const IMAGE_PLANE_M: f32 = 2.0;
/// Lower boxes get no name in the image: names of distant objects would hide each other, pixels.
const LOWEST_NAMED_PX: f32 = 40.0;
/// A box is a track's when they share more than this of their area.
const TRACKED: f32 = 0.5;

/// Shows the image.
pub(crate) fn draw(
    canvas: &mut Canvas,
    image: Option<&Image>,
    config: &VizConfig,
) -> Result<(), VizError> {
    let image = image.filter(|_| config.images);
    if config.jpeg_quality == 0 || image.is_some_and(too_large_for_jpeg) {
        let raw = image.map(|image| {
            rerun::Image::from_rgb24(image.rgb().to_vec(), [image.width(), image.height()])
        });
        return canvas.draw(paths::IMAGE, raw.as_ref(), rerun::Image::clear_fields);
    }
    let encoded = image.map(|image| compressed(image, config.jpeg_quality)).transpose()?;
    let encoded =
        encoded.map(|jpeg| EncodedImage::from_file_contents(jpeg).with_media_type("image/jpeg"));
    canvas.draw(paths::IMAGE, encoded.as_ref(), EncodedImage::clear_fields)
}

/// Shows the rectangles of the image detector, coloured by class, and names the larger
/// ones. The others tell theirs when the pointer is on them, and so do those that a believed track
/// of the image lies on, whose name stands there.
pub(crate) fn draw_detections(
    canvas: &mut Canvas,
    found: Option<&Detections2d>,
    tracks: Option<&ImageTracks>,
) -> Result<(), VizError> {
    let boxes = found.map(|found| {
        let all = &found.0;
        Boxes2D::from_mins_and_sizes(
            all.iter().map(|d| [d.bbox.x1, d.bbox.y1]),
            all.iter().map(|d| [d.bbox.width(), d.bbox.height()]),
        )
        .with_labels(all.iter().map(name_of))
        .with_colors(all.iter().map(|d| palette::color(palette::of_class(d.class))))
        .with_class_ids(all.iter().map(|d| u16::from(d.class.index())))
        .with_radii([Radius::new_ui_points(1.0)])
        .with_show_labels(false)
    });
    canvas.draw(paths::CAMERA_DETECTIONS, boxes.as_ref(), Boxes2D::clear_fields)?;
    let names = found.map(|found| names(found, tracks));
    canvas.draw(paths::CAMERA_DETECTION_NAMES, names.as_ref(), Points2D::clear_fields)
}

/// Names below the larger boxes that have no other.
fn names(found: &Detections2d, tracks: Option<&ImageTracks>) -> Points2D {
    let tracks = tracks.map_or(&[][..], |tracks| &tracks.tracks);
    let is_tracked = |bbox: &Box2| {
        let believed = tracks.iter().filter(|track| track.state.is_confirmed());
        believed.map(|track| shared(bbox, &track.bbox)).any(|share| share > TRACKED)
    };
    let named = || found.0.iter().filter(|d| is_large(&d.bbox) && !is_tracked(&d.bbox));
    Points2D::new(named().map(|d| [f32::midpoint(d.bbox.x1, d.bbox.x2), d.bbox.y2]))
        .with_labels(named().map(name_of))
        .with_colors(named().map(|d| palette::color(palette::of_class(d.class))))
        .with_radii([Radius::new_ui_points(1.0)])
        .with_show_labels(true)
}

/// Whether there is room for a whole name at a box.
pub(crate) fn is_large(bbox: &Box2) -> bool {
    bbox.height() >= LOWEST_NAMED_PX
}

/// Shared part of two boxes' common area, 0 to 1.
fn shared(a: &Box2, b: &Box2) -> f32 {
    let width = (a.x2.min(b.x2) - a.x1.max(b.x1)).max(0.0);
    let height = (a.y2.min(b.y2) - a.y1.max(b.y1)).max(0.0);
    let both = width * height;
    both / (a.area() + b.area() - both).max(f32::MIN_POSITIVE)
}

fn name_of(found: &Detection2d) -> String {
    format!("{} {:.2}", found.class, found.score.get())
}

/// Places the camera, where it differs from the last frame's.
#[derive(Default)]
pub(crate) struct CameraPlace {
    shown: Option<(CameraModel, ImageSize)>,
    /// What is on show belongs to an earlier place.
    stale: bool,
}

impl CameraPlace {
    /// Forgets the camera: the next frame's is another one, or there is none.
    pub(crate) fn restart(&mut self) {
        self.stale |= self.shown.take().is_some();
    }

    pub(crate) fn draw(
        &mut self,
        canvas: &Canvas,
        calibration: Option<&Calibration>,
        image: Option<&Image>,
    ) -> Result<(), VizError> {
        let Some(camera) = calibration.and_then(|calibration| calibration.camera) else {
            return self.take_away(canvas);
        };
        let now = (camera, size_of(&camera, image));
        if self.shown == Some(now) {
            return Ok(());
        }
        let (optics, place) = (pinhole(&camera, now.1), transform(&ego_from_image_camera(&camera)));
        let both: [&dyn AsComponents; 2] = [&optics, &place];
        canvas.log(paths::CAMERA, &both)?;
        self.shown = Some(now);
        self.stale = false;
        Ok(())
    }

    /// Takes away the camera of an earlier place. One of this place stays: a frame that
    /// lacks a calibration still has been seen by it.
    fn take_away(&mut self, canvas: &Canvas) -> Result<(), VizError> {
        if std::mem::take(&mut self.stale) {
            let (optics, place) = (Pinhole::clear_fields(), Transform3D::clear_fields());
            let both: [&dyn AsComponents; 2] = [&optics, &place];
            canvas.log(paths::CAMERA, &both)?;
        }
        Ok(())
    }
}

/// Size of the images of a camera: the image's own, else the calibration's, else what
/// the principal point suggests.
pub(crate) fn size_of(camera: &CameraModel, image: Option<&Image>) -> ImageSize {
    let (cx, cy) = camera.principal_point();
    let guess = ImageSize { width: (2.0 * cx) as u32, height: (2.0 * cy) as u32 };
    image.map(Image::size).or(camera.size).unwrap_or(guess)
}

/// A rigid motion in Rerun's words: coordinates of the entity to those of its parent.
pub(crate) fn transform<To: delos_core::Frame, From: delos_core::Frame>(
    parent_from_entity: &Transform<To, From>,
) -> Transform3D {
    let isometry = parent_from_entity.isometry();
    let [x, y, z] = isometry.translation.vector.map(|v| v as f32).into();
    let [i, j, k, w] = isometry.rotation.coords.map(|v| v as f32).into();
    Transform3D::from_translation_rotation([x, y, z], Quaternion::from_xyzw([i, j, k, w]))
}

fn pinhole(camera: &CameraModel, size: ImageSize) -> Pinhole {
    let ((fx, fy), (cx, cy)) = (camera.focal(), camera.principal_point());
    Pinhole::from_focal_length_and_resolution(
        [fx as f32, fy as f32],
        [size.width as f32, size.height as f32],
    )
    .with_principal_point([cx as f32, cy as f32])
    .with_camera_xyz(rerun::components::ViewCoordinates::RDF)
    .with_image_plane_distance(IMAGE_PLANE_M)
}

/// Where the camera of the image itself sits. The projection `P = K [I | t]` takes points
/// of the rectified reference camera, from which this one is moved by `-t`.
fn ego_from_image_camera(camera: &CameraModel) -> Transform<Ego, Camera> {
    let p = camera.projection();
    let ((fx, fy), (cx, cy)) = (camera.focal(), camera.principal_point());
    let tz = p[(2, 3)];
    let (tx, ty) = ((p[(0, 3)] - cx * tz) / fx, (p[(1, 3)] - cy * tz) / fy);
    let reference_from_here = Isometry3::from(Translation3::new(-tx, -ty, -tz));
    Transform::new(camera.camera_from_ego().inverse().isometry() * reference_from_here)
}

/// JPEG counts columns and rows in 16 bits.
fn too_large_for_jpeg(image: &Image) -> bool {
    image.width() > u32::from(u16::MAX) || image.height() > u32::from(u16::MAX)
}

fn compressed(image: &Image, quality: u8) -> Result<Vec<u8>, VizError> {
    let (width, height) = (image.width(), image.height());
    let mut jpeg = Vec::with_capacity(image.rgb().len() / 8);
    jpeg_encoder::Encoder::new(&mut jpeg, quality)
        .encode(image.rgb(), width as u16, height as u16, jpeg_encoder::ColorType::Rgb)
        .map_err(|source| VizError::Jpeg { width, height, source })?;
    Ok(jpeg)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_baseline_moves_the_camera_sideways() {
        let camera = CameraModel::new(
            &[700.0, 0.0, 600.0, 42.0, 0.0, 700.0, 180.0, 0.0, 0.0, 0.0, 1.0, 0.0],
            Transform::identity(),
            None,
        )
        .expect("valid");
        let place = ego_from_image_camera(&camera);
        assert!((place.isometry().translation.vector.x + 0.06).abs() < 1e-12);
        assert_eq!(size_of(&camera, None), ImageSize { width: 1200, height: 360 });
    }

    #[test]
    fn an_image_becomes_a_jpeg() {
        let image = Image::from_rgb(16, 8, vec![90; 16 * 8 * 3]).expect("valid");
        let jpeg = compressed(&image, 88).expect("small enough");
        assert_eq!((&jpeg[..2], &jpeg[jpeg.len() - 2..]), (&[0xff, 0xd8][..], &[0xff, 0xd9][..]));
    }
}
