//! Importing private keys.

use cryptoki::object::ObjectHandle;

use super::{
    attribute::{
        CKA_CLASS, CKA_DECRYPT, CKA_DERIVE, CKA_EC_PARAMS, CKA_EC_POINT, CKA_ENCRYPT, CKA_EXTRACTABLE, CKA_ID, CKA_KEY_TYPE, CKA_LABEL,
        CKA_MODULUS, CKA_NSS_DB, CKA_PRIVATE, CKA_PUBLIC_EXPONENT, CKA_SENSITIVE, CKA_SIGN, CKA_TOKEN, CKA_UNWRAP, CKA_VERIFY,
        CKA_VERIFY_RECOVER, CKA_WRAP, CKK_EC, CKK_EC_EDWARDS, CKK_RSA, CKO_PRIVATE_KEY, CKO_PUBLIC_KEY,
    },
    carrier,
    der::{self, OCTET_STRING},
    error::TokenError,
    keys,
    protocol::KeyOnTheWire,
    public_value::{ED25519, PublicValue},
    session::{Template, TokenSession, boolean, number},
    undo::Undo,
};

/// The public halves of keys to import.
pub(crate) fn public_values(keys: &[KeyOnTheWire]) -> Result<Vec<PublicValue>, TokenError> {
    let read = |key: &KeyOnTheWire| PublicValue::read(&key.subject_public_key_info).map_err(|reason| TokenError::NotAKey { reason });
    keys.iter().map(read).collect()
}

/// Writes a key pair. One that is there stays: softoken would write over it, and nothing could put it back.
pub(crate) fn add(session: &TokenSession, undo: &mut Undo, key: &KeyOnTheWire, value: &PublicValue) -> Result<(), TokenError> {
    let id = value.id();
    if !session.find(&[(CKA_CLASS, number(CKO_PRIVATE_KEY)), (CKA_ID, id.clone())])?.is_empty() {
        return Ok(());
    }
    let private = unwrap(session, key, value)?;
    undo.made(private);
    if !keys::has_public(session, &id)? {
        undo.create(session, &public_template(value))?;
    }
    keys::describe(session, undo, &id, key.label.as_bytes(), key.subject.as_deref())
}

/// Writes the private key.
fn unwrap(session: &TokenSession, key: &KeyOnTheWire, value: &PublicValue) -> Result<ObjectHandle, TokenError> {
    let mut template = private_template(value, &key.label);
    if !session.softoken().is_nss() {
        // NSS's own attribute; and hardware decides by itself what may leave it.
        template.retain(|(kind, _)| ![CKA_NSS_DB, CKA_EXTRACTABLE].contains(kind));
    }
    carrier::into(session, &key.pkcs8.0, &template).map_err(|error| match error {
        // softoken's words for a PKCS#8 that it does not understand.
        TokenError::Pkcs11 { value, .. } if matches!(value.as_str(), "CKR_TEMPLATE_INCOMPLETE" | "CKR_WRAPPED_KEY_INVALID") => {
            TokenError::NotAKey { reason: format!("the token answered {value}") }
        }
        other => other,
    })
}

/// The attributes that pk12util gives a private key.
fn private_template(value: &PublicValue, label: &str) -> Template {
    let mut template: Template = vec![(CKA_CLASS, number(CKO_PRIVATE_KEY)), (CKA_ID, value.id()), (CKA_LABEL, label.as_bytes().to_vec())];
    template.extend([CKA_TOKEN, CKA_PRIVATE, CKA_SENSITIVE, CKA_EXTRACTABLE, CKA_SIGN].map(|kind| (kind, boolean(true))));
    match value {
        PublicValue::Rsa { .. } => {
            template.push((CKA_KEY_TYPE, number(CKK_RSA)));
            template.extend([CKA_DECRYPT, CKA_UNWRAP].map(|kind| (kind, boolean(true))));
        }
        PublicValue::Ec { point, .. } => {
            // Without the point softoken does not know the public value.
            template.extend([(CKA_KEY_TYPE, number(CKK_EC)), (CKA_DERIVE, boolean(true)), (CKA_NSS_DB, point.clone())]);
        }
        PublicValue::Ed25519 { point } => template.extend([(CKA_KEY_TYPE, number(CKK_EC_EDWARDS)), (CKA_NSS_DB, point.clone())]),
    }
    template
}

/// The attributes that pk12util gives a public key.
fn public_template(value: &PublicValue) -> Template {
    let mut template: Template = vec![
        (CKA_CLASS, number(CKO_PUBLIC_KEY)),
        (CKA_ID, value.id()),
        (CKA_TOKEN, boolean(true)),
        (CKA_PRIVATE, boolean(false)),
        (CKA_VERIFY, boolean(true)),
    ];
    match value {
        PublicValue::Rsa { modulus, exponent } => {
            template.extend([(CKA_KEY_TYPE, number(CKK_RSA)), (CKA_MODULUS, modulus.clone()), (CKA_PUBLIC_EXPONENT, exponent.clone())]);
            template.extend([CKA_ENCRYPT, CKA_WRAP, CKA_VERIFY_RECOVER].map(|kind| (kind, boolean(true))));
        }
        PublicValue::Ec { curve, point } => {
            let wrapped = der::element(OCTET_STRING, &[point]);
            template.extend([
                (CKA_KEY_TYPE, number(CKK_EC)),
                (CKA_EC_PARAMS, curve.clone()),
                (CKA_EC_POINT, wrapped),
                (CKA_DERIVE, boolean(true)),
            ]);
        }
        PublicValue::Ed25519 { point } => {
            template.extend([(CKA_KEY_TYPE, number(CKK_EC_EDWARDS)), (CKA_EC_PARAMS, ED25519.to_vec()), (CKA_EC_POINT, point.clone())])
        }
    }
    template
}
