use super::*;
use crate::lidar::NO_OBJECT;
use std::sync::OnceLock;

fn maker() -> &'static SceneMaker {
    static MAKER: OnceLock<SceneMaker> = OnceLock::new();
    MAKER.get_or_init(|| SceneMaker::new(1))
}

fn lidar() -> Lidar {
    Lidar::named("hdl64").unwrap()
}

fn cars(objects: &[Object]) -> usize {
    objects.iter().filter(|o| o.class == ObjectClass::Car).count()
}

#[test]
fn a_scene_depends_on_its_seeds_alone() {
    let scans = |maker: &SceneMaker, seeds: &[u64]| -> Vec<LabelledScan> {
        let front = Sector::Front { half_angle_rad: 0.8 };
        seeds.iter().map(|seed| maker.labelled_scan(*seed, &lidar(), front)).collect()
    };
    let [first, second] = <[_; 2]>::try_from(scans(maker(), &[7, 8])).unwrap();
    assert_eq!(scans(&SceneMaker::new(1), &[8, 7]), [second.clone(), first.clone()]);
    assert_ne!(first, second);
    assert_ne!(scans(&SceneMaker::new(2), &[7])[0], first);
    let front = Sector::Front { half_angle_rad: 0.8 };
    let streamed: Vec<LabelledScan> = maker().scans(7, &lidar(), front).take(2).collect();
    assert_eq!(streamed, [first, second]);
}

#[test]
fn scenes_have_cars_near_and_far_and_some_have_none() {
    let scenes: Vec<Scene> = (0..120).map(|seed| maker().scene(seed)).collect();
    let counts: Vec<usize> = scenes.iter().map(|s| cars(&s.objects)).collect();
    let without = counts.iter().filter(|c| **c == 0).count();
    assert!((1..15).contains(&without), "{without}");
    let mean = counts.iter().sum::<usize>() as f32 / counts.len() as f32;
    assert!((9.0..24.0).contains(&mean) && counts.iter().all(|c| *c <= 32), "{mean}");
    let distances: Vec<f32> = scenes
        .iter()
        .flat_map(|s| s.objects.iter().map(|o| (o.pose.origin - s.ego.origin).norm()))
        .collect();
    for (low, high) in [(3.0, 15.0), (15.0, 30.0), (30.0, 50.0), (50.0, 70.0)] {
        let share = distances.iter().filter(|d| (low..high).contains(*d)).count() as f32
            / distances.len() as f32;
        assert!(share > 0.08, "{share} from {low} to {high} m");
    }
    let classes =
        [ObjectClass::Van, ObjectClass::Truck, ObjectClass::Cyclist, ObjectClass::Pedestrian];
    for class in classes {
        assert!(scenes.iter().flat_map(|s| &s.objects).any(|o| o.class == class), "{class:?}");
    }
}

#[test]
fn road_users_stand_on_the_ground_and_not_in_one_another() {
    for seed in 0..40 {
        let scene = maker().scene(seed);
        for (number, object) in scene.objects.iter().enumerate() {
            assert_eq!(object.id as usize, number);
            let at = object.pose.origin;
            assert!((scene.ground.height(at.x, at.y) - at.z).abs() < 0.35, "seed {seed}");
            assert!(at.x.hypot(at.y) < 71.0);
            for other in &scene.objects[..number] {
                let narrow = (object.size.width().min(other.size.width()) * 0.8) as f32;
                assert!((other.pose.origin - at).xy().norm() > narrow, "seed {seed}");
            }
        }
        for solid in scene.solids.iter().filter(|s| s.object.is_some()) {
            assert_eq!(solid.pose, scene.objects[solid.object.unwrap() as usize].pose);
        }
    }
}

#[test]
fn points_of_an_object_lie_in_its_box_and_are_counted() {
    for (seed, labelled) in (3..).zip(maker().scans(3, &lidar(), Sector::Full).take(6)) {
        let LabelledScan { scan, objects } = labelled;
        let on_objects = scan.hits.iter().filter(|h| **h != NO_OBJECT).count();
        let counted: u32 = objects.iter().map(|o| o.points).sum();
        assert_eq!(counted as usize, on_objects, "seed {seed}");
        for (index, hit) in scan.hits.iter().enumerate().filter(|(_, h)| **h != NO_OBJECT) {
            let label = &objects[*hit as usize];
            let position = scan.cloud.position(index).unwrap();
            // A box is upright; who stands on a slope leans out of it.
            assert!(label.bbox.contains(&position, 0.3), "seed {seed} {:?}", label.class);
        }
        assert!((90_000..128_000).contains(&scan.hits.len()), "{}", scan.hits.len());
    }
}

#[test]
fn the_vehicle_stands_free_on_its_lane() {
    for seed in 0..40 {
        let scene = maker().scene(seed);
        let at = scene.ego.origin;
        let above = at.z - scene.ground.height(at.x, at.y);
        assert!((above - crate::scene::LIDAR_HEIGHT_M).abs() < 0.2, "{above}");
        for object in &scene.objects {
            assert!((object.pose.origin - at).xy().norm() > 1.0, "seed {seed}");
        }
    }
}
