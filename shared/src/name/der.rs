//! Names from and to DER.

use super::{AttributeTypeAndValue, DistinguishedName};
use crate::hex::{hex, unhex};
use crate::x509::der::{self, DerError, Element, Reader, tag};
use crate::x509::oid;

impl DistinguishedName {
    /// Reads a Name, DER.
    ///
    /// # Errors
    /// Says what is not as RFC 5280 has it. Values of any type are read; only the structure must hold.
    pub fn from_der(bytes: &[u8]) -> Result<Self, DerError> {
        Self::read(der::only(bytes, tag::SEQUENCE)?)
    }

    pub(crate) fn read(name: Element<'_>) -> Result<Self, DerError> {
        let mut rdns = Vec::new();
        let mut names = name.reader();
        while !names.is_empty() {
            let mut set = names.expect(tag::SET)?.reader();
            let mut attributes = Vec::with_capacity(1);
            while !set.is_empty() {
                attributes.push(attribute(set.expect(tag::SEQUENCE)?.reader())?);
            }
            // An empty set says nothing, and OpenSSL passes over it.
            if !attributes.is_empty() {
                rdns.push(attributes);
            }
        }
        Ok(Self { rdns })
    }

    /// Writes a Name, DER: PrintableString for countries and where an LDAP directory wants it, IA5String for e-mail and domain
    /// components, UTF8String otherwise (RFC 5280 section 4.1.2.4).
    #[must_use]
    pub fn to_der(&self) -> Vec<u8> {
        let rdns: Vec<Vec<u8>> = self
            .rdns
            .iter()
            .map(|attributes| {
                let mut set: Vec<Vec<u8>> = attributes.iter().map(encode).collect();
                // SET OF is sorted in DER.
                set.sort();
                der::wrap(tag::SET, &set.concat())
            })
            .collect();
        der::wrap(tag::SEQUENCE, &rdns.concat())
    }
}

fn attribute(mut pair: Reader<'_>) -> Result<AttributeTypeAndValue, DerError> {
    let kind = pair.expect(tag::OID)?;
    let raw = pair.rest();
    // A value whose header is broken is kept as bytes: the rest of the name can still be told.
    let text = pair.next().ok().and_then(|value| der::text(value.tag, value.content));
    let value = match text {
        Some(text) if octets(&text).is_none() => text.into_owned(),
        _ => ["#", &hex(raw)].concat(),
    };
    Ok(AttributeTypeAndValue { oid: oid::dotted(kind.content), value })
}

fn encode(attribute: &AttributeTypeAndValue) -> Vec<u8> {
    let kind = oid::encode(&attribute.oid).unwrap_or_default();
    der::wrap(tag::SEQUENCE, &[der::wrap(tag::OID, &kind), encode_value(attribute)].concat())
}

/// The value of an attribute, DER.
pub(super) fn encode_value(attribute: &AttributeTypeAndValue) -> Vec<u8> {
    octets(&attribute.value).unwrap_or_else(|| {
        let tag = match attribute.oid.as_ref() {
            // countryName, serialNumber, telephoneNumber, dnQualifier, jurisdictionCountryName.
            "2.5.4.6" | "2.5.4.5" | "2.5.4.20" | "2.5.4.46" | "1.3.6.1.4.1.311.60.2.1.3" if is_printable(&attribute.value) => 0x13,
            "1.2.840.113549.1.9.1" | "0.9.2342.19200300.100.1.25" if attribute.value.is_ascii() => 0x16,
            _ => tag::UTF8_STRING,
        };
        der::wrap(tag, attribute.value.as_bytes())
    })
}

/// The octets that a value stands for which is written as `#` and hex.
fn octets(value: &str) -> Option<Vec<u8>> {
    value.strip_prefix('#').and_then(unhex).filter(|raw| Reader::new(raw).next().is_ok())
}

/// Text as the value of an attribute: text that looks like octets is written as octets, those of a string of this text.
pub(super) fn value_of_text(text: String) -> String {
    match octets(&text) {
        Some(_) => ["#", &hex(&der::wrap(tag::UTF8_STRING, text.as_bytes()))].concat(),
        None => text,
    }
}

fn is_printable(text: &str) -> bool {
    text.bytes().all(|octet| octet.is_ascii_alphanumeric() || b" '()+,-./:=?".contains(&octet))
}
