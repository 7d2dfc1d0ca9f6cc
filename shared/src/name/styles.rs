//! Names in the other ways people write them: OpenSSL's `/C=CH/O=…`, its `C = CH, O = …`, and RFC 1485 as certutil takes it.

use super::{AttributeTypeAndValue, DistinguishedName, NameError, oid_of};
use crate::x509::oid;

/// How text spells a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NameStyle {
    /// `CN=www.example.org,O=Example,C=CH` (RFC 4514, and RFC 1485 before it): the most specific attribute first.
    Rfc4514,
    /// `/C=CH/O=Example/CN=www.example.org`, as `openssl req -subj` takes it: in the order of the encoding.
    Slashes,
    /// `C = CH, O = Example, CN = www.example.org`, as OpenSSL prints it: in the order of the encoding.
    Spaced,
}

impl NameStyle {
    /// What a text is written in.
    #[must_use]
    pub fn of(text: &str) -> Self {
        let text = bare(text);
        if text.starts_with('/') {
            return Self::Slashes;
        }
        match text.split_once('=') {
            Some((name, value)) if name.ends_with(' ') && value.starts_with(' ') => Self::Spaced,
            _ => Self::Rfc4514,
        }
    }
}

/// The text without what `openssl … -subject` and `certutil -L` print before it.
fn bare(text: &str) -> &str {
    let text = text.trim();
    for before in ["subject=", "Subject:", "issuer=", "Issuer:"] {
        if let Some(rest) = text.strip_prefix(before)
            && (rest.contains('=') || rest.trim().is_empty())
        {
            return bare(rest);
        }
    }
    // certutil prints the whole name in quotes.
    match text.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')) {
        Some(inner) if inner.contains('=') => inner,
        _ => text,
    }
}

impl DistinguishedName {
    /// Reads a name however it is written; several lines are attributes one a line.
    ///
    /// # Errors
    /// Names the part that is none.
    pub fn parse_any(text: &str) -> Result<Self, NameError> {
        let text = bare(text);
        let lines: Vec<&str> =
            text.lines().map(|line| line.trim().trim_end_matches([',', ';']).trim_end()).filter(|line| !line.is_empty()).collect();
        match NameStyle::of(text) {
            NameStyle::Slashes => slashes(&lines.concat()),
            NameStyle::Rfc4514 => lines.join(",").parse(),
            NameStyle::Spaced => lines.join(",").parse().map(|mut name: Self| {
                name.rdns.reverse();
                name
            }),
        }
    }

    /// `/C=CH/O=Example/CN=www.example.org`: what `openssl req -subj` takes.
    #[must_use]
    pub fn to_openssl(&self) -> String {
        let mut text = String::new();
        for rdn in &self.rdns {
            for (place, attribute) in rdn.iter().enumerate() {
                text.push(if place == 0 { '/' } else { '+' });
                text.push_str(match attribute.short_name() {
                    "STREET" => "street",
                    name => name,
                });
                text.push('=');
                for character in attribute.value.chars() {
                    if matches!(character, '/' | '+' | '\\') {
                        text.push('\\');
                    }
                    text.push(character);
                }
            }
        }
        text
    }

    /// `CN=www.example.org, O=Example, C=CH`: what `certutil -s` takes (RFC 1485). Attribute types that NSS has no name for are
    /// written with their encoding: NSS would take the text after `OID.…=` for DER.
    #[must_use]
    pub fn to_rfc1485(&self) -> String {
        self.joined(" + ", ", ")
    }

    /// `CN=www.example.org,O=Example,C=CH`: as NSS prints it (`CERT_NameToAscii`).
    #[must_use]
    pub fn to_nss(&self) -> String {
        self.joined("+", ",")
    }

    fn joined(&self, inside: &str, between: &str) -> String {
        let rdns = self.rdns.iter().rev();
        let parts: Vec<String> = rdns.map(|rdn| rdn.iter().map(nss_attribute).collect::<Vec<_>>().join(inside)).collect();
        parts.join(between)
    }
}

/// Names that NSS reads (`name2kinds` of alg1485.c); `E` is its word for emailAddress.
const KNOWN_TO_NSS: [&str; 18] = [
    "CN",
    "ST",
    "O",
    "C",
    "L",
    "OU",
    "DC",
    "UID",
    "SN",
    "title",
    "initials",
    "dnQualifier",
    "serialNumber",
    "STREET",
    "postalCode",
    "businessCategory",
    "pseudonym",
    "generationQualifier",
];

fn nss_attribute(attribute: &AttributeTypeAndValue) -> String {
    let name = match attribute.short_name() {
        "emailAddress" => "E",
        "GN" => "givenName",
        name if KNOWN_TO_NSS.contains(&name) => name,
        _ => {
            let value = super::der::encode_value(attribute);
            return ["OID.", attribute.oid.as_ref(), "=#", &crate::hex::hex(&value)].concat();
        }
    };
    let value = attribute.value.as_str();
    let special = value.contains([',', '+', '"', '\\', '<', '>', '#', ';', '=', '\n', '\r']);
    if special || value.starts_with(' ') || value.ends_with(' ') || value.contains("  ") {
        let escaped = value.replace('\\', "\\\\").replace('"', "\\\"");
        return [name, "=\"", &escaped, "\""].concat();
    }
    [name, "=", value].concat()
}

/// A slash begins an attribute only before something that is one: `OU=hostname/ SSL Web Server` holds a slash, and OpenSSL prints it bare.
fn slashes(text: &str) -> Result<DistinguishedName, NameError> {
    let mut parts: Vec<(bool, String)> = Vec::new();
    let mut rest = text.chars();
    let mut value = String::new();
    let mut joined = false;
    while let Some(character) = rest.next() {
        match character {
            '\\' => value.extend(rest.next()),
            '/' | '+' if begins_attribute(rest.as_str()) => {
                if !value.is_empty() || !parts.is_empty() {
                    parts.push((joined, std::mem::take(&mut value)));
                }
                joined = character == '+';
            }
            other => value.push(other),
        }
    }
    parts.push((joined, value));
    let mut rdns: Vec<Vec<AttributeTypeAndValue>> = Vec::with_capacity(parts.len());
    for (joined, part) in parts {
        let no_equals = || NameError::NoEquals { part: part.trim().to_owned() };
        let (name, value) = part.split_once('=').ok_or_else(no_equals)?;
        let name = name.trim();
        let oid = type_of(name).ok_or_else(|| NameError::UnknownAttribute { name: name.to_owned() })?;
        let attribute = AttributeTypeAndValue { oid: oid.into(), value: value.trim().to_owned() };
        match rdns.last_mut().filter(|_| joined) {
            Some(rdn) => rdn.push(attribute),
            None => rdns.push(vec![attribute]),
        }
    }
    Ok(DistinguishedName { rdns })
}

fn begins_attribute(text: &str) -> bool {
    text.split_once('=').is_some_and(|(name, _)| type_of(name.trim()).is_some())
}

fn type_of(name: &str) -> Option<String> {
    let dotted = super::without_oid(name).unwrap_or(name);
    oid_of(name).map(str::to_owned).or_else(|| oid::encode(dotted).map(|_| dotted.to_owned()))
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    const SEED: &str = "CN=hostname.sesta.com,OU=hostname/ SSL Web Server,O=Sesta,C=US";

    #[rstest]
    #[case("CN=hostname.sesta.com, OU=hostname/ SSL Web Server, O=Sesta, C=US")]
    #[case("CN=hostname.sesta.com, OU=\"hostname/ SSL Web Server\", O=Sesta, C=US")]
    #[case("\"CN=hostname.sesta.com,OU=hostname/ SSL Web Server,O=Sesta,C=US\"")]
    #[case("/C=US/O=Sesta/OU=hostname/ SSL Web Server/CN=hostname.sesta.com")]
    #[case("/C=US/O=Sesta/OU=hostname\\/ SSL Web Server/CN=hostname.sesta.com")]
    #[case("subject=C = US, O = Sesta, OU = hostname/ SSL Web Server, CN = hostname.sesta.com")]
    #[case("CN=hostname.sesta.com\nOU=hostname/ SSL Web Server,\nO=Sesta\nC=US\n")]
    fn the_subject_of_the_manual_is_read_in_every_style(#[case] text: &str) {
        let name = DistinguishedName::parse_any(text).unwrap();
        assert_eq!(name.to_string(), SEED);
        assert_eq!(name.to_openssl(), "/C=US/O=Sesta/OU=hostname\\/ SSL Web Server/CN=hostname.sesta.com");
        assert_eq!(name.to_rfc1485(), "CN=hostname.sesta.com, OU=hostname/ SSL Web Server, O=Sesta, C=US");
    }

    #[rstest]
    #[case("CN=Sales\\, Ltd,OU=a,OU=b", "/OU=b/OU=a/CN=Sales, Ltd", "CN=\"Sales, Ltd\", OU=a, OU=b")]
    #[case(
        "E=a@example.org,telephoneNumber=12",
        "/telephoneNumber=12/emailAddress=a@example.org",
        "E=a@example.org, OID.2.5.4.20=#13023132"
    )]
    #[case("CN=a+UID=b,DC=example", "/DC=example/CN=a+UID=b", "CN=a + UID=b, DC=example")]
    #[case("OID.2.5.4.3=a", "/CN=a", "CN=a")]
    fn other_styles_hold_the_same_name(#[case] text: &str, #[case] openssl: &str, #[case] nss: &str) {
        let name = DistinguishedName::parse_any(text).unwrap();
        assert_eq!((name.to_openssl().as_str(), name.to_rfc1485().as_str()), (openssl, nss));
        assert_eq!(DistinguishedName::parse_any(openssl).unwrap(), name);
        // What NSS has no name for went as DER.
        assert_eq!(DistinguishedName::from_der(&DistinguishedName::parse_any(nss).unwrap().to_der()).unwrap(), name);
    }

    #[test]
    fn what_is_wrong_is_named() {
        assert_eq!(DistinguishedName::parse_any("/"), Err(NameError::NoEquals { part: "/".to_owned() }));
        assert_eq!(DistinguishedName::parse_any("/CN"), Err(NameError::NoEquals { part: "/CN".to_owned() }));
        assert_eq!(DistinguishedName::parse_any("XY=a"), Err(NameError::UnknownAttribute { name: "XY".to_owned() }));
        assert_eq!(DistinguishedName::parse_any("").map(|name| name.is_empty()), Ok(true));
    }
}
