//! What stands beside a street: hedges, fences, houses, trees, and all that is not a car.

use super::building::Site;
use super::pool::PANEL_M;
use super::street::{Place, Side};
use crate::math::{Vec3, sin_cos};
use crate::shape::Mesh;
use crate::world::plants::{self, Hedge, Plant};
use std::f32::consts::{PI, TAU};
use std::sync::Arc;

/// Fences and hedges reach so far along the road, metres.
const EDGE_M: f32 = 58.0;
/// Houses and trees reach farther: they close the view at the ends of the street.
const FAR_M: f32 = 76.0;

/// Furnishes both sides.
pub(super) fn add(site: &mut Site) {
    for (side, left) in [(site.street.sides[0], 1.0), (site.street.sides[1], -1.0)] {
        furniture(site, &side, left);
        border(site, &side, left);
        if !side.car_park {
            houses(site, &side, left);
        }
        trees(site, &side, left);
        scatter(site, &side, left);
    }
}

/// A bush as large as a car.
pub(super) fn bush(site: &mut Site, place: [f32; 2], yaw: f32) {
    site.plant(place, 1.3, |random, foot| plants::bush(random, foot, yaw));
}

/// A container or skip as large as a car.
pub(super) fn container(site: &mut Site, place: [f32; 2], yaw: f32) {
    if let Some(mesh) = site.random.pick(&site.pool.containers) {
        site.thing(mesh, place, yaw);
    }
}

/// Lamp posts, signs, bins along the kerb.
fn furniture(site: &mut Site, side: &Side, left: f32) {
    let edge = side.kerb + 0.5;
    let spacing = site.random.range(18.0, 40.0);
    let lit = site.street.place != Place::Country && site.random.chance(0.7);
    let pool = site.pool;
    if lit && let Some(pole) = site.random.pick(&pool.poles) {
        let mut x = -65.0 + site.random.range(0.0, spacing);
        while x < 65.0 {
            put(site, pole, x, left * edge, left);
            x += spacing;
        }
    }
    for (shelf, most) in [(&pool.signs, 5), (&pool.small, 7), (&pool.shelters, 1)] {
        for _ in 0..=site.random.below(most) {
            let x = site.random.range(-55.0, 55.0);
            let away = edge + site.random.range(0.0, 0.4 + 0.6 * side.footway);
            if let Some(mesh) = site.random.pick(shelf) {
                put(site, mesh, x, left * away, left);
            }
        }
    }
}

/// A thing that turns its front to the road.
fn put(site: &mut Site, mesh: &Arc<Mesh>, x: f32, away: f32, left: f32) {
    let (place, heading) = site.beside(x, away);
    let turn = if left > 0.0 { 0.0 } else { PI };
    if !site.street.in_crossing(x, 0.5) {
        site.thing(mesh, place, heading + turn);
    }
}

/// Wall, fence, rail or hedge along the border, with gaps.
fn border(site: &mut Site, side: &Side, left: f32) {
    let pool = site.pool;
    let (open, country) = (site.random.range(0.0, 0.5), site.street.place == Place::Country);
    let mut x = -EDGE_M;
    while x < EDGE_M {
        // The style changes from one plot to the next.
        let end = x + site.random.range(12.0, 50.0);
        let shelf = match site.random.unit() {
            _ if country => (site.random.chance(0.4)).then_some(&pool.rails),
            u if u < 0.2 => Some(&pool.walls),
            u if u < 0.5 => Some(&pool.fences),
            u if u < 0.55 => Some(&pool.rails),
            u if u < 0.8 => {
                hedge(site, [x, end], left * side.border, open);
                None
            }
            _ => None,
        };
        if let Some(panel) = shelf.and_then(|shelf| site.random.pick(shelf)) {
            panels(site, panel, [x, end], left * side.border, open);
        }
        x = end;
    }
}

fn panels(site: &mut Site, panel: &Arc<Mesh>, ends: [f32; 2], away: f32, open: f32) {
    let mut x = ends[0];
    while x < ends[1].min(EDGE_M) {
        if !site.random.chance(open) {
            put(site, panel, x, away, away);
        }
        x += PANEL_M + 0.35;
    }
}

fn hedge(site: &mut Site, ends: [f32; 2], away: f32, open: f32) {
    let style = Hedge::new(&mut site.random);
    let mut x = ends[0];
    let mut gap_until = x;
    while x < ends[1].min(EDGE_M) {
        if site.random.chance(0.05 * open) {
            gap_until = x + 4.0;
        }
        let (place, heading) = site.beside(x, away);
        if x >= gap_until && !site.street.in_crossing(x, 0.5) {
            site.plant(place, 0.42, |random, foot| Plant {
                volumes: vec![style.piece(random, foot, heading)],
                trunk: None,
            });
        }
        x += 0.9;
    }
}

/// Houses, halls and sheds behind the border.
fn houses(site: &mut Site, side: &Side, left: f32) {
    let pool = site.pool;
    let (share, near, far) = match site.street.place {
        Place::Town => (0.95, 0.3, 4.0),
        Place::Suburb => (0.9, 2.0, 8.0),
        Place::Country => (0.35, 8.0, 25.0),
        Place::Works => (0.8, 5.0, 18.0),
    };
    let setback = site.random.range(near, far);
    let mut x = -FAR_M;
    while x < FAR_M {
        let shelf = match site.street.place {
            Place::Works => &pool.halls,
            _ if site.random.chance(0.12) => &pool.sheds,
            _ => &pool.houses,
        };
        if site.random.chance(share)
            && let Some(mesh) = site.random.pick(shelf)
        {
            let size = mesh.bounds().map_or(Vec3::repeat(10.0), |(low, high)| high - low);
            x += 0.5 * size.x;
            let away = side.border + setback + 0.5 * size.y + site.random.range(0.0, 1.5);
            put(site, mesh, x, left * away, left);
            x += 0.5 * size.x;
        }
        x += site.random.range(1.0, 9.0);
    }
}

/// A row of trees at the kerb, and others behind the border.
fn trees(site: &mut Site, side: &Side, left: f32) {
    if site.random.chance(0.35) {
        let spacing = site.random.range(6.0, 16.0);
        let mut x = -62.0 + site.random.range(0.0, spacing);
        while x < 62.0 {
            tree(site, x, left * (side.kerb + 0.8), false);
            x += spacing;
        }
    }
    let many = if site.street.place == Place::Country { 80 } else { 50 };
    for _ in 0..8 + site.random.below(many) {
        let (x, deep) = (site.random.range(-FAR_M, FAR_M), site.random.range(1.0, 42.0));
        let needles = site.random.chance(0.3);
        tree(site, x, left * (side.border + deep), needles);
    }
}

fn tree(site: &mut Site, x: f32, left: f32, needles: bool) {
    if site.street.in_crossing(x, 1.0) {
        return;
    }
    let (place, _) = site.beside(x, left);
    let grow = if needles { plants::conifer } else { plants::tree };
    site.plant(place, 0.5, grow);
}

/// Bushes, containers and odds and ends on open ground.
fn scatter(site: &mut Site, side: &Side, left: f32) {
    for _ in 0..site.random.below(16) {
        let x = site.random.range(-60.0, 60.0);
        let away = side.border + 1.0 + 18.0 * site.random.unit() * site.random.unit();
        let (place, heading) = site.beside(x, left * away);
        let yaw = heading + site.random.range(0.0, TAU);
        if site.street.in_crossing(x, 2.0) {
            continue;
        }
        match site.random.unit() {
            u if u < 0.62 => bush(site, place, yaw),
            u if u < 0.72 => container(site, place, yaw),
            u if u < 0.9 => thicket(site, place),
            _ => {
                if let Some(mesh) = site.random.pick(&site.pool.small) {
                    site.thing(mesh, place, yaw);
                }
            }
        }
    }
}

/// Some bushes side by side.
fn thicket(site: &mut Site, place: [f32; 2]) {
    for _ in 0..3 + site.random.below(4) {
        let (sin, cos) = sin_cos(site.random.range(0.0, TAU));
        let away = site.random.range(0.5, 4.5);
        let yaw = site.random.range(0.0, TAU);
        bush(site, [place[0] + away * cos, place[1] + away * sin], yaw);
    }
}
