//! Numbers with their words, for people.

/// `1 frame`, `28 frames`.
pub(crate) fn frames(count: u64) -> String {
    counted(count, "frame")
}

/// A count of something whose plural ends in s.
pub(crate) fn counted(count: u64, what: &str) -> String {
    if count == 1 { format!("1 {what}") } else { format!("{count} {what}s") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_is_singular() {
        let table = [(0, "0 frames"), (1, "1 frame"), (2, "2 frames"), (21, "21 frames")];
        for (count, wanted) in table {
            assert_eq!(frames(count), wanted);
        }
        assert_eq!(counted(1, "sequence"), "1 sequence");
    }
}
