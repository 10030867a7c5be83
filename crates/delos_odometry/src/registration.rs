//! Fitting a scan to the map.

use crate::map::VoxelMap;
use crate::{Fit, OdometryConfig};
use nalgebra::{Isometry3, Matrix3, Point3, UnitQuaternion, Vector3};

/// Smallest eigenvalue of the points' inertia below which a turn cannot be told, square metres.
/// Far below any scan that [`Fit::spread_m`] is judged by; it only keeps the solution finite.
const LEAST_INERTIA_M2: f64 = 1e-9;

/// A point this near to the map lies on what the map knows, voxels.
const NEAR_VOXELS: f32 = 0.3;

/// A pose and how well the scan fits the map there.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Aligned {
    pub(crate) world_from_ego: Isometry3<f64>,
    pub(crate) fit: Fit,
}

/// Point-to-point ICP with the kernel of Geman and `McClure` (KISS-ICP, section III-D), from
/// `guess` on. Counterparts lie within `3 sigma_m`, the kernel's scale is `sigma_m`.
pub(crate) fn align(
    scan: &[Point3<f32>],
    map: &VoxelMap,
    guess: Isometry3<f64>,
    sigma_m: f64,
    config: &OdometryConfig,
) -> Aligned {
    let mut pose = guess;
    let (mut iterations, mut converged) = (0, false);
    let mut system = System::default();
    while iterations < config.max_iterations && !converged {
        system = System::at(scan, map, &pose, sigma_m);
        let Some(step) = system.solve() else { break };
        pose = step.applied_to(&pose);
        converged = step.size() < config.convergence;
        iterations += 1;
    }
    // Of the pose before the last step, which was small: a pass over the points less.
    let fit = Fit { iterations, converged, ..system.fit(scan.len(), 3.0 * sigma_m) };
    Aligned { world_from_ego: pose, fit }
}

/// How well the scan agrees with the map at a pose: [`Fit::agreement`] with a kernel of this scale.
pub(crate) fn agreement(
    scan: &[Point3<f32>],
    map: &VoxelMap,
    pose: &Isometry3<f64>,
    sigma_m: f64,
) -> f64 {
    System::at(scan, map, pose, sigma_m).fit(scan.len(), 3.0 * sigma_m).agreement
}

/// A small motion about the vehicle: turn (radians) and way (metres), in the world's axes.
#[derive(Clone, Copy, Debug)]
struct Step {
    turn: Vector3<f64>,
    way: Vector3<f64>,
}

impl Step {
    fn size(&self) -> f64 {
        (self.turn.norm_squared() + self.way.norm_squared()).sqrt()
    }

    /// Equation 12, with the turn about the vehicle instead of the world's origin.
    fn applied_to(&self, pose: &Isometry3<f64>) -> Isometry3<f64> {
        let rotation = UnitQuaternion::from_scaled_axis(self.turn) * pose.rotation;
        let rotation = UnitQuaternion::new_normalize(rotation.into_inner());
        let way = pose.translation.vector + self.way;
        Isometry3::from_parts(way.into(), rotation)
    }
}

/// The normal equations of one iteration, as sums over the correspondences.
///
/// With `u` a point relative to the vehicle (world axes) and `r` its distance from the map, a step
/// changes `r` to `r + way + turn × u` (equation 11, linearised).
#[derive(Clone, Copy, Debug, Default)]
struct System {
    count: usize,
    /// Of these, how many lie on what the map knows.
    near: usize,
    /// Sum of w.
    weight: f64,
    /// Sum of w |r|².
    residual2: f64,
    /// Sum of w u.
    u: Vector3<f64>,
    /// Sum of w r.
    r: Vector3<f64>,
    /// Sum of w u × r.
    moment: Vector3<f64>,
    /// Sum of w u uᵀ.
    second: Matrix3<f64>,
}

impl System {
    fn at(scan: &[Point3<f32>], map: &VoxelMap, pose: &Isometry3<f64>, sigma_m: f64) -> Self {
        let rotation = pose.rotation.to_rotation_matrix();
        let near_m = NEAR_VOXELS * map.edge_m();
        let mut system = Self::default();
        for point in scan {
            let u = rotation * point.coords.cast::<f64>();
            let in_world = Point3::from(u + pose.translation.vector);
            if let Some(residual) = map.nearest(&in_world, 3.0 * sigma_m) {
                system.near += usize::from(residual.norm_squared() < near_m * near_m);
                system.add(&u, &residual.cast(), sigma_m);
            }
        }
        system
    }

    fn add(&mut self, u: &Vector3<f64>, r: &Vector3<f64>, sigma_m: f64) {
        let weight = kernel(r.norm_squared(), sigma_m);
        let (weighted_u, weighted_r) = (u * weight, r * weight);
        self.count += 1;
        self.weight += weight;
        self.residual2 += weighted_r.dot(r);
        self.u += weighted_u;
        self.r += weighted_r;
        self.moment += u.cross(&weighted_r);
        self.second += weighted_u * u.transpose();
    }

    /// The step that makes the weighted sum of squares least; `None` where a turn cannot be told.
    ///
    /// The way is eliminated first, which leaves three equations for the turn.
    fn solve(&self) -> Option<Step> {
        let inertia = self.inertia()?;
        if least_eigenvalue(&inertia) < LEAST_INERTIA_M2 {
            return None;
        }
        let (u, r) = (self.u / self.weight, self.r / self.weight);
        let moment = self.moment / self.weight - u.cross(&r);
        let turn = -inertia.cholesky()?.solve(&moment);
        Some(Step { turn, way: -r - turn.cross(&u) })
    }

    /// Inertia of the points about their centre, by their weight: `|v|² I - v vᵀ`, square metres.
    fn inertia(&self) -> Option<Matrix3<f64>> {
        if self.count == 0 {
            return None;
        }
        let centre = self.u / self.weight;
        let spread = self.second / self.weight - centre * centre.transpose();
        Some(Matrix3::identity() * spread.trace() - spread)
    }

    fn fit(&self, points: usize, threshold_m: f64) -> Fit {
        let spread_m2 = self.inertia().map_or(0.0, |inertia| least_eigenvalue(&inertia));
        let mean2 = if self.weight > 0.0 { self.residual2 / self.weight } else { 0.0 };
        Fit {
            points,
            correspondences: self.count,
            overlap: self.near as f64 / points.max(1) as f64,
            agreement: self.weight / points.max(1) as f64,
            residual_m: mean2.sqrt(),
            threshold_m,
            spread_m: spread_m2.max(0.0).sqrt(),
            ..Fit::default()
        }
    }
}

/// Weight of a squared distance: `σ² / (σ + d²)²` (equation 11), as the reference
/// implementation has it, with metres and square metres added as bare numbers.
fn kernel(distance2: f64, sigma_m: f64) -> f64 {
    let ratio = sigma_m / (sigma_m + distance2);
    ratio * ratio
}

fn least_eigenvalue(matrix: &Matrix3<f64>) -> f64 {
    matrix.symmetric_eigenvalues().min()
}

#[cfg(test)]
mod tests;
