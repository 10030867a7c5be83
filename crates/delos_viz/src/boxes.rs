//! Boxes in space: LiDAR boxes, detections, ground truth.

use crate::canvas::Canvas;
use crate::image::size_of;
use crate::palette::Rgb;
use crate::wire::{Line, edges_in_image};
use crate::{VizError, palette, paths};
use delos_core::{
    Box3, Calibration, CameraModel, Detection3d, Detections3d, Ego, Frame, GroundTruth, Image,
    ObjectClass, OneSided,
};
use rerun::{AnnotationContext, Boxes3D, FillMode, LineStrips2D, Quaternion, Radius};

/// Names and colours of the classes, for everything in the world.
pub(crate) fn prepare(canvas: &Canvas) -> Result<(), VizError> {
    let classes = ObjectClass::all().map(|class| {
        (u16::from(class.index()), class.name(), palette::color(palette::of_class(class)).0)
    });
    canvas.fix(paths::WORLD, &AnnotationContext::new(classes))
}

/// Boxes as wires, without colours.
pub(crate) fn boxes3d<'a, F: Frame>(boxes: impl Iterator<Item = &'a Box3<F>> + Clone) -> Boxes3D {
    let halves = boxes.clone().map(|b| {
        [b.size.length(), b.size.width(), b.size.height()].map(|side| (side / 2.0) as f32)
    });
    let turned = |b: &Box3<F>| {
        let (sin, cos) = (b.yaw.radians() / 2.0).sin_cos();
        Quaternion::from_xyzw([0.0, 0.0, sin as f32, cos as f32])
    };
    Boxes3D::from_centers_and_half_sizes(boxes.clone().map(|b| position(&b.center)), halves)
        .with_quaternions(boxes.map(turned))
        .with_fill_mode(FillMode::MajorWireframe)
}

/// A point in single precision.
pub(crate) fn position<F: Frame>(point: &delos_core::Position<F>) -> [f32; 3] {
    [point.x() as f32, point.y() as f32, point.z() as f32]
}

/// Shows detections in space, coloured by class: thin lines, since tracks lie over them.
pub(crate) fn draw_detections(
    canvas: &mut Canvas,
    path: &'static str,
    found: Option<&Detections3d>,
) -> Result<(), VizError> {
    let boxes = found.map(|found| {
        boxes3d(found.0.iter().map(|d| &d.bbox))
            .with_colors(found.0.iter().map(|d| palette::color(palette::of_class(d.class))))
            .with_class_ids(found.0.iter().map(|d| u16::from(d.class.index())))
            .with_labels(found.0.iter().map(|d| format!("{} {:.2}", d.class, d.score.get())))
            .with_show_labels(false)
            .with_radii([Radius::new_ui_points(0.6)])
    });
    canvas.draw(path, boxes.as_ref(), Boxes3D::clear_fields)
}

/// Marks what only one of two ways to look at the scan has found, each in its colour.
pub(crate) fn draw_one_sided(
    canvas: &mut Canvas,
    found: Option<&OneSided>,
) -> Result<(), VizError> {
    let marks = |found: &Detections3d, who, rgb| {
        let label = |d: &Detection3d| format!("{who} only: {} {:.2}", d.class, d.score.get());
        boxes3d(found.0.iter().map(|d| &d.bbox))
            .with_colors([palette::color(rgb)])
            .with_labels(found.0.iter().map(label))
            .with_show_labels(false)
            .with_radii([Radius::new_ui_points(1.2)])
    };
    let network = found.map(|f| marks(&f.network, "network", palette::NETWORK_ONLY));
    canvas.draw(paths::NETWORK_ONLY, network.as_ref(), Boxes3D::clear_fields)?;
    let clusters = found.map(|f| marks(&f.clusters, "clusters", palette::CLUSTERS_ONLY));
    canvas.draw(paths::CLUSTERS_ONLY, clusters.as_ref(), Boxes3D::clear_fields)
}

/// Occlusion of objects of which nobody sees anything (or nobody knows).
const NOT_SEEN: u8 = 3;

/// Shows labelled objects in white, in space and, where they are to be seen, in the image.
pub(crate) fn draw_truth(
    canvas: &mut Canvas,
    truth: Option<&GroundTruth>,
    calibration: Option<&Calibration>,
    image: Option<&Image>,
) -> Result<(), VizError> {
    let objects = truth.map(|truth| {
        let placed = truth.0.iter().filter_map(|o| o.bbox.map(|b| (b, o)));
        placed.collect::<Vec<_>>()
    });
    let boxes = objects.as_ref().map(|objects| {
        boxes3d(objects.iter().map(|(b, _)| b))
            .with_colors([palette::color(palette::TRUTH)])
            .with_labels(objects.iter().map(|(_, o)| format!("{} (labelled)", o.class)))
            .with_show_labels(false)
            .with_radii([Radius::new_ui_points(0.8)])
    });
    canvas.draw(paths::TRUTH, boxes.as_ref(), Boxes3D::clear_fields)?;
    let seen = objects.zip(calibration.and_then(|c| c.camera)).map(|(objects, camera)| {
        let seen = objects.iter().filter(|(_, o)| o.occlusion < NOT_SEEN);
        let boxes = seen.map(|(b, _)| (*b, palette::TRUTH));
        wires(&camera, image, boxes).with_radii([Radius::new_ui_points(0.6)])
    });
    canvas.draw(paths::CAMERA_TRUTH, seen.as_ref(), LineStrips2D::clear_fields)
}

/// The edges of boxes in the image, each box in its colour.
pub(crate) fn wires(
    camera: &CameraModel,
    image: Option<&Image>,
    boxes: impl Iterator<Item = (Box3<Ego>, Rgb)>,
) -> LineStrips2D {
    let size = size_of(camera, image);
    let (lines, colors): (Vec<Line>, Vec<_>) = boxes
        .flat_map(|(object, rgb)| {
            let lines = edges_in_image(camera, &object, size);
            lines.into_iter().map(move |line| (line, palette::color(rgb)))
        })
        .unzip();
    LineStrips2D::new(lines).with_colors(colors)
}
