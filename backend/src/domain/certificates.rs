//! One certificate or several: looked at, renamed, given trust, deleted; and the chain of one.

use std::sync::Arc;

use certdeck_shared::api::bytes::Base64;
use certdeck_shared::api::certificate::{CertificateChange, CertificateDeletion, CertificateEntry, Chain, ChainLink, ParsedCertificate};
use certdeck_shared::api::validation::{SimulatedTrust, Simulation};
use certdeck_shared::x509::chain::{self, Ending};
use certdeck_shared::x509::parse;
use serde_json::{Value, json};

use super::databases::{Done, Operation, OperationError};
use super::inventory;
use super::trust;
use crate::nss::listing::{ListedCertificate, Listing};

/// Most certificates of one deletion.
const MOST: usize = 5_000;

impl Operation {
    /// One certificate with its view and its entity tag. When the token is unlocked the signature of its trust is checked too.
    ///
    /// # Errors
    /// `NotFound`.
    pub async fn certificate(&self, address: &str) -> Result<(ParsedCertificate, Vec<u8>, String), OperationError> {
        let reach = self.reach(&[address]).await?;
        let certificate = reach.find(address, "")?;
        let revoked = self.revoked(&*self.database.listing().await?).await?;
        let mut parsed = inventory::parsed(certificate, None, &revoked);
        match &reach.place_of(certificate).token {
            None => parsed.trust_authentic = self.authentic(certificate).await,
            Some(token) => parsed.pkcs11_uri = self.uri_on_token(token, certificate),
        }
        Ok((parsed, certificate.der.clone(), inventory::tag(certificate)))
    }

    /// Without the password nobody can tell.
    async fn authentic(&self, certificate: &ListedCertificate) -> Option<bool> {
        match self.database.token.status().await {
            Ok(status) if status.unlocked && status.login_required => {}
            _ => return None,
        }
        self.database.token.authentic_trust(vec![certificate.der.clone()]).await.ok()?.first().copied()
    }

    /// Changes nickname, trust or both.
    ///
    /// # Errors
    /// Nothing has changed then.
    pub async fn change_certificate(
        &self,
        fingerprint: &str,
        change: CertificateChange,
        if_match: Option<&str>,
    ) -> Result<(CertificateEntry, String), OperationError> {
        if let Some((token, address)) = self.named_on_token(fingerprint).await? {
            return self.change_named(&token, &address, change).await;
        }
        let result = self.change_in_turn(fingerprint, change, if_match).await;
        self.conclude("certificate.change", Some(fingerprint), result).await
    }

    async fn change_in_turn(
        &self,
        fingerprint: &str,
        change: CertificateChange,
        if_match: Option<&str>,
    ) -> Result<Done<(CertificateEntry, String)>, OperationError> {
        let _turn = self.database.turn().await?;
        let address = inventory::in_path(fingerprint)?;
        let listing = self.listing_if(if_match, |listing| listing.certificate(&address).map(inventory::tag)).await?;
        let before = inventory::find(&listing, &address)?;
        let flags = change.trust.as_deref().map(|text| trust::flags(text, "/trust")).transpose()?;
        let flags = flags.filter(|flags| flags.stored().with_user(false) != before.trust.with_user(false) || flags.ssl.step_up);
        let nickname = change.nickname.filter(|nickname| Some(nickname) != before.nickname.as_ref());
        if let Some(nickname) = &nickname {
            if let Some(wrong) = inventory::wrong_nickname(nickname) {
                return Err(OperationError::invalid("/nickname", wrong));
            }
            refuse_taken(&listing, before, nickname)?;
        }
        if let Some(flags) = &flags {
            self.database.needs_unlocked().await?;
            let trust = vec![SimulatedTrust { fingerprint_sha256: address.clone(), trust: flags.to_string() }];
            self.ask_before_breaking(Simulation { trust, ..Simulation::default() }).await?;
        }
        if flags.is_some() || nickname.is_some() {
            let shown = before.nickname.as_deref().unwrap_or("a certificate");
            self.snapshot(&if nickname.is_some() { format!("renaming of {shown}") } else { format!("trust of {shown}") }).await?;
        }
        if let Some(nickname) = &nickname {
            self.database.token.rename(before.der.clone(), nickname).await?;
        }
        if let Some(flags) = flags
            && let Err(error) =
                self.database.token.set_trust(vec![(before.der.clone(), flags)], |_| std::ops::ControlFlow::Continue(())).await
        {
            if let (Some(_), Some(old)) = (&nickname, &before.nickname) {
                let _ = self.database.token.rename(before.der.clone(), old).await;
            }
            return Err(error.into());
        }
        self.changed()?;
        let listing = self.database.listing().await?;
        let after = inventory::find(&listing, &address)?;
        let revoked = self.revoked(&listing).await?;
        let (before, answer) = (facts(before), (inventory::entry(after, &revoked), inventory::tag(after)));
        Ok(Done { after: Some(facts(after)), before: Some(before), answer })
    }

    /// Deletes one certificate, with its key if asked; on a token where the address names it.
    ///
    /// # Errors
    /// Nothing has changed then.
    pub async fn delete_certificate(&self, address: &str, with_keys: bool, if_match: Option<&str>) -> Result<(), OperationError> {
        if let Some((token, address)) = self.named_on_token(address).await? {
            return self.delete_token_certificate(&token.id, &address, with_keys).await;
        }
        let fingerprints_sha256 = vec![inventory::in_path(address)?];
        self.delete_certificates(CertificateDeletion { fingerprints_sha256, with_keys }, if_match).await
    }

    /// Deletes certificates, all of them or none, with their keys if asked.
    ///
    /// # Errors
    /// Nothing has changed then.
    pub async fn delete_certificates(&self, deletion: CertificateDeletion, if_match: Option<&str>) -> Result<(), OperationError> {
        let subject = match deletion.fingerprints_sha256.as_slice() {
            [one] => one.clone(),
            several => format!("{} certificates", several.len()),
        };
        let result = self.delete_in_turn(deletion, if_match).await;
        self.conclude("certificate.delete", Some(&subject), result).await
    }

    async fn delete_in_turn(&self, deletion: CertificateDeletion, if_match: Option<&str>) -> Result<Done<()>, OperationError> {
        let _turn = self.database.turn().await?;
        let count = deletion.fingerprints_sha256.len();
        if count == 0 || count > MOST {
            return Err(OperationError::invalid("/fingerprints_sha256", format!("1 to {MOST} certificates, not {count}.")));
        }
        let mut addresses = Vec::with_capacity(count);
        for (place, fingerprint) in deletion.fingerprints_sha256.iter().enumerate() {
            let address = inventory::address(fingerprint, &format!("/fingerprints_sha256/{place}"))?;
            if !addresses.contains(&address) {
                addresses.push(address);
            }
        }
        let sole = addresses.first().filter(|_| addresses.len() == 1).cloned();
        let listing = self.listing_if(if_match, |listing| listing.certificate(sole.as_deref()?).map(inventory::tag)).await?;
        let found = addresses.iter().map(|address| inventory::find(&listing, address)).collect::<Result<Vec<_>, _>>()?;
        if deletion.with_keys && found.iter().any(|certificate| certificate.key_id.is_some()) {
            self.database.needs_unlocked().await?;
        }
        self.ask_before_breaking(Simulation { removed: addresses.clone(), ..Simulation::default() }).await?;
        let before: Vec<Value> = found.iter().take(100).map(|certificate| facts(certificate)).collect();
        let reason = match found.as_slice() {
            [one] => format!("deletion of {}", one.nickname.as_deref().unwrap_or("a certificate")),
            several => format!("deletion of {} certificates", several.len()),
        };
        self.snapshot(&reason).await?;
        let bytes = found.iter().map(|certificate| certificate.der.clone()).collect();
        self.database.token.delete_certificates(bytes, deletion.with_keys).await?;
        self.changed()?;
        Ok(Done { answer: (), before: Some(Value::Array(before)), after: Some(json!({"with_keys": deletion.with_keys})) })
    }

    /// The chain of a certificate as far as the database knows it, and the token where it is on one.
    ///
    /// # Errors
    /// `NotFound`; `Unreadable` when the certificate itself does not parse.
    pub async fn chain(&self, address: &str) -> Result<Chain, OperationError> {
        let reach = self.reach(&[address]).await?;
        chain_among(Arc::clone(reach.all()), &reach.find(address, "")?.fingerprint_sha256).await
    }
}

/// The chain of the certificate with this fingerprint, as far as it is among those of a listing.
///
/// # Errors
/// `Unreadable` when the certificate itself does not parse.
pub(crate) async fn chain_among(listing: Arc<Listing>, fingerprint: &str) -> Result<Chain, OperationError> {
    let fingerprint = fingerprint.to_owned();
    // Ten thousand parses are for a thread that may take its time.
    super::databases::blocking(move || follow(&listing, &fingerprint)).await?
}

/// The same for whoever is on such a thread already.
pub(super) fn follow(listing: &Listing, address: &str) -> Result<Chain, OperationError> {
    let readable: Vec<_> =
        listing.certificates.iter().filter_map(|one| parse::certificate(&one.der).ok().map(|view| (one, view))).collect();
    let views: Vec<_> = readable.iter().map(|(_, view)| view).collect();
    let leaf = readable
        .iter()
        .position(|(one, _)| one.fingerprint_sha256 == address)
        .ok_or_else(|| OperationError::Unreadable("The certificate cannot be parsed, so its issuer is not known.".to_owned()))?;
    let path = chain::path(leaf, &views);
    let links = path.places.iter().filter_map(|place| readable.get(*place));
    let missing_issuer = match path.ending {
        Ending::MissingIssuer => path.places.last().and_then(|place| views.get(*place)).map(|view| view.issuer.to_string()),
        Ending::Complete | Ending::Loop => None,
    };
    Ok(Chain {
        certificates: links
            .map(|(one, _)| ChainLink {
                fingerprint_sha256: one.fingerprint_sha256.clone(),
                nickname: one.nickname.clone(),
                der: Base64(one.der.clone()),
            })
            .collect(),
        complete: path.ending == Ending::Complete,
        missing_issuer,
    })
}

/// All certificates of a subject share one nickname, and no two subjects do.
fn refuse_taken(listing: &Listing, certificate: &ListedCertificate, nickname: &str) -> Result<(), OperationError> {
    let taken =
        listing.certificates.iter().any(|other| other.nickname.as_deref() == Some(nickname) && other.subject != certificate.subject);
    if taken { Err(crate::token::TokenError::NicknameTaken { nickname: nickname.to_owned() }.into()) } else { Ok(()) }
}

/// What the audit log keeps of a certificate.
fn facts(certificate: &ListedCertificate) -> Value {
    json!({
        "fingerprint_sha256": certificate.fingerprint_sha256,
        "nickname": certificate.nickname,
        "trust": certificate.trust.to_string(),
    })
}
