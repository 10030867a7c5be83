//! Medians without new memory.

/// The lower middle value; none of nothing. `memory` is used and kept.
pub(crate) fn median(memory: &mut Vec<f64>, values: impl Iterator<Item = f64>) -> Option<f64> {
    memory.clear();
    memory.extend(values);
    let middle = memory.len().saturating_sub(1) / 2;
    (!memory.is_empty()).then(|| *memory.select_nth_unstable_by(middle, f64::total_cmp).1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_the_lower_middle() {
        let mut memory = Vec::new();
        let table: [(&[f64], Option<f64>); 4] = [
            (&[], None),
            (&[3.0], Some(3.0)),
            (&[4.0, 1.0], Some(1.0)),
            (&[9.0, -1.0, 5.0, 7.0, 2.0], Some(5.0)),
        ];
        for (values, wanted) in table {
            assert_eq!(median(&mut memory, values.iter().copied()), wanted);
        }
    }
}
