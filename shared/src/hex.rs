//! Bytes as lower-case hexadecimal text, and back.

/// The text of bytes: lower case, two digits each. By table: `format!` is slow and large.
#[must_use]
pub fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let mut text = String::with_capacity(bytes.len() * 2);
    for &byte in bytes {
        text.push(char::from(DIGITS[usize::from(byte >> 4)]));
        text.push(char::from(DIGITS[usize::from(byte & 15)]));
    }
    text
}

/// The bytes of a text of either case; nothing when it is no hexadecimal.
#[must_use]
pub fn unhex(text: &str) -> Option<Vec<u8>> {
    if !text.len().is_multiple_of(2) {
        return None;
    }
    let digit = |character: u8| char::from(character).to_digit(16);
    text.as_bytes().chunks(2).map(|pair| u8::try_from(digit(pair[0])? << 4 | digit(pair[1])?).ok()).collect()
}

#[cfg(test)]
mod tests {
    use super::{hex, unhex};

    #[test]
    fn what_is_written_is_read_and_nothing_else() {
        assert_eq!(hex(&[0, 0x7f, 0xa5]), "007fa5");
        assert_eq!(unhex("007FA5"), Some(vec![0, 0x7f, 0xa5]));
        assert_eq!((unhex("0"), unhex("0g"), unhex("\u{e4}")), (None, None, None));
    }
}
