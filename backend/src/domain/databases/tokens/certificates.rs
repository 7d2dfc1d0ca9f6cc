//! Certificates on tokens of other modules. Their trust is kept in the internal database, as NSS does it: under the same nickname without
//! the name of the token, which needs that database's password as well.

use std::ops::ControlFlow;

use certdeck_shared::api::bytes::Base64;
use certdeck_shared::api::import::{Import, ImportItem};
use certdeck_shared::api::module::{CertificateForToken, Token, TokenCertificate, TokenCertificateChange};
use certdeck_shared::api::validation::{SimulatedTrust, Simulation};
use certdeck_shared::detect;
use certdeck_shared::glass::Action;
use certdeck_shared::hex::hex;
use certdeck_shared::trust::TrustFlags;
use certdeck_shared::x509::fingerprint;
use serde_json::json;

use super::super::error::OperationError;
use super::super::login::INTERNAL;
use super::super::operation::{Done, Operation};
use super::place::Place;
use crate::domain::{import, inventory, trust};
use crate::nss::listing::{ListedCertificate, Listing};
use crate::token::{self, CertificateToImport, TokenHandle};

impl Operation {
    /// The certificates of a token.
    ///
    /// # Errors
    /// `NotFound`; what the token says.
    pub async fn token_certificates(&self, token: &str) -> Result<Vec<TokenCertificate>, OperationError> {
        let (token, handle) = self.usable_token(token).await?;
        let listing = self.database.listing().await?;
        let certificates = handle.list().await?;
        Ok(certificates.into_iter().map(|certificate| describe(&token, certificate, &listing)).collect())
    }

    async fn token_certificate(&self, token: &str, address: &str) -> Result<(Token, TokenHandle, TokenCertificate), OperationError> {
        let address = inventory::in_path(address)?;
        let (token, handle) = self.usable_token(token).await?;
        let listing = self.database.listing().await?;
        let mut certificates = handle.list().await?.into_iter().map(|certificate| describe(&token, certificate, &listing));
        let found = certificates.find(|certificate| certificate.fingerprint_sha256 == address);
        drop(certificates);
        Ok((token, handle, found.ok_or_else(|| OperationError::not_found("certificate", &address))?))
    }

    /// Puts a certificate on a token.
    ///
    /// # Errors
    /// `Unreadable`, `NicknameTaken`, `Locked`.
    pub async fn add_token_certificate(&self, token: &str, new: CertificateForToken) -> Result<TokenCertificate, OperationError> {
        let result = self.add_token_certificate_in_turn(token, new).await;
        self.conclude("certificate.import", Some(token), result).await
    }

    async fn add_token_certificate_in_turn(&self, id: &str, new: CertificateForToken) -> Result<Done<TokenCertificate>, OperationError> {
        let _turn = self.database.turn().await?;
        let flags = new.trust.as_deref().map(|text| trust::flags(text, "/trust")).transpose()?;
        let (token, handle) = self.usable_token(id).await?;
        if token.id == INTERNAL {
            return Err(OperationError::invalid("", "Certificates of the internal token are imported by POST …/certificates."));
        }
        let nickname = without_token(&token, &new.nickname);
        if let Some(wrong) = inventory::wrong_nickname(nickname) {
            return Err(OperationError::invalid("/nickname", wrong));
        }
        let found = detect::read(new.content.as_bytes());
        let der = match found.certificates.as_slice() {
            [one] => one.der.clone(),
            [] => return Err(OperationError::Unreadable(import::instead(&found))),
            several => {
                let message = format!("{} certificates; give one at a time.", several.len());
                return Err(OperationError::invalid("/content", message));
            }
        };
        self.put_on_token(&handle, der.clone(), nickname, flags).await?;
        let address = fingerprint::sha256_hex(&der);
        let (_, _, certificate) = self.token_certificate(id, &address).await?;
        let after =
            json!({"token": token.label, "fingerprint_sha256": address, "nickname": certificate.nickname, "trust": certificate.trust});
        Ok(Done { answer: certificate, before: None, after: Some(after) })
    }

    pub(in crate::domain) async fn put_on_token(
        &self,
        handle: &TokenHandle,
        der: Vec<u8>,
        nickname: &str,
        flags: Option<TrustFlags>,
    ) -> Result<(), OperationError> {
        // The internal database is asked first: its refusal must not leave a certificate on the token.
        if flags.is_some() {
            self.needs_internal_unlocked().await?;
            self.ask_before_trusting(&der, flags).await?;
        }
        let wanted = CertificateToImport { der: der.clone(), nickname: nickname.to_owned(), trust: None };
        let imported = handle.import(vec![wanted], |_| ControlFlow::Continue(())).await?;
        let Some(flags) = flags else { return Ok(()) };
        let trusted = self.trust_in_database(der.clone(), nickname, flags).await;
        if trusted.is_err() && imported.iter().any(|one| one.added) {
            // All or nothing; the first error is the one that counts.
            let _ = handle.delete_certificates(vec![der], false).await;
        }
        trusted
    }

    /// Fails unless a certificate can be put into its place with this trust.
    ///
    /// # Errors
    /// `Locked`, `TokenLocked`; `LockedForTrust`: the trust of what is on a token is kept in the database, which has another password.
    pub(in crate::domain) async fn needs_room_for(&self, place: &Place, trust: Option<TrustFlags>) -> Result<(), OperationError> {
        place.needs_unlocked().await?;
        if place.token.is_some() && trust.is_some() { self.needs_internal_unlocked().await } else { Ok(()) }
    }

    /// PKCS#11 URI of a certificate on a token.
    pub(in crate::domain) fn uri_on_token(&self, token: &Token, certificate: &ListedCertificate) -> String {
        let label = certificate.nickname.as_deref().map(|nickname| without_token(token, nickname));
        super::keys::object_uri(token, label, certificate.key_id.as_deref(), "cert")
    }

    /// The token that an import names by the nickname of its one certificate, with the import as it is to be without that name.
    ///
    /// # Errors
    /// When one certificate of several is for a token: all or nothing holds within one token only.
    pub(crate) async fn import_for_token(&self, import: &Import) -> Result<Option<(Token, Import)>, OperationError> {
        for (place, item) in import.certificates.iter().enumerate() {
            let Some(nickname) = item.nickname.as_deref() else { continue };
            let (Some(token), bare) = self.split_nickname(nickname).await? else { continue };
            if import.certificates.len() > 1 {
                let message = format!("{nickname:?} names the token {}: import certificates for tokens one at a time.", token.label);
                return Err(OperationError::invalid(format!("/certificates/{place}/nickname"), message));
            }
            let item = ImportItem { nickname: Some(bare.into_owned()), ..item.clone() };
            return Ok(Some((token, Import { certificates: vec![item] })));
        }
        Ok(None)
    }

    /// Imports a certificate that was planned onto a token.
    pub(crate) async fn import_on_token(&self, token: &Token, planned: &import::Planned) -> Result<(), OperationError> {
        let (_, handle) = self.usable_token(&token.id).await?;
        self.put_on_token(&handle, planned.der.clone(), &planned.outcome.nickname, planned.trust).await
    }

    /// Changes nickname or trust of a certificate on a token.
    ///
    /// # Errors
    /// `NicknameTaken`; `LockedForTrust` when the internal database is; its password is another one than the token's.
    pub async fn change_token_certificate(
        &self,
        token: &str,
        address: &str,
        change: TokenCertificateChange,
    ) -> Result<TokenCertificate, OperationError> {
        let operation = match self.token_certificate(token, address).await {
            Ok((_, _, certificate)) => {
                let (token, fingerprint, body) = (token.to_owned(), address.to_owned(), change.clone());
                let nickname = certificate.nickname;
                self.clone().standing_for(Action::ChangeTokenCertificate { token, fingerprint, nickname, body }).await
            }
            Err(_) => self.clone(),
        };
        let result = self.change_token_certificate_in_turn(token, address, change).await;
        operation.conclude("certificate.trust", Some(address), result).await
    }

    async fn change_token_certificate_in_turn(
        &self,
        token: &str,
        address: &str,
        change: TokenCertificateChange,
    ) -> Result<Done<TokenCertificate>, OperationError> {
        let _turn = self.database.turn().await?;
        if change.nickname.is_none() && change.trust.is_none() {
            return Err(OperationError::invalid("/trust", "Give `nickname`, `trust` or both."));
        }
        let flags = change.trust.as_deref().map(|text| trust::flags(text, "/trust")).transpose()?;
        let (described, handle, certificate) = self.token_certificate(token, address).await?;
        if described.id == INTERNAL {
            return Err(OperationError::invalid(
                "",
                "Certificates of the internal token are changed by PATCH …/certificates/{fingerprint}.",
            ));
        }
        if let Some(flags) = &flags {
            self.needs_internal_unlocked().await?;
            self.ask_before_trusting(&certificate.der.0, Some(*flags)).await?;
        }
        let old = without_token(&described, &certificate.nickname).to_owned();
        let nickname = change.nickname.as_deref().map(|nickname| without_token(&described, nickname)).filter(|nickname| *nickname != old);
        if let Some(nickname) = nickname {
            if let Some(wrong) = inventory::wrong_nickname(nickname) {
                return Err(OperationError::invalid("/nickname", wrong));
            }
            handle.rename(certificate.der.0.clone(), nickname).await?;
        }
        if let Some(flags) = flags
            && let Err(error) = self.trust_in_database(certificate.der.0.clone(), nickname.unwrap_or(&old), flags).await
        {
            if nickname.is_some() {
                let _ = handle.rename(certificate.der.0, &old).await;
            }
            return Err(error);
        }
        let (_, _, after) = self.token_certificate(token, address).await?;
        let facts = |one: &TokenCertificate| json!({"nickname": one.nickname, "trust": one.trust});
        let (was, is) = (facts(&certificate), facts(&after));
        Ok(Done { answer: after, before: Some(was), after: Some(is) })
    }

    /// Asks before trust is kept in the internal database, where the certificate may be already.
    async fn ask_before_trusting(&self, der: &[u8], flags: Option<TrustFlags>) -> Result<(), OperationError> {
        let fingerprint_sha256 = fingerprint::sha256_hex(der);
        if self.database.listing().await?.certificate(&fingerprint_sha256).is_none() {
            return self.ask_before_adding(std::iter::once((der, flags))).await;
        }
        let trust = vec![SimulatedTrust { fingerprint_sha256, trust: flags.unwrap_or_default().to_string() }];
        self.ask_before_breaking(Simulation { trust, ..Simulation::default() }).await
    }

    async fn needs_internal_unlocked(&self) -> Result<(), OperationError> {
        match self.database.needs_unlocked().await {
            Err(OperationError::Locked) => Err(OperationError::LockedForTrust),
            other => other,
        }
    }

    /// Trust where NSS keeps it: with a copy of the certificate in the internal database.
    async fn trust_in_database(&self, der: Vec<u8>, nickname: &str, flags: TrustFlags) -> Result<(), OperationError> {
        let present = self.database.listing().await?.certificate(&fingerprint::sha256_hex(&der)).is_some();
        self.snapshot(&format!("trust of {nickname}")).await?;
        if present {
            self.database.token.set_trust(vec![(der, flags)], |_| ControlFlow::Continue(())).await?;
        } else {
            let copy = CertificateToImport { der, nickname: nickname.to_owned(), trust: Some(flags) };
            self.database.token.import(vec![copy], |_| ControlFlow::Continue(())).await?;
        }
        self.changed()?;
        Ok(())
    }

    /// Takes a certificate off a token, with its key if asked. Trust in the internal database stays.
    ///
    /// # Errors
    /// `NotFound`, `Locked`.
    pub async fn delete_token_certificate(&self, token: &str, address: &str, with_key: bool) -> Result<(), OperationError> {
        let operation = match self.token_certificate(token, address).await {
            Ok((_, _, certificate)) => {
                let (token, fingerprint, nickname) = (token.to_owned(), address.to_owned(), certificate.nickname);
                self.clone().standing_for(Action::DeleteTokenCertificate { token, fingerprint, nickname, with_key }).await
            }
            Err(_) => self.clone(),
        };
        let result = self.delete_token_certificate_in_turn(token, address, with_key).await;
        operation.conclude("certificate.delete", Some(address), result).await
    }

    async fn delete_token_certificate_in_turn(&self, token: &str, address: &str, with_key: bool) -> Result<Done<()>, OperationError> {
        let _turn = self.database.turn().await?;
        let (token, handle, certificate) = self.token_certificate(token, address).await?;
        if token.id == INTERNAL {
            return Err(OperationError::invalid(
                "",
                "Certificates of the internal token are deleted by DELETE …/certificates/{fingerprint}.",
            ));
        }
        let key = if with_key { " with its private key" } else { "" };
        self.ask_before_losing(format!("{}{key}", certificate.nickname)).await?;
        handle.delete_certificates(vec![certificate.der.0], with_key).await?;
        Ok(Done {
            answer: (),
            before: Some(json!({"token": token.label, "nickname": certificate.nickname})),
            after: Some(json!({"with_key": with_key})),
        })
    }
}

/// A nickname without the name of the token before it.
fn without_token<'text>(token: &Token, nickname: &'text str) -> &'text str {
    nickname.strip_prefix(token.label.as_str()).and_then(|rest| rest.strip_prefix(':')).unwrap_or(nickname)
}

fn describe(token: &Token, certificate: token::TokenCertificate, listing: &Listing) -> TokenCertificate {
    let fingerprint_sha256 = fingerprint::sha256_hex(&certificate.der);
    let trust = if token.id == INTERNAL {
        certificate.trust
    } else {
        listing.certificate(&fingerprint_sha256).map(|kept| kept.trust).unwrap_or_default()
    };
    let nickname = certificate.nickname.unwrap_or_default();
    TokenCertificate {
        nickname: if token.id == INTERNAL { nickname } else { format!("{}:{nickname}", token.label) },
        trust: trust.with_user(certificate.key_id.is_some()).to_string(),
        key_id: certificate.key_id.as_deref().map(hex),
        der: Base64(certificate.der),
        fingerprint_sha256,
    }
}
