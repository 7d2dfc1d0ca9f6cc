//! Ciphers that passwords put to work.

use std::fmt;

/// A cipher in CBC mode, or RC4.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cipher {
    /// RC4 with a key of so many bits.
    Rc4(u32),
    /// RC2 with so many effective bits.
    Rc2(u32),
    /// DES.
    Des,
    /// Triple DES with two keys.
    TwoKeyTripleDes,
    /// Triple DES.
    TripleDes,
    /// AES with a key of so many bits.
    Aes(u32),
}

impl Cipher {
    /// Whether a patient reader breaks it without the password.
    #[must_use]
    pub fn is_broken(self) -> bool {
        matches!(self, Self::Rc4(_) | Self::Rc2(_) | Self::Des)
    }
}

impl fmt::Display for Cipher {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Rc4(bits) => write!(formatter, "RC4-{bits}"),
            Self::Rc2(bits) => write!(formatter, "RC2-{bits}"),
            Self::Des => formatter.write_str("DES"),
            Self::TwoKeyTripleDes => formatter.write_str("two-key 3DES"),
            Self::TripleDes => formatter.write_str("3DES"),
            Self::Aes(bits) => write!(formatter, "AES-{bits}"),
        }
    }
}
