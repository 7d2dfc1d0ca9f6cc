//! Non-negative INTEGERs.

use crate::x509::der::{DerError, Reader, tag};

/// A non-negative INTEGER of at most eight octets.
pub(in crate::keystore) fn number(fields: &mut Reader<'_>) -> Result<u64, DerError> {
    let content = fields.expect(tag::INTEGER)?.content;
    match content {
        [] => Err(DerError::Malformed),
        [first, ..] if *first >= 0x80 => Err(DerError::Malformed),
        [0, rest @ ..] | rest if rest.len() <= 8 => Ok(rest.iter().fold(0, |value, &octet| value << 8 | u64::from(octet))),
        _ => Err(DerError::TooLarge),
    }
}

/// Content of a non-negative INTEGER.
pub(in crate::keystore) fn unsigned(value: u32) -> Vec<u8> {
    let octets = [&[0_u8], value.to_be_bytes().as_slice()].concat();
    let mut first = 0;
    while first + 1 < octets.len() && octets[first] == 0 && octets[first + 1] < 0x80 {
        first += 1;
    }
    octets.get(first..).unwrap_or_default().to_vec()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_minimal() {
        let cases: [(u32, &[u8]); 5] =
            [(0, &[0]), (127, &[0x7f]), (128, &[0, 0x80]), (600_000, &[9, 0x27, 0xc0]), (u32::MAX, &[0, 0xff, 0xff, 0xff, 0xff])];
        for (value, octets) in cases {
            assert_eq!(unsigned(value), octets);
        }
    }
}
