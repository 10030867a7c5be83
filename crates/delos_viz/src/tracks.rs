//! Tracks: boxes coloured by identity, velocity, trails, and the same in the image.

use crate::boxes::{boxes3d, position, wires};
use crate::canvas::Canvas;
use crate::image::{is_large, size_of};
use crate::options::VizConfig;
use crate::{VizError, palette, paths};
use delos_core::{
    Box2, Calibration, CameraModel, Image, ImageTrack, ImageTracks, Position, Track, TrackId,
    TrackState, Tracks, World,
};
use rerun::{
    Arrows3D, Boxes2D, Boxes3D, Color, FillMode, LineStrips2D, LineStrips3D, Points2D, Radius,
};
use std::collections::{BTreeMap, VecDeque};

/// Slower objects get no arrow, m/s.
const SLOWEST_ARROW_MPS: f64 = 0.5;

/// Shows tracks and remembers where they have been.
#[derive(Default)]
pub(crate) struct TrackLayer {
    trails: BTreeMap<TrackId, VecDeque<[f32; 3]>>,
}

impl TrackLayer {
    /// Forgets all trails.
    pub(crate) fn restart(&mut self) {
        self.trails.clear();
    }

    pub(crate) fn draw(
        &mut self,
        canvas: &mut Canvas,
        tracks: Option<&Tracks>,
        config: &VizConfig,
    ) -> Result<(), VizError> {
        self.extend_trails(tracks, config.trail_frames);
        let believed = tracks.map(|t| select(t, TrackState::is_confirmed));
        let others = tracks.map(|t| select(t, |state| !state.is_confirmed()));
        let solid = believed.as_deref().map(confirmed_boxes);
        canvas.draw(paths::TRACKS, solid.as_ref(), Boxes3D::clear_fields)?;
        let thin = others.as_deref().map(tentative_boxes);
        canvas.draw(paths::TENTATIVE, thin.as_ref(), Boxes3D::clear_fields)?;
        let moving = believed.as_deref().map(|all| arrows(all, config.arrow_seconds));
        canvas.draw(paths::VELOCITY, moving.as_ref(), Arrows3D::clear_fields)?;
        let trails = believed.as_deref().map(|all| self.strips(all));
        canvas.draw(paths::TRAILS, trails.as_ref(), LineStrips3D::clear_fields)
    }

    /// A track that is gone loses its trail.
    fn extend_trails(&mut self, tracks: Option<&Tracks>, length: usize) {
        let all = tracks.map_or(&[][..], |tracks| &tracks.tracks);
        self.trails.retain(|id, _| all.iter().any(|track| track.id == *id));
        for track in all {
            let trail = self.trails.entry(track.id).or_default();
            trail.push_back(position(&bottom_center(track)));
            while trail.len() > length {
                trail.pop_front();
            }
        }
    }

    fn strips(&self, tracks: &[&Track]) -> LineStrips3D {
        let trails = tracks.iter().filter_map(|track| {
            let trail = self.trails.get(&track.id).filter(|trail| trail.len() > 1)?;
            Some((trail.iter().copied().collect::<Vec<_>>(), of_track(track)))
        });
        let (strips, colors): (Vec<_>, Vec<_>) = trails.unzip();
        LineStrips3D::new(strips).with_colors(colors).with_radii([Radius::new_ui_points(1.2)])
    }
}

/// Shows believed tracks in the image: the edges of their boxes, and their names.
pub(crate) fn draw_in_image(
    canvas: &mut Canvas,
    tracks: Option<&Tracks>,
    calibration: Option<&Calibration>,
    image: Option<&Image>,
) -> Result<(), VizError> {
    let seen = tracks.zip(calibration.and_then(|calibration| calibration.camera));
    let (edges, names) = match seen {
        Some((tracks, camera)) => {
            let believed = select(tracks, TrackState::is_confirmed);
            let boxes = believed.iter().map(|t| (tracks.box_in_ego(t), palette::of_track(t.id)));
            let edges = wires(&camera, image, boxes).with_radii([Radius::new_ui_points(1.2)]);
            (Some(edges), Some(names_in_image(tracks, &believed, &camera, image)))
        }
        None => (None, None),
    };
    canvas.draw(paths::CAMERA_TRACKS, edges.as_ref(), LineStrips2D::clear_fields)?;
    canvas.draw(paths::CAMERA_TRACK_NAMES, names.as_ref(), Points2D::clear_fields)
}

/// Shows believed tracks that live in the image: thick where seen in this frame, thinner where
/// only predicted.
pub(crate) fn draw_image_tracks(
    canvas: &mut Canvas,
    tracks: Option<&ImageTracks>,
) -> Result<(), VizError> {
    let believed = tracks.map(|tracks| {
        let all = tracks.tracks.iter().filter(|track| track.state.is_confirmed());
        all.collect::<Vec<_>>()
    });
    let boxes = believed.as_ref().map(|believed| {
        let thickness = |state| if state == TrackState::Coasted { 0.8 } else { 1.8 };
        Boxes2D::from_mins_and_sizes(
            believed.iter().map(|t| [t.bbox.x1, t.bbox.y1]),
            believed.iter().map(|t| [t.bbox.width(), t.bbox.height()]),
        )
        .with_labels(believed.iter().map(|t| name_in_image(t)))
        .with_colors(believed.iter().map(|t| palette::color(palette::of_track(t.id))))
        .with_radii(believed.iter().map(|t| Radius::new_ui_points(thickness(t.state))))
        .with_show_labels(false)
    });
    canvas.draw(paths::IMAGE_TRACKS, boxes.as_ref(), Boxes2D::clear_fields)?;
    let names = believed.as_deref().map(names_of_image_tracks);
    canvas.draw(paths::IMAGE_TRACK_NAMES, names.as_ref(), Points2D::clear_fields)
}

/// Names in the middle of the boxes: tracks in space have theirs above, detections below.
fn names_of_image_tracks(tracks: &[&ImageTrack]) -> Points2D {
    let middle = |bbox: &Box2| [f32::midpoint(bbox.x1, bbox.x2), f32::midpoint(bbox.y1, bbox.y2)];
    Points2D::new(tracks.iter().map(|t| middle(&t.bbox)))
        .with_labels(tracks.iter().map(|t| name_in_image(t)))
        .with_colors(tracks.iter().map(|t| palette::color(palette::of_track(t.id))))
        .with_radii([Radius::new_ui_points(1.0)])
        .with_show_labels(true)
}

/// Number of a track of the image, and its class where there is room.
fn name_in_image(track: &ImageTrack) -> String {
    if is_large(&track.bbox) {
        format!("2-D #{} {}", track.id, track.class)
    } else {
        format!("2-D #{}", track.id)
    }
}

/// Names above the boxes that the image sees.
fn names_in_image(
    tracks: &Tracks,
    believed: &[&Track],
    camera: &CameraModel,
    image: Option<&Image>,
) -> Points2D {
    let size = size_of(camera, image);
    let named = believed.iter().filter_map(|track| {
        let seen =
            camera.project_box(&tracks.box_in_ego(track))?.clipped(size.width, size.height)?;
        Some((
            [f32::midpoint(seen.x1, seen.x2), seen.y1],
            (format!("#{}", track.id), of_track(track)),
        ))
    });
    let (places, (names, colors)): (Vec<_>, (Vec<_>, Vec<_>)) = named.unzip();
    Points2D::new(places)
        .with_labels(names)
        .with_colors(colors)
        .with_radii([Radius::new_ui_points(1.0)])
        .with_show_labels(true)
}

fn select(tracks: &Tracks, wanted: impl Fn(TrackState) -> bool) -> Vec<&Track> {
    tracks.tracks.iter().filter(|track| wanted(track.state)).collect()
}

/// Thick where seen in this frame, thinner where only predicted.
fn confirmed_boxes(tracks: &[&Track]) -> Boxes3D {
    let thickness = |track: &&Track| {
        Radius::new_ui_points(if track.state == TrackState::Coasted { 0.8 } else { 1.8 })
    };
    boxes3d(tracks.iter().map(|track| &track.bbox))
        .with_colors(tracks.iter().map(|track| of_track(track)))
        .with_labels(tracks.iter().map(|track| format!("#{} {}", track.id, track.class)))
        .with_show_labels(true)
        .with_radii(tracks.iter().map(thickness))
        .with_fill_mode(FillMode::TransparentFillMajorWireframe)
}

fn tentative_boxes(tracks: &[&Track]) -> Boxes3D {
    boxes3d(tracks.iter().map(|track| &track.bbox))
        .with_colors(tracks.iter().map(|track| palette::faint(palette::of_track(track.id), 110)))
        .with_labels(tracks.iter().map(|t| format!("#{} {} (tentative)", t.id, t.class)))
        .with_show_labels(false)
        .with_radii([Radius::new_ui_points(0.5)])
}

/// The way of the next `seconds`, drawn over the box, where nothing hides it.
fn arrows(tracks: &[&Track], seconds: f64) -> Arrows3D {
    let moving =
        tracks.iter().filter(|track| track.velocity.norm() > SLOWEST_ARROW_MPS).collect::<Vec<_>>();
    Arrows3D::from_vectors(moving.iter().map(|track| {
        [(track.velocity.x * seconds) as f32, (track.velocity.y * seconds) as f32, 0.0]
    }))
    .with_origins(moving.iter().map(|track| {
        let center = &track.bbox.center;
        position(&Position::<World>::new(center.x(), center.y(), track.bbox.top() + 0.2))
    }))
    .with_colors(moving.iter().map(|track| of_track(track)))
    .with_labels(moving.iter().map(|track| format!("{:.1} m/s", track.velocity.norm())))
    .with_show_labels(false)
    .with_radii([0.1])
}

fn bottom_center(track: &Track) -> Position<World> {
    let center = &track.bbox.center;
    Position::new(center.x(), center.y(), track.bbox.bottom() + 0.1)
}

fn of_track(track: &Track) -> Color {
    palette::color(palette::of_track(track.id))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recorder::made_up;

    #[test]
    fn trails_are_bounded_and_end_with_their_track() {
        let mut layer = TrackLayer::default();
        for step in 0..10 {
            let tracks = made_up::tracks(&[(1, TrackState::Confirmed)], f64::from(step));
            layer.extend_trails(Some(&tracks), 4);
        }
        let trail = &layer.trails[&TrackId(1)];
        let xs: Vec<f32> = trail.iter().map(|p| p[0]).collect();
        assert_eq!(xs, [6.0, 7.0, 8.0, 9.0]);
        layer.extend_trails(Some(&made_up::tracks(&[(2, TrackState::Confirmed)], 0.0)), 4);
        assert_eq!(layer.trails.keys().copied().collect::<Vec<_>>(), [TrackId(2)]);
        layer.extend_trails(None, 4);
        assert!(layer.trails.is_empty());
    }
}
