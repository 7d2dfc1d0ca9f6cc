//! Serial numbers (RFC 5280 section 4.1.2.2): positive, 20 octets at most.

use crate::hex::{hex, unhex};
use crate::x509::der::{self, tag};

/// Most octets of a serial number.
const MOST: usize = 20;

/// Why text is no serial number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SerialNumberError {
    /// Neither decimal nor hex.
    #[error("a serial number is decimal, such as 25000, or 0x and hexadecimal, such as 0x61A8")]
    NotANumber,
    /// Zero.
    #[error("a serial number is greater than zero")]
    Zero,
    /// Too long.
    #[error("a serial number has at most 20 octets (160 bits)")]
    TooLong,
}

/// A serial number: the content octets of its INTEGER, positive and as short as can be.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct SerialNumber(Vec<u8>);

impl SerialNumber {
    /// Of random octets: positive, not zero, 126 bits of them kept.
    #[must_use]
    pub fn random(mut octets: [u8; 16]) -> Self {
        octets[0] = octets[0] & 0x7f | 0x40;
        Self(octets.to_vec())
    }

    /// From text: decimal, or `0x` and hex; blanks around it and colons in hex are people's habits.
    ///
    /// # Errors
    /// Says what a serial number looks like.
    pub fn parse(text: &str) -> Result<Self, SerialNumberError> {
        let text = text.trim();
        let magnitude = match text.strip_prefix("0x").or_else(|| text.strip_prefix("0X")) {
            Some(digits) => {
                let digits: String = digits.chars().filter(|digit| *digit != ':').collect();
                let even = if digits.len().is_multiple_of(2) { digits } else { ["0", &digits].concat() };
                unhex(&even).filter(|octets| !octets.is_empty()).ok_or(SerialNumberError::NotANumber)?
            }
            None => decimal(text)?,
        };
        Self::from_magnitude(&magnitude)
    }

    /// From the content octets of an INTEGER in hex, as views have them.
    ///
    /// # Errors
    /// When it is none.
    pub fn from_hex(text: &str) -> Result<Self, SerialNumberError> {
        Self::from_magnitude(&unhex(text).ok_or(SerialNumberError::NotANumber)?)
    }

    fn from_magnitude(octets: &[u8]) -> Result<Self, SerialNumberError> {
        let zeros = octets.iter().take_while(|octet| **octet == 0).count();
        let significant = octets.get(zeros..).unwrap_or_default();
        let content = match significant.first() {
            None => return Err(SerialNumberError::Zero),
            Some(0x80..) => [&[0], significant].concat(),
            Some(_) => significant.to_vec(),
        };
        if content.len() > MOST { Err(SerialNumberError::TooLong) } else { Ok(Self(content)) }
    }

    /// The content octets.
    #[must_use]
    pub fn content(&self) -> &[u8] {
        &self.0
    }

    /// The content octets in lower-case hex, as views have them.
    #[must_use]
    pub fn to_hex(&self) -> String {
        hex(&self.0)
    }

    /// The INTEGER, DER.
    #[must_use]
    pub fn to_der(&self) -> Vec<u8> {
        der::wrap(tag::INTEGER, &self.0)
    }
}

fn decimal(text: &str) -> Result<Vec<u8>, SerialNumberError> {
    if text.is_empty() || !text.bytes().all(|digit| digit.is_ascii_digit()) {
        return Err(SerialNumberError::NotANumber);
    }
    // 160 bits are 49 digits; a longer text need not be multiplied out.
    if text.trim_start_matches('0').len() > 49 {
        return Err(SerialNumberError::TooLong);
    }
    let mut octets = vec![0_u8; MOST + 1];
    for digit in text.bytes() {
        let mut carry = u16::from(digit - b'0');
        for octet in octets.iter_mut().rev() {
            let value = u16::from(*octet) * 10 + carry;
            *octet = (value & 0xff) as u8;
            carry = value >> 8;
        }
    }
    Ok(octets)
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("25000", "61a8")]
    #[case(" 0x61A8 ", "61a8")]
    #[case("0xAB:CD", "00abcd")]
    #[case("1", "01")]
    #[case("255", "00ff")]
    #[case("0x00ff", "00ff")]
    #[case("1461501637330902918203684832716283019655932542975", "00ffffffffffffffffffffffffffffffffffffffff")]
    fn numbers_are_read(#[case] text: &str, #[case] hex: &str) {
        let serial = SerialNumber::parse(text);
        match serial {
            Ok(serial) => assert_eq!(serial.to_hex(), hex),
            // The largest of 160 bits needs an octet for its sign.
            Err(error) => assert_eq!((error, hex.len()), (SerialNumberError::TooLong, 42)),
        }
    }

    #[rstest]
    #[case("", SerialNumberError::NotANumber)]
    #[case("12a", SerialNumberError::NotANumber)]
    #[case("-5", SerialNumberError::NotANumber)]
    #[case("0x", SerialNumberError::NotANumber)]
    #[case("0", SerialNumberError::Zero)]
    #[case("0x000000000000000000000000000000000000000000000000", SerialNumberError::Zero)]
    #[case("99999999999999999999999999999999999999999999999999", SerialNumberError::TooLong)]
    #[case("0x1000000000000000000000000000000000000000000", SerialNumberError::TooLong)]
    fn what_is_none_is_refused(#[case] text: &str, #[case] error: SerialNumberError) {
        assert_eq!(SerialNumber::parse(text), Err(error));
    }

    #[test]
    fn random_ones_are_positive_and_long() {
        for octets in [[0; 16], [0xff; 16], [0x80; 16]] {
            let serial = SerialNumber::random(octets);
            assert!(serial.content()[0] & 0x80 == 0 && serial.content()[0] & 0x40 != 0);
            assert_eq!(serial.content().len(), 16);
        }
    }
}
