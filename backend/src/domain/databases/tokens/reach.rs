//! What an operation works on: what is in the database, and what is on each token that is named or needed.

use std::sync::Arc;
use std::time::Duration;

use certdeck_shared::api::module::Token;
use certdeck_shared::hex::hex;
use certdeck_shared::password_file;
use certdeck_shared::pkcs11_uri::Pkcs11Uri;
use certdeck_shared::x509::parse;

use super::super::error::OperationError;
use super::super::login::INTERNAL;
use super::super::open;
use super::super::operation::Operation;
use super::place::{Place, is_token_of};
use crate::domain::inventory;
use crate::nss::listing::{ListedCertificate, ListedKey, Listing};
use crate::token::{TokenError, TokenHandle};

/// A token that nobody named is asked for so long; one that hangs must not keep what has nothing to do with it.
const UNNAMED_PATIENCE: Duration = Duration::from_secs(10);

/// A token of another module, and what is on it, by bare nicknames.
struct Reached {
    place: Place,
    listing: Listing,
}

/// Certificates and keys within reach.
pub(crate) struct Reach {
    own: Place,
    database: Arc<Listing>,
    tokens: Vec<Reached>,
    all: Arc<Listing>,
    /// Whether every token was asked that can be.
    complete: bool,
}

impl Reach {
    fn new(own: Place, database: Arc<Listing>) -> Self {
        Self { own, all: Arc::clone(&database), database, tokens: Vec::new(), complete: false }
    }

    /// Everything; certificates on tokens stand behind their token's name and a colon.
    pub(crate) fn all(&self) -> &Arc<Listing> {
        &self.all
    }

    /// Whether no token is within reach.
    pub(crate) fn is_database_alone(&self) -> bool {
        self.tokens.is_empty()
    }

    /// What is in one place, by bare nicknames.
    pub(crate) fn of(&self, place: &Place) -> &Listing {
        self.tokens.iter().find(|reached| reached.place.id() == place.id()).map_or(&self.database, |reached| &reached.listing)
    }

    /// Where a certificate is: on a token, if it is there, for what the database has of it besides is a copy that keeps its trust.
    pub(crate) fn place_of(&self, certificate: &ListedCertificate) -> &Place {
        let holder = self.tokens.iter().find(|reached| reached.listing.certificate(&certificate.fingerprint_sha256).is_some());
        holder.map_or(&self.own, |reached| &reached.place)
    }

    /// The private key of a certificate: CKA_ID in hex, and where it is.
    pub(crate) fn key_of(&self, certificate: &ListedCertificate) -> Option<(String, &Place)> {
        if let Some(id) = &certificate.key_id {
            return Some((id.clone(), self.place_of_key(id)?));
        }
        let id = parse::certificate(&certificate.der).ok()?.public_key.nss_key_id?;
        let place = self.place_of_key(&id)?;
        Some((id, place))
    }

    fn place_of_key(&self, id: &str) -> Option<&Place> {
        if self.database.key(id).is_some() {
            return Some(&self.own);
        }
        let has = |reached: &&Reached| {
            reached.listing.key(id).is_some() || reached.listing.certificates.iter().any(|one| one.key_id.as_deref() == Some(id))
        };
        self.tokens.iter().find(has).map(|reached| &reached.place)
    }

    /// The certificate at an address: a fingerprint, `token:nickname`, `token:fingerprint` or a PKCS#11 URI. Of several with one nickname the
    /// one that ends last.
    ///
    /// # Errors
    /// `Invalid` at the pointer for what is no address; `NotFound`, which is `Invalid`, too, where there is a pointer.
    pub(crate) fn find(&self, address: &str, pointer: &str) -> Result<&ListedCertificate, OperationError> {
        let missing = || match pointer {
            "" => OperationError::not_found("certificate", address),
            _ => OperationError::invalid(pointer, "There is no certificate at this address, neither in the database nor on its tokens."),
        };
        let fingerprint = match self.named(address) {
            Some(named) => named.ok_or_else(missing)?,
            None => inventory::address(address, pointer).map_err(|error| if pointer.is_empty() { missing() } else { error })?,
        };
        self.all.certificate(&fingerprint).ok_or_else(missing)
    }

    /// The fingerprint of what an address with the name of a token in it means; nothing for an address without one.
    fn named(&self, address: &str) -> Option<Option<String>> {
        if inventory::address(address, "").is_ok() {
            return None;
        }
        if let Some(uri) = Pkcs11Uri::parse(address) {
            let of_token = self.tokens.iter().find(|reached| reached.place.token.as_ref().is_some_and(|token| is_token_of(&uri, token)));
            let listing = of_token.map_or(&*self.database, |reached| &reached.listing);
            let is_it = |one: &&ListedCertificate| {
                uri.object.as_ref().is_none_or(|object| one.nickname.as_ref() == Some(object))
                    && uri.id.as_ref().is_none_or(|id| one.key_id.as_ref() == Some(id))
            };
            let says_nothing = uri.object.is_none() && uri.id.is_none();
            return Some(newest(listing.certificates.iter().filter(is_it)).filter(|_| !says_nothing));
        }
        let label = |reached: &&Reached| {
            let label = reached.place.token.as_ref().map(|token| token.label.as_str()).unwrap_or_default();
            address.strip_prefix(label).is_some_and(|rest| rest.starts_with(':'))
        };
        let (listing, bare) = match self.tokens.iter().find(label) {
            Some(reached) => (&reached.listing, address.split_at(reached.place.full_nickname("").len()).1),
            None => {
                let (name, bare) = address.split_once(':')?;
                // A token that is not there must not be taken for the database.
                (password_file::is_internal(name).then_some(&*self.database)?, bare)
            }
        };
        if let Ok(fingerprint) = inventory::address(bare, "") {
            return Some(listing.certificate(&fingerprint).map(|one| one.fingerprint_sha256.clone()));
        }
        Some(newest(listing.certificates.iter().filter(|one| one.nickname.as_deref() == Some(bare))))
    }

    fn add(&mut self, place: Place, listing: Listing) {
        if self.tokens.iter().any(|reached| reached.place.id() == place.id()) {
            return;
        }
        self.tokens.push(Reached { place, listing });
        let mut certificates = Vec::new();
        for reached in &self.tokens {
            for one in &reached.listing.certificates {
                let kept = self.database.certificate(&one.fingerprint_sha256);
                let nickname = one.nickname.as_deref().map(|nickname| reached.place.full_nickname(nickname));
                let trust = kept.map(|kept| kept.trust).unwrap_or_default().with_user(one.key_id.is_some());
                certificates.push(ListedCertificate { nickname, trust, ..one.clone() });
            }
        }
        let on_token =
            |one: &ListedCertificate| self.tokens.iter().any(|reached| reached.listing.certificate(&one.fingerprint_sha256).is_some());
        certificates.extend(self.database.certificates.iter().filter(|one| !on_token(one)).cloned());
        let keys = self.database.keys.iter().chain(self.tokens.iter().flat_map(|reached| &reached.listing.keys)).cloned();
        self.all =
            Arc::new(Listing::new(self.database.revision.clone(), certificates, keys.collect(), self.database.revocation_lists.clone()));
    }
}

/// Of several with one nickname NSS takes the newest.
fn newest<'listing>(certificates: impl Iterator<Item = &'listing ListedCertificate>) -> Option<String> {
    let ends = |one: &&ListedCertificate| parse::certificate(&one.der).ok().map(|view| (view.not_after, view.not_before));
    certificates.max_by_key(ends).map(|one| one.fingerprint_sha256.clone())
}

impl Operation {
    /// The database, and the tokens that addresses and nicknames name. What has no name of a token and is not in the database is looked for
    /// on the tokens that are unlocked.
    ///
    /// # Errors
    /// When the database or a token that is named cannot be read.
    pub(crate) async fn reach(&self, named: &[&str]) -> Result<Reach, OperationError> {
        let mut reach = Reach::new(self.own_place(), self.database.listing().await?);
        for text in named {
            if let Ok(fingerprint) = inventory::address(text, "") {
                if reach.database.certificate(&fingerprint).is_none() {
                    self.reach_further(&mut reach).await?;
                }
            } else if let (Some(token), _) = self.split_nickname(text).await? {
                self.reach_token(&mut reach, &token.id).await?;
            }
        }
        Ok(reach)
    }

    /// The same, and where the key of a certificate is not in the database the tokens are asked for it, as NSS does.
    ///
    /// # Errors
    /// As of [`Operation::reach`].
    pub(crate) async fn reach_with_key(&self, address: &str, others: &[&str]) -> Result<Reach, OperationError> {
        let mut reach = self.reach(&[&[address], others].concat()).await?;
        if reach.find(address, "").is_ok_and(|found| reach.key_of(found).is_none()) {
            self.reach_further(&mut reach).await?;
        }
        Ok(reach)
    }

    /// Adds what is on a place to what is within reach.
    ///
    /// # Errors
    /// `NotFound`; what the token says.
    pub(crate) async fn reach_token(&self, reach: &mut Reach, token: &str) -> Result<(), OperationError> {
        if token == INTERNAL || reach.tokens.iter().any(|reached| reached.place.id() == token) {
            return Ok(());
        }
        let place = self.place(token).await?;
        let listing = listing_of(&place.handle).await?;
        reach.add(place, listing);
        Ok(())
    }

    /// Adds every token that is unlocked. One that does not answer is left out: nobody has named it.
    ///
    /// # Errors
    /// When the list of modules cannot be read.
    pub(crate) async fn reach_further(&self, reach: &mut Reach) -> Result<(), OperationError> {
        if std::mem::replace(&mut reach.complete, true) {
            return Ok(());
        }
        let usable = |token: &Token| token.id != INTERNAL && token.unlocked && token.enabled && token.initialized;
        let tokens: Vec<Token> = self.tokens().await?.into_iter().filter(usable).collect();
        let asked = tokens.iter().filter(|token| !reach.tokens.iter().any(|reached| reached.place.id() == token.id)).map(|token| async {
            let place = self.place(&token.id).await.ok()?;
            let listing = tokio::time::timeout(UNNAMED_PATIENCE, listing_of(&place.handle)).await.ok()?.ok()?;
            Some((place, listing))
        });
        let answers: Vec<Option<(Place, Listing)>> = futures::future::join_all(asked).await;
        for (place, listing) in answers.into_iter().flatten() {
            reach.add(place, listing);
        }
        Ok(())
    }
}

/// What is on a token; without its private keys while it is locked.
async fn listing_of(handle: &TokenHandle) -> Result<Listing, OperationError> {
    let keys = match handle.list_keys().await {
        Ok(keys) => keys,
        Err(TokenError::NotLoggedIn) => Vec::new(),
        Err(error) => return Err(error.into()),
    };
    let keys = keys.into_iter().map(|key| ListedKey { id: hex(&key.id), label: key.label, algorithm: key.algorithm }).collect();
    let certificates = handle.list().await?.into_iter().map(open::from_token).collect();
    Ok(Listing::new(String::new(), certificates, keys, Vec::new()))
}
