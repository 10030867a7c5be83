//! What things look like to the sensors: triangles with a surface, and leafy volumes.

use crate::math::Vec3;

/// What a surface is made of. Each sensor has a table of how it responds to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Material {
    /// Road surface.
    Asphalt,
    /// White lines on the road; bright to a LiDAR.
    RoadPaint,
    /// Kerb stone and other worked stone.
    Kerb,
    /// Footways, concrete slabs, walls of concrete.
    Concrete,
    /// Lawn and meadow.
    Grass,
    /// Bare earth, gravel.
    Soil,
    /// Rendered walls of houses; textured with rows of windows in the camera.
    Facade,
    /// Brick walls and tiled roofs.
    Brick,
    /// Panes: returns little or nothing to a LiDAR, mirrors the sky in the camera.
    Glass,
    /// Car paint of any light colour.
    Paint,
    /// Black and dark car paint: returns little to a LiDAR.
    DarkPaint,
    /// Tyres, bumpers, under-bodies: dark and rough.
    Rubber,
    /// Bare metal: rails, posts, rims.
    Metal,
    /// Lamps and number plates: retro-reflecting.
    Reflector,
    /// Traffic signs: retro-reflecting, coloured.
    Sign,
    /// Trunks, fences of wood.
    Wood,
    /// Leaves and needles.
    Leaves,
    /// Clothes.
    Cloth,
    /// Skin.
    Skin,
}

/// Number of [`Material`]s, for tables by `material as usize`.
pub const MATERIALS: usize = Material::Skin as usize + 1;

/// Material and colour (sRGB under white light, before texture and shading).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Surface {
    /// What it is made of.
    pub material: Material,
    /// Its colour.
    pub colour: [u8; 3],
}

impl Surface {
    /// A surface.
    pub const fn new(material: Material, colour: [u8; 3]) -> Self {
        Self { material, colour }
    }
}

/// Three corners (numbers of vertices, counter-clockwise seen from outside) and a surface
/// (number in the palette).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Triangle {
    /// Vertices.
    pub corners: [u32; 3],
    /// Palette entry.
    pub surface: u16,
    /// Seen from both sides (leaves of a fence, signs); else the back is not drawn.
    pub two_sided: bool,
}

/// A rigid thing made of triangles, in its own frame: x forward, y left, z up, origin on
/// the ground under the middle of its box; metres.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Mesh {
    /// Corners.
    pub vertices: Vec<Vec3>,
    /// Faces.
    pub triangles: Vec<Triangle>,
    /// Surfaces that the faces name.
    pub palette: Vec<Surface>,
}

impl Mesh {
    /// Adds a surface and returns its number; equal surfaces share one.
    pub fn surface(&mut self, surface: Surface) -> u16 {
        let known = self.palette.iter().position(|s| *s == surface);
        let number = known.unwrap_or_else(|| {
            self.palette.push(surface);
            self.palette.len() - 1
        });
        number as u16
    }

    /// Adds a flat convex polygon, counter-clockwise seen from outside.
    pub fn polygon(&mut self, corners: &[Vec3], surface: u16) {
        self.fan(corners, surface, false);
    }

    /// Adds a flat convex polygon that is seen from both sides.
    pub fn pane(&mut self, corners: &[Vec3], surface: u16) {
        self.fan(corners, surface, true);
    }

    fn fan(&mut self, corners: &[Vec3], surface: u16, two_sided: bool) {
        let first = self.vertices.len() as u32;
        self.vertices.extend_from_slice(corners);
        for i in 1..(corners.len() as u32).saturating_sub(1) {
            let corners = [first, first + i, first + i + 1];
            self.triangles.push(Triangle { corners, surface, two_sided });
        }
    }

    /// Adds an upright box between two corners; its lower face is left out.
    pub fn block(&mut self, low: Vec3, high: Vec3, surface: u16) {
        let v = |x: f32, y: f32, z: f32| Vec3::new(x, y, z);
        let (l, h) = (low, high);
        self.polygon(
            &[v(l.x, l.y, h.z), v(h.x, l.y, h.z), v(h.x, h.y, h.z), v(l.x, h.y, h.z)],
            surface,
        );
        self.polygon(
            &[v(h.x, l.y, l.z), v(h.x, h.y, l.z), v(h.x, h.y, h.z), v(h.x, l.y, h.z)],
            surface,
        );
        self.polygon(
            &[v(l.x, h.y, l.z), v(l.x, l.y, l.z), v(l.x, l.y, h.z), v(l.x, h.y, h.z)],
            surface,
        );
        self.polygon(
            &[v(h.x, h.y, l.z), v(l.x, h.y, l.z), v(l.x, h.y, h.z), v(h.x, h.y, h.z)],
            surface,
        );
        self.polygon(
            &[v(l.x, l.y, l.z), v(h.x, l.y, l.z), v(h.x, l.y, h.z), v(l.x, l.y, h.z)],
            surface,
        );
    }

    /// Adds an upright prism with `sides` faces (a pole, a trunk, a torso), open below.
    pub fn column(&mut self, foot: Vec3, radius: f32, height: f32, sides: u16, surface: u16) {
        let ring: Vec<Vec3> = (0..sides)
            .map(|i| {
                let angle = std::f32::consts::TAU * f32::from(i) / f32::from(sides);
                let (sin, cos) = crate::math::sin_cos(angle);
                foot + Vec3::new(radius * cos, radius * sin, 0.0)
            })
            .collect();
        let up = Vec3::new(0.0, 0.0, height);
        for (i, a) in ring.iter().enumerate() {
            let b = ring[(i + 1) % ring.len()];
            self.polygon(&[*a, b, b + up, a + up], surface);
        }
        let top: Vec<Vec3> = ring.iter().map(|p| p + up).collect();
        self.polygon(&top, surface);
    }

    /// Adds another mesh, moved.
    pub fn append(&mut self, other: &Self, offset: Vec3) {
        let first = self.vertices.len() as u32;
        self.vertices.extend(other.vertices.iter().map(|v| v + offset));
        for triangle in &other.triangles {
            let entry = other.palette.get(usize::from(triangle.surface)).copied();
            let surface = entry.map_or(0, |surface| self.surface(surface));
            let corners = triangle.corners.map(|c| c + first);
            self.triangles.push(Triangle { corners, surface, ..*triangle });
        }
    }

    /// Lowest and highest corner of the upright box around it; `None` when empty.
    pub fn bounds(&self) -> Option<(Vec3, Vec3)> {
        let first = *self.vertices.first()?;
        Some(self.vertices.iter().fold((first, first), |(low, high), v| (low.inf(v), high.sup(v))))
    }
}

/// A leafy ellipsoid: a ray enters it and is stopped at a random depth, or passes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Volume {
    /// Centre, world, metres.
    pub center: Vec3,
    /// Half axes along its own x, y, z, metres.
    pub radii: Vec3,
    /// Turn about z, radians.
    pub yaw: f32,
    /// Mean depth at which a ray is stopped, metres.
    pub mean_depth: f32,
    /// Colour of its leaves.
    pub surface: Surface,
    /// For its texture and its noise.
    pub seed: u32,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn area_vector(mesh: &Mesh) -> Vec3 {
        mesh.triangles
            .iter()
            .map(|t| {
                let [a, b, c] = t.corners.map(|i| mesh.vertices[i as usize]);
                (b - a).cross(&(c - a)) * 0.5
            })
            .sum()
    }

    #[test]
    fn faces_look_outwards() {
        let mut mesh = Mesh::default();
        let grey = mesh.surface(Surface::new(Material::Metal, [128; 3]));
        mesh.block(Vec3::new(-1.0, -2.0, 0.0), Vec3::new(1.0, 2.0, 3.0), grey);
        // All faces but the lower one: what is left over is the lower one's, turned up.
        assert!((area_vector(&mesh) - Vec3::new(0.0, 0.0, 8.0)).norm() < 1e-4);
        let centre = Vec3::new(0.0, 0.0, 1.5);
        for t in &mesh.triangles {
            let [a, b, c] = t.corners.map(|i| mesh.vertices[i as usize]);
            assert!((b - a).cross(&(c - a)).dot(&(a - centre)) > 0.0);
        }
        let mut pole = Mesh::default();
        pole.column(Vec3::zeros(), 0.5, 2.0, 8, grey);
        assert!(area_vector(&pole).z > 0.5 && area_vector(&pole).xy().norm() < 1e-4);
        assert_eq!(pole.bounds().map(|(_, high)| high.z), Some(2.0));
    }

    #[test]
    fn appending_shares_surfaces() {
        let mut a = Mesh::default();
        let red = a.surface(Surface::new(Material::Paint, [200, 0, 0]));
        a.block(Vec3::zeros(), Vec3::new(1.0, 1.0, 1.0), red);
        let mut b = Mesh::default();
        b.surface(Surface::new(Material::Glass, [0; 3]));
        b.append(&a, Vec3::new(5.0, 0.0, 0.0));
        b.append(&a, Vec3::new(9.0, 0.0, 0.0));
        assert_eq!((b.palette.len(), b.triangles.len()), (2, 20));
        assert!(b.triangles.iter().all(|t| t.surface == 1));
    }
}
