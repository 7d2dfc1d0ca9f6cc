//! The console's own TLS certificate: made in its own token, self-signed, renewed by itself.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use certdeck_shared::api::key::KeyAlgorithm;
use certdeck_shared::self_signed::{self, ServerCertificate};
use certdeck_shared::x509::{fingerprint, parse};
use time::{Duration, OffsetDateTime};
use zeroize::Zeroizing;

use crate::host::randomness;
use crate::token::{CertificateToImport, TokenError, TokenHandle};

/// Nickname of certificate and key.
pub const NICKNAME: &str = "certdeck-console";
const LOCALHOST: &str = "localhost";
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
    /// The token made a key of another kind than was asked for.
    #[error("the console's key is of a kind that cannot sign its TLS certificate")]
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
    let to_be_signed = to_be_signed(now, host_name, subject_public_key_info).ok_or(ConsoleCertificateError::Key)?;
    let der = token.sign_self_signed(key_id, &to_be_signed).await?;
    let not_after = parse::certificate(&der)?.not_after;
    let import = CertificateToImport { der: der.clone(), nickname: NICKNAME.to_owned(), trust: None };
    token.import(vec![import], |_| std::ops::ControlFlow::Continue(())).await?;
    Ok(Present { der, key_id: key_id.to_vec(), not_after })
}

fn to_be_signed(now: OffsetDateTime, host_name: &str, subject_public_key_info: &[u8]) -> Option<Vec<u8>> {
    let host_name = if host_name.is_empty() { LOCALHOST } else { host_name };
    let host_names = [LOCALHOST, host_name];
    let certificate = ServerCertificate {
        common_name: host_name,
        organizational_unit: "Certdeck console",
        host_names: if host_name == LOCALHOST { &host_names[..1] } else { &host_names },
        addresses: &[IpAddr::V4(Ipv4Addr::LOCALHOST), IpAddr::V6(Ipv6Addr::LOCALHOST)],
        not_before: now - BEGINS_BEFORE,
        not_after: now + GOOD_FOR,
        serial_number: randomness::bytes(),
    };
    self_signed::to_be_signed(&certificate, subject_public_key_info)
}
