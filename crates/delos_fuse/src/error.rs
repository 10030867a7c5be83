//! What can be wrong with the fusion's parameters.

/// What can be wrong with the fusion's parameters.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum FuseError {
    /// A parameter out of its range.
    #[error("{name} = {value} is out of range; use {wanted}")]
    Setting {
        /// Name of the parameter, with its section.
        name: &'static str,
        /// Its value.
        value: String,
        /// What is allowed.
        wanted: &'static str,
    },
}
