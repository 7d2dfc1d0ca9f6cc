//! The successor of a certificate: the same, but for serial number, validity, and where wanted the key.

use super::certificate::Draft;
use super::extension::{self, id};
use crate::hex::hex;
use crate::x509::der::{self, DerError, Element, tag};
use crate::x509::oid;

/// An old certificate, taken apart for a new one.
#[derive(Debug, Clone)]
pub struct Successor<'a> {
    issuer: &'a [u8],
    subject: &'a [u8],
    subject_public_key_info: &'a [u8],
    extensions: Vec<Kept<'a>>,
}

/// An extension of the old certificate.
#[derive(Debug, Clone, Copy)]
struct Kept<'a> {
    oid: &'a [u8],
    raw: &'a [u8],
}

impl<'a> Successor<'a> {
    /// Takes a certificate, DER, apart.
    ///
    /// # Errors
    /// When it is none.
    pub fn of(certificate: &'a [u8]) -> Result<Self, DerError> {
        let mut fields = der::only(certificate, tag::SEQUENCE)?.reader().expect(tag::SEQUENCE)?.reader();
        fields.optional(0xa0)?;
        fields.expect(tag::INTEGER)?;
        fields.expect(tag::SEQUENCE)?;
        let issuer = fields.expect(tag::SEQUENCE)?.raw;
        fields.expect(tag::SEQUENCE)?;
        let subject = fields.expect(tag::SEQUENCE)?.raw;
        let subject_public_key_info = fields.expect(tag::SEQUENCE)?.raw;
        fields.optional(0x81)?;
        fields.optional(0x82)?;
        let extensions = match fields.optional(0xa3)? {
            Some(list) => read_extensions(list.reader().expect(tag::SEQUENCE)?)?,
            None => Vec::new(),
        };
        Ok(Self { issuer, subject, subject_public_key_info, extensions })
    }

    /// Its issuer, a DER Name.
    #[must_use]
    pub fn issuer(&self) -> &'a [u8] {
        self.issuer
    }

    /// Its subject, a DER Name.
    #[must_use]
    pub fn subject(&self) -> &'a [u8] {
        self.subject
    }

    /// Its key, a SubjectPublicKeyInfo.
    #[must_use]
    pub fn subject_public_key_info(&self) -> &'a [u8] {
        self.subject_public_key_info
    }

    /// The TBSCertificate, DER, of the successor. Extensions stay as they are, but for the key identifiers and what logs have stated about
    /// the old one. `as_authority` adds the basic constraints that an old root lacks (certutil makes them so).
    #[must_use]
    pub fn to_be_signed(&self, draft: &Draft<'_>, as_authority: bool) -> Vec<u8> {
        let same_key = draft.subject_public_key_info == self.subject_public_key_info;
        let old_identifier = self.value_of(id::SUBJECT_KEY_IDENTIFIER).and_then(|value| {
            let content = der::only(value, tag::OCTET_STRING).ok()?.content;
            Some(content.to_vec())
        });
        let identifier = old_identifier.filter(|_| same_key).unwrap_or_else(|| extension::key_identifier(draft.subject_public_key_info));
        let authority = match (draft.issuer, draft.issuer_key_identifier) {
            (None, _) => Some(hex(&identifier)),
            (Some(_), identifier) => identifier.map(str::to_owned),
        };
        let authority = authority.as_deref().and_then(extension::authority_key_identifier);
        let mut extensions = Vec::new();
        let (mut has_identifier, mut has_authority) = (false, false);
        for kept in &self.extensions {
            match oid::dotted(kept.oid).as_ref() {
                id::SIGNED_CERTIFICATE_TIMESTAMPS | id::PRECERTIFICATE_POISON => {}
                id::SUBJECT_KEY_IDENTIFIER => {
                    has_identifier = true;
                    extensions.push(extension::subject_key_identifier(&identifier));
                }
                id::AUTHORITY_KEY_IDENTIFIER => {
                    has_authority = true;
                    extensions.extend(authority.clone());
                }
                id::BASIC_CONSTRAINTS | id::KEY_USAGE if as_authority => {}
                _ => extensions.push(kept.raw.to_vec()),
            }
        }
        if as_authority {
            extensions.insert(0, extension::key_usage(&["keyCertSign", "cRLSign"]));
            extensions.insert(0, extension::basic_constraints(true, None));
        }
        if !has_identifier {
            extensions.push(extension::subject_key_identifier(&identifier));
        }
        if !has_authority {
            extensions.extend(authority);
        }
        draft.assemble(self.subject, &extensions)
    }

    fn value_of(&self, dotted: &str) -> Option<&'a [u8]> {
        let kept = self.extensions.iter().find(|kept| oid::dotted(kept.oid) == dotted)?;
        let mut fields = der::only(kept.raw, tag::SEQUENCE).ok()?.reader();
        fields.expect(tag::OID).ok()?;
        fields.optional(tag::BOOLEAN).ok()?;
        Some(fields.expect(tag::OCTET_STRING).ok()?.content)
    }
}

fn read_extensions(list: Element<'_>) -> Result<Vec<Kept<'_>>, DerError> {
    let mut reader = list.reader();
    let mut extensions = Vec::new();
    while !reader.is_empty() {
        let one = reader.expect(tag::SEQUENCE)?;
        extensions.push(Kept { oid: one.reader().expect(tag::OID)?.content, raw: one.raw });
    }
    Ok(extensions)
}

/// The CertificationRequestInfo, DER, that asks an outside CA for the successor: subject, alternative names and usages of the old one.
///
/// # Errors
/// When the old one is no certificate.
pub fn renewal_request(certificate: &[u8], subject_public_key_info: &[u8]) -> Result<Vec<u8>, DerError> {
    let old = Successor::of(certificate)?;
    const ASKED: [&str; 4] = [id::SUBJECT_ALTERNATIVE_NAME, id::KEY_USAGE, id::EXTENDED_KEY_USAGE, id::BASIC_CONSTRAINTS];
    let extensions: Vec<&[u8]> =
        old.extensions.iter().filter(|kept| ASKED.contains(&oid::dotted(kept.oid).as_ref())).map(|kept| kept.raw).collect();
    let mut attributes = Vec::new();
    if !extensions.is_empty() {
        let extension_request = oid::encode("1.2.840.113549.1.9.14").unwrap_or_default();
        let values = der::wrap(tag::SET, &der::wrap(tag::SEQUENCE, &extensions.concat()));
        attributes = der::wrap(tag::SEQUENCE, &[der::wrap(tag::OID, &extension_request), values].concat());
    }
    let version = [tag::INTEGER, 1, 0];
    Ok(der::wrap(tag::SEQUENCE, &[&version, old.subject, subject_public_key_info, &der::wrap(0xa0, &attributes)].concat()))
}
