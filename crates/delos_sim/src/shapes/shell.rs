//! Bodies of cars, vans and buses: a lower hull with arches for the wheels, a cabin with
//! windows upon it, wheels, mirrors and plates.

use super::loft::{Patch, loft, mirror};
use super::paint::{GLASS, HEADLAMP, PLATE, RIM, RUBBER, TAIL_LAMP};
use super::wheel::Wheel;
use crate::math::{Vec3, mix};
use crate::shape::{Mesh, Surface};

/// Measures of a body; metres, x forward from the middle of its length, z up from the
/// ground.
#[derive(Clone, Debug)]
pub(super) struct Shell {
    /// Length.
    pub length: f32,
    /// Width.
    pub width: f32,
    /// Height.
    pub height: f32,
    /// x of the front and the rear axle.
    pub axles: [f32; 2],
    /// Radius of its wheels.
    pub wheel: f32,
    /// Height of its underside.
    pub sill: f32,
    /// Height of the bonnet's front end.
    pub nose: f32,
    /// x and z of the foot of the windscreen.
    pub cowl: [f32; 2],
    /// x of the roof's front and rear end.
    pub roof: [f32; 2],
    /// x and z of the foot of the rear window.
    pub deck: [f32; 2],
    /// Height of the tail's upper edge.
    pub tail: f32,
    /// By how much the roof's ends lie lower than its middle.
    pub arch: f32,
    /// Width of the roof as a part of the width of the body.
    pub taper: f32,
    /// Width of the front and the rear face as a part of the width of the body.
    pub ends: [f32; 2],
    /// Panes and pillars along the cabin: where each ends (0 at the windscreen, 1 at the
    /// rear window) and whether it is a pane.
    pub panes: Vec<(f32, bool)>,
    /// Whether there is a rear window.
    pub rear_window: bool,
    /// Colour.
    pub paint: Surface,
    /// Colour of the bumpers.
    pub bumper: Surface,
    /// Colour between the headlamps.
    pub grille: Surface,
    /// Colour of the rims.
    pub rim: [u8; 3],
}

/// How far number plates stand out.
const PLATE_M: f32 = 0.015;

impl Shell {
    /// The body's mesh.
    pub(super) fn mesh(&self) -> Mesh {
        let mut mesh = Mesh::default();
        self.add_hull(&mut mesh);
        self.add_cabin(&mut mesh);
        self.add_wheels(&mut mesh);
        self.add_mirrors(&mut mesh);
        self.add_plates(&mut mesh);
        mesh
    }

    /// The closed lower part.
    pub(super) fn add_hull(&self, mesh: &mut Mesh) {
        let sections = self.hull_sections();
        let last = sections.len() - 2;
        let [paint, bumper, grille, under] =
            [self.paint, self.bumper, self.grille, RUBBER].map(|s| mesh.surface(s));
        let [head, tail] = [HEADLAMP, TAIL_LAMP].map(|s| mesh.surface(s));
        loft(mesh, &sections, |patch| {
            Some(match patch {
                Patch::Bottom(_) => under,
                Patch::Side(0, 1) => head,
                Patch::Side(i, 1) if i == last => tail,
                Patch::Side(i, 0) if i == 0 || i == last => bumper,
                Patch::Front(0) | Patch::Rear(0) => bumper,
                Patch::Front(_) => grille,
                _ => paint,
            })
        });
    }

    /// Sections from nose to tail: each its lowest point, its widest, and the shoulder.
    fn hull_sections(&self) -> Vec<[Vec3; 3]> {
        let half = self.length / 2.0 - PLATE_M;
        let mut sections = vec![self.end_section(half, self.ends[0], -1.0)];
        sections.push(self.corner_section(half, self.axles[0], self.ends[0]));
        for axle in self.axles {
            let arch = 2.0 * self.wheel + 0.02;
            for (reach, bottom) in
                [(1.18, self.sill), (0.72, arch), (-0.72, arch), (-1.18, self.sill)]
            {
                sections.push(self.section(axle + reach * self.wheel, 1.0, bottom));
            }
        }
        sections.push(self.corner_section(-half, self.axles[1], self.ends[1]));
        sections.push(self.end_section(-half, self.ends[1], 1.0));
        sections
    }

    fn section(&self, x: f32, scale: f32, bottom: f32) -> [Vec3; 3] {
        let half = self.width / 2.0 * scale;
        let wide = 2.0 * self.wheel + 0.07;
        let top = self.shoulder(x).max(wide + 0.05);
        [
            Vec3::new(x, half * 0.965, bottom),
            Vec3::new(x, half, wide),
            Vec3::new(x, half * self.shoulder_scale(), top),
        ]
    }

    /// The section where the sides turn towards the front or rear face.
    fn corner_section(&self, end: f32, axle: f32, scale: f32) -> [Vec3; 3] {
        let room = end.abs() - axle.abs() - 1.18 * self.wheel;
        let x = end - end.signum() * (0.6 * room).min(0.055 * self.length).min(0.3);
        let mut section = self.section(x, mix(scale, 1.0, 0.72), self.sill);
        section[1].z = mix(section[1].z, self.bumper_height(), 0.5);
        section
    }

    /// The front or rear face; `inwards` is the sign of x towards the middle.
    fn end_section(&self, x: f32, scale: f32, inwards: f32) -> [Vec3; 3] {
        let half = self.width / 2.0 * scale;
        let foot = if inwards > 0.0 { self.deck[0] } else { self.cowl[0] };
        let room = ((foot - x) * inwards - 0.01).clamp(0.0, 0.14);
        let lean = (0.35 * (self.shoulder(x) - self.bumper_height())).clamp(0.0, room);
        [
            Vec3::new(x + inwards * 0.06, half * 0.94, self.sill + 0.03),
            Vec3::new(x, half, self.bumper_height()),
            Vec3::new(x + inwards * lean, half * 0.95, self.shoulder(x)),
        ]
    }

    fn bumper_height(&self) -> f32 {
        self.sill + 0.42 * (self.nose.min(self.tail) - self.sill)
    }

    /// Height of the bonnet, the waist or the tail above x.
    fn shoulder(&self, x: f32) -> f32 {
        let half = self.length / 2.0;
        let line = [[half, self.nose], self.cowl, self.deck, [-half, self.tail]];
        let segment = line.windows(2).find(|s| x >= s[1][0]).unwrap_or(&line[2..]);
        let [a, b] = [segment[0], segment[1]];
        let run = (a[0] - b[0]).max(1e-3);
        mix(a[1], b[1], ((a[0] - x) / run).clamp(0.0, 1.0))
    }

    fn shoulder_scale(&self) -> f32 {
        mix(0.9, 0.99, ((self.taper - 0.75) / 0.2).clamp(0.0, 1.0))
    }

    /// The cabin, open below.
    fn add_cabin(&self, mesh: &mut Mesh) {
        let starts = std::iter::once(0.0).chain(self.panes.iter().map(|(end, _)| *end));
        let sections: Vec<_> = starts.map(|t| self.cabin_section(t)).collect();
        let [paint, glass] = [self.paint, GLASS].map(|s| mesh.surface(s));
        loft(mesh, &sections, |patch| match patch {
            Patch::Bottom(_) => None,
            Patch::Side(i, 0) if self.panes[i].1 => Some(glass),
            Patch::Front(0) => Some(glass),
            Patch::Rear(0) if self.rear_window => Some(glass),
            _ => Some(paint),
        });
    }

    /// Waist, edge and crown of the roof at a part of the way from windscreen to rear
    /// window. The waist is sunk into the hull.
    fn cabin_section(&self, t: f32) -> [Vec3; 3] {
        let half = self.width / 2.0;
        let x = mix(self.cowl[0], self.deck[0], t);
        let upright = x.min(self.roof[0]).max(self.roof[1]);
        let top = mix(mix(self.roof[0], self.roof[1], t), upright, 0.6);
        let bend = 2.0 * t - 0.9;
        let crown = self.height - self.arch * bend * bend;
        let ends = 1.0 - 0.05 * bend * bend;
        let inset = 0.06 * bend * (1.0 - self.taper) * 4.0;
        [
            Vec3::new(x, half * self.shoulder_scale() * ends - 0.01, self.shoulder(x) - 0.015),
            Vec3::new(top, half * self.taper * ends, crown - 0.07),
            Vec3::new(top + inset, half * (self.taper - 0.14) * ends, crown),
        ]
    }

    fn add_wheels(&self, mesh: &mut Mesh) {
        let tyre = mesh.surface(RUBBER);
        let rim = mesh.surface(Surface { colour: self.rim, ..RIM });
        for x in self.axles {
            self.close_arch(mesh, x, tyre);
            for side in [1.0, -1.0] {
                let outside = side * (self.width / 2.0 * 0.98);
                let thickness = 0.62 * self.wheel;
                Wheel { x, outside, radius: self.wheel, thickness }.add(mesh, tyre, rim);
            }
        }
    }

    /// A wall along the middle between two wheels, so that nothing is seen past them.
    fn close_arch(&self, mesh: &mut Mesh, x: f32, surface: u16) {
        let (low, high) = (self.sill, 2.0 * self.wheel + 0.02);
        let p = |reach: f32, z: f32| Vec3::new(x + reach * self.wheel, 0.0, z);
        mesh.pane(&[p(1.18, low), p(0.72, high), p(-0.72, high), p(-1.18, low)], surface);
    }

    /// A mirror on each side: its cover, pane, lid and inner side.
    fn add_mirrors(&self, mesh: &mut Mesh) {
        let [paint, glass] = [self.paint, GLASS].map(|s| mesh.surface(s));
        let x = mix(self.cowl[0], self.roof[0], 0.25) - 0.08;
        let (low, high) = (self.shoulder(x) + 0.01, self.shoulder(x) + 0.13);
        let (root, tip) = (self.width * 0.42, self.width * 0.495);
        let (front, rear) = (x + 0.08, x);
        let p = Vec3::new;
        let cover =
            [p(front, root, low), p(rear, tip, low), p(rear, tip, high), p(front, root, high)];
        let pane = [p(rear, tip, low), p(rear, root, low), p(rear, root, high), p(rear, tip, high)];
        let lid = [p(front, root, high), p(rear, tip, high), p(rear, root, high)];
        let inner =
            [p(rear, root, low), p(front, root, low), p(front, root, high), p(rear, root, high)];
        for (corners, surface) in
            [(&cover[..], paint), (&pane[..], glass), (&lid[..], paint), (&inner[..], paint)]
        {
            mesh.polygon(corners, surface);
            let other: Vec<Vec3> = corners.iter().rev().map(|c| mirror(*c)).collect();
            mesh.polygon(&other, surface);
        }
    }

    /// Number plates at front and rear: 52 by 11 cm.
    fn add_plates(&self, mesh: &mut Mesh) {
        let plate = mesh.surface(PLATE);
        let (low, high) = (self.bumper_height() - 0.055, self.bumper_height() + 0.055);
        for end in [0.5, -0.5] {
            let (x, y) = (self.length * end, 0.52 * end);
            let p = |y: f32, z: f32| Vec3::new(x, y, z);
            mesh.pane(&[p(-y, low), p(y, low), p(y, high), p(-y, high)], plate);
        }
    }
}
