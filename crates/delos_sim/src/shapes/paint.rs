//! Colours of vehicles and clothes.

use crate::random::Random;
use crate::shape::{Material, Surface};

/// Share of cars in per cent, material and sRGB colour: about what European streets show.
const CAR_COLOURS: [(u8, Material, [u8; 3]); 13] = [
    (17, Material::Paint, [222, 223, 222]),
    (20, Material::Paint, [172, 176, 180]),
    (14, Material::Paint, [112, 117, 122]),
    (14, Material::DarkPaint, [24, 25, 27]),
    (4, Material::DarkPaint, [22, 28, 48]),
    (2, Material::DarkPaint, [40, 42, 45]),
    (8, Material::Paint, [46, 78, 140]),
    (4, Material::Paint, [96, 138, 176]),
    (9, Material::Paint, [158, 28, 30]),
    (3, Material::Paint, [48, 92, 62]),
    (2, Material::Paint, [196, 184, 154]),
    (2, Material::Paint, [218, 158, 34]),
    (1, Material::Paint, [104, 66, 44]),
];

/// A car's paint.
pub(super) fn car_paint(random: &mut Random) -> Surface {
    let mut left = random.below(100) as u8;
    for (share, material, colour) in CAR_COLOURS {
        if left < share {
            return Surface::new(material, vary(colour, 6.0, random));
        }
        left -= share;
    }
    Surface::new(Material::Paint, CAR_COLOURS[0].2)
}

/// The colour, a little lighter or darker.
pub(super) fn vary(colour: [u8; 3], by: f32, random: &mut Random) -> [u8; 3] {
    let shift = random.range(-by, by);
    colour.map(|c| (f32::from(c) + shift).clamp(0.0, 255.0) as u8)
}

/// Panes.
pub(super) const GLASS: Surface = Surface::new(Material::Glass, [38, 46, 52]);
/// Tyres, bumpers, underbodies.
pub(super) const RUBBER: Surface = Surface::new(Material::Rubber, [30, 30, 31]);
/// Rims.
pub(super) const RIM: Surface = Surface::new(Material::Metal, [150, 153, 156]);
/// Headlamps.
pub(super) const HEADLAMP: Surface = Surface::new(Material::Reflector, [226, 230, 232]);
/// Tail lamps.
pub(super) const TAIL_LAMP: Surface = Surface::new(Material::Reflector, [168, 20, 22]);
/// Number plates.
pub(super) const PLATE: Surface = Surface::new(Material::Reflector, [235, 235, 228]);
