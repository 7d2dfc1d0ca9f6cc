//! Fingerprints: digests of the whole DER.

use md5::Md5;
use sha1::Sha1;
use sha2::{Digest, Sha256};

use crate::hex::hex;

/// SHA-256, lower-case hex: a certificate's address in Certdeck.
#[must_use]
pub fn sha256_hex(der: &[u8]) -> String {
    hex(&Sha256::digest(der))
}

/// SHA-1, lower-case hex: what older tools print.
#[must_use]
pub fn sha1_hex(der: &[u8]) -> String {
    hex(&Sha1::digest(der))
}

/// MD5, lower-case hex: NSS stores it with each trust object.
#[must_use]
pub fn md5_hex(der: &[u8]) -> String {
    hex(&Md5::digest(der))
}

/// Hex as people compare it: upper case with colons, `AB:CD`.
#[must_use]
pub fn colons(hex: &str) -> String {
    let mut text = String::with_capacity(hex.len() / 2 * 3);
    for (index, character) in hex.chars().enumerate() {
        if index > 0 && index % 2 == 0 {
            text.push(':');
        }
        text.push(character.to_ascii_uppercase());
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digests_are_those_of_the_standards() {
        assert_eq!(sha256_hex(b"abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
        assert_eq!(sha1_hex(b"abc"), "a9993e364706816aba3e25717850c26c9cd0d89d");
        assert_eq!(md5_hex(b"abc"), "900150983cd24fb0d6963f7d28e17f72");
        assert_eq!(colons("ab01f"), "AB:01:F");
    }
}
