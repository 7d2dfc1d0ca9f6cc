//! What a file holds.

use std::sync::Arc;

use certdeck_shared::api::bytes::Base64;
use certdeck_shared::api::certificate::CertificateEntry;
use certdeck_shared::detect;
use certdeck_shared::x509::fingerprint::sha256_hex;

use crate::pages::certificates::actions::counted;
use crate::state::row::Row;

/// A file, looked into.
pub struct Looked {
    /// Name of the file.
    pub name: String,
    /// How large, how many.
    pub summary: String,
    /// Its certificates.
    pub rows: Vec<Arc<Row>>,
    /// Where each begins.
    pub places: Vec<String>,
    /// What else is in it, with tones.
    pub notes: Vec<(&'static str, String)>,
}

/// Looks into bytes.
pub fn look(name: String, bytes: &[u8]) -> Looked {
    let found = detect::read(bytes);
    let mut rows = Vec::with_capacity(found.certificates.len());
    let mut places = Vec::with_capacity(found.certificates.len());
    for certificate in found.certificates {
        let entry = CertificateEntry {
            fingerprint_sha256: sha256_hex(&certificate.der),
            nickname: None,
            trust: ",,".to_owned(),
            trust_authentic: None,
            key_id: None,
            revocation: None,
            der: Base64(certificate.der),
        };
        rows.push(Arc::new(Row::new(entry)));
        places.push(certificate.place.to_string());
    }
    let mut notes: Vec<(&'static str, String)> = Vec::new();
    if let Some(key) = found.keys.first() {
        let kept = if found.keys.iter().all(|key| key.encrypted) { "protected by a password" } else { "not protected by a password" };
        notes.push((
            "warn",
            format!("{} here, {kept}, at {}. This page does not read keys.", counted(found.keys.len(), "private key"), key.place),
        ));
    }
    if found.pkcs12 {
        notes.push(("live", "A PKCS#12 file. What is in it is encrypted; it cannot be opened here yet.".to_owned()));
    }
    if found.jks {
        notes.push(("live", "A Java key store. It cannot be opened here yet.".to_owned()));
    }
    for (what, count) in
        [("certification request", found.requests.len()), ("revocation list", found.crls.len()), ("PKCS#7 structure", found.pkcs7.len())]
    {
        if count > 0 {
            notes.push(("live", format!("{} in it.", counted(count, what))));
        }
    }
    notes.extend(found.problems.into_iter().take(8).map(|problem| ("warn", problem)));
    if rows.is_empty() && notes.is_empty() {
        notes.push((
            "bad",
            "Nothing in it is a certificate, a request, a revocation list or a bundle: neither PEM nor DER nor base64.".to_owned(),
        ));
    }
    Looked { summary: format!("{} bytes, {}", bytes.len(), counted(rows.len(), "certificate")), name, rows, places, notes }
}
