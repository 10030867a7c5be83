//! The vehicle: its pose, its outline, where it has been.

use crate::boxes::position;
use crate::canvas::Canvas;
use crate::image::transform;
use crate::{VizError, palette, paths};
use delos_core::{Calibration, Ego, EgoPose, Position, Tracks, Transform, World};
use rerun::{Boxes3D, FillMode, LineStrips3D, Radius};
use std::collections::VecDeque;

/// Length, width and height of the outline, metres: a middle-sized car. Nothing is
/// computed from it.
const OUTLINE_M: [f32; 3] = [4.5, 1.8, 1.5];

/// Pose of the vehicle in a frame, as far as it is known.
pub(crate) fn known_pose(
    pose: Option<&EgoPose>,
    tracks: Option<&Tracks>,
) -> Option<Transform<World, Ego>> {
    let from_tracks = || tracks.filter(|t| t.has_ego_motion).map(|t| t.world_from_ego);
    pose.map(|pose| pose.world_from_ego).or_else(from_tracks)
}

/// Shows the vehicle.
#[derive(Default)]
pub(crate) struct Vehicle {
    trail: VecDeque<[f32; 3]>,
    height_m: Option<f64>,
}

impl Vehicle {
    /// Forgets where it has been.
    pub(crate) fn restart(&mut self) {
        self.trail.clear();
    }

    /// Places the vehicle. Without a pose the world is the vehicle's own frame.
    pub(crate) fn draw(
        &mut self,
        canvas: &mut Canvas,
        world_from_ego: Option<Transform<World, Ego>>,
        calibration: Option<&Calibration>,
        trail_frames: usize,
    ) -> Result<(), VizError> {
        let placed = world_from_ego.unwrap_or_else(Transform::identity);
        canvas.log(paths::EGO, &transform(&placed))?;
        self.draw_outline(canvas, calibration)?;
        let height_m = self.height_m.unwrap_or(0.0);
        if let Some(world_from_ego) = world_from_ego {
            let below = world_from_ego * Position::new(0.0, 0.0, 0.1 - height_m);
            self.trail.push_back(position(&below));
        }
        while self.trail.len() > trail_frames {
            self.trail.pop_front();
        }
        let trail = (self.trail.len() > 1).then(|| {
            LineStrips3D::new([self.trail.iter().copied().collect::<Vec<_>>()])
                .with_colors([palette::color(palette::EGO)])
                .with_radii([Radius::new_ui_points(2.0)])
        });
        canvas.draw(paths::EGO_TRAIL, trail.as_ref(), LineStrips3D::clear_fields)
    }

    /// A box on the ground around the origin, once the height above ground is known.
    fn draw_outline(
        &mut self,
        canvas: &Canvas,
        calibration: Option<&Calibration>,
    ) -> Result<(), VizError> {
        let Some(height_m) = calibration.map(|c| c.ego_height_m) else { return Ok(()) };
        if self.height_m == Some(height_m) {
            return Ok(());
        }
        self.height_m = Some(height_m);
        let half = OUTLINE_M.map(|side| side / 2.0);
        let outline =
            Boxes3D::from_centers_and_half_sizes([[0.0, 0.0, half[2] - height_m as f32]], [half])
                .with_colors([palette::color(palette::EGO)])
                .with_fill_mode(FillMode::TransparentFillMajorWireframe)
                .with_radii([Radius::new_ui_points(1.0)])
                .with_labels(["ego"])
                .with_show_labels(true);
        canvas.log(paths::VEHICLE, &outline)
    }
}
