//! The trust of several certificates, changed at once or not at all.

use std::collections::HashSet;

use certdeck_shared::api::certificate::{TrustChanged, TrustChanges, TrustStored};
use certdeck_shared::api::validation::{SimulatedTrust, Simulation};
use certdeck_shared::trust::TrustFlags;
use serde_json::{Value, json};

use super::databases::{Done, Operation, OperationError};
use super::inventory;

/// Most changes at once.
const MOST: usize = 5_000;

/// Reads trust flags.
///
/// # Errors
/// Names the field and the letter.
pub fn flags(text: &str, pointer: &str) -> Result<TrustFlags, OperationError> {
    TrustFlags::parse(text).map_err(|error| OperationError::invalid(pointer, format!("{error}.")))
}

impl Operation {
    /// Changes the trust of all certificates named, or of none.
    ///
    /// # Errors
    /// `RevisionMismatch` when one is not as the caller expected; nothing has changed after any error.
    pub async fn change_trust(&self, changes: TrustChanges, if_match: Option<&str>) -> Result<TrustChanged, OperationError> {
        let subject = match changes.changes.as_slice() {
            [one] => one.fingerprint_sha256.clone(),
            several => format!("{} certificates", several.len()),
        };
        let result = self.trust_in_turn(changes, if_match).await;
        self.conclude("certificate.trust", Some(&subject), result).await
    }

    async fn trust_in_turn(&self, changes: TrustChanges, if_match: Option<&str>) -> Result<Done<TrustChanged>, OperationError> {
        let _turn = self.database.turn().await?;
        let count = changes.changes.len();
        if count == 0 || count > MOST {
            return Err(OperationError::invalid("/changes", format!("1 to {MOST} changes, not {count}.")));
        }
        let mut wanted = Vec::with_capacity(count);
        let mut seen = HashSet::new();
        for (place, change) in changes.changes.iter().enumerate() {
            let pointer = format!("/changes/{place}/fingerprint_sha256");
            let address = inventory::address(&change.fingerprint_sha256, &pointer)?;
            if !seen.insert(address.clone()) {
                return Err(OperationError::invalid(pointer, "This certificate is named twice; each at most once."));
            }
            let expected = change.expected.as_deref().map(|text| flags(text, &format!("/changes/{place}/expected"))).transpose()?;
            wanted.push((address, expected, flags(&change.trust, &format!("/changes/{place}/trust"))?));
        }
        let listing = self.listing_if(if_match, |_| None).await?;
        let mut before = Vec::with_capacity(count);
        let (mut to_set, mut stored) = (Vec::new(), Vec::new());
        for (address, expected, flags) in &wanted {
            let found = inventory::find(&listing, address)?;
            if let Some(expected) = expected
                && expected.stored().with_user(false).to_string() != found.trust.with_user(false).to_string()
            {
                return Err(OperationError::RevisionMismatch(format!(
                    "The trust of {} is {} now, not {} as expected. Nothing was changed.",
                    found.nickname.as_deref().unwrap_or(address),
                    found.trust,
                    expected
                )));
            }
            before.push(found.trust.to_string());
            to_set.push((found.der.clone(), *flags));
            stored.push((found.der.clone(), found.trust.with_user(false)));
        }
        self.database.needs_unlocked().await?;
        let tried = |(address, _, flags): &(String, Option<TrustFlags>, TrustFlags)| SimulatedTrust {
            fingerprint_sha256: address.clone(),
            trust: flags.to_string(),
        };
        self.ask_before_breaking(Simulation { trust: wanted.iter().map(tried).collect(), ..Simulation::default() }).await?;
        let reason = match wanted.as_slice() {
            [(address, ..)] => {
                let nickname = listing.certificate(address).and_then(|one| one.nickname.clone());
                format!("trust of {}", nickname.as_deref().unwrap_or("a certificate"))
            }
            several => format!("trust of {} certificates", several.len()),
        };
        let snapshot = self.snapshot(&reason).await?;
        self.write_trust(to_set, stored).await?;
        let revision = self.changed()?;
        let listing = self.database.listing().await?;
        let certificates: Vec<TrustStored> = wanted
            .into_iter()
            .zip(before)
            .map(|((address, ..), before)| TrustStored {
                after: listing.certificate(&address).map(|one| one.trust.to_string()).unwrap_or_default(),
                fingerprint_sha256: address,
                before,
            })
            .collect();
        let pick = |value: fn(&TrustStored) -> &str| -> Value {
            certificates
                .iter()
                .take(100)
                .map(|one| (one.fingerprint_sha256.clone(), json!(value(one))))
                .collect::<serde_json::Map<_, _>>()
                .into()
        };
        let (was, is) = (pick(|one| &one.before), pick(|one| &one.after));
        Ok(Done { answer: TrustChanged { certificates, snapshot, revision }, before: Some(was), after: Some(is) })
    }
}
