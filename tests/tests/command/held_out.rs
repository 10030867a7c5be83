//! The LiDAR network of the program on simulated scans that neither its training nor any choice
//! has seen: seeds from 100 to 999 are for the test.

use delos_core::{Box3, Detection3d, Detections3d, Ego, ObjectClass};
use delos_detect::lidar::network::{LidarNetwork, Window};
use delos_detect::models::{ModelStore, Thresholds};
use delos_geom::iou_bev;
use delos_infer::{OrtLibrary, SessionOptions};
use delos_sim::lidar::{Lidar, Sector};
use delos_sim::scenes::{LabelledBox, SceneMaker};
use delos_tests::ort_library;

const EGO_HEIGHT_M: f64 = 1.73;
const SCANS: u64 = 40;
/// Seeds of scenes, and of the shapes in them.
const FIRST_SEED: u64 = 100;
const SHAPES: u64 = 0;

/// Which objects are to be found, by which overlap.
#[derive(Clone, Copy)]
struct Case {
    range_m: [f64; 2],
    iou: f64,
}

/// Scores of the detections that count, and whether they are right; number of objects.
#[derive(Default)]
struct Curve {
    verdicts: Vec<(f64, bool)>,
    objects: usize,
}

impl Curve {
    /// Cars with 10 points or more are to be found; vans and other cars count neither way.
    fn add(&mut self, labels: &[LabelledBox], found: &[Detection3d], case: Case) {
        let in_range = |b: &Box3<Ego>| {
            (case.range_m[0]..case.range_m[1]).contains(&b.center.x().hypot(b.center.y()))
        };
        let is_ahead = |b: &Box3<Ego>| Window::FRONT.covers(b.center.x(), b.center.y());
        let wanted = |l: &LabelledBox| {
            l.class == ObjectClass::Car && l.points >= 10 && in_range(&l.bbox) && is_ahead(&l.bbox)
        };
        let cars: Vec<_> = labels.iter().filter(|l| wanted(l)).collect();
        let neither = labels
            .iter()
            .filter(|l| matches!(l.class, ObjectClass::Car | ObjectClass::Van) && !wanted(l));
        let neither: Vec<_> = neither.collect();
        let mut free = vec![true; cars.len()];
        self.objects += cars.len();
        for car in found.iter().filter(|d| d.class == ObjectClass::Car) {
            let fits = |l: &&LabelledBox| iou_bev(&car.bbox, &l.bbox) >= case.iou;
            let hit = (0..cars.len()).find(|at| free[*at] && fits(&cars[*at]));
            if let Some(at) = hit {
                free[at] = false;
            }
            if hit.is_some() || (in_range(&car.bbox) && !neither.iter().any(fits)) {
                self.verdicts.push((car.score.get(), hit.is_some()));
            }
        }
    }

    /// Average precision over 40 recalls.
    fn ap(&mut self) -> f64 {
        self.verdicts.sort_by(|a, b| b.0.total_cmp(&a.0));
        let mut right = 0.0;
        let points: Vec<[f64; 2]> = (1..)
            .zip(&self.verdicts)
            .map(|(count, (_, is_right))| {
                right += f64::from(u8::from(*is_right));
                [right / self.objects as f64, right / f64::from(count)]
            })
            .collect();
        let best = |recall: f64| {
            let there = points.iter().filter(|[r, _]| *r >= recall - 1e-9);
            there.map(|[_, precision]| *precision).fold(0.0, f64::max)
        };
        (1..=40).map(|step| best(f64::from(step) / 40.0)).sum::<f64>() / 40.0
    }
}

#[test]
fn cars_of_held_out_scans_are_found() {
    let Some(library) = ort_library("cars_of_held_out_scans_are_found") else { return };
    let runtime = OrtLibrary::find(Some(&library)).unwrap().load().unwrap();
    let model = ModelStore::default().resolve("delos_lidar").unwrap();
    let thresholds = Some(Thresholds { score: 0.05, ..model.card.thresholds });
    let options = SessionOptions::default();
    let mut network =
        LidarNetwork::new(runtime, model, Some("front"), thresholds, &options).unwrap();
    let (maker, lidar) = (SceneMaker::new(SHAPES), Lidar::named("hdl64").unwrap());
    // Measured: 0.942, 0.837, 0.752.
    let cases = [([0.0, 40.0], 0.5, 0.92), ([0.0, 40.0], 0.7, 0.78), ([40.0, 69.0], 0.5, 0.70)];
    let mut curves = [Curve::default(), Curve::default(), Curve::default()];
    let mut found = Detections3d::default();
    for seed in FIRST_SEED..FIRST_SEED + SCANS {
        let labelled = maker.labelled_scan(seed, &lidar, Sector::Full);
        network.detect(&labelled.scan.cloud, Some(EGO_HEIGHT_M), &mut found).unwrap();
        for ((range_m, iou, _), curve) in cases.iter().zip(&mut curves) {
            curve.add(&labelled.objects, &found.0, Case { range_m: *range_m, iou: *iou });
        }
    }
    for ((range_m, iou, least), curve) in cases.iter().zip(&mut curves) {
        let ap = curve.ap();
        eprintln!("{range_m:?} m, IoU {iou}: AP {ap:.3} of {} cars", curve.objects);
        assert!(ap >= *least && curve.objects > 50, "{range_m:?} m, IoU {iou}: AP {ap:.3}");
    }
}
