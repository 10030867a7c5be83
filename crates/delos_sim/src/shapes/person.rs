//! People: figures of joints and limbs, on foot or (in [`super::cycle`]) riding.

use super::loft::{Knot, knot, limb};
use super::paint::vary;
use crate::math::{Vec3, mix, sin_cos};
use crate::random::Random;
use crate::shape::{Material, Mesh, Surface};

/// Where a figure's joints are, metres; each pair left before right.
#[derive(Clone, Copy, Debug)]
pub(super) struct Joints {
    /// Lower end of the spine.
    pub pelvis: Vec3,
    /// Upper end of the spine.
    pub neck: Vec3,
    /// Hip, knee, ankle, tip of the foot.
    pub legs: [[Vec3; 4]; 2],
    /// Shoulder, elbow, hand.
    pub arms: [[Vec3; 3]; 2],
}

/// What a figure looks like.
#[derive(Clone, Copy, Debug)]
pub(super) struct Figure {
    /// Height as a part of 1.75 m.
    pub scale: f32,
    /// Thickness of limbs as a part of a slim adult's.
    pub girth: f32,
    /// Size of the head as a part of an adult's of this height; children's are larger.
    pub head: f32,
    /// Length of a coat below the hips, as part of the spine; 0: no coat.
    pub coat: f32,
    top: Surface,
    trousers: Surface,
    sleeves: Surface,
    skin: Surface,
    /// Hair, hat or helmet.
    pub hair: Surface,
    /// Faces around torso, head, legs, arms.
    pub detail: [u16; 4],
}

const CLOTHES: [[u8; 3]; 10] = [
    [34, 36, 42],
    [44, 58, 92],
    [90, 92, 96],
    [150, 36, 38],
    [206, 204, 198],
    [72, 92, 66],
    [164, 140, 104],
    [70, 110, 160],
    [120, 64, 96],
    [206, 160, 60],
];
const TROUSERS: [[u8; 3]; 5] =
    [[46, 58, 86], [30, 31, 34], [80, 78, 74], [150, 132, 104], [62, 74, 108]];
const SKINS: [[u8; 3]; 4] = [[214, 172, 146], [198, 150, 120], [150, 106, 78], [96, 66, 48]];
const HAIRS: [[u8; 3]; 5] =
    [[48, 36, 28], [24, 22, 22], [122, 90, 56], [160, 156, 150], [92, 52, 34]];
/// Phases of walking.
const STEPS: u16 = 6;

/// A pedestrian: standing, then one cycle of two steps.
pub(super) fn pedestrian(random: &mut Random) -> Vec<Mesh> {
    let mut figure = Figure::adult(random);
    if random.chance(0.12) {
        figure.scale = random.range(0.6, 0.84);
        figure.head = 1.22;
    }
    if random.chance(0.3) {
        figure.coat = random.range(0.25, 0.6);
    }
    let (stride, bag) = (random.range(0.30, 0.42), random.below(5));
    let bag_colour = Surface::new(Material::Cloth, cloth(&CLOTHES, random));
    (0..=STEPS)
        .map(|step| {
            let swing = if step == 0 { 0.0 } else { stride };
            let phase = std::f32::consts::TAU * f32::from(step) / f32::from(STEPS);
            let joints = walking(&figure, phase, swing);
            let mut mesh = figure.mesh(&joints);
            add_bag(&mut mesh, &figure, &joints, bag, bag_colour);
            stand(mesh)
        })
        .collect()
}

fn cloth(colours: &[[u8; 3]], random: &mut Random) -> [u8; 3] {
    let colour = random.pick(colours).copied().unwrap_or([90; 3]);
    vary(colour, 12.0, random)
}

/// Lowers or lifts the mesh until it touches the ground.
fn stand(mut mesh: Mesh) -> Mesh {
    let low = mesh.bounds().map_or(0.0, |(low, _)| low.z);
    mesh.vertices.iter_mut().for_each(|vertex| vertex.z -= low);
    mesh
}

/// Joints of a walker; angles of hip and shoulder swing by `swing` radians.
fn walking(figure: &Figure, phase: f32, swing: f32) -> Joints {
    let s = figure.scale;
    let side = |sign: f32| {
        let (sin, cos) = sin_cos(phase);
        let (hip, bend) = (sign * swing * sin, swing * (2.0 * (sign * cos).max(0.0) + 0.2));
        let leg =
            chain(Vec3::new(0.0, sign * 0.095, 0.90) * s, [0.43 * s, 0.42 * s], [hip, hip - bend]);
        let toe = leg[2] + Vec3::new(0.19, sign * 0.02, -0.05) * s;
        let shoulder = Vec3::new(0.0, sign * 0.21 * figure.girth, 1.42) * s;
        let arm = chain(shoulder, [0.29 * s, 0.30 * s], [-hip, 0.25 - hip + 0.3 * swing]);
        let out = Vec3::new(0.0, sign * 0.03, 0.0) * s;
        ([leg[0], leg[1], leg[2], toe], [arm[0], arm[1] + out, arm[2] + out * 1.5])
    };
    let ((left_leg, left_arm), (right_leg, right_arm)) = (side(1.0), side(-1.0));
    Joints {
        pelvis: Vec3::new(0.0, 0.0, 0.92) * s,
        neck: Vec3::new(0.03 * swing, 0.0, 1.47) * s,
        legs: [left_leg, right_leg],
        arms: [left_arm, right_arm],
    }
}

/// A chain of two bones hanging from a joint at angles from the vertical, forward positive.
fn chain(from: Vec3, lengths: [f32; 2], angles: [f32; 2]) -> [Vec3; 3] {
    let bone = |length: f32, angle: f32| {
        let (sin, cos) = sin_cos(angle);
        Vec3::new(length * sin, 0.0, -length * cos)
    };
    let middle = from + bone(lengths[0], angles[0]);
    [from, middle, middle + bone(lengths[1], angles[1])]
}

/// A rucksack, or a bag in the left hand, or none.
fn add_bag(mesh: &mut Mesh, figure: &Figure, joints: &Joints, kind: usize, colour: Surface) {
    let (surface, s) = (mesh.surface(colour), figure.scale);
    let (top, deep, across) = match kind {
        0 => (joints.neck - Vec3::new(0.17 * figure.girth, 0.0, 0.05) * s, 0.12, 0.18),
        1 => (joints.arms[0][2] + Vec3::new(0.0, 0.0, 0.02) * s, 0.16, 0.06),
        _ => return,
    };
    let at =
        |z: f32| Knot { at: top - Vec3::new(0.0, 0.0, z) * s, across: across * s, deep: deep * s };
    limb(mesh, &[at(0.38), at(0.0)], 4, surface);
}

impl Figure {
    /// An adult.
    pub(super) fn adult(random: &mut Random) -> Self {
        let top = Surface::new(Material::Cloth, cloth(&CLOTHES, random));
        let skin = Surface::new(Material::Skin, cloth(&SKINS, random));
        Self {
            scale: random.normal(1.72, 0.085).clamp(1.5, 1.96) / 1.75,
            girth: random.normal(1.08, 0.12).clamp(0.85, 1.4),
            head: 1.0,
            coat: 0.0,
            top,
            trousers: Surface::new(Material::Cloth, cloth(&TROUSERS, random)),
            sleeves: if random.chance(0.3) { skin } else { top },
            skin,
            hair: Surface::new(Material::Cloth, cloth(&HAIRS, random)),
            detail: [6, 5, 5, 4],
        }
    }

    /// The figure with its joints there.
    pub(super) fn mesh(&self, joints: &Joints) -> Mesh {
        let mut mesh = Mesh::default();
        self.add_torso(&mut mesh, joints);
        self.add_head(&mut mesh, joints.neck);
        for (leg, arm) in joints.legs.iter().zip(&joints.arms) {
            self.add_leg(&mut mesh, leg);
            self.add_arm(&mut mesh, arm);
        }
        mesh
    }

    fn add_torso(&self, mesh: &mut Mesh, joints: &Joints) {
        let surface = mesh.surface(self.top);
        let thick = self.scale * self.girth;
        let at = |part: f32, across: f32, deep: f32| Knot {
            at: joints.pelvis + (joints.neck - joints.pelvis) * part,
            across: across * thick,
            deep: deep * thick,
        };
        let hem = 0.19 + 0.06 * self.coat;
        let knots = [
            at(-0.12 - self.coat, hem, 0.13 + 0.05 * self.coat),
            at(0.25, 0.165, 0.125),
            at(0.72, 0.205, 0.14),
            at(1.0, 0.15, 0.08),
        ];
        limb(mesh, &knots, self.detail[0], surface);
    }

    fn add_head(&self, mesh: &mut Mesh, neck: Vec3) {
        let [skin, hair] = [self.skin, self.hair].map(|s| mesh.surface(s));
        let s = self.scale * self.head;
        let at = |x: f32, z: f32, across: f32, deep: f32| Knot {
            at: neck + Vec3::new(x, 0.0, z) * s,
            across: across * s,
            deep: deep * s,
        };
        let face = [at(0.0, -0.03, 0.055, 0.065), at(0.02, 0.21, 0.082, 0.10)];
        limb(mesh, &face, self.detail[1], skin);
        let crown = [
            at(-0.015, 0.14, 0.088, 0.10),
            at(0.0, 0.23, 0.090, 0.108),
            at(0.0, 0.285, 0.05, 0.06),
        ];
        limb(mesh, &crown, self.detail[1], hair);
    }

    fn add_leg(&self, mesh: &mut Mesh, [hip, knee, ankle, toe]: &[Vec3; 4]) {
        let cloth = mesh.surface(self.trousers);
        let shoe = mesh.surface(Surface::new(Material::Rubber, [38, 34, 32]));
        let thick = self.scale * self.girth;
        let leg =
            [knot(*hip, 0.095 * thick), knot(*knee, 0.07 * thick), knot(*ankle, 0.052 * thick)];
        limb(mesh, &leg, self.detail[2], cloth);
        let heel = ankle - (toe - ankle) * 0.35 - Vec3::new(0.0, 0.0, 0.04 * self.scale);
        let foot = |at: Vec3| Knot { at, across: 0.05 * self.scale, deep: 0.05 * self.scale };
        limb(mesh, &[foot(heel), foot(*toe)], self.detail[3], shoe);
    }

    fn add_arm(&self, mesh: &mut Mesh, [shoulder, elbow, hand]: &[Vec3; 3]) {
        let cloth = mesh.surface(self.sleeves);
        let thick = self.scale * mix(1.0, self.girth, 0.6);
        let arm =
            [knot(*shoulder, 0.06 * thick), knot(*elbow, 0.05 * thick), knot(*hand, 0.04 * thick)];
        limb(mesh, &arm, self.detail[3], cloth);
    }
}
