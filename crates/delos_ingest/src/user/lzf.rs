//! LZF, the compression of `DATA binary_compressed` in PCD files.

/// The most bytes that one byte of input can stand for: three bytes copy 264.
const LARGEST_EXPANSION: usize = 88;

/// Expands LZF data (Marc Lehmann's format, as PCL writes it) to exactly `length` bytes.
///
/// A control byte below 32 is followed by one more literal bytes than it says; any other
/// copies `2 + (control >> 5)` bytes (7: plus the next byte) from a distance of 13 bits.
///
/// # Errors
/// What is wrong and where. A length that the input cannot reach is refused before
/// anything is allocated for it.
pub fn decompress_lzf(input: &[u8], length: usize) -> Result<Vec<u8>, String> {
    if length > input.len().saturating_mul(LARGEST_EXPANSION) {
        return Err(format!("{} compressed bytes cannot hold {length}", input.len()));
    }
    let mut output = Vec::with_capacity(length);
    let mut rest = input.iter();
    while let Some(&control) = rest.next() {
        let at = input.len() - rest.as_slice().len() - 1;
        let run = usize::from(control >> 5);
        if run == 0 {
            let count = usize::from(control) + 1;
            let (literals, after) =
                rest.as_slice().split_at_checked(count).ok_or_else(|| ends_early(at))?;
            output.extend_from_slice(literals);
            rest = after.iter();
        } else {
            let mut next = || rest.next().map(|b| usize::from(*b)).ok_or_else(|| ends_early(at));
            let count = run + 2 + if run == 7 { next()? } else { 0 };
            let distance = (usize::from(control & 0x1f) << 8) + next()? + 1;
            let from = output.len().checked_sub(distance).ok_or_else(|| {
                format!("compressed byte {at} refers {distance} bytes back, of {}", output.len())
            })?;
            // Source and target may overlap: a short pattern repeats itself.
            for i in from..from + count {
                output.push(output[i]);
            }
        }
        if output.len() > length {
            return Err(format!("expands to more than the {length} bytes its header promises"));
        }
    }
    if output.len() == length {
        Ok(output)
    } else {
        Err(format!("expands to {} bytes, its header promises {length}", output.len()))
    }
}

fn ends_early(at: usize) -> String {
    format!("the compressed data ends inside the run at byte {at}")
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::HashMap;

    /// A plain LZF compressor: the nearest earlier place of the next three bytes.
    pub(crate) fn compress(input: &[u8]) -> Vec<u8> {
        let (mut output, mut literals) = (Vec::new(), Vec::new());
        let mut seen: HashMap<&[u8], usize> = HashMap::new();
        let mut at = 0;
        while at < input.len() {
            let key = input.get(at..at + 3);
            let earlier = key.and_then(|k| seen.insert(k, at)).filter(|e| at - e <= 8192);
            if let Some(earlier) = earlier {
                flush(&mut literals, &mut output);
                let longest = (input.len() - at).min(264);
                let count =
                    (3..longest).find(|n| input[earlier + n] != input[at + n]).unwrap_or(longest);
                copy(count, at - earlier - 1, &mut output);
                at += count;
            } else {
                literals.push(input[at]);
                at += 1;
            }
        }
        flush(&mut literals, &mut output);
        output
    }

    fn flush(literals: &mut Vec<u8>, output: &mut Vec<u8>) {
        for run in literals.chunks(32) {
            output.push(run.len() as u8 - 1);
            output.extend_from_slice(run);
        }
        literals.clear();
    }

    fn copy(count: usize, distance: usize, output: &mut Vec<u8>) {
        let high = (distance >> 8) as u8;
        if count < 9 {
            output.push(((count - 2) as u8) << 5 | high);
        } else {
            output.extend([7 << 5 | high, (count - 9) as u8]);
        }
        output.push(distance as u8);
    }

    #[test]
    fn runs_copies_and_repetitions() {
        // Two literals, then eight bytes from two back: the pattern repeats itself.
        assert_eq!(decompress_lzf(&[1, b'a', b'b', 0xc0, 1], 10).expect("sound"), b"ababababab");
        // A long copy of one byte: 7 + 2 + 3 bytes.
        assert_eq!(decompress_lzf(&[0, b'x', 0xe0, 3, 0], 13).expect("sound"), b"xxxxxxxxxxxxx");
        assert_eq!(decompress_lzf(&[], 0).expect("sound"), b"");
    }

    #[test]
    fn damage_is_refused() {
        let table: [(&[u8], usize, &str); 5] = [
            (&[4, b'a'], 5, "ends inside the run at byte 0"),
            (&[0, b'a', 0x20], 4, "ends inside the run at byte 2"),
            (&[0, b'a', 0x20, 9], 4, "refers 10 bytes back, of 1"),
            (&[0, b'a'], 2, "expands to 1 bytes"),
            (&[0, b'a'], 4_000_000_000, "cannot hold"),
        ];
        for (input, length, wanted) in table {
            let error = decompress_lzf(input, length).expect_err("damaged");
            assert!(error.contains(wanted), "{error}");
        }
    }

    proptest! {
        #[test]
        fn what_was_compressed_comes_back(input in prop::collection::vec(0..4u8, 0..3000)) {
            prop_assert_eq!(decompress_lzf(&compress(&input), input.len()), Ok(input));
        }

        #[test]
        fn noise_never_panics(input in prop::collection::vec(any::<u8>(), 0..200), length in 0..4000usize) {
            if let Ok(output) = decompress_lzf(&input, length) {
                prop_assert_eq!(output.len(), length);
            }
        }
    }
}
