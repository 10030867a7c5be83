//! The times over the number of points, as a picture.

use super::growth::Row;
use super::stages::STAGES;
use anyhow::Result;
use std::fmt::Write;

const SIZE: [f64; 2] = [640.0, 400.0];
/// Left, top, right, bottom of the axes.
const FRAME: [f64; 4] = [56.0, 24.0, 540.0, 350.0];
/// Colours that people who see few can tell apart (Okabe and Ito).
const COLOURS: [&str; STAGES.len()] = ["#0072b2", "#e69f00", "#009e73", "#555555"];
/// Least distance of labels.
const LABEL_PX: f64 = 15.0;
const GRID: &str = "#bbbbbb";
const TEXT: &str = "font-family=\"sans-serif\" font-size=\"12\" fill=\"#777777\"";

/// Lines of all stages over the number of points, both axes from zero.
pub(super) fn svg(rows: &[Row]) -> Result<String> {
    let most = rows.iter().map(|row| row.points).max().unwrap_or(1) as f64;
    let longest = rows.iter().flat_map(|row| row.ms).fold(1.0, f64::max);
    let axes = Axes { points: most, ms: longest };
    let mut out = String::new();
    writeln!(
        out,
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {} {}\">",
        SIZE[0], SIZE[1]
    )?;
    axes.grid(&mut out)?;
    let ends = rows.last().map_or([0.0; STAGES.len()], |row| row.ms);
    let labels = spread(ends.map(|ms| axes.at(0.0, ms)[1]));
    for (stage, name) in STAGES.iter().enumerate() {
        axes.line(&mut out, rows, stage)?;
        let (x, y, colour) = (FRAME[2] + 8.0, labels[stage] + 4.0, COLOURS[stage]);
        writeln!(out, "<text x=\"{x}\" y=\"{y:.1}\" {TEXT} style=\"fill:{colour}\">{name}</text>")?;
    }
    writeln!(out, "</svg>")?;
    Ok(out)
}

/// The ends of the axes.
struct Axes {
    points: f64,
    ms: f64,
}

impl Axes {
    fn at(&self, points: f64, ms: f64) -> [f64; 2] {
        let [left, top, right, bottom] = FRAME;
        let (x, y) = (points / self.points, ms / self.ms);
        [left + x * (right - left), bottom - y * (bottom - top)]
    }

    fn grid(&self, out: &mut String) -> Result<()> {
        let [left, top, right, bottom] = FRAME;
        let step = step(self.ms);
        for number in 0..=(self.ms / step) as u32 {
            let ms = f64::from(number) * step;
            let [_, y] = self.at(0.0, ms);
            writeln!(
                out,
                "<path d=\"M{left} {y:.1}H{right}\" stroke=\"{GRID}\" stroke-width=\"0.5\"/>\
                 <text x=\"{:.0}\" y=\"{:.1}\" text-anchor=\"end\" {TEXT}>{ms}</text>",
                left - 6.0,
                y + 4.0
            )?;
        }
        for thousands in (0..=(self.points / 1000.0) as u32).step_by(100) {
            let [x, _] = self.at(1000.0 * f64::from(thousands), 0.0);
            writeln!(
                out,
                "<text x=\"{x:.1}\" y=\"{:.0}\" text-anchor=\"middle\" {TEXT}>{thousands}</text>",
                bottom + 18.0
            )?;
        }
        writeln!(
            out,
            "<text x=\"{left}\" y=\"{:.0}\" {TEXT}>ms a scan</text>\
             <text x=\"{right}\" y=\"{:.0}\" text-anchor=\"end\" {TEXT}>thousand points</text>",
            top - 8.0,
            bottom + 36.0
        )?;
        Ok(())
    }

    fn line(&self, out: &mut String, rows: &[Row], stage: usize) -> Result<()> {
        let places = rows.iter().map(|row| self.at(row.points as f64, row.ms[stage]));
        let places: Vec<String> = places.map(|[x, y]| format!("{x:.1},{y:.1}")).collect();
        writeln!(
            out,
            "<polyline points=\"{}\" fill=\"none\" stroke=\"{}\" stroke-width=\"2\"/>",
            places.join(" "),
            COLOURS[stage]
        )?;
        Ok(())
    }
}

/// Heights of labels, from the top, moved down as far as they would lie on each other.
fn spread(mut labels: [f64; STAGES.len()]) -> [f64; STAGES.len()] {
    let mut order: Vec<usize> = (0..labels.len()).collect();
    order.sort_by(|a, b| labels[*a].total_cmp(&labels[*b]));
    for pair in order.windows(2) {
        labels[pair[1]] = labels[pair[1]].max(labels[pair[0]] + LABEL_PX);
    }
    labels
}

/// A round step that cuts the axis into four to ten pieces.
fn step(end: f64) -> f64 {
    let decade = 10.0_f64.powf((end / 4.0).log10().floor());
    [5.0, 2.0].map(|part| part * decade).into_iter().find(|s| end / s >= 4.0).unwrap_or(decade)
}
