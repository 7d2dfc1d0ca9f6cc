//! CA certificates of the registered databases: whether what an endpoint sends is whole is seen by what comes above it.

use std::sync::Arc;

use certdeck_shared::validation::SignatureFact;
use certdeck_shared::x509::chain::{is_root, may_have_issued};
use certdeck_shared::x509::parse;
use certdeck_shared::x509::view::CertificateView;
use openssl::x509::X509;

use super::Watch;
use crate::domain::databases::blocking;
use crate::verifiers::signature;

/// A CA certificate of a database.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Authority {
    /// What is in it.
    pub(super) view: CertificateView,
    /// The certificate.
    pub(super) der: Vec<u8>,
    /// Whether the database trusts it to issue certificates of servers.
    pub(super) trusted: bool,
    /// The database's name for people.
    pub(super) database: String,
}

impl Authority {
    /// Whether it ends chains.
    pub(super) fn is_root(&self) -> bool {
        is_root(&self.view)
    }
}

/// All of them.
#[derive(Debug, Clone, Default)]
pub(super) struct Authorities(pub(super) Vec<Authority>);

/// Revisions of the databases, and what they held then.
pub(super) type Remembered = Option<(Vec<String>, Arc<Authorities>)>;

impl Authorities {
    /// The issuer of a certificate: a root before others, one that is trusted before others.
    pub(super) fn issuer_of(&self, certificate: &CertificateView, der: &[u8]) -> Option<&Authority> {
        let issuers = self.0.iter().filter(|one| issued((&one.view, &one.der), (certificate, der)));
        issuers.max_by_key(|one| (one.is_root(), one.trusted))
    }
}

/// Whether one certificate issued another: by their names and by the signature.
pub(super) fn issued(issuer: (&CertificateView, &[u8]), certificate: (&CertificateView, &[u8])) -> bool {
    let key = || X509::from_der(issuer.1).ok()?.public_key().ok()?.public_key_to_der().ok();
    may_have_issued(issuer.0, certificate.0)
        && key().is_some_and(|key| signature::of_certificate(certificate.1, &key) == SignatureFact::Good)
}

impl Watch {
    /// Those of all databases that can be read; parsed anew only when one of them changed.
    pub(super) async fn authorities(&self) -> Arc<Authorities> {
        let mut listings = Vec::new();
        for database in self.databases.all() {
            if let Ok(listing) = database.listing().await {
                listings.push((database.label(), listing));
            }
        }
        let revisions: Vec<String> = listings.iter().map(|(label, listing)| format!("{label} {}", listing.revision)).collect();
        let mut remembered = self.remembered.lock().await;
        if let Some((_, known)) = remembered.as_ref().filter(|(of, _)| *of == revisions) {
            return Arc::clone(known);
        }
        let found = blocking(move || {
            let all = listings.iter().flat_map(|(label, listing)| listing.certificates.iter().map(move |one| (label, one)));
            let read = all.filter_map(|(label, one)| {
                let view = parse::certificate(&one.der).ok().filter(CertificateView::is_ca)?;
                Some(Authority { view, der: one.der.clone(), trusted: one.trust.ssl.trusted_ca, database: label.clone() })
            });
            Authorities(read.collect())
        });
        let found = Arc::new(found.await.unwrap_or_default());
        *remembered = Some((revisions, Arc::clone(&found)));
        found
    }
}
