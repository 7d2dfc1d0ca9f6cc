//! Names from and to text (RFC 4514): least significant first.

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

use super::der::value_of_text;
use super::{AttributeTypeAndValue, DistinguishedName, oid_of};
use crate::hex::unhex;
use crate::x509::der::Reader;
use crate::x509::oid;

/// Why text is no name.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NameError {
    /// No `=` after an attribute type.
    #[error("“{part}” has no “=”; a name looks like CN=www.example.org,O=Example,C=CH")]
    NoEquals {
        /// The part.
        part: String,
    },
    /// An attribute type that is neither a name we know nor an OID.
    #[error("“{name}” is no attribute of a name; known are CN, OU, O, L, ST, C, DC, UID, emailAddress and dotted OIDs")]
    UnknownAttribute {
        /// The type.
        name: String,
    },
    /// A `#` value that is no hex, or a backslash at the end.
    #[error("the value of {name} is not written as RFC 4514 has it")]
    BadValue {
        /// The type.
        name: String,
    },
}

impl fmt::Display for DistinguishedName {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, rdn) in self.rdns.iter().rev().enumerate() {
            if index > 0 {
                formatter.write_str(",")?;
            }
            for (index, attribute) in rdn.iter().enumerate() {
                if index > 0 {
                    formatter.write_str("+")?;
                }
                formatter.write_str(attribute.short_name())?;
                formatter.write_str("=")?;
                formatter.write_str(&escaped_value(&attribute.value))?;
            }
        }
        Ok(())
    }
}

/// True for `#` and the hex of one DER element: a value that is no string.
fn is_hex_value(value: &str) -> bool {
    value.strip_prefix('#').and_then(unhex).is_some_and(|bytes| {
        let mut reader = Reader::new(&bytes);
        reader.next().is_ok() && reader.is_empty()
    })
}

/// A value as it stands in a name (RFC 4514 section 2.4).
#[must_use]
pub fn escaped_value(value: &str) -> Cow<'_, str> {
    let special = |character: char| matches!(character, '"' | '+' | ',' | ';' | '<' | '>' | '\\') || character.is_control();
    let plain = !value.contains(special) && !value.starts_with([' ', '#']) && !value.ends_with(' ');
    if plain || is_hex_value(value) {
        return Cow::Borrowed(value);
    }
    let mut text = String::with_capacity(value.len() + 4);
    let last = value.char_indices().next_back().map(|(index, _)| index);
    for (index, character) in value.char_indices() {
        if character.is_control() {
            let mut buffer = [0; 4];
            for octet in character.encode_utf8(&mut buffer).as_bytes() {
                text.push('\\');
                text.push_str(&crate::hex::hex(&[*octet]).to_ascii_uppercase());
            }
            continue;
        }
        let edge = character == ' ' && (index == 0 || Some(index) == last) || character == '#' && index == 0;
        if special(character) || edge {
            text.push('\\');
        }
        text.push(character);
    }
    Cow::Owned(text)
}

impl FromStr for DistinguishedName {
    type Err = NameError;

    fn from_str(text: &str) -> Result<Self, NameError> {
        let mut rdns = Vec::new();
        if !text.trim().is_empty() {
            for rdn in split(text, b",;") {
                rdns.push(split(rdn, b"+").into_iter().map(attribute).collect::<Result<Vec<_>, _>>()?);
            }
        }
        rdns.reverse();
        Ok(Self { rdns })
    }
}

/// Splits at separators that are neither escaped nor quoted.
fn split<'a>(text: &'a str, separators: &[u8]) -> Vec<&'a str> {
    let mut parts = Vec::new();
    let (mut start, mut escaped, mut quoted) = (0, false, false);
    for (index, octet) in text.bytes().enumerate() {
        match octet {
            _ if escaped => escaped = false,
            b'\\' => escaped = true,
            b'"' => quoted = !quoted,
            _ if !quoted && separators.contains(&octet) => {
                parts.push(text.get(start..index).unwrap_or_default());
                start = index + 1;
            }
            _ => {}
        }
    }
    parts.push(text.get(start..).unwrap_or_default());
    parts
}

fn attribute(part: &str) -> Result<AttributeTypeAndValue, NameError> {
    let (name, value) = part.split_once('=').ok_or_else(|| NameError::NoEquals { part: part.trim().to_owned() })?;
    let name = name.trim();
    let oid = match oid_of(name) {
        Some(known) => Cow::Borrowed(known),
        None => {
            let content = oid::encode(super::without_oid(name).unwrap_or(name))
                .ok_or_else(|| NameError::UnknownAttribute { name: name.to_owned() })?;
            oid::dotted(&content)
        }
    };
    let value = unescape(value).ok_or_else(|| NameError::BadValue { name: name.to_owned() })?;
    Ok(AttributeTypeAndValue { oid, value })
}

/// The value without escapes and without the spaces around it that are not escaped.
fn unescape(value: &str) -> Option<String> {
    let value = value.trim_start_matches(' ');
    if value.starts_with('#') {
        let value = value.trim_end_matches(' ');
        return is_hex_value(value).then(|| value.to_ascii_lowercase());
    }
    let mut bytes = Vec::with_capacity(value.len());
    let mut octets = value.bytes();
    // Up to where the value reaches at least: escaped spaces at the end belong to it.
    let mut kept = 0;
    while let Some(octet) = octets.next() {
        match octet {
            b'\\' => {
                let escaped = octets.next()?;
                match char::from(escaped).to_digit(16) {
                    Some(high) if !b" \"#+,;<=>\\".contains(&escaped) => {
                        let low = char::from(octets.next()?).to_digit(16)?;
                        bytes.push(u8::try_from(high << 4 | low).ok()?);
                    }
                    _ => bytes.push(escaped),
                }
                kept = bytes.len();
            }
            // The quoting of RFC 1779, which NSS still prints.
            b'"' => kept = bytes.len(),
            _ => {
                bytes.push(octet);
                if octet != b' ' {
                    kept = bytes.len();
                }
            }
        }
    }
    bytes.truncate(kept);
    String::from_utf8(bytes).ok().map(value_of_text)
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("CN=www.example.org,O=Example,C=CH", "CN=www.example.org,O=Example,C=CH")]
    #[case("cn=a, o=b ; c=CH", "CN=a,O=b,C=CH")]
    #[case("OU=x+CN=Sales\\, Ltd", "OU=x+CN=Sales\\, Ltd")]
    #[case("CN=\"Sales, Ltd\"", "CN=Sales\\, Ltd")]
    #[case("CN=\\ a\\ ", "CN=\\ a\\ ")]
    #[case("CN=\\#a", "CN=\\#a")]
    #[case("CN=Z\\C3\\BCrich", "CN=Zürich")]
    #[case("CN=a\\00b", "CN=a\\00b")]
    #[case("1.2.3.4=#04024869", "1.2.3.4=#04024869")]
    // A string that looks like octets is none: it stays the string.
    #[case("CN=\\#040248", "CN=\\#040248")]
    #[case("CN=\\#04024869", "CN=#0c09233034303234383639")]
    #[case("2.22=\"#0402486F", "2.22=#0c09233034303234383646")]
    #[case("E=a@example.org", "emailAddress=a@example.org")]
    #[case("commonName=a", "CN=a")]
    #[case("", "")]
    fn names_are_read_and_printed(#[case] text: &str, #[case] printed: &str) {
        let name: DistinguishedName = text.parse().unwrap();
        assert_eq!(name.to_string(), printed);
        assert_eq!(DistinguishedName::from_der(&name.to_der()).unwrap(), name);
    }

    #[test]
    fn what_is_wrong_is_named() {
        assert_eq!("CN".parse::<DistinguishedName>(), Err(NameError::NoEquals { part: "CN".to_owned() }));
        assert_eq!("XY=a".parse::<DistinguishedName>(), Err(NameError::UnknownAttribute { name: "XY".to_owned() }));
        assert_eq!("CN=a\\".parse::<DistinguishedName>(), Err(NameError::BadValue { name: "CN".to_owned() }));
        assert_eq!("CN=#xyz".parse::<DistinguishedName>(), Err(NameError::BadValue { name: "CN".to_owned() }));
    }

    #[test]
    fn the_least_significant_comes_first() {
        let name: DistinguishedName = "CN=a,C=CH".parse().unwrap();
        assert_eq!(name.rdns[0][0].short_name(), "C");
    }
}
