//! Passkeys as second factor: made, asked, and taken away, as relying party of Web Authentication Level 3 (sections 7.1 and 7.2). No
//! attestation is asked for: whatever authenticator somebody has is good enough behind a password. That somebody is there is required,
//! that the authenticator knows who is not: the password has said that.

mod authenticator_data;
mod cbor;
mod ceremonies;
mod client_data;
mod public_key;
mod relying_party;

use certdeck_shared::api::bytes::Base64;
use certdeck_shared::api::passkey::{NewPasskey, PasskeyAssertion, PasskeyCreation, PasskeyRequest, RegisteredPasskey};
use serde_json::json;
use sha2::{Digest as _, Sha256};

use self::authenticator_data::AuthenticatorData;
use self::cbor::Item;
use self::client_data::{Ceremony, ClientData};
use self::public_key::PublicKey;
use super::second_factor::{new_codes, of_a_person};
use super::{Access, AccountError, Accounts, Credential};
use crate::host::randomness;
use crate::state::{AuditDraft, PasskeyRecord, Removal, StateError};

pub use relying_party::{NoPasskeys, RelyingParty};

pub(super) use ceremonies::{Ceremonies, Purpose};

/// Where passkeys belong, or why there are none.
pub type Party = Result<RelyingParty, NoPasskeys>;

/// Most passkeys of an account.
const MOST: usize = 20;
/// Longest name of one.
const LONGEST_NAME: usize = 60;
/// How long browsers wait; less than the challenge is good for.
const TIMEOUT_MILLISECONDS: u32 = 180_000;

/// Why a passkey, or its answer, is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PasskeyRefusal {
    /// Malformed, or the answer to another question.
    #[error("it is none that a browser makes")]
    Unreadable,
    /// Another page, or another page's frame.
    #[error("it was made on a page that is not this console's")]
    OtherOrigin,
    /// Another relying party.
    #[error("it is for another host")]
    OtherHost,
    /// Never made, used before, past, or made for somebody or something else.
    #[error("its challenge is not good (any more): each is good once, for five minutes; try again")]
    Challenge,
    /// Not touched.
    #[error("nobody touched the authenticator")]
    NobodyThere,
    /// Not one of the account's.
    #[error("the account has no such passkey here")]
    Unknown,
    /// Another key signed.
    #[error("its signature is wrong")]
    Signature,
    /// The counter did not grow, or what never changes has changed.
    #[error("it answers as a copy of the passkey would, whose counter is behind; remove the passkey, and make a new one")]
    Copied,
}

impl Accounts {
    /// What the browser makes a passkey for the caller with.
    pub async fn begin_passkey(&self, access: &Access, party: &Party) -> Result<PasskeyCreation, AccountError> {
        let draft = AuditDraft::success(&access.actor, "passkey.begin").subject(&access.account);
        let outcome = self.try_begin_passkey(access, party, draft.clone()).await;
        self.record_refusal(draft, outcome).await
    }

    async fn try_begin_passkey(&self, access: &Access, party: &Party, draft: AuditDraft) -> Result<PasskeyCreation, AccountError> {
        of_a_person(access)?;
        let Credential::Session(session) = access.credential else { return Err(AccountError::NotFound("session")) };
        let party = party.as_ref().map_err(|why| AccountError::PasskeysUnavailable(why.clone()))?;
        let present = self.store.passkeys().of(&access.account).await?;
        if present.len() >= MOST {
            return Err(AccountError::PasskeysFull(MOST));
        }
        // One for all passkeys of an account, so that an authenticator knows them for the same.
        let user_handle = present.first().map_or_else(|| randomness::bytes::<32>().to_vec(), |passkey| passkey.user_handle.clone());
        let challenge = self.challenge(&access.account, Purpose::Registration(session), user_handle.clone());
        self.store.audit().record(draft).await?;
        Ok(PasskeyCreation {
            challenge,
            host: party.host.clone(),
            user_handle: Base64(user_handle),
            user_name: access.account.clone(),
            algorithms: public_key::ALGORITHMS.to_vec(),
            excluded: of_host(&present, party),
            timeout_milliseconds: TIMEOUT_MILLISECONDS,
        })
    }

    /// Adds the passkey that the browser made.
    pub async fn add_passkey(&self, access: &Access, party: &Party, new: NewPasskey) -> Result<RegisteredPasskey, AccountError> {
        let draft = AuditDraft::success(&access.actor, "passkey.add").subject(&access.account);
        let outcome = self.try_add_passkey(access, party, new, draft.clone()).await;
        self.record_refusal(draft, outcome).await
    }

    async fn try_add_passkey(
        &self,
        access: &Access,
        party: &Party,
        new: NewPasskey,
        draft: AuditDraft,
    ) -> Result<RegisteredPasskey, AccountError> {
        of_a_person(access)?;
        let Credential::Session(session) = access.credential else { return Err(AccountError::NotFound("session")) };
        let party = party.as_ref().map_err(|why| AccountError::PasskeysUnavailable(why.clone()))?;
        check_name(&new.name)?;
        let client_data = ClientData::read(&new.client_data.0)?;
        let waiting = self.answered(&client_data, &access.account, &Purpose::Registration(session))?;
        client_data.check(Ceremony::Create, &party.origin)?;
        let (object, rest) = cbor::read(&new.attestation_object.0).ok_or(PasskeyRefusal::Unreadable)?;
        let data = object.get(&Item::Text("authData")).and_then(Item::bytes).filter(|_| rest.is_empty());
        let data = data.and_then(AuthenticatorData::read).ok_or(PasskeyRefusal::Unreadable)?;
        check_circumstances(&data, party)?;
        let made = data.made.as_ref().ok_or(PasskeyRefusal::Unreadable)?;
        let record = PasskeyRecord {
            id: randomness::identifier(),
            user_name: access.account.clone(),
            name: new.name,
            host: party.host.clone(),
            credential_id: made.credential_id.to_vec(),
            user_handle: waiting.user_handle,
            public_key: made.cose.to_vec(),
            counter: data.counter,
            may_be_copied: data.may_be_copied,
            created_at: self.store.clock().now(),
            last_used_at: None,
        };
        let passkey = record.told();
        let draft = draft.after(json!({"passkey": passkey.id, "name": passkey.name, "host": passkey.host}));
        let (recovery_codes, digests) = new_codes();
        let first = self.store.passkeys().insert(record, digests, draft).await.map_err(|error| match error {
            StateError::Exists => AccountError::PasskeyPresent,
            other => other.into(),
        })?;
        Ok(RegisteredPasskey { passkey, recovery_codes: if first { recovery_codes } else { Vec::new() } })
    }

    /// Takes one of the caller's passkeys away.
    pub async fn remove_passkey(&self, access: &Access, id: &str) -> Result<(), AccountError> {
        of_a_person(access)?;
        let passkeys = self.store.passkeys().of(&access.account).await?;
        let passkey = passkeys.into_iter().find(|passkey| passkey.id == id).ok_or(AccountError::NotFound("passkey"))?;
        let draft = AuditDraft::success(&access.actor, "passkey.remove")
            .subject(&access.account)
            .before(json!({"passkey": passkey.id, "name": passkey.name, "host": passkey.host}));
        let removed = self.store.passkeys().remove(&access.account, id, self.second_factor_required, draft.clone()).await?;
        let outcome = match removed {
            Removal::Done => Ok(()),
            Removal::Absent => Err(AccountError::NotFound("passkey")),
            Removal::Last => Err(AccountError::LastSecondFactor),
        };
        self.record_refusal(draft, outcome).await
    }

    /// What the browser asks for one of these with, and why it cannot where it cannot.
    pub(super) fn passkey_request(
        &self,
        account: &str,
        purpose: Purpose,
        passkeys: &[PasskeyRecord],
        party: &Party,
    ) -> (Option<PasskeyRequest>, Option<String>) {
        if passkeys.is_empty() {
            return (None, None);
        }
        let party = match party {
            Ok(party) => party,
            Err(why) => return (None, Some(why.to_string())),
        };
        let credentials = of_host(passkeys, party);
        if credentials.is_empty() {
            let hosts = passkeys.iter().map(|passkey| passkey.host.as_str()).collect::<std::collections::BTreeSet<_>>();
            let hosts = hosts.into_iter().collect::<Vec<_>>().join(", ");
            return (None, Some(format!("the passkeys of the account are for {hosts}; open the console by that name")));
        }
        let challenge = self.challenge(account, purpose, Vec::new());
        (Some(PasskeyRequest { challenge, host: party.host.clone(), credentials, timeout_milliseconds: TIMEOUT_MILLISECONDS }), None)
    }

    /// Judges the answer of a passkey of the account; tells which one it was.
    pub(super) async fn check_passkey(
        &self,
        account: &str,
        purpose: &Purpose,
        passkeys: &[PasskeyRecord],
        party: &Party,
        given: &PasskeyAssertion,
    ) -> Result<String, AccountError> {
        let party = party.as_ref().map_err(|why| AccountError::PasskeysUnavailable(why.clone()))?;
        let client_data = ClientData::read(&given.client_data.0)?;
        self.answered(&client_data, account, purpose)?;
        let found = passkeys.iter().find(|passkey| passkey.credential_id == given.credential_id.0 && passkey.host == party.host);
        let passkey = found.ok_or(PasskeyRefusal::Unknown)?;
        if given.user_handle.as_ref().is_some_and(|handle| handle.0 != passkey.user_handle) {
            return Err(PasskeyRefusal::Unknown.into());
        }
        client_data.check(Ceremony::Get, &party.origin)?;
        let data = AuthenticatorData::read(&given.authenticator_data.0).ok_or(PasskeyRefusal::Unreadable)?;
        check_circumstances(&data, party)?;
        let key = PublicKey::read(&passkey.public_key).ok_or(PasskeyRefusal::Unreadable)?;
        let signed = [&given.authenticator_data.0[..], &Sha256::digest(&given.client_data.0)].concat();
        if !key.verifies(&signed, &given.signature.0) {
            return Err(PasskeyRefusal::Signature.into());
        }
        // Step 22 of section 7.2: a counter that does not grow is that of a copy. Of two answers at the same time one is refused as well.
        let unlike = data.may_be_copied != passkey.may_be_copied;
        if unlike || !self.store.passkeys().used(&passkey.id, data.counter).await? {
            tracing::warn!(account, passkey.id, counter = data.counter, "a passkey answers as a copy of it would");
            return Err(PasskeyRefusal::Copied.into());
        }
        Ok(passkey.id.clone())
    }

    fn challenge(&self, account: &str, purpose: Purpose, user_handle: Vec<u8>) -> Base64 {
        let now = self.store.clock().now();
        Base64(self.ceremonies().begin(account, purpose, user_handle, now).to_vec())
    }

    fn answered(&self, client_data: &ClientData, account: &str, purpose: &Purpose) -> Result<ceremonies::Waiting, PasskeyRefusal> {
        let challenge = client_data.challenge().ok_or(PasskeyRefusal::Challenge)?;
        self.ceremonies().answered(&challenge, account, purpose, self.store.clock().now()).ok_or(PasskeyRefusal::Challenge)
    }

    fn ceremonies(&self) -> std::sync::MutexGuard<'_, Ceremonies> {
        self.ceremonies.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

/// For our host, with somebody there; and not copied if it cannot be.
fn check_circumstances(data: &AuthenticatorData<'_>, party: &RelyingParty) -> Result<(), PasskeyRefusal> {
    if data.host_sha256 != Sha256::digest(party.host.as_bytes()).as_slice() {
        return Err(PasskeyRefusal::OtherHost);
    }
    if !data.present {
        return Err(PasskeyRefusal::NobodyThere);
    }
    if data.copied && !data.may_be_copied { Err(PasskeyRefusal::Unreadable) } else { Ok(()) }
}

fn of_host(passkeys: &[PasskeyRecord], party: &RelyingParty) -> Vec<Base64> {
    passkeys.iter().filter(|passkey| passkey.host == party.host).map(|passkey| Base64(passkey.credential_id.clone())).collect()
}

fn check_name(name: &str) -> Result<(), AccountError> {
    let length = name.chars().count();
    if length == 0 || length > LONGEST_NAME || name.chars().any(char::is_control) || name.trim() != name {
        let message = format!("has {length} characters; 1 to {LONGEST_NAME} are allowed, no control characters, no space at an end");
        return Err(AccountError::Invalid { pointer: "/name", message });
    }
    Ok(())
}
