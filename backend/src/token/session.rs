//! A PKCS#11 session with templates of plain numbers and octets, so that vendor classes need no detours.

use std::{num::NonZeroUsize, rc::Rc};

use cryptoki::{
    mechanism::{Mechanism, MechanismType},
    object::{Attribute, AttributeType, ObjectHandle},
    session::{Session, SessionState, UserType},
    slot::Slot,
    types::AuthPin,
};
use zeroize::Zeroizing;

use super::{error::TokenError, refusal, secret::Secret, softoken::Softoken};

/// Objects asked for at a time: the usual ten make listing slow.
const BATCH: NonZeroUsize = NonZeroUsize::new(1024).expect("not zero");

/// Attributes of vendors begin here.
const CKA_VENDOR_DEFINED: u64 = 0x8000_0000;

/// Attributes by number.
pub(crate) type Template = Vec<(u64, Vec<u8>)>;

/// A CK_ULONG as an attribute value.
pub(crate) fn number(value: u64) -> Vec<u8> {
    value.to_ne_bytes().to_vec()
}

/// A CK_BBOOL as an attribute value.
pub(crate) fn boolean(value: bool) -> Vec<u8> {
    vec![u8::from(value)]
}

/// A CK_ULONG from an attribute value. Where softoken does not know the attribute, it hands out what the file has: four octets, big-endian.
pub(crate) fn as_number(octets: &[u8]) -> Option<u64> {
    if let Ok(native) = <[u8; 8]>::try_from(octets) {
        return Some(u64::from_ne_bytes(native));
    }
    <[u8; 4]>::try_from(octets).ok().map(|stored| u64::from(u32::from_be_bytes(stored)))
}

fn attributes(template: &[(u64, Vec<u8>)]) -> Vec<Attribute> {
    template.iter().map(|(kind, value)| Attribute::VendorDefined((AttributeType::VendorDefined(*kind), value.clone()))).collect()
}

/// An open session.
pub(crate) struct TokenSession {
    softoken: Rc<Softoken>,
    session: Session,
    slot: Slot,
}

impl TokenSession {
    /// Opens a session on a slot.
    pub(crate) fn open(softoken: &Rc<Softoken>, slot: Slot, for_writing: bool) -> Result<Self, TokenError> {
        let context = softoken.context();
        let session = if for_writing { context.open_rw_session(slot) } else { context.open_ro_session(slot) };
        Ok(Self { softoken: Rc::clone(softoken), session: session.map_err(|error| refusal::of(&error))?, slot })
    }

    /// The library.
    pub(crate) fn softoken(&self) -> &Softoken {
        &self.softoken
    }

    /// The session for mechanisms.
    pub(crate) fn raw(&self) -> &Session {
        &self.session
    }

    /// Objects that match.
    pub(crate) fn find(&self, template: &[(u64, Vec<u8>)]) -> Result<Vec<ObjectHandle>, TokenError> {
        self.session
            .iter_objects_with_cache_size(&attributes(template), BATCH)
            .and_then(Iterator::collect)
            .map_err(|error| refusal::of(&error))
    }

    /// Values of attributes.
    pub(crate) fn read(&self, object: ObjectHandle, kinds: &[u64]) -> Result<Vec<Option<Vec<u8>>>, TokenError> {
        self.softoken.attributes(&self.session, object, kinds)
    }

    /// Value of one attribute.
    pub(crate) fn read_one(&self, object: ObjectHandle, kind: u64) -> Result<Option<Vec<u8>>, TokenError> {
        Ok(self.read(object, &[kind])?.pop().flatten())
    }

    /// Makes an object.
    pub(crate) fn create(&self, template: &[(u64, Vec<u8>)]) -> Result<ObjectHandle, TokenError> {
        // Other modules refuse attributes that NSS has made up for itself.
        if !self.softoken.is_nss() && template.iter().any(|(kind, _)| *kind >= CKA_VENDOR_DEFINED) {
            let known: Template = template.iter().filter(|(kind, _)| *kind < CKA_VENDOR_DEFINED).cloned().collect();
            return self.session.create_object(&attributes(&known)).map_err(|error| refusal::of(&error));
        }
        self.session.create_object(&attributes(template)).map_err(|error| refusal::of(&error))
    }

    /// Makes an object like another one, but for these attributes.
    pub(crate) fn copy(&self, object: ObjectHandle, template: &[(u64, Vec<u8>)]) -> Result<ObjectHandle, TokenError> {
        self.session.copy_object(object, &attributes(template)).map_err(|error| refusal::of(&error))
    }

    /// Changes attributes of an object.
    pub(crate) fn set(&self, object: ObjectHandle, template: &[(u64, Vec<u8>)]) -> Result<(), TokenError> {
        self.session.update_attributes(object, &attributes(template)).map_err(|error| refusal::of(&error))
    }

    /// Destroys an object.
    pub(crate) fn destroy(&self, object: ObjectHandle) -> Result<(), TokenError> {
        self.session.destroy_object(object).map_err(|error| refusal::of(&error))
    }

    /// Makes a key pair: public, private.
    pub(crate) fn generate_pair(
        &self,
        mechanism: &Mechanism<'_>,
        public: &[(u64, Vec<u8>)],
        private: &[(u64, Vec<u8>)],
    ) -> Result<(ObjectHandle, ObjectHandle), TokenError> {
        self.session.generate_key_pair(mechanism, &attributes(public), &attributes(private)).map_err(|error| refusal::of(&error))
    }

    /// Signs with a key of Ed25519 (RFC 8032, the pure variant).
    pub(crate) fn sign_with_edwards(&self, key: ObjectHandle, message: &[u8]) -> Result<Vec<u8>, TokenError> {
        self.softoken.sign_with_edwards(&self.session, key, message)
    }

    /// Wraps a private key: with AES-CBC-PAD and this vector, or without one with AES-KEY-WRAP-PAD.
    pub(crate) fn wrap(
        &self,
        wrapping: ObjectHandle,
        key: ObjectHandle,
        vector: Option<&mut [u8; 16]>,
    ) -> Result<Zeroizing<Vec<u8>>, TokenError> {
        self.softoken.wrap(&self.session, wrapping, key, vector)
    }

    /// Unwraps a private key.
    pub(crate) fn unwrap(
        &self,
        wrapping: ObjectHandle,
        mechanism: &Mechanism<'_>,
        wrapped: &[u8],
        template: &[(u64, Vec<u8>)],
    ) -> Result<ObjectHandle, TokenError> {
        self.session.unwrap_key(mechanism, wrapping, wrapped, &attributes(template)).map_err(|error| refusal::of(&error))
    }

    /// Logs in; being logged in already is no error here.
    pub(crate) fn login(&self, user: UserType, password: &Secret) -> Result<(), TokenError> {
        let pin = AuthPin::from(password.reveal().to_owned());
        self.session.login(user, Some(&pin)).map_err(|error| refusal::of(&error))
    }

    /// Logs out; not being logged in is no error.
    pub(crate) fn logout(&self) -> Result<(), TokenError> {
        if self.is_logged_in()? { self.session.logout().map_err(|error| refusal::of(&error)) } else { Ok(()) }
    }

    /// Whether a user is logged in.
    pub(crate) fn is_logged_in(&self) -> Result<bool, TokenError> {
        let state = self.session.get_session_info().map_err(|error| refusal::of(&error))?.session_state();
        Ok(matches!(state, SessionState::RoUser | SessionState::RwUser))
    }

    /// What the token says of itself: label, whether a login is required.
    pub(crate) fn token(&self) -> Result<(String, bool), TokenError> {
        let info = self.softoken.context().get_token_info(self.slot).map_err(|error| refusal::of(&error))?;
        Ok((info.label().to_owned(), info.login_required()))
    }

    /// Smallest and largest key, in bits, that the token makes with a mechanism; none when it does not have the mechanism.
    pub(crate) fn key_sizes(&self, mechanism: MechanismType) -> Result<Option<(usize, usize)>, TokenError> {
        let context = self.softoken.context();
        let offered = context.get_mechanism_list(self.slot).map_err(|error| refusal::of(&error))?;
        if !offered.contains(&mechanism) {
            return Ok(None);
        }
        let sizes = context.get_mechanism_info(self.slot, mechanism).map_err(|error| refusal::of(&error))?;
        Ok(Some((sizes.min_key_size(), sizes.max_key_size())))
    }

    /// Whether private objects can be used: logged in, or no password set.
    pub(crate) fn is_unlocked(&self) -> Result<bool, TokenError> {
        Ok(self.is_logged_in()? || !self.token()?.1)
    }

    /// Refuses when private objects cannot be used.
    pub(crate) fn require_unlocked(&self) -> Result<(), TokenError> {
        if self.is_unlocked()? { Ok(()) } else { Err(TokenError::NotLoggedIn) }
    }
}
