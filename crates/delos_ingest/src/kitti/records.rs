//! Files of nothing but records of one length.

use crate::ParseError;

/// What such a file holds.
pub(super) struct Records {
    /// Bytes of one record.
    pub(super) bytes: usize,
    /// More than a file has: a limit on what a wrong one can ask for.
    pub(super) most: usize,
    /// The records' name.
    pub(super) name: &'static str,
    /// What the file is.
    pub(super) file: &'static str,
}

impl Records {
    /// Refuses a file of so many bytes that is cut short or too long.
    pub(super) fn check(&self, length: usize) -> Result<(), ParseError> {
        let Self { bytes, most, name, file } = *self;
        let (count, rest) = (length / bytes, length % bytes);
        if count > most {
            return Err(ParseError::whole(format!(
                "{length} bytes are {count} {name}; supported are {most}: this is no {file}"
            )));
        }
        if rest > 0 {
            return Err(ParseError::whole(format!(
                "{length} bytes are {count} {name} of {bytes} bytes and {rest} bytes more: the file is cut short or no {file}"
            )));
        }
        Ok(())
    }
}
