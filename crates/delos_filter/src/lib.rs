//! Kalman filters, motion models and mixtures of them, smoothing, gates and assignment.
//!
//! The sizes of states and measurements are const generics, so that a wrong matrix
//! does not compile. Nothing here knows boxes or sensors.
//!
//! ```
//! use delos_filter::{ConstantVelocity, Gaussian, LinearMeasurement, chi_square_quantile};
//! use nalgebra::{SMatrix, SVector};
//!
//! // Position and velocity in the plane: something that moves 1 m/s along x.
//! let mut state = Gaussian::<4>::from_deviations(SVector::zeros(), SVector::repeat(2.0))?;
//! let model = ConstantVelocity { acceleration_density: 0.1 };
//! let sensor = LinearMeasurement::<4, 2>::selecting([0, 1]);
//! let noise = SMatrix::identity() * 0.01;
//! for step in 1..=50 {
//!     state.predict(&model, 0.1);
//!     let measured = SVector::from([0.1 * f64::from(step), 0.0]);
//!     let innovation = state.innovation(&sensor, &measured, &noise)?;
//!     if innovation.mahalanobis_squared < chi_square_quantile(0.999, 2)? {
//!         state.correct(&innovation);
//!     }
//! }
//! assert!((state.mean[2] - 1.0).abs() < 0.05);
//! # Ok::<(), delos_filter::FilterError>(())
//! ```

mod angle;
mod assignment;
mod chi_square;
mod covariance;
mod error;
mod imm;
mod kalman;
mod measurement;
mod models;
mod smoother;
#[cfg(test)]
mod testing;
mod unscented;

pub use assignment::{
    Assigner, CompleteAssigner, CostMatrix, CostPair, SparseAssigner, assign_greedy, assign_optimal,
};
pub use chi_square::{chi_square_cdf, chi_square_quantile};
pub use error::FilterError;
pub use imm::{Imm, ImmInnovation, ModeSwitching};
pub use kalman::{Gaussian, Innovation};
pub use measurement::{LinearMeasurement, MeasurementModel};
pub use models::{
    ConstantAcceleration, ConstantVelocity, Ctra, Ctrv, MotionModel, SlipCtra, SlipCtrv, Widened,
};
pub use smoother::{SmootherStep, smooth};
pub use unscented::Unscented;
