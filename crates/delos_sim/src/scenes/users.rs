//! Cars that drive, wait and are parked; people, cyclists, trucks.

use super::building::Site;
use super::street::{Parking, Place, Side};
use crate::shapes::Body;
use std::f32::consts::{FRAC_PI_2, PI};

/// Puts the road users into a scene.
pub(super) fn add(site: &mut Site) {
    let gap = site.random.range(9.0, 45.0);
    for forward in [true, false] {
        lane(site, forward, gap);
    }
    for (side, left) in [(site.street.sides[0], 1.0), (site.street.sides[1], -1.0)] {
        parked(site, &side, left);
        drives(site, &side, left);
        if side.car_park {
            car_park(site, &side, left);
        }
        people(site, &side, left);
    }
    crossing(site);
    let most = 8 + site.random.below(25);
    site.thin_out(most);
}

/// A vehicle for the road: mostly a car.
fn vehicle(site: &mut Site, large: f32) -> Option<Body> {
    let pool = site.pool;
    let kind = site.random.unit();
    let shelf = match kind {
        k if k < large => &pool.large,
        k if k < large + 0.1 => &pool.vans,
        _ => &pool.cars,
    };
    site.random.pick(shelf).cloned()
}

/// Traffic of one direction, `gap` metres from one to the next on average.
fn lane(site: &mut Site, forward: bool, gap: f32) {
    let large = if site.street.place == Place::Works { 0.2 } else { 0.07 };
    let mut x = -68.0 + site.random.range(0.0, gap);
    while x < 68.0 {
        let left = if forward { -0.5 } else { 0.5 } * site.street.half_m;
        let drift = site.random.normal(0.0, 0.25);
        let (place, heading) = site.beside(x, left + drift);
        let turn = if forward { 0.0 } else { PI } + site.random.normal(0.0, 0.03);
        let speed = site.random.range(0.0, 14.0);
        if let Some(body) = vehicle(site, large) {
            site.body(&body, place, heading + turn, speed);
        }
        if site.random.chance(0.12) {
            let edge = left.signum() * (site.street.half_m - 0.5);
            let away = site.random.range(-6.0, 6.0);
            rider(site, x + away, edge, turn);
        }
        x += site.random.range(6.0, 2.0 * gap);
    }
}

fn rider(site: &mut Site, x: f32, left: f32, turn: f32) {
    let (place, heading) = site.beside(x, left);
    if let Some(body) = site.random.pick(&site.pool.riders) {
        let speed = site.random.range(2.0, 8.0);
        site.body(body, place, heading + turn, speed);
    }
}

/// A row before the kerb, with gaps, and now and then something that is no car.
fn parked(site: &mut Site, side: &Side, left: f32) {
    let (pitch, away, angle) = match side.parking {
        Parking::None => return,
        Parking::Parallel => (site.random.range(5.2, 6.8), side.kerb - 1.05, 0.0),
        Parking::Angled(angle) => {
            let wide = site.random.range(2.4, 2.9) / crate::math::sin_cos(angle).0;
            (wide, side.kerb - 2.4, angle)
        }
    };
    let filled = site.random.range(0.25, 0.9);
    let mut x = -66.0 + site.random.range(0.0, pitch);
    while x < 66.0 {
        if !site.street.in_crossing(x, 4.0) && site.random.chance(filled) {
            let spread = site.random.normal(0.0, 0.12);
            stand(site, x, left * (away + spread), left * angle);
        }
        x += pitch;
    }
}

/// One vehicle that stands at an angle to the road, its nose in or out; or a bush or a
/// container in its place.
fn stand(site: &mut Site, x: f32, left: f32, angle: f32) {
    let (place, heading) = site.beside(x, left);
    let turn = if site.random.chance(0.5) { 0.0 } else { PI };
    let yaw = heading + angle + turn + site.random.normal(0.0, 0.03);
    match site.random.unit() {
        u if u < 0.04 => super::roadside::bush(site, place, yaw),
        u if u < 0.07 => super::roadside::container(site, place, yaw),
        _ => {
            if let Some(body) = vehicle(site, 0.01) {
                site.body(&body, place, yaw, 0.0);
            }
        }
    }
}

/// Cars before the houses.
fn drives(site: &mut Site, side: &Side, left: f32) {
    let share = match site.street.place {
        Place::Town | Place::Country => 0.03,
        Place::Suburb => 0.3,
        Place::Works => 0.15,
    };
    for slot in -6..=6_i8 {
        let x = 10.0 * f32::from(slot) + site.random.range(-3.0, 3.0);
        if site.random.chance(share) && !site.street.in_crossing(x, 3.0) && !side.car_park {
            let away = side.border + site.random.range(2.4, 5.5);
            let angle =
                if site.random.chance(0.8) { FRAC_PI_2 } else { site.random.range(0.0, PI) };
            stand(site, x, left * away, angle);
        }
    }
}

/// Rows of places with aisles between them.
fn car_park(site: &mut Site, side: &Side, left: f32) {
    let (from, to) = (site.random.range(-60.0, -5.0), site.random.range(5.0, 60.0));
    let filled = site.random.range(0.15, 0.8);
    for row in 0..=site.random.below(3) {
        // Two rows stand nose to nose, then comes an aisle.
        let away = side.border + 3.0 + 5.2 * row as f32 + 6.0 * (row.div_ceil(2)) as f32;
        let mut x = from;
        while x < to {
            if site.random.chance(filled) {
                stand(site, x, left * away, FRAC_PI_2);
            }
            x += 2.6;
        }
    }
}

fn people(site: &mut Site, side: &Side, left: f32) {
    for _ in 0..site.random.below(5) {
        let x = site.random.range(-45.0, 45.0);
        let away = side.kerb + site.random.range(0.3, 1.0 + side.footway);
        let turn = if site.random.chance(0.5) { 0.0 } else { PI } + site.random.normal(0.0, 0.4);
        if site.random.chance(0.15) {
            rider(site, x, left * away, turn);
        } else {
            person(site, x, left * away, turn);
        }
    }
}

fn person(site: &mut Site, x: f32, left: f32, turn: f32) {
    let (place, heading) = site.beside(x, left);
    if let Some(body) = site.random.pick(&site.pool.people) {
        let speed = site.random.range(0.0, 1.6);
        site.body(body, place, heading + turn, speed);
    }
}

/// People who cross the road, and a vehicle that waits in the other street.
fn crossing(site: &mut Site) {
    if site.random.chance(0.3) {
        let x = site.random.range(6.0, 30.0);
        let left = site.random.range(-1.0, 1.0) * site.street.half_m;
        person(site, x, left, FRAC_PI_2);
    }
    let Some(at) = site.street.crossing else { return };
    for left in [1.0, -1.0] {
        if site.random.chance(0.5) {
            let away = site.street.half_m + site.random.range(4.0, 25.0);
            let (place, heading) = site.beside(at + 1.8 * left, left * away);
            if let Some(body) = vehicle(site, 0.05) {
                let speed = site.random.range(0.0, 4.0);
                site.body(&body, place, heading - left * FRAC_PI_2, speed);
            }
        }
    }
}
