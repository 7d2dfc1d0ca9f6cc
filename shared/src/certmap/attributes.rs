//! The attributes of a subject that maps can name.

use crate::name::{AttributeTypeAndValue, DistinguishedName};

/// Name in `certmap.conf`, dotted OIDs in certificates, name in the directory.
const KNOWN: [(&str, &[&str], &str); 10] = [
    ("c", &["2.5.4.6"], "c"),
    ("o", &["2.5.4.10"], "o"),
    ("cn", &["2.5.4.3"], "cn"),
    ("l", &["2.5.4.7"], "l"),
    ("st", &["2.5.4.8"], "st"),
    ("ou", &["2.5.4.11"], "ou"),
    ("uid", &["0.9.2342.19200300.100.1.1"], "uid"),
    ("dc", &["0.9.2342.19200300.100.1.25"], "dc"),
    ("e", E_MAIL, "mail"),
    ("mail", E_MAIL, "mail"),
];

/// emailAddress of PKCS#9, and mail of RFC 4524: the servers take both for the same.
pub(super) const E_MAIL: &[&str] = &["1.2.840.113549.1.9.1", "0.9.2342.19200300.100.1.3"];

/// One name of a list: `e`, or `e=mail`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Component {
    /// As it is written.
    pub(super) text: String,
    /// Dotted OIDs in the subject; none for a name that maps do not know.
    pub(super) oids: &'static [&'static str],
    /// What it is called in the directory.
    pub(super) directory: String,
    /// Whether it is of the form `e=mail`.
    pub(super) renamed: bool,
}

/// The names of a list, which commas and blanks separate.
pub(super) fn components(value: &str) -> Vec<Component> {
    value.split(|letter: char| letter == ',' || letter.is_ascii_whitespace()).filter(|text| !text.is_empty()).map(component).collect()
}

fn component(text: &str) -> Component {
    let (certificate, renamed) = text.split_once('=').map_or((text, None), |(certificate, directory)| (certificate, Some(directory)));
    let known = KNOWN.iter().find(|(name, ..)| name.eq_ignore_ascii_case(certificate));
    let known = known.filter(|_| renamed.is_none_or(is_attribute));
    Component {
        text: text.to_owned(),
        oids: known.map_or(&[], |(_, oids, _)| oids),
        directory: renamed.or(known.map(|(.., directory)| *directory)).unwrap_or_default().to_owned(),
        renamed: renamed.is_some(),
    }
}

/// All that maps know, for a map that names none.
pub(super) fn all() -> Vec<Component> {
    KNOWN.iter().filter(|(name, ..)| *name != "mail").map(|(name, ..)| component(name)).collect()
}

/// Attributes of a subject that are in a list, the most specific first, with their names in the directory.
pub(super) fn chosen<'a>(subject: &'a DistinguishedName, list: &'a [Component]) -> Vec<(&'a str, &'a AttributeTypeAndValue)> {
    let attributes = subject.rdns.iter().rev().flatten();
    attributes
        .filter_map(|attribute| {
            let component = list.iter().find(|component| component.oids.contains(&attribute.oid.as_ref()))?;
            Some((component.directory.as_str(), attribute))
        })
        .collect()
}

/// Whether text is an attribute description of RFC 4512 section 2.5.
pub(super) fn is_attribute(text: &str) -> bool {
    let letters = |part: &str| !part.is_empty() && part.bytes().all(|octet| octet.is_ascii_alphanumeric() || octet == b'-');
    let mut parts = text.split(';');
    let kind = parts.next().unwrap_or_default();
    let named = letters(kind) && kind.starts_with(|letter: char| letter.is_ascii_alphabetic());
    let dotted = crate::x509::oid::encode(kind).is_some();
    (named || dotted) && parts.all(letters)
}
