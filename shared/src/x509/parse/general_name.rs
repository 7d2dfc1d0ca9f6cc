//! GeneralName (RFC 5280 section 4.2.1.6).

use std::net::{Ipv4Addr, Ipv6Addr};

use crate::hex::hex;
use crate::name::DistinguishedName;
use crate::x509::der::{self, DerError, Element, Reader, tag};
use crate::x509::oid;
use crate::x509::view::GeneralNameView;

/// GeneralNames: a SEQUENCE of them.
pub(super) fn list(reader: &mut Reader<'_>) -> Result<Vec<GeneralNameView>, DerError> {
    let mut names = Vec::new();
    let mut elements = reader.expect(tag::SEQUENCE)?.reader();
    while !elements.is_empty() {
        names.push(view(elements.next()?));
    }
    Ok(names)
}

/// Only the URIs of some GeneralNames.
pub(super) fn uris(mut names: Reader<'_>, addresses: &mut Vec<String>) -> Result<(), DerError> {
    while !names.is_empty() {
        let name = names.next()?;
        if name.tag == 0x86 {
            addresses.push(string(name));
        }
    }
    Ok(())
}

pub(super) fn string(name: Element<'_>) -> String {
    // IA5String, but OpenSSL and NSS show whatever is there.
    der::text(0x16, name.content).unwrap_or_default().into_owned()
}

/// One name; what cannot be read is kept as bytes.
pub(super) fn view(name: Element<'_>) -> GeneralNameView {
    let known = match name.tag {
        0x81 => Some(GeneralNameView::Email(string(name))),
        0x82 => Some(GeneralNameView::Dns(string(name))),
        0x86 => Some(GeneralNameView::Uri(string(name))),
        0x87 => address(name.content).map(GeneralNameView::Ip),
        0x88 => Some(GeneralNameView::RegisteredId(oid::dotted(name.content).into_owned())),
        0xa4 => directory_name(name).ok(),
        0xa0 => other_name(name).ok(),
        _ => None,
    };
    known.unwrap_or_else(|| GeneralNameView::Unknown { tag: name.number, hex: hex(name.content) })
}

fn address(octets: &[u8]) -> Option<String> {
    if let Ok(four) = <[u8; 4]>::try_from(octets) {
        return Some(Ipv4Addr::from(four).to_string());
    }
    <[u8; 16]>::try_from(octets).ok().map(|sixteen| Ipv6Addr::from(sixteen).to_string())
}

fn directory_name(name: Element<'_>) -> Result<GeneralNameView, DerError> {
    let inner = der::only(name.content, tag::SEQUENCE)?;
    Ok(GeneralNameView::DirectoryName(DistinguishedName::read(inner)?.to_string()))
}

fn other_name(name: Element<'_>) -> Result<GeneralNameView, DerError> {
    let mut reader = name.reader();
    let oid = oid::dotted(reader.expect(tag::OID)?.content).into_owned();
    let value = reader.expect(0xa0)?.reader().next()?;
    let value = der::text(value.tag, value.content).map_or_else(|| hex(value.raw), std::borrow::Cow::into_owned);
    Ok(GeneralNameView::OtherName { oid, value })
}
