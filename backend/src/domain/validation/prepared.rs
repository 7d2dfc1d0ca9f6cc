//! A database ready to be judged: its certificates and revocation lists as facts, and what is known of its signatures. Signatures never change, so what was
//! once verified stays known when the database changes.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use certdeck_shared::validation::{ListFacts, SignatureFact, Signed, Store};
use sha2::{Digest as _, Sha256};

use crate::domain::databases::{Operation, OperationError, blocking};
use crate::nss::listing::{ListedRevocationList, Listing};
use crate::verifiers::signature;

/// SHA-256 of what is signed and of a public key.
type Pair = ([u8; 32], [u8; 32]);

/// Most signatures that are remembered of a database; 64 octets each.
const MOST: usize = 100_000;

/// What is known of signatures.
#[derive(Debug, Default)]
pub struct SignatureMemo(Mutex<HashMap<Pair, SignatureFact>>);

impl SignatureMemo {
    /// Whether the signature of what has this digest verifies with a SubjectPublicKeyInfo; `check` is asked once.
    fn fact(&self, digest: [u8; 32], public_key: &[u8], check: impl FnOnce(&[u8]) -> SignatureFact) -> SignatureFact {
        let pair = (digest, Sha256::digest(public_key).into());
        if let Some(fact) = self.0.lock().unwrap_or_else(PoisonError::into_inner).get(&pair) {
            return *fact;
        }
        let fact = check(public_key);
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= MOST {
            known.clear();
        }
        known.insert(pair, fact);
        fact
    }
}

/// A database at one revision.
#[derive(Debug)]
pub struct Prepared {
    /// What is in it.
    pub listing: Arc<Listing>,
    /// The same as facts: the certificates at the same places, behind them the lists that can be read.
    pub store: Store,
    /// The lists of the store, at the same places, with the place of each in the listing.
    pub lists: Vec<(usize, ListFacts)>,
    memo: Arc<SignatureMemo>,
}

impl Prepared {
    fn new(listing: Arc<Listing>, memo: Arc<SignatureMemo>) -> Self {
        let mut store = Store::new();
        for certificate in &listing.certificates {
            // What cannot be read keeps its place and fails every usage.
            let _ = store.add(&certificate.der, certificate.trust);
        }
        let read = listing.revocation_lists.iter().enumerate().filter_map(|(place, list)| Some((place, ListFacts::read(&list.der).ok()?)));
        let lists: Vec<_> = read.collect();
        for (_, list) in &lists {
            store.add_list(list);
        }
        Self { listing, store, lists, memo }
    }

    /// What is known of a signature under the key of the certificate at `issuer`, in this database.
    pub fn own_fact(&self, signed: Signed, issuer: usize) -> SignatureFact {
        self.fact(&self.store, &Added::default(), signed, issuer)
    }

    /// The same in a store that has more behind what is in this database.
    pub fn fact(&self, store: &Store, added: &Added, signed: Signed, issuer: usize) -> SignatureFact {
        // What was taken away in `store` is still asked about in the state before.
        let Some(key) = store.public_key(issuer).or_else(|| self.store.public_key(issuer)) else { return SignatureFact::Bad };
        match signed {
            Signed::Certificate(place) => {
                let listed = self.listing.certificates.get(place).map(|one| one.der.as_slice());
                let behind = || added.certificates.get(place.checked_sub(self.listing.certificates.len())?).map(Vec::as_slice);
                let Some(der) = listed.or_else(behind) else { return SignatureFact::Bad };
                self.memo.fact(Sha256::digest(der).into(), key, |key| signature::of_certificate(der, key))
            }
            Signed::List(place) => {
                let listed = self.lists.get(place).and_then(|(place, _)| self.listing.revocation_lists.get(*place));
                let behind = || added.lists.get(place.checked_sub(self.lists.len())?);
                let Some(list) = listed.or_else(behind) else { return SignatureFact::Bad };
                // A list may be of many megabytes, so its digest is not computed again for each certificate that it is asked about.
                self.memo.fact(list.digest(), key, |key| signature::of_list(&list.der, key))
            }
        }
    }
}

/// What a trial adds to a database, each behind what is there.
#[derive(Debug, Default)]
pub struct Added {
    /// Certificates, DER.
    pub certificates: Vec<Vec<u8>>,
    /// Revocation lists.
    pub lists: Vec<ListedRevocationList>,
}

/// The last preparation of a database, kept beside it.
#[derive(Debug, Default)]
pub struct Preparation(Mutex<Option<Arc<Prepared>>>);

impl Operation {
    /// The database as it is now, ready to be judged.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub(in crate::domain) async fn prepared(&self) -> Result<Arc<Prepared>, OperationError> {
        let listing = self.database.listing().await?;
        let kept = self.database.preparation.0.lock().unwrap_or_else(PoisonError::into_inner).clone();
        if let Some(prepared) = kept.as_ref().filter(|prepared| prepared.listing.revision == listing.revision) {
            return Ok(Arc::clone(prepared));
        }
        let memo = kept.map(|prepared| Arc::clone(&prepared.memo)).unwrap_or_default();
        let prepared = Arc::new(blocking(move || Prepared::new(listing, memo)).await?);
        *self.database.preparation.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(Arc::clone(&prepared));
        Ok(prepared)
    }

    /// What is within reach of an address, ready to be judged, and the fingerprint of what is there. With a token in it, it is not kept.
    ///
    /// # Errors
    /// `NotFound`; when database or token cannot be read.
    pub(super) async fn prepared_with(&self, address: &str) -> Result<(Arc<Prepared>, String), OperationError> {
        let reach = self.reach(&[address]).await?;
        let fingerprint = reach.find(address, "")?.fingerprint_sha256.clone();
        let prepared = self.prepared().await?;
        if prepared.listing.certificate(&fingerprint).is_some() && reach.is_database_alone() {
            return Ok((prepared, fingerprint));
        }
        let (listing, memo) = (Arc::clone(reach.all()), Arc::clone(&prepared.memo));
        Ok((Arc::new(blocking(move || Prepared::new(listing, memo)).await?), fingerprint))
    }
}
