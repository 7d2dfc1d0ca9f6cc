//! Renewal by a CA outside: a request like the old certificate, whose reply installs the successor with nickname and trust.

use certdeck_shared::api::issue::CertificateKey;
use certdeck_shared::api::renewal::{IssuedBy, Renewed};
use certdeck_shared::api::request::RequestKeyPlace;
use certdeck_shared::hex::hex;
use certdeck_shared::issue;
use certdeck_shared::request as pkcs10;
use certdeck_shared::trust::TrustFlags;
use certdeck_shared::x509::parse;
use serde_json::json;

use super::renewal::Old;
use crate::domain::databases::{Done, Operation, OperationError};
use crate::host::randomness;
use crate::nss::listing::Listing;
use crate::state::RequestRecord;

impl Operation {
    pub(super) async fn renew_by_request(&self, old: &Old, key: &CertificateKey) -> Result<Done<Renewed>, OperationError> {
        let nickname = old.nickname();
        let place = old.key_place();
        place.needs_unlocked().await?;
        if matches!(key, CertificateKey::Algorithm(_)) {
            self.snapshot_of(place, &format!("a key for the renewal of {nickname}")).await?;
        }
        let key = self.chosen_key(place, key, &nickname).await?;
        let sign = async {
            let unreadable =
                |error: &dyn std::fmt::Display| OperationError::Unreadable(format!("The certificate cannot be read: {error}."));
            let information = issue::renewal_request(&old.listed.der, &key.subject_public_key_info).map_err(|error| unreadable(&error))?;
            let der = key.place.handle.sign_request(&key.id, &information).await?;
            let record = RequestRecord {
                id: randomness::identifier(),
                database: self.database.id.clone(),
                nickname: key.place.full_nickname(&nickname),
                subject: old.view.subject.to_string(),
                key_id: hex(&key.id),
                pem: pkcs10::pem(&der),
                note: Some(format!("Renewal of {nickname}")),
                created_by: self.actor.clone(),
                created_at: self.environment.clock.now(),
                certificate_fingerprint_sha256: None,
                ca_name: Some(old.view.issuer.to_string()).filter(|name| !name.is_empty()),
                phone: None,
                key_place: if key.place.token.is_some() { RequestKeyPlace::Token } else { RequestKeyPlace::Database },
            };
            self.environment.store.requests().insert(record.clone(), Some(old.listed.fingerprint_sha256.clone())).await?;
            Ok(record)
        };
        let record = self.or_without(&key, sign.await).await?;
        self.changed()?;
        let request = self.request(&record.id).await?;
        let after = json!({"request": record.id, "subject": record.subject, "key_id": record.key_id, "nickname": nickname});
        let answer = Renewed {
            renews: old.listed.fingerprint_sha256.clone(),
            issued_by: IssuedBy::Outside,
            certificate: None,
            request: Some(request),
            differences: Vec::new(),
        };
        let before = json!({"fingerprint_sha256": old.listed.fingerprint_sha256});
        Ok(Done { answer, before: Some(before), after: Some(after) })
    }

    /// Trust for the certificate that answers a request or came for a key: that of the one it succeeds. NSS keeps trust by issuer and serial
    /// number, so a successor has none of its own. Only for a successor of the same subject: of the certificate that the request renews,
    /// else of the latest one with the same key.
    pub(crate) async fn inherited_trust(
        &self,
        request: Option<&str>,
        key_id: &str,
        listing: &Listing,
        answer: &[u8],
    ) -> Result<Option<TrustFlags>, OperationError> {
        let renewed = match request {
            Some(request) => self.environment.store.issued().renews(request).await?,
            None => None,
        };
        let Ok(names) = parse::raw_names(answer) else { return Ok(None) };
        let of_key = || {
            let same = listing.certificates.iter().filter(|one| one.key_id.as_deref() == Some(key_id) && one.subject == names.subject);
            same.max_by_key(|one| parse::certificate(&one.der).ok().map(|view| view.not_before))
        };
        let old = renewed.and_then(|fingerprint| listing.certificate(&fingerprint)).filter(|old| old.subject == names.subject);
        let trust = old.or_else(of_key).map(|old| old.trust.with_user(false));
        Ok(trust.filter(|trust| !trust.is_empty() || trust.ssl.step_up))
    }
}
