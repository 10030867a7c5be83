//! One row of any format, checked.

use super::fields::Lines;
use super::format::{MOST_FRAMES, RowFormat, RowRules};
use super::wrong::{Reason, WrongRow};
use delos_core::{BenchmarkRow, ObjectClass};

/// 2^53: up to here every whole number is an `f64` of its own.
const LARGEST_WHOLE: f64 = 9_007_199_254_740_992.0;

/// What stands where an extent is not given.
const NO_SIZE: [[f64; 3]; 2] = [[-1.0; 3], [-1000.0; 3]];

/// Reads the line that `lines` is at.
pub(super) fn read(lines: &Lines<'_>, rules: &RowRules) -> Result<BenchmarkRow, WrongRow> {
    let reader = RowReader { lines, rules };
    reader.check_columns()?;
    let row = match rules.format {
        RowFormat::KittiTracking => reader.kitti(reader.frame(0)?, reader.whole(1)?, 2),
        RowFormat::KittiObject => reader.kitti(0, -1, 0),
        RowFormat::Ab3dmot => reader.ab3dmot(),
        RowFormat::MotChallenge => reader.mot_challenge(),
    }?;
    reader.check(&row)?;
    Ok(row)
}

struct RowReader<'a, 'b> {
    lines: &'a Lines<'b>,
    rules: &'a RowRules,
}

impl RowReader<'_, '_> {
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
            class,
            alpha: self.number(14)?,
            image_box: self.numbers(2)?,
            size_hwl: self.numbers(7)?,
            bottom: self.numbers(10)?,
            rotation_y: self.number(13)?,
            score: Some(self.number(6)?),
            ..self.bare(self.frame(0)?, -1)
        })
    }

    fn mot_challenge(&self) -> Result<BenchmarkRow, WrongRow> {
        let [left, top, width, height] = self.numbers(2)?;
        if width < 0.0 || height < 0.0 {
            let what = format!("rectangle of width {width} and height {height}: below zero");
            return Err(self.wrong(Reason::Size, what));
        }
        for index in 7..self.lines.count() {
            self.number(index)?;
        }
        Ok(BenchmarkRow {
            image_box: [left, top, left + width, top + height],
            score: Some(self.number(6)?),
            ..self.bare(self.frame(0)?, self.whole(1)?)
        })
    }

    /// A row of which nothing more is known; people are what `MOTChallenge` is about.
    const fn bare(&self, frame: u32, id: i64) -> BenchmarkRow {
        BenchmarkRow {
            line: self.lines.line(),
            frame,
            id,
            class: ObjectClass::Pedestrian,
            truncation: -1.0,
            occlusion: -1,
            alpha: -10.0,
            image_box: [-1.0; 4],
            size_hwl: [-1.0; 3],
            bottom: [-1000.0; 3],
            rotation_y: -10.0,
            score: None,
        }
    }

    fn check_columns(&self) -> Result<(), WrongRow> {
        let (fewest, most) = self.rules.column_counts();
        let count = self.lines.count();
        if (fewest..=most).contains(&count) {
            return Ok(());
        }
        let names = self.rules.format.columns();
        let (needed, optional) = names.split_at(fewest.min(names.len()));
        let expected = match most - fewest {
            0 => format!("{fewest} columns expected ({})", needed.join(" ")),
            more => format!(
                "{fewest} {} {most} columns expected ({} [{}])",
                if more == 1 { "or" } else { "to" },
                needed.join(" "),
                optional.join(" "),
            ),
        };
        Err(self.wrong(Reason::Columns, format!("{expected}, {count} found")))
    }

    /// What no column tells alone.
    fn check(&self, row: &BenchmarkRow) -> Result<(), WrongRow> {
        if row.class != ObjectClass::DontCare {
            self.check_identity(row)?;
            self.check_size(row)?;
        }
        self.check_rectangle(row)
    }

    fn check_identity(&self, row: &BenchmarkRow) -> Result<(), WrongRow> {
        if !self.rules.needs_identity || row.id >= 0 {
            return Ok(());
        }
        let what = format!("id {}: a tracked object needs an identity of 0 or more", row.id);
        Err(self.wrong(Reason::Identity, what))
    }

    fn check_size(&self, row: &BenchmarkRow) -> Result<(), WrongRow> {
        let [h, w, l] = row.size_hwl;
        let is_given = !NO_SIZE.contains(&row.size_hwl);
        let what = if is_given && (h < 0.0 || w < 0.0 || l < 0.0) {
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

    /// Field `index` as a frame, counted from 0.
    fn frame(&self, index: usize) -> Result<u32, WrongRow> {
        let (number, first) = (self.whole(index)?, self.rules.format.first_frame());
        let frames = self.rules.frames.unwrap_or(MOST_FRAMES);
        let frame = u32::try_from(number).ok().and_then(|number| number.checked_sub(first));
        if let Some(frame) = frame.filter(|frame| *frame < frames) {
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
        let value = self.number(index)?;
        if value.fract() == 0.0 && value.abs() <= LARGEST_WHOLE {
            return Ok(value as i64);
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
        let name = self.rules.format.columns().get(index).copied().unwrap_or("?");
        let shown = self.lines.shown(index);
        self.wrong(reason, format!("column {} ({name}): `{shown}` {why}", index + 1))
    }

    #[cold]
    fn wrong(&self, reason: Reason, what: String) -> WrongRow {
        WrongRow { line: self.lines.line(), reason, what }
    }
}
