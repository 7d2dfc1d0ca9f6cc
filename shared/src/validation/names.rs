//! Name constraints as NSS compares them, which is not always as RFC 5280 has it: a host name below a constraint needs a dot between, a
//! common name counts as a host name where there is no alternative one, and a directory name shorter than the constraint passes.

use super::facts::Facts;
use crate::name::DistinguishedName;
use crate::x509::der::{self, DerError, Reader, tag};

/// A GeneralName; the number is that of its tag.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Name {
    kind: u8,
    /// The text, the octets of an address, a whole directory name, or the identifier of an `otherName`.
    content: Vec<u8>,
}

const OTHER: u8 = 0;
const EMAIL: u8 = 1;
const DNS: u8 = 2;
const DIRECTORY: u8 = 4;
const URI: u8 = 6;
const IP: u8 = 7;

/// All names of a certificate that constraints are held against. `with_common_name`: for a server's own certificate, when it has neither a
/// DNS name nor an address.
pub(super) fn of(facts: &Facts, with_common_name: bool) -> Vec<Name> {
    let mut names = vec![Name { kind: DIRECTORY, content: facts.subject.clone() }];
    let subject = DistinguishedName::from_der(&facts.subject).unwrap_or_default();
    for attribute in subject.rdns.iter().flatten() {
        if matches!(attribute.oid.as_ref(), "1.2.840.113549.1.9.1" | "0.9.2342.19200300.100.1.3") {
            names.push(Name { kind: EMAIL, content: attribute.value.clone().into_bytes() });
        }
    }
    let alternative = facts.alternative_names.as_deref().and_then(|value| general_names(value).ok()).unwrap_or_default();
    let has_host = alternative.iter().any(|name| matches!(name.kind, DNS | IP));
    names.extend(alternative);
    if let (true, false, Some(name)) = (with_common_name, has_host, subject.common_name()) {
        names.push(Name { kind: DNS, content: name.as_bytes().to_vec() });
    }
    names
}

fn general_names(value: &[u8]) -> Result<Vec<Name>, DerError> {
    let mut names = Vec::new();
    let mut list = Reader::new(value).expect(tag::SEQUENCE)?.reader();
    while !list.is_empty() {
        names.push(general_name(list.next()?)?);
    }
    Ok(names)
}

fn general_name(element: der::Element<'_>) -> Result<Name, DerError> {
    let kind = element.tag & 0x0f;
    let content = match kind {
        OTHER => element.reader().expect(tag::OID)?.content,
        1..=8 => element.content,
        _ => return Err(DerError::Malformed),
    };
    Ok(Name { kind, content: content.to_vec() })
}

/// The constraints of a CA.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct NameConstraints {
    permitted: Vec<Name>,
    excluded: Vec<Name>,
}

impl NameConstraints {
    /// Those of the extension; those that NSS imposes on two governments' CAs where there is none.
    ///
    /// # Errors
    /// When the extension cannot be read, which forbids every name.
    pub(super) fn of(facts: &Facts) -> Result<Option<Self>, DerError> {
        match &facts.name_constraints {
            Some(value) => Self::read(value).map(Some),
            None => Ok(facts.imposed_domains.map(|domains| Self {
                permitted: domains.iter().map(|domain| Name { kind: DNS, content: domain.as_bytes().to_vec() }).collect(),
                excluded: Vec::new(),
            })),
        }
    }

    fn read(value: &[u8]) -> Result<Self, DerError> {
        let mut fields = Reader::new(value).expect(tag::SEQUENCE)?.reader();
        let mut subtrees = |tagged: u8| -> Result<Vec<Name>, DerError> {
            let Some(trees) = fields.optional(tagged)? else { return Ok(Vec::new()) };
            let (mut trees, mut names) = (trees.reader(), Vec::new());
            while !trees.is_empty() {
                names.push(general_name(trees.expect(tag::SEQUENCE)?.reader().next()?)?);
            }
            Ok(names)
        };
        Ok(Self { permitted: subtrees(0xa0)?, excluded: subtrees(0xa1)? })
    }

    /// True when the name may be there.
    pub(super) fn allow(&self, name: &Name) -> bool {
        let applying = |list: &'_ [Name]| list.iter().filter(|constraint| constraint.kind == name.kind).cloned().collect::<Vec<_>>();
        let excluded = applying(&self.excluded);
        let permitted = applying(&self.permitted);
        if name.kind == URI && !(excluded.is_empty() && permitted.is_empty()) && host(&name.content).is_none() {
            return false;
        }
        // A name of a kind that NSS cannot compare is never excluded and always permitted.
        let comparable = matches!(name.kind, EMAIL | DNS | DIRECTORY | URI | IP);
        let is_excluded = comparable && excluded.iter().any(|constraint| matches(name, constraint));
        let is_permitted = permitted.is_empty() || permitted.iter().any(|constraint| matches(name, constraint));
        !is_excluded && is_permitted
    }
}

fn matches(name: &Name, constraint: &Name) -> bool {
    let (text, limit) = (name.content.as_slice(), constraint.content.as_slice());
    match name.kind {
        EMAIL => email_matches(text, limit),
        DNS => limit.is_empty() || is_below(text, limit),
        DIRECTORY => directory_matches(text, limit),
        URI => host(text).is_some_and(|host| !limit.is_empty() && uri_matches(host, limit)),
        IP => address_matches(text, limit),
        OTHER => text == limit,
        _ => true,
    }
}

/// Ends with the limit, at a label: exactly one of the two has the dot.
fn is_below(text: &[u8], limit: &[u8]) -> bool {
    let Some(offset) = text.len().checked_sub(limit.len()) else { return false };
    let (before, end) = text.split_at(offset);
    end.eq_ignore_ascii_case(limit) && before.last().is_none_or(|&last| (last == b'.') != (limit.first() == Some(&b'.')))
}

fn uri_matches(host: &[u8], limit: &[u8]) -> bool {
    if limit.first() == Some(&b'.') { is_below(host, limit) } else { host.eq_ignore_ascii_case(limit) }
}

fn email_matches(text: &[u8], limit: &[u8]) -> bool {
    if limit.is_empty() {
        return true;
    }
    if limit.contains(&b'@') {
        return text.eq_ignore_ascii_case(limit);
    }
    let Some(offset) = text.len().checked_sub(limit.len()) else { return false };
    if limit == b"." {
        return true;
    }
    let (before, end) = text.split_at(offset);
    end.eq_ignore_ascii_case(limit) && (limit.first() == Some(&b'.') || before.last() == Some(&b'@'))
}

fn address_matches(address: &[u8], limit: &[u8]) -> bool {
    matches!(address.len(), 4 | 16) && limit.len() == address.len() * 2 && {
        let (network, mask) = limit.split_at(address.len());
        address.iter().zip(network).zip(mask).all(|((octet, network), mask)| (octet ^ network) & mask == 0)
    }
}

/// The host of a URI: behind `://` and a user, before a port and a path.
fn host(uri: &[u8]) -> Option<&[u8]> {
    let start = uri.windows(3).position(|window| window == b"://")? + 3;
    let authority = uri.get(start..)?;
    let authority = authority.split(|&octet| octet == b'/').next()?;
    let end = authority.iter().rposition(|&octet| octet == b':').unwrap_or(authority.len());
    let authority = authority.get(..end)?;
    let host = match authority.iter().position(|&octet| octet == b'@') {
        Some(at) => authority.get(at + 1..)?,
        None => authority,
    };
    (!host.is_empty()).then_some(host)
}

/// One relative distinguished name after the other, as far as the shorter of the two reaches.
fn directory_matches(name: &[u8], limit: &[u8]) -> bool {
    let (Ok(name), Ok(limit)) = (relative_names(name), relative_names(limit)) else { return false };
    limit.iter().zip(&name).all(|(wanted, there)| wanted.iter().all(|attribute| there.iter().any(|other| same(attribute, other))))
}

type Attribute<'a> = (&'a [u8], der::Element<'a>);

fn relative_names(name: &[u8]) -> Result<Vec<Vec<Attribute<'_>>>, DerError> {
    let mut names = Vec::new();
    let mut rdns = der::only(name, tag::SEQUENCE)?.reader();
    while !rdns.is_empty() {
        let (mut set, mut attributes) = (rdns.expect(tag::SET)?.reader(), Vec::new());
        while !set.is_empty() {
            let mut pair = set.expect(tag::SEQUENCE)?.reader();
            attributes.push((pair.expect(tag::OID)?.content, pair.next()?));
        }
        names.push(attributes);
    }
    Ok(names)
}

/// Same bytes; the same text where the string types differ; the same but for case and spaces where both are PrintableString.
fn same((kind, value): &Attribute<'_>, (other_kind, other): &Attribute<'_>) -> bool {
    const PRINTABLE_STRING: u8 = 0x13;
    kind == other_kind
        && (value.raw == other.raw
            || if value.tag != other.tag {
                let text = |element: &der::Element<'_>| der::text(element.tag, element.content).map(std::borrow::Cow::into_owned);
                text(value).is_some_and(|text_of| !text_of.is_empty() && Some(text_of) == text(other))
            } else {
                value.tag == PRINTABLE_STRING && folded(value.content) == folded(other.content)
            })
}

fn folded(text: &[u8]) -> Vec<u8> {
    let words = text.split(u8::is_ascii_whitespace).filter(|word| !word.is_empty());
    words.map(<[u8]>::to_ascii_lowercase).collect::<Vec<_>>().join(&b' ')
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("www.example.org", "example.org", true)]
    #[case("example.org", "EXAMPLE.org", true)]
    #[case("noexample.org", "example.org", false)]
    #[case("www.example.org", ".example.org", true)]
    #[case("www..example.org", ".example.org", false)]
    #[case("anything", "", true)]
    #[case("org", "example.org", false)]
    fn host_names_need_a_dot(#[case] text: &str, #[case] limit: &str, #[case] expected: bool) {
        let name = |text: &str| Name { kind: DNS, content: text.as_bytes().to_vec() };
        assert_eq!(matches(&name(text), &name(limit)), expected);
    }

    #[rstest]
    #[case("ada@example.org", "example.org", true)]
    #[case("ada@mail.example.org", "example.org", false)]
    #[case("ada@mail.example.org", ".example.org", true)]
    #[case("ada@example.org", "ADA@example.org", true)]
    #[case("ada@example.org", ".", true)]
    fn addresses_are_of_a_host_or_below_it(#[case] text: &str, #[case] limit: &str, #[case] expected: bool) {
        assert_eq!(email_matches(text.as_bytes(), limit.as_bytes()), expected);
    }

    #[rstest]
    #[case("https://ada@www.example.org:8443/x", Some("www.example.org"))]
    #[case("https://", None)]
    #[case("mailto:ada", None)]
    fn the_host_of_an_address_is_found(#[case] uri: &str, #[case] expected: Option<&str>) {
        assert_eq!(host(uri.as_bytes()), expected.map(str::as_bytes));
    }
}
