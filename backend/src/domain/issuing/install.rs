//! What every certificate that is made here has in common: nickname, trust, serial number; into the database, into the records.

use std::sync::Arc;

use certdeck_shared::api::issue::{Decision, IssuedCertificate};
use certdeck_shared::hex::hex;
use certdeck_shared::issue::SerialNumber;
use certdeck_shared::trust::TrustFlags;
use certdeck_shared::x509::view::CertificateView;
use certdeck_shared::x509::{fingerprint, parse};

use super::authority::Authority;
use crate::domain::certificates::chain_among;
use crate::domain::databases::{Operation, OperationError, Place};
use crate::domain::{inventory, trust};
use crate::host::randomness;
use crate::nss::listing::Listing;
use crate::state::IssuedCertificateRecord;
use crate::token::TokenError;

/// A certificate that was signed, before anybody has it.
pub(super) struct Signed {
    /// The certificate.
    pub(super) der: Vec<u8>,
    /// Where it is kept; none when it is only handed out.
    pub(super) kept: Option<Kept>,
    /// What was done with a request.
    pub(super) decisions: Vec<Decision>,
    /// What its author should know.
    pub(super) notes: Vec<String>,
    /// The snapshot taken before.
    pub(super) snapshot: Option<String>,
}

/// Where a certificate is kept.
pub(super) struct Kept {
    /// The database, or a token.
    pub(super) place: Place,
    /// Nickname, without the name of a token.
    pub(super) nickname: String,
    /// Trust in the database.
    pub(super) trust: Option<TrustFlags>,
}

/// A certificate that is where it belongs.
pub(super) struct Installed {
    signed: Signed,
    nickname: Option<String>,
    view: CertificateView,
}

impl Installed {
    /// What it says.
    pub(super) fn view(&self) -> &CertificateView {
        &self.view
    }
}

/// The nickname a certificate of this subject will have: NSS gives all of a subject the same one, and no two subjects the same.
///
/// # Errors
/// `Invalid` and `NicknameTaken`, before anything is made.
pub(super) fn nickname(listing: &Listing, subject: &[u8], asked: &str, notes: &mut Vec<String>) -> Result<String, OperationError> {
    if let Some(wrong) = inventory::wrong_nickname(asked) {
        return Err(OperationError::invalid("/nickname", wrong));
    }
    let of_subject = listing.certificates.iter().find(|one| one.subject == subject && one.nickname.is_some());
    if let Some(settled) = of_subject.and_then(|one| one.nickname.clone()) {
        if settled != asked {
            notes.push(format!(
                "Its subject has the nickname {settled:?} in this database, and NSS gives all certificates of a subject one."
            ));
        }
        return Ok(settled);
    }
    if listing.certificates.iter().any(|one| one.nickname.as_deref() == Some(asked)) {
        return Err(TokenError::NicknameTaken { nickname: asked.to_owned() }.into());
    }
    Ok(asked.to_owned())
}

/// Trust flags as asked for, or else as usual; nothing for none at all.
pub(super) fn trust_or(asked: Option<&str>, usual: &str) -> Result<Option<TrustFlags>, OperationError> {
    let flags = trust::flags(asked.unwrap_or(usual), "/trust")?;
    Ok(Some(flags.with_user(false)).filter(|flags| !flags.is_empty() || flags.ssl.step_up))
}

impl Operation {
    /// The serial number asked for, or a random one; no second of its issuer.
    pub(super) async fn serial_number(
        &self,
        listing: &Listing,
        issuer: &[u8],
        asked: Option<&str>,
    ) -> Result<SerialNumber, OperationError> {
        let Some(text) = asked else { return Ok(SerialNumber::random(randomness::bytes())) };
        let serial = SerialNumber::parse(text).map_err(|error| OperationError::invalid("/serial_number", format!("{error}.")))?;
        let der = serial.to_der();
        if let Some(other) = listing.certificates.iter().find(|one| one.issuer == issuer && one.serial_number == der) {
            return Err(TokenError::SerialNumberReused { nickname: other.nickname.clone() }.into());
        }
        let authority = super::authority::state_key(issuer);
        let issued = self.environment.store.issued().list(&self.database.id).await?;
        if issued.iter().any(|one| one.authority == authority && one.serial_number == serial.to_hex()) {
            return Err(TokenError::SerialNumberReused { nickname: None }.into());
        }
        Ok(serial)
    }

    /// Remembers what a CA signed, and puts a certificate into the database where it belongs there.
    pub(super) async fn install(&self, signed: Signed, authority: Option<&Authority>) -> Result<Installed, OperationError> {
        let view = parse::certificate(&signed.der).map_err(|error| OperationError::NotSignable(format!("{error}.")))?;
        if let Some(authority) = authority {
            // First, because a CA must know of everything that it signed, also when it cannot be stored.
            let record = IssuedCertificateRecord {
                database: self.database.id.clone(),
                fingerprint_sha256: fingerprint::sha256_hex(&signed.der),
                authority: authority.state_key(),
                serial_number: view.serial_number.clone(),
                der: signed.der.clone(),
                created_by: self.actor.clone(),
                created_at: self.environment.clock.now(),
            };
            self.environment.store.issued().insert(record).await?;
        }
        let nickname = match &signed.kept {
            None => None,
            Some(Kept { place, nickname, trust }) => Some(self.put(place, signed.der.clone(), nickname, *trust).await?),
        };
        Ok(Installed { signed, nickname, view })
    }

    /// Tells everyone, and describes the certificate. It stands whatever becomes of this.
    pub(super) async fn describe(&self, installed: Installed, authority: Option<&Authority>) -> Result<IssuedCertificate, OperationError> {
        let Installed { signed, nickname, view } = installed;
        let revision = self.changed()?;
        let key_id = self.key_beside(&signed, &view).await?;
        let chain_pem = match authority {
            Some(authority) => {
                let chain = chain_among(Arc::clone(&authority.among), &authority.fingerprint_sha256).await?;
                chain.certificates.iter().map(|link| pem(&link.der.0)).collect()
            }
            None => String::new(),
        };
        Ok(IssuedCertificate {
            fingerprint_sha256: fingerprint::sha256_hex(&signed.der),
            nickname,
            subject: view.subject.to_string(),
            serial_number: view.serial_number,
            not_before: view.not_before,
            not_after: view.not_after,
            key_id,
            pem: pem(&signed.der),
            chain_pem,
            decisions: signed.decisions,
            notes: signed.notes,
            snapshot: signed.snapshot,
            revision,
        })
    }

    /// CKA_ID of the key of a new certificate, where it is kept or in the database.
    async fn key_beside(&self, signed: &Signed, view: &CertificateView) -> Result<Option<String>, OperationError> {
        let Some(id) = view.public_key.nss_key_id.clone() else { return Ok(None) };
        if let Some(token) = signed.kept.as_ref().map(|kept| &kept.place).filter(|place| place.token.is_some()) {
            let keys = token.handle.list_keys().await?;
            return Ok(keys.iter().any(|key| hex(&key.id) == id).then_some(id));
        }
        Ok(self.database.listing().await?.key(&id).is_some().then_some(id))
    }
}

/// A certificate as PEM.
pub(super) fn pem(der: &[u8]) -> String {
    certdeck_shared::issue::armoured("CERTIFICATE", der)
}
