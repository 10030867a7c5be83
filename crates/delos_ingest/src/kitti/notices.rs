//! What deserves to be said once, gathered over sequences.

/// Messages with the sequences they hold for, in the order they first came.
#[derive(Debug, Default)]
pub(super) struct Notices {
    entries: Vec<(String, Vec<String>)>,
}

impl Notices {
    /// Notes `message` for a sequence.
    pub(super) fn add(&mut self, sequence: &str, message: impl Into<String>) {
        let message = message.into();
        match self.entries.iter_mut().find(|(known, _)| *known == message) {
            Some((_, sequences)) => sequences.push(sequence.to_owned()),
            None => self.entries.push((message, vec![sequence.to_owned()])),
        }
    }

    /// One line each; the sequences are named unless a message holds for all `count`.
    pub(super) fn into_lines(self, count: usize) -> Vec<String> {
        let line = |(message, sequences): (String, Vec<String>)| {
            if sequences.len() >= count.max(1) {
                message
            } else {
                format!("{}: {message}", sequences.join(", "))
            }
        };
        self.entries.into_iter().map(line).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_is_said_once() {
        let mut notices = Notices::default();
        notices.add("0000", "no poses");
        notices.add("0001", "no timestamps");
        notices.add("0001", "no poses");
        assert_eq!(notices.into_lines(2), ["no poses", "0001: no timestamps"]);
    }
}
