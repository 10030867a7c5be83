//! Causes and numbers in words.

use delos_core::{EndCause, MissCause, TrackCause};

/// A probability or a cost.
pub(super) fn number(value: f64) -> String {
    rounded(value, 3)
}

/// A score as the detector gave it, or metres.
pub(super) fn coarse(value: f64) -> String {
    rounded(value, 2)
}

/// A share of the gate.
pub(super) fn percent(share: f64) -> String {
    rounded(share * 100.0, 0) + " %"
}

/// A number with all the digits that are logged.
pub(super) fn exact(value: f64) -> String {
    ((value * 1e5).round() / 1e5).to_string()
}

fn rounded(value: f64, decimals: u8) -> String {
    if !value.is_finite() {
        return "?".to_owned();
    }
    // Very large ones by their magnitude, very small ones by their digits.
    let size = value.abs();
    let is_lost = size < 0.5 * 0.1f64.powi(decimals.into());
    if size >= 1e9 || (decimals > 0 && size > 0.0 && is_lost) {
        return format!("{value:.1e}");
    }
    // Zero has no sign.
    let value = value + 0.0;
    format!("{value:.*}", usize::from(decimals))
}

/// `0.020 to 0.110`, or one number.
pub(super) fn span(values: impl Iterator<Item = f64>) -> String {
    let (mut low, mut high) = (f64::INFINITY, f64::NEG_INFINITY);
    for value in values {
        (low, high) = (low.min(value), high.max(value));
    }
    let [from, to] = [low, high].map(number);
    if from == to { from } else { format!("{from} to {to}") }
}

/// One thing, or several.
pub(super) fn count(number: u64, thing: &str) -> String {
    if number == 1 { format!("1 {thing}") } else { format!("{number} {thing}s") }
}

/// A place in the vehicle's frame.
pub(super) fn place([ahead, left]: [f64; 2]) -> String {
    let along = if ahead < 0.0 { "behind" } else { "ahead" };
    let across = if left < 0.0 { "right" } else { "left" };
    format!("{} m {along}, {} m {across}", rounded(ahead.abs(), 1), rounded(left.abs(), 1))
}

/// What happened, for a column.
pub(super) fn cause(cause: TrackCause) -> String {
    match cause {
        TrackCause::Born => "born".to_owned(),
        TrackCause::BornConfirmed => "born, believed".to_owned(),
        TrackCause::Gathering => "seen, not believed yet".to_owned(),
        TrackCause::Confirmed => "seen, now believed".to_owned(),
        TrackCause::Seen => "seen".to_owned(),
        TrackCause::Doubted => "seen, doubted".to_owned(),
        TrackCause::Coasted(why) => format!("coasts: {}", miss(why)),
        TrackCause::Lost(why) => format!("lost: {}", miss(why)),
    }
}

fn miss(why: MissCause) -> String {
    match why {
        MissCause::NothingInGate => "nothing in gate".to_owned(),
        MissCause::TooDear => "too dear".to_owned(),
        MissCause::Taken(by) => format!("taken by {by}"),
        MissCause::Unwatched => "no detections came".to_owned(),
    }
}

/// Why a track ended, for a column.
pub(super) fn end(cause: EndCause) -> String {
    match cause {
        EndCause::Unseen => "unseen".to_owned(),
        EndCause::Doubtful => "doubtful".to_owned(),
        EndCause::DuplicateOf(better) => format!("duplicate of {better}"),
        EndCause::Gap => "gap".to_owned(),
        EndCause::OtherFrame => "pose changed".to_owned(),
        EndCause::Broken => "broken".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_short_and_never_silly() {
        let table = [
            (0.12345, "0.123"),
            (-0.0, "0.000"),
            (0.0002, "2.0e-4"),
            (1e300, "1.0e300"),
            (f64::NAN, "?"),
            (f64::INFINITY, "?"),
        ];
        for (value, wanted) in table {
            assert_eq!(number(value), wanted);
        }
        assert_eq!(percent(0.344), "34 %");
        assert_eq!(percent(0.0004), "0 %");
        assert_eq!(span([0.2, 0.1].into_iter()), "0.100 to 0.200");
        assert_eq!(span([0.1001, 0.1].into_iter()), "0.100");
        assert_eq!(span(std::iter::empty()), "?");
        assert_eq!(place([-3.0, 2.04]), "3.0 m behind, 2.0 m left");
        assert_eq!(count(1, "hit") + &count(2, "hit"), "1 hit2 hits");
    }
}
