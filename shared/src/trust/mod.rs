//! NSS trust flags: three fields of letters, and the attributes that softoken stores for them.

mod attributes;
mod merge;
#[cfg(test)]
mod tests;
mod words;

use std::fmt;
use std::str::FromStr;

pub use attributes::{TrustAttributes, constants};
pub(crate) use words::listed;

/// Trust of one certificate for SSL, e-mail and object signing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct TrustFlags {
    /// First field.
    pub ssl: UsageTrust,
    /// Second field.
    pub email: UsageTrust,
    /// Third field.
    pub object_signing: UsageTrust,
}

/// Letters of one field.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[expect(clippy::struct_excessive_bools, reason = "each letter is a flag of its own in NSS")]
pub struct UsageTrust {
    /// `c`: a valid CA, for chains only.
    pub valid_ca: bool,
    /// `C`: may issue server (or e-mail, or object-signing) certificates.
    pub trusted_ca: bool,
    /// `T`: may issue client certificates.
    pub trusted_client_ca: bool,
    /// `p`: explicitly distrusted.
    pub prohibited: bool,
    /// `P`: trusted as a peer by itself.
    pub trusted_peer: bool,
    /// `u`: its private key is here; derived, never stored.
    pub user: bool,
    /// `w`: send a warning; not storable in PKCS#11.
    pub send_warning: bool,
    /// `g`: step-up; written, not printed back.
    pub step_up: bool,
}

/// Why text is no trust.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TrustError {
    /// A letter NSS does not know.
    #[error("“{letter}” in the {field} field is no trust flag; NSS knows c, C, T, p, P, u, w and g")]
    UnknownLetter {
        /// The letter.
        letter: char,
        /// `SSL`, `e-mail` or `object signing`.
        field: &'static str,
    },
    /// More than two commas.
    #[error("trust has three fields, SSL, e-mail and object signing, separated by two commas; this has {fields}")]
    TooManyFields {
        /// How many there are.
        fields: usize,
    },
}

const FIELDS: [&str; 3] = ["SSL", "e-mail", "object signing"];

impl TrustFlags {
    /// Reads `CT,C,C`. Missing fields are empty, as certutil takes them.
    ///
    /// # Errors
    /// Names the letter that is no flag, or that there are too many fields.
    pub fn parse(text: &str) -> Result<Self, TrustError> {
        let fields = text.split(',').count();
        if fields > FIELDS.len() {
            return Err(TrustError::TooManyFields { fields });
        }
        let mut parsed = [UsageTrust::default(); 3];
        for ((slot, field), letters) in parsed.iter_mut().zip(FIELDS).zip(text.split(',')) {
            *slot = UsageTrust::parse(letters.trim(), field)?;
        }
        let [ssl, email, object_signing] = parsed;
        Ok(Self { ssl, email, object_signing })
    }

    /// What NSS will really store and print back: no `u` and `w`, `T` outside SSL is `c`, `C` wins over `P`.
    #[must_use]
    pub fn stored(self) -> Self {
        Self::from_attributes(self.attributes())
    }

    /// The same with or without `u` in every field, as certutil shows it when the private key is in the database.
    #[must_use]
    pub fn with_user(mut self, user: bool) -> Self {
        self.ssl.user = user;
        self.email.user = user;
        self.object_signing.user = user;
        self
    }

    /// True when nothing is set that NSS would store.
    #[must_use]
    pub fn is_empty(self) -> bool {
        self.with_user(false).stored() == Self::default()
    }

    /// True when a field says `p`.
    #[must_use]
    pub fn is_distrusted(self) -> bool {
        [self.ssl, self.email, self.object_signing].iter().any(|field| field.prohibited)
    }

    /// True when a field makes it an anchor: `C`, or `T` for SSL.
    #[must_use]
    pub fn is_anchor(self) -> bool {
        self.ssl.trusted_ca || self.ssl.trusted_client_ca || self.email.trusted_ca || self.object_signing.trusted_ca
    }
}

impl UsageTrust {
    fn parse(letters: &str, field: &'static str) -> Result<Self, TrustError> {
        let mut usage = Self::default();
        for letter in letters.chars() {
            let flag = match letter {
                'c' => &mut usage.valid_ca,
                'C' => &mut usage.trusted_ca,
                'T' => &mut usage.trusted_client_ca,
                'p' => &mut usage.prohibited,
                'P' => &mut usage.trusted_peer,
                'u' => &mut usage.user,
                'w' => &mut usage.send_warning,
                'g' | 'G' => &mut usage.step_up,
                _ => return Err(TrustError::UnknownLetter { letter, field }),
            };
            *flag = true;
        }
        Ok(usage.normalized())
    }

    /// `C` and `T` say `c` already, `P` says that `p` does not hold: NSS prints neither.
    pub(crate) fn normalized(mut self) -> Self {
        self.valid_ca &= !(self.trusted_ca || self.trusted_client_ca);
        self.prohibited &= !self.trusted_peer;
        self
    }
}

impl FromStr for TrustFlags {
    type Err = TrustError;

    fn from_str(text: &str) -> Result<Self, TrustError> {
        Self::parse(text)
    }
}

impl fmt::Display for UsageTrust {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let usage = self.normalized();
        // The order of CERT_EncodeTrustString; it knows no letter for step-up that certutil would show.
        for (set, letter) in [
            (usage.valid_ca, "c"),
            (usage.prohibited, "p"),
            (usage.trusted_ca, "C"),
            (usage.trusted_client_ca, "T"),
            (usage.trusted_peer, "P"),
            (usage.user, "u"),
            (usage.send_warning, "w"),
        ] {
            if set {
                formatter.write_str(letter)?;
            }
        }
        Ok(())
    }
}

/// As `certutil -L` prints it: `CT,C,C`.
impl fmt::Display for TrustFlags {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.ssl.fmt(formatter)?;
        formatter.write_str(",")?;
        self.email.fmt(formatter)?;
        formatter.write_str(",")?;
        self.object_signing.fmt(formatter)
    }
}
