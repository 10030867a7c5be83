//! A hundred cars on a square, each on its way.

use delos_core::{
    Box3, Detection3d, Detections3d, ObjectClass, Position, Score, Size, Source, Yaw,
};

/// Cars on a grid of 12 m that drive round small circles; one in nine is not seen in a frame.
pub(crate) fn street(cars: usize, frames: usize) -> Vec<Detections3d> {
    let frame = |frame: usize| {
        let seen = (0..cars).filter(|car| !(car * 7 + frame * 5).is_multiple_of(9));
        Detections3d(seen.map(|car| detection(car, frame as f64 * 0.1)).collect())
    };
    (0..frames).map(frame).collect()
}

fn detection(car: usize, time_s: f64) -> Detection3d {
    let yaw = time_s * 0.5 + car as f64;
    let (x, y) = ((car % 10) as f64 * 12.0, (car / 10) as f64 * 12.0);
    Detection3d {
        bbox: Box3::new(
            Position::new(x + 3.0 * yaw.sin(), y - 3.0 * yaw.cos(), 0.0),
            Size::new(4.0, 1.7, 1.5).expect("positive"),
            Yaw::new(yaw).expect("finite"),
        ),
        class: ObjectClass::Car,
        score: Score::new(0.9).expect("finite"),
        points: 0,
        cluster: None,
        source: Source::File,
        image_box: None,
    }
}
