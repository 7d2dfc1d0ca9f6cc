//! The CA of a database that signs: its certificate and its key are here, and it may.

use std::sync::Arc;

use certdeck_shared::hex::hex;
use certdeck_shared::issue::{Issuer, Period, Unfit};
use sha2::{Digest as _, Sha256};
use time::Duration;

use crate::domain::databases::{Operation, OperationError, Place, Reach};
use crate::domain::keys::from_hex;
use crate::nss::listing::{ListedCertificate, Listing};

/// A CA that may sign now.
pub(super) struct Authority {
    /// What its certificate says.
    pub(super) issuer: Issuer,
    /// Address of its certificate.
    pub(super) fingerprint_sha256: String,
    /// The certificate.
    pub(super) der: Vec<u8>,
    /// CKA_ID of its key.
    pub(super) key_id: Vec<u8>,
    /// Where its key is.
    pub(super) place: Place,
    /// Among what it was found: its own issuers are there, too.
    pub(super) among: Arc<Listing>,
}

impl Authority {
    /// The CA with this certificate.
    pub(super) fn of(
        operation: &Operation,
        reach: &Reach,
        listed: &ListedCertificate,
        usage: &'static str,
    ) -> Result<Self, OperationError> {
        let issuer = Issuer::read(&listed.der, usage, operation.environment.clock.now()).map_err(unfit)?;
        let Some((key_id, place)) = reach.key_of(listed) else {
            let name = listed.nickname.clone().unwrap_or_else(|| issuer.view.display_name());
            return Err(OperationError::IssuerUnfit(format!(
                "The private key of {name} is neither in this database nor on a token that is unlocked, so nothing can be signed in its name. \
                 Import it, unlock its token, or choose another issuer."
            )));
        };
        Ok(Self {
            issuer,
            fingerprint_sha256: listed.fingerprint_sha256.clone(),
            der: listed.der.clone(),
            key_id: from_hex(&key_id),
            place: place.clone(),
            among: Arc::clone(reach.all()),
        })
    }

    /// The CA at an address that stands in a body.
    pub(super) fn in_body(operation: &Operation, reach: &Reach, address: &str) -> Result<Self, OperationError> {
        Self::of(operation, reach, reach.find(address, "/issuer")?, "keyCertSign")
    }

    /// Signs a certificate in its name.
    pub(super) async fn sign(&self, to_be_signed: &[u8]) -> Result<Vec<u8>, OperationError> {
        Ok(self.place.handle.sign_certificate(&self.key_id, &self.der, to_be_signed).await?)
    }

    /// A period that nobody asked for is cut at the end of the CA; one that was asked for must lie within.
    pub(super) fn within(&self, period: Period, asked: bool) -> Result<Period, OperationError> {
        if self.issuer.covers(period) {
            return Ok(period);
        }
        let view = &self.issuer.view;
        if asked || period.not_before >= view.not_after || period.not_before < view.not_before {
            return Err(OperationError::invalid(
                "/validity",
                format!(
                    "The certificate would outlive its issuer, which is good from {} to {}. Choose a period within.",
                    view.not_before, view.not_after
                ),
            ));
        }
        Ok(Period { not_after: view.not_after, ..period })
    }

    /// Under which its revocations are kept: its name, which it keeps when it gets another key.
    pub(super) fn state_key(&self) -> String {
        state_key(&self.issuer.subject)
    }
}

/// SHA-256 of a DER Name, lower-case hex.
pub(super) fn state_key(name: &[u8]) -> String {
    hex(&Sha256::digest(name))
}

/// Why a CA may not, as the caller hears it.
pub(super) fn unfit(error: Unfit) -> OperationError {
    let mut text = error.to_string();
    if let Some(first) = text.get(..1).map(str::to_uppercase)
        && text.starts_with("the ")
    {
        text.replace_range(..1, &first);
    }
    OperationError::IssuerUnfit(format!("{text}."))
}

/// What is left of a certificate's life that a default period may use.
pub(super) fn length(not_before: time::OffsetDateTime, not_after: time::OffsetDateTime) -> Duration {
    (not_after - not_before).max(Duration::days(1))
}
