//! "Did you mean": the nearest known name.

/// The known name nearest to `given`, if any is near.
pub(crate) fn nearest<'a>(
    given: &str,
    known: impl IntoIterator<Item = &'a str>,
) -> Option<&'a str> {
    known
        .into_iter()
        .map(|name| (strsim::damerau_levenshtein(given, name), name))
        .filter(|(distance, name)| *distance <= (name.len() / 2).max(2))
        .min()
        .map(|(_, name)| name)
}

/// `; did you mean …?` or a full stop.
pub(crate) fn hint<'a>(given: &str, known: impl IntoIterator<Item = &'a str>) -> String {
    nearest(given, known).map_or_else(|| ".".to_owned(), |name| format!("; did you mean `{name}`?"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn near_names_are_suggested_and_far_ones_are_not() {
        let known = ["model", "score_threshold", "device"];
        assert_eq!(nearest("modle", known), Some("model"));
        assert_eq!(nearest("scorethreshold", known), Some("score_threshold"));
        assert_eq!(nearest("zzzzzzzz", known), None);
        assert_eq!(hint("x", []), ".");
    }
}
