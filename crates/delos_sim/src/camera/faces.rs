//! Solids: their triangles into the visibility buffer.

use super::sighting::Sightings;
use super::target::{Owner, Target};
use super::view::View;
use super::wall::Wall;
use crate::math::Vec3;
use crate::scene::{Scene, Solid};
use crate::shape::{Material, Mesh, Surface, Triangle};

/// Lines on the road lie on ground that is drawn in coarser pieces: against the ground
/// they may be this much farther away and still show.
const PAINT_FORWARD: f32 = 1.02;

/// A triangle that was drawn.
#[derive(Clone, Copy, Debug)]
pub(super) struct Face {
    /// Unit normal towards the viewer, world.
    pub(super) normal: Vec3,
    pub(super) surface: Surface,
    /// Number in [`Scene::solids`].
    pub(super) solid: u32,
    /// Which of [`Scene::objects`] it is part of.
    pub(super) object: Option<u32>,
    /// The wall it is part of, in [`Faces::walls`].
    pub(super) wall: Option<u32>,
}

/// All triangles that were drawn.
#[derive(Clone, Debug, Default)]
pub(super) struct Faces {
    pub(super) all: Vec<Face>,
    pub(super) walls: Vec<Wall>,
}

/// Draws the solids. Parts of one object follow each other, so that its pixels can be
/// counted once.
pub(super) fn draw(scene: &Scene, view: &View, target: &mut Target, seen: &mut Sightings) -> Faces {
    let mut order: Vec<usize> = (0..scene.solids.len()).collect();
    order.sort_by_key(|i| scene.solids[*i].object);
    let mut faces = Faces::default();
    for i in order {
        let solid = &scene.solids[i];
        let world: Vec<Vec3> = solid.mesh.vertices.iter().map(|v| solid.pose.to_world(v)).collect();
        let camera: Vec<Vec3> = world.iter().map(|p| view.to_camera(p)).collect();
        if let Some(object) = solid.object {
            seen.extend_bounds(object, view, &solid.mesh, &camera);
        }
        if in_sight(view, &camera) {
            let part = Part { solid, number: i as u32, world: &world, camera: &camera };
            part.draw(view, target, seen, &mut faces);
        }
    }
    faces
}

/// Whether not all points lie beyond one and the same limit of the image.
fn in_sight(view: &View, camera: &[Vec3]) -> bool {
    view.limits().iter().all(|(n, offset)| camera.iter().any(|p| n.dot(p) + offset >= 0.0))
}

struct Part<'a> {
    solid: &'a Solid,
    number: u32,
    world: &'a [Vec3],
    camera: &'a [Vec3],
}

impl Part<'_> {
    fn draw(&self, view: &View, target: &mut Target, seen: &mut Sightings, faces: &mut Faces) {
        let mesh = &self.solid.mesh;
        let mut wall = None;
        for (i, triangle) in mesh.triangles.iter().enumerate() {
            if i == 0 || !same_polygon(&mesh.triangles[i - 1], triangle) {
                wall = None;
            }
            let Some(corners) = corners(self.camera, triangle) else { continue };
            let Some(mut face) = self.face(mesh, triangle, corners) else { continue };
            if face.surface.material == Material::Facade && wall.is_none() {
                wall = Wall::of_polygon(mesh, i);
                faces.walls.extend(wall);
            }
            face.wall = wall.map(|_| faces.walls.len() as u32 - 1);
            let owner = Owner::Face(faces.all.len() as u32);
            faces.all.push(face);
            rasterise(view, target, seen, corners, &face, owner);
        }
    }

    /// The triangle as it is seen; `None` from behind or without area.
    fn face(&self, mesh: &Mesh, triangle: &Triangle, seen: [Vec3; 3]) -> Option<Face> {
        let surface = *mesh.palette.get(usize::from(triangle.surface))?;
        let towards = (seen[1] - seen[0]).cross(&(seen[2] - seen[0])).dot(&seen[0]) < 0.0;
        if !towards && !triangle.two_sided {
            return None;
        }
        let [a, b, c] = corners(self.world, triangle)?;
        let outward = (b - a).cross(&(c - a)).try_normalize(1e-12)?;
        let normal = if towards { outward } else { -outward };
        let object = self.solid.object;
        Some(Face { normal, surface, solid: self.number, object, wall: None })
    }
}

fn rasterise(
    view: &View,
    target: &mut Target,
    seen: &mut Sightings,
    corners: [Vec3; 3],
    face: &Face,
    owner: Owner,
) {
    let paint = face.surface.material == Material::RoadPaint;
    target.cover(view, corners, |target, pixel, near| {
        if let Some(object) = face.object {
            seen.cover(object, pixel);
        }
        if paint && matches!(target.owner[pixel], Owner::Ground(_)) {
            target.claim(pixel, near * PAINT_FORWARD, owner);
        } else {
            target.claim(pixel, near, owner);
        }
    });
}

/// Whether two triangles that follow each other are parts of one polygon's fan.
fn same_polygon(a: &Triangle, b: &Triangle) -> bool {
    a.corners[0] == b.corners[0] && a.corners[2] == b.corners[1] && a.surface == b.surface
}

/// The corners of a triangle; `None` when it names a vertex that does not exist.
pub(super) fn corners(vertices: &[Vec3], triangle: &Triangle) -> Option<[Vec3; 3]> {
    let [a, b, c] = triangle.corners.map(|i| vertices.get(i as usize).copied());
    Some([a?, b?, c?])
}
