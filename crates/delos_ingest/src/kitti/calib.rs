//! Calibration files: `key: value value …`, matrices row-major.

use super::text::{lines, number};
use super::yaml::pixels;
use crate::ParseError;
use delos_core::{Camera, CameraModel, CoreError, Ego, ImageSize, Transform};
use std::collections::BTreeMap;

/// Height of the Velodyne above nominal ground in every KITTI drive, metres
/// (Geiger et al., Vision meets Robotics: The KITTI Dataset, 2013, figure 3).
pub const VELODYNE_HEIGHT_M: f64 = 1.73;

/// The lines of a calibration file by their keys.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct CalibFile {
    entries: BTreeMap<String, (usize, Vec<String>)>,
}

/// What a benchmark's calibration file, or a raw drive's folder, says of the sensors.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SensorCalibration {
    /// The left colour camera; [`Camera`] is the rectified reference camera 0.
    pub camera: CameraModel,
    /// From the inertial unit to the Velodyne, where the file says so. The inertial
    /// unit's own frame (x forward, y left, z up) has no type.
    pub ego_from_imu: Option<nalgebra::Isometry3<f64>>,
}

/// Splits a calibration file into keys and values. The key ends at the first colon
/// (`calib_time:` has more of them), or at the first blank where there is none.
///
/// # Errors
/// When a key comes twice.
pub fn parse(text: &str) -> Result<CalibFile, ParseError> {
    let mut entries = BTreeMap::new();
    for (line, text) in lines(text) {
        let (key, values) = split_key(text);
        let values = values.split_ascii_whitespace().map(str::to_owned).collect();
        if entries.insert(key.to_owned(), (line, values)).is_some() {
            return Err(ParseError::line(line, format!("key `{key}` comes twice")));
        }
    }
    Ok(CalibFile { entries })
}

fn split_key(line: &str) -> (&str, &str) {
    let blank = line.find(|c: char| c.is_ascii_whitespace()).unwrap_or(line.len());
    let (key, values) = line.split_at(line.find(':').unwrap_or(blank));
    (key.trim(), values.strip_prefix(':').unwrap_or(values))
}

/// Calibration of the object and tracking benchmarks: `P2`, `R0_rect` or `R_rect`,
/// `Tr_velo_to_cam` or `Tr_velo_cam`, and `Tr_imu_to_velo` or `Tr_imu_velo` if given.
///
/// # Errors
/// A missing key, a wrong count, a text in place of a number, a matrix that is no
/// rotation; with the line where there is one.
pub fn benchmark(
    file: &CalibFile,
    size: Option<ImageSize>,
) -> Result<SensorCalibration, ParseError> {
    let projection = file.numbers::<12>(&["P2"])?;
    let rectified_from_reference = file.rotation(&["R0_rect", "R_rect"])?;
    let reference_from_ego = file.rigid(&["Tr_velo_to_cam", "Tr_velo_cam"])?;
    let imu_keys = ["Tr_imu_to_velo", "Tr_imu_velo"];
    let ego_from_imu = if file.has_values(&imu_keys) { Some(file.rigid(&imu_keys)?) } else { None };
    let camera = camera(&projection, rectified_from_reference * reference_from_ego, size)?;
    Ok(SensorCalibration { camera, ego_from_imu })
}

/// Calibration of a raw drive from the three files of its day. The image of camera 2
/// is `P_rect_02 * R_rect_00 * [R|T]_velo_to_cam * X`: rectified with camera 0's matrix.
///
/// # Errors
/// As [`benchmark`], with the number of the file: 0 `cam_to_cam`, 1 `velo_to_cam`,
/// 2 `imu_to_velo`.
pub fn raw(
    cam_to_cam: &CalibFile,
    velo_to_cam: &CalibFile,
    imu_to_velo: Option<&CalibFile>,
) -> Result<SensorCalibration, (usize, ParseError)> {
    let in_cam = |error| (0, error);
    let projection = cam_to_cam.numbers::<12>(&["P_rect_02"]).map_err(in_cam)?;
    let rectified_from_reference = cam_to_cam.rotation(&["R_rect_00"]).map_err(in_cam)?;
    let size = cam_to_cam.size("S_rect_02").map_err(in_cam)?;
    let reference_from_ego = velo_to_cam.rotation_and_translation().map_err(|error| (1, error))?;
    let ego_from_imu = imu_to_velo.map(CalibFile::rotation_and_translation).transpose();
    let camera =
        camera(&projection, rectified_from_reference * reference_from_ego, size).map_err(in_cam)?;
    Ok(SensorCalibration { camera, ego_from_imu: ego_from_imu.map_err(|error| (2, error))? })
}

fn camera(
    projection: &[f64; 12],
    camera_from_ego: nalgebra::Isometry3<f64>,
    size: Option<ImageSize>,
) -> Result<CameraModel, ParseError> {
    let camera_from_ego: Transform<Camera, Ego> = Transform::new(camera_from_ego);
    CameraModel::new(projection, camera_from_ego, size)
        .map_err(|error| ParseError::whole(error.to_string()))
}

impl CalibFile {
    fn find(&self, keys: &[&str]) -> Option<(usize, &[String])> {
        let (line, values) = keys.iter().find_map(|key| self.entries.get(*key))?;
        Some((*line, values))
    }

    /// Whether one of the keys is there with at least one value.
    fn has_values(&self, keys: &[&str]) -> bool {
        self.find(keys).is_some_and(|(_, values)| !values.is_empty())
    }

    /// The values of the first of `keys` that is there.
    ///
    /// # Errors
    /// When none is there, or the values are not `N` finite numbers.
    pub fn numbers<const N: usize>(&self, keys: &[&str]) -> Result<[f64; N], ParseError> {
        let names = keys.join("` or `");
        let (line, values) = self.find(keys).ok_or_else(|| {
            ParseError::whole(format!(
                "calibration needs `{names}` with {N} numbers; the key is missing"
            ))
        })?;
        let wrong = |what: String| ParseError::line(line, format!("`{names}` {what}"));
        let numbers: Vec<f64> =
            values.iter().map(|text| number(text)).collect::<Result<_, _>>().map_err(wrong)?;
        let found = numbers.len();
        numbers
            .try_into()
            .map_err(|_wrong_count| wrong(format!("needs {N} numbers, {found} found")))
    }

    /// Two whole numbers of pixels, where the key is there and has values.
    fn size(&self, key: &str) -> Result<Option<ImageSize>, ParseError> {
        if !self.has_values(&[key]) {
            return Ok(None);
        }
        self.numbers::<2>(&[key])?;
        let Some((line, [width, height])) = self.find(&[key]) else { return Ok(None) };
        let side = |text: &String| {
            pixels(text).map_err(|what| ParseError::line(line, format!("`{key}`: {what}")))
        };
        Ok(Some(ImageSize { width: side(width)?, height: side(height)? }))
    }

    fn rigid(&self, keys: &[&str]) -> Result<nalgebra::Isometry3<f64>, ParseError> {
        let numbers = self.numbers::<12>(keys)?;
        isometry(&numbers).map_err(|error| self.refuse(keys, &error))
    }

    fn rotation(&self, keys: &[&str]) -> Result<nalgebra::Isometry3<f64>, ParseError> {
        let r = self.numbers::<9>(keys)?;
        isometry(&beside(&r, &[0.0; 3])).map_err(|error| self.refuse(keys, &error))
    }

    /// The keys `R` and `T` of the raw files.
    fn rotation_and_translation(&self) -> Result<nalgebra::Isometry3<f64>, ParseError> {
        let (r, t) = (self.numbers::<9>(&["R"])?, self.numbers::<3>(&["T"])?);
        isometry(&beside(&r, &t)).map_err(|error| self.refuse(&["R"], &error))
    }

    fn refuse(&self, keys: &[&str], error: &CoreError) -> ParseError {
        ParseError {
            line: self.find(keys).map(|(line, _)| line),
            what: format!("`{}`: {error}", keys.join("` or `")),
        }
    }
}

/// `[R | t]` row-major.
fn beside(r: &[f64; 9], t: &[f64; 3]) -> [f64; 12] {
    [r[0], r[1], r[2], t[0], r[3], r[4], r[5], t[1], r[6], r[7], r[8], t[2]]
}

fn isometry(matrix: &[f64; 12]) -> Result<nalgebra::Isometry3<f64>, CoreError> {
    Ok(*Transform::<Camera, Ego>::from_row_major(matrix)?.isometry())
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// A made-up camera: 27 cm behind and 8 cm below the scanner, a little tilted.
    pub(crate) const MADE_UP: &str = "P0: 700 0 600 0 0 700 180 0 0 0 1 0
P2: 700 0 600 42 0 700 180 0.2 0 0 1 0.003
R_rect 1 0 0 0 1 0 0 0 1
Tr_velo_cam 0.0075 -0.99997 -0.0006 -0.004 0.0148 0.0007 -0.99989 -0.076 0.99986 0.0075 0.0148 -0.27
Tr_imu_to_velo:
";

    pub(crate) fn made_up_camera() -> CameraModel {
        let file = parse(MADE_UP).expect("parses");
        let size = Some(ImageSize { width: 1200, height: 360 });
        benchmark(&file, size).expect("complete").camera
    }

    #[test]
    fn both_spellings_are_read_and_an_empty_entry_is_none() {
        let old = benchmark(&parse(MADE_UP).expect("parses"), None).expect("complete");
        assert_eq!(old.ego_from_imu, None);
        let new = MADE_UP.replace("R_rect", "R0_rect:").replace("Tr_velo_cam", "Tr_velo_to_cam:");
        assert_eq!(benchmark(&parse(&new).expect("parses"), None).expect("complete"), old);
        assert!(
            (old.camera.camera_from_ego().isometry().translation.vector.z + 0.27).abs() < 1e-12
        );
    }

    #[test]
    fn the_key_ends_at_the_first_colon() {
        let file = parse("calib_time: 09-Jan-2012 13:57:47\nT: 1 2 3\n").expect("parses");
        assert_eq!(file.numbers::<3>(&["T"]), Ok([1.0, 2.0, 3.0]));
        assert!(file.numbers::<2>(&["calib_time"]).is_err());
    }

    #[test]
    fn what_is_wrong_is_said_with_its_line() {
        let table = [
            (MADE_UP.replace("P2:", "P9:"), None, "`P2` with 12 numbers; the key is missing"),
            (MADE_UP.replace("42 0 700", "42 0"), Some(2), "`P2` needs 12 numbers, 11 found"),
            (MADE_UP.replace("42 0 700", "42 x 700"), Some(2), "`x` is not a number"),
            (MADE_UP.replace("42 0 700", "42 nan 700"), Some(2), "`nan` is not finite"),
            (MADE_UP.replace("R_rect 1", "R_rect 2"), Some(3), "is not a rotation"),
            (MADE_UP.replace("P2: 700", "P2: 0"), None, "focal length"),
        ];
        for (text, line, what) in table {
            let error = benchmark(&parse(&text).expect("parses"), None).expect_err(what);
            assert_eq!(error.line, line, "{error}");
            assert!(error.what.contains(what), "{error}");
        }
        assert_eq!(parse("T: 1\nT: 2\n").expect_err("twice").line, Some(2));
    }

    #[test]
    fn a_raw_drive_names_the_file_that_is_wrong() {
        let cam = parse("S_rect_02: 1200 360\nR_rect_00: 1 0 0 0 1 0 0 0 1\nP_rect_02: 700 0 600 42 0 700 180 0 0 0 1 0\n").expect("parses");
        let velo = parse("R: 0 -1 0 0 0 -1 1 0 0\nT: 0 -0.08 -0.27\n").expect("parses");
        let whole = raw(&cam, &velo, None).expect("complete");
        assert_eq!(whole.camera.size, Some(ImageSize { width: 1200, height: 360 }));
        let pixel = whole
            .camera
            .project_ego(&delos_core::Position::new(10.27, 0.0, -0.08))
            .expect("in front");
        assert!((pixel[0] - 604.2).abs() < 1e-9 && (pixel[1] - 180.0).abs() < 1e-9, "{pixel:?}");
        for wrong in ["0 0", "-5 1e12", "1200 0", "1200.5 360", "1200", "wide 360"] {
            let text = format!(
                "R_rect_00: 1 0 0 0 1 0 0 0 1\nS_rect_02: {wrong}\nP_rect_02: 700 0 600 42 0 700 180 0 0 0 1 0\n"
            );
            let error = raw(&parse(&text).expect("parses"), &velo, None).expect_err(wrong);
            assert_eq!((error.0, error.1.line), (0, Some(2)), "{wrong}: {}", error.1);
            assert!(error.1.what.contains("S_rect_02"), "{}", error.1);
        }
        let empty = CalibFile::default();
        assert_eq!(raw(&empty, &velo, None).expect_err("cam").0, 0);
        assert_eq!(raw(&cam, &empty, None).expect_err("velo").0, 1);
        assert_eq!(raw(&cam, &velo, Some(&empty)).expect_err("imu").0, 2);
    }
}
