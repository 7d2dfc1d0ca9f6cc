//! Base32 (RFC 4648, section 6) without padding, as authenticator programs take secrets.

const LETTERS: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/// The bytes in Base32.
pub(super) fn encode(bytes: &[u8]) -> String {
    bytes
        .chunks(5)
        .flat_map(|chunk| {
            let number = chunk.iter().chain(std::iter::repeat(&0)).take(5).fold(0_u64, |number, byte| number << 8 | u64::from(*byte));
            // Eight letters of five bits; of a shorter chunk only as many as hold bits of it.
            (0..(chunk.len() * 8).div_ceil(5)).map(move |place| number >> (35 - 5 * place) & 31)
        })
        .filter_map(|five| Some(char::from(*LETTERS.get(usize::try_from(five).ok()?)?)))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_that_of_the_rfc() {
        // RFC 4648, section 10, without the padding.
        let vectors =
            [("", ""), ("f", "MY"), ("fo", "MZXQ"), ("foo", "MZXW6"), ("foob", "MZXW6YQ"), ("fooba", "MZXW6YTB"), ("foobar", "MZXW6YTBOI")];
        for (plain, encoded) in vectors {
            assert_eq!(encode(plain.as_bytes()), encoded, "{plain:?}");
        }
    }
}
