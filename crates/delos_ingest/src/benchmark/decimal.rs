//! Decimal numbers, fast and exactly as the standard library reads them.

/// Powers of ten that are `f64`s without rounding, as far as a field of this length needs them.
const POWERS_OF_TEN: [f64; LONGEST + 1] = [
    1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16,
    1e17, 1e18,
];

/// So many digits always fit into 64 bits.
const LONGEST: usize = 18;

/// Up to here every whole number is an `f64`.
const LARGEST_EXACT: u64 = 1 << 53;

/// The `f64` nearest to the number in `field`, bit for bit what [`str::parse`] gives; `None`
/// where it would refuse. Infinities and NaN are read as such.
///
/// Plain decimals of few digits, nearly all that such files hold, take a short way: digits
/// below 2^53 and powers of ten up to 10^22 are `f64`s without rounding, so one division
/// rounds once and correctly (Clinger, "How to read floating point numbers accurately", PLDI
/// 1990).
pub(super) fn number(field: &[u8]) -> Option<f64> {
    short(field).or_else(|| std::str::from_utf8(field).ok()?.parse().ok())
}

/// Digits with at most one point among them and a minus before them, if there are few enough.
fn short(field: &[u8]) -> Option<f64> {
    let (is_negative, digits) = match field {
        [b'-', digits @ ..] => (true, digits),
        digits => (false, digits),
    };
    if digits.len() > LONGEST {
        return None;
    }
    let mut whole = 0_u64;
    let mut after_point = None;
    for (index, byte) in digits.iter().enumerate() {
        match byte {
            b'0'..=b'9' => whole = whole * 10 + u64::from(byte - b'0'),
            b'.' if after_point.is_none() => after_point = Some(index + 1),
            _ => return None,
        }
    }
    let has_digits = digits.len() > usize::from(after_point.is_some());
    if !has_digits || whole > LARGEST_EXACT {
        return None;
    }
    let decimals = after_point.map_or(0, |first| digits.len() - first);
    let size = whole as f64 / POWERS_OF_TEN.get(decimals)?;
    Some(if is_negative { -size } else { size })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn same_as_standard(text: &str) {
        let (ours, wanted) = (number(text.as_bytes()), text.parse::<f64>().ok());
        assert_eq!(ours.map(f64::to_bits), wanted.map(f64::to_bits), "{text}");
    }

    #[test]
    fn hard_cases_are_read_as_the_standard_library_does() {
        let table = "0 -0 -0.0 00012.500 .5 5. . - -. -.5 +1 +.5 1.2.3 1e5 1e-400 1e400 inf -inf nan \
             NaN infinity 9007199254740992 9007199254740993 90071992547.40993 0.1 0.3 \
             123456789012345678 1234567890123456789 0.000000000000000001 \
             12345678901234567.8 99999999999999999999999 1_000 0x10 --1 1- 4.35 2.675";
        table.split(' ').chain(["", " 1", "1 "]).for_each(same_as_standard);
        assert_eq!(number(b"\xff1"), None);
        assert_eq!(number("\u{663}".as_bytes()), None);
    }

    proptest! {
        #[test]
        fn plain_decimals_are_exact(text in "-?[0-9]{0,12}\\.?[0-9]{0,9}") {
            same_as_standard(&text);
        }

        #[test]
        fn anything_is_read_alike(text in "[-+.0-9eE]{0,24}|\\PC{0,8}") {
            same_as_standard(&text);
        }

        #[test]
        fn written_numbers_come_back(value in any::<f64>(), digits in 0..17_usize) {
            same_as_standard(&value.to_string());
            same_as_standard(&format!("{value:.digits$}"));
            same_as_standard(&format!("{:.6}", value % 1e5));
        }
    }
}
