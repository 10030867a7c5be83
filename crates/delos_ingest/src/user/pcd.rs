//! Point Cloud Data files (PCD v0.7).

mod body;
mod header;

use crate::ParseError;
use body::Scalars;
use delos_core::{Ego, LidarPoint, PointCloud, PointTimes};
use header::{Encoding, Header};

/// Times beyond this are those of a clock, and not of a turn, seconds.
const CLOCK_S: f64 = 3600.0;

/// Reads a PCD file: `ascii`, `binary` or `binary_compressed`.
///
/// The fields `x`, `y` and `z` must be there, in any of the format's number types, and are
/// taken for metres in the vehicle's frame (x forward, y left, z up); `VIEWPOINT` is not
/// applied, as in PCL. Reflectance is read from `intensity`, `reflectivity`, `reflectance`
/// or `i`, zero without: unsigned integers are divided by their largest value, and floating
/// point values by 255 when the scan has one above 1. Other fields are skipped. Points that
/// are not finite (PCD's mark for "no return") are dropped and counted.
///
/// Memory is bounded by the length of `bytes`, whatever the header promises, and a scan by
/// 20 million points.
/// Format: <https://pointclouds.org/documentation/tutorials/pcd_file_format.html>.
///
/// # Errors
/// What is wrong, with the line in the header and in `ascii` data.
///
/// ```
/// let text = "FIELDS x y z\nSIZE 4 4 4\nTYPE F F F\nCOUNT 1 1 1\n\
///             WIDTH 2\nHEIGHT 1\nPOINTS 2\nDATA ascii\n1 2 3\n4 5 nan\n";
/// let cloud = delos_ingest::user::parse_pcd(text.as_bytes()).expect("sound");
/// assert_eq!((cloud.points().len(), cloud.dropped()), (1, 1));
/// ```
pub fn parse_pcd(bytes: &[u8]) -> Result<PointCloud<Ego>, ParseError> {
    let Scan { points, .. } = parse(bytes, false)?;
    Ok(PointCloud::new(points))
}

/// The same with the time of each point, where there is a field `time`, `t`, `timestamp`,
/// `time_stamp`, `offset_time` or `offset_ns`: floating point values are seconds, integers
/// nanoseconds, after the scan's stamp. Where the earliest lies an hour or more off zero they are
/// those of a clock, and count from the earliest. The scan is taken to be skewed by the
/// vehicle's motion ([`PointTimes::Rolling`]).
///
/// # Errors
/// As [`parse_pcd`], and for a time that is not finite.
pub fn parse_pcd_timed(bytes: &[u8]) -> Result<PointCloud<Ego>, ParseError> {
    let Scan { points, times } = parse(bytes, true)?;
    let Some(times) = times else { return Ok(PointCloud::new(points)) };
    let earliest = times.iter().copied().fold(f64::INFINITY, f64::min);
    let zero = if earliest.abs() < CLOCK_S { 0.0 } else { earliest };
    let times = PointTimes::Rolling(times.iter().map(|time| (time - zero) as f32).collect());
    let cloud = PointCloud::with_times(points, times);
    cloud.map_err(|error| ParseError::whole(error.to_string()))
}

fn parse(bytes: &[u8], with_times: bool) -> Result<Scan, ParseError> {
    let header = Header::parse(bytes)?;
    let columns = Columns::of(&header, with_times)?;
    let mut scan = match header.encoding {
        Encoding::Ascii => body::ascii(&header, &bytes[header.body..], &columns)?,
        Encoding::Binary => body::binary(&header, &bytes[header.body..], &columns)?,
        Encoding::Compressed => body::compressed(&header, &bytes[header.body..], &columns)?,
    };
    if columns.intensity.is_some_and(|c| header.fields[c].kind == 'F') {
        to_unit_range(&mut scan.points);
    }
    Ok(scan)
}

/// The points of a file, and their times where they are read, seconds.
#[derive(Debug)]
struct Scan {
    points: Vec<LidarPoint>,
    times: Option<Vec<f64>>,
}

impl Scan {
    fn new(columns: &Columns, points: usize) -> Self {
        let times = columns.time.map(|_| Vec::with_capacity(points));
        Self { points: Vec::with_capacity(points), times }
    }

    /// Appends one point, given how to read a field.
    fn push(&mut self, columns: &Columns, header: &Header, value: impl Fn(usize) -> f64) {
        if let (Some(times), Some(column)) = (&mut self.times, columns.time) {
            let unit_s = if header.fields[column].kind == 'F' { 1.0 } else { 1e-9 };
            times.push(value(column) * unit_s);
        }
        self.points.push(columns.point(header, value));
    }
}

/// Which fields of the header are read.
#[derive(Debug)]
struct Columns {
    x: usize,
    y: usize,
    z: usize,
    intensity: Option<usize>,
    time: Option<usize>,
}

impl Columns {
    fn of(header: &Header, with_times: bool) -> Result<Self, ParseError> {
        let find = |name: &str| header.fields.iter().position(|f| f.name == name);
        let need = |name: &str| {
            find(name).ok_or_else(|| {
                let names: Vec<&str> = header.fields.iter().map(|f| &*f.name).collect();
                let what = format!("field `{name}` is missing; there are: {}", names.join(" "));
                ParseError::whole(what)
            })
        };
        let intensity =
            ["intensity", "reflectivity", "reflectance", "i"].into_iter().find_map(find);
        let times = ["time", "t", "timestamp", "time_stamp", "offset_time", "offset_ns"];
        let time = times.into_iter().find_map(find).filter(|_| with_times);
        Ok(Self { x: need("x")?, y: need("y")?, z: need("z")?, intensity, time })
    }

    /// One point, given how to read a field.
    fn point(&self, header: &Header, value: impl Fn(usize) -> f64) -> LidarPoint {
        let intensity = self
            .intensity
            .map_or(0.0, |column| value(column) / header.fields[column].largest_unsigned());
        LidarPoint {
            x: value(self.x) as f32,
            y: value(self.y) as f32,
            z: value(self.z) as f32,
            intensity: intensity as f32,
        }
    }

    /// All points of data whose fields are found by `scalars`.
    fn scan(&self, header: &Header, scalars: &impl Scalars) -> Scan {
        let mut scan = Scan::new(self, header.points);
        for index in 0..header.points {
            scan.push(self, header, |column| scalars.value(index, column));
        }
        scan
    }
}

/// Takes reflectance on a scale of 0..=255 to 0..=1; leaves one that already is.
fn to_unit_range(points: &mut [LidarPoint]) {
    if points.iter().any(|p| p.intensity.is_finite() && p.intensity > 1.0) {
        for point in points {
            point.intensity /= 255.0;
        }
    }
}

#[cfg(test)]
mod tests;
