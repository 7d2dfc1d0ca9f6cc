//! What the revocation lists of a database come to: which of its certificates they revoke.

use std::collections::{HashMap, HashSet};

use certdeck_shared::api::validation::ElementRevocation;
use certdeck_shared::validation::{ListFacts, Revocation, Signed};

use super::{Prepared, question};
use crate::domain::databases::{Operation, OperationError, blocking};
use crate::domain::inventory::{self, Revoked};
use crate::nss::listing::Listing;

impl Operation {
    /// What is revoked now by lists of this database, as NSS heeds them.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn revoked(&self, listing: &Listing) -> Result<Revoked, OperationError> {
        if listing.revocation_lists.is_empty() {
            return Ok(Revoked::new());
        }
        let now = self.environment.clock.now();
        let prepared = self.prepared().await?;
        blocking(move || {
            let times = question::times(now, now);
            let signatures = |signed: Signed, issuer: usize| prepared.own_fact(signed, issuer);
            let found = prepared.listing.certificates.iter().enumerate().filter_map(|(place, one)| {
                let revocation = prepared.store.revoked(place, times, &signatures)?;
                Some((one.fingerprint_sha256.clone(), told(&prepared, &revocation)))
            });
            found.collect()
        })
        .await
    }
}

/// A revocation as callers see it.
pub(super) fn told(prepared: &Prepared, revocation: &Revocation) -> ElementRevocation {
    let issuer = prepared.listing.certificates.get(revocation.issuer);
    let list = prepared.lists.get(revocation.list).map(|(_, list)| list.fingerprint_sha256.clone());
    ElementRevocation {
        revoked_at: revocation.revoked_at,
        reason: revocation.reason,
        issuer: issuer.map(|one| one.fingerprint_sha256.clone()).unwrap_or_default(),
        list: list.unwrap_or_default(),
        words: revocation.words(&issuer.map(inventory::name).unwrap_or_default()),
    }
}

/// The lists with what they revoke of this database: a list may revoke a million certificates that nobody here has.
pub(super) fn shortened(prepared: &Prepared) -> Vec<ListFacts> {
    let mut here: HashMap<&[u8], HashSet<String>> = HashMap::new();
    for (place, one) in prepared.listing.certificates.iter().enumerate() {
        here.entry(&one.issuer).or_default().extend(prepared.store.serial_number(place));
    }
    let short = |list: &ListFacts| {
        let serials = here.get(list.issuer.0.as_slice());
        list.only(|revoked| serials.is_some_and(|serials| serials.contains(&revoked.serial_number)))
    };
    prepared.lists.iter().map(|(_, list)| short(list)).collect()
}
