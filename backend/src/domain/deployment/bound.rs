//! The certificate that a binding means now.

use std::path::PathBuf;

use certdeck_shared::api::binding::{Binding, BoundCertificate};
use certdeck_shared::api::endpoint::ExpectedCertificate;
use certdeck_shared::x509::fingerprint::sha256_hex;
use certdeck_shared::x509::view::{CertificateView, GeneralNameView};
use certdeck_shared::x509::{chain, parse};
use openssl::pkey::PKey;
use time::OffsetDateTime;
use zeroize::Zeroizing;

use super::Deployments;
use crate::deploy::plan::{KeyStanding, MaterialReference, RootStanding, Source};
use crate::domain::certificates::chain_among;
use crate::domain::databases::{Operation, OperationError, Place, Reach};
use crate::domain::keys::from_hex;
use crate::nss::listing::ListedCertificate;
use crate::state::BindingRecord;
use crate::token::{Secret, TokenError};

/// Who looks for what an endpoint should serve: nothing is written.
const OURSELVES: &str = "console";

/// By what a binding finds its certificate, so that a renewed one follows.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct Named<'a> {
    database: &'a str,
    token: Option<&'a str>,
    nickname: &'a str,
}

impl<'a> From<&'a BindingRecord> for Named<'a> {
    fn from(record: &'a BindingRecord) -> Self {
        Self { database: &record.database, token: record.token.as_deref(), nickname: &record.nickname }
    }
}

impl<'a> From<&'a ExpectedCertificate> for Named<'a> {
    fn from(expected: &'a ExpectedCertificate) -> Self {
        Self { database: &expected.database, token: expected.token.as_deref(), nickname: &expected.nickname }
    }
}

impl<'a> From<&'a MaterialReference> for Named<'a> {
    fn from(reference: &'a MaterialReference) -> Self {
        Self { database: &reference.database, token: reference.token.as_deref(), nickname: &reference.nickname }
    }
}

/// A certificate with its key and chain, found where a binding says.
pub(super) struct Bound {
    /// What a plan keeps of it.
    pub(super) material: MaterialReference,
    /// The directory of its database.
    directory: PathBuf,
    /// The root above the chain. Servers do not send it.
    root: RootStanding,
    /// Name of the issuer that the database does not have.
    missing_issuer: Option<String>,
    /// Its private key; absent when there is none.
    key: Option<KeyHeld>,
    /// The leaf.
    view: CertificateView,
}

/// Where a private key is.
struct KeyHeld {
    /// CKA_ID, lower-case hex.
    id: String,
    /// The token that holds it.
    place: Place,
    /// Whether that is unlocked now.
    unlocked: bool,
}

impl Bound {
    /// What keeps it from being deployed, or makes it worth a look before.
    fn problem(&self) -> Option<String> {
        match (&self.key, &self.missing_issuer) {
            (None, _) => Some("Its private key is not in the database, nor on a token that is unlocked.".to_owned()),
            (Some(KeyHeld { unlocked: false, .. }), _) => {
                Some("Its key is on a token that is locked: unlock it before it is deployed.".to_owned())
            }
            (_, Some(issuer)) => Some(format!("Its issuer {issuer} is not in the database, so the chain breaks off. Import it.")),
            (Some(_), None) => None,
        }
    }

    /// As it is told.
    pub(super) fn told(&self) -> BoundCertificate {
        BoundCertificate {
            fingerprint_sha256: sha256_hex(&self.material.leaf),
            subject: self.view.subject.to_string(),
            names: self.view.subject_alternative_names.iter().map(GeneralNameView::text).collect(),
            public_key: self.view.public_key.short(),
            not_after: self.view.not_after,
            chain: self.material.chain.iter().map(|der| sha256_hex(der)).collect(),
        }
    }

    /// What a plan is made from. While its token is unlocked the key is fetched and forgotten again: only that proves that it can be.
    ///
    /// # Errors
    /// What the token says beside that it is locked, or keeps the key.
    pub(super) async fn source(&self) -> Result<Source, OperationError> {
        let key = match self.release().await {
            Ok(None) => KeyStanding::Absent,
            Ok(Some(pkcs8)) => {
                let key = PKey::private_key_from_pkcs8(&pkcs8).and_then(|key| key.public_key_to_der());
                KeyStanding::Ready {
                    public_key: key.map_err(|_| TokenError::unusable("a private key of it is of a kind that OpenSSL does not know"))?,
                }
            }
            Err(OperationError::Token(TokenError::NotLoggedIn)) => KeyStanding::LoggedOut,
            Err(OperationError::Token(TokenError::KeyUnextractable)) => KeyStanding::Kept,
            Err(error) => return Err(error),
        };
        Ok(Source { reference: self.material.clone(), directory: self.directory.clone(), key, root: self.root.clone() })
    }

    /// The private key, PKCS#8; nothing when there is none.
    ///
    /// # Errors
    /// `NotLoggedIn`; `KeyUnextractable`; what else the token says.
    pub(super) async fn release(&self) -> Result<Option<Zeroizing<Vec<u8>>>, OperationError> {
        let Some(KeyHeld { id, place, .. }) = &self.key else { return Ok(None) };
        match place.handle.release_key_while_unlocked(&from_hex(id)).await {
            // A database without a password is never locked.
            Err(TokenError::NotLoggedIn) if place.token.is_none() && !place.handle.status().await?.login_required => {
                Ok(Some(place.handle.release_key(&Secret::new(String::new()), &from_hex(id)).await?))
            }
            released => Ok(Some(released?)),
        }
    }
}

impl Deployments {
    /// A binding as it is told, with the certificate that counts now.
    pub(super) async fn told(&self, record: BindingRecord) -> Binding {
        let bound = self.bound(Named::from(&record), &record.created_by).await;
        let problem = match &bound {
            Ok(bound) => bound.problem(),
            Err(error) => Some(error.problem().detail),
        };
        Binding {
            certificate: bound.ok().map(|bound| bound.told()),
            problem,
            id: record.id,
            service: record.service,
            database: record.database,
            token: record.token,
            nickname: record.nickname,
            endpoints: record.endpoints,
            layout: record.layout,
            directory: record.directory,
            created_by: record.created_by,
            created_at: record.created_at,
        }
    }

    /// The certificate that a binding means now: of those with its nickname the youngest that is valid now and has its key, else the youngest.
    ///
    /// # Errors
    /// `NotFound` when the database has none of that name; what the database or the token says.
    pub(super) async fn bound(&self, named: Named<'_>, actor: &str) -> Result<Bound, OperationError> {
        let operation = self.databases.operation(named.database, actor)?;
        let (reach, certificate, view) = self.meant(&operation, named).await?;
        self.with_chain(&operation, &reach, named, certificate, view).await
    }

    /// SHA-256 and view of the certificate that a binding of this name would mean now.
    ///
    /// # Errors
    /// Likewise.
    pub(in crate::domain) async fn expected(&self, expected: &ExpectedCertificate) -> Result<(String, CertificateView), OperationError> {
        let operation = self.databases.operation(&expected.database, OURSELVES)?;
        let (_, certificate, view) = self.meant(&operation, Named::from(expected)).await?;
        Ok((certificate.fingerprint_sha256, view))
    }

    async fn meant(&self, operation: &Operation, named: Named<'_>) -> Result<(Reach, ListedCertificate, CertificateView), OperationError> {
        let address = match named.token {
            Some(token) => format!("{token}:{}", named.nickname),
            None => named.nickname.to_owned(),
        };
        let mut reach = operation.reach(&[&address]).await?;
        let now = self.environment.clock.now();
        let mut chosen = choose(&reach, &address, now);
        if chosen.as_ref().is_some_and(|(one, _)| reach.key_of(one).is_none()) {
            // As NSS does: the key may be on a token although the certificate is in the database.
            operation.reach_further(&mut reach).await?;
            chosen = choose(&reach, &address, now);
        }
        let (certificate, view) = chosen.ok_or_else(|| OperationError::not_found("certificate", &address))?;
        Ok((reach, certificate, view))
    }

    async fn with_chain(
        &self,
        operation: &Operation,
        reach: &Reach,
        named: Named<'_>,
        certificate: ListedCertificate,
        view: CertificateView,
    ) -> Result<Bound, OperationError> {
        let found = chain_among(reach.all().clone(), &certificate.fingerprint_sha256).await?;
        let mut above: Vec<Vec<u8>> = found.certificates.into_iter().skip(1).map(|link| link.der.0).collect();
        let is_root = |der: &Vec<u8>| parse::certificate(der).is_ok_and(|view| chain::is_root(&view));
        // Servers do not send the root.
        let root = above.pop_if(|last| is_root(last));
        let trusted = |der: &[u8]| reach.all().certificate(&sha256_hex(der)).is_some_and(|listed| listed.trust.ssl.trusted_ca);
        let root = match root {
            Some(certificate) if trusted(&certificate) => RootStanding::Trusted { certificate },
            Some(certificate) => RootStanding::Known { certificate },
            None => RootStanding::Unknown,
        };
        let key = match reach.key_of(&certificate) {
            Some((id, place)) => {
                let unlocked = place.handle.status().await.is_ok_and(|status| status.unlocked);
                Some(KeyHeld { id, place: place.clone(), unlocked })
            }
            None => None,
        };
        Ok(Bound {
            directory: operation.database.directory().to_owned(),
            material: MaterialReference {
                database: operation.database.id.clone(),
                token: named.token.map(str::to_owned),
                nickname: named.nickname.to_owned(),
                leaf: certificate.der,
                chain: above,
            },
            root,
            missing_issuer: found.missing_issuer,
            key,
            view,
        })
    }
}

fn choose(reach: &Reach, address: &str, now: OffsetDateTime) -> Option<(ListedCertificate, CertificateView)> {
    let named = reach.all().certificates.iter().filter(|one| one.nickname.as_deref() == Some(address));
    let read = named.filter_map(|one| Some((one, parse::certificate(&one.der).ok()?)));
    let rank = |(one, view): &(&ListedCertificate, CertificateView)| {
        let valid = view.not_before <= now && now <= view.not_after;
        (reach.key_of(one).is_some() && valid, valid, view.not_before, view.not_after)
    };
    read.max_by_key(rank).map(|(one, view)| (one.clone(), view))
}
