//! The camera of a user's own data: a small TOML or JSON file.

use crate::{IngestError, ParseError};
use delos_core::{Calibration, Camera, CameraModel, Ego, ImageSize, Transform};
use serde::Deserialize;
use std::path::{Path, PathBuf};

/// Height of the vehicle's frame above the ground where nobody says it, metres: that of
/// the LiDAR on KITTI's car.
pub const DEFAULT_EGO_HEIGHT_M: f64 = 1.73;

/// A camera at the origin of the vehicle's frame that looks forward, row-major `[R | t]`.
const LOOKING_FORWARD: [f64; 12] = [0.0, -1.0, 0.0, 0.0, 0.0, 0.0, -1.0, 0.0, 1.0, 0.0, 0.0, 0.0];

/// A pinhole camera, as written in `camera.toml` (or `camera.json`, with the same keys).
///
/// ```
/// use delos_ingest::user::Intrinsics;
/// let text = "fx = 1159.25\nfy = 1153.99\ncx = 666.68\ncy = 387.15\nwidth = 1280\nheight = 720";
/// let intrinsics = Intrinsics::parse_toml(text).expect("sound");
/// let calibration = intrinsics.calibration().expect("a camera");
/// assert_eq!(calibration.camera.expect("given").focal(), (1159.25, 1153.99));
/// ```
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Intrinsics {
    /// Horizontal focal length, pixels.
    pub fx: f64,
    /// Vertical focal length, pixels.
    pub fy: f64,
    /// Column of the principal point, pixels.
    pub cx: f64,
    /// Row of the principal point, pixels.
    pub cy: f64,
    /// Columns of the images the numbers were measured with.
    pub width: u32,
    /// Rows of the images the numbers were measured with.
    pub height: u32,
    /// Radial distortion of OpenCV's model; it is reported, not corrected.
    #[serde(default)]
    pub k1: f64,
    /// Radial distortion, second coefficient.
    #[serde(default)]
    pub k2: f64,
    /// Radial distortion, third coefficient.
    #[serde(default)]
    pub k3: f64,
    /// Tangential distortion.
    #[serde(default)]
    pub p1: f64,
    /// Tangential distortion, second coefficient.
    #[serde(default)]
    pub p2: f64,
    /// Row-major 3x4 `[R | t]` that takes points of the vehicle's frame to the camera's;
    /// without it the camera sits at the origin and looks forward.
    pub camera_from_ego: Option<[f64; 12]>,
    /// Height of the vehicle's frame above the ground, metres; 1.73 without it.
    pub ego_height_m: Option<f64>,
    /// Anything a person wants to remember.
    pub note: Option<String>,
}

impl Intrinsics {
    /// Reads a `.json` file as JSON and any other as TOML.
    ///
    /// # Errors
    /// [`IngestError::Io`], or [`IngestError::Format`] with the line.
    pub fn read(path: &Path) -> Result<Self, IngestError> {
        let text = std::fs::read_to_string(path).map_err(|source| IngestError::io(path, source))?;
        let is_json = path.extension().is_some_and(|e| e.eq_ignore_ascii_case("json"));
        let parsed = if is_json { Self::parse_json(&text) } else { Self::parse_toml(&text) };
        parsed.map_err(|error| error.in_file(path))
    }

    /// From TOML text.
    ///
    /// # Errors
    /// The line of a missing, unknown or mistyped key.
    pub fn parse_toml(text: &str) -> Result<Self, ParseError> {
        toml::from_str(text).map_err(|error| ParseError {
            line: error
                .span()
                .map(|span| 1 + text.bytes().take(span.start).filter(|b| *b == b'\n').count()),
            what: error.message().to_owned(),
        })
    }

    /// From JSON text.
    ///
    /// # Errors
    /// The line of a missing, unknown or mistyped key.
    pub fn parse_json(text: &str) -> Result<Self, ParseError> {
        serde_json::from_str(text).map_err(|e| ParseError::line(e.line(), e.to_string()))
    }

    /// The same as the rest of the program speaks of it.
    ///
    /// # Errors
    /// A focal length that is not positive, a matrix that is no rotation, a size of zero,
    /// numbers that are not finite.
    pub fn calibration(&self) -> Result<Calibration, ParseError> {
        let ego_height_m = self.ego_height_m.unwrap_or(DEFAULT_EGO_HEIGHT_M);
        if let Some((key, value)) = self.numbers().find(|(_, value)| !value.is_finite()) {
            return Err(ParseError::whole(format!(
                "`{key}` is {value}, which is no number to use"
            )));
        }
        if self.width == 0 || self.height == 0 {
            return Err(ParseError::whole("`width` and `height` must be positive"));
        }
        let rows = self.camera_from_ego.unwrap_or(LOOKING_FORWARD);
        let camera_from_ego: Transform<Camera, Ego> = Transform::from_row_major(&rows)
            .map_err(|error| ParseError::whole(format!("camera_from_ego: {error}")))?;
        let projection =
            [self.fx, 0.0, self.cx, 0.0, 0.0, self.fy, self.cy, 0.0, 0.0, 0.0, 1.0, 0.0];
        let size = ImageSize { width: self.width, height: self.height };
        let camera = CameraModel::new(&projection, camera_from_ego, Some(size))
            .map_err(|error| ParseError::whole(error.to_string()))?;
        Ok(Calibration { camera: Some(camera), ego_height_m })
    }

    /// All numbers that may have a fraction, with their keys.
    fn numbers(&self) -> impl Iterator<Item = (&'static str, f64)> {
        let Self { fx, fy, cx, cy, k1, k2, k3, p1, p2, .. } = *self;
        let lens = [("k1", k1), ("k2", k2), ("k3", k3), ("p1", p1), ("p2", p2)];
        let place = self.camera_from_ego.into_iter().flatten().map(|v| ("camera_from_ego", v));
        let height = self.ego_height_m.map(|v| ("ego_height_m", v));
        let pinhole = [("fx", fx), ("fy", fy), ("cx", cx), ("cy", cy)];
        pinhole.into_iter().chain(lens).chain(place).chain(height)
    }

    /// How far the lens moves the image's corners at most, pixels: what is wrong with
    /// projections into images that are not rectified.
    pub fn largest_distortion(&self) -> f64 {
        let (width, height) = (f64::from(self.width), f64::from(self.height));
        let corners = [(0.0, 0.0), (width, 0.0), (0.0, height), (width, height)];
        corners.map(|(u, v)| self.distortion_at(u, v)).into_iter().fold(0.0, f64::max)
    }

    /// OpenCV's distortion model, equations of `cv::calibrateCamera`.
    fn distortion_at(&self, u: f64, v: f64) -> f64 {
        let (x, y) = ((u - self.cx) / self.fx, (v - self.cy) / self.fy);
        let r2 = x * x + y * y;
        let radial = r2 * (self.k1 + r2 * (self.k2 + r2 * self.k3));
        let dx = x * radial + 2.0 * self.p1 * x * y + self.p2 * (r2 + 2.0 * x * x);
        let dy = y * radial + self.p1 * (r2 + 2.0 * y * y) + 2.0 * self.p2 * x * y;
        (dx * self.fx).hypot(dy * self.fy)
    }
}

/// The intrinsics that `given` names or that lie in `folder`, as a calibration, and what
/// deserves to be said of them.
pub(super) fn calibration_for(
    given: Option<&Path>,
    folder: &Path,
    notices: &mut Vec<String>,
) -> Result<Calibration, IngestError> {
    let beside = || ["camera.toml", "camera.json"].map(|name| folder.join(name));
    let path: Option<PathBuf> =
        given.map(Path::to_path_buf).or_else(|| beside().into_iter().find(|p| p.is_file()));
    let Some(path) = path else {
        notices.push(format!(
            "no intrinsics of the camera ({} is not there): nothing is projected between camera and space",
            folder.join("camera.toml").display()
        ));
        return Ok(Calibration { camera: None, ego_height_m: DEFAULT_EGO_HEIGHT_M });
    };
    let intrinsics = Intrinsics::read(&path)?;
    let calibration = intrinsics.calibration().map_err(|error| error.in_file(&path))?;
    let shift = intrinsics.largest_distortion();
    if shift > 1.0 {
        notices.push(format!(
            "{}: the lens moves the image's corners by {shift:.0} pixels, which is not corrected",
            path.display()
        ));
    }
    Ok(calibration)
}

/// Refuses images of another size than the camera's intrinsics are for.
pub(super) fn check_size(
    calibration: &Calibration,
    size: ImageSize,
    path: &Path,
) -> Result<(), IngestError> {
    match calibration.camera.and_then(|camera| camera.size) {
        Some(wanted) if wanted != size => {
            let what = format!(
                "the image has {}x{} pixels, the camera's intrinsics are for {}x{}; give those of this camera, or none",
                size.width, size.height, wanted.width, wanted.height
            );
            Err(IngestError::format(path, what))
        }
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use delos_core::Position;

    const GOOD: &str = "fx = 700\nfy = 710\ncx = 320\ncy = 240\nwidth = 640\nheight = 480\n";

    #[test]
    fn a_camera_without_a_place_looks_forward() {
        let calibration =
            Intrinsics::parse_toml(GOOD).and_then(|i| i.calibration()).expect("sound");
        let camera = calibration.camera.expect("given");
        let [u, v] = camera.project_ego(&Position::new(10.0, 1.0, -1.0)).expect("in front");
        assert!((u - 250.0).abs() < 1e-9 && (v - 311.0).abs() < 1e-9, "{u} {v}");
        approx::assert_relative_eq!(calibration.ego_height_m, DEFAULT_EGO_HEIGHT_M);
    }

    #[test]
    fn json_with_distortion_and_note_is_the_same_camera() {
        let json = r#"{"note": "by hand", "fx": 700, "fy": 710, "cx": 320, "cy": 240,
            "width": 640, "height": 480, "k1": -0.2, "k2": 0.0, "p1": 0.0, "p2": 0.0, "k3": 0.0}"#;
        let intrinsics = Intrinsics::parse_json(json).expect("sound");
        assert_eq!(
            intrinsics.calibration(),
            Intrinsics::parse_toml(GOOD).expect("sound").calibration()
        );
        // Corner at (320, 240) from the centre: r² = 0.3232, radial -0.2 r² times 400 pixels.
        let wanted = 0.2 * ((320.0_f64 / 700.0).powi(2) + (240.0_f64 / 710.0).powi(2)) * 400.0;
        assert!((intrinsics.largest_distortion() - wanted).abs() < 1e-9);
    }

    #[test]
    fn errors_name_the_line_or_the_value() {
        let place = |rows: &str| format!("{GOOD}camera_from_ego = [{rows}]\n");
        let table = [
            (GOOD.replace("cx = 320\n", ""), "missing field `cx`"),
            (format!("{GOOD}focus = 3\n"), "line 7: unknown field `focus`"),
            (GOOD.replace("710", "\"wide\""), "line 2: invalid type"),
            (GOOD.replace("700", "0"), "focal length 0 x 710"),
            (GOOD.replace("640", "0"), "must be positive"),
            (format!("{GOOD}ego_height_m = nan\n"), "`ego_height_m` is NaN"),
            (format!("{GOOD}k1 = nan\n"), "`k1` is NaN"),
            (format!("{GOOD}p2 = -inf\n"), "`p2` is -inf"),
            (GOOD.replace("320", "nan"), "`cx` is NaN"),
            (GOOD.replace("700", "inf"), "`fx` is inf"),
            (place("nan,0,0,0, 0,1,0,0, 0,0,1,0"), "`camera_from_ego` is NaN"),
            (place("2,0,0,0, 0,1,0,0, 0,0,1,0"), "camera_from_ego: matrix is not a rotation"),
            (place("1,0,0"), "line 7: invalid length 3"),
        ];
        for (text, wanted) in table {
            let result = Intrinsics::parse_toml(&text).and_then(|i| i.calibration());
            let error = result.expect_err("refused").to_string();
            assert!(error.contains(wanted), "{error}\nwanted {wanted}");
        }
    }
}
