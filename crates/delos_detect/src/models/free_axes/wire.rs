//! Messages in the wire format of Protocol Buffers (protobuf.dev/programming-guides/encoding), as
//! far as changing some fields of a message takes; everything else keeps its bytes.

/// One field of a message.
pub(super) struct Field<'a> {
    /// Its number.
    pub(super) number: u64,
    /// What it holds.
    pub(super) value: Value<'a>,
    /// Number and value as they stand in the message.
    raw: &'a [u8],
}

/// What a field holds.
#[derive(Clone, Copy)]
pub(super) enum Value<'a> {
    /// A whole number.
    Whole(u64),
    /// Text, a message, or numbers side by side.
    Bytes(&'a [u8]),
    /// A number of 4 or 8 bytes, which nobody here asks for.
    Fixed,
}

/// What becomes of a field.
pub(super) enum Change {
    /// It stays as it is.
    Keep,
    /// It goes.
    Drop,
    /// It holds these bytes.
    Bytes(Vec<u8>),
}

impl<'a> Field<'a> {
    /// The bytes of field `number`, if this is it.
    pub(super) fn bytes_of(&self, number: u64) -> Option<&'a [u8]> {
        match self.value {
            Value::Bytes(bytes) if self.number == number => Some(bytes),
            _ => None,
        }
    }
}

/// The fields of a message, in order; the last one is an error where the message is cut off.
pub(super) fn fields(message: &[u8]) -> impl Iterator<Item = Result<Field<'_>, String>> {
    let mut rest = message;
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let field = next_field(&mut rest);
        if field.is_none() {
            rest = &[];
        }
        Some(field.ok_or_else(|| "it is no network, or cut off".to_owned()))
    })
}

/// The message with what `change` says of each field.
pub(super) fn rewrite(
    message: &[u8],
    mut change: impl FnMut(&Field<'_>) -> Result<Change, String>,
) -> Result<Vec<u8>, String> {
    let mut out = Vec::with_capacity(message.len());
    for field in fields(message) {
        let field = field?;
        match change(&field)? {
            Change::Keep => out.extend_from_slice(field.raw),
            Change::Drop => {}
            Change::Bytes(bytes) => put_bytes(&mut out, field.number, &bytes),
        }
    }
    Ok(out)
}

/// Appends a field that holds bytes.
pub(super) fn put_bytes(out: &mut Vec<u8>, number: u64, bytes: &[u8]) {
    put_whole(out, number << 3 | 2);
    put_whole(out, bytes.len() as u64);
    out.extend_from_slice(bytes);
}

fn put_whole(out: &mut Vec<u8>, mut value: u64) {
    while value >= 0x80 {
        out.push((value & 0x7f) as u8 | 0x80);
        value >>= 7;
    }
    out.push(value as u8);
}

fn next_field<'a>(rest: &mut &'a [u8]) -> Option<Field<'a>> {
    let start = *rest;
    let key = take_whole(rest)?;
    let value = match key & 7 {
        0 => Value::Whole(take_whole(rest)?),
        1 => take(rest, 8).map(|_| Value::Fixed)?,
        2 => {
            let length = usize::try_from(take_whole(rest)?).ok()?;
            Value::Bytes(take(rest, length)?)
        }
        5 => take(rest, 4).map(|_| Value::Fixed)?,
        _ => return None,
    };
    let raw = start.get(..start.len() - rest.len())?;
    Some(Field { number: key >> 3, value, raw })
}

fn take<'a>(rest: &mut &'a [u8], length: usize) -> Option<&'a [u8]> {
    let (taken, left) = rest.split_at_checked(length)?;
    *rest = left;
    Some(taken)
}

/// A number of at most 64 bits, seven in a byte, the lowest first.
fn take_whole(rest: &mut &[u8]) -> Option<u64> {
    let mut value = 0_u64;
    for place in 0..10 {
        let byte = *take(rest, 1)?.first()?;
        value |= u64::from(byte & 0x7f).checked_shl(7 * place)?;
        if byte < 0x80 {
            return Some(value);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn numbers_of_every_length_are_read_back() {
        for value in [0, 1, 127, 128, 300, u64::from(u32::MAX), u64::MAX] {
            let mut bytes = Vec::new();
            put_whole(&mut bytes, value);
            let mut rest = bytes.as_slice();
            assert_eq!((take_whole(&mut rest), rest.len()), (Some(value), 0), "{value}");
        }
    }

    #[test]
    fn a_message_of_which_nothing_changes_keeps_its_bytes() {
        // Field 1 = 150; field 2 = "abc"; field 3 fixed of 4 bytes, field 4 of 8 bytes.
        let message = [
            &[0x08, 0x96, 0x01, 0x12, 3][..],
            b"abc",
            &[0x1d, 1, 2, 3, 4, 0x21, 1, 2, 3, 4, 5, 6, 7, 8],
        ]
        .concat();
        let kept = rewrite(&message, |_| Ok(Change::Keep)).expect("a message");
        assert_eq!(kept, message);
        let without = rewrite(&message, |field| {
            Ok(if field.number == 2 { Change::Drop } else { Change::Keep })
        });
        assert_eq!(without.expect("a message").len(), message.len() - 5);
        for end in [1, 2, 4, 6, 10, message.len() - 1] {
            assert!(rewrite(&message[..end], |_| Ok(Change::Keep)).is_err(), "{end}");
        }
    }

    proptest! {
        #[test]
        fn whatever_is_read_is_written_again(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            if let Ok(kept) = rewrite(&bytes, |_| Ok(Change::Keep)) {
                prop_assert_eq!(kept, bytes);
            }
        }
    }
}
