//! One frame: which vehicles count, and which tracks are right.

use super::rules::{CentreRules, range_m};
use crate::points::points_in;
use delos_core::{
    Box2, Box3, CameraModel, Ego, GroundTruth, ObjectClass, PointCloud, TrackId, Tracks,
};
use delos_filter::{CostMatrix, assign_optimal};
use delos_geom::intersection2d;
use std::collections::BTreeSet;

/// A published track in the vehicle's frame.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct TrackedBox {
    /// Identity.
    pub id: TrackId,
    /// What it is.
    pub class: ObjectClass,
    /// Where it is.
    pub bbox: Box3<Ego>,
}

/// The confirmed tracks (seen or predicted) in the vehicle's frame, in their order.
pub fn tracked_boxes(tracks: &Tracks) -> Vec<TrackedBox> {
    let confirmed = tracks.tracks.iter().filter(|track| track.state.is_confirmed());
    confirmed
        .map(|track| TrackedBox {
            id: track.id,
            class: track.class,
            bbox: tracks.box_in_ego(track),
        })
        .collect()
}

/// What is judged in one frame.
#[derive(Clone, Copy, Debug)]
pub struct FrameInput<'a> {
    /// What is there.
    pub truth: &'a GroundTruth,
    /// The scan, to tell how much of each vehicle the LiDAR has seen.
    pub cloud: &'a PointCloud<Ego>,
    /// What has been found.
    pub tracks: &'a [TrackedBox],
    /// The camera whose view counts; without one every direction counts.
    pub camera: Option<&'a CameraModel>,
}

/// The track that has found a vehicle.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Found {
    /// Its identity.
    pub track: TrackId,
    /// Distance of the centres seen from above, metres.
    pub distance_m: f64,
}

/// A vehicle that counts.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct VehicleVerdict {
    /// Its index in the ground truth.
    pub object: usize,
    /// LiDAR points inside its box.
    pub points: u32,
    /// Distance of its centre from the vehicle's vertical axis, metres.
    pub range_m: f64,
    /// Who has found it.
    pub found: Option<Found>,
}

/// What a track is worth.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Judgement {
    /// It has found a vehicle that counts.
    Right,
    /// It is something that does not count, or out of view or reach.
    Neutral,
    /// Nothing is there.
    Wrong,
}

/// A track of a vehicle's class and what it is worth.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct TrackVerdict {
    /// Its identity.
    pub id: TrackId,
    /// What it is worth.
    pub judgement: Judgement,
    /// Distance of its centre from the vehicle's vertical axis, metres.
    pub range_m: f64,
}

/// One frame, judged.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct FrameVerdict {
    /// The vehicles that count, in the order of the ground truth.
    pub vehicles: Vec<VehicleVerdict>,
    /// The tracks of vehicles, in their order.
    pub tracks: Vec<TrackVerdict>,
}

/// Judges one frame.
pub fn judge(frame: &FrameInput<'_>, rules: &CentreRules) -> FrameVerdict {
    let tracks: Vec<&TrackedBox> = frame.tracks.iter().filter(|t| t.class.is_vehicle()).collect();
    let mut vehicles = counted(frame, rules);
    let wanted = boxes(frame.truth, |object| vehicles.iter().any(|v| v.object == object));
    let others = boxes(frame.truth, |object| vehicles.iter().all(|v| v.object != object));

    let right = nearest(&wanted, &tracks, &BTreeSet::new(), rules.radius_m);
    let mut taken = BTreeSet::new();
    for (vehicle, (pair, (_, bbox))) in vehicles.iter_mut().zip(right.iter().zip(&wanted)) {
        taken.extend(pair);
        vehicle.found = pair.map(|index| Found {
            track: tracks[index].id,
            distance_m: bbox.center.planar_distance(&tracks[index].bbox.center),
        });
    }
    let neutral: BTreeSet<usize> =
        nearest(&others, &tracks, &taken, rules.radius_m).into_iter().flatten().collect();
    let verdict = |(index, track): (usize, &&TrackedBox)| TrackVerdict {
        id: track.id,
        judgement: if taken.contains(&index) {
            Judgement::Right
        } else if neutral.contains(&index) || is_left_out(track, frame, rules) {
            Judgement::Neutral
        } else {
            Judgement::Wrong
        },
        range_m: range_m(&track.bbox.center),
    };
    let tracks = tracks.iter().enumerate().map(verdict).collect();
    FrameVerdict { vehicles, tracks }
}

/// The vehicles that count; nobody has found them yet.
fn counted(frame: &FrameInput<'_>, rules: &CentreRules) -> Vec<VehicleVerdict> {
    let vehicles = frame.truth.0.iter().enumerate().filter(|(_, o)| o.class.is_vehicle());
    vehicles
        .filter_map(|(object, label)| {
            let bbox = label.bbox.filter(|b| rules.is_in_reach(&b.center, frame.camera))?;
            let points = points_in(&bbox, frame.cloud);
            let range_m = range_m(&bbox.center);
            (points >= rules.min_points).then_some(VehicleVerdict {
                object,
                points,
                range_m,
                found: None,
            })
        })
        .collect()
}

/// Objects with a place whose index passes, in the order of the ground truth.
fn boxes(truth: &GroundTruth, passes: impl Fn(usize) -> bool) -> Vec<(usize, Box3<Ego>)> {
    let placed = truth.0.iter().enumerate().filter_map(|(i, o)| Some((i, o.bbox?)));
    placed.filter(|(index, _)| passes(*index)).collect()
}

/// For each object its track: as many pairs as possible within `radius_m`, and of those the
/// ones with the smallest sum of distances.
fn nearest(
    objects: &[(usize, Box3<Ego>)],
    tracks: &[&TrackedBox],
    taken: &BTreeSet<usize>,
    radius_m: f64,
) -> Vec<Option<usize>> {
    let mut costs = CostMatrix::new(objects.len(), tracks.len());
    for (row, (_, bbox)) in objects.iter().enumerate() {
        for (column, track) in tracks.iter().enumerate() {
            let distance = bbox.center.planar_distance(&track.bbox.center);
            if distance <= radius_m && !taken.contains(&column) {
                costs.set(row, column, distance);
            }
        }
    }
    assign_optimal(&costs, f64::INFINITY)
}

/// Whether nobody can say if the track is wrong: out of reach or view, or in a region that the
/// labels leave out.
fn is_left_out(track: &TrackedBox, frame: &FrameInput<'_>, rules: &CentreRules) -> bool {
    if !rules.is_in_reach(&track.bbox.center, frame.camera) {
        return true;
    }
    let seen = frame.camera.and_then(|camera| {
        camera.project_box_clipped(&track.bbox).or_else(|| camera.project_box(&track.bbox))
    });
    seen.is_some_and(|seen| {
        regions(frame.truth).any(|region| {
            intersection2d(&seen, &region) >= rules.region_share * f64::from(seen.area())
        })
    })
}

/// Labels with a rectangle in the image and no place in space.
fn regions(truth: &GroundTruth) -> impl Iterator<Item = Box2> {
    truth.0.iter().filter(|object| object.bbox.is_none()).filter_map(|object| object.image_box)
}
