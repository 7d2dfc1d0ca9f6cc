//! Self-signed certificates and root CAs.

use certdeck_shared::api::issue::{IssuedCertificate, NewSelfSigned};
use certdeck_shared::issue::{self, Draft, Length};
use certdeck_shared::request::SignatureAlgorithm;
use serde_json::json;

use super::install::{self, Kept, Signed};
use super::key::{self, ChosenKey};
use crate::domain::databases::{Done, Operation, OperationError};

/// NSS takes a self-signed certificate of a server or a person as a trusted peer.
const TRUSTED_PEER: &str = "P,,";
/// A root CA is trusted to issue, but not to name clients: a server that trusts one for that begins to ask all its clients.
const TRUSTED_AUTHORITY: &str = "C,C,C";

impl Operation {
    /// Makes a self-signed certificate, with a new key or one that is there; on a token when the nickname names it.
    ///
    /// # Errors
    /// `Invalid` field by field, before any key is made; `NicknameTaken`, `SerialNumberReused`, `Locked`.
    pub async fn create_self_signed(&self, new: NewSelfSigned) -> Result<IssuedCertificate, OperationError> {
        let result = self.self_signed_in_turn(new).await;
        self.conclude("certificate.self-sign", None, result).await
    }

    async fn self_signed_in_turn(&self, new: NewSelfSigned) -> Result<Done<IssuedCertificate>, OperationError> {
        let _turn = self.database.turn().await?;
        let reach = self.reach(&[&new.nickname]).await?;
        let (place, nickname) = self.place_of_nickname(&new.nickname).await?;
        let key_algorithm = self.check_key(&reach, &place, &new.key).await?;
        let content = issue::content(&new.form, &new.addresses, key_algorithm).map_err(OperationError::Invalid)?;
        let usual = Length::Months(issue::usual_months(&content, false));
        let period = issue::period(&new.validity, self.environment.clock.now(), usual).map_err(OperationError::Invalid)?;
        let serial_number = self.serial_number(reach.all(), &content.subject, new.serial_number.as_deref()).await?;
        let mut notes = issue::notes(&content, period);
        notes.extend(key::note(key_algorithm));
        let nickname = install::nickname(reach.of(&place), &content.subject, &nickname, &mut notes)?;
        let usual = if content.is_authority { TRUSTED_AUTHORITY } else { TRUSTED_PEER };
        let trust = install::trust_or(new.trust.as_deref(), usual)?;
        self.needs_room_for(&place, trust).await?;
        let snapshot = self.snapshot_of(&place, &format!("the self-signed certificate {nickname}")).await?;
        let key = self.chosen_key(&place, &new.key, &nickname).await?;
        let sign = async {
            let draft = Draft {
                serial_number: &serial_number,
                period,
                subject_public_key_info: &key.subject_public_key_info,
                signature_algorithm: signature_algorithm(&key)?,
                issuer: None,
                issuer_key_identifier: None,
            };
            let der = key.place.handle.sign_self_signed(&key.id, &draft.to_be_signed(&content)).await?;
            let kept = Some(Kept { place: place.clone(), nickname, trust });
            let signed = Signed { der, kept, decisions: Vec::new(), notes, snapshot };
            self.install(signed, None).await
        };
        let installed = self.or_without(&key, sign.await).await?;
        let answer = self.describe(installed, None).await?;
        Ok(Done { after: Some(facts(&answer)), before: None, answer })
    }
}

/// How a key signs.
pub(super) fn signature_algorithm(key: &ChosenKey) -> Result<SignatureAlgorithm, OperationError> {
    SignatureAlgorithm::for_key(&key.subject_public_key_info)
        .ok_or_else(|| OperationError::invalid("/key", "A key of this kind signs nothing here; RSA, P-256, P-384, P-521 and Ed25519 do."))
}

/// What the audit log keeps of a certificate.
pub(super) fn facts(issued: &IssuedCertificate) -> serde_json::Value {
    json!({
        "fingerprint_sha256": issued.fingerprint_sha256,
        "subject": issued.subject,
        "serial_number": issued.serial_number,
        "nickname": issued.nickname,
        "key_id": issued.key_id,
    })
}
