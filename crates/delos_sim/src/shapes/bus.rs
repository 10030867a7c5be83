//! Buses: a long shell with rows of windows.

use super::paint::{RUBBER, vary};
use super::shell::Shell;
use crate::random::Random;
use crate::shape::{Material, Mesh, Surface};

/// Colours of buses.
const LIVERIES: [[u8; 3]; 5] =
    [[222, 222, 218], [196, 40, 36], [226, 178, 40], [56, 96, 160], [70, 130, 84]];

/// Panes along each side.
const PANES: u16 = 5;

/// A bus.
pub(super) fn bus(random: &mut Random) -> Mesh {
    let length = random.normal(11.5, 0.6).clamp(9.5, 13.0);
    let height = random.normal(3.1, 0.1);
    let half = length / 2.0;
    let waist = random.range(1.22, 1.38);
    let livery = random.pick(&LIVERIES).copied().unwrap_or(LIVERIES[0]);
    let paint = Surface::new(Material::Paint, vary(livery, 8.0, random));
    let end = |i: u16| f32::from(i + 1) / f32::from(PANES);
    let panes = (0..PANES).flat_map(|i| [(end(i) - 0.016, true), (end(i), false)]).collect();
    Shell {
        length,
        width: random.normal(2.55, 0.02),
        height,
        axles: [half - 2.7, 3.3 - half],
        wheel: 0.48,
        sill: 0.34,
        nose: waist - 0.1,
        cowl: [half - 0.12, waist],
        roof: [half - random.range(0.2, 0.4), 0.16 - half],
        deck: [0.06 - half, waist],
        tail: waist,
        arch: 0.02,
        taper: 0.95,
        ends: [0.9, 0.94],
        panes,
        rear_window: true,
        paint,
        bumper: if random.chance(0.5) { RUBBER } else { paint },
        grille: paint,
        rim: [120, 122, 124],
    }
    .mesh()
}
