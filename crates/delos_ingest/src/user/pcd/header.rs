//! The header: lines of text up to and including `DATA`.

use crate::ParseError;
use std::str::FromStr;

/// How the points follow the header.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Encoding {
    Ascii,
    Binary,
    Compressed,
}

/// One field of a point.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Field {
    pub(super) name: String,
    /// Bytes of one value: 1, 2, 4 or 8.
    pub(super) size: usize,
    /// `I` signed, `U` unsigned, `F` floating point.
    pub(super) kind: char,
    /// Values of this field in a point, at least 1.
    pub(super) count: usize,
}

impl Field {
    /// What an unsigned value is divided by to come to 0..=1; 1 for the other types.
    pub(super) fn largest_unsigned(&self) -> f64 {
        if self.kind == 'U' { (u64::MAX >> (64 - 8 * self.size)) as f64 } else { 1.0 }
    }
}

/// What the header says, checked.
#[derive(Debug)]
pub(super) struct Header {
    pub(super) fields: Vec<Field>,
    pub(super) points: usize,
    pub(super) encoding: Encoding,
    /// Where the points begin.
    pub(super) body: usize,
    /// The line in which they begin, counted from 1.
    pub(super) body_line: usize,
}

/// More points than a scan has: a limit on what a small compressed file can ask for.
const MOST_POINTS: usize = 20_000_000;

/// More columns than any sensor writes; a limit on what a line can ask for.
const MOST_COLUMNS: usize = 10_000;

impl Header {
    pub(super) fn parse(bytes: &[u8]) -> Result<Self, ParseError> {
        let mut raw = Raw::default();
        let (mut body, mut number) = (0, 0);
        while raw.encoding.is_none() {
            let rest = &bytes[body..];
            let end = rest.iter().position(|b| *b == b'\n').ok_or_else(|| {
                ParseError::line(number + 1, "the header ends without a line `DATA …`")
            })?;
            (body, number) = (body + end + 1, number + 1);
            let line = std::str::from_utf8(&rest[..end]).map_err(|_binary| {
                ParseError::line(number, "the header is not text: no PCD file")
            })?;
            raw.take(line).map_err(|what| ParseError::line(number, what))?;
        }
        raw.check(body, number + 1)
    }

    /// Bytes of a point in binary data.
    pub(super) fn stride(&self) -> usize {
        self.fields.iter().map(|f| f.size * f.count).sum()
    }

    /// Values of a point in ascii data.
    pub(super) fn columns(&self) -> usize {
        self.fields.iter().map(|f| f.count).sum()
    }
}

/// What the lines say, not checked against each other.
#[derive(Default)]
struct Raw {
    names: Vec<String>,
    sizes: Vec<usize>,
    kinds: Vec<char>,
    counts: Option<Vec<usize>>,
    width: Option<usize>,
    height: Option<usize>,
    points: Option<usize>,
    encoding: Option<Encoding>,
}

impl Raw {
    fn take(&mut self, line: &str) -> Result<(), String> {
        let mut words = line.split_ascii_whitespace();
        let Some(key) = words.next().filter(|word| !word.starts_with('#')) else {
            return Ok(());
        };
        let values: Vec<&str> = words.collect();
        match key {
            "VERSION" | "VIEWPOINT" => {}
            "FIELDS" | "COLUMNS" => self.names = values.iter().map(ToString::to_string).collect(),
            "SIZE" => self.sizes = numbers(key, &values, |n| matches!(n, 1 | 2 | 4 | 8))?,
            "TYPE" => self.kinds = values.iter().map(|v| kind(v)).collect::<Result<_, _>>()?,
            "COUNT" => {
                self.counts = Some(numbers(key, &values, |n| (1..=MOST_COLUMNS).contains(&n))?);
            }
            "WIDTH" => self.width = Some(number(key, &values)?),
            "HEIGHT" => self.height = Some(number(key, &values)?),
            "POINTS" => self.points = Some(number(key, &values)?),
            "DATA" => self.encoding = Some(encoding(&values)?),
            _ => return Err(format!("`{}` is no line of a PCD header", key.escape_debug())),
        }
        Ok(())
    }

    fn check(self, body: usize, body_line: usize) -> Result<Header, ParseError> {
        let n = self.names.len();
        let counts = self.counts.unwrap_or_else(|| vec![1; n]);
        if n == 0 || [self.sizes.len(), self.kinds.len(), counts.len()] != [n; 3] {
            return Err(ParseError::whole(format!(
                "FIELDS has {n} entries, SIZE {}, TYPE {}, COUNT {}: they must be as many, and not none",
                self.sizes.len(),
                self.kinds.len(),
                counts.len()
            )));
        }
        let fields: Vec<Field> = (self.names.into_iter().zip(self.sizes))
            .zip(self.kinds.into_iter().zip(counts))
            .map(|((name, size), (kind, count))| Field { name, size, kind, count })
            .collect();
        check_fields(&fields)?;
        let points = count_of_points(self.points, self.width, self.height)?;
        let encoding = self.encoding.unwrap_or(Encoding::Ascii);
        Ok(Header { fields, points, encoding, body, body_line })
    }
}

fn check_fields(fields: &[Field]) -> Result<(), ParseError> {
    if let Some(f) = fields.iter().find(|f| f.kind == 'F' && f.size < 4) {
        let what = format!("field `{}` is floating point of {} bytes, not 4 or 8", f.name, f.size);
        return Err(ParseError::whole(what));
    }
    let columns: usize = fields.iter().map(|f| f.count).sum();
    if columns > MOST_COLUMNS {
        let what = format!("{columns} values for each point; at most {MOST_COLUMNS} are read");
        return Err(ParseError::whole(what));
    }
    Ok(())
}

/// `POINTS`, or `WIDTH` times `HEIGHT`, which must agree.
fn count_of_points(
    points: Option<usize>,
    width: Option<usize>,
    height: Option<usize>,
) -> Result<usize, ParseError> {
    let area = width.map(|w| w.saturating_mul(height.unwrap_or(1)));
    let what = match (points, area) {
        (Some(points), Some(area)) if points != area => {
            format!("POINTS is {points}, but WIDTH times HEIGHT is {area}")
        }
        (Some(points), _) | (None, Some(points)) if points > MOST_POINTS => {
            format!("{points} points are promised; at most {MOST_POINTS} are read")
        }
        (Some(points), _) | (None, Some(points)) => return Ok(points),
        (None, None) => "neither POINTS nor WIDTH is given".to_owned(),
    };
    Err(ParseError::whole(what))
}

fn parse<T: FromStr>(key: &str, value: &str) -> Result<T, String> {
    value.parse().map_err(|_no_number| format!("{key}: `{}` is not a number", value.escape_debug()))
}

fn number(key: &str, values: &[&str]) -> Result<usize, String> {
    match values {
        [value] => parse(key, value),
        _ => Err(format!("{key} needs one number, {} are given", values.len())),
    }
}

fn numbers(
    key: &str,
    values: &[&str],
    valid: impl Fn(usize) -> bool,
) -> Result<Vec<usize>, String> {
    let check = |value: &&str| {
        let n = parse(key, value)?;
        if valid(n) { Ok(n) } else { Err(format!("{key}: {n} is not possible")) }
    };
    values.iter().map(check).collect()
}

fn kind(value: &str) -> Result<char, String> {
    match value {
        "I" | "i" => Ok('I'),
        "U" | "u" => Ok('U'),
        "F" | "f" => Ok('F'),
        _ => Err(format!("TYPE: `{}` is not I, U or F", value.escape_debug())),
    }
}

fn encoding(values: &[&str]) -> Result<Encoding, String> {
    match values {
        ["ascii"] => Ok(Encoding::Ascii),
        ["binary"] => Ok(Encoding::Binary),
        ["binary_compressed"] => Ok(Encoding::Compressed),
        _ => Err(format!(
            "DATA: `{}` is not ascii, binary or binary_compressed",
            values.join(" ").escape_debug()
        )),
    }
}
