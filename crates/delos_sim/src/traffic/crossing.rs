//! Where people cross lanes, and who goes first.

use crate::road::{Path, Roads};
use crate::traffic::driver::{Ahead, can_stop};
use crate::traffic::vehicle::{Stage, Vehicle};
use crate::traffic::way::Network;

/// A place where a crossing meets a lane.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Cut {
    pub(crate) crossing: usize,
    /// Metres along the lane.
    pub(crate) on_lane: f32,
    /// Metres along the crossing.
    pub(crate) on_crossing: f32,
}

/// All crossings, marked ones and others.
#[derive(Clone, Debug, Default)]
pub(crate) struct Crossings {
    /// Whether traffic stops for those who wait (a marked crossing).
    marked: Vec<bool>,
    lengths: Vec<f32>,
    /// Cuts of each lane.
    cuts: Vec<Vec<Cut>>,
}

/// Someone who wants to cross or does.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Claim {
    pub(crate) crossing: usize,
    /// Metres along the crossing.
    pub(crate) at: f32,
    /// Walking against the direction of the crossing's line.
    pub(crate) back: bool,
    /// Already on it.
    pub(crate) started: bool,
}

/// Half the width that a crossing takes on a lane, metres.
const HALF_WIDTH_M: f32 = 1.8;

impl Crossings {
    /// Adds a crossing and finds the lanes it cuts; returns its number, or `None` when it
    /// cuts no lane.
    pub(crate) fn add(&mut self, path: &Path, marked: bool, roads: &Roads) -> Option<usize> {
        self.cuts.resize(roads.lanes.len(), Vec::new());
        let crossing = self.marked.len();
        let mut found = false;
        for (lane, cuts) in roads.lanes.iter().zip(&mut self.cuts) {
            if let Some((on_crossing, on_lane)) = meeting(path, &lane.path) {
                cuts.push(Cut { crossing, on_lane, on_crossing });
                found = true;
            }
        }
        if !found {
            return None;
        }
        self.marked.push(marked);
        self.lengths.push(path.length());
        Some(crossing)
    }

    /// Range of the crossing that lies on lanes, metres along it.
    pub(crate) fn span(&self, crossing: usize) -> Option<(f32, f32)> {
        let mut range: Option<(f32, f32)> = None;
        for cut in self.cuts.iter().flatten().filter(|c| c.crossing == crossing) {
            let (low, high) = range.unwrap_or((cut.on_crossing, cut.on_crossing));
            range = Some((low.min(cut.on_crossing), high.max(cut.on_crossing)));
        }
        range
    }

    /// What people at crossings put ahead of a vehicle.
    pub(crate) fn ahead(&self, me: &Vehicle, network: &Network, claims: &[Claim]) -> Vec<Ahead> {
        let mut all = Vec::new();
        for (cut, gap) in self.cuts_ahead(me, network) {
            let wanted = claims.iter().filter(|c| c.crossing == cut.crossing);
            if gap > -1.0 && wanted.into_iter().any(|c| self.stops(me, &cut, c, gap)) {
                all.push(Ahead { gap: gap + 1.0, speed: 0.0, standing: 1.0 });
            }
        }
        all
    }

    /// Cuts on the way with the free metres before the crossing.
    fn cuts_ahead(&self, me: &Vehicle, network: &Network) -> Vec<(Cut, f32)> {
        let reach = me.reach().max(60.0);
        let lanes = me.lanes_ahead(network).take_while(|(_, start)| *start < reach);
        let mut all = Vec::new();
        for (lane, start) in lanes {
            for cut in self.cuts.get(lane).into_iter().flatten() {
                all.push((*cut, start + cut.on_lane - me.nose() - HALF_WIDTH_M));
            }
        }
        all
    }

    fn stops(&self, me: &Vehicle, cut: &Cut, claim: &Claim, gap: f32) -> bool {
        let marked = self.marked.get(claim.crossing).copied().unwrap_or(false);
        let to_go = (cut.on_crossing - claim.at) * if claim.back { -1.0 } else { 1.0 };
        let not_past = to_go > -(me.half[1] + 0.9);
        not_past && (claim.started || marked && can_stop(me.speed, gap, 2.5))
    }

    /// Whether someone may step on a crossing now: everyone who comes can stop (marked)
    /// or comes late enough.
    pub(crate) fn is_free(
        &self,
        crossing: usize,
        walk: f32,
        vehicles: &[Vehicle],
        network: &Network,
    ) -> bool {
        let marked = self.marked.get(crossing).copied().unwrap_or(false);
        let seconds = self.lengths.get(crossing).map_or(0.0, |l| l / walk.max(0.3)) + 2.0;
        vehicles.iter().filter(|v| v.stage == Stage::Awake).all(|v| {
            self.cuts_ahead(v, network).iter().filter(|(c, _)| c.crossing == crossing).all(
                |(_, gap)| {
                    let passed = gap + 2.0 * v.half[0] + 2.0 * HALF_WIDTH_M < -0.5;
                    let late = *gap > (v.speed + 1.0) * seconds;
                    let stops = marked && *gap > 0.0 && can_stop(v.speed, *gap, 2.5);
                    passed || late || stops
                },
            )
        })
    }
}

/// Where two lines cut each other: metres along the first and along the second.
fn meeting(a: &Path, b: &Path) -> Option<(f32, f32)> {
    let mut along = 0.0;
    for pair in a.points().windows(2) {
        let (p, q) = (pair[0], pair[1]);
        let length = (q[0] - p[0]).hypot(q[1] - p[1]);
        let mut other = 0.0;
        for piece in b.points().windows(2) {
            let (r, s) = (piece[0], piece[1]);
            let step = (s[0] - r[0]).hypot(s[1] - r[1]);
            if let Some((t, u)) = cut(p, q, r, s) {
                return Some((along + t * length, other + u * step));
            }
            other += step;
        }
        along += length;
    }
    None
}

/// Fractions along two pieces where they cut each other.
fn cut(p: [f32; 2], q: [f32; 2], r: [f32; 2], s: [f32; 2]) -> Option<(f32, f32)> {
    let (d, e) = ([q[0] - p[0], q[1] - p[1]], [s[0] - r[0], s[1] - r[1]]);
    let det = d[0] * e[1] - d[1] * e[0];
    let (x, y) = (r[0] - p[0], r[1] - p[1]);
    let (t, u) = ((x * e[1] - y * e[0]) / det, (x * d[1] - y * d[0]) / det);
    ((0.0..=1.0).contains(&t) && (0.0..=1.0).contains(&u)).then_some((t, u))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_meet_where_they_cut() {
        let a = Path::new(&[[0.0, -5.0], [0.0, 5.0]]).unwrap();
        let b = Path::new(&[[-8.0, 1.0], [-4.0, 1.0], [8.0, 1.0]]).unwrap();
        let (on_a, on_b) = meeting(&a, &b).unwrap();
        assert!((on_a - 6.0).abs() < 1e-4 && (on_b - 8.0).abs() < 1e-4);
        assert!(meeting(&a, &b.beside(10.0).unwrap()).is_none());
    }
}
