//! Radar echoes: points, and arrows for those that move over ground.

use crate::canvas::Canvas;
use crate::{VizError, palette, paths};
use delos_core::{Ego, RadarEcho, RadarScan};
use rerun::{Arrows3D, Points3D, Radius};

/// Slower echoes get no arrow, m/s: the noise of the measurement is of this size.
const SLOWEST_ARROW_MPS: f32 = 0.5;

/// Looks that hold for the whole recording.
pub(crate) fn prepare(canvas: &Canvas) -> Result<(), VizError> {
    let color = palette::color(palette::RADAR);
    let points =
        Points3D::update_fields().with_colors([color]).with_radii([Radius::new_ui_points(3.5)]);
    canvas.fix(paths::RADAR, &points)?;
    let arrows = Arrows3D::update_fields().with_colors([color]).with_radii([0.06]);
    canvas.fix(paths::RADAR_VELOCITY, &arrows)
}

/// Shows the echoes. An arrow shows the way of `seconds` along the ray: what moves across
/// it, a radar does not measure.
pub(crate) fn draw(
    canvas: &mut Canvas,
    scan: Option<&RadarScan<Ego>>,
    seconds: f64,
) -> Result<(), VizError> {
    let points = scan.map(|scan| Points3D::new(scan.echoes().iter().map(position)));
    canvas.draw(paths::RADAR, points.as_ref(), Points3D::clear_fields)?;
    let arrows = scan.map(|scan| {
        let moving = || scan.echoes().iter().filter(|echo| moves(echo));
        Arrows3D::from_vectors(moving().map(|echo| way(echo, seconds as f32)))
            .with_origins(moving().map(position))
    });
    canvas.draw(paths::RADAR_VELOCITY, arrows.as_ref(), Arrows3D::clear_fields)
}

fn moves(echo: &RadarEcho) -> bool {
    echo.compensated_velocity.abs() >= SLOWEST_ARROW_MPS
}

const fn position(echo: &RadarEcho) -> [f32; 3] {
    [echo.x, echo.y, echo.z]
}

/// The way of an echo in so many seconds, away from the vehicle where it recedes.
fn way(echo: &RadarEcho, seconds: f32) -> [f32; 3] {
    let distance = echo.range().hypot(echo.z);
    let scale = if distance > 0.0 { echo.compensated_velocity * seconds / distance } else { 0.0 };
    position(echo).map(|part| part * scale)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arrows_follow_the_ray_and_the_sign() {
        let echo = |x, z, compensated_velocity| RadarEcho {
            x,
            z,
            compensated_velocity,
            ..RadarEcho::default()
        };
        let table = [
            (echo(10.0, 0.0, 4.0), [2.0, 0.0, 0.0]),
            (echo(10.0, 0.0, -4.0), [-2.0, 0.0, 0.0]),
            (echo(3.0, 4.0, 10.0), [3.0, 0.0, 4.0]),
            (echo(0.0, 0.0, 10.0), [0.0, 0.0, 0.0]),
        ];
        for (echo, wanted) in table {
            for (found, wanted) in way(&echo, 0.5).iter().zip(wanted) {
                assert!((found - wanted).abs() < 1e-6, "{echo:?}");
            }
        }
        assert!(moves(&echo(9.0, 0.0, -0.5)) && !moves(&echo(9.0, 0.0, 0.4)));
    }
}
