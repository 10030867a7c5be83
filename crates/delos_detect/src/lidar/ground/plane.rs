//! A plane through points, by their principal axes.
//!
//! The normal is the eigenvector of the least eigenvalue of the covariance, as in Lim et al.,
//! "Patchwork: Concentric Zone-based Region-wise Ground Segmentation with Ground Likelihood
//! Estimation Using a 3D LiDAR Sensor", RA-L 2021, eq. 2 and 3. Eigenvalues of a symmetric 3 x 3
//! matrix have a closed form: Smith, "Eigenvalues of a symmetric 3 x 3 matrix", CACM 1961.

use std::f64::consts::TAU;

/// A plane near the horizontal: `z = height + slopes[0] * x + slopes[1] * y`.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Plane {
    pub(super) height: f32,
    pub(super) slopes: [f32; 2],
}

impl Plane {
    /// Its height at a place.
    pub(super) fn at(&self, x: f32, y: f32) -> f32 {
        self.height + self.slopes[0] * x + self.slopes[1] * y
    }

    /// The same plane, seen from a place by which x and y are now smaller.
    pub(super) fn seen_from(&self, [x, y]: [f32; 2]) -> Self {
        Self { height: self.at(-x, -y), ..*self }
    }
}

/// A plane and what speaks for it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Fit {
    pub(super) plane: Plane,
    /// Upward part of the unit normal.
    pub(super) uprightness: f64,
    /// Deviation of the points from the plane, metres: flatness.
    pub(super) deviation_m: f64,
    /// Deviation along the shorter of the two axes in the plane, metres: points in a line tell
    /// nothing of the slope across it.
    pub(super) width_m: f64,
}

/// Sums over points.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Moments {
    pub(super) count: u32,
    /// x, y, z.
    sums: [f64; 3],
    /// xx, yy, zz, xy, xz, yz.
    products: [f64; 6],
}

impl Moments {
    /// Of these points.
    pub(super) fn of(points: impl Iterator<Item = [f32; 3]>) -> Self {
        let mut moments = Self::default();
        points.for_each(|point| moments.add(point));
        moments
    }

    #[inline]
    fn add(&mut self, point: [f32; 3]) {
        let [x, y, z] = point.map(f64::from);
        self.count += 1;
        for (sum, value) in self.sums.iter_mut().zip([x, y, z]) {
            *sum += value;
        }
        for (sum, value) in self.products.iter_mut().zip([x * x, y * y, z * z, x * y, x * z, y * z])
        {
            *sum += value;
        }
    }

    /// The plane of least squared distance; `None` for fewer than three points and for upright
    /// planes.
    pub(super) fn fit(&self) -> Option<Fit> {
        if self.count < 3 {
            return None;
        }
        let n = f64::from(self.count);
        let [mx, my, mz] = self.sums.map(|sum| sum / n);
        let means = [mx * mx, my * my, mz * mz, mx * my, mx * mz, my * mz];
        let covariance: [f64; 6] = std::array::from_fn(|i| self.products[i] / n - means[i]);
        let [least, middle] = lesser_eigenvalues(&covariance);
        let [nx, ny, nz] = normal(&covariance, least)?;
        let slopes = [-nx / nz, -ny / nz];
        let height = mz - slopes[0] * mx - slopes[1] * my;
        Some(Fit {
            plane: Plane { height: height as f32, slopes: slopes.map(|slope| slope as f32) },
            uprightness: nz,
            deviation_m: least.max(0.0).sqrt(),
            width_m: middle.max(0.0).sqrt(),
        })
    }
}

/// The least and the middle eigenvalue of a symmetric matrix (xx, yy, zz, xy, xz, yz).
fn lesser_eigenvalues(m: &[f64; 6]) -> [f64; 2] {
    let [xx, yy, zz, xy, xz, yz] = *m;
    let mean = (xx + yy + zz) / 3.0;
    let (a, b, c) = (xx - mean, yy - mean, zz - mean);
    let scale = ((a * a + b * b + c * c + 2.0 * (xy * xy + xz * xz + yz * yz)) / 6.0).sqrt();
    if scale <= 0.0 {
        return [mean; 2];
    }
    let determinant = a * (b * c - yz * yz) - xy * (xy * c - yz * xz) + xz * (xy * yz - b * xz);
    let half = (determinant / (2.0 * scale * scale * scale)).clamp(-1.0, 1.0);
    let angle = half.acos() / 3.0;
    let largest = mean + 2.0 * scale * angle.cos();
    let least = mean + 2.0 * scale * (angle + TAU / 3.0).cos();
    [least, 3.0 * mean - largest - least]
}

/// The unit eigenvector of an eigenvalue, upward; `None` where it is level or not one line.
fn normal(m: &[f64; 6], value: f64) -> Option<[f64; 3]> {
    let [xx, yy, zz, xy, xz, yz] = *m;
    let rows = [[xx - value, xy, xz], [xy, yy - value, yz], [xz, yz, zz - value]];
    // The eigenvector is at right angles to all rows: the longest of their products is the most
    // exact.
    let candidates = [(0, 1), (0, 2), (1, 2)].map(|(i, j)| cross(&rows[i], &rows[j]));
    let squared = |v: &[f64; 3]| v.iter().map(|part| part * part).sum::<f64>();
    let best = candidates.iter().max_by(|a, b| squared(a).total_cmp(&squared(b)))?;
    let length = squared(best).sqrt();
    let up = best[2].abs() / length;
    // A plane so steep is no function of the place.
    (up > 0.05).then(|| best.map(|part| part.copysign(part * best[2]) / length))
}

fn cross(a: &[f64; 3], b: &[f64; 3]) -> [f64; 3] {
    [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]]
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn patch(plane: &Plane, rough: f32) -> impl Iterator<Item = [f32; 3]> {
        let plane = *plane;
        (0..20).flat_map(|i| (0..15).map(move |j| (i, j))).map(move |(i, j): (i32, i32)| {
            let (x, y) = (0.2 * i as f32 - 2.0, 0.3 * j as f32 - 2.0);
            let off = if (i + j) % 2 == 0 { rough } else { -rough };
            [x, y, plane.at(x, y) + off]
        })
    }

    proptest! {
        #[test]
        fn a_plane_is_found_with_its_slopes_and_roughness(
            height in -4.0_f32..4.0,
            slopes in prop::array::uniform2(-1.0_f32..1.0),
        ) {
            let plane = Plane { height, slopes };
            let fit = Moments::of(patch(&plane, 0.02)).fit().expect("a plane");
            for (x, y) in [(0.0, 0.0), (1.5, 1.0), (-1.5, 0.5)] {
                prop_assert!((fit.plane.at(x, y) - plane.at(x, y)).abs() < 3e-3);
            }
            let steep = 1.0 + slopes[0] * slopes[0] + slopes[1] * slopes[1];
            prop_assert!((fit.uprightness - f64::from(steep).sqrt().recip()).abs() < 1e-3);
            prop_assert!((fit.deviation_m - 0.02 * fit.uprightness).abs() < 1e-3);
            prop_assert!(fit.width_m > 1.0);
        }

        #[test]
        fn eigenvalues_are_those_of_their_definition(
            m in prop::array::uniform6(-2.0_f64..2.0),
        ) {
            let [xx, yy, zz, xy, xz, yz] = m;
            let [least, middle] = lesser_eigenvalues(&m);
            let largest = xx + yy + zz - least - middle;
            prop_assert!(least <= middle + 1e-7 && middle <= largest + 1e-7);
            let squares = xx * xx + yy * yy + zz * zz + 2.0 * (xy * xy + xz * xz + yz * yz);
            let sum = least * least + middle * middle + largest * largest;
            prop_assert!((squares - sum).abs() < 1e-6);
            if let Some(n) = normal(&m, least) {
                let image = [
                    xx * n[0] + xy * n[1] + xz * n[2],
                    xy * n[0] + yy * n[1] + yz * n[2],
                    xz * n[0] + yz * n[1] + zz * n[2],
                ];
                // Near a double eigenvalue the direction is free.
                if middle - least > 0.05 {
                    for (got, part) in image.iter().zip(n) {
                        prop_assert!((got - least * part).abs() < 1e-6, "{image:?} {n:?}");
                    }
                }
            }
        }
    }

    #[test]
    fn what_is_no_plane_has_no_fit_or_no_width() {
        let wall = (0..100).map(|i: i32| [1.0, 0.1 * (i % 10) as f32, 0.1 * (i / 10) as f32]);
        assert_eq!(Moments::of(wall).fit(), None);
        assert_eq!(Moments::of([[1.0, 2.0, 3.0]; 2].into_iter()).fit(), None);
        let heap = Moments::of([[1.0, 2.0, 3.0]; 50].into_iter()).fit();
        assert!(heap.is_none_or(|fit| fit.width_m < 1e-3), "{heap:?}");
        let line = Moments::of((0..50).map(|i| [0.1 * i as f32, 0.0, 0.0])).fit();
        assert!(line.is_none_or(|fit| fit.width_m < 1e-6), "{line:?}");
    }

    #[test]
    fn a_plane_can_be_seen_from_elsewhere() {
        let plane = Plane { height: 1.0, slopes: [0.5, -0.25] };
        let moved = plane.seen_from([3.0, 4.0]);
        assert!((moved.at(3.0, 4.0) - 1.0).abs() < 1e-6);
        assert!((moved.at(5.0, 4.0) - 2.0).abs() < 1e-6);
    }
}
