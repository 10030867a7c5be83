//! Decimal numbers, fast and exactly as the standard library reads them.

/// A field of a line, with the bytes that follow it in the file.
#[derive(Clone, Copy, Default)]
pub(super) struct Field<'a> {
    /// From the field's first byte to the end of the file.
    pub(super) tail: &'a [u8],
    /// So many bytes belong to the field.
    pub(super) length: usize,
}

impl<'a> Field<'a> {
    pub(super) fn bytes(self) -> &'a [u8] {
        self.tail.get(..self.length).unwrap_or(self.tail)
    }

    /// The `f64` nearest to the number, bit for bit what [`str::parse`] gives; `None` where it
    /// would refuse. Infinities and NaN are read as such.
    ///
    /// Plain decimals of few digits, nearly all that such files hold, take a short way.
    pub(super) fn number(self) -> Option<f64> {
        self.short().or_else(|| self.long())
    }

    #[cold]
    fn long(self) -> Option<f64> {
        std::str::from_utf8(self.bytes()).ok()?.parse().ok()
    }

    /// Up to seven digits, or up to seven on each side of a point, and a minus before them.
    ///
    /// Fourteen digits and powers of ten up to 10^7 are `f64`s without rounding, so the one
    /// division rounds once and correctly (Clinger, "How to read floating point numbers
    /// accurately", PLDI 1990).
    #[inline]
    fn short(self) -> Option<f64> {
        let is_negative = self.tail.first() == Some(&b'-');
        let start = usize::from(is_negative);
        let (whole, before) = leading_digits(self.tail.get(start..)?)?;
        let mut end = start + before;
        let mut size = whole as f64;
        let mut after = 0;
        if end < self.length && self.tail.get(end) == Some(&b'.') {
            let (part, digits) = leading_digits(self.tail.get(end + 1..)?)?;
            let scale = POWERS_OF_TEN.get(digits)?;
            size = (whole * scale + part) as f64 / *scale as f64;
            after = digits;
            end += 1 + digits;
        }
        let is_plain = end == self.length && before + after > 0;
        is_plain.then_some(if is_negative { -size } else { size })
    }
}

const POWERS_OF_TEN: [u64; 8] = [1, 10, 100, 1_000, 10_000, 100_000, 1_000_000, 10_000_000];

/// The number that the leading digits of `text` make, and how many there are: at most seven,
/// `None` for more or when fewer than eight bytes are left.
///
/// All eight bytes at once in one word, as in Lemire, "Number parsing at a gigabyte per
/// second", 2021.
fn leading_digits(text: &[u8]) -> Option<(u64, usize)> {
    const ONES: u64 = 0x0101_0101_0101_0101;
    let word = u64::from_le_bytes(*text.first_chunk()?) ^ (ONES * u64::from(b'0'));
    // The top bit of the first byte above 9; what a carry does to later ones does not matter.
    let others = (word.wrapping_add(ONES * (0x80 - 10)) | word) & (ONES * 0x80);
    let count = others.trailing_zeros() / 8;
    if count > 7 {
        return None;
    }
    // The digits to the end of the word, zeros before them; then pairs, fours, all eight.
    let digits = (word << (8 * (7 - count))) << 8;
    let pairs = digits.wrapping_mul(10).wrapping_add(digits >> 8);
    let even = (pairs & 0xff_0000_00ff).wrapping_mul(100 + (1_000_000 << 32));
    let odd = ((pairs >> 16) & 0xff_0000_00ff).wrapping_mul(1 + (10_000 << 32));
    Some((even.wrapping_add(odd) >> 32, count as usize))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn number(text: &[u8], length: usize) -> Option<f64> {
        Field { tail: text, length }.number()
    }

    /// Whatever follows the field.
    fn same_as_standard(text: &str) {
        let wanted = text.parse::<f64>().ok().map(f64::to_bits);
        for follows in ["", " ", "\n", " 12345678", "\r\n1.5 2.25 ", "\u{fe}\u{ff}......"] {
            let file = format!("{text}{follows}");
            let ours = number(file.as_bytes(), text.len());
            assert_eq!(ours.map(f64::to_bits), wanted, "`{text}` before `{follows}`");
        }
    }

    #[test]
    fn hard_cases_are_read_as_the_standard_library_does() {
        let table = "0 -0 -0.0 00012.500 .5 5. . - -. -.5 +1 +.5 1.2.3 1e5 1e-400 1e400 inf -inf nan \
             NaN infinity 9007199254740992 9007199254740993 90071992547.40993 0.1 0.3 \
             123456789012345678 1234567890123456789 0.000000000000000001 \
             12345678901234567.8 99999999999999999999999 1_000 0x10 --1 1- 4.35 2.675";
        table.split(' ').chain(["", " 1", "1 "]).for_each(same_as_standard);
        assert_eq!(number(b"\xff1 2345678", 2), None);
        assert_eq!(number("\u{663} 12345678".as_bytes(), 2), None);
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
