//! One row of any format, checked.

use super::fields::Lines;
use super::format::{Columns, MOST_FRAMES, OnOddity, RowFormat, RowRules};
use super::wrong::{Reason, WrongRow};
use delos_core::{BenchmarkRow, MotRow, ObjectClass};

/// What stands where an extent is not given.
const NO_SIZE: [[f64; 3]; 2] = [[-1.0; 3], [-1000.0; 3]];

/// What stands where the angle to the camera is not given, radians.
const NO_ALPHA: f64 = -10.0;

/// Reads the line that `lines` is at.
pub(super) struct RowReader<'a, 'b> {
    pub(super) lines: &'a Lines<'b>,
    pub(super) columns: &'a Columns,
    pub(super) rules: &'a RowRules,
}

/// A row of `MOTChallenge`.
pub(super) fn mot(reader: &RowReader<'_, '_>) -> Result<MotRow, WrongRow> {
    reader.check_columns()?;
    let mut rest = [-1.0; 3];
    for (value, index) in rest.iter_mut().zip(7..reader.lines.count()) {
        *value = reader.number(index)?;
    }
    let row = MotRow {
        line: reader.lines.line(),
        frame: reader.frame(0)?,
        id: reader.whole(1)?,
        rectangle: reader.numbers(2)?,
        confidence: reader.number(6)?,
        rest,
    };
    reader.check_identity(row.id)?;
    let [.., width, height] = row.rectangle;
    if (width < 0.0 || height < 0.0) && !reader.keeps_oddities() {
        let what = format!("rectangle of width {width} and height {height}: below zero");
        return Err(reader.wrong(Reason::Size, what));
    }
    Ok(row)
}

impl RowReader<'_, '_> {
    /// A row of KITTI's benchmarks.
    pub(super) fn benchmark(&self, format: RowFormat) -> Result<BenchmarkRow, WrongRow> {
        self.check_columns()?;
        let row = match format {
            RowFormat::KittiTracking => self.kitti(self.frame(0)?, self.whole(1)?, 2),
            RowFormat::KittiObject => self.kitti(0, -1, 0),
            RowFormat::Ab3dmot => self.ab3dmot(),
        }?;
        if row.class != ObjectClass::DontCare {
            self.check_identity(row.id)?;
            self.check_size(&row)?;
        }
        self.check_rectangle(&row)?;
        Ok(row)
    }

    /// The fields from the type on, which begin at `first`.
    fn kitti(&self, frame: u32, id: i64, first: usize) -> Result<BenchmarkRow, WrongRow> {
        let score = if self.lines.count() > first + 15 { Some(first + 15) } else { None };
        Ok(BenchmarkRow {
            line: self.lines.line(),
            frame,
            id,
            class: self.kitti_class(first)?,
            truncation: self.number(first + 1)?,
            occlusion: self.whole(first + 2)?,
            alpha: self.number(first + 3)?,
            image_box: self.numbers(first + 4)?,
            size_hwl: self.numbers(first + 8)?,
            bottom: self.numbers(first + 11)?,
            rotation_y: self.number(first + 14)?,
            score: score.map(|index| self.number(index)).transpose()?,
        })
    }

    fn ab3dmot(&self) -> Result<BenchmarkRow, WrongRow> {
        let class = match self.whole(1)? {
            1 => ObjectClass::Pedestrian,
            2 => ObjectClass::Car,
            3 => ObjectClass::Cyclist,
            other => {
                let what = format!("type {other} is none of 1 pedestrian, 2 car, 3 cyclist");
                return Err(self.wrong(Reason::Class, what));
            }
        };
        Ok(BenchmarkRow {
            line: self.lines.line(),
            frame: self.frame(0)?,
            id: -1,
            class,
            truncation: -1.0,
            occlusion: -1,
            alpha: if self.lines.count() > 14 { self.number(14)? } else { NO_ALPHA },
            image_box: self.numbers(2)?,
            size_hwl: self.numbers(7)?,
            bottom: self.numbers(10)?,
            rotation_y: self.number(13)?,
            score: Some(self.number(6)?),
        })
    }

    fn keeps_oddities(&self) -> bool {
        self.rules.on_oddity == OnOddity::Keep
    }

    fn check_columns(&self) -> Result<(), WrongRow> {
        let mut count = self.lines.count();
        if self.keeps_oddities() {
            count = count.min(self.columns.names.len());
        }
        let mistake = self.columns.mistake(count);
        mistake.map_or(Ok(()), |what| Err(self.wrong(Reason::Columns, what)))
    }

    fn check_identity(&self, id: i64) -> Result<(), WrongRow> {
        if !self.rules.needs_identity || id >= 0 {
            return Ok(());
        }
        let what = format!("id {id}: a tracked object needs an identity of 0 or more");
        Err(self.wrong(Reason::Identity, what))
    }

    fn check_size(&self, row: &BenchmarkRow) -> Result<(), WrongRow> {
        let [h, w, l] = row.size_hwl;
        let is_given = !NO_SIZE.contains(&row.size_hwl);
        let is_negative = is_given && (h < 0.0 || w < 0.0 || l < 0.0);
        let what = if is_negative && !self.keeps_oddities() {
            format!("size {h} {w} {l} (h w l): below zero; -1 -1 -1 says that it is not known")
        } else if self.rules.needs_place && !is_given {
            format!("size {h} {w} {l} (h w l): not given, and this comparison is in space")
        } else {
            return Ok(());
        };
        Err(self.wrong(Reason::Size, what))
    }

    fn check_rectangle(&self, row: &BenchmarkRow) -> Result<(), WrongRow> {
        let [x1, y1, x2, y2] = row.image_box;
        let (first, second) = match (x2 < x1, y2 < y1) {
            (false, false) => return Ok(()),
            _ if self.keeps_oddities() => return Ok(()),
            (true, _) => ("x2", "x1"),
            (false, true) => ("y2", "y1"),
        };
        let what = format!("rectangle {x1} {y1} {x2} {y2}: {first} is less than {second}");
        Err(self.wrong(Reason::Rectangle, what))
    }

    fn kitti_class(&self, index: usize) -> Result<ObjectClass, WrongRow> {
        let name = std::str::from_utf8(self.lines.field(index)).unwrap_or_default();
        ObjectClass::from_kitti(name).or_else(|_unknown| {
            // The reference tools do not tell capitals from small letters.
            let alike = |class: &ObjectClass| class.kitti_name().eq_ignore_ascii_case(name);
            ObjectClass::all().find(alike).ok_or_else(|| {
                let known: Vec<_> = ObjectClass::all().map(ObjectClass::kitti_name).collect();
                let shown = self.lines.shown(index);
                let what = format!("unknown class `{shown}`; known are {}", known.join(", "));
                self.wrong(Reason::Class, what)
            })
        })
    }

    /// Field `index` as a frame's number.
    fn frame(&self, index: usize) -> Result<u32, WrongRow> {
        let number = self.whole(index)?;
        let first = self.columns.first_frame;
        let frames = self.rules.frames.unwrap_or(MOST_FRAMES);
        let frame = u32::try_from(number).ok();
        if let Some(frame) = frame.filter(|n| (first..first.saturating_add(frames)).contains(n)) {
            return Ok(frame);
        }
        let what = if number < i64::from(first) {
            format!("frame {number}: frames are counted from {first}")
        } else if self.rules.frames.is_some() {
            format!("frame {number} lies past the end of the sequence, which has {frames} frames")
        } else {
            format!("frame {number}: no sequence has more than {MOST_FRAMES} frames")
        };
        Err(self.wrong(Reason::Frame, what))
    }

    /// Field `index` as a whole number; `12.0` counts as one.
    fn whole(&self, index: usize) -> Result<i64, WrongRow> {
        const LARGEST: i64 = 1 << 53;
        let value = self.number(index)?;
        let whole = value as i64;
        if value - whole as f64 == 0.0 && (-LARGEST..=LARGEST).contains(&whole) {
            return Ok(whole);
        }
        Err(self.refuse_field(index, Reason::Number, "is not a whole number"))
    }

    fn numbers<const N: usize>(&self, first: usize) -> Result<[f64; N], WrongRow> {
        let mut values = [0.0; N];
        for (offset, value) in values.iter_mut().enumerate() {
            *value = self.number(first + offset)?;
        }
        Ok(values)
    }

    fn number(&self, index: usize) -> Result<f64, WrongRow> {
        match self.lines.number(index) {
            Some(value) if value.is_finite() => Ok(value),
            Some(_) => Err(self.refuse_field(index, Reason::NotFinite, "is not a finite number")),
            None => Err(self.refuse_field(index, Reason::Number, "is not a number")),
        }
    }

    #[cold]
    fn refuse_field(&self, index: usize, reason: Reason, why: &str) -> WrongRow {
        let name = self.columns.names.get(index).copied().unwrap_or("?");
        let shown = self.lines.shown(index);
        self.wrong(reason, format!("column {} ({name}): `{shown}` {why}", index + 1))
    }

    #[cold]
    fn wrong(&self, reason: Reason, what: String) -> WrongRow {
        WrongRow { line: self.lines.line(), reason, what }
    }
}
