//! Walls of houses: storeys of windows, a door, a plinth.

use super::colour::Rgb;
use super::noise::{detail, faded, of_cell};
use super::texture::{Place, Texel};
use super::wall::Wall;
use crate::math::smooth_step;

/// What storeys and windows measure about, metres.
const STOREY_M: f32 = 2.8;
const BAY_M: f32 = 2.6;
const WINDOW_M: [f32; 2] = [1.15, 1.35];
const SILL_M: f32 = 0.9;
const PLINTH_M: f32 = 0.45;

/// The wall of a house at a place; plain render where the wall is not known.
pub(super) fn texel(base: Rgb, place: &Place) -> Texel {
    let f = place.footprint;
    let plain =
        |u: f32, v: f32| base * (1.0 + 0.05 * faded(u, v, 2.0, f) + 0.06 * faded(u, v, 0.05, f));
    let Some(wall) = place.wall else {
        return Texel::dull(plain(place.at.x + place.at.y, place.at.z));
    };
    let (u, v) = (place.at.dot(&wall.along) - wall.ends[0], place.at.z - wall.foot);
    let opening = opening(&wall, place.seed, u, v).map(|o| o.texel(base, f, place.seed));
    opening.unwrap_or_else(|| {
        // Rain washes dirt down from the sills, and splashes it up from the ground.
        let splash = 1.0 - 0.18 * (1.0 - smooth_step(0.2, 1.4, v));
        let plinth = if v < PLINTH_M { 0.62 } else { 1.0 };
        Texel::dull(plain(u, v) * (splash * plinth))
    })
}

/// A window or a door and a place on it, metres from its middle.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Opening {
    x: f32,
    y: f32,
    half: [f32; 2],
    door: bool,
    cell: [i32; 2],
}

/// The window or door at a place of a wall, its frame included.
fn opening(wall: &Wall, seed: u32, u: f32, v: f32) -> Option<Opening> {
    let (width, height) = (wall.ends[1] - wall.ends[0], wall.eaves - wall.foot);
    let (bays, storeys) = ((width / BAY_M) as i32, ((height + 0.5) / STOREY_M) as i32);
    if bays < 1 || storeys < 1 || v > height || v < 0.0 {
        return None;
    }
    let (bay, storey) = (width / bays as f32, height / storeys as f32);
    let (i, j) = ((u / bay) as i32, (v / storey) as i32);
    let cell = [i, j];
    let side = (wall.along.x * 3.0 + wall.along.y * 5.0) as i32;
    let door = j == 0 && i == (of_cell(side, 3, seed) * bays as f32) as i32 && width > 5.0;
    let blind = of_cell(i.wrapping_add(side), j, seed ^ 0x4d) < 0.08;
    let half = if door { [0.55, 1.05] } else { WINDOW_M.map(|w| w / 2.0) };
    let middle = if door { 0.15 + half[1] } else { SILL_M + half[1] };
    let (x, y) = (u - (i as f32 + 0.5) * bay, v - j as f32 * storey - middle);
    let inside = x.abs() < half[0] + 0.10 && y.abs() < half[1] + 0.10;
    (inside && !blind).then_some(Opening { x, y, half, door, cell })
}

impl Opening {
    fn texel(&self, wall: Rgb, f: f32, seed: u32) -> Texel {
        let [i, j] = self.cell;
        let into = [self.half[0] - self.x.abs(), self.half[1] - self.y.abs()];
        let edge = into[0].min(into[1]);
        if edge < 0.0 {
            // Surround, with a brighter sill below and its shadow under the lintel.
            let sill = self.y < -self.half[1] && !self.door;
            return Texel::dull(wall * if sill { 1.25 } else { 0.88 });
        }
        if self.door {
            let hue = of_cell(i, j, seed ^ 0x9);
            let panel = if edge < 0.12 || self.y.abs() < 0.06 { 1.3 } else { 1.0 };
            return Texel::dull(
                Rgb::new(0.10 + 0.10 * hue, 0.07 + 0.04 * hue, 0.05 + 0.06 * (1.0 - hue)) * panel,
            );
        }
        let bar = self.x.abs() < 0.035 && detail(0.07, f) > 0.2;
        if edge < 0.07 || bar {
            let shade = if into[1] < 0.07 && self.y > 0.0 { 0.45 } else { 0.75 };
            return Texel::dull(Rgb::repeat(shade));
        }
        let curtain = of_cell(i, j, seed ^ 0x15);
        let drawn =
            curtain > 0.6 && (self.x.abs() > self.half[0] * (1.4 - curtain) || curtain > 0.93);
        // The lintel shades the upper part of the pane.
        let depth = smooth_step(0.0, 0.25, self.half[1] - self.y);
        let inner = if drawn { Rgb::new(0.34, 0.33, 0.30) } else { Rgb::new(0.035, 0.04, 0.045) };
        Texel { albedo: inner * (0.4 + 0.6 * depth), mirror: 0.10 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::math::Vec3;

    #[test]
    fn windows_stand_in_rows_and_within_the_wall() {
        let wall = Wall { along: Vec3::x(), ends: [0.0, 10.0], foot: 0.0, eaves: 5.6 };
        let mut rows = [0, 0];
        for i in 0..1000 {
            let u = 0.01 * i as f32;
            rows[0] += i32::from(opening(&wall, 5, u, 1.5).is_some());
            rows[1] += i32::from(opening(&wall, 5, u, 4.3).is_some());
            assert_eq!(opening(&wall, 5, u, 2.75), None);
            assert_eq!(opening(&wall, 5, u, 7.0), None);
        }
        assert!(rows.iter().all(|row| *row > 250), "{rows:?}");
        assert_eq!(opening(&wall, 5, 0.05, 1.5), None);
    }
}
