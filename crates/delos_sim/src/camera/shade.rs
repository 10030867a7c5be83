//! From what a pixel sees to its light.

use super::colour::{Rgb, from_srgb};
use super::faces::Faces;
use super::leaves::Ellipsoid;
use super::light::{HIGHEST_WOODS, Light};
use super::noise::plane;
use super::shadow::Shadows;
use super::target::Owner;
use super::terrain::Terrain;
use super::texture::{Place, Texel, ground_colour, texel};
use super::view::View;
use crate::math::{Vec3, smooth_step};
use crate::scene::Scene;

/// All that shading needs.
pub(super) struct Shader<'a> {
    pub(super) scene: &'a Scene,
    pub(super) view: &'a View,
    pub(super) light: &'a Light,
    pub(super) shadows: Shadows,
    pub(super) faces: Faces,
    pub(super) terrain: Terrain,
    pub(super) leaves: Vec<Ellipsoid>,
}

/// Ground of which a pixel sees a longer piece than this needs no care at its borders,
/// metres.
const FAR_SLANT_M: f32 = 2.0;

/// A surface as a pixel sees it.
struct Seen {
    place: Vec3,
    /// Unit direction from the eye.
    towards: Vec3,
    footprint: f32,
}

impl Shader<'_> {
    /// The light of a pixel; `open` is the share of the sky that its surface sees.
    pub(super) fn pixel(&self, x: usize, y: usize, owner: Owner, nearness: f32, open: f32) -> Rgb {
        let ray = self.view.ray(x, y);
        let length = ray.norm();
        let towards = ray / length;
        if owner == Owner::Sky {
            return self.background(&towards);
        }
        let depth = 1.0 / nearness;
        let place = self.view.origin + ray * depth;
        let distance = depth * length;
        let seen = Seen { place, towards, footprint: depth / self.view.focal };
        let light = match owner {
            Owner::Ground(cell) => self.ground(&seen, self.terrain.normal(cell), open),
            Owner::Face(face) => self.face(&seen, face),
            Owner::Leaves(volume) => self.leafy(&seen, volume),
            Owner::Sky => Rgb::zeros(),
        };
        self.light.hazed(light, distance)
    }

    /// Sky, woods at the horizon, and meadows before them.
    fn background(&self, towards: &Vec3) -> Rgb {
        if towards.z > HIGHEST_WOODS {
            return self.light.sky(towards);
        }
        let (top, woods) = self.light.far_woods(towards);
        if towards.z > top {
            return self.light.sky(towards);
        }
        let meadow = self.light.on(&Vec3::z(), 1.0, 1.0).component_mul(&Rgb::new(0.10, 0.15, 0.05));
        let meadow = self.light.hazed(meadow, 200.0);
        meadow + (woods - meadow) * smooth_step(-0.012, -0.006, towards.z)
    }

    fn ground(&self, seen: &Seen, normal: Vec3, open: f32) -> Rgb {
        let (p, f) = (seen.place, seen.footprint);
        // Rows of pixels see the ground aslant: what they blur is longer than wide.
        let slant = f / (seen.towards.dot(&normal).abs() + 0.05);
        let footprint = (f * slant).sqrt();
        let place = Place { at: p, normal: Vec3::z(), footprint, wall: None, seed: 0 };
        let albedo = self.covered(&place, slant);
        let sun = self.shadows.sun_at(&p, &normal);
        self.light.on(&normal, sun, open).component_mul(&albedo)
    }

    /// Four looks at the cover around a place, so that its borders are not stairs.
    fn covered(&self, place: &Place, slant: f32) -> Rgb {
        let ground = &self.scene.ground;
        let (x, y) = (place.at.x, place.at.y);
        let colour = |m| texel(m, ground_colour(m), place).albedo;
        if slant > FAR_SLANT_M {
            return colour(ground.cover(x, y));
        }
        let wave = 0.10 * (plane(x / 0.3, y / 0.3) - 0.5);
        let reach = 0.11;
        let looks = [[1.0, 0.4], [-0.4, 1.0], [-1.0, -0.4], [0.4, -1.0]]
            .map(|[dx, dy]| ground.cover(x + reach * dx + wave, y + reach * dy + wave));
        if looks.iter().all(|m| *m == looks[0]) {
            return colour(looks[0]);
        }
        let mut sum = Rgb::zeros();
        let mut last = (looks[0], colour(looks[0]));
        for look in looks {
            if look != last.0 {
                last = (look, colour(look));
            }
            sum += last.1;
        }
        sum * 0.25
    }

    fn face(&self, seen: &Seen, number: u32) -> Rgb {
        let Some(face) = self.faces.all.get(number as usize) else { return Rgb::zeros() };
        let Some(solid) = self.scene.solids.get(face.solid as usize) else { return Rgb::zeros() };
        let origin = solid.pose.origin;
        let place = Place {
            at: solid.pose.to_local(&seen.place),
            normal: solid.pose.turn.tr_mul(&face.normal),
            footprint: seen.footprint / (seen.towards.dot(&face.normal).abs() + 0.15),
            wall: face.wall.and_then(|wall| self.faces.walls.get(wall as usize).copied()),
            seed: (origin.x * 7.0 + origin.y * 13.0) as i32 as u32,
        };
        let normal = match face.object {
            Some(_) => solid.pose.turn * rounded(&place),
            None => face.normal,
        };
        let texel = texel(face.surface.material, from_srgb(face.surface.colour), &place);
        let sun = if face.normal.dot(&self.light.sun) > 0.0 {
            self.shadows.sun_at(&seen.place, &face.normal)
        } else {
            0.0
        };
        let scattered = self.light.on(&normal, sun, 1.0).component_mul(&texel.albedo);
        self.with_gloss(scattered, texel, &normal, seen, sun)
    }

    /// Adds what a glossy surface mirrors (Schlick's approximation, 1994) and the glint
    /// of the sun.
    fn with_gloss(
        &self,
        scattered: Rgb,
        texel: Texel,
        normal: &Vec3,
        seen: &Seen,
        sun: f32,
    ) -> Rgb {
        if texel.mirror <= 0.0 {
            return scattered;
        }
        let cos = -seen.towards.dot(normal);
        let t = (1.0 - cos).clamp(0.0, 1.0);
        let share = texel.mirror + (1.0 - texel.mirror) * t * t * t * t * t;
        let out = seen.towards + normal * (2.0 * cos);
        let glint = out.dot(&self.light.sun).max(0.0);
        let glint = (0..5).fold(glint, |g, _| g * g) * sun;
        let mirrored = self.light.mirrored(&out) + self.light.sunlight * (4.0 * glint);
        scattered * (1.0 - share) + mirrored * share
    }

    fn leafy(&self, seen: &Seen, number: u32) -> Rgb {
        let Some(shape) = self.leaves.get(number as usize) else { return Rgb::zeros() };
        let Some(volume) = self.scene.volumes.get(number as usize) else { return Rgb::zeros() };
        let normal = shape.normal(&seen.place);
        let density = shape.density(&seen.place, seen.footprint);
        // Shadows of the leaves themselves are in `deep`; here those of other things.
        let sun = self.shadows.sun_at(&(seen.place + self.light.sun * 0.9), &normal);
        let deep = smooth_step(0.15, 0.90, density);
        let open = 0.35 + 0.65 * deep;
        let tint = 0.4 + 1.1 * density.clamp(0.0, 1.4);
        let base = from_srgb(volume.surface.colour) * tint;
        // Leaves let some of the sun through.
        let through = 0.25 * sun * (1.0 - normal.dot(&self.light.sun).abs());
        let light =
            self.light.on(&normal, sun * (0.3 + 0.7 * deep), open) + self.light.sunlight * through;
        light.component_mul(&base)
    }
}

/// The normal of a panel of a road user, bent as if the panel bulged: bodies are made of
/// flat pieces, and what flat pieces mirror gives them away.
fn rounded(place: &Place) -> Vec3 {
    let out = Vec3::new(0.12 * place.at.x, 0.28 * place.at.y, 0.30 * (place.at.z - 0.7));
    let out = out.map(|x| x.clamp(-0.35, 0.35));
    (place.normal + out).try_normalize(1e-6).unwrap_or(place.normal)
}
