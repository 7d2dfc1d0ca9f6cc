//! What the listing of a database looks like to callers: entries, parsed views, keys' certificates.

use std::collections::HashMap;

use certdeck_shared::api::bytes::Base64;
use certdeck_shared::api::certificate::{CertificateEntry, ParsedCertificate};
use certdeck_shared::api::validation::ElementRevocation;
use certdeck_shared::hex::hex;
use certdeck_shared::x509::parse;
use sha2::{Digest as _, Sha256};

use super::databases::OperationError;
use crate::nss::listing::{ListedCertificate, Listing};

/// Most characters of a nickname.
pub const LONGEST_NICKNAME: usize = 255;

/// What lists of the database revoke, by the address of the certificate.
pub type Revoked = HashMap<String, ElementRevocation>;

/// A certificate as bytes and what NSS keeps beside them.
#[must_use]
pub fn entry(certificate: &ListedCertificate, revoked: &Revoked) -> CertificateEntry {
    CertificateEntry {
        fingerprint_sha256: certificate.fingerprint_sha256.clone(),
        nickname: certificate.nickname.clone(),
        trust: certificate.trust.to_string(),
        trust_authentic: None,
        key_id: certificate.key_id.clone(),
        revocation: revoked.get(&certificate.fingerprint_sha256).cloned(),
        der: Base64(certificate.der.clone()),
    }
}

/// A certificate with its view, and whether its trust is authentic where that was checked.
#[must_use]
pub fn parsed(certificate: &ListedCertificate, trust_authentic: Option<bool>, revoked: &Revoked) -> ParsedCertificate {
    let view = parse::certificate(&certificate.der);
    ParsedCertificate {
        fingerprint_sha256: certificate.fingerprint_sha256.clone(),
        pkcs11_uri: pkcs11_uri(certificate.nickname.as_deref(), certificate.key_id.as_deref(), "cert"),
        nickname: certificate.nickname.clone(),
        trust: certificate.trust.to_string(),
        trust_in_words: certificate.trust.words(),
        trust_authentic,
        key_id: certificate.key_id.clone(),
        revocation: revoked.get(&certificate.fingerprint_sha256).cloned(),
        parse_error: view.as_ref().err().map(ToString::to_string),
        view: view.ok(),
    }
}

/// What people call a certificate: its nickname, else the name in it.
#[must_use]
pub fn name(certificate: &ListedCertificate) -> String {
    let own = || parse::certificate(&certificate.der).map_or_else(|_| "unreadable".to_owned(), |view| view.display_name());
    certificate.nickname.clone().unwrap_or_else(own)
}

/// PKCS#11 URI (RFC 7512) of an object of the internal token.
#[must_use]
pub fn pkcs11_uri(label: Option<&str>, id: Option<&str>, kind: &str) -> String {
    use std::fmt::Write as _;
    let mut uri = "pkcs11:token=NSS%20Certificate%20DB".to_owned();
    if let Some(label) = label {
        let _ = write!(uri, ";object={}", certdeck_shared::api::paths::segment(label));
    }
    if let Some(id) = id {
        uri.push_str(";id=");
        for pair in id.as_bytes().chunks(2) {
            let _ = write!(uri, "%{}", String::from_utf8_lossy(pair));
        }
    }
    let _ = write!(uri, ";type={kind}");
    uri
}

/// Entity tag of one certificate: changes with its nickname, trust and key.
#[must_use]
pub fn tag(certificate: &ListedCertificate) -> String {
    let mut digest = Sha256::new();
    for part in [
        certificate.fingerprint_sha256.as_str(),
        certificate.nickname.as_deref().unwrap_or_default(),
        &certificate.trust.to_string(),
        certificate.key_id.as_deref().unwrap_or_default(),
    ] {
        digest.update(part.len().to_be_bytes());
        digest.update(part.as_bytes());
    }
    hex(digest.finalize().get(..8).unwrap_or_default())
}

/// Checks that an address is one: 64 hexadecimal digits; upper case and colons are people's habits.
///
/// # Errors
/// Names the field.
pub fn address(text: &str, pointer: &str) -> Result<String, OperationError> {
    let plain: String = text.chars().filter(|character| *character != ':').collect::<String>().to_ascii_lowercase();
    if plain.len() == 64 && plain.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        Ok(plain)
    } else {
        Err(OperationError::invalid(pointer, "A certificate is addressed by its SHA-256 fingerprint: 64 hexadecimal digits."))
    }
}

/// An address that stands in a path: there is nothing at what is no address.
///
/// # Errors
/// `NotFound`.
pub fn in_path(text: &str) -> Result<String, OperationError> {
    address(text, "").map_err(|_| OperationError::not_found("certificate", text))
}

/// The certificate at an address.
///
/// # Errors
/// `NotFound`.
pub fn find<'listing>(listing: &'listing Listing, fingerprint: &str) -> Result<&'listing ListedCertificate, OperationError> {
    let address = in_path(fingerprint)?;
    listing.certificate(&address).ok_or_else(|| OperationError::not_found("certificate", &address))
}

/// What speaks against a nickname.
#[must_use]
pub fn wrong_nickname(nickname: &str) -> Option<String> {
    let length = nickname.chars().count();
    if length == 0 || length > LONGEST_NICKNAME {
        Some(format!("A nickname has 1 to {LONGEST_NICKNAME} characters, not {length}."))
    } else if nickname.chars().any(char::is_control) {
        Some("A nickname has no control characters: certutil prints one certificate a line.".to_owned())
    } else {
        None
    }
}
