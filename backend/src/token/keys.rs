//! Key pairs of a token.

use certdeck_shared::api::key::KeyAlgorithm;
use cryptoki::{mechanism::Mechanism, object::ObjectHandle};
use zeroize::Zeroizing;

use super::{
    attribute::{
        CKA_CLASS, CKA_DECRYPT, CKA_DERIVE, CKA_EC_PARAMS, CKA_EC_POINT, CKA_ENCRYPT, CKA_EXTRACTABLE, CKA_ID, CKA_KEY_TYPE, CKA_LABEL,
        CKA_MODULUS, CKA_MODULUS_BITS, CKA_NSS_DB, CKA_PRIVATE, CKA_PUBLIC_EXPONENT, CKA_SENSITIVE, CKA_SIGN, CKA_SUBJECT, CKA_TOKEN,
        CKA_UNWRAP, CKA_VERIFY, CKA_VERIFY_RECOVER, CKA_WRAP, CKK_EC, CKK_EC_EDWARDS, CKK_RSA, CKO_PRIVATE_KEY, CKO_PUBLIC_KEY,
    },
    carrier,
    der::{Reader, SEQUENCE},
    error::TokenError,
    public_value::{ED25519, ED25519_BY_NAME, P256, P384, P521, PublicValue},
    session::{Template, TokenSession, as_number, boolean, number},
    types::{GeneratedKey, TokenKey},
    undo::Undo,
};

fn ids(session: &TokenSession, class: u64) -> Result<Vec<Vec<u8>>, TokenError> {
    let mut found = Vec::new();
    for object in session.find(&[(CKA_CLASS, number(class))])? {
        match session.read_one(object, CKA_ID) {
            Ok(id) => found.extend(id.filter(|id| !id.is_empty())),
            Err(TokenError::NotFound { .. }) => {}
            Err(error) => return Err(error),
        }
    }
    Ok(found)
}

/// CKA_ID of all public keys, which need no login.
pub(crate) fn public_ids(session: &TokenSession) -> Result<Vec<Vec<u8>>, TokenError> {
    ids(session, CKO_PUBLIC_KEY)
}

/// Whether there is a public key with an id.
pub(crate) fn has_public(session: &TokenSession, id: &[u8]) -> Result<bool, TokenError> {
    Ok(!session.find(&[(CKA_CLASS, number(CKO_PUBLIC_KEY)), (CKA_ID, id.to_vec())])?.is_empty())
}

/// CKA_ID of all private keys.
pub(crate) fn private_ids(session: &TokenSession) -> Result<Vec<Vec<u8>>, TokenError> {
    ids(session, CKO_PRIVATE_KEY)
}

fn private_objects(session: &TokenSession, id: &[u8]) -> Result<Vec<ObjectHandle>, TokenError> {
    session.find(&[(CKA_CLASS, number(CKO_PRIVATE_KEY)), (CKA_ID, id.to_vec())])
}

/// The private key with an id, and its public value.
pub(crate) fn find(session: &TokenSession, id: &[u8]) -> Result<(ObjectHandle, Option<PublicValue>), TokenError> {
    session.require_unlocked()?;
    let object = *private_objects(session, id)?.first().ok_or_else(|| TokenError::NotFound { what: "private key".to_owned() })?;
    let value = public_value(session, object, id)?;
    Ok((object, value))
}

/// The public value of a private key: from the private key itself, which only its owner can have written; else from the public key.
fn public_value(session: &TokenSession, private: ObjectHandle, id: &[u8]) -> Result<Option<PublicValue>, TokenError> {
    let kind = session.read_one(private, CKA_KEY_TYPE)?.as_deref().and_then(as_number);
    let public = || -> Result<Option<ObjectHandle>, TokenError> {
        Ok(session.find(&[(CKA_CLASS, number(CKO_PUBLIC_KEY)), (CKA_ID, id.to_vec())])?.first().copied())
    };
    match kind {
        Some(CKK_RSA) => {
            let mut values = session.read(private, &[CKA_MODULUS, CKA_PUBLIC_EXPONENT])?;
            if values.iter().any(Option::is_none)
                && let Some(object) = public()?
            {
                values = session.read(object, &[CKA_MODULUS, CKA_PUBLIC_EXPONENT])?;
            }
            match <[_; 2]>::try_from(values) {
                Ok([Some(modulus), Some(exponent)]) => Ok(Some(PublicValue::Rsa { modulus, exponent })),
                _ => Ok(None),
            }
        }
        Some(CKK_EC | CKK_EC_EDWARDS) => {
            let mut values = session.read(private, &[CKA_EC_PARAMS, CKA_NSS_DB])?;
            if values.iter().any(Option::is_none)
                && let Some(object) = public()?
            {
                values = session.read(object, &[CKA_EC_PARAMS, CKA_EC_POINT])?;
            }
            match <[_; 2]>::try_from(values) {
                Ok([Some(curve), Some(point)]) => Ok(Some(PublicValue::on_curve(curve, point))),
                _ => Ok(None),
            }
        }
        _ => Ok(None),
    }
}

/// All private keys.
pub(crate) fn list(session: &TokenSession) -> Result<Vec<TokenKey>, TokenError> {
    session.require_unlocked()?;
    let mut listed = Vec::new();
    for object in session.find(&[(CKA_CLASS, number(CKO_PRIVATE_KEY))])? {
        let [Some(id), label] = <[_; 2]>::try_from(session.read(object, &[CKA_ID, CKA_LABEL])?).unwrap_or([None, None]) else { continue };
        let value = public_value(session, object, &id)?;
        listed.push(TokenKey {
            algorithm: value.as_ref().map_or_else(|| "unknown".to_owned(), PublicValue::words),
            subject_public_key_info: value.map(|value| value.subject_public_key_info()),
            label: label.filter(|label| !label.is_empty()).map(|label| String::from_utf8_lossy(&label).into_owned()),
            id,
        });
    }
    Ok(listed)
}

/// Makes a key pair with the attributes that certutil gives one.
pub(crate) fn generate(session: &TokenSession, algorithm: KeyAlgorithm, label: &str) -> Result<GeneratedKey, TokenError> {
    session.require_unlocked()?;
    let label = || (CKA_LABEL, label.as_bytes().to_vec());
    let yes = || boolean(true);
    let mut public: Template = vec![(CKA_TOKEN, yes()), (CKA_PRIVATE, boolean(false)), (CKA_VERIFY, yes()), label()];
    let mut private: Template =
        vec![(CKA_TOKEN, yes()), (CKA_PRIVATE, yes()), (CKA_SENSITIVE, yes()), (CKA_EXTRACTABLE, yes()), (CKA_SIGN, yes()), label()];
    let bits = match algorithm {
        KeyAlgorithm::Rsa2048 => Some(2048),
        KeyAlgorithm::Rsa3072 => Some(3072),
        KeyAlgorithm::Rsa4096 => Some(4096),
        KeyAlgorithm::EcP256 | KeyAlgorithm::EcP384 | KeyAlgorithm::EcP521 | KeyAlgorithm::Ed25519 => None,
    };
    let mechanism = if let Some(bits) = bits {
        public.extend([(CKA_MODULUS_BITS, number(bits)), (CKA_PUBLIC_EXPONENT, vec![1, 0, 1])]);
        public.extend([CKA_ENCRYPT, CKA_WRAP, CKA_VERIFY_RECOVER].map(|kind| (kind, yes())));
        private.extend([CKA_DECRYPT, CKA_UNWRAP].map(|kind| (kind, yes())));
        Mechanism::RsaPkcsKeyPairGen
    } else if algorithm == KeyAlgorithm::Ed25519 {
        // It signs and nothing else.
        let curve = if session.softoken().is_nss() { ED25519.to_vec() } else { ED25519_BY_NAME.to_vec() };
        public.push((CKA_EC_PARAMS, curve));
        Mechanism::EccEdwardsKeyPairGen
    } else {
        let curve = match algorithm {
            KeyAlgorithm::EcP521 => P521.to_vec(),
            KeyAlgorithm::EcP384 => P384.to_vec(),
            _ => P256.to_vec(),
        };
        public.extend([(CKA_EC_PARAMS, curve), (CKA_DERIVE, yes())]);
        private.push((CKA_DERIVE, yes()));
        Mechanism::EccKeyPairGen
    };
    if session.softoken().is_nss() {
        // Each change of the token is a transaction of its own: who died between the pair and its CKA_ID would leave keys that nobody finds.
        for (_, value) in public.iter_mut().chain(&mut private).filter(|(kind, _)| *kind == CKA_TOKEN) {
            *value = boolean(false);
        }
        let (public, private) = session.generate_pair(&mechanism, &public, &private)?;
        let kept = name_pair(session, public, private).and_then(|key| keep_pair(session, public, private).map(|()| key));
        for object in [private, public] {
            let _ = session.destroy(object);
        }
        return kept;
    }
    // Hardware decides by itself what may leave it, and refuses templates that want more.
    private.retain(|(kind, _)| *kind != CKA_EXTRACTABLE);
    let (public, private) = session.generate_pair(&mechanism, &public, &private)?;
    let finished = name_pair(session, public, private);
    if finished.is_err() {
        // Without CKA_ID nobody would find the pair again.
        let _ = session.destroy(private);
        let _ = session.destroy(public);
    }
    finished
}

/// Puts a pair of the session into the token: the private key last, so that it is there whole or not at all.
fn keep_pair(session: &TokenSession, public: ObjectHandle, private: ObjectHandle) -> Result<(), TokenError> {
    let in_token = [(CKA_TOKEN, boolean(true))];
    let kept = session.copy(public, &in_token)?;
    if let Err(error) = session.copy(private, &in_token) {
        let _ = session.destroy(kept);
        return Err(error);
    }
    Ok(())
}

fn name_pair(session: &TokenSession, public: ObjectHandle, private: ObjectHandle) -> Result<GeneratedKey, TokenError> {
    let unreadable = || TokenError::unusable("the public value of a new key cannot be read");
    let values = session.read(public, &[CKA_MODULUS, CKA_PUBLIC_EXPONENT, CKA_EC_PARAMS, CKA_EC_POINT])?;
    let value = match <[_; 4]>::try_from(values) {
        Ok([Some(modulus), Some(exponent), ..]) => PublicValue::Rsa { modulus, exponent },
        Ok([_, _, Some(curve), Some(point)]) => PublicValue::on_curve(curve, point),
        _ => return Err(unreadable()),
    };
    let id = value.id();
    session.set(public, &[(CKA_ID, id.clone())])?;
    session.set(private, &[(CKA_ID, id.clone())])?;
    Ok(GeneratedKey { id, subject_public_key_info: value.subject_public_key_info() })
}

/// Gives the private keys with an id the nickname and subject of their certificate, as NSS does on import. Keys that cannot be seen
/// because the token is locked stay as they are.
pub(crate) fn describe(session: &TokenSession, undo: &mut Undo, id: &[u8], label: &[u8], subject: Option<&[u8]>) -> Result<(), TokenError> {
    for object in private_objects(session, id)? {
        let [old_label, old_subject] = <[_; 2]>::try_from(session.read(object, &[CKA_LABEL, CKA_SUBJECT])?).unwrap_or([None, None]);
        let mut after = vec![(CKA_LABEL, label.to_vec())];
        let mut before = vec![(CKA_LABEL, old_label.unwrap_or_default())];
        if let Some(subject) = subject {
            after.push((CKA_SUBJECT, subject.to_vec()));
            before.push((CKA_SUBJECT, old_subject.unwrap_or_default()));
        }
        if after != before {
            undo.set(session, object, &after, before)?;
        }
    }
    Ok(())
}

/// Fails when the private key with an id never leaves the token.
pub(crate) fn needs_extractable(session: &TokenSession, id: &[u8]) -> Result<(), TokenError> {
    carrier::needs_extractable(session, find(session, id)?.0)
}

/// Deletes a key pair.
pub(crate) fn delete(session: &TokenSession, id: &[u8]) -> Result<(), TokenError> {
    session.require_unlocked()?;
    if delete_if_any(session, id)? { Ok(()) } else { Err(TokenError::NotFound { what: "private key".to_owned() }) }
}

/// Deletes a key pair if there is one, and says whether there was.
pub(crate) fn delete_if_any(session: &TokenSession, id: &[u8]) -> Result<bool, TokenError> {
    let private = private_objects(session, id)?;
    for object in &private {
        session.destroy(*object)?;
    }
    for object in session.find(&[(CKA_CLASS, number(CKO_PUBLIC_KEY)), (CKA_ID, id.to_vec())])? {
        session.destroy(object)?;
    }
    Ok(!private.is_empty())
}

/// The private key as PKCS#8: wrapped with a key of this session, then decrypted by the same token. Its value cannot be read directly.
pub(crate) fn pkcs8(session: &TokenSession, id: &[u8]) -> Result<Zeroizing<Vec<u8>>, TokenError> {
    let (key, _) = find(session, id)?;
    let plain = carrier::out_of(session, key)?;
    // A wrong length would show here: PKCS#8 is one SEQUENCE.
    let mut reader = Reader::new(&plain);
    reader.expect(SEQUENCE, "PrivateKeyInfo").and_then(|_| reader.end("PrivateKeyInfo")).map_err(TokenError::unusable)?;
    Ok(plain)
}
