//! Key pairs of a token.

use certdeck_shared::api::key::KeyAlgorithm;
use cryptoki::{mechanism::Mechanism, object::ObjectHandle};
use sha1::{Digest, Sha1};
use zeroize::Zeroizing;

use super::{
    certificate::without_leading_zero,
    der::{self, BIT_STRING, NULL, OBJECT_IDENTIFIER, OCTET_STRING, Reader, SEQUENCE},
    error::TokenError,
    refusal,
    session::{Template, TokenSession, as_number, boolean, number},
    types::{GeneratedKey, TokenKey},
    undo::Undo,
};

const CKA_CLASS: u64 = 0x0;
const CKA_TOKEN: u64 = 0x1;
const CKA_PRIVATE: u64 = 0x2;
const CKA_LABEL: u64 = 0x3;
const CKA_VALUE: u64 = 0x11;
const CKA_KEY_TYPE: u64 = 0x100;
const CKA_SUBJECT: u64 = 0x101;
const CKA_ID: u64 = 0x102;
const CKA_SENSITIVE: u64 = 0x103;
const CKA_ENCRYPT: u64 = 0x104;
const CKA_DECRYPT: u64 = 0x105;
const CKA_WRAP: u64 = 0x106;
const CKA_UNWRAP: u64 = 0x107;
const CKA_SIGN: u64 = 0x108;
const CKA_VERIFY: u64 = 0x10A;
const CKA_VERIFY_RECOVER: u64 = 0x10B;
const CKA_DERIVE: u64 = 0x10C;
const CKA_MODULUS: u64 = 0x120;
const CKA_MODULUS_BITS: u64 = 0x121;
const CKA_PUBLIC_EXPONENT: u64 = 0x122;
const CKA_EXTRACTABLE: u64 = 0x162;
const CKA_EC_PARAMS: u64 = 0x180;
const CKA_EC_POINT: u64 = 0x181;
/// The public value, which softoken keeps in the private key.
const CKA_NSS_DB: u64 = 0xD5A0_DB00;
const CKO_PUBLIC_KEY: u64 = 0x2;
const CKO_PRIVATE_KEY: u64 = 0x3;
const CKO_SECRET_KEY: u64 = 0x4;
const CKK_RSA: u64 = 0x0;
const CKK_EC: u64 = 0x3;
const CKK_AES: u64 = 0x1F;

const RSA_ENCRYPTION: [u8; 9] = [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01];
const EC_PUBLIC_KEY: [u8; 7] = [0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01];
/// prime256v1 as an OBJECT IDENTIFIER, DER.
pub(crate) const P256: [u8; 10] = [0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07];
/// secp384r1.
pub(crate) const P384: [u8; 7] = [0x06, 0x05, 0x2b, 0x81, 0x04, 0x00, 0x22];
/// secp521r1.
const P521: [u8; 7] = [0x06, 0x05, 0x2b, 0x81, 0x04, 0x00, 0x23];

/// The public half of a key pair.
#[derive(PartialEq, Eq)]
pub(crate) enum PublicValue {
    /// Modulus and exponent, big-endian.
    Rsa { modulus: Vec<u8>, exponent: Vec<u8> },
    /// Curve (DER) and point (04‖X‖Y).
    Ec { curve: Vec<u8>, point: Vec<u8> },
}

impl PublicValue {
    /// SubjectPublicKeyInfo, DER.
    pub(crate) fn subject_public_key_info(&self) -> Vec<u8> {
        let (algorithm, key) = match self {
            Self::Rsa { modulus, exponent } => (
                der::element(SEQUENCE, &[&der::element(OBJECT_IDENTIFIER, &[&RSA_ENCRYPTION]), &der::element(NULL, &[])]),
                der::element(SEQUENCE, &[&der::unsigned(modulus), &der::unsigned(exponent)]),
            ),
            Self::Ec { curve, point } => {
                (der::element(SEQUENCE, &[&der::element(OBJECT_IDENTIFIER, &[&EC_PUBLIC_KEY]), curve]), point.clone())
            }
        };
        der::element(SEQUENCE, &[&algorithm, &der::element(BIT_STRING, &[&[0], &key])])
    }

    /// CKA_ID, as NSS makes it.
    fn id(&self) -> Vec<u8> {
        Sha1::digest(match self {
            Self::Rsa { modulus, .. } => without_leading_zero(modulus),
            Self::Ec { point, .. } => point,
        })
        .to_vec()
    }

    fn words(&self) -> String {
        match self {
            Self::Rsa { modulus, .. } => {
                let significant = without_leading_zero(modulus);
                let unused = significant.first().map_or(0, |first| first.leading_zeros() as usize);
                format!("RSA {}", significant.len() * 8 - unused)
            }
            Self::Ec { curve, .. } if *curve == P256 => "EC P-256".to_owned(),
            Self::Ec { curve, .. } if *curve == P384 => "EC P-384".to_owned(),
            Self::Ec { curve, .. } if *curve == P521 => "EC P-521".to_owned(),
            Self::Ec { .. } => "EC".to_owned(),
        }
    }
}

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
        Some(CKK_EC) => {
            let mut values = session.read(private, &[CKA_EC_PARAMS, CKA_NSS_DB])?;
            if values.iter().any(Option::is_none)
                && let Some(object) = public()?
            {
                values = session.read(object, &[CKA_EC_PARAMS, CKA_EC_POINT])?;
            }
            match <[_; 2]>::try_from(values) {
                Ok([Some(curve), Some(point)]) => Ok(Some(PublicValue::Ec { curve, point: bare_point(point) })),
                _ => Ok(None),
            }
        }
        _ => Ok(None),
    }
}

/// CKA_EC_POINT is the point in a DER OCTET STRING; CKA_NSS_DB is the point itself, which starts with 04 as well.
fn bare_point(value: Vec<u8>) -> Vec<u8> {
    match der::exactly(&value, OCTET_STRING, "point") {
        Ok(string) if string.content.first() == Some(&4) && string.content.len() % 2 == 1 => string.content.to_vec(),
        _ => value,
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
        KeyAlgorithm::EcP256 | KeyAlgorithm::EcP384 => None,
    };
    let mechanism = if let Some(bits) = bits {
        public.extend([(CKA_MODULUS_BITS, number(bits)), (CKA_PUBLIC_EXPONENT, vec![1, 0, 1])]);
        public.extend([CKA_ENCRYPT, CKA_WRAP, CKA_VERIFY_RECOVER].map(|kind| (kind, yes())));
        private.extend([CKA_DECRYPT, CKA_UNWRAP].map(|kind| (kind, yes())));
        Mechanism::RsaPkcsKeyPairGen
    } else {
        let curve = if algorithm == KeyAlgorithm::EcP256 { P256.to_vec() } else { P384.to_vec() };
        public.extend([(CKA_EC_PARAMS, curve), (CKA_DERIVE, yes())]);
        private.push((CKA_DERIVE, yes()));
        Mechanism::EccKeyPairGen
    };
    let (public, private) = session.generate_pair(&mechanism, &public, &private)?;
    let finished = name_pair(session, public, private);
    if finished.is_err() {
        // Without CKA_ID nobody would find the pair again.
        let _ = session.destroy(private);
        let _ = session.destroy(public);
    }
    finished
}

fn name_pair(session: &TokenSession, public: ObjectHandle, private: ObjectHandle) -> Result<GeneratedKey, TokenError> {
    let unreadable = || TokenError::unusable("the public value of a new key cannot be read");
    let values = session.read(public, &[CKA_MODULUS, CKA_PUBLIC_EXPONENT, CKA_EC_PARAMS, CKA_EC_POINT])?;
    let value = match <[_; 4]>::try_from(values) {
        Ok([Some(modulus), Some(exponent), ..]) => PublicValue::Rsa { modulus, exponent },
        Ok([_, _, Some(curve), Some(point)]) => PublicValue::Ec { curve, point: bare_point(point) },
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
    let random = |length| session.raw().generate_random_vec(length).map_err(|error| refusal::of(&error));
    let mut vector = [0; 16];
    vector.copy_from_slice(&random(16)?);
    let wrapping = session.create(&[
        (CKA_CLASS, number(CKO_SECRET_KEY)),
        (CKA_KEY_TYPE, number(CKK_AES)),
        (CKA_TOKEN, boolean(false)),
        (CKA_WRAP, boolean(true)),
        (CKA_DECRYPT, boolean(true)),
        (CKA_VALUE, random(32)?),
    ])?;
    let plain = session.wrap(wrapping, key, &mut vector).and_then(|wrapped| {
        session.raw().decrypt(&Mechanism::AesCbcPad(vector), wrapping, &wrapped).map(Zeroizing::new).map_err(|error| refusal::of(&error))
    });
    let removed = session.destroy(wrapping);
    let plain = plain?;
    removed?;
    // A wrong length would show here: PKCS#8 is one SEQUENCE.
    let mut reader = Reader::new(&plain);
    reader.expect(SEQUENCE, "PrivateKeyInfo").and_then(|_| reader.end("PrivateKeyInfo")).map_err(TokenError::unusable)?;
    Ok(plain)
}
