//! A database ready to be judged: its certificates as facts, and what is known of its signatures. Signatures never change, so what was
//! once verified stays known when the database changes.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use certdeck_shared::validation::{SignatureFact, Store};
use sha2::{Digest as _, Sha256};

use crate::domain::databases::{Operation, OperationError, blocking};
use crate::nss::listing::Listing;
use crate::verifiers::signature;

/// SHA-256 of a certificate and of a public key.
type Pair = ([u8; 32], [u8; 32]);

/// Most signatures that are remembered of a database; 64 octets each.
const MOST: usize = 100_000;

/// What is known of signatures.
#[derive(Debug, Default)]
pub struct SignatureMemo(Mutex<HashMap<Pair, SignatureFact>>);

impl SignatureMemo {
    /// Whether the signature of a certificate verifies with a SubjectPublicKeyInfo; computed once.
    pub fn fact(&self, certificate: &[u8], public_key: &[u8]) -> SignatureFact {
        let pair = (Sha256::digest(certificate).into(), Sha256::digest(public_key).into());
        if let Some(fact) = self.0.lock().unwrap_or_else(PoisonError::into_inner).get(&pair) {
            return *fact;
        }
        let fact = signature::check(certificate, public_key);
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
    /// The same as facts, at the same places.
    pub store: Store,
    memo: Arc<SignatureMemo>,
}

impl Prepared {
    fn new(listing: Arc<Listing>, memo: Arc<SignatureMemo>) -> Self {
        let mut store = Store::new();
        for certificate in &listing.certificates {
            // What cannot be read keeps its place and fails every usage.
            let _ = store.add(&certificate.der, certificate.trust);
        }
        Self { listing, store, memo }
    }

    /// What is known of the signature of the certificate at `subject` under the key at `issuer`, in a store that has `more` certificates
    /// behind those of the listing.
    pub fn fact(&self, store: &Store, more: &[Vec<u8>], subject: usize, issuer: usize) -> SignatureFact {
        let listed = self.listing.certificates.get(subject).map(|one| one.der.as_slice());
        let added = || subject.checked_sub(self.listing.certificates.len()).and_then(|place| more.get(place)).map(Vec::as_slice);
        // What was taken away in `store` is still asked about in the state before.
        match (listed.or_else(added), store.public_key(issuer).or_else(|| self.store.public_key(issuer))) {
            (Some(certificate), Some(key)) => self.memo.fact(certificate, key),
            _ => SignatureFact::Bad,
        }
    }
}

/// The last preparation of a database, kept beside it.
#[derive(Debug, Default)]
pub struct Preparation(Mutex<Option<Arc<Prepared>>>);

impl Operation {
    /// The database as it is now, ready to be judged.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub(super) async fn prepared(&self) -> Result<Arc<Prepared>, OperationError> {
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
