//! Names of files and folders as text.

use std::ffi::OsStr;
use std::fmt::Write;

/// A name as text. Bytes that are no UTF-8 are written `\\xFF`, so that two names that differ in
/// them stay two names.
pub(crate) fn text_of(name: &OsStr) -> String {
    let mut text = String::with_capacity(name.len());
    for chunk in name.as_encoded_bytes().utf8_chunks() {
        text.push_str(chunk.valid());
        for byte in chunk.invalid() {
            // A string takes everything.
            let _ = write!(text, "\\x{byte:02X}");
        }
    }
    text
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;
    use std::os::unix::ffi::OsStrExt;

    #[test]
    fn names_that_differ_stay_different() {
        let table: [(&[u8], &str); 4] = [
            (b"", ""),
            ("dr\u{e4}ve".as_bytes(), "dr\u{e4}ve"),
            (b"d\xff_1", "d\\xFF_1"),
            (b"d\xfe\xc3", "d\\xFE\\xC3"),
        ];
        for (name, wanted) in table {
            assert_eq!(text_of(OsStr::from_bytes(name)), wanted);
        }
    }
}
