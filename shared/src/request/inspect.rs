//! What a request says.

use serde::{Deserialize, Serialize};

use crate::name::DistinguishedName;
use crate::x509::der::{self, DerError, Element, tag};
use crate::x509::parse::{alternative_names, public_key, signature_algorithm};
use crate::x509::view::{GeneralNameView, PublicKeyView, Word};

/// Why bytes are no request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a certification request: {part} cannot be read")]
pub struct RequestError {
    /// The field, as RFC 2986 names it.
    pub part: &'static str,
    /// Why.
    #[source]
    pub reason: DerError,
}

/// The fields of a CertificationRequestInfo.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Inspected {
    /// Who it is about.
    pub subject: DistinguishedName,
    /// The same, DER.
    pub subject_der: Vec<u8>,
    /// SubjectPublicKeyInfo, DER.
    pub subject_public_key_info: Vec<u8>,
    /// Subject alternative names that it asks for.
    pub subject_alternative_names: Vec<GeneralNameView>,
}

/// A request for people to look at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RequestView {
    /// Who it is about.
    pub subject: DistinguishedName,
    /// The key.
    pub public_key: PublicKeyView,
    /// Subject alternative names that it asks for.
    pub subject_alternative_names: Vec<GeneralNameView>,
    /// Name of the signature algorithm: `SHA-256 with RSA`.
    pub signature_algorithm: Word,
}

fn part(part: &'static str) -> impl Fn(DerError) -> RequestError {
    move |reason| RequestError { part, reason }
}

/// Reads a CertificationRequestInfo, which must fill the bytes: what a token is asked to sign.
///
/// # Errors
/// Names the field that cannot be read.
pub fn inspect(to_be_signed: &[u8]) -> Result<Inspected, RequestError> {
    info(der::only(to_be_signed, tag::SEQUENCE).map_err(part("certificationRequestInfo"))?)
}

fn info(element: Element<'_>) -> Result<Inspected, RequestError> {
    let mut fields = element.reader();
    fields.expect(tag::INTEGER).map_err(part("version"))?;
    let subject = fields.expect(tag::SEQUENCE).map_err(part("subject"))?;
    let key = fields.expect(tag::SEQUENCE).map_err(part("subjectPKInfo"))?;
    // Some programs leave the attributes out altogether.
    let attributes = fields.optional(0xa0).map_err(part("attributes"))?;
    if !fields.is_empty() {
        return Err(part("attributes")(DerError::TrailingData));
    }
    Ok(Inspected {
        subject: DistinguishedName::read(subject).map_err(part("subject"))?,
        subject_der: subject.raw.to_vec(),
        subject_public_key_info: key.raw.to_vec(),
        subject_alternative_names: attributes.map(requested_names).transpose().map_err(part("attributes"))?.unwrap_or_default(),
    })
}

/// extensionRequest (RFC 2985), also under the identifier Microsoft gave it.
const EXTENSION_REQUESTS: [&[u8]; 2] =
    [&[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x09, 0x0e], &[0x2b, 0x06, 0x01, 0x04, 0x01, 0x82, 0x37, 0x02, 0x01, 0x0e]];

fn requested_names(attributes: Element<'_>) -> Result<Vec<GeneralNameView>, DerError> {
    let mut list = attributes.reader();
    while !list.is_empty() {
        let mut attribute = list.expect(tag::SEQUENCE)?.reader();
        let kind = attribute.expect(tag::OID)?;
        if EXTENSION_REQUESTS.contains(&kind.content) {
            // An attribute without value, or with two, is odd but no reason to refuse the request.
            let Some(extensions) = attribute.expect(tag::SET)?.reader().optional(tag::SEQUENCE)? else { continue };
            let names = alternative_names(extensions)?;
            if !names.is_empty() {
                return Ok(names);
            }
        }
    }
    Ok(Vec::new())
}

/// Reads a request, DER, which must fill the bytes. The signature is not checked.
///
/// # Errors
/// Names the field that cannot be read.
pub fn view(request: &[u8]) -> Result<RequestView, RequestError> {
    let mut fields = der::only(request, tag::SEQUENCE).map_err(part("certificationRequest"))?.reader();
    let inspected = info(fields.expect(tag::SEQUENCE).map_err(part("certificationRequestInfo"))?)?;
    let mut algorithm = fields.expect(tag::SEQUENCE).map_err(part("signatureAlgorithm"))?.reader();
    let identifier = algorithm.expect(tag::OID).map_err(part("signatureAlgorithm"))?;
    let parameters = algorithm.next().map_or(&[][..], |parameters| parameters.content);
    fields.expect(tag::BIT_STRING).map_err(part("signature"))?;
    Ok(RequestView {
        subject: inspected.subject,
        public_key: public_key::view(&inspected.subject_public_key_info),
        subject_alternative_names: inspected.subject_alternative_names,
        signature_algorithm: signature_algorithm(identifier.content, parameters),
    })
}
