//! A form and a public key become a CertificationRequestInfo; that and a signature become a request.

use rcgen::string::Ia5String;
use rcgen::{Attribute, CertificateParams, DistinguishedName, SanType};

use super::{RequestForm, Usages, distinguished_name, inspect, names, validate};
use crate::api::problem::FieldError;
use crate::recorder::Recorder;
use crate::x509::der::{self, Reader, tag};
use crate::x509::oid;
use crate::x509::parse::public_key;
use crate::x509::view::GeneralNameView;

/// Why no request can be built.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BuildError {
    /// The form has faults; see `validate`.
    #[error("the request has {} wrong fields", .0.len())]
    Form(Vec<FieldError>),
    /// A public key that cannot be used, or a kind of key for which there is no signature here.
    #[error("a request cannot be built for a key of the kind {0}")]
    Key(String),
    /// The bytes to be signed are no CertificationRequestInfo.
    #[error("these bytes are no CertificationRequestInfo")]
    NotToBeSigned,
}

/// How a request is signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SignatureAlgorithm {
    /// sha256WithRSAEncryption.
    RsaSha256,
    /// ecdsa-with-SHA256; the signature is the DER SEQUENCE of r and s.
    EcdsaSha256,
    /// ecdsa-with-SHA384.
    EcdsaSha384,
    /// ecdsa-with-SHA512.
    EcdsaSha512,
    /// Ed25519.
    Ed25519,
}

impl SignatureAlgorithm {
    /// The one that fits a SubjectPublicKeyInfo.
    #[must_use]
    pub fn for_key(subject_public_key_info: &[u8]) -> Option<Self> {
        let key = public_key::view(subject_public_key_info);
        match (key.algorithm.as_ref(), key.curve.as_deref()) {
            ("RSA", _) => Some(Self::RsaSha256),
            ("EC", Some("P-256")) => Some(Self::EcdsaSha256),
            ("EC", Some("P-384")) => Some(Self::EcdsaSha384),
            ("EC", Some("P-521")) => Some(Self::EcdsaSha512),
            ("Ed25519", _) => Some(Self::Ed25519),
            _ => None,
        }
    }

    /// AlgorithmIdentifier, DER.
    #[must_use]
    pub fn identifier(self) -> Vec<u8> {
        let (dotted, null): (_, &[u8]) = match self {
            Self::RsaSha256 => ("1.2.840.113549.1.1.11", &[5, 0]),
            Self::EcdsaSha256 => ("1.2.840.10045.4.3.2", &[]),
            Self::EcdsaSha384 => ("1.2.840.10045.4.3.3", &[]),
            Self::EcdsaSha512 => ("1.2.840.10045.4.3.4", &[]),
            Self::Ed25519 => ("1.3.101.112", &[]),
        };
        let content = oid::encode(dotted).unwrap_or_default();
        der::wrap(tag::SEQUENCE, &[der::wrap(tag::OID, &content).as_slice(), null].concat())
    }
}

/// The CertificationRequestInfo, DER, of a form and a SubjectPublicKeyInfo.
///
/// # Errors
/// The faults of the form, or a key of a kind that cannot sign here.
pub fn to_be_signed(form: &RequestForm, subject_public_key_info: &[u8]) -> Result<Vec<u8>, BuildError> {
    let faults = validate(form);
    if !faults.is_empty() {
        return Err(BuildError::Form(faults));
    }
    let unfit = || BuildError::Key(public_key::view(subject_public_key_info).short());
    let recorder = Recorder::for_key(subject_public_key_info).ok_or_else(unfit)?;
    let subject = distinguished_name(form);
    let mut parameters = CertificateParams::default();
    if subject.is_empty() {
        // Alternative names are critical where they stand alone (RFC 5280 section 4.2.1.6); rcgen looks at its own subject for that.
        parameters.distinguished_name = DistinguishedName::new();
    }
    Usages::of(form, &public_key::view(subject_public_key_info).algorithm).apply(&mut parameters);
    parameters.subject_alt_names =
        names(&form.subject_alternative_names).unwrap_or_default().into_iter().filter_map(alternative_name).collect();
    parameters.serialize_request_with_attributes(&recorder, attributes(form)).map_err(|_| unfit())?;
    let info =
        with_subject_and_key(&recorder.into_recorded(), &subject.to_der(), subject_public_key_info).ok_or(BuildError::NotToBeSigned)?;
    // Prove that it is a request for the very key that was given.
    match inspect(&info) {
        Ok(inspected) if inspected.subject_public_key_info == subject_public_key_info => Ok(info),
        _ => Err(unfit()),
    }
}

/// rcgen keeps one value for each attribute type, and there may be several organizational units; and its table of algorithms has no
/// P-521. Subject and key are put in here.
fn with_subject_and_key(info: &[u8], subject: &[u8], subject_public_key_info: &[u8]) -> Option<Vec<u8>> {
    let mut fields = der::only(info, tag::SEQUENCE).ok()?.reader();
    let version = fields.expect(tag::INTEGER).ok()?;
    fields.expect(tag::SEQUENCE).ok()?;
    fields.expect(tag::SEQUENCE).ok()?;
    Some(der::wrap(tag::SEQUENCE, &[version.raw, subject, subject_public_key_info, fields.rest()].concat()))
}

/// challengePassword (RFC 2985 section 5.4.1), a DirectoryString.
fn attributes(form: &RequestForm) -> Vec<Attribute> {
    if form.challenge_password.is_empty() {
        return Vec::new();
    }
    let password = der::wrap(tag::UTF8_STRING, form.challenge_password.as_bytes());
    vec![Attribute { oid: &[1, 2, 840, 113_549, 1, 9, 7], values: der::wrap(tag::SET, &password) }]
}

fn alternative_name(name: GeneralNameView) -> Option<SanType> {
    match name {
        GeneralNameView::Dns(host) => Ia5String::try_from(host).ok().map(SanType::DnsName),
        GeneralNameView::Email(mailbox) => Ia5String::try_from(mailbox).ok().map(SanType::Rfc822Name),
        GeneralNameView::Uri(location) => Ia5String::try_from(location).ok().map(SanType::URI),
        GeneralNameView::Ip(ip) => ip.parse().ok().map(SanType::IpAddress),
        _ => None,
    }
}

/// The request, DER, of what was signed and the signature.
///
/// # Errors
/// When the bytes are no CertificationRequestInfo.
pub fn assemble(to_be_signed: &[u8], algorithm: SignatureAlgorithm, signature: &[u8]) -> Result<Vec<u8>, BuildError> {
    let mut reader = Reader::new(to_be_signed);
    if inspect(to_be_signed).is_err() || reader.next().is_err() {
        return Err(BuildError::NotToBeSigned);
    }
    let bits = der::wrap(tag::BIT_STRING, &[&[0], signature].concat());
    Ok(der::wrap(tag::SEQUENCE, &[to_be_signed, &algorithm.identifier(), &bits].concat()))
}
