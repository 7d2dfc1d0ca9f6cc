//! TBSCertificate (RFC 5280 section 4.1): what is to be signed.

use super::extension;
use super::serial_number::SerialNumber;
use super::validity::{Period, time};
use crate::hex::hex;
use crate::request::SignatureAlgorithm;
use crate::x509::der::{self, tag};
use crate::x509::view::GeneralNameView;

/// What a certificate says, checked and ready.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Content {
    /// Subject, a DER Name.
    pub subject: Vec<u8>,
    /// Alternative names.
    pub subject_alternative_names: Vec<GeneralNameView>,
    /// Whether it is an authority.
    pub is_authority: bool,
    /// How many CAs may follow; for authorities only.
    pub path_length: Option<u32>,
    /// Key usage, RFC 5280 names; none leaves the extension out.
    pub key_usage: Vec<String>,
    /// Extended key usage, names or dotted; none leaves the extension out.
    pub extended_key_usage: Vec<String>,
    /// URIs of the issuer's revocation list.
    pub crl_distribution_points: Vec<String>,
    /// URIs of the issuer's OCSP responders.
    pub ocsp: Vec<String>,
}

/// All that a certificate needs beside its content.
#[derive(Debug, Clone, Copy)]
pub struct Draft<'a> {
    /// Serial number.
    pub serial_number: &'a SerialNumber,
    /// First and last second.
    pub period: Period,
    /// Its key, a SubjectPublicKeyInfo.
    pub subject_public_key_info: &'a [u8],
    /// How the issuer signs.
    pub signature_algorithm: SignatureAlgorithm,
    /// Issuer, a DER Name; the subject itself when absent: self-signed.
    pub issuer: Option<&'a [u8]>,
    /// Subject key identifier of the issuer's certificate, hex; the new certificate's own when self-signed.
    pub issuer_key_identifier: Option<&'a str>,
}

impl Draft<'_> {
    /// The TBSCertificate, DER, of this content.
    #[must_use]
    pub fn to_be_signed(&self, content: &Content) -> Vec<u8> {
        let identifier = extension::key_identifier(self.subject_public_key_info);
        let authority = match (self.issuer, self.issuer_key_identifier) {
            (None, _) => Some(hex(&identifier)),
            (Some(_), identifier) => identifier.map(str::to_owned),
        };
        let mut extensions = vec![extension::basic_constraints(content.is_authority, content.path_length)];
        if !content.key_usage.is_empty() {
            extensions.push(extension::key_usage(&content.key_usage));
        }
        if !content.extended_key_usage.is_empty() {
            extensions.push(extension::extended_key_usage(&content.extended_key_usage));
        }
        if !content.subject_alternative_names.is_empty() {
            let nameless = content.subject == [tag::SEQUENCE, 0];
            extensions.push(extension::subject_alternative_name(&content.subject_alternative_names, nameless));
        }
        extensions.push(extension::subject_key_identifier(&identifier));
        extensions.extend(authority.as_deref().and_then(extension::authority_key_identifier));
        if !content.crl_distribution_points.is_empty() {
            extensions.push(extension::crl_distribution_points(&content.crl_distribution_points));
        }
        if !content.ocsp.is_empty() {
            extensions.push(extension::authority_information_access(&content.ocsp));
        }
        self.assemble(&content.subject, &extensions)
    }

    /// The TBSCertificate, DER, of a subject and extensions that are DER already.
    pub(super) fn assemble(&self, subject: &[u8], extensions: &[Vec<u8>]) -> Vec<u8> {
        let validity = der::wrap(tag::SEQUENCE, &[time(self.period.not_before), time(self.period.not_after)].concat());
        let mut parts = vec![
            der::wrap(0xa0, &[tag::INTEGER, 1, 2]),
            self.serial_number.to_der(),
            self.signature_algorithm.identifier(),
            self.issuer.unwrap_or(subject).to_vec(),
            validity,
            subject.to_vec(),
            self.subject_public_key_info.to_vec(),
        ];
        if !extensions.is_empty() {
            parts.push(der::wrap(0xa3, &der::wrap(tag::SEQUENCE, &extensions.concat())));
        }
        der::wrap(tag::SEQUENCE, &parts.concat())
    }
}
