//! What every certificate that is made here has in common: nickname, trust, serial number; into the database, into the records.

use std::ops::ControlFlow;

use certdeck_shared::api::issue::{Decision, IssuedCertificate};
use certdeck_shared::issue::SerialNumber;
use certdeck_shared::trust::TrustFlags;
use certdeck_shared::x509::view::CertificateView;
use certdeck_shared::x509::{fingerprint, parse};

use super::authority::Authority;
use crate::domain::databases::{Operation, OperationError};
use crate::domain::{inventory, trust};
use crate::host::randomness;
use crate::nss::listing::Listing;
use crate::state::IssuedCertificateRecord;
use crate::token::{CertificateToImport, TokenError};

/// A certificate that was signed, before anybody has it.
pub(super) struct Signed {
    /// The certificate.
    pub(super) der: Vec<u8>,
    /// Nickname and trust in the database; none when it is only handed out.
    pub(super) place: Option<(String, Option<TrustFlags>)>,
    /// What was done with a request.
    pub(super) decisions: Vec<Decision>,
    /// What its author should know.
    pub(super) notes: Vec<String>,
    /// The snapshot taken before.
    pub(super) snapshot: Option<String>,
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
        let nickname = match signed.place.clone() {
            None => None,
            Some((nickname, trust)) => {
                let import = CertificateToImport { der: signed.der.clone(), nickname: nickname.clone(), trust };
                let imported = match self.database.token.import(vec![import], |_| ControlFlow::Continue(())).await {
                    Ok(imported) => imported,
                    Err(error) => {
                        // A certificate that nobody was told of would stand here without its key, or without its trust.
                        self.take_back(&signed.der).await;
                        return Err(error.into());
                    }
                };
                imported.into_iter().next().and_then(|one| one.nickname).or(Some(nickname))
            }
        };
        Ok(Installed { signed, nickname, view })
    }

    /// Tells everyone, and describes the certificate. It stands whatever becomes of this.
    pub(super) async fn describe(&self, installed: Installed, authority: Option<&Authority>) -> Result<IssuedCertificate, OperationError> {
        let Installed { signed, nickname, view } = installed;
        let revision = self.changed()?;
        let listing = self.database.listing().await?;
        let key_id = view.public_key.nss_key_id.clone().filter(|id| listing.key(id).is_some());
        let chain_pem = match authority {
            Some(authority) => self.chain(&authority.fingerprint_sha256).await?.certificates.iter().map(|link| pem(&link.der.0)).collect(),
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
}

/// A certificate as PEM.
pub(super) fn pem(der: &[u8]) -> String {
    certdeck_shared::issue::armoured("CERTIFICATE", der)
}
