//! Cars and vans: proportions of the kinds that fill European streets.

use super::paint::{RUBBER, car_paint, vary};
use super::shell::Shell;
use crate::random::Random;
use crate::shape::{Material, Mesh, Surface};

/// A kind of car. Pairs are mean and standard deviation (`length`, `height`, `width`) or
/// lowest and highest value (the others); metres unless said otherwise.
#[derive(Clone, Copy, Debug)]
struct Style {
    /// Share of all cars, in hundredths.
    share: usize,
    length: (f32, f32),
    height: (f32, f32),
    /// From the front face to the front axle and from the rear axle to the rear face, as
    /// parts of the length.
    overhangs: [(f32, f32); 2],
    /// Height of the bonnet's front end, of the windscreen's foot and of the rear
    /// window's foot, as parts of the height.
    line: [(f32, f32); 3],
    /// From the front axle back to the windscreen's foot.
    cowl: (f32, f32),
    /// Along x, from the windscreen's foot to the roof.
    screen: (f32, f32),
    /// From the rear face to the rear window's foot.
    deck: (f32, f32),
    /// Along x, from the rear window's foot to the roof.
    tail: (f32, f32),
    sill: (f32, f32),
    wheel: (f32, f32),
    /// Where the panes along the sides end, as part of the cabin.
    glass_end: (f32, f32),
}

const HATCHBACK: Style = Style {
    share: 36,
    length: (3.88, 0.19),
    height: (1.49, 0.10),
    overhangs: [(0.190, 0.215), (0.150, 0.185)],
    line: [(0.47, 0.52), (0.63, 0.67), (0.64, 0.69)],
    cowl: (0.22, 0.40),
    screen: (0.60, 0.78),
    deck: (0.08, 0.17),
    tail: (0.22, 0.42),
    sill: (0.19, 0.24),
    wheel: (0.29, 0.32),
    glass_end: (0.83, 0.92),
};

/// All kinds of cars; shares sum to a hundred.
const STYLES: [Style; 7] = [
    HATCHBACK,
    // Small city car.
    Style {
        share: 28,
        length: (3.40, 0.18),
        height: (1.52, 0.10),
        overhangs: [(0.170, 0.200), (0.130, 0.165)],
        line: [(0.47, 0.53), (0.62, 0.67), (0.63, 0.68)],
        cowl: (0.10, 0.26),
        screen: (0.55, 0.68),
        tail: (0.16, 0.30),
        wheel: (0.27, 0.30),
        ..HATCHBACK
    },
    // Compact MPV.
    Style {
        share: 12,
        length: (4.02, 0.20),
        height: (1.64, 0.10),
        line: [(0.45, 0.50), (0.62, 0.66), (0.63, 0.67)],
        cowl: (0.05, 0.22),
        screen: (0.75, 0.95),
        tail: (0.18, 0.32),
        wheel: (0.30, 0.32),
        ..HATCHBACK
    },
    // Saloon.
    Style {
        share: 8,
        length: (4.56, 0.17),
        height: (1.45, 0.06),
        overhangs: [(0.185, 0.205), (0.205, 0.235)],
        line: [(0.46, 0.50), (0.63, 0.66), (0.66, 0.69)],
        cowl: (0.35, 0.52),
        screen: (0.66, 0.80),
        deck: (0.45, 0.62),
        tail: (0.55, 0.75),
        wheel: (0.30, 0.33),
        ..HATCHBACK
    },
    // Estate.
    Style {
        share: 6,
        length: (4.55, 0.17),
        height: (1.48, 0.06),
        overhangs: [(0.185, 0.205), (0.200, 0.230)],
        line: [(0.46, 0.50), (0.62, 0.66), (0.63, 0.67)],
        cowl: (0.34, 0.50),
        screen: (0.65, 0.80),
        tail: (0.25, 0.42),
        wheel: (0.30, 0.33),
        glass_end: (0.90, 0.95),
        ..HATCHBACK
    },
    // SUV.
    Style {
        share: 6,
        length: (4.20, 0.22),
        height: (1.72, 0.10),
        line: [(0.53, 0.58), (0.63, 0.67), (0.64, 0.68)],
        cowl: (0.30, 0.46),
        screen: (0.48, 0.64),
        tail: (0.16, 0.30),
        sill: (0.27, 0.34),
        wheel: (0.34, 0.37),
        ..HATCHBACK
    },
    // Coupe.
    Style {
        share: 4,
        length: (4.10, 0.20),
        height: (1.36, 0.06),
        line: [(0.48, 0.52), (0.64, 0.67), (0.67, 0.71)],
        cowl: (0.42, 0.58),
        screen: (0.66, 0.80),
        deck: (0.18, 0.36),
        tail: (0.62, 0.85),
        sill: (0.17, 0.21),
        wheel: (0.30, 0.33),
        ..HATCHBACK
    },
];

/// Vans: a short bonnet before a box.
const VAN: Style = Style {
    share: 0,
    length: (5.08, 0.32),
    height: (2.18, 0.17),
    overhangs: [(0.165, 0.190), (0.180, 0.210)],
    line: [(0.42, 0.48), (0.53, 0.58), (0.53, 0.57)],
    cowl: (-0.15, 0.05),
    screen: (0.62, 0.82),
    deck: (0.02, 0.04),
    tail: (0.05, 0.12),
    sill: (0.24, 0.30),
    wheel: (0.32, 0.35),
    glass_end: (0.90, 0.94),
};

/// A car. Lengths have mean 3.88 m and standard deviation 0.42 m, widths 1.63 and 0.10,
/// heights 1.53 and 0.13, as measured on the cars of KITTI's training labels.
pub(super) fn car(random: &mut Random) -> Mesh {
    let style = pick(random);
    let length = random.normal(style.length.0, style.length.1).clamp(3.2, 4.9);
    let width = 1.63 + 0.12 * (length - 3.88) + random.normal(0.0, 0.085);
    let width = width.clamp(1.42, 1.95);
    let mut shell = shell(&style, length, width, random);
    shell.taper = random.range(0.74, 0.81);
    shell.mesh()
}

/// A van, with panes along its sides or without.
pub(super) fn van(random: &mut Random) -> Mesh {
    let length = random.normal(VAN.length.0, VAN.length.1).clamp(4.3, 6.0);
    let mut shell = shell(&VAN, length, random.normal(1.9, 0.08), random);
    shell.taper = random.range(0.86, 0.92);
    shell.ends = [0.82, 0.93];
    if random.chance(0.6) {
        shell.panes = vec![(0.04, false), (0.26, true), (0.62, false), (1.0, false)];
        shell.rear_window = random.chance(0.5);
    }
    if random.chance(0.5) {
        shell.paint = Surface::new(Material::Paint, vary([224, 225, 224], 8.0, random));
    }
    shell.mesh()
}

fn pick(random: &mut Random) -> Style {
    let mut left = random.below(STYLES.iter().map(|s| s.share).sum());
    for style in STYLES {
        if left < style.share {
            return style;
        }
        left -= style.share;
    }
    HATCHBACK
}

fn shell(style: &Style, length: f32, width: f32, random: &mut Random) -> Shell {
    let mut draw = |(low, high): (f32, f32)| random.range(low, high);
    let half = length / 2.0;
    let axles =
        [half - length * draw(style.overhangs[0]), length * draw(style.overhangs[1]) - half];
    let [nose, foot, waist] = style.line.map(&mut draw);
    let cowl = axles[0] - draw(style.cowl);
    let deck = draw(style.deck) - half;
    let roof = [cowl - draw(style.screen), deck + draw(style.tail)];
    let (wheel, sill, glass_end) = (draw(style.wheel), draw(style.sill), draw(style.glass_end));
    let arch = draw((0.03, 0.07));
    let ends = [draw((0.70, 0.80)), draw((0.76, 0.86))];
    let (mean, deviation) = style.height;
    let height = random.normal(mean, deviation).max(mean - 2.0 * deviation);
    let paint = car_paint(random);
    Shell {
        length,
        width,
        height,
        axles,
        wheel,
        sill,
        nose: nose * height,
        cowl: [cowl, foot * height],
        roof,
        deck: [deck, waist * height],
        tail: waist * height - 0.03,
        arch,
        taper: 0.78,
        ends,
        panes: vec![(0.06, false), (0.46, true), (0.51, false), (glass_end, true), (1.0, false)],
        rear_window: true,
        paint,
        bumper: if random.chance(0.3) { RUBBER } else { paint },
        grille: if random.chance(0.5) { RUBBER } else { paint },
        rim: vary([150, 153, 156], 30.0, random),
    }
}
