//! Point Cloud Data files (PCD v0.7).

mod body;
mod header;

use crate::ParseError;
use body::Scalars;
use delos_core::{Ego, LidarPoint, PointCloud, PointTimes};
use header::{Encoding, Header};

/// No turn takes longer, and none lies farther from the scan's stamp, seconds.
const LONGEST_TURN_S: f64 = 1.0;

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
    let Scan { points, dropped, .. } = parse(bytes, false)?;
    Ok(PointCloud::new(points).after_dropping(dropped))
}

/// The same with the time of each point, where there is a field `time`, `t`, `timestamp`,
/// `time_stamp`, `offset_time` or `offset_ns`: floating point values are seconds, integers
/// nanoseconds, after the scan's stamp. Where the earliest lies more than a second off zero they
/// are those of a clock, and count from the earliest. The times of points that are dropped do not
/// matter. The scan is taken to be skewed by the vehicle's motion ([`PointTimes::Rolling`]).
///
/// # Errors
/// As [`parse_pcd`], for a time that is not finite, and for times more than a second apart.
pub fn parse_pcd_timed(bytes: &[u8]) -> Result<PointCloud<Ego>, ParseError> {
    let Scan { points, times, dropped } = parse(bytes, true)?;
    let cloud = PointCloud::new(points).after_dropping(dropped);
    let Some(times) = times else { return Ok(cloud) };
    let times = PointTimes::Rolling(since_stamp(&times)?);
    cloud.timed(times).map_err(|error| ParseError::whole(error.to_string()))
}

/// Times after the scan's stamp, of times after that or on a clock.
fn since_stamp(times: &[f64]) -> Result<Vec<f32>, ParseError> {
    let (earliest, latest) = times
        .iter()
        .fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), t| (low.min(*t), high.max(*t)));
    if latest - earliest > LONGEST_TURN_S && (latest - earliest).is_finite() {
        let what = format!(
            "the times of its points are {:.3} s apart, which is no turn: floating point values \
             have to be seconds and integers nanoseconds (`point_times = false` reads no times)",
            latest - earliest
        );
        return Err(ParseError::whole(what));
    }
    let zero = if earliest.abs() <= LONGEST_TURN_S { 0.0 } else { earliest };
    Ok(times.iter().map(|time| (time - zero) as f32).collect())
}

fn parse(bytes: &[u8], with_times: bool) -> Result<Scan, ParseError> {
    let header = Header::parse(bytes)?;
    let columns = Columns::of(&header, with_times)?;
    let mut scan = match header.encoding {
        Encoding::Ascii => body::ascii(&header, &bytes[header.body..], &columns)?,
        Encoding::Binary => body::binary(&header, &bytes[header.body..], &columns)?,
        Encoding::Compressed => body::compressed(&header, &bytes[header.body..], &columns)?,
    };
    scan.drop_no_returns();
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
    /// How many points have been left out.
    dropped: u32,
}

impl Scan {
    fn new(columns: &Columns, points: usize) -> Self {
        let times = columns.time.map(|_| Vec::with_capacity(points));
        Self { points: Vec::with_capacity(points), times, dropped: 0 }
    }

    /// Appends one point, given how to read a field.
    fn push(&mut self, columns: &Columns, header: &Header, value: impl Fn(usize) -> f64) {
        if let (Some(times), Some(column)) = (&mut self.times, columns.time) {
            let unit_s = if header.fields[column].kind == 'F' { 1.0 } else { 1e-9 };
            times.push(value(column) * unit_s);
        }
        self.points.push(columns.point(header, value));
    }

    /// Leaves out the points that are not finite, and whatever the file says of them: drivers
    /// write any time (0, NaN) and any reflectance there.
    fn drop_no_returns(&mut self) {
        let all = self.points.len();
        if let Some(times) = &mut self.times {
            let mut points = self.points.iter();
            times.retain(|_| points.next().is_some_and(LidarPoint::is_finite));
        }
        self.points.retain(LidarPoint::is_finite);
        self.dropped = u32::try_from(all - self.points.len()).unwrap_or(u32::MAX);
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
    if points.iter().any(|p| p.intensity > 1.0) {
        for point in points {
            point.intensity /= 255.0;
        }
    }
}

#[cfg(test)]
mod tests;
