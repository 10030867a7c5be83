//! Rules for parameters of launch files, and the one error that breaks them.

/// A parameter out of its range.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{name} = {value} is out of range; use {wanted}")]
pub struct SettingError {
    /// Name of the parameter, with its section.
    pub name: &'static str,
    /// Its value.
    pub value: String,
    /// What is allowed.
    pub wanted: &'static str,
}

/// Passes when `fits`; `wanted` says in words what would.
///
/// # Errors
/// [`SettingError`] when it does not fit.
pub fn check(
    name: &'static str,
    value: f64,
    wanted: &'static str,
    fits: bool,
) -> Result<(), SettingError> {
    if fits { Ok(()) } else { Err(SettingError { name, value: value.to_string(), wanted }) }
}

/// A finite number above 0.
///
/// # Errors
/// [`SettingError`] when it is not.
pub fn positive(name: &'static str, value: f64) -> Result<(), SettingError> {
    check(name, value, "a finite number above 0", value.is_finite() && value > 0.0)
}

/// A finite number, 0 or more.
///
/// # Errors
/// [`SettingError`] when it is not.
pub fn not_negative(name: &'static str, value: f64) -> Result<(), SettingError> {
    check(name, value, "a finite number, 0 or more", value.is_finite() && value >= 0.0)
}

/// A number from 0 to 1.
///
/// # Errors
/// [`SettingError`] when it is not.
pub fn share(name: &'static str, value: f64) -> Result<(), SettingError> {
    check(name, value, "0 to 1", (0.0..=1.0).contains(&value))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_that_is_not_a_number_fits() {
        for value in [f64::NAN, f64::INFINITY, -1.0] {
            for rule in [positive, not_negative, share] {
                let text = rule("gap_m", value).expect_err("out of range").to_string();
                assert!(text.starts_with(&format!("gap_m = {value} is out of range")), "{text}");
            }
        }
        assert!(positive("gap_m", 0.0).is_err() && not_negative("gap_m", 0.0).is_ok());
        assert!(share("score", 1.0).is_ok() && share("score", 1.1).is_err());
    }
}
