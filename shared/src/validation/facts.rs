//! What NSS reads in a certificate when it verifies: fewer things than the view shows, and each as NSS reads it, mistakes included.

use ::time::OffsetDateTime;

use super::bits::key_usage;
use super::cert_type::{self, Kinds};
use super::imposed;
use super::signature::SignatureKind;
use crate::name::DistinguishedName;
use crate::x509::der::{DerError, Element, Reader, tag};
use crate::x509::parse::{ParseError, lenient, time};

/// The facts of one certificate. Names and numbers are kept as bytes, because NSS compares bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Facts {
    /// Subject, whole DER.
    pub(super) subject: Vec<u8>,
    /// Issuer, whole DER.
    pub(super) issuer: Vec<u8>,
    /// First second, Unix time.
    pub(super) not_before: i64,
    /// Last second, Unix time.
    pub(super) not_after: i64,
    pub(super) key_usage: u32,
    pub(super) key_kind: KeyKind,
    pub(super) constraints: Constraints,
    pub(super) kinds: Kinds,
    pub(super) subject_key_identifier: Option<Vec<u8>>,
    pub(super) authority: Option<Authority>,
    pub(super) serial_number: Vec<u8>,
    /// Self-issued, and no authority key identifier that says otherwise.
    pub(super) is_root: bool,
    pub(super) unknown_critical: bool,
    pub(super) algorithms_differ: bool,
    pub(super) signature: SignatureKind,
    /// The value of the extension.
    pub(super) name_constraints: Option<Vec<u8>>,
    /// The domains that NSS holds it to for its name, where it has no such extension.
    pub(super) imposed_domains: Option<&'static [&'static str]>,
    /// NSS accepts nothing that it issued after 2016.
    pub(super) is_ended: bool,
    /// The value of the extension.
    pub(super) alternative_names: Option<Vec<u8>>,
    /// The SubjectPublicKeyInfo, whole DER.
    pub(super) public_key: Vec<u8>,
}

/// What NSS distinguishes in keys when it looks at key usage.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum KeyKind {
    /// With the octets of its modulus.
    Rsa(usize),
    RsaPss(usize),
    Dsa,
    Dh,
    /// On a curve that NSS has, on another named one, or on one that is written out.
    Ec(Curve),
    Other,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Curve {
    Supported,
    Unsupported,
    Explicit,
}

/// Basic constraints as NSS decodes them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Constraints {
    Absent,
    /// Damaged, or with a path length though it is no CA.
    Unreadable,
    NotCa,
    Ca(Option<u32>),
}

/// Authority key identifier.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Authority {
    pub key_identifier: Vec<u8>,
    pub has_issuer: bool,
    /// The first directory name of `authorityCertIssuer`, whole DER.
    pub issuer: Option<Vec<u8>>,
    pub serial_number: Vec<u8>,
}

/// Content octets of the identifiers below `2.5.29`.
const CERTIFICATE_EXTENSION: [u8; 2] = [0x55, 0x1d];
/// `2.16.840.1.113730.1`, Netscape's extensions.
const NETSCAPE_EXTENSION: [u8; 8] = [0x60, 0x86, 0x48, 0x01, 0x86, 0xf8, 0x42, 0x01];
const AUTHORITY_INFORMATION_ACCESS: [u8; 8] = [0x2b, 6, 1, 5, 5, 7, 1, 1];
const OCSP_NO_CHECK: [u8; 9] = [0x2b, 6, 1, 5, 5, 7, 0x30, 1, 5];

impl Facts {
    /// Reads a certificate.
    ///
    /// # Errors
    /// Names the field that cannot be read.
    pub fn read(der: &[u8]) -> Result<Self, ParseError> {
        let fields = lenient::fields(der)?;
        let mut validity = fields.validity.reader();
        let mut instant = |field: &'static str| {
            let element = validity.next().map_err(|reason| ParseError::Structure { part: field, reason })?;
            time::instant(element.tag, element.content).map(OffsetDateTime::unix_timestamp).ok_or(ParseError::Time { field })
        };
        let (not_before, not_after) = (instant("notBefore")?, instant("notAfter")?);
        let extensions = Extensions::read(fields.extensions).map_err(|reason| ParseError::Structure { part: "extensions", reason })?;
        let authority = extensions.certificate(35).and_then(|value| authority(value).ok());
        let subject_key_identifier = extensions.certificate(14).and_then(|value| octets(value).ok());
        let constraints = extensions.certificate(19).map_or(Constraints::Absent, constraints);
        let self_issued = fields.subject.raw == fields.issuer.raw;
        let is_root =
            self_issued && names_itself(authority.as_ref(), subject_key_identifier.as_deref(), fields.issuer.raw, fields.serial_number);
        let key_kind = key_kind(fields.subject_public_key_info);
        let subject = DistinguishedName::from_der(fields.subject.raw).unwrap_or_default();
        let mut facts = Self {
            subject: fields.subject.raw.to_vec(),
            issuer: fields.issuer.raw.to_vec(),
            not_before,
            not_after,
            key_usage: extensions.certificate(15).and_then(first_bits).unwrap_or(key_usage::ALL),
            key_kind,
            constraints,
            kinds: Kinds::default(),
            subject_key_identifier,
            authority,
            serial_number: fields.serial_number.content.to_vec(),
            is_root,
            unknown_critical: extensions.unknown_critical,
            algorithms_differ: fields.signature.content != fields.signature_algorithm.content,
            signature: SignatureKind::of(fields.signature_algorithm),
            name_constraints: extensions.certificate(30).map(<[u8]>::to_vec),
            imposed_domains: imposed::domains(&subject),
            is_ended: imposed::is_ended(&subject),
            alternative_names: extensions.certificate(17).map(<[u8]>::to_vec),
            public_key: fields.subject_public_key_info.raw.to_vec(),
        };
        facts.kinds = cert_type::kinds(&facts, fields.version, extensions.netscape_type(), extensions.certificate(37));
        Ok(facts)
    }

    /// Valid at that time as NSS has it: from a day before `notBefore` on, because clocks are wrong.
    pub(super) fn is_valid_at(&self, at: i64) -> bool {
        const SLACK: i64 = 24 * 60 * 60;
        at >= self.not_before - SLACK && at <= self.not_after
    }

    /// Subject and issuer are the same bytes.
    pub(super) fn is_self_issued(&self) -> bool {
        self.subject == self.issuer
    }
}

/// The extensions that matter, by the first of each kind.
struct Extensions<'a> {
    all: Vec<(&'a [u8], &'a [u8])>,
    unknown_critical: bool,
}

impl<'a> Extensions<'a> {
    fn read(explicit: Option<Element<'a>>) -> Result<Self, DerError> {
        let mut found = Self { all: Vec::new(), unknown_critical: false };
        let Some(explicit) = explicit else { return Ok(found) };
        let mut list = explicit.reader().expect(tag::SEQUENCE)?.reader();
        while !list.is_empty() {
            let extension = lenient::extension(list.expect(tag::SEQUENCE)?)?;
            found.unknown_critical |= extension.critical && !is_processed(extension.oid);
            found.all.push((extension.oid, extension.value));
        }
        Ok(found)
    }

    fn value(&self, oid: &[u8]) -> Option<&'a [u8]> {
        self.all.iter().find(|(found, _)| *found == oid).map(|(_, value)| *value)
    }

    fn certificate(&self, number: u8) -> Option<&'a [u8]> {
        self.value(&[CERTIFICATE_EXTENSION[0], CERTIFICATE_EXTENSION[1], number])
    }

    /// The first octet of the Netscape certificate type.
    fn netscape_type(&self) -> Option<u32> {
        first_bits(self.value(&[NETSCAPE_EXTENSION.as_slice(), &[1]].concat())?)
    }
}

/// The extensions of which NSS says that it processes them when they are critical. Distribution points and policies are not among them.
pub(super) fn is_processed(oid: &[u8]) -> bool {
    if oid == AUTHORITY_INFORMATION_ACCESS || oid == OCSP_NO_CHECK {
        return true;
    }
    if let Some([number]) = oid.strip_prefix(CERTIFICATE_EXTENSION.as_slice()) {
        return matches!(number, 14 | 15 | 17 | 19 | 20 | 21 | 24 | 30 | 35 | 37);
    }
    matches!(oid.strip_prefix(NETSCAPE_EXTENSION.as_slice()), Some([1..=4 | 7 | 8 | 13..=15 | 17]))
}

/// The first octet of a BIT STRING.
fn first_bits(value: &[u8]) -> Option<u32> {
    let element = Reader::new(value).expect(tag::BIT_STRING).ok()?;
    Some(element.bits().ok()?.first().copied().map_or(0, u32::from))
}

fn octets(value: &[u8]) -> Result<Vec<u8>, DerError> {
    Ok(Reader::new(value).expect(tag::OCTET_STRING)?.content.to_vec())
}

fn constraints(value: &[u8]) -> Constraints {
    let read = || -> Result<Constraints, DerError> {
        let mut fields = Reader::new(value).expect(tag::SEQUENCE)?.reader();
        let ca = fields.optional(tag::BOOLEAN)?.is_some_and(|flag| flag.content.first().is_some_and(|&octet| octet != 0));
        let Some(length) = fields.optional(tag::INTEGER)? else {
            return Ok(if ca { Constraints::Ca(None) } else { Constraints::NotCa });
        };
        let number = match length.content {
            [] | [0x80..=0xff, ..] => return Err(DerError::Malformed),
            octets if octets.len() <= 4 => octets.iter().fold(0u32, |value, &octet| value << 8 | u32::from(octet)),
            _ => return Err(DerError::TooLarge),
        };
        if ca { Ok(Constraints::Ca(Some(number))) } else { Err(DerError::Malformed) }
    };
    read().unwrap_or(Constraints::Unreadable)
}

fn authority(value: &[u8]) -> Result<Authority, DerError> {
    let mut fields = Reader::new(value).expect(tag::SEQUENCE)?.reader();
    let mut authority = Authority::default();
    if let Some(identifier) = fields.optional(0x80)? {
        authority.key_identifier = identifier.content.to_vec();
    }
    if let Some(names) = fields.optional(0xa1)? {
        authority.has_issuer = true;
        let mut names = names.reader();
        while !names.is_empty() {
            let name = names.next()?;
            if name.tag == 0xa4 && authority.issuer.is_none() {
                authority.issuer = Some(name.content.to_vec());
            }
        }
    }
    if let Some(serial) = fields.optional(0x82)? {
        authority.serial_number = serial.content.to_vec();
    }
    Ok(authority)
}

/// Whether a self-issued certificate is a root: what its authority key identifier says must be its own.
fn names_itself(authority: Option<&Authority>, own_identifier: Option<&[u8]>, issuer: &[u8], serial_number: Element<'_>) -> bool {
    let Some(authority) = authority else { return true };
    (authority.key_identifier.is_empty() || own_identifier == Some(authority.key_identifier.as_slice()))
        && authority.issuer.as_ref().is_none_or(|name| name == issuer)
        && (authority.serial_number.is_empty() || authority.serial_number == serial_number.content)
}

fn key_kind(info: Element<'_>) -> KeyKind {
    let read = || -> Result<KeyKind, DerError> {
        let mut fields = info.reader();
        let mut algorithm = fields.expect(tag::SEQUENCE)?.reader();
        let oid = algorithm.expect(tag::OID)?.content;
        let key = fields.expect(tag::BIT_STRING)?.bits()?;
        let modulus = || -> Result<usize, DerError> {
            let number = Reader::new(key).expect(tag::SEQUENCE)?.reader().expect(tag::INTEGER)?.content;
            Ok(number.iter().skip_while(|&&octet| octet == 0).count())
        };
        Ok(match crate::x509::oid::dotted(oid).as_ref() {
            "1.2.840.113549.1.1.1" | "2.5.8.1.1" => KeyKind::Rsa(modulus()?),
            "1.2.840.113549.1.1.10" => KeyKind::RsaPss(modulus()?),
            "1.2.840.10040.4.1" => KeyKind::Dsa,
            "1.2.840.10046.2.1" => KeyKind::Dh,
            "1.2.840.10045.2.1" => {
                let parameters = algorithm.next()?;
                KeyKind::Ec(match (parameters.tag, crate::x509::oid::dotted(parameters.content).as_ref()) {
                    (tag::OID, "1.2.840.10045.3.1.7" | "1.3.132.0.34" | "1.3.132.0.35") => Curve::Supported,
                    (tag::OID, _) => Curve::Unsupported,
                    _ => Curve::Explicit,
                })
            }
            _ => KeyKind::Other,
        })
    };
    read().unwrap_or(KeyKind::Other)
}
