//! A password as the formats encode it, and how much computing a file may ask for.

use std::cell::Cell;

use zeroize::Zeroizing;

use super::error::KeyFileError;

/// Rounds that one file may cost: enough for eighty keys of pk12util's making, half a minute at most.
const MOST_ROUNDS: u64 = 50_000_000;

/// One way to encode a password.
#[derive(Clone)]
pub(super) struct Password {
    /// For PKCS#12's own derivation: UTF-16, big-endian, with a zero at the end.
    pub(super) wide: Zeroizing<Vec<u8>>,
    /// For PBKDF2 and the older derivations of PKCS#5.
    pub(super) narrow: Zeroizing<Vec<u8>>,
}

impl Password {
    /// As it is written today.
    pub(super) fn new(text: &str) -> Self {
        Self { wide: wide(text.encode_utf16()), narrow: text.as_bytes().to_vec().into() }
    }

    /// The ways in which files were made: of "no password" some take the zero at the end for a part of it and some do not, and OpenSSL
    /// before 1.1 took the octets of UTF-8 for characters.
    pub(super) fn candidates(text: &str) -> Vec<Self> {
        let mut all = vec![Self::new(text)];
        if text.is_empty() {
            all.push(Self { wide: Zeroizing::default(), narrow: Zeroizing::default() });
        } else if !text.is_ascii() {
            all.push(Self { wide: wide(text.bytes().map(u16::from)), narrow: text.as_bytes().to_vec().into() });
        }
        all
    }
}

fn wide(units: impl Iterator<Item = u16>) -> Zeroizing<Vec<u8>> {
    // Growing would leave copies behind.
    let units: Zeroizing<Vec<u16>> = units.collect::<Vec<_>>().into();
    let mut octets = Zeroizing::new(Vec::with_capacity(units.len() * 2 + 2));
    for unit in units.iter() {
        octets.extend_from_slice(&unit.to_be_bytes());
    }
    octets.extend_from_slice(&[0, 0]);
    octets
}

/// Rounds spent on one file so far.
#[derive(Default)]
pub(super) struct Effort(Cell<u64>);

impl Effort {
    /// Asks for so many more.
    pub(super) fn spend(&self, rounds: u32) -> Result<(), KeyFileError> {
        self.0.set(self.0.get().saturating_add(u64::from(rounds)));
        if self.0.get() > MOST_ROUNDS {
            return Err(KeyFileError::Unsupported(format!("opening it takes more than {MOST_ROUNDS} rounds of key derivation")));
        }
        Ok(())
    }
}
