//! A revocation list comes into the database, or leaves it.

use certdeck_shared::api::bytes::Base64;
use certdeck_shared::api::revocation::{ImportedList, StoredList};
use certdeck_shared::api::validation::Simulation;
use certdeck_shared::detect;
use certdeck_shared::validation::{ListFacts, ListStanding};
use certdeck_shared::x509::revocation_list::{self, ReadList};
use serde_json::json;

use super::shown;
use crate::domain::databases::{Done, Operation, OperationError, blocking};
use crate::domain::validation::Added;
use crate::nss::listing::ListedRevocationList;

/// A list that was looked at.
struct Candidate {
    stored: ListedRevocationList,
    read: ReadList,
    shown: StoredList,
    /// Address of the one whose place it would take.
    replaced: Option<String>,
    /// It is there already.
    known: bool,
}

impl Operation {
    /// Says what an import of a list (DER, PEM, base64) would do. `unverified` takes one whose issuer is not in the database, as
    /// `crlutil -I -B` does.
    ///
    /// # Errors
    /// `Unreadable`; `ListRefused` when NSS would not heed it, or when a newer one is there.
    pub async fn preview_list(&self, file: &[u8], unverified: bool) -> Result<ImportedList, OperationError> {
        let candidate = self.look_at_list(file, unverified).await?;
        Ok(ImportedList { list: candidate.shown, replaced: candidate.replaced, snapshot: None })
    }

    /// Imports a list, in the place of the one that its issuer has.
    ///
    /// # Errors
    /// As of [`Operation::preview_list`]; nothing has changed then.
    pub async fn import_list(&self, file: &[u8], unverified: bool) -> Result<ImportedList, OperationError> {
        let result = self.import_list_in_turn(file, unverified).await;
        let subject = result.as_ref().ok().map(|done| done.answer.list.fingerprint_sha256.clone());
        self.conclude("revocation-list.import", subject.as_deref(), result).await
    }

    async fn import_list_in_turn(&self, file: &[u8], unverified: bool) -> Result<Done<ImportedList>, OperationError> {
        let _turn = self.database.turn().await?;
        let candidate = self.look_at_list(file, unverified).await?;
        let mut answer = ImportedList { list: candidate.shown, replaced: candidate.replaced, snapshot: None };
        if !candidate.known {
            let revocation_lists = vec![Base64(candidate.stored.der.clone())];
            self.ask_before_breaking(Simulation { revocation_lists, ..Simulation::default() }).await?;
            answer.snapshot = self.snapshot(&format!("a revocation list of {}", answer.list.issuer)).await?;
            self.database.token.store_revocation_list(&candidate.read.issuer_der, &candidate.stored.der).await?;
            self.changed()?;
        }
        let after = json!({"issuer": answer.list.issuer, "number": answer.list.number, "revoked": answer.list.revoked_count});
        Ok(Done { before: answer.replaced.as_ref().map(|replaced| json!({"list": replaced})), after: Some(after), answer })
    }

    /// Takes a list out of the database, as `crlutil -D` does: NSS then takes for good what only this list revoked.
    ///
    /// # Errors
    /// `NotFound`.
    pub async fn delete_list(&self, fingerprint: &str) -> Result<(), OperationError> {
        let result = self.delete_list_in_turn(fingerprint).await;
        self.conclude("revocation-list.delete", Some(fingerprint), result).await
    }

    async fn delete_list_in_turn(&self, fingerprint: &str) -> Result<Done<()>, OperationError> {
        let _turn = self.database.turn().await?;
        let (list, der, _) = self.stored_list(fingerprint, None).await?;
        self.snapshot(&format!("deletion of a revocation list of {}", list.issuer)).await?;
        self.database.token.delete_revocation_list(&der).await?;
        self.changed()?;
        let before = json!({"issuer": list.issuer, "number": list.number, "revoked": list.revoked_count});
        Ok(Done { answer: (), before: Some(before), after: None })
    }

    async fn look_at_list(&self, file: &[u8], unverified: bool) -> Result<Candidate, OperationError> {
        let found = detect::read(file);
        let der = match found.crls.as_slice() {
            [one] => one.der.clone(),
            [] => return Err(OperationError::Unreadable("There is no revocation list in it. PEM, DER and base64 are read.".to_owned())),
            many => {
                return Err(OperationError::Unreadable(format!(
                    "There are {} revocation lists in it; import them one by one.",
                    many.len()
                )));
            }
        };
        let unreadable = |error| OperationError::Unreadable(format!("The revocation list cannot be read: {error}."));
        let read = revocation_list::read(&der).map_err(unreadable)?;
        let facts = ListFacts::read(&der).map_err(unreadable)?;
        let stored = ListedRevocationList::new(der, None);
        let prepared = self.prepared().await?;
        blocking(move || {
            let known = prepared.listing.revocation_lists.iter().any(|list| list.fingerprint_sha256 == stored.fingerprint_sha256);
            let of_issuer = prepared.lists.iter().map(|(_, list)| list).filter(|list| list.issuer.0 == read.issuer_der);
            let before = of_issuer.max_by_key(|list| list.this_update);
            if let Some(before) = before.filter(|before| !known && before.this_update >= read.this_update) {
                return Err(OperationError::ListRefused(format!(
                    "The database has a list of this issuer that was made on {}, later than this one or at the same time. Delete that one first if this is the right one.",
                    before.this_update
                )));
            }
            let replaced = before.filter(|_| !known).map(|before| before.fingerprint_sha256.clone());
            let mut store = prepared.store.clone();
            let place = store.replace_lists(&facts);
            let added = Added { lists: vec![stored.clone()], ..Added::default() };
            let shown = shown(&prepared, &store, &added, place, &stored, &read, None);
            match shown.standing {
                ListStanding::Heeded => {}
                ListStanding::NoIssuer if unverified => {}
                standing => return Err(OperationError::ListRefused(refusal(standing).to_owned())),
            }
            Ok(Candidate { stored, read, shown, replaced, known })
        })
        .await?
    }
}

fn refusal(standing: ListStanding) -> &'static str {
    match standing {
        ListStanding::NoIssuer => {
            "No certificate of its issuer is in the database, so nobody can tell whether it is the issuer's. Import the CA first, or say that it may come in unverified."
        }
        ListStanding::NotSigned => {
            "It is not signed by the issuer whose certificate is in the database. NSS would heed no list of this issuer any more if it came in."
        }
        _ => {
            "It has a critical extension or a version that NSS does not know: a list of changes, for a part of the certificates, or for several issuers. NSS would heed no list of this issuer any more if it came in."
        }
    }
}
