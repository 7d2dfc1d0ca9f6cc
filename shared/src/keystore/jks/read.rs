//! Taking a store apart.

use super::{Content, DIGEST, Entry, InPart as _, JCEKS_MAGIC, KeystoreError, MAGIC, Store};
use crate::x509::der::DerError;

/// More than any real store has; a count beyond it is damage.
const MOST: u32 = 100_000;

/// Reads a store. Keys stay protected, and the digest is checked by [`Store::is_intact`].
///
/// # Errors
/// `Damaged` when it breaks off or goes on after its end; `Unsupported` for JCEKS and for versions that nobody wrote.
pub fn read(file: &[u8]) -> Result<Store, KeystoreError> {
    if file.starts_with(&JCEKS_MAGIC) {
        return Err(KeystoreError::unsupported(
            "it is a JCEKS store, whose keys are protected in another way. Convert it first: keytool -importkeystore -srckeystore FILE \
             -srcstoretype JCEKS -destkeystore FILE.p12 -deststoretype PKCS12",
        ));
    }
    let signed_length = file.len().checked_sub(DIGEST).ok_or(DerError::Truncated).part("the store")?;
    let (signed, digest) = file.split_at(signed_length);
    let digest = digest.try_into().map_err(|_| DerError::Truncated).part("the digest")?;
    let mut fields = Fields { rest: signed };
    if fields.take(4).part("the first octets")? != MAGIC {
        return Err(DerError::Malformed).part("the first octets");
    }
    let version = fields.count().part("version")?;
    if !matches!(version, 1 | 2) {
        return Err(KeystoreError::unsupported(format!("it is of version {version}; 1 and 2 are known")));
    }
    let count = fields.count().part("number of entries")?;
    if count > MOST {
        return Err(DerError::TooLarge).part("number of entries");
    }
    let mut entries = Vec::new();
    for _ in 0..count {
        entries.push(fields.entry(version)?);
    }
    if !fields.rest.is_empty() {
        return Err(DerError::TrailingData).part("the store");
    }
    Ok(Store { entries, signed: signed.to_vec(), digest })
}

struct Fields<'a> {
    rest: &'a [u8],
}

impl<'a> Fields<'a> {
    fn take(&mut self, length: usize) -> Result<&'a [u8], DerError> {
        let (taken, rest) = self.rest.split_at_checked(length).ok_or(DerError::Truncated)?;
        self.rest = rest;
        Ok(taken)
    }

    fn count(&mut self) -> Result<u32, DerError> {
        Ok(self.take(4)?.iter().fold(0, |value, &octet| value << 8 | u32::from(octet)))
    }

    fn octets(&mut self) -> Result<&'a [u8], DerError> {
        let length = usize::try_from(self.count()?).map_err(|_| DerError::TooLarge)?;
        self.take(length)
    }

    /// The text of DataOutputStream.writeUTF: UTF-8 of each UTF-16 unit by itself, and NUL in two octets.
    fn text(&mut self) -> Result<String, DerError> {
        let length = self.take(2)?.iter().fold(0, |value, &octet| value << 8 | usize::from(octet));
        let octets = self.take(length)?;
        let mut units = Vec::with_capacity(length);
        let mut rest = octets;
        while let Some((&first, after)) = rest.split_first() {
            let more = match first {
                0..=0x7f => 0,
                0xc0..=0xdf => 1,
                0xe0..=0xef => 2,
                _ => return Err(DerError::Malformed),
            };
            let (following, after) = after.split_at_checked(more).ok_or(DerError::Malformed)?;
            let start = u16::from(first) & [0x7f, 0x1f, 0x0f][more];
            units.push(following.iter().fold(start, |unit, &octet| unit << 6 | u16::from(octet & 0x3f)));
            rest = after;
        }
        Ok(char::decode_utf16(units).map(|unit| unit.unwrap_or(char::REPLACEMENT_CHARACTER)).collect())
    }

    fn certificate(&mut self, version: u32) -> Result<Vec<u8>, KeystoreError> {
        if version == 2 {
            let kind = self.text().part("certificate type")?;
            if kind != "X.509" {
                return Err(KeystoreError::unsupported(format!("it holds a certificate of the type {kind:?}")));
            }
        }
        Ok(self.octets().part("certificate")?.to_vec())
    }

    fn entry(&mut self, version: u32) -> Result<Entry, KeystoreError> {
        let kind = self.count().part("type of an entry")?;
        let alias = self.text().part("alias")?;
        let created = self.take(8).part("date of an entry")?.iter().fold(0, |value, &octet| value << 8 | i64::from(octet));
        let content = match kind {
            1 => {
                let protected = self.octets().part("key")?.to_vec();
                let count = self.count().part("length of a chain")?;
                let mut chain = Vec::new();
                for _ in 0..count {
                    chain.push(self.certificate(version)?);
                }
                Content::Key { protected, chain }
            }
            2 => Content::Trusted(self.certificate(version)?),
            _ => return Err(DerError::Malformed).part("type of an entry"),
        };
        Ok(Entry { alias, created, content })
    }
}
