//! The dark under vehicles, which even a cloudy sky does not reach.

use super::target::{Owner, Target};
use super::view::View;
use crate::math::{Vec3, smooth_step};
use crate::scene::{Object, Scene};

/// How far beyond a vehicle's sides its dark reaches, metres.
const MARGIN_M: f32 = 0.55;

/// For each pixel the share of the sky that is open, 0 to 1.
pub(super) fn open_sky(scene: &Scene, view: &View, target: &Target) -> Vec<f32> {
    let mut open = vec![1.0; target.owner.len()];
    // Filling does not change the buffer; it only needs one of its size.
    let mut screen = target.clone();
    for object in &scene.objects {
        darken(object, view, &mut screen, &mut open);
    }
    open
}

fn darken(object: &Object, view: &View, screen: &mut Target, open: &mut [f32]) {
    let half = [object.size.length() as f32 / 2.0, object.size.width() as f32 / 2.0];
    let [l, w] = half.map(|h| h + MARGIN_M);
    let corner = |x: f32, y: f32| view.to_camera(&object.pose.to_world(&Vec3::new(x, y, 0.0)));
    let corners = [corner(l, w), corner(-l, w), corner(-l, -w), corner(l, -w)];
    for triangle in [[0, 1, 2], [0, 2, 3]] {
        screen.cover(view, triangle.map(|i| corners[i]), |screen, pixel, _| {
            if matches!(screen.owner[pixel], Owner::Ground(_)) {
                let (x, y) = (pixel % screen.width, pixel / screen.width);
                let place = view.origin + view.ray(x, y) / screen.nearness[pixel];
                open[pixel] *= openness(&object.pose.to_local(&place), half);
            }
        });
    }
}

/// Openness of the ground at a place in the frame of a vehicle with these half extents.
fn openness(place: &Vec3, half: [f32; 2]) -> f32 {
    let beyond = [place.x.abs() - half[0], place.y.abs() - half[1]];
    let [dx, dy] = beyond.map(|d| d.max(0.0));
    let outside = (dx * dx + dy * dy).sqrt();
    let inside = beyond[0].max(beyond[1]).min(0.0);
    1.0 - 0.85 * (1.0 - smooth_step(-0.35, MARGIN_M, outside + inside))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sky_opens_from_the_middle_outwards() {
        let at = |y: f32| openness(&Vec3::new(0.0, y, 0.0), [2.0, 0.8]);
        assert!(at(0.0) < 0.2 && at(0.8) > at(0.6) && at(1.4) > 0.99);
    }
}
