//! The points behind the header.

use super::header::Header;
use super::{Columns, Scan};
use crate::ParseError;
use crate::user::lzf::decompress_lzf;

/// Data from which the first value of a field of a point is read.
pub(super) trait Scalars {
    fn value(&self, index: usize, column: usize) -> f64;
}

/// One point a line, values between blanks.
pub(super) fn ascii(header: &Header, body: &[u8], columns: &Columns) -> Result<Scan, ParseError> {
    let first_value = offsets(header.fields.iter().map(|f| f.count));
    let width = header.columns();
    // A value and its blank take two bytes at least, so the header cannot ask for more.
    let mut scan = Scan::new(columns, header.points.min(body.len() / (2 * width) + 1));
    let mut values: Vec<f64> = Vec::with_capacity(width.min(body.len()));
    for (i, line) in body.split(|b| *b == b'\n').enumerate() {
        if line.iter().all(u8::is_ascii_whitespace) {
            continue;
        }
        let number = header.body_line + i;
        parse_line(line, &mut values).map_err(|what| ParseError::line(number, what))?;
        if values.len() != width {
            let what = format!("{} values, {width} are needed", values.len());
            return Err(ParseError::line(number, what));
        }
        scan.push(columns, header, |column| values[first_value[column]]);
    }
    let found = scan.points.len();
    if found == header.points {
        return Ok(scan);
    }
    let what = format!("the header promises {} points, there are {found}", header.points);
    Err(ParseError::whole(what))
}

fn parse_line(line: &[u8], values: &mut Vec<f64>) -> Result<(), String> {
    let text = std::str::from_utf8(line).map_err(|error| format!("not text: {error}"))?;
    values.clear();
    for word in text.split_ascii_whitespace() {
        let value = word
            .parse()
            .map_err(|_no_number| format!("`{}` is not a number", word.escape_debug()))?;
        values.push(value);
    }
    Ok(())
}

/// Point after point, each field in its own type, little-endian, without gaps.
pub(super) fn binary(header: &Header, body: &[u8], columns: &Columns) -> Result<Scan, ParseError> {
    let data = exactly(header, body)?;
    let offsets = offsets(header.fields.iter().map(|f| f.size * f.count));
    let stride = header.stride();
    Ok(columns.scan(header, &Packed { header, data, offsets, stride }))
}

/// The part of `body` that the points take. More may follow: some writers pad.
fn exactly<'a>(header: &Header, body: &'a [u8]) -> Result<&'a [u8], ParseError> {
    let wanted = header.points.checked_mul(header.stride());
    wanted.and_then(|length| body.get(..length)).ok_or_else(|| {
        ParseError::whole(format!(
            "the header promises {} points of {} bytes, but {} bytes follow it",
            header.points,
            header.stride(),
            body.len()
        ))
    })
}

struct Packed<'a> {
    header: &'a Header,
    data: &'a [u8],
    /// Of each field within a point.
    offsets: Vec<usize>,
    stride: usize,
}

impl Scalars for Packed<'_> {
    fn value(&self, index: usize, column: usize) -> f64 {
        let field = &self.header.fields[column];
        scalar(self.data, index * self.stride + self.offsets[column], field.size, field.kind)
    }
}

/// Two lengths, then LZF data that expands to field after field, each with all its points.
pub(super) fn compressed(
    header: &Header,
    body: &[u8],
    columns: &Columns,
) -> Result<Scan, ParseError> {
    let cut = || ParseError::whole(format!("cut short: {} bytes follow the header", body.len()));
    let (lengths, data) = body.split_first_chunk::<8>().ok_or_else(cut)?;
    let [packed, whole] = [&lengths[..4], &lengths[4..]]
        .map(|b| b.iter().rev().fold(0_usize, |sum, byte| sum << 8 | usize::from(*byte)));
    if header.points.checked_mul(header.stride()) != Some(whole) {
        return Err(ParseError::whole(format!(
            "the compressed data holds {whole} bytes, but {} points of {} bytes are promised",
            header.points,
            header.stride()
        )));
    }
    let data =
        decompress_lzf(data.get(..packed).ok_or_else(cut)?, whole).map_err(ParseError::whole)?;
    let starts = offsets(header.fields.iter().map(|f| f.size * f.count * header.points));
    Ok(columns.scan(header, &Planes { header, data, starts }))
}

struct Planes<'a> {
    header: &'a Header,
    data: Vec<u8>,
    /// Of each field within the data.
    starts: Vec<usize>,
}

impl Scalars for Planes<'_> {
    fn value(&self, index: usize, column: usize) -> f64 {
        let field = &self.header.fields[column];
        let at = self.starts[column] + index * field.size * field.count;
        scalar(&self.data, at, field.size, field.kind)
    }
}

/// The sums of all lengths before each one.
fn offsets(lengths: impl Iterator<Item = usize>) -> Vec<usize> {
    lengths.scan(0, |at, length| Some(std::mem::replace(at, *at + length))).collect()
}

/// A little-endian value of the format's types; NaN where there is none.
fn scalar(data: &[u8], at: usize, size: usize, kind: char) -> f64 {
    let Some(bytes) = data.get(at..at + size) else {
        return f64::NAN;
    };
    let unsigned = bytes.iter().rev().fold(0_u64, |sum, byte| sum << 8 | u64::from(*byte));
    match (kind, size) {
        ('F', 4) => f64::from(f32::from_bits(unsigned as u32)),
        ('F', _) => f64::from_bits(unsigned),
        ('I', _) => {
            let shift = 64 - 8 * size as u32;
            ((unsigned << shift).cast_signed() >> shift) as f64
        }
        _ => unsigned as f64,
    }
}
