//! Examples for training: what clusters may be, and how well that fits what stands there.

use crate::found::EGO_HEIGHT_M;
use crate::simulated::Scenes;
use anyhow::Result;
use delos_core::{Box3, Ego, ObjectClass};
use delos_detect::lidar::{EVIDENCE, Example, LidarConfig, LidarDetector};
use delos_geom::iou_bev;
use delos_sim::scenes::LabelledBox;
use std::io::{self, BufWriter, Write};

/// Objects farther from a box than this do not overlap it, metres.
const FAR_M: f64 = 14.0;

/// Writes a line with the names of the columns, then rows of little-endian f32: number of the
/// scan, class, overlap from above with the best object of that class and with the best of any
/// other, evidence.
pub(super) fn write(scenes: &Scenes) -> Result<()> {
    let mut detector = LidarDetector::new(LidarConfig::default());
    let mut to = BufWriter::new(io::stdout().lock());
    writeln!(to, "scan class overlap overlap_other {}", EVIDENCE.join(" "))?;
    let mut number = 0_u32;
    scenes.each(|_seed, cloud, objects| {
        let mut result = Ok(());
        detector.examples(cloud, EGO_HEIGHT_M, |example| {
            if result.is_ok() {
                result = to.write_all(&row(number, &example, objects));
            }
        });
        number += 1;
        Ok(result?)
    })?;
    Ok(to.flush()?)
}

fn row(number: u32, example: &Example, objects: &[LabelledBox]) -> Vec<u8> {
    let best = |same: bool| {
        let objects = objects.iter().filter(|o| is_of(o.class, example.class) == same);
        objects.map(|o| overlap(&o.bbox, &example.bbox)).fold(0.0, f64::max)
    };
    let head = [number as f32, class_number(example.class), best(true) as f32, best(false) as f32];
    head.iter().chain(&example.evidence).flat_map(|v| v.to_le_bytes()).collect()
}

fn overlap(a: &Box3<Ego>, b: &Box3<Ego>) -> f64 {
    if a.center.planar_distance(&b.center) > FAR_M { 0.0 } else { iou_bev(a, b) }
}

/// Whether an object of the simulator is what an example takes a cluster for.
fn is_of(object: ObjectClass, class: ObjectClass) -> bool {
    match object {
        ObjectClass::Bus => class == ObjectClass::Truck,
        ObjectClass::Motorcycle => class == ObjectClass::Cyclist,
        _ => object == class,
    }
}

/// The class's number in the table of trees.
fn class_number(class: ObjectClass) -> f32 {
    match class {
        ObjectClass::Car => 0.0,
        ObjectClass::Van => 1.0,
        ObjectClass::Truck => 2.0,
        ObjectClass::Pedestrian => 3.0,
        _ => 4.0,
    }
}
