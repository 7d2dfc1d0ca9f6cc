//! The revocation lists that lie in a database, whoever put them there: what they say, whether NSS heeds them, and how they come and go, as
//! with `crlutil`.

mod keep;

use std::collections::HashMap;

use certdeck_shared::api::revocation::{Revocation, StoredList, StoredLists};
use certdeck_shared::issue::{self, SerialNumber};
use certdeck_shared::validation::{ListStanding, Signed, Store};
use certdeck_shared::x509::parse;
use certdeck_shared::x509::revocation_list::{self, ReadList};

use super::databases::{Operation, OperationError, blocking};
use super::validation::{Added, Prepared};
use crate::nss::listing::ListedRevocationList;

impl Operation {
    /// The lists; with a serial number (decimal, or `0x` and hex) also what each says of it. What nobody can read NSS does not look at
    /// either, and it is left out.
    ///
    /// # Errors
    /// A serial number that is none; a database that cannot be read.
    pub async fn stored_lists(&self, serial_number: Option<&str>) -> Result<StoredLists, OperationError> {
        let serial_number = serial_number.filter(|text| !text.is_empty()).map(SerialNumber::parse).transpose();
        let serial_number =
            serial_number.map_err(|error| OperationError::invalid("?serial_number", format!("{error}.")))?.map(|serial| serial.to_hex());
        let prepared = self.prepared().await?;
        blocking(move || {
            let of = |(place, (number, _)): (usize, &(usize, _))| {
                let stored = prepared.listing.revocation_lists.get(*number)?;
                let read = revocation_list::read(&stored.der).ok()?;
                Some(shown(&prepared, &prepared.store, &Added::default(), place, stored, &read, serial_number.as_deref()))
            };
            StoredLists { revision: prepared.listing.revision.clone(), lists: prepared.lists.iter().enumerate().filter_map(of).collect() }
        })
        .await
    }

    /// One list: what it says, and its bytes.
    ///
    /// # Errors
    /// `NotFound`.
    pub async fn stored_list(
        &self,
        fingerprint: &str,
        serial_number: Option<&str>,
    ) -> Result<(StoredList, Vec<u8>, String), OperationError> {
        let all = self.stored_lists(serial_number).await?;
        let list = all.lists.into_iter().find(|list| list.fingerprint_sha256.eq_ignore_ascii_case(fingerprint));
        let listing = self.database.listing().await?;
        let der = listing.revocation_lists.iter().find(|list| list.fingerprint_sha256.eq_ignore_ascii_case(fingerprint));
        match (list, der) {
            (Some(list), Some(stored)) => Ok((list, stored.der.clone(), issue::armoured("X509 CRL", &stored.der))),
            _ => Err(OperationError::not_found("revocation list", fingerprint)),
        }
    }
}

/// What there is to say of the list at `place` in a store.
fn shown(
    prepared: &Prepared,
    store: &Store,
    added: &Added,
    place: usize,
    stored: &ListedRevocationList,
    read: &ReadList,
    asked: Option<&str>,
) -> StoredList {
    let signatures = |signed: Signed, issuer: usize| prepared.fact(store, added, signed, issuer);
    let standing = store.list_standing(place, &signatures);
    let certificates = &prepared.listing.certificates;
    let issuers = store.possible_signers(place).iter().filter_map(|&issuer| certificates.get(issuer));
    let mut here = HashMap::new();
    for (place, one) in certificates.iter().enumerate().filter(|(_, one)| one.issuer == read.issuer_der) {
        here.insert(store.serial_number(place).unwrap_or_default(), one);
    }
    let revoked_here = read.revoked.iter().filter_map(|revoked| {
        let one = here.get(&revoked.serial_number)?;
        Some(Revocation {
            serial_number: revoked.serial_number.clone(),
            subject: parse::certificate(&one.der).ok().map(|view| view.subject.to_string()),
            fingerprint_sha256: Some(one.fingerprint_sha256.clone()),
            revoked_at: revoked.revoked_at,
            reason: revoked.reason,
            invalidity_date: revoked.invalidity_date,
        })
    });
    StoredList {
        fingerprint_sha256: stored.fingerprint_sha256.clone(),
        issuer: read.issuer.to_string(),
        issuer_certificates: issuers.map(|one| one.fingerprint_sha256.clone()).collect(),
        number: read.number_text(),
        this_update: read.this_update,
        next_update: read.next_update,
        signature_algorithm: read.signature_algorithm.clone().into_owned(),
        revoked_count: read.revoked.len(),
        revoked_here: revoked_here.collect(),
        standing,
        standing_in_words: ListStanding::words(standing).to_owned(),
        size: stored.der.len(),
        url: stored.url.clone(),
        entry: asked.and_then(|serial| read.revoked.iter().rev().find(|one| one.serial_number == serial).cloned()),
    }
}
