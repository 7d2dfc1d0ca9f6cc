//! What a request says.

use serde::{Deserialize, Serialize};

use super::SignatureAlgorithm;
use crate::name::DistinguishedName;
use crate::x509::der::{self, DerError, Element, Reader, tag};
use crate::x509::oid;
use crate::x509::parse::{Requested, public_key, requested, signature_algorithm};
use crate::x509::view::{BasicConstraintsView, ExtensionView, GeneralNameView, PublicKeyView, Word};

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
    /// Key usage that it asks for, RFC 5280 names. Absent when it asks for none.
    pub key_usage: Option<Vec<Word>>,
    /// Extended key usage that it asks for, RFC names or dotted OIDs. Absent when it asks for none.
    pub extended_key_usage: Option<Vec<Word>>,
    /// Basic constraints that it asks for.
    pub basic_constraints: Option<BasicConstraintsView>,
    /// Every extension that it asks for, in order, those above included.
    pub extensions: Vec<ExtensionView>,
    /// Its other attributes: name or dotted OID, and the value as text or hex.
    pub attributes: Vec<(Word, String)>,
    /// Name of the signature algorithm: `SHA-256 with RSA`.
    pub signature_algorithm: Word,
}

/// The parts of a request that prove whose it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SignedParts<'a> {
    /// What was signed: the CertificationRequestInfo.
    pub to_be_signed: &'a [u8],
    /// SubjectPublicKeyInfo, DER.
    pub subject_public_key_info: &'a [u8],
    /// AlgorithmIdentifier of the key, content of its OBJECT IDENTIFIER and of the parameters.
    pub key_algorithm: (&'a [u8], &'a [u8]),
    /// The key: content of the BIT STRING.
    pub public_key: &'a [u8],
    /// Content of the signature algorithm's OBJECT IDENTIFIER and of its parameters.
    pub signature_algorithm: (&'a [u8], &'a [u8]),
    /// The signature.
    pub signature: &'a [u8],
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
    let fields = fields(element)?;
    Ok(Inspected {
        subject: DistinguishedName::read(fields.subject).map_err(part("subject"))?,
        subject_der: fields.subject.raw.to_vec(),
        subject_public_key_info: fields.key.raw.to_vec(),
        subject_alternative_names: asked(&fields)?.0.subject_alternative_names,
    })
}

struct Fields<'a> {
    subject: Element<'a>,
    key: Element<'a>,
    attributes: Option<Element<'a>>,
}

fn fields(element: Element<'_>) -> Result<Fields<'_>, RequestError> {
    let mut fields = element.reader();
    fields.expect(tag::INTEGER).map_err(part("version"))?;
    let subject = fields.expect(tag::SEQUENCE).map_err(part("subject"))?;
    let key = fields.expect(tag::SEQUENCE).map_err(part("subjectPKInfo"))?;
    // Some programs leave the attributes out altogether.
    let attributes = fields.optional(0xa0).map_err(part("attributes"))?;
    if !fields.is_empty() {
        return Err(part("attributes")(DerError::TrailingData));
    }
    Ok(Fields { subject, key, attributes })
}

/// extensionRequest (RFC 2985), also under the identifier Microsoft gave it.
const EXTENSION_REQUESTS: [&[u8]; 2] =
    [&[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x09, 0x0e], &[0x2b, 0x06, 0x01, 0x04, 0x01, 0x82, 0x37, 0x02, 0x01, 0x0e]];

/// The extensions and the other attributes.
fn asked(fields: &Fields<'_>) -> Result<(Requested, Vec<(Word, String)>), RequestError> {
    let mut requested_so_far = Requested::default();
    let mut others = Vec::new();
    if let Some(attributes) = fields.attributes {
        attributes_of(attributes.reader(), &mut requested_so_far, &mut others).map_err(part("attributes"))?;
    }
    Ok((requested_so_far, others))
}

fn attributes_of(mut list: Reader<'_>, extensions: &mut Requested, others: &mut Vec<(Word, String)>) -> Result<(), DerError> {
    while !list.is_empty() {
        let mut attribute = list.expect(tag::SEQUENCE)?.reader();
        let kind = attribute.expect(tag::OID)?;
        if EXTENSION_REQUESTS.contains(&kind.content) {
            // An attribute without value, or with two, is odd but no reason to refuse the request.
            if let Some(asked) = attribute.expect(tag::SET)?.reader().optional(tag::SEQUENCE)? {
                requested(asked, extensions)?;
            }
            continue;
        }
        let name = oid::known(kind.content).map_or_else(|| oid::dotted(kind.content), |(_, name)| name.into());
        let values = attribute.rest();
        let first = Reader::new(values).next().ok().and_then(|set| set.reader().next().ok());
        let text = first.and_then(|value| der::text(value.tag, value.content)).map(std::borrow::Cow::into_owned);
        others.push((name, text.unwrap_or_else(|| crate::hex::hex(values))));
    }
    Ok(())
}

/// Reads a request, DER, which must fill the bytes. The signature is not checked.
///
/// # Errors
/// Names the field that cannot be read.
pub fn view(request: &[u8]) -> Result<RequestView, RequestError> {
    let mut whole = der::only(request, tag::SEQUENCE).map_err(part("certificationRequest"))?.reader();
    let info = whole.expect(tag::SEQUENCE).map_err(part("certificationRequestInfo"))?;
    let mut algorithm = whole.expect(tag::SEQUENCE).map_err(part("signatureAlgorithm"))?.reader();
    let identifier = algorithm.expect(tag::OID).map_err(part("signatureAlgorithm"))?;
    let parameters = algorithm.next().map_or(&[][..], |parameters| parameters.content);
    whole.expect(tag::BIT_STRING).map_err(part("signature"))?;
    view_of(info, signature_algorithm(identifier.content, parameters))
}

/// The view of a CertificationRequestInfo that is not signed yet, with the signature that its key will make.
///
/// # Errors
/// Names the field that cannot be read.
pub fn unsigned_view(to_be_signed: &[u8]) -> Result<RequestView, RequestError> {
    let info = der::only(to_be_signed, tag::SEQUENCE).map_err(part("certificationRequestInfo"))?;
    let key = fields(info)?.key;
    let algorithm = SignatureAlgorithm::for_key(key.raw).map(SignatureAlgorithm::identifier).unwrap_or_default();
    let identifier = der::only(&algorithm, tag::SEQUENCE).and_then(|algorithm| algorithm.reader().expect(tag::OID));
    let name = identifier.map_or("none".into(), |identifier| signature_algorithm(identifier.content, &[]));
    view_of(info, name)
}

fn view_of(info: Element<'_>, signature_algorithm: Word) -> Result<RequestView, RequestError> {
    let fields = fields(info)?;
    let (requested, attributes) = asked(&fields)?;
    Ok(RequestView {
        subject: DistinguishedName::read(fields.subject).map_err(part("subject"))?,
        public_key: public_key::view(fields.key.raw),
        subject_alternative_names: requested.subject_alternative_names,
        key_usage: requested.key_usage,
        extended_key_usage: requested.extended_key_usage,
        basic_constraints: requested.basic_constraints,
        extensions: requested.extensions,
        attributes,
        signature_algorithm,
    })
}

/// Takes a request, DER, which must fill the bytes, apart for verifying it.
///
/// # Errors
/// Names the field that cannot be read.
pub fn signed_parts(request: &[u8]) -> Result<SignedParts<'_>, RequestError> {
    let outer = der::only(request, tag::SEQUENCE).map_err(part("certificationRequest"))?;
    let mut whole = outer.reader();
    let info = whole.expect(tag::SEQUENCE).map_err(part("certificationRequestInfo"))?;
    let algorithm = whole.expect(tag::SEQUENCE).map_err(part("signatureAlgorithm"))?;
    let signature = whole.expect(tag::BIT_STRING).and_then(octets).map_err(part("signature"))?;
    if !whole.is_empty() {
        return Err(part("signature")(DerError::TrailingData));
    }
    let key = fields(info)?.key;
    let mut key_fields = key.reader();
    let key_algorithm = key_fields.expect(tag::SEQUENCE).map_err(part("subjectPKInfo"))?;
    let public_key = key_fields.expect(tag::BIT_STRING).and_then(octets).map_err(part("subjectPKInfo"))?;
    Ok(SignedParts {
        to_be_signed: info.raw,
        subject_public_key_info: key.raw,
        key_algorithm: identifier(key_algorithm).map_err(part("subjectPKInfo"))?,
        public_key,
        signature_algorithm: identifier(algorithm).map_err(part("signatureAlgorithm"))?,
        signature,
    })
}

/// Content of a BIT STRING of whole octets.
fn octets(bits: Element<'_>) -> Result<&[u8], DerError> {
    match bits.content {
        [0, octets @ ..] => Ok(octets),
        _ => Err(DerError::Malformed),
    }
}

/// Contents of identifier and parameters of an AlgorithmIdentifier.
fn identifier(algorithm: Element<'_>) -> Result<(&[u8], &[u8]), DerError> {
    let mut fields = algorithm.reader();
    let kind = fields.expect(tag::OID)?.content;
    Ok((kind, fields.next().map_or(&[][..], |parameters| parameters.content)))
}
