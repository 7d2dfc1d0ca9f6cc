//! The console's own TLS certificate: made in its own token, self-signed, renewed by itself.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::sync::Mutex;

use certdeck_shared::api::key::KeyAlgorithm;
use certdeck_shared::x509::{fingerprint, parse};
use rcgen::{
    CertificateParams, DistinguishedName, DnType, ExtendedKeyUsagePurpose, IsCa, KeyIdMethod, KeyUsagePurpose, PublicKeyData, SanType,
    SerialNumber, SigningKey,
};
use sha2::{Digest as _, Sha256};
use time::{Duration, OffsetDateTime};
use zeroize::Zeroizing;

use crate::host::randomness;
use crate::token::{CertificateToImport, TokenError, TokenHandle};

/// Nickname of certificate and key.
pub const NICKNAME: &str = "certdeck-console";
/// How long a new one is good.
const GOOD_FOR: Duration = Duration::days(90);
/// It is renewed when less than this is left.
const RENEWED_WITHIN: Duration = Duration::days(30);
/// It begins a little earlier than now, for browsers whose clock is behind.
const BEGINS_BEFORE: Duration = Duration::hours(1);

/// Why there is no certificate to serve.
#[derive(Debug, thiserror::Error)]
pub enum ConsoleCertificateError {
    /// The token refused.
    #[error("the console's own token could not do what its TLS certificate needs")]
    Token(#[from] TokenError),
    /// What is to be signed could not be put together.
    #[error("the console's TLS certificate could not be put together")]
    Assembly(#[from] rcgen::Error),
    /// The token made a key that is not on P-256.
    #[error("the console's key is not an uncompressed point on P-256")]
    Key,
    /// The new certificate cannot be read.
    #[error("the console's new TLS certificate cannot be read")]
    Unreadable(#[from] parse::ParseError),
}

/// A certificate with its key, ready to be served.
pub struct ServedCertificate {
    /// The certificate.
    pub der: Vec<u8>,
    /// Its key, PKCS#8.
    pub key: Zeroizing<Vec<u8>>,
    /// SHA-256 of the certificate, lower-case hex.
    pub fingerprint: String,
    /// Until when it is good.
    pub not_after: OffsetDateTime,
    /// Whether it has just been made.
    pub new: bool,
}

struct Present {
    der: Vec<u8>,
    key_id: Vec<u8>,
    not_after: OffsetDateTime,
}

/// The certificate to serve now, made or renewed if that is due. The token must be unlocked. Old ones are removed only when the new
/// one is in the token, so that a kill in between leaves one that can be served.
pub async fn ensure(token: &TokenHandle, now: OffsetDateTime, host_name: &str) -> Result<ServedCertificate, ConsoleCertificateError> {
    let mut present = present(token).await?;
    present.sort_by_key(|certificate| certificate.not_after);
    let newest = present.pop();
    let (serve, new) = match newest {
        Some(newest) if newest.not_after - now >= RENEWED_WITHIN => (newest, false),
        newest => {
            present.extend(newest);
            (make(token, now, host_name).await?, true)
        }
    };
    if !present.is_empty() {
        token.delete_certificates(present.into_iter().map(|old| old.der).collect(), true).await?;
    }
    let key = token.private_key_pkcs8(&serve.key_id).await?;
    Ok(ServedCertificate { fingerprint: fingerprint::sha256_hex(&serve.der), der: serve.der, key, not_after: serve.not_after, new })
}

async fn present(token: &TokenHandle) -> Result<Vec<Present>, ConsoleCertificateError> {
    let all = token.list().await?;
    let ours = all.into_iter().filter(|certificate| certificate.nickname.as_deref() == Some(NICKNAME));
    Ok(ours
        .filter_map(|certificate| {
            let not_after = parse::certificate(&certificate.der).ok()?.not_after;
            Some(Present { der: certificate.der, key_id: certificate.key_id?, not_after })
        })
        .collect())
}

async fn make(token: &TokenHandle, now: OffsetDateTime, host_name: &str) -> Result<Present, ConsoleCertificateError> {
    let key = token.generate_key(KeyAlgorithm::EcP256, NICKNAME).await?;
    let made = sign_and_import(token, now, host_name, &key.id, &key.subject_public_key_info).await;
    if made.is_err() {
        // No orphan is left behind; the first error is the one that counts.
        let _ = token.delete_key(&key.id).await;
    }
    made
}

async fn sign_and_import(
    token: &TokenHandle,
    now: OffsetDateTime,
    host_name: &str,
    key_id: &[u8],
    subject_public_key_info: &[u8],
) -> Result<Present, ConsoleCertificateError> {
    let to_be_signed = to_be_signed(now, host_name, subject_public_key_info)?;
    let der = token.sign_self_signed(key_id, &to_be_signed).await?;
    let not_after = parse::certificate(&der)?.not_after;
    let import = CertificateToImport { der: der.clone(), nickname: NICKNAME.to_owned(), trust: None };
    token.import(vec![import], |_| std::ops::ControlFlow::Continue(())).await?;
    Ok(Present { der, key_id: key_id.to_vec(), not_after })
}

/// The TBSCertificate (RFC 5280 section 4.1), DER.
fn to_be_signed(now: OffsetDateTime, host_name: &str, subject_public_key_info: &[u8]) -> Result<Vec<u8>, ConsoleCertificateError> {
    let public_key = uncompressed_point(subject_public_key_info).ok_or(ConsoleCertificateError::Key)?;
    let mut params = CertificateParams::default();
    let mut name = DistinguishedName::new();
    name.push(DnType::CommonName, shortened(host_name));
    name.push(DnType::OrganizationalUnitName, "Certdeck console");
    params.distinguished_name = name;
    params.not_before = now - BEGINS_BEFORE;
    params.not_after = now + GOOD_FOR;
    params.is_ca = IsCa::ExplicitNoCa;
    params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    params.key_identifier_method = KeyIdMethod::PreSpecified(Sha256::digest(public_key)[..20].to_vec());
    // RFC 5280 section 4.1.2.2: positive, at most 20 octets.
    let mut serial = randomness::bytes::<16>();
    serial[0] = serial[0] & 0x7f | 0x40;
    params.serial_number = Some(SerialNumber::from(serial.to_vec()));
    params.subject_alt_names = [Some("localhost"), Some(host_name).filter(|name| *name != "localhost" && !name.is_empty())]
        .into_iter()
        .flatten()
        .filter_map(|name| name.try_into().ok().map(SanType::DnsName))
        .chain([IpAddr::V4(Ipv4Addr::LOCALHOST), IpAddr::V6(Ipv6Addr::LOCALHOST)].map(SanType::IpAddress))
        .collect();
    let recorder = Recorder { public_key, to_be_signed: Mutex::default() };
    params.self_signed(&recorder)?;
    Ok(recorder.to_be_signed.into_inner().unwrap_or_default())
}

/// A common name has at most 64 characters (RFC 5280 appendix A); the whole name is in the alternative names.
fn shortened(host_name: &str) -> String {
    if host_name.is_empty() { "localhost".to_owned() } else { host_name.chars().take(64).collect() }
}

/// The point at the end of a SubjectPublicKeyInfo for P-256 (RFC 5480): 0x04 and two coordinates of 32 octets.
fn uncompressed_point(subject_public_key_info: &[u8]) -> Option<&[u8]> {
    let start = subject_public_key_info.len().checked_sub(65)?;
    Some(&subject_public_key_info[start..]).filter(|point| point[0] == 4)
}

/// Takes note of what rcgen wants signed; the token signs it.
struct Recorder<'a> {
    public_key: &'a [u8],
    to_be_signed: Mutex<Vec<u8>>,
}

impl PublicKeyData for Recorder<'_> {
    fn der_bytes(&self) -> &[u8] {
        self.public_key
    }

    fn algorithm(&self) -> &'static rcgen::SignatureAlgorithm {
        &rcgen::PKCS_ECDSA_P256_SHA256
    }
}

impl SigningKey for Recorder<'_> {
    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, rcgen::Error> {
        if let Ok(mut to_be_signed) = self.to_be_signed.lock() {
            *to_be_signed = message.to_vec();
        }
        Ok(Vec::new())
    }
}
