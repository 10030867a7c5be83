//! What can be wrong with the fusion's parameters.

/// What can be wrong with the fusion's parameters.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum FuseError {
    /// A parameter out of its range.
    #[error(transparent)]
    Setting(#[from] delos_core::SettingError),
}
