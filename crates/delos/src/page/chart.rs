//! Charts as inline SVG, drawn by ourselves: no script, no font, no picture from outside.

use super::html::Html;
pub(crate) use super::scale::Axis;
use std::fmt::Write;

/// Space for the values and the name of an axis, in the units of the picture.
const LEFT: f64 = 46.0;
const BOTTOM: f64 = 38.0;
const TOP: f64 = 10.0;
const RIGHT: f64 = 14.0;

/// Points nearer than this to the one before are not drawn.
const NEAR: f64 = 0.5;

/// A line over an axis.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Series {
    pub(crate) name: String,
    pub(crate) points: Vec<(f64, f64)>,
    /// Whether values hold until the next one, as counts over scores do.
    pub(crate) is_stepped: bool,
}

/// Something worth a look, with a text that a browser shows when pointed at.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Mark {
    pub(crate) at: (f64, f64),
    pub(crate) text: String,
}

/// Lines, bars and marks over two axes.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Chart {
    pub(crate) title: String,
    pub(crate) x: Axis,
    pub(crate) y: Axis,
    pub(crate) series: Vec<Series>,
    pub(crate) marks: Vec<Mark>,
    /// Width and height in units of the picture, about pixels on a phone.
    pub(crate) size: (f64, f64),
}

impl Series {
    pub(crate) fn new(name: impl Into<String>, points: Vec<(f64, f64)>) -> Self {
        Self { name: name.into(), points, is_stepped: false }
    }
}

impl Chart {
    /// A chart without lines, of the size that suits a phone.
    pub(crate) fn new(title: impl Into<String>, x: Axis, y: Axis) -> Self {
        Self { title: title.into(), x, y, series: vec![], marks: vec![], size: (360.0, 250.0) }
    }

    /// The chart with its title and its key.
    pub(crate) fn draw(&self, html: &mut Html) {
        let (width, height) = self.size;
        let view = format!("0 0 {width} {height}");
        let class = if width > 400.0 { "chart wide" } else { "chart" };
        html.with("figure", &[("class", class)], |html| {
            html.item("figcaption", &self.title);
            let label = format!("{}: {} over {}", self.title, self.y.label, self.x.label);
            let attributes = [("viewBox", view.as_str()), ("role", "img"), ("aria-label", &label)];
            html.with("div", &[("class", "scroll")], |html| {
                html.with("svg", &attributes, |html| self.content(html));
            });
            self.key(html);
        });
    }

    fn content(&self, html: &mut Html) {
        self.grid(html);
        for (index, series) in self.series.iter().enumerate() {
            self.line(html, series, index);
        }
        for mark in &self.marks {
            let (x, y) = self.place(mark.at);
            let at = [number(x), number(y)];
            let circle = [("class", "mark"), ("cx", at[0].as_str()), ("cy", &at[1]), ("r", "3.5")];
            html.with("circle", &circle, |html| html.item("title", &mark.text));
        }
    }

    /// Place in the picture.
    fn place(&self, (x, y): (f64, f64)) -> (f64, f64) {
        let (width, height) = self.size;
        (
            LEFT + self.x.place(x) * (width - LEFT - RIGHT),
            height - BOTTOM - self.y.place(y) * (height - BOTTOM - TOP),
        )
    }

    fn grid(&self, html: &mut Html) {
        let (left, bottom) = self.place((self.x.from, self.y.from));
        let (right, top) = self.place((self.x.to, self.y.to));
        for tick in self.y.ticks() {
            let y = self.place((self.x.from, tick)).1;
            rule(html, (left, y), (right, y));
            write(html, "end", (left - 6.0, y + 4.0), &self.y.write(tick));
        }
        for tick in self.x.ticks() {
            let x = self.place((tick, self.y.from)).0;
            rule(html, (x, top), (x, bottom));
            write(html, "middle", (x, bottom + 15.0), &self.x.write(tick));
        }
        write(html, "middle", (f64::midpoint(left, right), self.size.1 - 5.0), &self.x.label);
        let at = format!("translate(11 {}) rotate(-90)", number(f64::midpoint(top, bottom)));
        let label = [("transform", at.as_str()), ("text-anchor", "middle")];
        html.with("text", &label, |html| html.text(&self.y.label));
    }

    fn line(&self, html: &mut Html, series: &Series, index: usize) {
        let known = series.points.iter().filter(|(x, y)| x.is_finite() && y.is_finite());
        let places: Vec<(f64, f64)> = known.map(|point| self.place(*point)).collect();
        let mut path = String::new();
        for (x, y) in apart(&places) {
            let (x, y) = (number(x), number(y));
            let _ = match (path.is_empty(), series.is_stepped) {
                (true, _) => write!(path, "M{x} {y}"),
                (false, true) => write!(path, "H{x}V{y}"),
                (false, false) => write!(path, "L{x} {y}"),
            };
        }
        let class = class(index);
        html.with("path", &[("class", &class), ("d", &path)], |html| {
            html.item("title", &series.name);
        });
    }

    /// Names of the lines, where there are several.
    fn key(&self, html: &mut Html) {
        if self.series.len() < 2 {
            return;
        }
        html.with("ul", &[("class", "key")], |html| {
            for (index, series) in self.series.iter().enumerate() {
                html.with("li", &[], |html| {
                    let swatch = [("viewBox", "0 0 22 8"), ("aria-hidden", "true")];
                    html.with("svg", &swatch, |html| {
                        let class = class(index);
                        html.empty("path", &[("class", &class), ("d", "M1 4H21")]);
                    });
                    html.text(&series.name);
                });
            }
        });
    }
}

/// Leaves out what lies so near to the point before that no eye tells them apart; the last
/// one stays.
fn apart(places: &[(f64, f64)]) -> Vec<(f64, f64)> {
    let mut kept: Vec<(f64, f64)> = Vec::new();
    for (index, place) in places.iter().enumerate() {
        let before = kept.last().copied().unwrap_or((f64::INFINITY, f64::INFINITY));
        let is_near = (place.0 - before.0).hypot(place.1 - before.1) < NEAR;
        if !is_near || index + 1 == places.len() {
            kept.push(*place);
        }
    }
    kept
}

/// Colour and pattern of a line: five of each, then from the begin.
fn class(index: usize) -> String {
    format!("line line{}", index % 5)
}

fn rule(html: &mut Html, from: (f64, f64), to: (f64, f64)) {
    let [x1, y1, x2, y2] = [from.0, from.1, to.0, to.1].map(number);
    html.empty("line", &[("x1", &x1), ("y1", &y1), ("x2", &x2), ("y2", &y2)]);
}

fn write(html: &mut Html, anchor: &str, at: (f64, f64), text: &str) {
    let [x, y] = [at.0, at.1].map(number);
    html.with("text", &[("x", &x), ("y", &y), ("text-anchor", anchor)], |html| html.text(text));
}

/// A coordinate with one decimal: finer than any screen.
fn number(value: f64) -> String {
    format!("{value:.1}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn drawn(chart: &Chart) -> String {
        let mut html = Html::default();
        chart.draw(&mut html);
        html.as_str().to_owned()
    }

    #[test]
    fn lines_run_from_corner_to_corner() {
        let mut chart = Chart::new("curve", Axis::share("recall"), Axis::share("precision"));
        chart.series.push(Series::new("car", vec![(0.0, 0.0), (1.0, 1.0), (f64::NAN, 0.5)]));
        let svg = drawn(&chart);
        assert!(svg.contains("d=\"M46.0 212.0L346.0 10.0\""), "{svg}");
        assert!(!svg.contains("class=\"key\""), "one line needs no key");
    }

    #[test]
    fn steps_hold_their_value() {
        let mut chart = Chart::new("curve", Axis::share("x"), Axis::share("y"));
        let points = vec![(0.0, 1.0), (0.5, 0.5), (1.0, 0.0)];
        chart.series.push(Series { is_stepped: true, ..Series::new("a", points.clone()) });
        chart.series.push(Series::new("b & c", points));
        let svg = drawn(&chart);
        assert!(svg.contains("M46.0 10.0H196.0V111.0H346.0V212.0"), "{svg}");
        assert!(svg.contains("class=\"key\"") && svg.contains("b &amp; c"));
    }

    #[test]
    fn names_with_markup_stay_names() {
        let mut chart = Chart::new("<b>", Axis::share("<i>"), Axis::share("y"));
        chart.marks.push(Mark { at: (0.5, 0.5), text: "</svg>".to_owned() });
        let svg = drawn(&chart);
        assert_eq!(svg.matches("</svg>").count(), 1);
        assert!(svg.contains("&lt;b&gt;") && svg.contains("&lt;i&gt;"));
    }
}
