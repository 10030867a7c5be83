//! What can go wrong.

/// Why a filter or a gate cannot work with its numbers.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum FilterError {
    /// A covariance has no Cholesky factor.
    #[error("{what} of size {size} is not positive definite; check the noise settings")]
    NotPositiveDefinite {
        /// Which matrix.
        what: &'static str,
        /// Its number of rows.
        size: usize,
    },
    /// A number is NaN or infinite.
    #[error("{what} holds a number that is not finite")]
    NotFinite {
        /// Which quantity.
        what: &'static str,
    },
    /// Settings of the unscented transform that give no sigma points.
    #[error(
        "alpha {alpha}, beta {beta}, kappa {kappa} give no sigma points for {size} numbers; \
         alpha must be above 0 and kappa above -{size}"
    )]
    Spread {
        /// Spread of the points.
        alpha: f64,
        /// Extra weight of the central point.
        beta: f64,
        /// Second scaling.
        kappa: f64,
        /// Size of the state.
        size: usize,
    },
    /// A rate of changes between modes that is negative or not finite.
    #[error("a mode cannot change {rate} times per second")]
    Rate {
        /// The rate.
        rate: f64,
    },
    /// Probabilities of modes that are none.
    #[error("probabilities of modes must not be negative and must sum to more than 0, not {sum}")]
    Modes {
        /// Their sum.
        sum: f64,
    },
    /// A probability outside (0, 1) or no degrees of freedom.
    #[error("no chi-square quantile for probability {probability} and {dof} degrees of freedom")]
    Quantile {
        /// The probability asked for.
        probability: f64,
        /// Degrees of freedom.
        dof: u32,
    },
}
