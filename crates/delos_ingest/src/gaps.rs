//! Jumps in frame numbers.

/// Says where ascending frame numbers jump; `None` where each follows the one before.
pub(crate) fn gap_notice(numbers: &[u32]) -> Option<String> {
    let mut gaps = numbers.windows(2).filter(|pair| pair[1] - pair[0] != 1);
    let &[before, after] = gaps.next()? else { return None };
    let more = match gaps.count() {
        0 => String::new(),
        more => format!(" and at {}", counted(more, "more place")),
    };
    Some(format!("frame numbers jump from {before} to {after}{more}"))
}

/// A number of things, in words: `1 frame`, `2 frames`.
pub(crate) fn counted(count: usize, thing: &str) -> String {
    format!("{count} {thing}{}", if count == 1 { "" } else { "s" })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_jump_is_named_and_the_others_are_counted() {
        let table: [(&[u32], Option<&str>); 5] = [
            (&[], None),
            (&[3, 4, 5], None),
            (&[1, 3], Some("frame numbers jump from 1 to 3")),
            (&[0, 1, 4, 9], Some("frame numbers jump from 1 to 4 and at 1 more place")),
            (&[0, 2, 4, 7], Some("frame numbers jump from 0 to 2 and at 2 more places")),
        ];
        for (numbers, wanted) in table {
            assert_eq!(gap_notice(numbers).as_deref(), wanted, "{numbers:?}");
        }
    }
}
