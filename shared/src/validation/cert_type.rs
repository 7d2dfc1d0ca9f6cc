//! The certificate type: one word of bits in which NSS joins what a certificate says of its purpose with what its trust adds.

use super::bits::cert_type::{
    EMAIL, EMAIL_CA, IPSEC, IPSEC_CA, OBJECT_SIGNING, OBJECT_SIGNING_CA, SSL_CA, SSL_CLIENT, SSL_SERVER, STATUS_RESPONDER, TIME_STAMP,
};
use super::facts::{Constraints, Facts};
use crate::name::DistinguishedName;
use crate::trust::{TrustFlags, UsageTrust};
use crate::x509::der::{DerError, Reader, tag};

/// What the certificate itself says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Kinds {
    /// The bits without trust.
    own: u32,
    /// Neither the Netscape extension nor extended key usage is there, so trust counts too.
    unrestricted: bool,
    /// A CA by basic constraints, or an old root.
    is_ca: bool,
}

/// The bits of a certificate as it stands in a database with this trust.
pub(super) fn of_leaf(kinds: Kinds, trust: TrustFlags) -> u32 {
    if !kinds.unrestricted {
        return kinds.own;
    }
    let joined = kinds.own | if kinds.is_ca { SSL_CA | EMAIL_CA } else { 0 } | by_trust(trust);
    let responder = if joined & (SSL_CA | EMAIL_CA | OBJECT_SIGNING_CA) == 0 { 0 } else { STATUS_RESPONDER };
    with_ipsec(joined | responder)
}

/// The bits that count when it is looked at as an issuer: trust overrides what it says.
pub(super) fn of_issuer(kinds: Kinds, trust: TrustFlags) -> u32 {
    of_leaf(kinds, trust) | if kinds.is_ca { SSL_CA | EMAIL_CA } else { 0 } | by_trust(trust)
}

/// The part that only the certificate decides.
pub(super) fn kinds(facts: &Facts, version: u8, netscape: Option<u32>, extended: Option<&[u8]>) -> Kinds {
    let says_ca = matches!(facts.constraints, Constraints::Ca(_));
    let is_ca = says_ca || (facts.is_root && version < 3);
    let extended = extended.and_then(|value| purposes(value).ok());
    if netscape.is_none() && extended.is_none() {
        let ca = if says_ca { SSL_CA | EMAIL_CA | STATUS_RESPONDER } else { 0 };
        let old_root = if is_ca { SSL_CA | EMAIL_CA | STATUS_RESPONDER } else { 0 };
        let own = with_ipsec(ca | old_root | SSL_CLIENT | SSL_SERVER | EMAIL);
        return Kinds { own, unrestricted: true, is_ca };
    }
    let mut bits = netscape.unwrap_or_default();
    // A TLS client with an address may use it for e-mail, and a CA for TLS is one for e-mail.
    if bits & SSL_CLIENT != 0 && has_address(facts) {
        bits |= EMAIL;
    }
    if bits & SSL_CA != 0 {
        bits |= EMAIL_CA;
    }
    for purpose in extended.iter().flatten() {
        bits |= match purpose.as_str() {
            "1.3.6.1.5.5.7.3.4" if says_ca => EMAIL_CA,
            "1.3.6.1.5.5.7.3.4" => EMAIL,
            // Server, Netscape's step-up, client.
            "1.3.6.1.5.5.7.3.1" | "2.16.840.1.113730.4.1" | "1.3.6.1.5.5.7.3.2" if says_ca => SSL_CA,
            "1.3.6.1.5.5.7.3.1" | "2.16.840.1.113730.4.1" => SSL_SERVER,
            "1.3.6.1.5.5.7.3.2" => SSL_CLIENT,
            "1.3.6.1.5.5.7.3.5" | "1.3.6.1.5.5.7.3.6" | "1.3.6.1.5.5.7.3.7" | "1.3.6.1.5.5.7.3.17" | "1.3.6.1.5.5.8.2.1"
            | "1.3.6.1.5.5.8.2.2" | "2.5.29.37.0" => {
                if says_ca {
                    IPSEC_CA
                } else {
                    IPSEC
                }
            }
            "1.3.6.1.5.5.7.3.3" if says_ca => OBJECT_SIGNING_CA,
            "1.3.6.1.5.5.7.3.3" => OBJECT_SIGNING,
            "1.3.6.1.5.5.7.3.8" => TIME_STAMP,
            "1.3.6.1.5.5.7.3.9" => STATUS_RESPONDER,
            _ => 0,
        };
    }
    Kinds { own: with_ipsec(bits), unrestricted: false, is_ca }
}

/// IPsec may use what TLS and e-mail may.
fn with_ipsec(bits: u32) -> u32 {
    let leaf = if bits & (SSL_CLIENT | SSL_SERVER | EMAIL) == 0 { 0 } else { IPSEC };
    let ca = if bits & (SSL_CA | EMAIL_CA) == 0 { 0 } else { IPSEC_CA };
    bits | leaf | ca
}

/// What trust says: a peer, trusted or not, is of that kind, and so is a CA.
fn by_trust(trust: TrustFlags) -> u32 {
    let says = |field: UsageTrust, peer: u32, ca: u32| {
        let is_peer = field.trusted_peer || field.prohibited;
        // `T` is `c` too.
        let is_ca = field.valid_ca || field.trusted_ca || field.trusted_client_ca;
        (if is_peer { peer } else { 0 }) | (if is_ca { ca } else { 0 })
    };
    says(trust.ssl, SSL_SERVER | SSL_CLIENT, SSL_CA)
        | says(trust.email, EMAIL, EMAIL_CA)
        | says(trust.object_signing, OBJECT_SIGNING, OBJECT_SIGNING_CA)
}

/// Extended key usage, dotted.
fn purposes(value: &[u8]) -> Result<Vec<String>, DerError> {
    let mut found = Vec::new();
    let mut list = Reader::new(value).expect(tag::SEQUENCE)?.reader();
    while !list.is_empty() {
        found.push(crate::x509::oid::dotted(list.expect(tag::OID)?.content).into_owned());
    }
    Ok(found)
}

const EMAIL_ATTRIBUTES: [&str; 2] = ["1.2.840.113549.1.9.1", "0.9.2342.19200300.100.1.3"];

/// An e-mail address in the subject or among the alternative names.
fn has_address(facts: &Facts) -> bool {
    let in_name = |name: &DistinguishedName| EMAIL_ATTRIBUTES.iter().any(|oid| name.first(oid).is_some_and(|value| !value.is_empty()));
    if DistinguishedName::from_der(&facts.subject).is_ok_and(|name| in_name(&name)) {
        return true;
    }
    let Some(value) = &facts.alternative_names else { return false };
    let Ok(mut names) = Reader::new(value).expect(tag::SEQUENCE).map(|list| list.reader()) else { return false };
    while let Ok(name) = names.next() {
        let found = match name.tag {
            0x81 => !name.content.is_empty(),
            0xa4 => DistinguishedName::from_der(name.content).is_ok_and(|name| in_name(&name)),
            _ => false,
        };
        if found {
            return true;
        }
    }
    false
}
