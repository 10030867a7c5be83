//! Long vehicles: a network that has seen few of them measures them too short, a cluster knows
//! how far their points reach.

use super::is_same;
use crate::lidar::SURE_SCORE;
use delos_core::{Detection3d, ObjectClass, Yaw};
use std::f64::consts::{FRAC_PI_2, PI};

/// A box with a smaller share of its cluster's length, and of its points, is too short. The share
/// of the points is the larger one: most lie at the near end.
const WHOLE_LENGTH: f64 = 0.85;
const WHOLE_POINTS: f64 = 0.95;

/// Gives the large vehicles among `found` that hold only a part of their cluster's points the
/// cluster's box, where the cluster looks like a large vehicle too. Whatever vehicle of `found`
/// lies in such a box is a part of it, and goes; one of which the network is surer goes only
/// where it is sure of the large one too: its faint guesses take no car away.
pub(super) fn complete(found: &mut Vec<Detection3d>, clusters: &[Detection3d]) {
    let mut at = 0;
    while at < found.len() {
        if let Some(whole) = clusters.iter().find(|c| is_whole(&found[at], c)) {
            take_box(&mut found[at], whole);
            at = drop_parts(found, at);
        }
        at += 1;
    }
}

/// Drops the parts of the vehicle number `whole` of `found`, which is by score descending;
/// returns its new number.
fn drop_parts(found: &mut Vec<Detection3d>, whole: usize) -> usize {
    let Detection3d { bbox, score, .. } = found[whole];
    let first = if score.get() >= SURE_SCORE { 0 } else { whole };
    let (mut number, mut kept_before) = (0, 0);
    found.retain(|d| {
        let is_part =
            number >= first && number != whole && is_vehicle(d.class) && is_same(&d.bbox, &bbox);
        kept_before += usize::from(number < whole && !is_part);
        number += 1;
        !is_part
    });
    kept_before
}

/// Whether a cluster's object is all of what `part` is a part of.
fn is_whole(part: &Detection3d, cluster: &Detection3d) -> bool {
    part.cluster.is_some()
        && part.cluster == cluster.cluster
        && is_large(part.class)
        && is_large(cluster.class)
        && cluster.score.get() >= SURE_SCORE
        && part.bbox.size.length() < WHOLE_LENGTH * cluster.bbox.size.length()
        && f64::from(part.points) < WHOLE_POINTS * f64::from(cluster.points)
}

/// The cluster's box and points, ahead where the network has it ahead.
fn take_box(part: &mut Detection3d, whole: &Detection3d) {
    let turn = (whole.bbox.yaw.radians() - part.bbox.yaw.radians()).abs() % (2.0 * PI);
    part.bbox = whole.bbox;
    part.points = whole.points;
    part.class = whole.class;
    if (FRAC_PI_2..3.0 * FRAC_PI_2).contains(&turn)
        && let Ok(yaw) = Yaw::new(whole.bbox.yaw.radians() + PI)
    {
        part.bbox.yaw = yaw;
    }
}

const fn is_large(class: ObjectClass) -> bool {
    matches!(class, ObjectClass::Van | ObjectClass::Truck | ObjectClass::Bus | ObjectClass::Tram)
}

const fn is_vehicle(class: ObjectClass) -> bool {
    is_large(class) || matches!(class, ObjectClass::Car)
}

#[cfg(test)]
mod tests {
    use super::*;
    use delos_core::{Box3, Position, Score, Size, Source};

    fn object(class: ObjectClass, [x, length, yaw]: [f64; 3], points: u32) -> Detection3d {
        let size = Size::new(length, 2.4, 3.0).expect("positive");
        let yaw = Yaw::new(yaw).expect("finite");
        Detection3d {
            bbox: Box3::new(Position::new(x, 0.0, 0.0), size, yaw),
            class,
            score: Score::clamped(0.6),
            points,
            cluster: Some(4),
            source: Source::Lidar,
            image_box: None,
        }
    }

    #[test]
    fn a_truck_measured_too_short_gets_its_whole_length_and_its_parts_go() {
        use ObjectClass::{Bus, Car, Truck, Van};
        let whole = object(Truck, [10.0, 12.0, 0.0], 1000);
        let mut found = vec![
            object(Van, [6.0, 5.0, 3.1], 400),
            object(Car, [13.0, 4.0, 0.0], 300),
            object(Car, [30.0, 4.0, 0.0], 300),
        ];
        let mut reversed: Vec<_> = found.iter().rev().copied().collect();
        complete(&mut found, &[whole]);
        complete(&mut reversed, &[whole]);
        reversed.reverse();
        assert_eq!(found, reversed, "the order says how sure the network is, no more");
        assert_eq!(found.len(), 2, "{found:?}");
        // Of a faint guess, only what is fainter.
        let faint = |d: &Detection3d| Detection3d { score: Score::clamped(0.2), ..*d };
        let mut guesses = vec![
            object(Car, [13.0, 4.0, 0.0], 300),
            faint(&object(Van, [6.0, 5.0, 3.1], 400)),
            faint(&object(Car, [13.0, 4.0, 0.0], 300)),
        ];
        complete(&mut guesses, &[whole]);
        assert_eq!(guesses.iter().map(|d| d.class).collect::<Vec<_>>(), [Car, Truck]);
        let [truck, car] = [found[0], found[1]];
        assert_eq!((truck.class, truck.points, truck.score), (Truck, 1000, whole.score));
        assert_eq!(truck.bbox.size, whole.bbox.size);
        assert!((truck.bbox.yaw.radians().abs() - PI).abs() < 1e-9, "ahead stays ahead: {truck:?}");
        assert_eq!(car.bbox, object(Car, [30.0, 4.0, 0.0], 300).bbox);
        let kept = [
            (object(Car, [6.0, 5.0, 0.0], 400), whole),
            (object(Van, [6.0, 5.0, 0.0], 960), whole),
            (object(Bus, [9.0, 10.5, 0.0], 400), whole),
            (object(Van, [6.0, 5.0, 0.0], 400), object(Car, [10.0, 12.0, 0.0], 1000)),
            (object(Van, [6.0, 5.0, 0.0], 400), object(Bus, [10.0, 4.0, 0.0], 1000)),
            (Detection3d { cluster: None, ..object(Van, [6.0, 5.0, 0.0], 0) }, whole),
        ];
        for (part, cluster) in kept {
            let mut found = vec![part];
            complete(&mut found, &[cluster]);
            assert_eq!(found, [part]);
        }
    }
}
