//! Distinguished names (RFC 5280 section 4.1.2.4) and their text (RFC 4514).

mod der;
mod styles;
mod text;

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

pub use styles::NameStyle;
pub use text::{NameError, escaped_value};

/// A Name: relative distinguished names in the order of the encoding (most significant first).
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
pub struct DistinguishedName {
    /// Relative distinguished names; most have one attribute.
    pub rdns: Vec<Vec<AttributeTypeAndValue>>,
}

/// One attribute of a name.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct AttributeTypeAndValue {
    /// Dotted OID.
    pub oid: Cow<'static, str>,
    /// The value as text; `#` and the hex of its encoding when it is no string, or one that looks like that (RFC 4514 section 2.4).
    pub value: String,
}

impl AttributeTypeAndValue {
    /// What the attribute is called: `CN`, `emailAddress`; the dotted OID when it has no name.
    #[must_use]
    pub fn short_name(&self) -> &str {
        short_name(&self.oid).unwrap_or(&self.oid)
    }
}

impl DistinguishedName {
    /// The first value of an attribute type, by dotted OID.
    #[must_use]
    pub fn first(&self, oid: &str) -> Option<&str> {
        self.rdns.iter().flatten().find(|attribute| attribute.oid == oid).map(|attribute| attribute.value.as_str())
    }

    /// CN, the most specific one.
    #[must_use]
    pub fn common_name(&self) -> Option<&str> {
        self.rdns.iter().flatten().rev().find(|attribute| attribute.oid == "2.5.4.3").map(|attribute| attribute.value.as_str())
    }

    /// True when there is no attribute at all.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.rdns.iter().all(Vec::is_empty)
    }
}

/// Names of RFC 4514 first, then those that OpenSSL and NSS print.
const SHORT_NAMES: [(&str, &str); 27] = [
    ("2.5.4.3", "CN"),
    ("2.5.4.6", "C"),
    ("2.5.4.7", "L"),
    ("2.5.4.8", "ST"),
    ("2.5.4.10", "O"),
    ("2.5.4.11", "OU"),
    ("2.5.4.9", "STREET"),
    ("0.9.2342.19200300.100.1.25", "DC"),
    ("0.9.2342.19200300.100.1.1", "UID"),
    ("1.2.840.113549.1.9.1", "emailAddress"),
    ("2.5.4.5", "serialNumber"),
    ("2.5.4.4", "SN"),
    ("2.5.4.42", "GN"),
    ("2.5.4.43", "initials"),
    ("2.5.4.44", "generationQualifier"),
    ("2.5.4.12", "title"),
    ("2.5.4.13", "description"),
    ("2.5.4.15", "businessCategory"),
    ("2.5.4.17", "postalCode"),
    ("2.5.4.20", "telephoneNumber"),
    ("2.5.4.41", "name"),
    ("2.5.4.46", "dnQualifier"),
    ("2.5.4.65", "pseudonym"),
    ("2.5.4.97", "organizationIdentifier"),
    ("1.3.6.1.4.1.311.60.2.1.3", "jurisdictionC"),
    ("1.3.6.1.4.1.311.60.2.1.2", "jurisdictionST"),
    ("1.3.6.1.4.1.311.60.2.1.1", "jurisdictionL"),
];

/// The short name of an attribute type, by dotted OID: `CN`.
#[must_use]
pub fn short_name(oid: &str) -> Option<&'static str> {
    SHORT_NAMES.iter().find(|(dotted, _)| *dotted == oid).map(|(_, name)| *name)
}

/// The dotted OID of a short or long name, in whatever case.
#[must_use]
pub fn oid_of(name: &str) -> Option<&'static str> {
    if let Some(dotted) = without_oid(name) {
        return SHORT_NAMES.iter().find(|(known, _)| *known == dotted).map(|(known, _)| *known);
    }
    let known = SHORT_NAMES.iter().find(|(_, short)| short.eq_ignore_ascii_case(name)).map(|(dotted, _)| *dotted);
    known.or_else(|| match name.to_ascii_lowercase().as_str() {
        "s" => Some("2.5.4.8"),
        "e" | "email" => Some("1.2.840.113549.1.9.1"),
        _ => SHORT_NAMES
            .iter()
            .find(|(dotted, _)| crate::x509::oid::name(dotted).is_some_and(|long| long.eq_ignore_ascii_case(name)))
            .map(|(dotted, _)| *dotted),
    })
}

/// The dotted identifier after `OID.`, as NSS writes it.
fn without_oid(name: &str) -> Option<&str> {
    name.get(..4).filter(|prefix| prefix.eq_ignore_ascii_case("oid.")).and_then(|_| name.get(4..))
}
