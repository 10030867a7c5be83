//! `timestamps.txt` of raw drives, read and written.

use super::text::lines_or_blanks;
use crate::ParseError;
use delos_core::Stamp;

const NANOS: i64 = 1_000_000_000;
/// Later years are taken for mistakes.
const LAST_YEAR: i64 = 2200;

/// Parses `YYYY-MM-DD HH:MM:SS.nnnnnnnnn`, one line per frame number from 0; a frame that the
/// sensor does not have is a blank line, and `None`. There is no time zone: the stamps count
/// from 1970-01-01 00:00 of the same clock.
///
/// # Errors
/// The first line that is neither such a time nor blank.
pub fn parse(text: &str) -> Result<Vec<Option<Stamp>>, ParseError> {
    lines_or_blanks(text)
        .enumerate()
        .map(|(frame, text)| {
            if text.is_empty() {
                return Ok(None);
            }
            let wrong = || format!("`{text}` is no time of the form YYYY-MM-DD HH:MM:SS.nnnnnnnnn");
            stamp(text).map(Some).ok_or_else(|| ParseError::line(frame + 1, wrong()))
        })
        .collect()
}

/// Writes a stamp as [`parse`] reads it, to the nanosecond; `None` outside the years 1970 to
/// 2200, which are all it reads.
pub fn format(stamp: Stamp) -> Option<String> {
    let (seconds, nanos) = (stamp.as_nanos() / NANOS, stamp.as_nanos() % NANOS);
    let (days, seconds) = (seconds / 86_400, seconds % 86_400);
    let (year, month, day) = (stamp.as_nanos() >= 0).then(|| date_of(days))?;
    let (hour, minute, second) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    (year <= LAST_YEAR).then(|| {
        format!("{year:04}-{month:02}-{day:02} {hour:02}:{minute:02}:{second:02}.{nanos:09}")
    })
}

fn stamp(text: &str) -> Option<Stamp> {
    let (date, time) = text.split_once(' ')?;
    let mut date = date.split('-');
    let (year, month, day) = (date.next()?, date.next()?, date.next()?);
    let mut time = time.trim_start().split(':');
    let (hour, minute, second) = (time.next()?, time.next()?, time.next()?);
    if date.next().is_some() || time.next().is_some() {
        return None;
    }
    let (second, fraction) = second.split_once('.').unwrap_or((second, "0"));
    let days = days_since_1970(
        bounded(year, 1970..=LAST_YEAR)?,
        bounded(month, 1..=12)?,
        bounded(day, 1..=31)?,
    );
    let hours = days * 24 + bounded(hour, 0..=23)?;
    let seconds = (hours * 60 + bounded(minute, 0..=59)?) * 60 + bounded(second, 0..=60)?;
    Some(Stamp::from_nanos(seconds * NANOS + nanos(fraction)?))
}

fn bounded(text: &str, range: std::ops::RangeInclusive<i64>) -> Option<i64> {
    text.parse().ok().filter(|value| range.contains(value))
}

/// Nanoseconds of a decimal fraction of up to nine digits; further digits are cut off.
fn nanos(fraction: &str) -> Option<i64> {
    if fraction.is_empty() || !fraction.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let digits: String = fraction.chars().chain("000000000".chars()).take(9).collect();
    digits.parse().ok()
}

/// Days from 1970-01-01 in the Gregorian calendar, counting years from March so that
/// the leap day comes last.
fn days_since_1970(year: i64, month: i64, day: i64) -> i64 {
    let (year, month) = if month < 3 { (year - 1, month + 9) } else { (year, month - 3) };
    let leap_days = year / 4 - year / 100 + year / 400;
    365 * year + leap_days + (153 * month + 2) / 5 + day - 1 - 719_468
}

/// The inverse of [`days_since_1970`] (Hinnant, chrono-Compatible Low-Level Date Algorithms,
/// 2013, `civil_from_days`) for days from 1970 on.
fn date_of(days: i64) -> (i64, i64, i64) {
    let days = days + 719_468;
    let (era, day) = (days / 146_097, days % 146_097);
    let year = (day - day / 1460 + day / 36_524 - day / 146_096) / 365;
    let day = day - (365 * year + year / 4 - year / 100);
    let month = (5 * day + 2) / 153;
    let date = day - (153 * month + 2) / 5 + 1;
    let year = year + era * 400;
    if month < 10 { (year, month + 3, date) } else { (year + 1, month - 9, date) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn days_match_the_calendar() {
        let table = [
            ((1970, 1, 1), 0),
            ((2000, 2, 29), 11_016),
            ((2000, 3, 1), 11_017),
            ((2011, 9, 26), 15_243),
        ];
        for ((year, month, day), wanted) in table {
            assert_eq!(days_since_1970(year, month, day), wanted, "{year}-{month}-{day}");
            assert_eq!(date_of(wanted), (year, month, day));
        }
    }

    #[test]
    fn nanoseconds_are_exact() {
        let stamps = parse("2011-09-26 13:02:25.951199337\r\n2011-09-26 13:02:26.054281661\n")
            .expect("valid");
        let stamps: Vec<Stamp> = stamps.into_iter().flatten().collect();
        assert_eq!((stamps[1] - stamps[0]).as_nanos(), 103_082_324);
        assert_eq!(stamps[0].as_nanos(), 1_317_042_145_951_199_337);
    }

    #[test]
    fn a_blank_line_is_a_frame_without_a_time() {
        let (line, stamp) = ("1970-01-01 00:00:01", Some(Stamp::from_nanos(NANOS)));
        for (text, wanted) in [
            (format!("\n{line}\r\n\r\n \n{line}\n\n"), &[None, stamp, None, None, stamp][..]),
            (line.to_owned(), &[stamp]),
            ("\n\n".to_owned(), &[]),
        ] {
            assert_eq!(parse(&text).as_deref(), Ok(wanted), "{text:?}");
        }
        assert_eq!(parse(&format!("\n{line}\nsoon")).expect_err("no time").line, Some(3));
    }

    #[test]
    fn the_wrong_line_is_named() {
        for wrong in [
            "yesterday",
            "2011-13-26 13:02:25.9",
            "2011-09-26 13:02",
            "2011-09-26 13:02:25.x",
            "2011-09-26 1:2:3:4",
        ] {
            let error = parse(&format!("2011-09-26 13:02:25.5\n{wrong}\n")).expect_err(wrong);
            assert_eq!(error.line, Some(2), "{wrong}");
        }
    }

    #[test]
    fn what_cannot_be_read_is_not_written() {
        assert_eq!(
            format(Stamp::from_nanos(1_317_042_145_951_199_337)).as_deref(),
            Some("2011-09-26 13:02:25.951199337")
        );
        assert_eq!(format(Stamp::default()).as_deref(), Some("1970-01-01 00:00:00.000000000"));
        assert_eq!(format(Stamp::from_nanos(-1)), None);
        assert_eq!(format(Stamp::from_nanos(i64::MAX)), None, "2262");
    }

    proptest! {
        #[test]
        fn what_is_written_is_read(nanos in 0..7_258_118_400_000_000_000_i64) {
            let stamp = Stamp::from_nanos(nanos);
            let text = format(stamp).expect("before 2200");
            prop_assert_eq!(parse(&text), Ok(vec![Some(stamp)]));
        }
    }
}
