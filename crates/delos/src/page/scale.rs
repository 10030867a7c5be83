//! From values to places on an axis.

/// Values `from..=to`, and where to write them.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Axis {
    pub(crate) label: String,
    pub(crate) from: f64,
    pub(crate) to: f64,
    /// Distance between two written values.
    pub(crate) step: f64,
}

impl Axis {
    /// Shares from 0 to 1.
    pub(crate) fn share(label: &str) -> Self {
        Self { label: label.to_owned(), from: 0.0, to: 1.0, step: 0.2 }
    }

    /// From 0 to a round value at or above `to`, with at most five steps.
    pub(crate) fn up_to(label: &str, to: f64) -> Self {
        let step = round_step(to / 5.0);
        let steps = (to / step).ceil().max(1.0);
        Self { label: label.to_owned(), from: 0.0, to: steps * step, step }
    }

    /// From one whole number to another, with at most `steps` steps.
    pub(crate) fn between(label: &str, from: u32, to: u32, steps: f64) -> Self {
        let (from, to) = (f64::from(from), f64::from(to.max(from.saturating_add(1))));
        let step = round_step((to - from) / steps).max(1.0);
        Self { label: label.to_owned(), from, to, step }
    }

    /// Where a value lies, 0 at the begin and 1 at the end of the axis; values outside are put
    /// at its ends.
    pub(crate) fn place(&self, value: f64) -> f64 {
        let place = (value - self.from) / (self.to - self.from);
        if place.is_finite() { place.clamp(0.0, 1.0) } else { 0.0 }
    }

    /// The values that are written at the axis.
    pub(crate) fn ticks(&self) -> Vec<f64> {
        let first = (self.from / self.step - 1e-9).ceil();
        let last = (self.to / self.step + 1e-9).floor();
        let count = (last - first).clamp(0.0, 50.0) as u32;
        (0..=count).map(|i| (first + f64::from(i)) * self.step).collect()
    }

    /// A value with as many decimals as its neighbours at the axis need.
    pub(crate) fn write(&self, value: f64) -> String {
        let decimals = (-self.step.log10().floor()).clamp(0.0, 6.0) as usize;
        format!("{value:.decimals$}")
    }
}

/// 1, 2 or 5 times a power of ten, at or above `least`.
fn round_step(least: f64) -> f64 {
    if !(least.is_finite() && least > 0.0) {
        return 1.0;
    }
    let power = 10f64.powf(least.log10().floor());
    let rounds = [1.0, 2.0, 5.0, 10.0].map(|factor| factor * power);
    rounds.into_iter().find(|step| *step >= least * (1.0 - 1e-9)).unwrap_or(10.0 * power)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn axes_end_at_round_values() {
        let table = [
            (87.3, 100.0, 20.0),
            (100.0, 100.0, 20.0),
            (0.031, 0.04, 0.01),
            (7.0, 8.0, 2.0),
            (0.0, 1.0, 1.0),
            (f64::NAN, 1.0, 1.0),
        ];
        for (value, to, step) in table {
            let axis = Axis::up_to("ms", value);
            assert!((axis.to - to).abs() < 1e-9 || value.is_nan(), "{value}: {axis:?}");
            assert!((axis.step - step).abs() < 1e-9, "{value}: {axis:?}");
        }
    }

    #[test]
    fn ticks_are_written_shortly() {
        let share = Axis::share("precision");
        let written: Vec<String> = share.ticks().iter().map(|tick| share.write(*tick)).collect();
        assert_eq!(written, ["0.0", "0.2", "0.4", "0.6", "0.8", "1.0"]);
        let frames = Axis::between("frame", 3, 97, 5.0);
        assert_eq!(frames.ticks(), [20.0, 40.0, 60.0, 80.0]);
        assert_eq!(frames.write(20.0), "20");
    }

    #[test]
    fn places_stay_on_the_axis() {
        let axis = Axis::share("recall");
        for (value, place) in [(-1.0, 0.0), (0.25, 0.25), (7.0, 1.0), (f64::NAN, 0.0)] {
            assert!((axis.place(value) - place).abs() < 1e-12);
        }
    }
}
