//! Which OpenCV is in use.

/// Version of the OpenCV library that was linked, for example `4.6.0`, or that there is none.
#[cfg(feature = "opencv")]
pub fn opencv_version() -> String {
    opencv::core::get_version_string().unwrap_or_else(|error| format!("not usable: {error}"))
}

/// That no OpenCV library was linked.
#[cfg(not(feature = "opencv"))]
pub fn opencv_version() -> String {
    "not part of this program: PNG and JPEG are read without it, videos are not".to_owned()
}
