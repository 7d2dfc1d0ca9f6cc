//! What a CA revokes: the list is signed, kept in the database where NSS heeds it, and handed out.

use certdeck_shared::api::bytes::Base64;
use certdeck_shared::api::revocation::{NewRevocation, NewRevocationList, NextUpdate, Revocation, RevocationList, RevocationReason};
use certdeck_shared::api::validation::Simulation;
use certdeck_shared::issue::{self, RevocationListDraft, SerialNumber};
use certdeck_shared::x509::parse;
use certdeck_shared::x509::revocation_list::{self, ReadList, Revoked};
use serde_json::json;
use time::{Duration, OffsetDateTime};

use super::authority::{Authority, state_key};
use crate::domain::databases::{Done, Operation, OperationError, Reach};
use crate::domain::inventory;
use crate::nss::listing::Listing;

/// Days until the next list, when nobody says otherwise.
const USUAL_DAYS: u32 = 30;
/// Most days.
const MOST_DAYS: u32 = 3_660;
/// Most revoked certificates of one CA.
const MOST: usize = 100_000;

/// What a CA has revoked so far.
struct SoFar {
    revoked: Vec<Revoked>,
    number: u64,
    /// Serial numbers on the list in the database.
    published: Vec<String>,
}

impl Operation {
    /// The revocation list of a CA: what it says, and its bytes.
    ///
    /// # Errors
    /// `NotFound` when there is none yet.
    pub async fn revocation_list(&self, fingerprint: &str) -> Result<(RevocationList, Vec<u8>), OperationError> {
        let reach = self.reach(&[fingerprint]).await?;
        let subject = &reach.find(fingerprint, "")?.subject;
        match self.last_list(subject).await? {
            Some((list, der)) => Ok((self.shown(reach.all(), &list, &der).await?, der)),
            None => Err(OperationError::not_found("revocation list", fingerprint)),
        }
    }

    /// Makes a new list of what is revoked so far, with a new number.
    ///
    /// # Errors
    /// `IssuerUnfit`, `Invalid`, `Locked`.
    pub async fn create_revocation_list(&self, fingerprint: &str, new: NewRevocationList) -> Result<RevocationList, OperationError> {
        let result = self.new_list_in_turn(fingerprint, new).await;
        self.conclude("revocation-list.create", Some(fingerprint), result).await
    }

    async fn new_list_in_turn(&self, fingerprint: &str, new: NewRevocationList) -> Result<Done<RevocationList>, OperationError> {
        let _turn = self.database.turn().await?;
        let reach = self.reach_with_key(fingerprint, &[]).await?;
        let authority = Authority::of(self, &reach, reach.find(fingerprint, "")?, "cRLSign")?;
        let next_update = self.next_update(&new.next_update)?;
        let so_far = self.so_far(&authority).await?;
        let answer = self.publish(reach.all(), &authority, so_far, next_update).await?;
        let after = json!({"number": answer.number, "revoked": answer.revoked.len()});
        Ok(Done { answer, before: None, after: Some(after) })
    }

    /// What a CA has revoked: in its list, and in the console's records.
    ///
    /// # Errors
    /// `NotFound`.
    pub async fn revocations(&self, fingerprint: &str) -> Result<Vec<Revocation>, OperationError> {
        let reach = self.reach(&[fingerprint]).await?;
        let subject = reach.find(fingerprint, "")?.subject.clone();
        let so_far = self.so_far_of(&subject).await?;
        self.named(reach.all(), &subject, so_far.revoked).await
    }

    /// Revokes a certificate of a CA, or takes one off the hold, and makes the new list.
    ///
    /// # Errors
    /// `Invalid` when it is no certificate of this CA, or revoked already; `IssuerUnfit`, `Locked`.
    pub async fn revoke(&self, fingerprint: &str, new: NewRevocation) -> Result<RevocationList, OperationError> {
        let result = self.revoke_in_turn(fingerprint, new).await;
        self.conclude("certificate.revoke", Some(fingerprint), result).await
    }

    async fn revoke_in_turn(&self, fingerprint: &str, new: NewRevocation) -> Result<Done<RevocationList>, OperationError> {
        let _turn = self.database.turn().await?;
        let reach = self.reach_with_key(fingerprint, &[]).await?;
        let authority = Authority::of(self, &reach, reach.find(fingerprint, "")?, "cRLSign")?;
        let next_update = self.next_update(&new.next_update)?;
        let (serial_number, pointer) = self.to_revoke(&reach, &authority, &new).await?;
        let now = self.environment.clock.now();
        if new.invalidity_date.is_some_and(|since| since > now) {
            return Err(OperationError::invalid("/invalidity_date", "The certificate cannot have become invalid in the future."));
        }
        let mut so_far = self.so_far(&authority).await?;
        let known = so_far.revoked.iter().position(|one| one.serial_number == serial_number);
        let before = known.and_then(|place| so_far.revoked.get(place)).cloned();
        let published = so_far.published.contains(&serial_number);
        match (&before, new.reason) {
            (None, RevocationReason::RemoveFromCrl) => {
                return Err(OperationError::invalid(pointer, "This certificate is not revoked, so it cannot be taken off a hold."));
            }
            // One that is remembered and on no list comes from a call that broke off: it is done again.
            (Some(_), reason) if !published && reason != RevocationReason::RemoveFromCrl => {}
            (Some(old), _) if old.reason != RevocationReason::CertificateHold => {
                return Err(OperationError::invalid(
                    pointer,
                    format!("This certificate was revoked on {} already: {}.", old.revoked_at, old.reason.words()),
                ));
            }
            (Some(_), RevocationReason::CertificateHold) => {
                return Err(OperationError::invalid(pointer, "This certificate is held already."));
            }
            _ => {}
        }
        so_far.revoked.retain(|one| one.serial_number != serial_number);
        if new.reason != RevocationReason::RemoveFromCrl {
            // The day of the hold stays the day of the revocation.
            let revoked_at = before.as_ref().map_or(now, |old| old.revoked_at);
            let reason = new.reason;
            so_far.revoked.push(Revoked { serial_number: serial_number.clone(), revoked_at, reason, invalidity_date: new.invalidity_date });
        }
        if so_far.revoked.len() > MOST {
            return Err(OperationError::invalid(pointer, format!("A CA revokes at most {MOST} certificates here.")));
        }
        let answer = self.publish(reach.all(), &authority, so_far, next_update).await?;
        let was = before.map(|old| json!({"serial_number": old.serial_number, "reason": old.reason}));
        let after = json!({"serial_number": serial_number, "reason": new.reason, "number": answer.number});
        Ok(Done { answer, before: was, after: Some(after) })
    }

    /// The serial number that is meant, and the field that says so.
    async fn to_revoke(&self, reach: &Reach, authority: &Authority, new: &NewRevocation) -> Result<(String, &'static str), OperationError> {
        let serial = match (&new.serial_number, &new.fingerprint_sha256) {
            (Some(text), None) => {
                let serial = SerialNumber::parse(text).map_err(|error| OperationError::invalid("/serial_number", format!("{error}.")))?;
                (serial.to_hex(), "/serial_number")
            }
            (None, Some(address)) => {
                let pointer = "/fingerprint_sha256";
                let found = match inventory::address(address, pointer) {
                    Ok(address) => reach.all().certificate(&address).map(|one| one.der.clone()),
                    // The name of a certificate on a token.
                    Err(_) => Some(self.reach(&[address]).await?.find(address, pointer)?.der.clone()),
                };
                let issued = self.environment.store.issued().list(&self.database.id).await?;
                let address = inventory::address(address, pointer).unwrap_or_default();
                let der = found.or_else(|| issued.into_iter().find(|one| one.fingerprint_sha256 == address).map(|one| one.der));
                let of_authority = |der: &Vec<u8>| parse::raw_names(der).is_ok_and(|names| names.issuer == authority.issuer.subject);
                let der = der.filter(of_authority).ok_or_else(|| {
                    OperationError::invalid(pointer, "This is no certificate of this CA, neither in the database nor issued here.")
                })?;
                let view = parse::certificate(&der).map_err(|error| OperationError::Unreadable(format!("{error}.")))?;
                (view.serial_number, pointer)
            }
            _ => return Err(OperationError::invalid("/serial_number", "Give one of serial_number and fingerprint_sha256.")),
        };
        if authority.issuer.view.self_issued && serial.0 == authority.issuer.view.serial_number {
            return Err(OperationError::invalid(
                serial.1,
                "A root CA cannot revoke itself: nobody would believe its list. Take its trust away instead.",
            ));
        }
        Ok(serial)
    }

    fn next_update(&self, next: &NextUpdate) -> Result<OffsetDateTime, OperationError> {
        let now = self.environment.clock.now();
        match (next.days, next.at) {
            (Some(_), Some(_)) => Err(OperationError::invalid("/next_update", "Give one of days and at.")),
            (None, Some(at)) if at <= now || at > now + Duration::days(i64::from(MOST_DAYS)) => {
                Err(OperationError::invalid("/next_update/at", format!("The next list is due within {MOST_DAYS} days from now.")))
            }
            (None, Some(at)) => Ok(at),
            (days, None) => {
                let days = days.unwrap_or(USUAL_DAYS);
                if days == 0 || days > MOST_DAYS {
                    return Err(OperationError::invalid("/next_update/days", format!("1 to {MOST_DAYS} days.")));
                }
                Ok(now + Duration::days(i64::from(days)))
            }
        }
    }

    async fn so_far(&self, authority: &Authority) -> Result<SoFar, OperationError> {
        self.so_far_of(&authority.issuer.subject).await
    }

    /// Both memories: whoever restored a snapshot, or forgot the database and registered it anew, has not taken a revocation back.
    async fn so_far_of(&self, subject: &[u8]) -> Result<SoFar, OperationError> {
        let key = state_key(subject);
        let mut revoked = self.environment.store.issued().revoked(&self.database.id, &key).await?;
        let last = self.environment.store.issued().last_number(&self.database.id, &key).await?;
        let mut number = last;
        let mut published = Vec::new();
        if let Some((list, _)) = self.last_list(subject).await? {
            let stored = list.number().unwrap_or(0);
            number = number.max(stored);
            published = list.revoked.iter().map(|one| one.serial_number.clone()).collect();
            // A list that is older than what the console remembers may hold what was taken off the hold since.
            let newer = stored > last;
            if newer {
                revoked.retain(|one| {
                    one.reason != RevocationReason::CertificateHold
                        || list.revoked.iter().any(|listed| listed.serial_number == one.serial_number)
                });
            }
            for one in list.revoked {
                let known = revoked.iter().any(|known| known.serial_number == one.serial_number);
                if !known && (newer || one.reason != RevocationReason::CertificateHold) {
                    revoked.push(one);
                }
            }
        }
        revoked.sort_by(|one, other| (one.revoked_at, &one.serial_number).cmp(&(other.revoked_at, &other.serial_number)));
        Ok(SoFar { revoked, number, published })
    }

    async fn last_list(&self, subject: &[u8]) -> Result<Option<(ReadList, Vec<u8>)>, OperationError> {
        let lists = self.database.token.revocation_lists().await?;
        let of_subject = lists.into_iter().filter_map(|der| {
            let list = revocation_list::read(&der).ok()?;
            (list.issuer_der == subject).then_some((list, der))
        });
        Ok(of_subject.max_by_key(|(list, _)| list.this_update))
    }

    /// Signs the list, keeps it in the database and in the records.
    async fn publish(
        &self,
        listing: &Listing,
        authority: &Authority,
        so_far: SoFar,
        next_update: OffsetDateTime,
    ) -> Result<RevocationList, OperationError> {
        authority.place.needs_unlocked().await?;
        let number = so_far.number.saturating_add(1);
        let draft = RevocationListDraft {
            issuer: &authority.issuer.subject,
            signature_algorithm: authority.issuer.signature_algorithm,
            issuer_key_identifier: authority.issuer.view.subject_key_identifier.as_deref(),
            number,
            this_update: self.environment.clock.now(),
            next_update,
            revoked: &so_far.revoked,
        };
        let to_be_signed = draft.to_be_signed();
        let name = authority.issuer.view.display_name();
        let der = authority.place.handle.sign_revocation_list(&authority.key_id, &authority.der, &to_be_signed).await?;
        let revocation_lists = vec![Base64(der.clone())];
        self.ask_before_breaking(Simulation { revocation_lists, ..Simulation::default() }).await?;
        self.snapshot(&format!("a revocation list of {name}")).await?;
        let list = revocation_list::read(&der).map_err(|error| OperationError::NotSignable(format!("{error}.")))?;
        // The records first: a list that is not stored is made again, a revocation that is forgotten is lost.
        let key = authority.state_key();
        let before = self.environment.store.issued().revoked(&self.database.id, &key).await?;
        self.environment.store.issued().set_revoked(&self.database.id, &key, number, so_far.revoked).await?;
        if let Err(error) = self.database.token.store_revocation_list(&authority.issuer.subject, &der).await {
            // Refused is refused: nothing more is revoked than before. The number is spent.
            let _ = self.environment.store.issued().set_revoked(&self.database.id, &key, number, before).await;
            return Err(error.into());
        }
        self.changed()?;
        self.shown(listing, &list, &der).await
    }

    async fn shown(&self, listing: &Listing, list: &ReadList, der: &[u8]) -> Result<RevocationList, OperationError> {
        Ok(RevocationList {
            issuer: list.issuer.to_string(),
            number: list.number().map(|number| number.to_string()),
            this_update: list.this_update,
            next_update: list.next_update,
            signature_algorithm: list.signature_algorithm.clone().into_owned(),
            revoked: self.named(listing, &list.issuer_der, list.revoked.clone()).await?,
            pem: issue::armoured("X509 CRL", der),
        })
    }

    /// Adds what the console knows of the certificates.
    async fn named(&self, listing: &Listing, issuer: &[u8], revoked: Vec<Revoked>) -> Result<Vec<Revocation>, OperationError> {
        let key = state_key(issuer);
        let issued = self.environment.store.issued().list(&self.database.id).await?;
        let mut known = std::collections::HashMap::new();
        for one in issued.iter().filter(|one| one.authority == key) {
            known.insert(one.serial_number.clone(), (one.fingerprint_sha256.clone(), &one.der));
        }
        for one in listing.certificates.iter().filter(|one| one.issuer == issuer) {
            if let Ok(view) = parse::certificate(&one.der) {
                known.insert(view.serial_number, (one.fingerprint_sha256.clone(), &one.der));
            }
        }
        let named = revoked.into_iter().map(|one| {
            let certificate = known.get(&one.serial_number);
            Revocation {
                subject: certificate.and_then(|(_, der)| parse::certificate(der).ok()).map(|view| view.subject.to_string()),
                fingerprint_sha256: certificate.map(|(fingerprint, _)| fingerprint.clone()),
                serial_number: one.serial_number,
                revoked_at: one.revoked_at,
                reason: one.reason,
                invalidity_date: one.invalidity_date,
            }
        });
        Ok(named.collect())
    }
}
