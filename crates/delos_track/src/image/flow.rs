//! How what stands moves through the image, guessed from the tracks.

use super::box_filter::BoxFilter;
use super::rectangle::Rect;
use crate::median::median;

/// Fewer tracks say nothing.
const FEWEST: usize = 4;

/// The flow that most tracks share, where the camera's motion is not known.
///
/// Of an object as high as its neighbours, `h` pixels in the image, the inverse distance is
/// proportional to `h`. A camera that drives forward and turns then moves what stands by
/// `(turn + k (x - cx) h, tilt + k (y - cy) h)` pixels per second and lets it grow by `k h²`
/// (the equations of Longuet-Higgins and Prazdny 1980, with the distance taken from the
/// height). Each of the three is a median over the tracks (after Theil and Sen), so that a
/// minority of moving objects does not count.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Flow {
    principal_point: [f64; 2],
    turn: f64,
    tilt: f64,
    approach: f64,
}

impl Flow {
    /// From tracks whose velocity can be relied on; `memory` is for sorting.
    pub(crate) fn of<'a>(
        settled: &(impl Iterator<Item = &'a BoxFilter> + Clone),
        principal_point: [f64; 2],
        memory: &mut Vec<f64>,
    ) -> Option<Self> {
        if settled.clone().count() < FEWEST {
            return None;
        }
        let approach = median(memory, settled.clone().map(BoxFilter::approach))?;
        let mut rest = |axis: usize| {
            let flow = |filter: &BoxFilter| {
                let rect = filter.rect();
                let out = rect.centre()[axis] - principal_point[axis];
                filter.velocity()[axis] - approach * out * rect.height()
            };
            median(memory, settled.clone().map(flow))
        };
        let (turn, tilt) = (rest(0)?, rest(1)?);
        Some(Self { principal_point, turn, tilt, approach })
    }

    /// Velocity of the centre `(x, y)` and growth of width and height, per second.
    pub(crate) fn at(&self, rect: &Rect) -> [f64; 4] {
        let ([x, y], height) = (rect.centre(), rect.height());
        let nearer = self.approach * height;
        [
            self.turn + nearer * (x - self.principal_point[0]),
            self.tilt + nearer * (y - self.principal_point[1]),
            nearer * rect.width(),
            nearer * height,
        ]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::image::{ImageMotion, ImageNoise};

    const POINT: [f64; 2] = [600.0, 180.0];

    fn moving(rect: Rect, rates: [f64; 4]) -> BoxFilter {
        BoxFilter::new(&rect, rates, &ImageNoise::default(), &ImageMotion::default())
    }

    #[test]
    fn the_flow_of_what_stands_is_found_among_what_moves() {
        let wanted = Flow { principal_point: POINT, turn: 40.0, tilt: -5.0, approach: 0.02 };
        let places =
            [(100.0, 200.0), (400.0, 190.0), (700.0, 185.0), (900.0, 195.0), (1100.0, 220.0)];
        let mut filters: Vec<_> = (0..)
            .zip(places)
            .map(|(number, (x, y))| {
                let rect = Rect::around(x, y, 50.0, 20.0 + 10.0 * f64::from(number));
                moving(rect, wanted.at(&rect))
            })
            .collect();
        filters.push(moving(Rect::around(600.0, 180.0, 80.0, 60.0), [-90.0, 3.0, -40.0, -30.0]));
        filters.push(moving(Rect::around(500.0, 180.0, 80.0, 60.0), [300.0, 3.0, 90.0, 70.0]));
        let found = Flow::of(&filters.iter(), POINT, &mut Vec::new()).unwrap();
        for (found, wanted) in [
            (found.turn, wanted.turn),
            (found.tilt, wanted.tilt),
            (found.approach, wanted.approach),
        ] {
            assert!((found - wanted).abs() < 1e-9, "{found} {wanted}");
        }
    }

    #[test]
    fn few_tracks_say_nothing() {
        let one = moving(Rect::around(600.0, 180.0, 80.0, 60.0), [10.0, 0.0, 0.0, 0.0]);
        let few = vec![one; FEWEST - 1];
        assert_eq!(Flow::of(&few.iter(), POINT, &mut Vec::new()), None);
        assert!(Flow::of(&vec![one; FEWEST].iter(), POINT, &mut Vec::new()).is_some());
    }
}
