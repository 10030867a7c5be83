//! Free ground and what has been put on it.

use super::{Frontage, Furniture, number};
use crate::ground::Ground;
use crate::math::{Vec3, atan2, sin_cos};
use crate::random::Random;
use crate::scene::{Pose, Solid};
use crate::shape::{Mesh, Volume};
use crate::world::buckets::Buckets;
use crate::world::clutter::{KINDS, Kind};
use crate::world::field::Field;
use crate::world::lanes::ZEBRA;
use crate::world::plants::Plant;
use std::sync::Arc;

/// Where a thing may stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Zone {
    /// Behind the kerb, on the footway too.
    Footway,
    /// Behind the footway.
    Behind,
}

/// A rectangle on the map.
#[derive(Clone, Copy, Debug)]
pub(super) struct Rect {
    pub(super) middle: [f32; 2],
    /// Half of its extents along and across its heading, metres.
    pub(super) half: [f32; 2],
    /// Its heading, radians.
    pub(super) yaw: f32,
}

impl Rect {
    fn corner(&self, u: f32, v: f32) -> [f32; 2] {
        let (sin, cos) = sin_cos(self.yaw);
        let (x, y) = (u * self.half[0], v * self.half[1]);
        [self.middle[0] + x * cos - y * sin, self.middle[1] + x * sin + y * cos]
    }

    fn radius(&self) -> f32 {
        (self.half[0] * self.half[0] + self.half[1] * self.half[1]).sqrt()
    }

    /// Whether they overlap (separating axes).
    fn overlaps(&self, other: &Self) -> bool {
        let apart = |a: &Self, b: &Self| {
            let (sin, cos) = sin_cos(a.yaw);
            let corners = [(-1.0, -1.0), (1.0, -1.0), (1.0, 1.0), (-1.0, 1.0)];
            [(cos, sin, a.half[0]), (-sin, cos, a.half[1])].iter().any(|(x, y, half)| {
                let along = corners.map(|(u, v)| {
                    let p = b.corner(u, v);
                    (p[0] - a.middle[0]) * x + (p[1] - a.middle[1]) * y
                });
                along.iter().all(|d| d > half) || along.iter().all(|d| *d < -half)
            })
        };
        !apart(self, other) && !apart(other, self)
    }
}

/// The ground beside the roads, and what stands on it.
pub(super) struct Yard<'a> {
    pub(super) field: &'a Field,
    pub(super) random: &'a mut Random,
    ground: &'a Ground,
    taken: Buckets,
    rects: Vec<Rect>,
    furniture: Furniture,
}

impl<'a> Yard<'a> {
    pub(super) fn new(field: &'a Field, ground: &'a Ground, random: &'a mut Random) -> Self {
        let (low, high) = field.plan.roads[0].line.bounds(200.0);
        let furniture = Furniture { solids: vec![], volumes: vec![], counts: [0; KINDS.len()] };
        let mut yard = Self {
            field,
            random,
            ground,
            taken: Buckets::new(low, high),
            rects: vec![],
            furniture,
        };
        yard.keep_crossings_free();
        yard
    }

    /// Nobody shall put a post at the end of a zebra crossing.
    fn keep_crossings_free(&mut self) {
        let plan = &self.field.plan;
        for junction in &plan.junctions {
            let arms = junction.arms.iter().flatten().map(|arm| (*arm, ZEBRA));
            let main = [-ZEBRA, ZEBRA].map(|d| (0, junction.station + d));
            for (road, station) in arms.chain(main) {
                for side in [0, 1] {
                    let middle = plan.roads[road].beside(side, station, 1.0);
                    let yaw = plan.roads[road].line.heading(station);
                    self.take(Rect { middle, half: [1.8, 1.2], yaw });
                }
            }
        }
    }

    fn take(&mut self, rect: Rect) {
        self.taken.insert(rect.middle, rect.radius());
        self.rects.push(rect);
    }

    /// A place of a frontage this far behind its footway, and the heading of things there
    /// whose front (-y) faces the road.
    pub(super) fn place(&self, frontage: &Frontage, station: f32, behind: f32) -> ([f32; 2], f32) {
        let road = &self.field.plan.roads[frontage.road];
        let footway = road.section(frontage.side, station).footway;
        (road.beside(frontage.side, station, footway + behind), self.facing(frontage, station))
    }

    /// A place of a frontage this far behind its kerb, and the heading there.
    pub(super) fn at_kerb(
        &self,
        frontage: &Frontage,
        station: f32,
        outside: f32,
    ) -> ([f32; 2], f32) {
        let road = &self.field.plan.roads[frontage.road];
        (road.beside(frontage.side, station, outside), self.facing(frontage, station))
    }

    fn facing(&self, frontage: &Frontage, station: f32) -> f32 {
        let heading = self.field.plan.roads[frontage.road].line.heading(station);
        heading + if frontage.side == 0 { 0.0 } else { std::f32::consts::PI }
    }

    /// Whether a rectangle lies in its zone and overlaps with nothing.
    pub(super) fn is_free(&self, rect: &Rect, zone: Zone) -> bool {
        let others = self.taken.near(rect.middle, rect.radius());
        if others.iter().any(|i| self.rects[*i].overlaps(rect)) {
            return false;
        }
        let steps = rect.half.map(|h| (h / 1.2).ceil().max(1.0) as i16);
        (-steps[0]..=steps[0]).all(|i| {
            (-steps[1]..=steps[1]).all(|j| {
                let [u, v] =
                    [(i, steps[0]), (j, steps[1])].map(|(n, d)| f32::from(n) / f32::from(d));
                let here = self.field.here(rect.corner(u, v));
                let kerb = if zone == Zone::Footway { 0.15 } else { here.section.footway + 0.05 };
                here.outside > kerb
            })
        })
    }

    /// Puts a thing there if the ground under it is free.
    pub(super) fn put(
        &mut self,
        kind: Kind,
        mesh: Mesh,
        place: [f32; 2],
        yaw: f32,
        zone: Zone,
    ) -> bool {
        let Some((low, high)) = mesh.bounds() else { return false };
        let reach = low.abs().sup(&high.abs());
        // The arm of a lamp and the plate of a sign hang above people's heads.
        let thin = matches!(kind, Kind::Pole | Kind::Sign);
        let half = if thin { [0.2, 0.2] } else { [reach.x, reach.y] };
        self.put_shared(kind, &Arc::new(mesh), Rect { middle: place, half, yaw }, zone)
    }

    /// Puts a thing that others share onto a rectangle if that is free.
    pub(super) fn put_shared(
        &mut self,
        kind: Kind,
        mesh: &Arc<Mesh>,
        rect: Rect,
        zone: Zone,
    ) -> bool {
        if !self.is_free(&rect, zone) {
            return false;
        }
        self.take(rect);
        let corners = [(-1.0, -1.0), (1.0, -1.0), (1.0, 1.0), (-1.0, 1.0)];
        let heights = corners.map(|(u, v)| self.height(rect.corner(u, v)));
        let origin = Vec3::new(rect.middle[0], rect.middle[1], heights.iter().sum::<f32>() / 4.0);
        let pitch = if matches!(kind, Kind::Fence | Kind::GuardRail) {
            let rise = 0.5 * (heights[1] + heights[2] - heights[0] - heights[3]);
            -atan2(rise, 2.0 * rect.half[0])
        } else {
            0.0
        };
        let pose = Pose::new(origin, rect.yaw, pitch, 0.0);
        self.furniture.solids.push(Solid { mesh: Arc::clone(mesh), pose, object: None });
        self.furniture.counts[number(kind)] += 1;
        true
    }

    /// Plants something on a free rectangle, unless leaves hang low over the road.
    pub(super) fn plant(
        &mut self,
        kind: Kind,
        rect: Rect,
        grow: impl FnOnce(&mut Random, Vec3) -> Plant,
    ) -> bool {
        if !self.is_free(&rect, Zone::Behind) {
            return false;
        }
        let foot = Vec3::new(rect.middle[0], rect.middle[1], self.height(rect.middle));
        let plant = grow(self.random, foot);
        if !plant.volumes.iter().all(|v| self.is_clear_of_road(v, foot.z)) {
            return false;
        }
        self.take(rect);
        self.furniture.volumes.extend(plant.volumes);
        if let Some(trunk) = plant.trunk {
            let pose = Pose::new(foot, rect.yaw, 0.0, 0.0);
            self.furniture.solids.push(Solid { mesh: Arc::new(trunk), pose, object: None });
        }
        self.furniture.counts[number(kind)] += 1;
        true
    }

    fn is_clear_of_road(&self, volume: &Volume, foot: f32) -> bool {
        let bottom = volume.center.z - volume.radii.z - foot;
        let outside = self.field.outside([volume.center.x, volume.center.y]);
        outside > volume.radii.x.max(volume.radii.y) + 0.1 || (bottom > 4.2 && outside > 0.5)
    }

    fn height(&self, place: [f32; 2]) -> f32 {
        self.ground.height(place[0], place[1])
    }

    /// How many of a kind there are.
    pub(super) fn count(&self, kind: Kind) -> usize {
        self.furniture.counts[number(kind)]
    }

    pub(super) fn done(self) -> Furniture {
        self.furniture
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rectangles_overlap_or_not() {
        let a = Rect { middle: [0.0, 0.0], half: [2.0, 1.0], yaw: 0.3 };
        let table = [
            (Rect { middle: [0.5, 0.5], half: [0.1, 0.1], yaw: 1.0 }, true),
            (Rect { middle: [0.0, 2.2], half: [2.0, 1.0], yaw: 0.3 }, false),
            (Rect { middle: [0.0, 1.9], half: [2.0, 1.0], yaw: 0.3 }, true),
            (Rect { middle: [3.2, 3.2], half: [2.0, 2.0], yaw: 0.785 }, false),
            (Rect { middle: [0.0, 0.0], half: [9.0, 0.1], yaw: 2.0 }, true),
        ];
        for (b, wanted) in table {
            assert_eq!((a.overlaps(&b), b.overlaps(&a)), (wanted, wanted), "{b:?}");
        }
    }
}
