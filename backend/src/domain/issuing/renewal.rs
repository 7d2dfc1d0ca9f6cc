//! Renewal with the same key and re-key with a new one: self-signed, issued by a CA here, or by one outside.

use std::sync::Arc;

use certdeck_shared::api::issue::CertificateKey;
use certdeck_shared::api::key::KeyAlgorithm;
use certdeck_shared::api::renewal::{IssuedBy, Renewal, RenewalMode, RenewalProposal, Renewed};
use certdeck_shared::issue::{self, Draft, Length, Period, Successor};
use certdeck_shared::trust::TrustFlags;
use certdeck_shared::validation::SignatureFact;
use certdeck_shared::x509::parse;
use certdeck_shared::x509::view::CertificateView;
use serde_json::json;

use super::authority::{self, Authority};
use super::install::{Kept, Signed};
use super::key::ChosenKey;
use super::self_signed::signature_algorithm;
use crate::domain::databases::{Done, Operation, OperationError, Place, Reach};
use crate::nss::listing::{ListedCertificate, Listing};
use crate::verifiers::signature;

/// A certificate to be renewed, and who issued it.
pub(super) struct Old {
    pub(super) listed: ListedCertificate,
    pub(super) view: CertificateView,
    /// Its own private key: CKA_ID in hex, and where it is.
    pub(super) key: Option<(String, Place)>,
    /// Among what it was found.
    pub(super) among: Arc<Listing>,
    /// Where the certificate is, and its successor will be.
    pub(super) place: Place,
    issued_by: IssuedBy,
    /// The CA, where it is here: or why it cannot sign now.
    authority: Option<Result<Authority, OperationError>>,
}

impl Old {
    /// The nickname its successor gets, without the name of a token.
    pub(super) fn nickname(&self) -> String {
        let nickname = self.listed.nickname.clone().unwrap_or_else(|| self.view.display_name());
        nickname.strip_prefix(&self.place.full_nickname("")).map(str::to_owned).unwrap_or(nickname)
    }

    /// Where the key of its successor is to be.
    pub(super) fn key_place(&self) -> &Place {
        self.key.as_ref().map_or(&self.place, |(_, place)| place)
    }

    /// Trust is kept by issuer and serial number, so the successor must be given what the old one has.
    pub(super) fn trust(&self) -> Option<TrustFlags> {
        Some(self.listed.trust.with_user(false)).filter(|trust| !trust.is_empty() || trust.ssl.step_up)
    }

    /// An old root of `certutil -S -x` says nowhere that it is one; who trusts it as one has it said.
    fn lacks_authority(&self) -> bool {
        let trusted = [self.listed.trust.ssl, self.listed.trust.email, self.listed.trust.object_signing];
        let as_authority = trusted.iter().any(|field| field.trusted_ca || field.trusted_client_ca || field.valid_ca);
        self.issued_by == IssuedBy::Itself && self.view.basic_constraints.is_none() && as_authority
    }
}

impl Operation {
    /// What a renewal of a certificate would do.
    ///
    /// # Errors
    /// `NotFound`; `Unreadable` when the certificate does not parse.
    pub async fn renewal_proposal(&self, fingerprint: &str) -> Result<RenewalProposal, OperationError> {
        let mut reach = self.reach_with_key(fingerprint, &[]).await?;
        let old = self.old(&mut reach, fingerprint).await?;
        let (mut modes, mut obstacles) = (Vec::new(), Vec::new());
        let period = issue::period(&Default::default(), self.environment.clock.now(), usual_length(&old.view));
        let mut period = period.map_err(OperationError::Invalid)?;
        let able = match &old.authority {
            Some(Ok(authority)) => match authority.within(period, false) {
                Ok(within) => {
                    period = within;
                    true
                }
                Err(error) => {
                    obstacles.push(error.problem().detail);
                    false
                }
            },
            Some(Err(error)) => {
                obstacles.push(error.problem().detail);
                false
            }
            None => true,
        };
        if old.key.is_none() {
            let obstacle =
                "The private key is neither in this database nor on a token that is unlocked, so it cannot be kept; a new key can be made.";
            obstacles.push(obstacle.to_owned());
        } else if able {
            modes.push(RenewalMode::Renew);
        }
        if able {
            modes.push(RenewalMode::ReKey);
        }
        modes.push(RenewalMode::Request);
        let issuer = old.authority.as_ref().and_then(|authority| authority.as_ref().ok());
        Ok(RenewalProposal {
            issued_by: old.issued_by,
            issuer_fingerprint_sha256: issuer.map(|issuer| issuer.fingerprint_sha256.clone()),
            issuer_nickname: issuer.and_then(|issuer| issuer.among.certificate(&issuer.fingerprint_sha256)?.nickname.clone()),
            key_here: old.key.is_some(),
            key_algorithm: old.view.public_key.short(),
            not_before: period.not_before,
            not_after: period.not_after,
            modes,
            obstacles,
        })
    }

    /// Makes the successor of a certificate, or the request for it. The old one stays.
    ///
    /// # Errors
    /// `Invalid`, `IssuerUnfit`, `Locked`; nothing was made then.
    pub async fn renew(&self, fingerprint: &str, renewal: Renewal) -> Result<Renewed, OperationError> {
        let result = self.renew_in_turn(fingerprint, renewal).await;
        self.conclude("certificate.renew", Some(fingerprint), result).await
    }

    async fn renew_in_turn(&self, fingerprint: &str, renewal: Renewal) -> Result<Done<Renewed>, OperationError> {
        let _turn = self.database.turn().await?;
        let mut reach = self.reach_with_key(fingerprint, &[]).await?;
        let old = self.old(&mut reach, fingerprint).await?;
        if renewal.mode == RenewalMode::Renew && renewal.key_algorithm.is_some() {
            return Err(OperationError::invalid("/key_algorithm", "A renewal keeps the key. Re-key makes a new one: mode re-key."));
        }
        let key = match (renewal.mode, renewal.key_algorithm) {
            (RenewalMode::Renew, _) | (RenewalMode::Request, None) => kept_key(&old)?,
            (RenewalMode::ReKey | RenewalMode::Request, wanted) => {
                let algorithm = wanted.or_else(|| same_kind(&old.view)).ok_or_else(|| {
                    let message = format!("The old key, {}, is of a kind that is not made here; choose one.", old.view.public_key.short());
                    OperationError::invalid("/key_algorithm", message)
                })?;
                self.needs_algorithm(old.key_place(), algorithm, "/key_algorithm").await?;
                CertificateKey::Algorithm(algorithm)
            }
        };
        if renewal.mode == RenewalMode::Request || old.issued_by == IssuedBy::Outside {
            return self.renew_by_request(&old, &key).await;
        }
        self.renew_here(old, &renewal, &key).await
    }

    async fn renew_here(&self, old: Old, renewal: &Renewal, key: &CertificateKey) -> Result<Done<Renewed>, OperationError> {
        let successor = Successor::of(&old.listed.der).map_err(|error| OperationError::Unreadable(format!("{error}.")))?;
        let usual = usual_length(&old.view);
        let mut period = issue::period(&renewal.validity, self.environment.clock.now(), usual).map_err(OperationError::Invalid)?;
        let (nickname, trust, as_authority) = (old.nickname(), old.trust(), old.lacks_authority());
        let (place, key_place) = (old.place.clone(), old.key_place().clone());
        let authority = old.authority.transpose()?;
        if let Some(authority) = &authority {
            let asked = renewal.validity.months.is_some() || renewal.validity.days.is_some() || renewal.validity.not_after.is_some();
            period = authority.within(period, asked)?;
        }
        let serial_number = self.serial_number(&old.among, successor.issuer(), renewal.serial_number.as_deref()).await?;
        if let Some(authority) = &authority {
            authority.place.needs_unlocked().await?;
        }
        key_place.needs_unlocked().await?;
        self.needs_room_for(&place, trust).await?;
        let snapshot = self.snapshot_of(&place, &format!("renewal of {nickname}")).await?;
        let key = self.chosen_key(&key_place, key, &nickname).await?;
        let sign = async {
            let to_be_signed = |draft: Draft<'_>| successor.to_be_signed(&draft, as_authority);
            let der = self.sign_successor(&key, authority.as_ref(), period, &serial_number, to_be_signed).await?;
            let notes = if as_authority {
                vec![
                    "The old one did not say that it is a certificate authority; the new one does, as OpenSSL and browsers want it."
                        .to_owned(),
                ]
            } else {
                Vec::new()
            };
            let kept = Some(Kept { place, nickname, trust });
            let signed = Signed { der, kept, decisions: Vec::new(), notes, snapshot };
            self.install(signed, authority.as_ref()).await
        };
        let installed = self.or_without(&key, sign.await).await?;
        let differences = issue::differences(&old.view, installed.view());
        let issued = self.describe(installed, authority.as_ref()).await?;
        let before = json!({"fingerprint_sha256": old.listed.fingerprint_sha256, "not_after": old.view.not_after.to_string()});
        let after = super::self_signed::facts(&issued);
        let answer = Renewed {
            renews: old.listed.fingerprint_sha256.clone(),
            issued_by: old.issued_by,
            certificate: Some(issued),
            request: None,
            differences,
        };
        Ok(Done { answer, before: Some(before), after: Some(after) })
    }

    async fn sign_successor(
        &self,
        key: &ChosenKey,
        authority: Option<&Authority>,
        period: Period,
        serial_number: &issue::SerialNumber,
        to_be_signed: impl FnOnce(Draft<'_>) -> Vec<u8>,
    ) -> Result<Vec<u8>, OperationError> {
        let algorithm = match authority {
            Some(authority) => authority.issuer.signature_algorithm,
            None => signature_algorithm(key)?,
        };
        let octets = to_be_signed(Draft {
            serial_number,
            period,
            subject_public_key_info: &key.subject_public_key_info,
            signature_algorithm: algorithm,
            issuer: authority.map(|authority| authority.issuer.subject.as_slice()),
            issuer_key_identifier: authority.and_then(|authority| authority.issuer.view.subject_key_identifier.as_deref()),
        });
        Ok(match authority {
            Some(authority) => authority.sign(&octets).await?,
            None => key.place.handle.sign_self_signed(&key.id, &octets).await?,
        })
    }

    /// The certificate and who issued it: proved by its signature, not by a name.
    async fn old(&self, reach: &mut Reach, address: &str) -> Result<Old, OperationError> {
        let listed = reach.find(address, "")?.clone();
        let view = parse::certificate(&listed.der).map_err(|error| OperationError::Unreadable(format!("{error}.")))?;
        let self_signed = view.self_issued && signed_by(&listed.der, &listed.der);
        let mut issuers = if self_signed { Vec::new() } else { issuers_of(reach, &listed) };
        if !self_signed && issuers.is_empty() {
            // The key of the CA may be on a token.
            self.reach_further(reach).await?;
            issuers = issuers_of(reach, &listed);
        }
        let listed = reach.find(address, "")?.clone();
        let key = reach.key_of(&listed).map(|(id, place)| (id, place.clone()));
        let (place, among) = (reach.place_of(&listed).clone(), Arc::clone(reach.all()));
        let issued_by = match (self_signed, issuers.is_empty()) {
            (true, _) => IssuedBy::Itself,
            (false, true) => IssuedBy::Outside,
            (false, false) => IssuedBy::AuthorityHere,
        };
        // The CA is here; of its certificates the one that may sign and lives longest.
        let candidates = issuers.iter().map(|candidate| Authority::of(self, reach, candidate, "keyCertSign"));
        let (able, unable): (Vec<_>, Vec<_>) = candidates.partition(Result::is_ok);
        let best = able.into_iter().max_by_key(|authority| authority.as_ref().ok().map(|authority| authority.issuer.view.not_after));
        let authority = best.or_else(|| unable.into_iter().next());
        Ok(Old { listed, view, key, place, among, issued_by, authority })
    }
}

/// Certificates of the issuer whose key is within reach; none unless one of these keys has signed the certificate.
fn issuers_of(reach: &Reach, listed: &ListedCertificate) -> Vec<ListedCertificate> {
    let of_issuer = reach.all().certificates.iter().filter(|one| one.subject == listed.issuer && reach.key_of(one).is_some());
    let candidates: Vec<ListedCertificate> = of_issuer.cloned().collect();
    if candidates.iter().any(|candidate| signed_by(&listed.der, &candidate.der)) { candidates } else { Vec::new() }
}

fn signed_by(certificate: &[u8], issuer: &[u8]) -> bool {
    let names = parse::raw_names(issuer);
    names.is_ok_and(|names| signature::of_certificate(certificate, names.subject_public_key_info) == SignatureFact::Good)
}

fn kept_key(old: &Old) -> Result<CertificateKey, OperationError> {
    match &old.key {
        Some((id, _)) => Ok(CertificateKey::KeyId(id.clone())),
        None => Err(OperationError::invalid(
            "/mode",
            "The private key of this certificate is neither in the database nor on a token that is unlocked, so it cannot be kept. Mode re-key \
             makes a new one.",
        )),
    }
}

/// As long as the old one was good.
fn usual_length(view: &CertificateView) -> Length {
    Length::Exactly(authority::length(view.not_before, view.not_after))
}

/// The algorithm of a key like the old one.
fn same_kind(view: &CertificateView) -> Option<KeyAlgorithm> {
    let kind = view.public_key.short();
    KeyAlgorithm::ALL.into_iter().find(|algorithm| algorithm.words() == kind)
}
