//! The certificates of a database, by alias.

use certdeck_shared::api::certificate::CertificateEntry;
use certdeck_shared::api::module::{Token, TokenCertificate};
use certdeck_shared::trust::TrustFlags;
use certdeck_shared::x509::parse;
use certdeck_shared::x509::view::CertificateView;

use super::Failure;
use super::connection::{Place, said};

/// A certificate that could be read.
pub(super) struct Listed {
    /// As the console has it.
    pub(super) entry: CertificateEntry,
    /// What it says.
    pub(super) view: CertificateView,
    /// Its trust.
    pub(super) trust: TrustFlags,
}

impl Listed {
    /// What the manual calls its alias: the nickname.
    pub(super) fn alias(&self) -> &str {
        self.entry.nickname.as_deref().unwrap_or("(no alias)")
    }

    /// A trusted CA certificate, and not a server certificate that trusts itself.
    pub(super) fn is_trusted_authority(&self) -> bool {
        let fields = [self.trust.ssl, self.trust.email, self.trust.object_signing];
        let trusted = fields.iter().any(|field| field.trusted_ca || field.trusted_client_ca);
        trusted && (self.entry.key_id.is_none() || self.view.basic_constraints.is_some_and(|constraints| constraints.ca))
    }
}

/// All certificates that can be read.
pub(super) async fn all(place: &Place) -> Result<Vec<Listed>, Failure> {
    let listed = place.client.certificates(place.id()).await.map_err(said)?.certificates;
    Ok(listed.into_iter().filter_map(readable).collect())
}

fn readable(entry: CertificateEntry) -> Option<Listed> {
    let view = parse::certificate(&entry.der.0).ok()?;
    let trust = TrustFlags::parse(&entry.trust).unwrap_or_default();
    Some(Listed { entry, view, trust })
}

/// The certificates of a token, each addressed by the name of the token before its fingerprint.
async fn on_token(place: &Place, token: &Token) -> Result<Vec<Listed>, Failure> {
    let listed = place.client.token_certificates(place.id(), &token.id).await.map_err(said)?;
    let entry = |one: TokenCertificate| CertificateEntry {
        revocation: None,
        fingerprint_sha256: format!("{}:{}", token.label, one.fingerprint_sha256),
        nickname: Some(one.nickname),
        trust: one.trust,
        trust_authentic: None,
        key_id: one.key_id,
        der: one.der,
    };
    Ok(listed.into_iter().map(entry).filter_map(readable).collect())
}

/// The certificates of an alias, the one that ends last first. Several have it when they have one subject.
pub(super) async fn of_alias(place: &Place, alias: &str) -> Result<Vec<Listed>, Failure> {
    let listed = match place.token_of(alias).await? {
        Some(token) => on_token(place, &token).await?,
        None => all(place).await?,
    };
    let mut found: Vec<Listed> = listed.into_iter().filter(|one| one.entry.nickname.as_deref() == Some(alias)).collect();
    // A listing is in the order of adding: of two that end in the same second the later one counts as the newer.
    found.reverse();
    found.sort_by_key(|one| std::cmp::Reverse(one.view.not_after));
    if found.is_empty() {
        Err(format!("there is no certificate with the alias {alias}; msgcert list-certs lists them").into())
    } else {
        Ok(found)
    }
}

/// The newest certificate of an alias.
pub(super) async fn newest_of_alias(place: &Place, alias: &str) -> Result<Listed, Failure> {
    Ok(of_alias(place, alias).await?.remove(0))
}
