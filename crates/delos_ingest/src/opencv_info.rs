//! Which OpenCV is in use.

/// Version of the OpenCV library that was linked, for example `4.6.0`.
pub fn opencv_version() -> String {
    opencv::core::get_version_string().unwrap_or_else(|error| format!("not usable: {error}"))
}
