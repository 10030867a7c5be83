//! Point Cloud Data files (PCD v0.7).

mod body;
mod header;

use crate::ParseError;
use body::Scalars;
use delos_core::{Ego, LidarPoint, PointCloud};
use header::{Encoding, Header};

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
    let header = Header::parse(bytes)?;
    let columns = Columns::of(&header)?;
    let mut points = match header.encoding {
        Encoding::Ascii => body::ascii(&header, &bytes[header.body..], &columns)?,
        Encoding::Binary => body::binary(&header, &bytes[header.body..], &columns)?,
        Encoding::Compressed => body::compressed(&header, &bytes[header.body..], &columns)?,
    };
    if columns.intensity.is_some_and(|c| header.fields[c].kind == 'F') {
        to_unit_range(&mut points);
    }
    Ok(PointCloud::new(points))
}

/// Which fields of the header are read.
#[derive(Debug)]
struct Columns {
    x: usize,
    y: usize,
    z: usize,
    intensity: Option<usize>,
}

impl Columns {
    fn of(header: &Header) -> Result<Self, ParseError> {
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
        Ok(Self { x: need("x")?, y: need("y")?, z: need("z")?, intensity })
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
    fn points(&self, header: &Header, scalars: &impl Scalars) -> Vec<LidarPoint> {
        (0..header.points)
            .map(|index| self.point(header, |column| scalars.value(index, column)))
            .collect()
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
