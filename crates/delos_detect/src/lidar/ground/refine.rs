//! Planes around the first line of the ground, patch by patch.
//!
//! The concentric zones, the plane by principal axes from low seeds and the tests of uprightness,
//! flatness and elevation are those of Patchwork (Lim et al., RA-L 2021) and Patchwork++ (Lee, Lim,
//! Myung, IROS 2022). Seeds are not the lowest points of a patch but those near the walked line,
//! so that neither a roof nor a reflection below the road begins a plane; elevation is judged by
//! that line too.

use super::patches::{Patches, Sorted, Zone};
use super::plane::{Fit, Moments, Plane};

/// Sizes of patches: about 2 m by 4 m near the sensor, 8 m by 8 m far away.
const ZONES: [Zone; 4] = [
    Zone { rings: 2..10, depth: 4, width: 10 },
    Zone { rings: 10..22, depth: 4, width: 6 },
    Zone { rings: 22..42, depth: 5, width: 4 },
    Zone { rings: 42..82, depth: 8, width: 4 },
];

/// Points this near to the walked line are put into patches, metres.
pub(super) const BAND_M: f32 = 0.5;
/// Points this near to it are seeds, metres.
const SEED_M: f32 = 0.15;
/// Points this near to the plane make the next one, metres.
const NEAR_M: f32 = 0.1;
/// Planes after the one of the seeds.
const ROUNDS: usize = 2;
/// Fewer points make no plane.
const LEAST_POINTS: u32 = 10;
/// Tests of a plane: upward part of its normal, deviation from it, width, and mean height over
/// the walked line at the seeds, metres.
const UPRIGHT: f64 = 0.9;
const FLAT_M: f64 = 0.1;
const WIDE_M: f64 = 0.25;
const ELEVATION_M: f32 = 0.2;

/// The plane of each patch where there is one.
pub(super) struct Refined {
    pub(super) patches: Patches,
    pub(super) points: Sorted,
    /// In coordinates of the sensor's frame.
    pub(super) planes: Vec<Option<Plane>>,
}

impl Default for Refined {
    fn default() -> Self {
        let patches = Patches::new(&ZONES);
        let planes = vec![None; patches.count()];
        Self { patches, points: Sorted::default(), planes }
    }
}

impl Refined {
    /// Fits planes to the points.
    pub(super) fn fit(&mut self) {
        let Self { patches, points, planes } = self;
        for (patch, (plane, place)) in planes.iter_mut().zip(&patches.places).enumerate() {
            *plane = fit(points, patch).map(|plane| plane.seen_from(place.middle));
        }
    }
}

/// The plane of a patch around the middle of the patch.
fn fit(points: &Sorted, patch: usize) -> Option<Plane> {
    let seeds = points.points(patch).zip(points.overs(patch));
    let seeds = seeds.filter(|(_, over)| over.abs() < SEED_M);
    let mut found = tested(&Moments::of(seeds.clone().map(|(point, _)| point)))?;
    for _ in 0..ROUNDS {
        let plane = found.plane;
        let near = |[x, y, z]: &[f32; 3]| (z - plane.at(*x, *y)).abs() < NEAR_M;
        found = tested(&Moments::of(points.points(patch).filter(near)))?;
    }
    let plane = found.plane;
    let line = |([x, y, z], over): ([f32; 3], &f32)| plane.at(x, y) - (z - over);
    let (sum, count) = seeds.map(line).fold((0.0, 0.0), |(sum, n), up| (sum + up, n + 1.0));
    (f32::abs(sum) <= ELEVATION_M * count).then_some(plane)
}

fn tested(moments: &Moments) -> Option<Fit> {
    let fit = (moments.count >= LEAST_POINTS).then(|| moments.fit())??;
    let good = fit.uprightness > UPRIGHT && fit.deviation_m < FLAT_M && fit.width_m > WIDE_M;
    good.then_some(fit)
}
