//! Colours: by class for detections, by identity for tracks, by number for clusters.

use delos_core::{ObjectClass, TrackId};
use rerun::Color;

/// An RGB triple.
pub(crate) type Rgb = [u8; 3];

/// Labelled objects, in both views.
pub(crate) const TRUTH: Rgb = [255, 255, 255];
/// Points on the ground.
pub(crate) const GROUND: Rgb = [74, 80, 92];
/// Points that belong to nothing.
pub(crate) const REST: Rgb = [128, 134, 146];
/// Echoes of the radar.
pub(crate) const RADAR: Rgb = [255, 0, 220];
/// Boxes that a network alone has found in the scan.
pub(crate) const NETWORK_ONLY: Rgb = [0, 229, 255];
/// Boxes that clusters alone have found in the scan.
pub(crate) const CLUSTERS_ONLY: Rgb = [171, 130, 255];
/// The vehicle and its trail.
pub(crate) const EGO: Rgb = [205, 210, 220];

/// Twelve colours that are told apart on a dark ground and on asphalt.
const DISTINCT: [Rgb; 12] = [
    [255, 99, 71],
    [64, 196, 255],
    [255, 202, 40],
    [126, 217, 87],
    [206, 122, 255],
    [255, 145, 77],
    [38, 222, 190],
    [255, 111, 181],
    [190, 214, 48],
    [120, 144, 255],
    [240, 170, 130],
    [90, 230, 240],
];

/// How many distinct colours clusters and tracks share.
pub(crate) const DISTINCT_COUNT: u16 = DISTINCT.len() as u16;

/// Number `index`, counted round and round.
pub(crate) const fn distinct(index: u32) -> Rgb {
    DISTINCT[index as usize % DISTINCT.len()]
}

/// Colour of a track: the same in every frame.
pub(crate) const fn of_track(id: TrackId) -> Rgb {
    distinct(id.0)
}

/// Colour of a class.
pub(crate) const fn of_class(class: ObjectClass) -> Rgb {
    match class {
        ObjectClass::Car => [255, 193, 7],
        ObjectClass::Van => [255, 145, 77],
        ObjectClass::Truck => [255, 99, 71],
        ObjectClass::Bus => [236, 85, 140],
        ObjectClass::Tram => [206, 122, 255],
        ObjectClass::Pedestrian | ObjectClass::PersonSitting => [64, 220, 130],
        ObjectClass::Cyclist | ObjectClass::Motorcycle => [64, 196, 255],
        ObjectClass::TrafficLight | ObjectClass::StopSign => [190, 214, 48],
        _ => [150, 120, 90],
    }
}

/// Opaque.
pub(crate) fn color(rgb: Rgb) -> Color {
    Color::from_rgb(rgb[0], rgb[1], rgb[2])
}

/// See-through: `alpha` 0 is nothing, 255 is opaque.
pub(crate) fn faint(rgb: Rgb, alpha: u8) -> Color {
    Color::from_unmultiplied_rgba(rgb[0], rgb[1], rgb[2], alpha)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn neighbours_never_share_a_colour() {
        for id in 0..100 {
            assert_ne!(of_track(TrackId(id)), of_track(TrackId(id + 1)));
        }
        assert_eq!(of_track(TrackId(3)), of_track(TrackId(3 + u32::from(DISTINCT_COUNT))));
    }
}
