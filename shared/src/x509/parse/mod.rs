//! DER to views. The only module that names types of x509-parser.

mod algorithm;
mod extensions;
mod general_name;
pub(crate) mod lenient;
pub mod public_key;
mod strict;
pub(crate) mod time;

use ::time::OffsetDateTime;

use super::der::{DerError, Element, tag};
use super::view::{BasicConstraintsView, CertificateView, ExtensionView, GeneralNameView, Word};
use crate::hex::hex;
use crate::name::DistinguishedName;

/// Why bytes are no certificate that could be shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ParseError {
    /// The bytes are not DER, or not in the order of a certificate.
    #[error("not a certificate: {part} cannot be read")]
    Structure {
        /// The field, as RFC 5280 names it.
        part: &'static str,
        /// Why.
        #[source]
        reason: DerError,
    },
    /// A time that is none.
    #[error("{field} is not a time")]
    Time {
        /// `notBefore` or `notAfter`.
        field: &'static str,
    },
    /// More bytes after the certificate.
    #[error("{bytes} more bytes follow the certificate")]
    TrailingData {
        /// How many.
        bytes: usize,
    },
}

/// The fields of a certificate, still as bytes.
struct Skeleton<'a> {
    version: u8,
    serial_number: &'a [u8],
    issuer: &'a [u8],
    not_before: OffsetDateTime,
    not_after: OffsetDateTime,
    subject: &'a [u8],
    subject_public_key_info: &'a [u8],
    extensions: Vec<RawExtension<'a>>,
    /// The algorithm beside the signature: content of its OBJECT IDENTIFIER, and of its parameters.
    signature_algorithm: &'a [u8],
    signature_parameters: &'a [u8],
}

/// CKA_ID that NSS gives the keys of a SubjectPublicKeyInfo (DER), lower-case hex: SHA-1 of the modulus or the point.
#[must_use]
pub fn nss_key_id(subject_public_key_info: &[u8]) -> Option<String> {
    public_key::view(subject_public_key_info).nss_key_id
}

pub(crate) struct RawExtension<'a> {
    /// Content of the OBJECT IDENTIFIER.
    pub oid: &'a [u8],
    pub critical: bool,
    pub value: &'a [u8],
}

/// Reads one certificate, which must fill the bytes. Whatever OpenSSL reads is read: what x509-parser refuses (negative serial
/// numbers, unknown versions, odd times …) goes through a second, lenient reader, and an extension that does not parse is
/// kept as bytes.
///
/// # Errors
/// Names the field that cannot be read.
pub fn certificate(der: &[u8]) -> Result<CertificateView, ParseError> {
    match strict::skeleton(der, build) {
        Some(Ok(view)) => Ok(view),
        // Also where x509-parser takes a part of a name for the whole.
        Some(Err(_)) | None => build(&lenient::skeleton(der)?),
    }
}

fn build(skeleton: &Skeleton<'_>) -> Result<CertificateView, ParseError> {
    let issuer = name(skeleton.issuer, "issuer")?;
    let self_issued = skeleton.issuer == skeleton.subject;
    let subject = if self_issued { issuer.clone() } else { name(skeleton.subject, "subject")? };
    let (signature_algorithm, signature_algorithm_oid) = algorithm::signature(skeleton.signature_algorithm, skeleton.signature_parameters);
    let mut view = CertificateView {
        version: skeleton.version,
        serial_number: hex(skeleton.serial_number),
        subject,
        issuer,
        self_issued,
        not_before: skeleton.not_before,
        not_after: skeleton.not_after,
        public_key: public_key::view(skeleton.subject_public_key_info),
        signature_algorithm,
        signature_algorithm_oid,
        extensions: Vec::with_capacity(skeleton.extensions.len()),
        ..CertificateView::blank()
    };
    let mut seen = Vec::with_capacity(skeleton.extensions.len().min(16));
    for extension in &skeleton.extensions {
        extensions::read(extension, &mut seen, &mut view);
    }
    Ok(view)
}

fn name(bytes: &[u8], part: &'static str) -> Result<DistinguishedName, ParseError> {
    DistinguishedName::from_der(bytes).map_err(|reason| ParseError::Structure { part, reason })
}

/// Name of a signature algorithm, from the contents of its identifier and its parameters.
pub(crate) fn signature_algorithm(identifier: &[u8], parameters: &[u8]) -> Word {
    algorithm::signature(identifier, parameters).0
}

/// What the extensions of a request ask for.
#[derive(Debug, Default)]
pub(crate) struct Requested {
    pub subject_alternative_names: Vec<GeneralNameView>,
    pub key_usage: Option<Vec<Word>>,
    pub extended_key_usage: Option<Vec<Word>>,
    pub basic_constraints: Option<BasicConstraintsView>,
    pub extensions: Vec<ExtensionView>,
    seen: Vec<&'static str>,
}

/// Reads an `Extensions` element of a request; of several the first of a kind counts.
pub(crate) fn requested(extensions: Element<'_>, into: &mut Requested) -> Result<(), DerError> {
    let mut list = extensions.reader();
    while !list.is_empty() {
        let extension = lenient::extension(list.expect(tag::SEQUENCE)?)?;
        // The reader of certificates' extensions, on a certificate that is none.
        let mut view = CertificateView::blank();
        extensions::read(&extension, &mut into.seen, &mut view);
        if !view.subject_alternative_names.is_empty() {
            into.subject_alternative_names = view.subject_alternative_names;
        }
        into.key_usage = into.key_usage.take().or(view.key_usage);
        into.extended_key_usage = into.extended_key_usage.take().or(view.extended_key_usage);
        into.basic_constraints = into.basic_constraints.or(view.basic_constraints);
        into.extensions.append(&mut view.extensions);
    }
    Ok(())
}

/// The subject, raw bytes, as NSS stores it beside a certificate; the issuer and the serial number (with tag) too.
///
/// # Errors
/// Names the field that cannot be read.
pub fn raw_names(der: &[u8]) -> Result<RawNames<'_>, ParseError> {
    let fields = lenient::fields(der)?;
    Ok(RawNames {
        subject: fields.subject.raw,
        issuer: fields.issuer.raw,
        serial_number: fields.serial_number.raw,
        subject_public_key_info: fields.subject_public_key_info.raw,
    })
}

/// Parts of a certificate that PKCS#11 objects hold as DER.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RawNames<'a> {
    /// `CKA_SUBJECT`.
    pub subject: &'a [u8],
    /// `CKA_ISSUER`.
    pub issuer: &'a [u8],
    /// `CKA_SERIAL_NUMBER`: the whole INTEGER.
    pub serial_number: &'a [u8],
    /// The SubjectPublicKeyInfo.
    pub subject_public_key_info: &'a [u8],
}
