//! Pictures of small scenes whose answers are known.

use super::target::Owner;
use super::view::View;
use super::*;
use crate::ground::Ground;
use crate::math::Vec3;
use crate::scene::{Object, Pose, Solid};
use crate::shape::{Material, Mesh, Surface, Volume};
use delos_core::{Box3, CameraModel, Ego, ObjectClass, Position, Size, Transform, Yaw};
use nalgebra::{Isometry3, Matrix3, Rotation3, Translation3, UnitQuaternion};
use proptest::prelude::*;
use std::sync::Arc;

/// Level asphalt, the vehicle's LiDAR 1.73 m above it.
fn empty() -> Scene {
    let mut ground = Ground::new([-10.0, -60.0], [120.0, 60.0], 0.0);
    ground.fill(|_, _| true, |_, _| (0.0, Material::Asphalt));
    Scene {
        ground: Arc::new(ground),
        solids: vec![],
        volumes: vec![],
        objects: vec![],
        ego: Pose::new(Vec3::new(0.0, 0.0, 1.73), 0.0, 0.0, 0.0),
        ego_velocity: Vec3::zeros(),
    }
}

fn block(size: Vec3, material: Material) -> Arc<Mesh> {
    let mut mesh = Mesh::default();
    let grey = mesh.surface(Surface::new(material, [150, 60, 60]));
    let half = Vec3::new(size.x / 2.0, size.y / 2.0, 0.0);
    mesh.block(-half, half + Vec3::new(0.0, 0.0, size.z), grey);
    Arc::new(mesh)
}

/// Adds a road user of 4.0 x 1.6 x 1.5 metres.
fn add_car(scene: &mut Scene, x: f32, y: f32, yaw: f32) {
    let pose = Pose::new(Vec3::new(x, y, 0.0), yaw, 0.0, 0.0);
    let object = Some(scene.objects.len() as u32);
    let mesh = block(Vec3::new(4.0, 1.6, 1.5), Material::Paint);
    scene.solids.push(Solid { mesh, pose, object });
    scene.objects.push(Object {
        id: 7,
        class: ObjectClass::Car,
        size: Size::new(4.0, 1.6, 1.5).expect("positive"),
        pose,
        velocity: Vec3::zeros(),
    });
}

fn add_wall(scene: &mut Scene, x: f32, size: Vec3) {
    let pose = Pose::new(Vec3::new(x, 0.0, 0.0), 0.0, 0.0, 0.0);
    scene.solids.push(Solid { mesh: block(size, Material::Brick), pose, object: None });
}

fn model(rig: &CameraRig) -> CameraModel {
    let axes = Matrix3::new(0.0, -1.0, 0.0, 0.0, 0.0, -1.0, 1.0, 0.0, 0.0);
    let turn = UnitQuaternion::from_rotation_matrix(&Rotation3::from_matrix_unchecked(axes));
    let [x, y, z] = rig.in_ego.map(f64::from);
    let place = Translation3::from(turn * nalgebra::Vector3::new(-x, -y, -z));
    let (f, [u, v]) = (f64::from(rig.focal), rig.center.map(f64::from));
    CameraModel::new(
        &[f, 0.0, u, 0.0, 0.0, f, v, 0.0, 0.0, 0.0, 1.0, 0.0],
        Transform::new(Isometry3::from_parts(place, turn)),
        Some(rig.size),
    )
    .expect("valid")
}

fn shot(scene: &Scene) -> Picture {
    render(scene, &CameraRig::default(), &Light::of_seed(1), 5)
}

/// Mean of each channel over a rectangle of pixels.
fn mean(image: &Image, [x1, x2, y1, y2]: [usize; 4]) -> [f32; 3] {
    let pixels = (y1..y2).flat_map(|y| (x1..x2).map(move |x| y * image.width() as usize + x));
    let count = ((x2 - x1) * (y2 - y1)) as f32;
    let sum = pixels.fold([0.0; 3], |sum: [f32; 3], i| {
        std::array::from_fn(|c| sum[c] + f32::from(image.rgb()[3 * i + c]))
    });
    sum.map(|s| s / count)
}

/// Depths along the optical axis, metres; infinite where nothing is.
fn depths(scene: &Scene) -> (View, Vec<f32>, Vec<Owner>) {
    let view = View::new(scene, &CameraRig::default());
    let light = Light::of_seed(1);
    let (target, ..) = look(scene, &view, &light);
    (view.clone(), target.nearness.iter().map(|n| 1.0 / n).collect(), target.owner)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]
    #[test]
    fn a_box_is_where_the_camera_model_says(x in 8.0..40.0f32, side in -0.3..0.3f32, yaw in -3.0..3.0f32) {
        let mut scene = empty();
        add_car(&mut scene, x, side * x, yaw);
        let seen = shot(&scene).sightings[0];
        let car: Box3<Ego> = Box3::new(
            Position::new(f64::from(x), f64::from(side * x), 0.75 - 1.73),
            Size::new(4.0, 1.6, 1.5).expect("positive"),
            Yaw::new(f64::from(yaw)).expect("finite"),
        );
        let wanted = model(&CameraRig::default()).project_box_clipped(&car).expect("in sight");
        let got = seen.bbox.expect("in sight");
        for (a, b) in [(got.x1, wanted.x1), (got.y1, wanted.y1), (got.x2, wanted.x2), (got.y2, wanted.y2)] {
            prop_assert!((a - b).abs() < 0.02, "{got:?} {wanted:?}");
        }
        prop_assert!(seen.covered_px as f32 <= (wanted.width() + 1.0) * (wanted.height() + 1.0));
        prop_assert!(seen.covered_px as f32 > 0.5 * wanted.area());
        prop_assert!(seen.visible_px as f32 > 0.98 * seen.covered_px as f32);
    }

    #[test]
    fn nothing_panics_wherever_things_are(
        x in -6.0..6.0f32, y in -4.0..4.0f32, z in -3.0..3.0f32, yaw in -3.0..3.0f32, tilt in -0.3..0.3f32,
    ) {
        let mut scene = empty();
        add_car(&mut scene, x, y, yaw);
        scene.solids[0].pose.origin.z = z;
        scene.ego = Pose::new(Vec3::new(0.0, 0.0, 1.73), yaw, tilt, -tilt);
        scene.volumes.push(leafy(Vec3::new(x, y, z), 2.0));
        let seen = shot(&scene).sightings[0];
        prop_assert!((0.0..=1.0).contains(&seen.truncation));
        prop_assert!(seen.visible_px <= seen.covered_px);
        prop_assert!(seen.covered_px == 0 || seen.bbox.is_some());
    }
}

fn leafy(center: Vec3, radius: f32) -> Volume {
    let surface = Surface::new(Material::Leaves, [60, 90, 40]);
    Volume { center, radii: Vec3::repeat(radius), yaw: 0.3, mean_depth: 0.1, surface, seed: 9 }
}

#[test]
fn a_wall_hides_a_car_and_does_not_change_what_it_covers() {
    let mut scene = empty();
    add_car(&mut scene, 20.0, 0.0, 0.3);
    let free = shot(&scene).sightings[0];
    assert!(free.visible_px == free.covered_px && free.covered_px > 1000);
    add_wall(&mut scene, 12.0, Vec3::new(0.2, 8.0, 2.0));
    let hidden = shot(&scene).sightings[0];
    assert_eq!((hidden.visible_px, hidden.covered_px), (0, free.covered_px));
    assert_eq!((hidden.bbox, hidden.truncation), (free.bbox, 0.0));
}

#[test]
fn leaves_hide_too_but_let_some_of_a_car_through_at_their_rim() {
    let mut scene = empty();
    add_car(&mut scene, 20.0, 0.0, 1.57);
    scene.volumes.push(leafy(Vec3::new(12.0, 0.0, 1.0), 0.8));
    let seen = shot(&scene).sightings[0];
    assert!(seen.visible_px < seen.covered_px * 3 / 4 && seen.visible_px > 0, "{seen:?}");
}

#[test]
fn a_car_in_two_parts_counts_its_pixels_once() {
    let mut scene = empty();
    add_car(&mut scene, 15.0, 0.0, 0.0);
    let one = shot(&scene).sightings[0];
    let twin = scene.solids[0].clone();
    add_wall(&mut scene, 30.0, Vec3::new(1.0, 1.0, 1.0));
    scene.solids.push(twin);
    let two = shot(&scene).sightings[0];
    assert_eq!((one.covered_px, one.visible_px), (two.covered_px, two.visible_px));
}

#[test]
fn a_car_across_the_edge_is_half_cut_off() {
    // Its rear face, 10 m away, spans the right edge: (1241 - 610) / 720 * 9.73 m to the right.
    let mut scene = empty();
    add_car(&mut scene, 12.0, 0.0, 0.0);
    scene.solids[0].mesh = block(Vec3::new(0.01, 1.6, 1.5), Material::Paint);
    scene.solids[0].pose.origin = Vec3::new(10.0, -(1241.0 - 610.0) / 720.0 * 9.73, 0.0);
    let seen = shot(&scene).sightings[0];
    assert!((seen.truncation - 0.5).abs() < 0.01, "{seen:?}");
    scene.solids[0].pose.origin.x = -10.0;
    let behind = shot(&scene).sightings[0];
    assert_eq!((behind.bbox, behind.covered_px), (None, 0));
    assert!((behind.truncation - 1.0).abs() < f32::EPSILON);
}

#[test]
fn a_car_that_reaches_behind_the_camera_is_bounded_by_what_the_image_has_of_it() {
    let mut scene = empty();
    // Its front is a metre before the camera's plane and two and a half to its left.
    add_car(&mut scene, -0.7, 2.5, 0.0);
    scene.solids[0].pose.origin.x = 0.27 + 3.0 - 2.0;
    let seen = shot(&scene).sightings[0];
    let bbox = seen.bbox.expect("its front is in view");
    let (top, bottom) = (173.0 + 720.0 * (1.65 - 1.5) / 3.0, 173.0 + 720.0 * 1.65 / 3.0);
    assert!(bbox.x1 < 1.0 && bbox.x2 < 250.0, "{bbox:?}");
    assert!(bbox.y1 > top - 3.0 && bbox.y2 <= 374.0 && bottom > 374.0, "{bbox:?} {top} {bottom}");
    assert!(seen.truncation > 0.5);
}

#[test]
fn a_slanted_wall_and_the_ground_have_their_depths() {
    let mut scene = empty();
    add_wall(&mut scene, 20.0, Vec3::new(0.1, 30.0, 30.0));
    scene.solids[0].pose = Pose::new(Vec3::new(20.0, 0.0, -5.0), 0.7, 0.0, 0.0);
    let (view, depths, owner) = depths(&scene);
    let front = scene.solids[0].pose.to_world(&Vec3::new(-0.05, 0.0, 0.0));
    let normal = scene.solids[0].pose.turn.column(0).into_owned();
    let (mut on_wall, mut on_ground) = (0, 0);
    for (i, depth) in depths.iter().enumerate() {
        let ray = view.ray(i % 1242, i / 1242);
        match owner[i] {
            Owner::Face(_) => {
                let wanted = (front - view.origin).dot(&normal) / ray.dot(&normal);
                let place = scene.solids[0].pose.to_local(&(view.origin + ray * *depth));
                if place.x < -0.04 {
                    assert!((depth / wanted - 1.0).abs() < 1e-3, "{depth} {wanted}");
                    on_wall += 1;
                }
            }
            Owner::Ground(_) => {
                assert!((depth * -ray.z / 1.65 - 1.0).abs() < 1e-3, "{depth}");
                on_ground += 1;
            }
            _ => {}
        }
    }
    assert!(on_wall > 50_000 && on_ground > 20_000, "{on_wall} {on_ground}");
}

#[test]
fn the_sky_is_above_and_blue_the_road_below_and_grey() {
    let image = shot(&empty()).image;
    let (sky, road) = (mean(&image, [100, 1100, 0, 60]), mean(&image, [300, 900, 280, 370]));
    assert!(sky[2] > road[2] + 30.0 && sky[2] > sky[0], "{sky:?} {road:?}");
    assert!((road[0] - road[2]).abs() < 25.0, "{road:?}");
    let seen = depths(&empty()).2;
    assert!(seen[..1242 * 100].iter().all(|o| *o == Owner::Sky));
    assert!(seen[1242 * 200..].iter().all(|o| matches!(o, Owner::Ground(_))));
}

#[test]
fn a_car_darkens_the_ground_under_it_and_casts_a_shadow() {
    let mut scene = empty();
    let bare = shot(&scene).image;
    add_car(&mut scene, 15.0, 0.0, 0.0);
    scene.solids[0].pose.origin.z = 0.3;
    let below = [580, 640, 262, 266];
    let under = mean(&shot(&scene).image, below)[1];
    assert!(under < 0.75 * mean(&bare, below)[1], "{under} {:?}", mean(&bare, below));
}

#[test]
fn the_same_again_and_other_noise_with_another_seed() {
    let mut scene = empty();
    add_car(&mut scene, 9.0, 1.0, 0.4);
    scene.volumes.push(leafy(Vec3::new(12.0, -4.0, 1.0), 1.5));
    let picture = |noise| render(&scene, &CameraRig::default(), &Light::of_seed(3), noise);
    let (a, b, c) = (picture(1), picture(1), picture(2));
    assert_eq!((a.image.rgb(), &a.sightings), (b.image.rgb(), &b.sightings));
    let difference: Vec<f32> = a
        .image
        .rgb()
        .iter()
        .zip(c.image.rgb())
        .filter(|(a, c)| (10..246).contains(*a) && (10..246).contains(*c))
        .map(|(a, c)| f32::from(*a) - f32::from(*c))
        .collect();
    let variance = difference.iter().map(|d| d * d).sum::<f32>() / difference.len() as f32;
    // Two independent noises and two roundings to whole levels.
    let wanted = 2.0 * (sensor::NOISE * sensor::NOISE + 1.0 / 12.0);
    assert!((variance / wanted - 1.0).abs() < 0.02, "{variance} {wanted}");
}

#[test]
fn an_image_without_pixels_does_no_harm() {
    let rig = CameraRig { size: ImageSize { width: 0, height: 0 }, ..CameraRig::default() };
    let picture = render(&empty(), &rig, &Light::of_seed(1), 1);
    assert_eq!(picture.image.width(), 1);
}
